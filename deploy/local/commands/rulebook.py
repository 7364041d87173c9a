"""rulebook: what is installed, what it says, what is wrong with it, how two differ, and how a new one begins."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from deploy.local.rulebooks.installed import WRONG
from deploy.local.terminal import fail

HELP = "规则文件：列表、通读、检查、比较、新建 · rulebooks: list, show, check, diff, new"
# Each is a module with HELP, add and run, as the commands themselves are.
SUBCOMMANDS = {
    "list": "deploy.local.rulebooks.listing",
    "show": "deploy.local.rulebooks.showing",
    "check": "deploy.local.rulebooks.checking",
    "diff": "deploy.local.rulebooks.comparing",
    "new": "deploy.local.rulebooks.beginning",
}


def add(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    for name, module in SUBCOMMANDS.items():
        found = import_module(module)
        child = commands.add_parser(name, help=found.HELP, description=found.__doc__)
        found.add(child)
        child.set_defaults(run_subcommand=found.run)


def run(options: argparse.Namespace) -> int:
    """The sub-command's exit code; 2 where a rulebook is wrong or is not there."""
    from shared.config import ConfigurationError
    from shared.problems import Problem
    from shared.rulebooks import RulebookError

    try:
        code: int = options.run_subcommand(options)
    except RulebookError as error:
        print(error, file=sys.stderr)
        return WRONG
    except Problem as problem:
        fields = "".join(f"\n  {e.field}：{e.reason_zh} / {e.reason_en}" for e in problem.errors)
        return fail(f"{problem.detail_zh} / {problem.detail_en}{fields}", WRONG)
    except ConfigurationError as error:
        return fail(f"配置有误 · configuration: {error}", WRONG)
    return code
