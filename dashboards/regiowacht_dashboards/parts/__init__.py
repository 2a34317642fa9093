"""Panels that several dashboards show, one file a subject."""
