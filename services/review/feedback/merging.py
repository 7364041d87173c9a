"""合并: what several sheets and reports say of one application, as one text that tells neither who wrote nor when. Pure.

Texts fall into lines; lines that say the same are one; they stand in the order of their letters. Neither the order of what
comes in nor the number of those who wrote changes anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any

from shared.rulebooks.criteria import THOUSANDTHS, Band, CriteriaTree, Criterion, Scale

WHOLE = ""  # instead of an item: what is said of the application as a whole
_MARK = re.compile(r"^(?:[-•·*●▪]+|[(（]?\d{1,2}[)）、]|\d{1,2}\.(?!\d))\s*")
_END = " 。．.；;，,、"
_NOTHING = frozenset({"", "无", "暂无", "没有", "略", "none", "n/a", "na", "nil", "-", "—"})
_HALF = Fraction(1, 2)


@dataclass
class Said:
    """What one stage says of one application. Marks are thousandths of a percent by item; none where nobody scored items."""

    marks: Mapping[str, Fraction] = field(default_factory=dict)
    strengths: list[tuple[str, str]] = field(default_factory=list)  # item, text
    improvements: list[tuple[str, str]] = field(default_factory=list)
    summary: str = ""


def lines(texts: Iterable[str]) -> list[str]:
    """The different lines of several texts, without marks of lists, in the order of their letters."""
    kept: dict[str, str] = {}
    for text in texts:
        for raw in text.splitlines():
            line = _MARK.sub("", " ".join(raw.split()))
            key = unicodedata.normalize("NFKC", line).casefold().strip(_END)
            if key not in _NOTHING:
                kept[key] = min(kept.get(key, line), line)
    return sorted(kept.values())


def texts(tree: CriteriaTree | None, stages: Sequence[Said]) -> dict[str, Any]:
    """The words of a report: by item in the order of the criteria, the whole application first."""
    strengths: dict[str, list[str]] = defaultdict(list)
    improvements: dict[str, list[str]] = defaultdict(list)
    for said in stages:
        for item, text in said.strengths:
            strengths[item].append(text)
        for item, text in said.improvements:
            improvements[item].append(text)
    order = [WHOLE, *(leaf.key for leaf in tree.leaves)] if tree else [WHOLE]
    points = [
        {"item": item, "strengths": lines(strengths[item]), "improvements": lines(improvements[item])}
        for item in order
    ]
    return {
        "summary": "\n".join(text for text in (said.summary.strip() for said in stages) if text),
        "points": [point for point in points if point["strengths"] or point["improvements"]],
    }


def figures(tree: CriteriaTree | None, stages: Sequence[Said]) -> dict[str, Any]:
    """The marks of the last stage that gave any: whole percents and bands, so that no single sheet shows through."""
    marks = next((said.marks for said in reversed(stages) if said.marks), None)
    if tree is None or not marks or any(leaf.key not in marks for leaf in tree.leaves):
        return {"criteria": None, "categories": [], "items": []}
    return {
        "criteria": tree.id,
        "categories": [_category(tree, child, marks) for child in tree.children],
        "items": [
            {"item": leaf.key, "band": _key(band_at(tree, tree.scale_of(leaf), marks[leaf.key]))}
            for leaf in tree.leaves
        ],
    }


def _category(tree: CriteriaTree, category: Criterion, marks: Mapping[str, Fraction]) -> dict[str, Any]:
    given = sum((leaf.points * marks[leaf.key] for leaf in category.leaves()), Fraction(0)) / category.points
    return {
        "item": category.key,
        "percent": floor(given / THOUSANDTHS + _HALF),
        "band": _key(band_at(tree, scale_for(tree, category), given)),
    }


def scale_for(tree: CriteriaTree, category: Criterion) -> Scale:
    """How a category is weighed: as the kind of items that has most of its points, processes where both have as many."""
    points = {"process": 0, "result": 0}
    for leaf in category.leaves():
        assert leaf.kind is not None  # of a leaf the loader asks for one
        points[leaf.kind] += leaf.points
    return tree.scales["result" if points["result"] > points["process"] else "process"]


def band_at(tree: CriteriaTree, scale: Scale, mark: Fraction) -> Band | None:
    """The band of the step next to a mark, the higher one in the middle: between two bands there is nothing to be."""
    step = tree.step * THOUSANDTHS
    return scale.band_of(floor(mark / step + _HALF) * step)


def _key(band: Band | None) -> str | None:
    return band.key if band else None
