"""Keeps what is still to be sent on disk, so that no restart forgets it."""
