"""One region of real hosts from nothing to a gemeente that leaves."""
