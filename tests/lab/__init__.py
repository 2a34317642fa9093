"""A region of real hosts on one machine: routers that route, lines that fail, servers with systemd."""
