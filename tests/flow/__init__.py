"""What crosses rooms: from the region folder to the browser."""
