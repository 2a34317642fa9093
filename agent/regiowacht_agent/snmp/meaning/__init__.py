"""What the tables of a device mean: series out of columns, as the files of ``snmp/tables`` say (see ``FORMAT.md``)."""
