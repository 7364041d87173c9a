"""rulebook new: the beginning of a new rulebook, a commented file in one's own folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local.rulebooks.installed import WRONG, add_folder, folder_of, library_of
from deploy.local.terminal import fail

if TYPE_CHECKING:
    from shared.rulebooks import Library

HELP = "新建一个规则文件 · begin a new rulebook"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="例 · such as: yunting-2026")
    parser.add_argument("--jurisdiction", metavar="NAME", help="例 · such as: yunting")
    parser.add_argument(
        "--place", metavar="地名", default="某市", help="文件中使用的地名 · the place's name in Chinese"
    )
    parser.add_argument("--level", choices=("district", "city", "nation"), default="city")
    parser.add_argument(
        "--extends",
        metavar="ID",
        help="已安装文本的修订草案，只写不同之处 · a draft laid over an installed text",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        help="默认：规则文件目录或当前目录下的 ID.yaml · default: ID.yaml in the rulebooks' folder, or here",
    )
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    library = library_of(options)
    path = _path(options)
    text = _text(options, library)
    if path.name != f"{options.id}.yaml":
        return fail(f"文件须名为 {options.id}.yaml · the file must be named so: {path}", WRONG)
    if options.id in library.ids():
        return fail(f"已安装同名的规则文件 · a rulebook of that id is installed: {options.id}", WRONG)
    if path.exists():
        return fail(f"文件已存在，不覆盖 · the file is there already and is left alone: {path}", WRONG)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:  # never over one that came in between
            file.write(text)
    except OSError as error:
        return fail(f"无法写入 · cannot be written: {path}: {error.strerror}", WRONG)
    print(f"已写入 · written: {path}")
    print(f"检查 · check it: ./zhiheng rulebook check {path}")
    return 0


def _path(options: argparse.Namespace) -> Path:
    name = f"{options.id}.yaml"
    if options.out is None:
        return (folder_of(options) or Path.cwd()) / name
    out: Path = options.out
    return out / name if out.is_dir() else out


def _text(options: argparse.Namespace, library: Library) -> str:
    """Raises Invalid for words that cannot stand in a file, UnknownRulebook."""
    from shared.clock import SystemClock
    from shared.problems import invalid_field
    from shared.rulebooks.skeleton import skeleton, skeleton_draft

    today = SystemClock().today()
    if options.extends:
        return skeleton_draft(options.id, library.get(options.extends), today)
    if not options.jurisdiction:
        raise invalid_field("--jurisdiction", "须写明适用地，或用 --extends", "needed, or else --extends")
    return skeleton(options.id, options.jurisdiction, options.place, options.level, today)
