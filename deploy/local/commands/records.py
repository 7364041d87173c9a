"""records: check an archived package without the system that made it."""

from __future__ import annotations

import argparse
import subprocess
import sys

from deploy.local.services import base_environment
from deploy.local.terminal import fail

HELP = "归档包离线核验 · check an archived package offline"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs="*", metavar="verify FILE.zip [--digest sha256:…] [--json]")


def run(options: argparse.Namespace) -> int:
    if options.rest[:1] != ["verify"] or len(options.rest) < 2:
        return fail("用法 · usage: ./zhiheng records verify FILE.zip [--digest sha256:…] [--json]")
    command = [sys.executable, "-m", "shared.records.verify", *options.rest[1:]]
    return subprocess.run(command, env=base_environment(), check=False).returncode
