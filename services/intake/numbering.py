"""编号: public numbers, drawn when applications close, so that a number tells nothing of who came first. Pure.

The seed is kept: whoever has it and the applications' ids can draw again and gets the same numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable

_FEWEST_DIGITS = 3


def draw(year: int, application_ids: Iterable[str], seed: str) -> dict[str, str]:
    """A number for each application: the cycle's year and a place in a shuffled order."""
    shuffled = sorted(application_ids)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - the seed is the secret, and is published with the draw
    digits = max(_FEWEST_DIGITS, len(str(len(shuffled))))
    return {
        application_id: f"{year}{place:0{digits}d}" for place, application_id in enumerate(shuffled, start=1)
    }
