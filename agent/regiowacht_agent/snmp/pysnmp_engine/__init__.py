"""The complete engine: pysnmp behind the agent's own interface, and a process of its own for it to run in.

Nothing outside this package imports pysnmp, and nothing that the agent runs for years imports what does: it talks to
the process (``worker_process``), which holds pysnmp's 38 MB only while some device needs it.
"""
