"""The agent: runs at a gemeente and measures the host it stands on.

One thread, one small HTTP server, one reader. At run time it imports the contract alone; ``render`` alone knows the
region. Start and memory matter here, so modules are imported where they are first needed.
"""
