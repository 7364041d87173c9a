"""The producer's process: the bus's own, with a green thread beside it that makes transactions at a steady rate.

The relay of another process would look into the outbox every half second; that of the process that commits is woken by
the commit, which is what the latency is about. The order comes by a file: `<count> <rate>`.
"""

from __future__ import annotations

from shared.bus.run import Process  # patches the process first

# isort: split
import sys
import time
from pathlib import Path

import eventlet

from deploy.benchmarks.events_service import Producer, accept
from shared.bus import logs
from shared.config import Settings
from shared.store import Store


def drive(store: Store, orders: Path) -> None:
    """Carry out orders for ever."""
    while True:
        if orders.exists():
            count, rate = orders.read_text(encoding="ascii").split()
            orders.unlink()
            pace(store, int(count), float(rate))
        eventlet.sleep(0.05)


def pace(store: Store, count: int, rate: float) -> None:
    """So many transactions of one event each at a steady rate."""
    began = time.monotonic()
    for number in range(count):
        eventlet.sleep(max(0.0, began + number / rate - time.monotonic()))
        accept(store, 1, count)


def main(orders: str) -> int:
    """Until SIGTERM."""
    settings = Settings.from_env()
    logs.configure(Producer.name, settings.log_level)
    process = Process(Producer, settings)
    eventlet.spawn(drive, process.runtime.store, Path(orders))
    return process.run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
