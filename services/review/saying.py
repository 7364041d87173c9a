"""Lists in words, as far as somebody reads them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

AT_MOST = 20  # lines that a refusal gives one by one


def first_of(said: Sequence[str], more: str) -> list[str]:
    """The first lines, and in `more` (with a place for the number, `{}`, in each language) how many others there are."""
    left = len(said) - AT_MOST
    return [*said[:AT_MOST], more.format(left, left)] if left > 0 else list(said)
