"""panels: repeat a draw of a panel from its record; nothing but the file is needed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from deploy.local.services import base_environment

HELP = "重算抽取记录 · repeat a draw from its record: repeat FILE…"


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    repeat = actions.add_parser("repeat", help="重算并比对 · repeat, and say what differs")
    repeat.add_argument("files", nargs="+", metavar="FILE", help="抽取记录 · a record, as the API gives it")


def run(options: argparse.Namespace) -> int:
    """0: each gives what it records; 1: one does not; 2: a file is no record."""
    files = [str(Path(file).absolute()) for file in options.files]
    command = [sys.executable, "-m", "services.review.seating", *files]
    return subprocess.run(command, env=base_environment(), check=False).returncode
