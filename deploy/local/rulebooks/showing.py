"""rulebook show: a whole rulebook, to be read against its text."""

from __future__ import annotations

import argparse
import sys

from deploy.local.rulebooks.installed import NAMES, add_folder, add_language, rulebook_of

HELP = "通读一个规则文件 · read a whole rulebook"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="ID|FILE", help=NAMES)
    add_language(parser)
    parser.add_argument(
        "--format",
        choices=("text", "markdown"),
        help="默认：终端上为排版文本，否则为 Markdown · default: laid out on a terminal, else Markdown",
    )
    add_folder(parser)


def run(options: argparse.Namespace) -> int:
    from shared.rulebooks.describe import describe

    text = describe(rulebook_of(options, options.name), options.lang)
    laid_out = options.format == "text" or (options.format is None and sys.stdout.isatty())
    if laid_out:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text, end="")
    return 0
