"""Tests of what the agent asks for others."""
