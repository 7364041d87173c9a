"""Calls per second, gateway → service → reply, measured in one run on one machine against its peers.

    python -m deploy.benchmarks.rpc [--seconds 4] [--at-once 16] [--rounds 3]

Four pairs of two processes each, client and server, over one private broker, 16 calls on the way at once:

* bare    pika at both ends, direct reply-to, no acknowledgements, no contracts: what the broker and pika can do;
* nameko  nameko's standalone ServiceRpcProxy against a nameko service, calls pipelined with `call_async`;
* threads nameko's proxy as a threaded gateway would use it: 16 threads with a proxy each;
* ours    the gateway's client with 16 waiting threads against shared.bus, with contracts and a read transaction (SQLite).

Rounds are interleaved and medians are printed, since a machine shared with others is fast and slow by turns.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from deploy.local.broker import PrivateBroker, find_binaries
from deploy.local.processes import poll
from deploy.local.temporary import temporary_folder

_QUEUE = "bare"
_DIRECT = "amq.rabbitmq.reply-to"
_REQUEST, _REPLY = b"{}", b'{"ok":{"cycles":[]}}'
Figures = tuple[float, float, float]  # calls per second, p50 and p99 in milliseconds


# Clients: each runs in a process of its own and prints its figures.


def _figures(took: list[float], seconds: float) -> Figures:
    took.sort()
    return len(took) / seconds, took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000


def _threads(at_once: int, seconds: float, call: Callable[[], Any]) -> Figures:
    """Call from several threads for a while."""
    took: list[list[float]] = [[] for _ in range(at_once)]
    started = time.monotonic()
    end = started + seconds

    def work(mine: list[float]) -> None:
        while (before := time.monotonic()) < end:
            call()
            mine.append(time.monotonic() - before)

    workers = [threading.Thread(target=work, args=(mine,)) for mine in took]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return _figures([each for mine in took for each in mine], time.monotonic() - started)


def client_bare(uri: str, at_once: int, seconds: float) -> Figures:
    """One thread, one connection, `at_once` calls on the way; each reply sends the next call."""
    import pika

    connection = pika.BlockingConnection(pika.URLParameters(uri))
    channel = connection.channel()
    sent: dict[str, float] = {}
    took: list[float] = []
    started = time.monotonic()
    numbers = iter(range(1 << 40))

    def ask() -> None:
        correlation = str(next(numbers))
        properties = pika.BasicProperties(reply_to=_DIRECT, correlation_id=correlation, delivery_mode=1)
        sent[correlation] = time.monotonic()
        channel.basic_publish("", _QUEUE, _REQUEST, properties)

    def answered(_: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        assert body == _REPLY
        now = time.monotonic()
        took.append(now - sent.pop(properties.correlation_id))
        if now < started + seconds:
            ask()
        elif not sent:
            channel.stop_consuming()

    channel.basic_consume(_DIRECT, answered, auto_ack=True)
    for _ in range(at_once):
        ask()
    channel.start_consuming()
    return _figures(took, time.monotonic() - started)


def client_nameko(uri: str, at_once: int, seconds: float) -> Figures:
    """One proxy, `at_once` calls on the way."""
    from collections import deque

    from nameko.standalone.rpc import ServiceRpcProxy

    took: list[float] = []
    with ServiceRpcProxy("bare", {"AMQP_URI": uri}) as proxy:
        started = time.monotonic()
        waiting = deque((time.monotonic(), proxy.cycles.call_async({})) for _ in range(at_once))
        while waiting:
            before, reply = waiting.popleft()
            assert reply.result() == {"cycles": []}
            now = time.monotonic()
            took.append(now - before)
            if now < started + seconds:
                waiting.append((now, proxy.cycles.call_async({})))
    return _figures(took, time.monotonic() - started)


def client_threads(uri: str, at_once: int, seconds: float) -> Figures:
    """A proxy per thread, as a threaded HTTP server has to use them."""
    from nameko.standalone.rpc import ServiceRpcProxy

    mine = threading.local()

    def call() -> None:
        if not hasattr(mine, "proxy"):
            mine.proxy = ServiceRpcProxy("bare", {"AMQP_URI": uri}).start()
        assert mine.proxy.cycles({}) == {"cycles": []}

    return _threads(at_once, seconds, call)


def client_ours(uri: str, at_once: int, seconds: float) -> Figures:
    """The gateway's client, called from as many threads."""
    from services.gateway.rpc import RpcClient
    from shared.contracts import Context
    from shared.identifiers import new_id

    client = RpcClient(uri, instance="bench").start()
    assert client.wait_ready(10)

    def call() -> None:
        context = Context(message_id=new_id(), correlation_id="bench", actor="bench", role="public")
        assert client.call("intake", "cycles", {}, context) == {"cycles": []}

    call()
    found = _threads(at_once, seconds, call)
    client.stop()
    return found


def server_bare(uri: str) -> None:
    """Answer until killed."""
    import pika

    channel = pika.BlockingConnection(pika.URLParameters(uri)).channel()
    channel.queue_declare(_QUEUE, auto_delete=True)

    def answer(channel: Any, method: Any, properties: pika.BasicProperties, body: bytes) -> None:
        reply = pika.BasicProperties(correlation_id=properties.correlation_id, delivery_mode=1)
        channel.basic_publish("", properties.reply_to, _REPLY, reply)

    channel.basic_consume(_QUEUE, answer, auto_ack=True)
    print("ready", flush=True)
    channel.start_consuming()


CLIENTS: dict[str, Callable[[str, int, float], Figures]] = {
    "bare": client_bare,
    "nameko": client_nameko,
    "threads": client_threads,
    "ours": client_ours,
}


# The run


@contextmanager
def _process(arguments: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _ready(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            # Go on reading, so that the server never waits for us.
            threading.Thread(target=lambda: list(process.stdout or ()), daemon=True).start()
            return
    raise RuntimeError("a server ended early")


def _ours(stack: ExitStack, folder: Path, host: Any) -> None:
    database = f"sqlite:///{folder / 'intake.sqlite'}"
    subprocess.run(
        [sys.executable, "-m", "shared.store.migrate", "upgrade", "--service", f"intake={database}"],
        check=True,
    )
    service = "deploy.benchmarks.rpc_service:Echo"
    subprocess.run(
        [sys.executable, "-m", "shared.bus.topology", "declare", "--uri", host.topology_uri, service],
        check=True,
    )
    environment = {
        "ZHIHENG_AMQP_URI": host.uri_for("intake"),
        "ZHIHENG_DATABASE_URL": database,
        "ZHIHENG_ENVIRONMENT": "test",
        "ZHIHENG_LOG_LEVEL": "INFO",
    }
    _ready(stack.enter_context(_process(["-m", "shared.bus.run", service], environment)), "process.started")


def _measure(name: str, uri: str, at_once: int, seconds: float) -> Figures:
    arguments = ["--client", name, "--at-once", str(at_once), "--seconds", str(seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "deploy.benchmarks.rpc", *arguments],
        env={**os.environ, "BENCH_URI": uri}, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    rate, p50, p99 = json.loads(done.stdout.splitlines()[-1])
    return rate, p50, p99


def run(at_once: int, seconds: float, rounds: int) -> dict[str, Figures]:
    """All pairs; the median of each figure over the rounds."""
    found: dict[str, list[Figures]] = {name: [] for name in CLIENTS}
    with (
        temporary_folder("bench") as folder,
        PrivateBroker(folder / "broker") as broker,
        ExitStack() as stack,
    ):
        host = broker.vhost()
        uris = dict.fromkeys(CLIENTS, host.admin_uri) | {"ours": host.uri_for("gateway")}
        bare = ["-m", "deploy.benchmarks.rpc", "--server", "bare"]
        _ready(stack.enter_context(_process(bare, {"BENCH_URI": host.admin_uri})), "ready")
        nameko = ["-m", "deploy.benchmarks.rpc_nameko", host.admin_uri]
        _ready(stack.enter_context(_process(nameko, {})), "ready")
        _ours(stack, folder, host)
        for _ in poll(30.0, 0.1):
            if "intake.rpc" in host.queues():
                break
        for _ in range(rounds):
            for name in CLIENTS:
                found[name].append(_measure(name, uris[name], at_once, seconds))
    return {
        name: tuple(statistics.median(each) for each in zip(*rows, strict=True))
        for name, rows in found.items()
    }


def _print(found: dict[str, Figures], at_once: int) -> None:
    binaries = find_binaries()
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("pika", "nameko", "kombu", "eventlet")
    )
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"RabbitMQ {binaries.version if binaries else '?'}, {versions}; {at_once} calls at once"
    )
    print("| pair | calls/s | × bare | p50 ms | p99 ms |")
    print("|---|--:|--:|--:|--:|")
    for name, (rate, p50, p99) in found.items():
        print(f"| {name} | {rate:,.0f} | {rate / found['bare'][0]:.2f} | {p50:.1f} | {p99:.1f} |")
    print(f"ours is {found['ours'][0] / found['nameko'][0]:.1f} × nameko")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--server", choices=["bare"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.server:
        server_bare(os.environ["BENCH_URI"])
    elif args.client:
        print(json.dumps(CLIENTS[args.client](os.environ["BENCH_URI"], args.at_once, args.seconds)))
    else:
        _print(run(args.at_once, args.seconds, args.rounds), args.at_once)
    return 0


if __name__ == "__main__":
    sys.exit(main())
