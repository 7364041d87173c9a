"""demo: play the sample cycles through a stack of one's own and show what came of them."""

from __future__ import annotations

import argparse
from pathlib import Path

from deploy.local import assets, state
from deploy.local.commands.rehearse import play
from deploy.local.services import ROOT
from deploy.local.terminal import Progress, fail

HELP = "演示：从申报到发放走一遍 · the sample cycles, from the call to the money"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", metavar="DIR", help="where results go (default: beside the environment)")


def run(options: argparse.Namespace) -> int:
    files = sorted((ROOT / "deploy" / "samples").glob("*.yaml"))
    if not files:
        return fail("deploy/samples holds no sample")
    assets.hand_on(Progress())
    return play(files, Path(options.out).absolute() if options.out else state.home() / "demo")
