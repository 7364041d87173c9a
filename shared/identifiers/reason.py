"""Why a code was refused, in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Reason(NamedTuple):
    """The same reason in Chinese and English."""

    zh: str
    en: str
