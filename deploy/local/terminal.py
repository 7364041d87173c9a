"""What a person sees: progress on standard error, tables on standard output."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence


class Progress:
    """Steps with the seconds that each took; on a terminal the current one is rewritten in place."""

    def __init__(self) -> None:
        self._tty = sys.stderr.isatty()
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        seconds = time.monotonic() - self._began
        print(f"[{seconds:5.1f} s] {text}", file=sys.stderr, flush=True)


def fail(text: str, code: int = 3) -> int:
    """Say why on standard error and give the exit code."""
    print(f"zhiheng: {text}", file=sys.stderr, flush=True)
    return code


def print_faults(faults: Iterable[object]) -> None:
    """Each fault of a file on a line of standard error, as it says itself: file, line and reason come first."""
    for fault in faults:
        print(fault, file=sys.stderr)


def width(text: str) -> int:
    """Columns of a text: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain table, aligned also where Chinese and Latin letters meet."""
    columns = [max(width(str(row[i])) for row in (headings, *rows)) for i in range(len(headings))]
    lines = []
    for row in (headings, *rows):
        cells = [str(cell) + " " * (size - width(str(cell))) for cell, size in zip(row, columns, strict=True)]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * size for size in columns))
    return "\n".join(lines)
