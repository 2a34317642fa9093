"""Asks network gear over SNMP: what it is, which tables it has, and their values again and again."""
