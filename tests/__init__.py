"""The product's tests: one folder a room, ``flow`` for what crosses them."""
