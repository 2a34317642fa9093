"""Relay: pages of metrics that others serve at the site, carried as series of the asset they are about."""
