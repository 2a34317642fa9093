"""Joining the region: invites, credentials, and the configuration that each server gets of its own."""
