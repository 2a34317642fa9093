"""Repairs recorded series after a backlog: a line that was cut ends with the same values as one that was not.

While a line is cut the rules record what is seen then: no load, ``stil``. When the samples of that time come in after
all, what was recorded of that gemeente is computed again and takes the place of it.
"""

from regiowacht_collector.repair.late import Late, Span

__all__ = ["Late", "Span"]
