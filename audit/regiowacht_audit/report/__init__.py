"""Shows what an audit found: to people, to programs, to Prometheus. Nothing is written that the scanner did not see."""
