"""Grafana's provisioning tree: what a Grafana of the region reads at its start, and what it would trip over."""
