"""topology: print, check or declare the broker's exchanges and queues."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from deploy.broker.definitions import SERVICES
from deploy.local import state
from deploy.local.services import base_environment, service_class
from deploy.local.terminal import fail

HELP = "交换机与队列：打印、核对、声明 · exchanges and queues: print, check, declare"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("print", "check", "declare"))


def run(options: argparse.Namespace) -> int:
    environment = base_environment()
    if options.action != "print":
        found = state.running()
        broker = found.broker() if found is not None else None
        uri = broker.topology_uri if broker is not None else os.environ.get("ZHIHENG_AMQP_URI", "")
        if not uri:
            return fail("没有在运行 · nothing is running: ./zhiheng up first, or set ZHIHENG_AMQP_URI")
        environment["ZHIHENG_TOPOLOGY_URI"] = uri
    command = [sys.executable, "-m", "shared.bus.topology", options.action, *map(service_class, SERVICES)]
    return subprocess.run(command, env=environment, check=False).returncode
