"""The proc reader, family by family, on small hosts of the tests' own."""
