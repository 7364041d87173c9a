"""演练记录: what was played, in files that outlive the process, one a play. No more than so many of one person, nor for longer
than so many days.

What stands in a file is what its owner is shown, with whose it is. The token that a play is played with is never written down.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

MOST, DAYS = 30, 30  # of one person; days


@dataclass(frozen=True)
class Terms:
    """How many plays of one person are kept, and for how long."""

    most: int = MOST
    age: timedelta = timedelta(days=DAYS)


class Shelf:
    """A folder of plays; None: nothing outlives the process. One process writes to it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def all(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """By its id what is kept, in no order. What cannot be read is nothing, and goes."""
        for path in self._folder.glob("*.json") if self._folder is not None else ():
            try:
                kept = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:
                kept = None
            if isinstance(kept, dict):
                yield path.stem, kept
            else:
                path.unlink(missing_ok=True)

    def put(self, play_id: str, kept: dict[str, Any]) -> None:
        """Keep it; whoever reads meanwhile finds what was there before, never a half of it."""
        if self._folder is None:
            return
        beside = self._folder / f"{play_id}.part"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False)
        os.replace(beside, self._folder / f"{play_id}.json")

    def drop(self, play_id: str) -> None:
        """It is not kept any more."""
        if self._folder is not None:
            (self._folder / f"{play_id}.json").unlink(missing_ok=True)
