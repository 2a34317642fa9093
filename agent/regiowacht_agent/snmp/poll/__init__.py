"""Reads a device that was learnt again and again, at the least cost that is still sure of every row."""
