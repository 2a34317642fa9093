"""The one command ``regiowacht``: what a person types, and what composes the rooms."""
