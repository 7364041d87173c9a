"""`python -m shared.rulebooks`: hold rulebooks against the rules for rulebooks, before a service does.

    python -m shared.rulebooks check [FOLDER]     the published ones and those of a folder
    python -m shared.rulebooks assumed ID [FOLDER]  every value of a rulebook that is not in its text

Exit 0: all is well. 1: something is wrong, and printed with file, line and reason. 2: no such command.
"""

from __future__ import annotations

import sys

from shared.problems import Problem
from shared.rulebooks.library import Library, RulebookError


def _check(folder: str | None = None) -> None:
    library = Library.load(folder)
    for rulebook_id in library.ids():
        book = library.get(rulebook_id)
        print(f"{book.id}  {book.sha256}  {book.status}  {book.title.zh}")
        print(f"  {len(book.conditions)} conditions, {len(book.articles)} articles and items,")
        print(f"  {len(book.not_encoded)} entries not encoded, {len(book.assumed())} values assumed")


def _assumed(rulebook_id: str, folder: str | None = None) -> None:
    for value in Library.load(folder).get(rulebook_id).assumed():
        print(f"line {value.line}  {value.path} = {value.value}")
        print(f"  {value.note.zh}")
        print(f"  {value.note.en}")


def main(arguments: list[str]) -> int:
    """The command line without the program's name; the exit code."""
    try:
        match arguments:
            case ["check", *folder] if len(folder) < 2:
                _check(*folder)
            case ["assumed", rulebook_id, *folder] if len(folder) < 2:
                _assumed(rulebook_id, *folder)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (RulebookError, Problem) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
