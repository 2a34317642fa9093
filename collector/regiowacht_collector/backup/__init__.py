"""Puts away all that a collector knows in one file, and brings it back."""

from regiowacht_collector.backup.make import make_backup
from regiowacht_collector.backup.restore import restore_backup

__all__ = ["make_backup", "restore_backup"]
