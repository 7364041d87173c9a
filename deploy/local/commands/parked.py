"""parked: what could not be handled and waits for a person: list, show, replay, discard."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from deploy.broker.definitions import SERVICES
from deploy.local import state
from deploy.local.services import base_environment, service_class
from deploy.local.terminal import fail

HELP = "停放的消息：查看、重放、丢弃 · parked messages: list, show, replay, discard"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs="*", metavar="list | show ID | replay ID | discard ID [--reason WHY]")


def run(options: argparse.Namespace) -> int:
    found = state.running()
    broker = found.broker() if found is not None else None
    uri = broker.uri_for("operator") if broker is not None else os.environ.get("ZHIHENG_AMQP_URI", "")
    if not uri:
        return fail("没有在运行 · nothing is running: ./zhiheng up first, or set ZHIHENG_AMQP_URI")
    secrets = state.stack_folder() / "secrets"
    command = [sys.executable, "-m", "shared.bus.parked", *(options.rest or ["list"])]
    for service in SERVICES:
        command += ["--service", service_class(service)]
        if (secrets / f"database-{service}").exists():
            command += ["--database", f"{service}=@{secrets / f'database-{service}'}"]
    # What is put back goes through the shortest retry tier, so the tiers have to be those of the stack.
    tiers = {name: os.environ[name] for name in ("ZHIHENG_RETRY_TIERS",) if name in os.environ}
    environment = base_environment() | tiers | {"ZHIHENG_AMQP_URI": uri}
    return subprocess.run(command, env=environment, check=False).returncode
