"""The agent's tests: real sockets, real signals, psutil as oracle, a recorded /proc."""
