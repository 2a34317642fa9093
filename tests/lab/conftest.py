"""Tests of the lab use the fixtures it offers to all rooms."""

from tests.lab.fixtures import lab, small_region

__all__ = ["lab", "small_region"]
