"""Unit files of the agent and its helper, as package data."""
