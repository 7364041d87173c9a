"""python -m services.review.seating FILE…: repeat draws from their records and say what differs.

0: every one gives what it records; 1: one does not; 2: a file is no record.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from services.review.seating.records import UnreadableRecord, repeat

SAME, DIFFERS, UNREADABLE = 0, 1, 2
_SHOWN = 200  # characters of a value


def main(files: Sequence[str]) -> int:
    """The worst of what was found."""
    return max((_one(Path(file)) for file in files), default=UNREADABLE)


def _one(file: Path) -> int:
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        record = given.get("record", given)  # the API's answer as it came, or the record alone
        differences = repeat(record)
    except (OSError, UnicodeDecodeError, AttributeError, json.JSONDecodeError, UnreadableRecord) as wrong:
        print(f"{file}：不是抽取记录 · no record of a draw: {wrong}", file=sys.stderr)
        return UNREADABLE
    for found in differences:
        print(
            f"{file}：{found.at} 不一致 · differs: 记录 recorded {_short(found.recorded)}，"
            f"重算 repeated {_short(found.repeated)}"
        )
    if differences:
        return DIFFERS
    print(f"{file}：重算一致 · the repetition gives the same, seed {record['draw']['seed']}")
    return SAME


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
