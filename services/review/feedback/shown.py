"""A report as people see it: its words and figures with the titles of the criteria. Reads nothing but what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from services.review.feedback import merging, sources
from services.review.feedback.identities import REASONS, Known
from services.review.feedback.known import own
from shared.problems import FieldError
from shared.procedure import Cycle, Entrant
from shared.rulebooks.criteria import Band, CriteriaTree, Criterion, Scale


def report(
    cycle: Cycle,
    entrant: Entrant,
    said: Any,
    made_on: date,
    *,
    version: int = 0,
    reason: str | None = None,
) -> dict[str, Any]:
    """The reply `FeedbackReport`; `said` is a row with figures and texts."""
    tree = sources.tree_of(cycle, entrant) if said.figures["criteria"] else None
    return {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "sequence": entrant.sequence,
        "applicant": entrant.dossier["name"],
        "award_zh": cycle.rulebook.title.zh,
        "award_en": cycle.rulebook.title.en,
        "year": cycle.year,
        "standard_zh": tree.title.zh if tree else None,
        "standard_en": tree.title.en if tree else None,
        "categories": _categories(tree, said.figures) if tree else [],
        "summary": said.texts["summary"],
        "points": said.texts["points"],
        "version": version,
        "reason": reason,
        "made_on": made_on,
    }


def _categories(tree: CriteriaTree, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    bands = {line["item"]: line["band"] for line in figures["items"]}
    by_key = {child.key: child for child in tree.children}
    return [_category(tree, by_key[line["item"]], line, bands) for line in figures["categories"]]


def _category(
    tree: CriteriaTree, category: Criterion, line: Mapping[str, Any], bands: Mapping[str, str | None]
) -> dict[str, Any]:
    scale = merging.scale_for(tree, category)
    places = [band.key for band in scale.bands]
    band = next((band for band in scale.bands if band.key == line["band"]), None)
    of_one_kind = len({leaf.kind for leaf in category.leaves()}) == 1
    return {
        "item": category.key,
        "title_zh": category.title.zh,
        "title_en": category.title.en,
        "points": category.points,
        "percent": line["percent"],
        "band": line["band"],
        "place": places.index(band.key) + 1 if band else 0,
        "bands": len(places),
        "looks": _looks(scale, band) if band and of_one_kind else [],
        "items": [
            {
                "item": leaf.key,
                "title_zh": leaf.title.zh,
                "title_en": leaf.title.en,
                "band": bands.get(leaf.key),
            }
            for leaf in category.leaves()
        ],
    }


def _looks(scale: Scale, band: Band) -> list[dict[str, str]]:
    return [
        {
            "zh": scale.dimensions[key].zh,
            "en": scale.dimensions[key].en,
            "looks_zh": looks.zh,
            "looks_en": looks.en,
        }
        for key, looks in band.looks.items()
    ]


def fields(texts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of a report with its field: the item's key in the middle, so that people find it."""
    yield "summary", texts["summary"]
    for point in texts["points"]:
        for name in ("strengths", "improvements"):
            for number, text in enumerate(point[name]):
                yield f"points.{point['item'] or 'whole'}.{name}.{number}", text


def warnings(known: Known, dossier: Mapping[str, Any], texts: Mapping[str, Any]) -> list[FieldError]:
    """What keeps a report from being released: texts that tell who somebody is, or nothing said at all."""
    said, spared = list(fields(texts)), own(dict(dossier))
    whole = "\n".join(text for _, text in said)
    # What any text tells, the whole of them tells too: most reports are read once and are done.
    found = told(known, said, spared) if known.find(whole, spared) else []
    if not whole.strip():
        found.append(
            FieldError("points", "没有任何优势或改进意见", "says neither strengths nor improvements")
        )
    return found


def told(known: Known, texts: Iterable[tuple[str, str]], spared: str = "") -> list[FieldError]:
    """Each text that tells who somebody is, with the reason, which does not repeat it."""
    return [
        FieldError(name, REASONS[kind].zh, REASONS[kind].en)
        for name, text in texts
        for kind in known.find(text, spared)
    ]
