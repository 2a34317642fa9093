"""One YAML file per alert; its key words stand in ``alerts/schema.py``."""
