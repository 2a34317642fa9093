"""The process that pysnmp runs in: ``python -I -S worker.py``.

It is asked over its standard input and answers on its standard output (``frames.py``). The first message is where its
modules lie. It ends when its input does.
"""

from __future__ import annotations

import marshal
import os
import sys


def main() -> int:
    """Serve until nobody asks any more; return the exit code."""
    with os.fdopen(os.dup(0), "rb", buffering=0) as asked:
        length = int.from_bytes(asked.read(4) or b"", "big")
        body = b""
        while len(body) < length and (part := asked.read(length - len(body))):
            body += part
    if not body:
        return 0
    sys.path[:] = marshal.loads(body)  # noqa: S302 - written by ourselves
    from regiowacht_agent.snmp.pysnmp_engine.serving import serve  # noqa: PLC0415 - known only now where it is

    return serve()


if __name__ == "__main__":
    sys.exit(main())
