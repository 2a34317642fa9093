"""The demo with a small example region: how it ends, and what is left of it, is the same however much it shows."""

from __future__ import annotations

import sys

from regiowacht.demo import example_process
from regiowacht.main import main

BEGIN = "from regiowacht.demo.example import main\n"
SMALL = "from regiowacht.demo import example, history\nexample.DEMO = history.Size(gemeenten=2, devices=20)\n"
COMMAND = (sys.executable, __file__)
"""In place of ``regiowacht``."""

if __name__ == "__main__":
    before, begin, after = example_process.START.partition(BEGIN)
    example_process.START = f"{before}{begin}{SMALL}{after}"
    sys.exit(main())
