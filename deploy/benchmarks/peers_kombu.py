"""The bare loop that all others are compared with: kombu on a quorum queue, one transaction and one ack a message."""

from __future__ import annotations

import sys
from typing import Any

import psycopg2
from kombu import Connection, Consumer, Queue

from deploy.benchmarks import peers_work as work


def main(uri: str, database: str, queue_name: str) -> None:
    """Consume until killed."""
    meter = work.Meter()
    store = psycopg2.connect(database)
    cursor = store.cursor()

    def take(message: Any) -> None:
        data = message.decode()
        claim, row = work.rows_of(data)
        cursor.execute(work.CLAIM, claim)
        if cursor.rowcount:
            cursor.execute(work.TAKE, row)
        store.commit()
        message.ack()
        meter.handled([work.phase_of(data)])

    with Connection(uri) as connection:
        queue = Queue(queue_name, no_declare=True)
        with Consumer(connection, [queue], on_message=take, prefetch_count=100, accept=["json"]):
            print("ready", flush=True)
            while True:
                connection.drain_events()


if __name__ == "__main__":
    main(*sys.argv[1:])
