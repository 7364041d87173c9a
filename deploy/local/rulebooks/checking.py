"""rulebook check: what is wrong with a file, a folder, or everything that is installed.

Form, citations, completeness, conflicts; then made-up cases around every day and threshold that a rulebook names.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.rulebooks.installed import WRONG, add_folder, library_of
from deploy.local.terminal import print_faults

if TYPE_CHECKING:
    from shared.rulebooks import Rulebook

HELP = "检查规则文件 · look for what is wrong with a file or a folder"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="FILE|FOLDER",
        type=Path,
        help="默认：全部已安装的 · default: everything that is installed",
    )
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    books = _of_paths(options.paths) if options.paths else _installed(options)
    codes = [_sweep(book) for book in books]
    from shared.rulebooks.sweep import overlaps

    for remark in overlaps(books):
        print(f"提示 note {remark}")
    return max(codes, default=0)


def _installed(options: argparse.Namespace) -> list[Rulebook]:
    library = library_of(options)
    return [library.get(rulebook_id) for rulebook_id in library.ids()]


def _of_paths(paths: Sequence[Path]) -> list[Rulebook]:
    """The rulebooks of files and folders. Raises RulebookError with the faults of all."""
    from shared.rulebooks import RulebookError
    from shared.rulebooks.library import read_file, read_folder
    from shared.strict_yaml import Fault

    found: dict[str, Rulebook] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            found |= read_folder(path) if path.is_dir() else {path.stem: read_file(path)}
        except RulebookError as error:
            faults += error.faults
    if faults:
        raise RulebookError(faults)
    return list(found.values())


def _sweep(book: Rulebook) -> int:
    from shared.rulebooks.sweep import sweep

    found = sweep(book)
    print(f"{book.id}  {book.sha256}  {book.title.zh} / {book.title.en}")
    _say(
        f"{len(book.conditions)} 项条件，{len(book.articles)} 条（项），{len(book.not_encoded)} 处未编入，"
        f"{len(book.assumed())} 个假定的值",
        f"{len(book.conditions)} conditions, {len(book.articles)} articles and items, "
        f"{len(book.not_encoded)} not encoded, {len(book.assumed())} values assumed",
    )
    _say(
        f"试了 {found.days} 个日期、{found.cases} 个虚构案例：{len(found.faults)} 处有误",
        f"{found.days} days and {found.cases} made-up cases tried: {len(found.faults)} faults",
    )
    for remark in found.remarks:
        print(f"  提示 note {remark}")
    print_faults(found.faults)
    return WRONG if found.faults else 0


def _say(zh: str, en: str) -> None:
    print(f"  {zh} / {en}")
