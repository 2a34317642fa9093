"""Sends what the agent measured and asked to the region's gateway, and nothing twice."""
