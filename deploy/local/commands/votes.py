"""votes: count the public's votes anew from their log."""

from __future__ import annotations

import argparse
import subprocess
import sys

from deploy.local import state
from deploy.local.services import base_environment
from deploy.local.terminal import fail

HELP = "网络投票：从选票记录重新清点 · the public's votes: count them anew from their log"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rest", nargs="*", metavar="recount [--cycle ID]")


def run(options: argparse.Namespace) -> int:
    if options.rest[:1] != ["recount"]:
        return fail("用法 · usage: ./zhiheng votes recount [--cycle ID]")
    secrets = state.stack_folder() / "secrets"
    if not (secrets / "database-review").exists():
        return fail("这台机器上还没有数据 · there are no data yet: ./zhiheng up first")
    # An address holds a password and everybody may read a command line: the file is named instead.
    database = f"@{secrets / 'database-review'}"
    command = [
        sys.executable,
        "-m",
        "services.review.votes.recount",
        "--database",
        database,
        *options.rest[1:],
    ]
    environment = base_environment() | {"ZHIHENG_FIELD_KEYS_FILE": str(secrets / "field-keys")}
    return subprocess.run(command, env=environment, check=False).returncode
