"""rehearse: play files through the running stack, or through one of one's own."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import requests

from deploy.local import state
from deploy.local.commands.up import prepare
from deploy.local.processes import NotStarted
from deploy.local.services import Secrets, base_environment, passed_on
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.local.terminal import Progress, fail, print_faults

HELP = "演练一个评审周期 · play one award cycle from files, end to end"
WRONG_FILE = 2
NOT_STARTED = 3


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="rehearsal files (YAML)")
    parser.add_argument(
        "--out", default="rehearsals", metavar="DIR", help="where results go (default: rehearsals/)"
    )
    parser.add_argument("--rulebook", metavar="ID", help="play under another rulebook: the what-if")


def run(options: argparse.Namespace) -> int:
    files = [Path(name).absolute() for name in options.files]
    return play(files, Path(options.out).absolute(), options.rulebook)


def play(files: Sequence[Path], out: Path, rulebook: str | None = None) -> int:
    """Check the files, find or start a stack, play: 0, 1 (not as expected), 2 (a file is wrong), 3 (no stack)."""
    from deploy.rehearsal import check

    faults = check(files, rulebook)
    print_faults(faults)
    if faults:
        return WRONG_FILE
    try:
        with stack_for_rehearsals() as access:
            return run_player(files, access, out, rulebook)
    except NotStarted as problem:
        return fail(str(problem), NOT_STARTED)


@dataclass(frozen=True)
class Access:
    """What the player needs of a stack."""

    gateway_url: str
    stubs_url: str
    secrets: Secrets

    def environment(self) -> dict[str, str]:
        """Secrets go by the environment: everybody may read a command line. Raises NotStarted."""
        return {
            "ZHIHENG_TOKEN": self._token(),
            "ZHIHENG_DEPARTMENTS_SECRET_FILE": str(self.secrets.departments),
        }

    def _token(self) -> str:
        """Sign the rehearser in."""
        password = self.secrets.rehearser_password.read_text(encoding="utf-8").strip()
        try:
            answer = requests.post(
                f"{self.gateway_url}/api/v1/tokens",
                json={"username": "rehearser", "password": password},
                timeout=30,
            )
            answer.raise_for_status()
            return str(answer.json()["token"])
        except (requests.RequestException, ValueError, KeyError) as problem:
            raise NotStarted(f"网关未能登录 · the gateway did not sign the rehearser in: {problem}") from None


@contextmanager
def stack_for_rehearsals() -> Iterator[Access]:
    """The running stack where it allows rehearsals, else one of our own, ended afterwards. Raises NotStarted."""
    found = state.running()
    if found is not None and found.ready and found.rehearsals:
        yield Access(found.gateway_url, found.stubs_url, Secrets(found.folder / "secrets"))
        return
    say = Progress()
    prepare("sqlite", say)
    with _signals_raise(), temporary_folder("rehearsal") as folder:
        options = StackOptions(rehearsals=True, amqp_uri=os.environ.get("ZHIHENG_AMQP_URI", ""))
        with Stack(folder, options, say=say) as stack:
            say(f"系统就绪 · the stack is ready: {stack.gateway_url}")
            yield Access(stack.gateway_url, stack.stubs_url, stack.secrets)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """SIGTERM and SIGHUP unwind as Ctrl-C does, so that the stack is ended."""

    def unwind(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, unwind) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def run_player(
    files: Sequence[Path], access: Access, out: Path, rulebook: str | None = None, quiet: bool = False
) -> int:
    """The player's exit code; a signal that ends it counts as no answer. Raises NotStarted."""
    arguments = [*map(str, files), "--gateway", access.gateway_url, "--stubs", access.stubs_url]
    arguments += ["--out", str(out), *(["--rulebook", rulebook] if rulebook else [])]
    arguments += ["--quiet"] if quiet else []
    kept = {key: value for key, value in os.environ.items() if key in {"TERM", "COLUMNS", "NO_COLOR"}}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.rehearsal", *arguments],
        env=base_environment() | passed_on() | kept | access.environment(),
        check=False,
    )
    return done.returncode if done.returncode >= 0 else NOT_STARTED
