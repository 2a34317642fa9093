"""The user-based security model of SNMP 3 (RFC 3414) for the fast engine: loaded where a device has a user."""
