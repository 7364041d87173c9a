"""rulebook explain: one application's findings as a letter."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.local import install
from deploy.local.processes import NotStarted
from deploy.local.rulebooks.installed import WRONG
from deploy.local.terminal import Progress, fail, print_faults

if TYPE_CHECKING:
    from deploy.decisions.reading import Result
    from shared.documents import Document, Language
    from shared.rulebooks import Rulebook

HELP = "把一份申报的认定写成告知书 · one application's findings as a letter"
FORMATS = ("docx", "pdf", "both")
LANGUAGES = ("zh", "en", "both")
NOT_STARTED = 3


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("result", metavar="RESULT.json", help="what a rehearsal wrote")
    parser.add_argument("handle", metavar="HANDLE", help="the application in it")
    parser.add_argument(
        "--out", default="rehearsals", metavar="DIR", help="where letters go (default: rehearsals/)"
    )
    parser.add_argument("--format", choices=FORMATS, default="both", help="default: both")
    parser.add_argument("--lang", choices=LANGUAGES, default="zh", help="default: zh")


def run(options: argparse.Namespace) -> int:
    """Write the letter: 0, 2 (the result is wrong, or not of an installed rulebook), 3 (no font for a PDF)."""
    from deploy.decisions.letter import NoSuchApplication, letter
    from deploy.decisions.reading import read
    from deploy.rehearsal.faults import WrongFile

    formats = ("docx", "pdf") if options.format == "both" else (options.format,)
    languages: tuple[Language, ...] = ("zh", "en") if options.lang == "both" else (options.lang,)
    try:
        result = read(options.result)
        document = letter(result, options.handle, _rulebook(result), languages)
        if "pdf" in formats:
            install.ensure(install.CHINESE_FONTS, Progress())
    except WrongFile as wrong:
        print_faults(wrong.faults)
        return WRONG
    except NoSuchApplication as problem:
        return fail(str(problem), WRONG)
    except NotStarted as problem:
        return fail(str(problem), NOT_STARTED)
    _write(document, Path(options.out).absolute() / f"{result.scenario}.{options.handle}.letter", formats)
    return 0


def _rulebook(result: Result) -> Rulebook:
    """The very rulebook of the result, where it names the hash. Raises UnknownRulebook, HashMismatch."""
    from shared.rulebooks import library

    if result.rulebook_sha256 is None:
        return library().get(result.rulebook)
    return library().pinned(result.rulebook, result.rulebook_sha256)


def _write(document: Document, path: Path, formats: Iterable[str]) -> None:
    from deploy.decisions.writing import write
    from shared.documents import pdf, word

    writers = {"docx": word.write, "pdf": pdf.write}
    for ending in formats:
        made = writers[ending](document)
        print(f"→ {write(path.with_name(f'{path.name}.{ending}'), made)}")
