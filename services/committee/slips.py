"""选票: what lies in the box of one candidate, and the code by which a member finds its own. Pure.

A slip is a code and one choice on one candidate. The member draws a secret number, and the code of each of its slips is worked
out from it: nothing has to be sent back, and no two slips of one member look alike.
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

from services.committee.ballots import Tally

CODE = 32  # hex digits of a code: 128 bits
_LETTERS = {"for": "f", "against": "a", "abstain": "-", "recused": "r"}
_CHOICES = {letter: choice for choice, letter in _LETTERS.items()}


class CodeTakenError(Exception):
    """A slip with that code is in the box: two members drew one number, or one was not drawn but chosen."""


def code_of(cycle_id: str, number: int, application_id: str, nonce: str) -> str:
    """The code of the slip on one candidate in one ballot: the first 32 digits of the SHA-256 of
    `<cycle>/<ballot>/<application>/<nonce>`.
    """
    return sha256(f"{cycle_id}/{number}/{application_id}/{nonce}".encode()).hexdigest()[:CODE]


def new_code() -> str:
    """A code that nobody knows, for a ballot that came without a number."""
    return secrets.token_hex(CODE // 2)


def put(box: str, code: str, choice: str) -> str:
    """The box with one slip more, sorted by code. Raises CodeTakenError."""
    lines = box.splitlines()
    place = bisect_left(lines, code)
    if place < len(lines) and lines[place].startswith(code):
        raise CodeTakenError
    lines.insert(place, f"{code} {_LETTERS[choice]}")
    return "\n".join(lines)


def taken_out(box: str) -> dict[str, str]:
    """The slips of a box: choice by code. Raises ValueError where a line is none."""
    slips = {}
    for line in box.splitlines():
        code, _, letter = line.partition(" ")
        if len(code) != CODE or letter not in _CHOICES or code in slips:
            raise ValueError(f"no slip: {line!r}")
        slips[code] = _CHOICES[letter]
    return slips


def counted(choices: Iterable[str], recused: int = 0) -> Tally:
    """The counters of some choices; `recused`: members who cast and declared before that they stand aside."""
    found = Counter(choices)
    return Tally(found["for"], found["against"], found["abstain"], found["recused"] + recused)


def by_choice(slips: Mapping[str, str]) -> dict[str, list[str]]:
    """The codes by choice, each list sorted."""
    return {choice: sorted(code for code, chosen in slips.items() if chosen == choice) for choice in _LETTERS}
