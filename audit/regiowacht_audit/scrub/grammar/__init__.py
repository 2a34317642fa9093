"""Where secrets stand and what changes by itself, as data."""
