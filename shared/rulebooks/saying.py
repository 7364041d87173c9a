"""What every entry of a rulebook has: words in both languages, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["text", "assumed"]


@dataclass(frozen=True)
class Words:
    """The same words in Chinese and English."""

    zh: str
    en: str
