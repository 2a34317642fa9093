"""Installs the product on a server from the collector: an installer for each code, and the packages it fetches."""
