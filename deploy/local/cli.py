"""./zhiheng COMMAND: the commands of a local stack."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = (
    "demo", "rehearse", "compare", "rulebook", "up", "down", "status", "doctor", "test", "parked", "audit",
    "calendar", "certificates", "notices", "panels", "records", "screenshots", "topology", "votes",
)  # fmt: skip
# Their own arguments go on to another program as they are, options too.
PASSED_ON = frozenset({"test", "parked", "audit", "records", "votes"})
INTERRUPTED = 130


def parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The whole command line, or that of some commands: what the others need is then not loaded."""
    found = argparse.ArgumentParser(
        prog="zhiheng",
        description="质衡 · a government quality award from the call to the money and the years after",
    )
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        module = import_module(f"deploy.local.commands.{name}")
        child = commands.add_parser(name, help=module.HELP, description=module.__doc__)
        module.add(child)
        child.set_defaults(run=module.run)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    known = parser(given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS)
    if given[:1] and given[0] in PASSED_ON and not {"-h", "--help"} & set(given[1:2]):
        options = known.parse_args(given[:1])
        options.rest = given[1:]
    else:
        options = known.parse_args(given)
    try:
        code: int = options.run(options)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
