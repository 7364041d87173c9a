"""up: start the stack in the background and keep it running."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local import assets, install, state
from deploy.local.managed import probe
from deploy.local.processes import NotStarted, poll, tail
from deploy.local.services import base_environment, kept_back, passed_on
from deploy.local.terminal import Progress, fail
from shared.calendar import work_calendar
from shared.config import ConfigurationError, Settings
from shared.strict_yaml import StrictYamlError

HELP = "启动系统并在后台运行 · start the stack and keep it running"
WAIT_SECONDS = 480.0


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="port of the portal and the API (default 8080)"
    )
    parser.add_argument(
        "--ballot-port",
        type=int,
        default=0,
        help="port of the public's ballots (default: any free one, see status)",
    )
    parser.add_argument(
        "--rehearsals",
        action="store_true",
        help="allow rehearsals: their clock is driven (not for production)",
    )
    parser.add_argument(
        "--database",
        default="sqlite",
        metavar="KIND",
        help="sqlite, postgresql, or an address with {service} in it",
    )


def run(options: argparse.Namespace) -> int:
    folder = state.stack_folder()
    present = state.running(folder)
    if present is not None:
        print(f"已在运行 · already running: {present.gateway_url or present.step}")
        return 0
    say = Progress()
    try:
        prepare(options.database, say)
        assets.hand_on(say)
        chosen = {
            "rehearsals": options.rehearsals,
            "database": options.database,
            "http_host": options.host,
            "http_port": options.port,
            "ballot_port": options.ballot_port,
        }
        found = launch(folder, chosen, say)
    except NotStarted as problem:
        return fail(str(problem))
    print(f"质衡已启动 · running at {found.gateway_url}")
    print(f"管理员账号 · account: admin   密码文件 · password file: {folder / 'secrets' / 'admin-password'}")
    print(f"日志 · logs: {folder / 'logs'}   停止 · stop: ./zhiheng down")
    if found.rehearsals:
        print("允许演练，请勿用于正式评审 · rehearsals are allowed: not for production")
    return 0


def prepare(database: str, say: Progress) -> None:
    """See that settings and calendar can be read and the servers that a stack needs are installed. Raises NotStarted."""
    try:
        Settings.from_env()
        work_calendar()
    except (ConfigurationError, OSError) as error:  # the latter: a value's file that cannot be read
        raise NotStarted(f"设置有误 · a setting is wrong\n{error}") from None
    except StrictYamlError as error:
        raise NotStarted(
            f"年度文件有误 · a year's file is wrong (./zhiheng calendar check FILE)\n{error}"
        ) from None
    for key in kept_back():
        say(f"{key} 由系统自行设定，不采用 · is set by the stack itself: the value given is not used")
    if not os.environ.get("ZHIHENG_AMQP_URI"):
        install.ensure(install.RABBITMQ, say)
    if database == "postgresql":
        install.ensure(install.POSTGRESQL, say)


def launch(folder: Path, options: Mapping[str, Any], say: Progress) -> state.StackState:
    """Start a supervisor of its own for a stack (the options are those of StackOptions, as JSON) and wait until it is ready.

    Raises NotStarted.
    """
    return _wait(folder, _launch(folder, json.dumps(dict(options))), say)


def _launch(folder: Path, text: str) -> Path:
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    log = folder / "logs" / "supervisor.log"
    environment = base_environment() | passed_on() | {"ZHIHENG_HOME": str(state.home())}
    if os.environ.get("ZHIHENG_AMQP_URI"):
        environment["ZHIHENG_AMQP_URI"] = os.environ["ZHIHENG_AMQP_URI"]
    with log.open("wb") as output:
        _Launched.popen = subprocess.Popen(
            [sys.executable, "-m", "deploy.local.supervisor", str(folder), text],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return log


class _Launched:
    popen: subprocess.Popen[bytes]


def _wait(folder: Path, log: Path, say: Progress) -> state.StackState:
    step = ""
    for _ in poll(WAIT_SECONDS):
        if _Launched.popen.poll() is not None:
            raise NotStarted(f"系统未能启动 · the stack did not start\n{tail(log, 30)}")
        found = state.read(folder)
        if found is None or found.supervisor.pid != _Launched.popen.pid:
            continue
        if found.ready and probe(f"{found.gateway_url}/readyz")[0] == 200:
            return found
        if found.step != step:
            step = found.step
            say(step)
    raise NotStarted(f"系统未能在 {WAIT_SECONDS:.0f} 秒内启动 · the stack took too long\n{tail(log, 30)}")
