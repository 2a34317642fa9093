"""Joining a region, and keeping to what the region says from then on."""
