"""What stands in front of the engine: knows who writes, checks every write, and hands servers their own bundle."""
