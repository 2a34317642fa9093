"""The demo: a region, an agent on this machine, Prometheus and the dashboards, in one command."""
