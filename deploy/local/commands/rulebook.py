"""rulebook: what can be done with regulations as data and what they led to."""

from __future__ import annotations

import argparse

from deploy.local.commands.rulebook_explain import add_explain

HELP = "规则文件 · rulebooks: explain"


def add(parser: argparse.ArgumentParser) -> None:
    add_explain(parser.add_subparsers(dest="action", required=True, metavar="ACTION"))


def run(options: argparse.Namespace) -> int:
    code: int = options.run_action(options)
    return code
