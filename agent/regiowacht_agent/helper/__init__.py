"""What takes a program, or root, to find out: once, for the agent's family ``textfile`` to tell.

The agent never runs a program and never needs root. This does, for a moment, as often as a timer says: each task
asks one program of the system and leaves a file ``regiowacht_TASK.prom``, its data and how it fared. A task is one
module of ``tasks`` with ``make(config)`` and a line in the table of ``task.py``.
"""
