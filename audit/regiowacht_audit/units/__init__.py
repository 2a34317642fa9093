"""Unit files of the scheduled audits, as package data."""
