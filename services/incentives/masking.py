"""What is shown of an account: enough to tell it by, too little to use it. Pure."""

from __future__ import annotations

_SHOWN = 4
_MARK = "*"


def masked_number(number: str) -> str:
    """The last four digits, and as many marks as there are others; of a short number a quarter at most."""
    shown = min(_SHOWN, len(number) // 4)
    return _MARK * (len(number) - shown) + (number[-shown:] if shown else "")


def masked_name(name: str) -> str:
    """The first and the last character: 示**司."""
    return name if len(name) < 2 else name[0] + _MARK * 2 + name[-1]
