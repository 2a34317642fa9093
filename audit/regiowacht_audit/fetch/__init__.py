"""Reads configurations from devices over SSH: read-only, with strict host keys, and whole or not at all."""
