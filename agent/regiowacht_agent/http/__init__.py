"""A small HTTP/1.1 server for one thread: bounded in connections, time and memory."""
