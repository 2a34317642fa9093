"""The process that measures, in its second stage: ``python -I -S second.py DESCRIPTOR WORDS...``.

The first stage (``plan.py``) reads arguments and configuration with everything that this takes, and then makes the
process another program, this one, which knows the result alone. What it is to do stands in the file behind the
descriptor; the words are there for whoever looks at a list of processes.
"""

from __future__ import annotations

import marshal
import os
import sys


def main(descriptor: int) -> int:
    """Do what the file says; return the exit code."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb", closefd=False) as file:
        told = marshal.load(file)  # noqa: S302 - written by ourselves, into memory that has no name
    sys.path[:] = told["path"]
    if told["task"] == "load":
        from regiowacht_agent.plan import answer  # noqa: PLC0415 - known only now where it is

        return answer(told, descriptor)
    if told["task"] == "ask":
        from regiowacht_agent.joining.ask import main as ask  # noqa: PLC0415 - likewise

        return ask(told, descriptor)
    os.close(descriptor)
    from regiowacht_agent.light import run  # noqa: PLC0415 - known only now where it is

    return run(told)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
