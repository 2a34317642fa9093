"""The helper's tasks, one module each."""
