"""What no document may hold: control characters, halves of characters, and what turns the direction of reading. Pure."""

from __future__ import annotations

import re

REPLACED = "\ufffd"
# Control characters but tab and line feed, surrogates and non-characters (no XML holds them), and the marks that turn
# the direction of reading: with them a name could be shown as another one.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def clean(text: str) -> str:
    """The text with every unfit character shown as U+FFFD: nothing vanishes unseen. Line ends become line feeds."""
    return _UNFIT.sub(REPLACED, _LINE_ENDS.sub("\n", text))
