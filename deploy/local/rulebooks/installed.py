"""Which rulebooks the sub-commands speak of: this release's, the folder's, or a file that somebody names."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.rulebooks import Library, Rulebook

WRONG = 2  # exit code: a file is wrong, or what is named is not there
NAMES = "一个已安装规则文件的 id，或一个文件 · the id of an installed one, or a file"


def add_folder(parser: argparse.ArgumentParser) -> None:
    """`--folder`, in the place of ZHIHENG_RULEBOOKS."""
    parser.add_argument(
        "--folder",
        metavar="DIR",
        help="另一目录中的规则文件，代替 ZHIHENG_RULEBOOKS · further rulebooks, in its place",
    )


def add_language(parser: argparse.ArgumentParser) -> None:
    """`--lang`."""
    parser.add_argument(
        "--lang", choices=("zh", "en", "both"), default="both", help="语言 · language (default: both)"
    )


def folder_of(options: argparse.Namespace) -> Path | None:
    """The user's folder, if there is one. Raises ConfigurationError."""
    from shared.config import Settings

    named = options.folder or Settings.from_env().rulebooks
    return Path(named).absolute() if named else None


def library_of(options: argparse.Namespace) -> Library:
    """This release's rulebooks and the folder's. Raises RulebookError, ConfigurationError."""
    from shared.rulebooks import Library

    return Library.load(folder_of(options))


def rulebook_of(options: argparse.Namespace, name: str) -> Rulebook:
    """The installed rulebook of an id, or that of a file. Raises RulebookError, UnknownRulebook, ConfigurationError."""
    from shared.rulebooks.library import read_file

    path = Path(name)
    if path.suffix == ".yaml" or len(path.parts) > 1:
        return read_file(path)
    return library_of(options).get(name)
