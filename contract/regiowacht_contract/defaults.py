"""Ports that Regiowacht's processes listen on unless told otherwise, and paths that others ask there."""

AGENT_PORT = 9780
GATEWAY_PORT = 9781
PREVIEW_PORT = 9782
PROMETHEUS_PORT = 9783
ALERTMANAGER_PORT = 9784

METRICS_SERIES_MAX = 20_000
"""Series that a page of measurements may have; the collector refuses a larger one whole."""

ASSETS_PATH = "/assets"
"""Where an agent tells what it asked for others; the series there carry all their labels."""

ASSETS_SERIES_MAX = 50_000
"""Series that such a page may have; the collector refuses a larger one whole."""

DEVICES_PATH = "/devices"
"""Where an agent tells what it asked of devices over SNMP; the series there carry all their labels."""

DEVICES_SERIES_MAX = 300_000
"""Series that such a page may have: a hundred switches of 52 ports with every column have 220,000."""

DEVICES_SIZE_MAX_BYTES = 100_000_000
"""Bytes that such a page may have, before it is compressed; the collector refuses a larger one whole."""

BUNDLE_PATH = "/bundle"
"""Where an agent that has joined a region tells how it went to ask for its configuration, one ``key=value`` a line."""

POLLED_MAX = 2_000
"""Items of one kind (probes, pages, devices) that one agent asks at most."""

POLLING_PATH = "/devices/polling"
"""Where an agent tells in a word how long ago it last asked a device: how its standby knows that it does."""

LABEL_NAME_MAX, LABEL_VALUE_MAX_BYTES = 200, 2_000
"""How long a label may be, the name of a metric being a value too; the collector refuses a page with a longer one."""
