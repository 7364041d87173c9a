"""parked: what could not be handled and waits for a person: list, show, replay, discard."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from deploy.local import state
from deploy.local.services import base_environment
from deploy.local.terminal import fail

HELP = "停放的消息：查看、重放、丢弃 · parked messages: list, show, replay, discard"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="list|show|replay|discard …")


def run(options: argparse.Namespace) -> int:
    found = state.running()
    uri = os.environ.get("ZHIHENG_AMQP_URI", "")
    if found is not None:
        broker = found.broker()
        uri = broker.uri_for("operator") if broker is not None else uri
    if not uri:
        return fail("没有在运行 · nothing is running: ./zhiheng up first, or set ZHIHENG_AMQP_URI")
    databases = found.folder / "secrets" if found is not None else None
    environment = base_environment() | {"ZHIHENG_AMQP_URI": uri}
    if databases is not None and (databases / "database-gateway").exists():
        environment["ZHIHENG_DATABASE_URL_FILE"] = str(databases / "database-gateway")
        environment["ZHIHENG_FIELD_KEYS_FILE"] = str(databases / "field-keys")
    command = [sys.executable, "-m", "shared.bus.parked", *options.rest]
    return subprocess.run(command, env=environment, check=False).returncode
