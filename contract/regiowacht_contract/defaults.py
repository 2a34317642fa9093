"""Ports that Regiowacht's processes listen on unless told otherwise."""

AGENT_PORT = 9780
GATEWAY_PORT = 9781
PREVIEW_PORT = 9782
PROMETHEUS_PORT = 9783
ALERTMANAGER_PORT = 9784
