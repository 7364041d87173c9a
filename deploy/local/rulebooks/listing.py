"""rulebook list: every installed rulebook and how it stands, or every value in them that no text gives."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from deploy.local.rulebooks.installed import add_folder, library_of, rulebook_of
from deploy.local.terminal import table

if TYPE_CHECKING:
    from shared.rulebooks import Rulebook
    from shared.rulebooks.listing import Line

HELP = "已安装的规则文件 · what is installed, and how it stands"
_ALL = ""
_NO_END = "…"


def add(parser: argparse.ArgumentParser) -> None:
    add_folder(parser)
    parser.add_argument(
        "--on",
        metavar="DATE",
        type=date.fromisoformat,
        help="某日的状态（默认今日） · on a day (default: today)",
    )
    parser.add_argument(
        "--assumed",
        nargs="?",
        const=_ALL,
        metavar="ID",
        help="假定的值，可只看一个规则文件 · every assumed value, of all or of one",
    )
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    if options.assumed is not None:
        return _assumed(options)
    from shared.clock import SystemClock
    from shared.rulebooks.listing import lines

    library = library_of(options)
    found = lines(map(library.get, library.ids()), options.on or SystemClock().today())
    if options.json:
        print(json.dumps([line.as_dict() for line in found], ensure_ascii=False, indent=1))
    else:
        headings = (
            "规则文件 id",
            "状态 standing",
            "施行 in force",
            "条件 conditions",
            "假定 assumed",
            "名称 title",
        )
        print(table(headings, [_row(line) for line in found]))
    return 0


def _row(line: Line) -> tuple[str, ...]:
    book = line.rulebook
    days = f"{book.in_force_from} — {book.in_force_to or _NO_END}" if book.in_force_from else ""
    standing = f"{line.in_words.zh} {line.in_words.en}"
    counts = (str(len(book.conditions)), str(len(book.assumed())))
    return (book.id, standing, days, *counts, f"{book.title.zh} / {book.title.en}")


def _assumed(options: argparse.Namespace) -> int:
    if options.assumed == _ALL:
        library = library_of(options)
        books = [library.get(rulebook_id) for rulebook_id in library.ids()]
    else:
        books = [rulebook_of(options, options.assumed)]
    if options.json:
        from shared.rulebooks.listing import assumed_as_dicts

        found = [value for book in books for value in assumed_as_dicts(book)]
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _say(books)
    return 0


def _say(books: Iterable[Rulebook]) -> None:
    for book in books:
        values = book.assumed()
        print(f"{book.id}：{len(values)} 个假定的值 assumed values")
        for value in values:
            print(f"  第 {value.line} 行 line {value.line}  {value.path} = {value.value}")
            print(f"    {value.note.zh}")
            print(f"    {value.note.en}")
