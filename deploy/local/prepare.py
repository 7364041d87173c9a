"""Migrates every service's database and declares every queue, in one process and as its orders come in.

Orders are lines on the standard input, because addresses hold passwords and a command line is everybody's to read:
`migrate <service> <database url>`, then `declare <retry tiers> <topology user's AMQP address>`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module


def main(services: Sequence[str]) -> int:
    """Carry out the orders; 1 where the broker refuses. A migration's error is a traceback and exit code 1."""
    topology = import_module("shared.bus.topology")
    migrate = import_module("shared.store.migrate")
    for raw in sys.stdin:
        order, first, second = raw.rstrip("\n").split(" ", 2)
        if order == "migrate":
            migrate.upgrade(first, second)
            print(f"migrated {first}", flush=True)
        elif order == "declare":
            code: int = topology.main(["declare", *services, "--uri", second, "--tiers", first])
            if code != 0:
                return code
        else:
            raise SystemExit(f"no such order: {order}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
