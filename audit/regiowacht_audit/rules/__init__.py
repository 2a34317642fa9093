"""One YAML file per rule; its key words stand in ``judge/schema.py``."""
