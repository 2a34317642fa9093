"""Alerts: what is worth a message, to whom it goes, and proof that it does.

Direction: rule files -> the engine's rules -> Alertmanager's configuration -> who is told.
"""
