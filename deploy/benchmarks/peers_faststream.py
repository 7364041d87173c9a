"""FastStream (aio-pika and asyncpg), the fastest of the usual asyncio stacks, with the same transaction."""

from __future__ import annotations

import asyncio
import re
import sys
from itertools import count
from typing import Any

import asyncpg
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from deploy.benchmarks import peers_work as work

CONNECTIONS = 10


def _numbered(statement: str) -> str:
    """asyncpg writes its parameters $1, $2, …"""
    numbers = count(1)
    return re.sub("%s", lambda _: f"${next(numbers)}", statement)


async def main(uri: str, database: str, queue_name: str) -> None:
    """Consume until killed."""
    meter = work.Meter()
    claim_one, take_one = _numbered(work.CLAIM), _numbered(work.TAKE)
    broker = RabbitBroker(uri, default_channel=Channel(prefetch_count=100), logger=None)
    queue = RabbitQueue(queue_name, queue_type=QueueType.QUORUM, durable=True)
    async with asyncpg.create_pool(database, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:

        @broker.subscriber(queue)
        async def take(data: dict[str, Any]) -> None:
            claim, row = work.rows_of(data)
            async with pool.acquire() as store, store.transaction():
                if (await store.execute(claim_one, *claim)).endswith(" 1"):
                    await store.execute(take_one, *row)
            meter.handled([work.phase_of(data)])

        await broker.start()
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
