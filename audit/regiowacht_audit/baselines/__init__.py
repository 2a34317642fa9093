"""Baselines that come with the product: ``minimal`` and ``recommended``."""
