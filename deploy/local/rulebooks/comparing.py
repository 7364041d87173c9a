"""rulebook diff: what differs between two rulebooks, by meaning and not by line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from deploy.local.rulebooks.installed import NAMES, add_folder, add_language, rulebook_of

if TYPE_CHECKING:
    from shared.rulebooks.describe import Tongue
    from shared.rulebooks.difference import Difference, ValueChange
    from shared.rulebooks.model import Words

HELP = "两个规则文件有何不同 · what differs between two rulebooks"
_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renumbered": "="}


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="ID|FILE", help=NAMES)
    parser.add_argument("second", metavar="ID|FILE", help=NAMES)
    parser.add_argument(
        "--wording",
        action="store_true",
        help="也比较标题、说明、条号等文字 · titles, notes and citations as well",
    )
    add_language(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    from shared.rulebooks.describe import Tongue
    from shared.rulebooks.difference import differences

    first, second = rulebook_of(options, options.first), rulebook_of(options, options.second)
    found = differences(first, second, wording=options.wording)
    if options.json:
        lines = [difference.as_dict() for difference in found]
        print(
            json.dumps(
                {"first": first.id, "second": second.id, "differences": lines}, ensure_ascii=False, indent=1
            )
        )
        return 0
    say = Tongue(options.lang)
    print(f"{first.id} → {second.id}")
    for line in _text(say, found):
        print(line)
    return 0


def _text(say: Tongue, found: Sequence[Difference]) -> Iterator[str]:
    from shared.rulebooks.difference import CHANGES
    from shared.rulebooks.model import Words

    if not found:
        yield say.text(Words("没有不同", "no difference"))
    for title, differences in groupby(found, key=lambda difference: difference.part_title):
        yield from ("", say.label(title))
        for each in differences:
            keys = " → ".join(dict.fromkeys(key for key in (each.before, each.after) if key))
            change = f"{_SIGNS[each.change]} {say.label(CHANGES[each.change])}"
            yield f"  {change}  {keys}  {say.text(each.title)}"
            for value in each.values if each.change != "removed" else ():
                yield f"      {say.label(value.label)}{say.colon}{_change(say, value)}"


def _change(say: Tongue, value: ValueChange) -> str:
    if value.before is None and value.after is not None:
        return say.text(value.after)
    return f"{_side(say, value.before)}  →  {_side(say, value.after)}"


def _side(say: Tongue, words: Words | None) -> str:
    from shared.rulebooks.model import Words

    return say.text(words or Words("无", "none"))
