"""合计: what a sheet comes to, exactly, and what it still lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shared.rulebooks import Words
from shared.rulebooks.criteria import CriteriaTree, Criterion

TEXTS = {
    "strengths": Words("优势", "strengths"),
    "improvements": Words("改进空间", "what could be better"),
    "rationale": Words("评分理由", "the reason for the number"),
}


@dataclass(frozen=True)
class Entry:
    """One item of a sheet as it stands; the percent in thousandths, None while there is none."""

    strengths: str = ""
    improvements: str = ""
    thousandths: int | None = None
    rationale: str = ""


@dataclass(frozen=True)
class Lacking:
    """One thing that keeps a sheet from being handed in."""

    item: str
    field: str
    zh: str
    en: str


def total(tree: CriteriaTree, given: Mapping[str, int]) -> int:
    """Thousandths of a percent of full marks. An item that is not given yet counts nothing; no order matters.

    The criteria are such that no sum of steps is ever rounded.
    """
    exact = sum((Fraction(leaf.points * given.get(leaf.key, 0)) for leaf in tree.leaves), Fraction(0))
    exact /= tree.points
    assert exact.denominator == 1  # held when the criteria are read
    return int(exact)


def points_given(leaf: Criterion, thousandths: int) -> Decimal:
    """The points of an item at a percent, exact."""
    return (Decimal(leaf.points * thousandths) / 100_000).normalize()


def percent_text(thousandths: int) -> str:
    """A percent as it is shown: three decimals."""
    return str(Decimal(thousandths).scaleb(-3))


def lacking(tree: CriteriaTree, entries: Mapping[str, Entry]) -> list[Lacking]:
    """What is missing, item by item in the order of the sheet: first the words, then the number."""
    found = []
    for leaf in tree.leaves:
        entry = entries.get(leaf.key, Entry())
        for field in ("strengths", "improvements"):
            if not getattr(entry, field).strip():
                found.append(_lacks(leaf, field, TEXTS[field]))
        if entry.thousandths is None:
            found.append(_lacks(leaf, "percent", Words("百分比", "the percent")))
        if not entry.rationale.strip():
            found.append(_lacks(leaf, "rationale", TEXTS["rationale"]))
    return found


def _lacks(leaf: Criterion, field: str, what: Words) -> Lacking:
    return Lacking(
        leaf.key,
        field,
        f"{leaf.key} {leaf.title.zh}：缺少{what.zh}",
        f"{leaf.key} {leaf.title.en}: {what.en} is missing",
    )
