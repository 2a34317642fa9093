"""Claims beside their peers; each file runs by itself and prints a table."""
