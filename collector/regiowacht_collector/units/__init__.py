"""Unit files of the collector, as package data."""
