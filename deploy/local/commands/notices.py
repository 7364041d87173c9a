"""notices: check a kept proof of a public notice; nothing but the file is needed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from deploy.local.services import base_environment

HELP = "核验公示存证 · check the proof of a notice: verify FILE…"


def add(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="核验 · check, and say what differs")
    verify.add_argument("files", nargs="+", metavar="FILE", help="公示存证 · a proof, as the API gives it")


def run(options: argparse.Namespace) -> int:
    """0: each is whole; 1: something differs; 2: a file is no proof."""
    files = [str(Path(file).absolute()) for file in options.files]
    command = [sys.executable, "-m", "services.eligibility.notices.verify", *files]
    return subprocess.run(command, env=base_environment(), check=False).returncode
