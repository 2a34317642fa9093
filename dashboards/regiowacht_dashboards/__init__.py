"""Grafana dashboards from the catalogue and the region: built, checked, previewed.

A dashboard is one file under ``boards`` over the panel classes of ``panels``; ``boards.BOARDS`` is the table of them.
"""
