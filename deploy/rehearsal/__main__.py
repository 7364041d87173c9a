"""python -m deploy.rehearsal FILE… --gateway URL --stubs URL --out DIR [--rulebook ID] [--quiet]
python -m deploy.rehearsal FILE… --check [--rulebook ID]

The token of the rehearser's account comes in ZHIHENG_TOKEN, the secret that stubs are set up with in
ZHIHENG_DEPARTMENTS_SECRET(_FILE). Exit codes: 0 played, and what was expected holds; 1 it does not; 2 a file is wrong,
nothing was played; 3 the stack did not answer.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.rehearsal.checked import Installed, Playable, check_all
from deploy.rehearsal.expect import differences
from deploy.rehearsal.faults import NoAnswer, Refused, WrongFile
from deploy.rehearsal.gateway import Gateway
from deploy.rehearsal.player import Player, steps_of, write_result
from deploy.rehearsal.stubs import Stubs
from deploy.rehearsal.tables import console, print_result, progress
from shared.clock import open_clock
from shared.config import ConfigurationError, Settings
from shared.strict_yaml import StrictYamlError

HOLDS, DOES_NOT_HOLD, WRONG, NO_ANSWER = 0, 1, 2, 3
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, play, compare: the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env()
        installed = Installed.here()
    except (ConfigurationError, StrictYamlError) as error:
        print(f"配置有误 · configuration: {error}", file=sys.stderr)
        return NO_ANSWER
    try:
        playables = check_all(options.files, options.rulebook, installed)
        if options.check:
            return HOLDS
        return _play(playables, options, settings, installed)
    except WrongFile as wrong:
        for fault in wrong.faults:
            print(fault, file=sys.stderr)
        return WRONG
    except (NoAnswer, Refused) as problem:
        print(f"演练中断 · the rehearsal stopped: {problem}", file=sys.stderr)
        return NO_ANSWER
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.rehearsal", description=__doc__)
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only look for what is wrong with the files")
    parser.add_argument("--gateway", metavar="URL", default="")
    parser.add_argument("--stubs", metavar="URL", default="")
    parser.add_argument("--out", metavar="DIR", type=Path, default=Path("rehearsals"))
    parser.add_argument("--rulebook", metavar="ID", help="play under this rulebook instead of the files' own")
    parser.add_argument(
        "--quiet", action="store_true", help="write results, print no table, hold nothing against them"
    )
    return parser


def _play(
    playables: Sequence[Playable], options: argparse.Namespace, settings: Settings, installed: Installed
) -> int:
    token = os.environ.get("ZHIHENG_TOKEN", "")
    if not (options.gateway and options.stubs and token and settings.departments_secret):
        raise NoAnswer(
            "--gateway, --stubs, ZHIHENG_TOKEN, ZHIHENG_DEPARTMENTS_SECRET: 缺一不可 / all are needed"
        )
    stubs = Stubs(options.stubs, settings.departments_secret, open_clock(settings))
    code = HOLDS
    with Gateway(options.gateway, token) as gateway:
        player = Player(gateway, stubs, installed.calendar)
        for playable in playables:
            scenario = playable.scenario
            with progress(scenario.name, steps_of(playable)) as say:
                result = player.play(playable, say)
            written = write_result(options.out, result)
            if options.quiet:
                continue
            found = None if scenario.expect is None else differences(scenario.expect, result)
            names = {handle: applicant.name for handle, applicant in scenario.applicants.items()}
            print_result(console(), result, names, str(written), found)
            code = DOES_NOT_HOLD if found else code
    return code


if __name__ == "__main__":
    sys.exit(main())
