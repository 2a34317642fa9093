"""What the agent asks for others at its site, on a schedule of its own: probes and relayed pages."""
