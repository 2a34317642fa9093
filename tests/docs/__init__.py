"""The documentation: complete, current, and its commands work."""
