"""The product as services of systemd: its units, and what puts them on a server and takes them off again."""
