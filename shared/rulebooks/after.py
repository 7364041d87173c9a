"""What a rulebook says of the years after an award."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.rulebooks.saying import Source, Words


@dataclass(frozen=True)
class Index:
    """跟踪指标: one figure that winners report every year. `better` says whether a higher or a lower one is the better."""

    key: str
    title: Words
    unit: Words
    better: Literal["higher", "lower"]
    source: Source = "text"


@dataclass(frozen=True)
class Tracking:
    """获奖后跟踪: for how many years; within how many months after a year's end its report is due, None where none is asked;
    from a worsening of more than how many percent in a year on a winner is warned, None where it never is.
    """

    years: int
    rule: str
    report_months: int | None = None
    fall_percent: int | None = None
    indices: tuple[Index, ...] = ()
    source: Source = "text"
