"""Keeps every configuration that was read, without its secrets: one git repository a gemeente."""
