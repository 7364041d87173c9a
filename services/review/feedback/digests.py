"""共性问题汇总: how all applicants of a cycle stand, by criterion and in words, with nothing about few of them; for the public.

It is reckoned once, from the first versions of the reports, and kept: one that changed with every correction could be held
against the one before, and the difference would tell of one applicant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, select

from services.review import models
from services.review.feedback import drafts, known, merging, shown, sources, suppression
from shared.problems import Conflict, NotFound, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks.criteria import Band, CriteriaTree, Criterion
from shared.store import Work

Data = dict[str, Any]
_VERSIONS, _DIGESTS = models.feedback_versions, models.feedback_digests
_DOSSIERS = models.procedure.dossiers
_FIRST = 1
_RANGES = 3  # of the bands: low, middle, high


def preview(work: Work, conductor: Conductor, data: Data, *, least: int) -> Data:
    """What would be published now, or was. Raises Conflict before the release."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = _kept(work, cycle)
    return _shown(cycle, row) if row else _reckoned(work, cycle, least)


def publish(work: Work, conductor: Conductor, data: Data, *, least: int) -> Data:
    """Raises Conflict before the release and where it is published, Invalid where a text tells who somebody is."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    if _kept(work, cycle) is not None:
        raise Conflict("共性问题汇总已经公开", "the digest is published already", code="published")
    found = _reckoned(work, cycle, least)
    written = [(f"texts.{n}.{name}", t[name]) for n, t in enumerate(data["texts"]) for name in ("zh", "en")]
    errors = shown.told(known.everybody(work, cycle), [(field, text) for field, text in written if text])
    if errors:
        raise invalid_fields(errors, code="identity_in_text")
    row = {
        "cycle_id": cycle.cycle_id,
        "least": least,
        "groups": found["groups"],
        "texts": [dict(text) for text in data["texts"]],
        "published_by": work.context.actor,
        "published_on": work.today(),
    }
    work.session.execute(_DIGESTS.insert().values(**row))
    told = {name: row[name] for name in ("least", "groups", "texts")}
    work.audit("feedback:digest_published", cycle.cycle_id, after=told, cycle_id=cycle.cycle_id)
    return {**found, "texts": row["texts"], "published_on": row["published_on"]}


def published(work: Work, conductor: Conductor, data: Data) -> Data:
    """What was published. Raises NotFound before."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = _kept(work, cycle)
    if row is None:
        raise NotFound("没有公开的共性问题汇总", "no digest is published")
    return _shown(cycle, row)


def listed(work: Work, conductor: Conductor) -> Data:
    """All digests of real cycles that were published, the newest first."""
    kept = select(_DIGESTS.c.cycle_id, _DIGESTS.c.published_on)
    order = kept.order_by(_DIGESTS.c.published_on.desc(), _DIGESTS.c.cycle_id)
    cycles = [(conductor.cycle(work, row.cycle_id), row.published_on) for row in work.session.execute(order)]
    return {"digests": [{**_head(cycle), "published_on": on} for cycle, on in cycles if not cycle.rehearsal]}


def _kept(work: Work, cycle: Cycle) -> Row[Any] | None:
    query = select(_DIGESTS).where(_DIGESTS.c.cycle_id == cycle.cycle_id)
    return work.session.execute(query).one_or_none()


def _shown(cycle: Cycle, row: Row[Any]) -> Data:
    said = {name: getattr(row, name) for name in ("least", "groups", "texts", "published_on")}
    return {**_head(cycle), **said}


def _head(cycle: Cycle) -> Data:
    title = cycle.rulebook.title
    return {"cycle_id": cycle.cycle_id, "award_zh": title.zh, "award_en": title.en, "year": cycle.year}


def _reckoned(work: Work, cycle: Cycle, least: int) -> Data:
    if not drafts.released(work, cycle):
        zh, en = "反馈报告发布之后方可汇总", "only after the reports are released"
        raise Conflict(zh, en, code="not_released")
    query = (
        select(_VERSIONS, _DOSSIERS.c.sequence, _DOSSIERS.c.dossier)
        .join(_DOSSIERS, _DOSSIERS.c.application_id == _VERSIONS.c.application_id)
        .where(_VERSIONS.c.cycle_id == cycle.cycle_id, _VERSIONS.c.version == _FIRST)
    )
    by_criteria: dict[str, list[Row[Any]]] = defaultdict(list)
    trees: dict[str, CriteriaTree] = {}
    for row in work.session.execute(query):
        tree = sources.tree_of(cycle, Entrant(row.application_id, row.sequence, row.dossier))
        if tree is not None and row.figures["criteria"] == tree.id:
            trees[tree.id] = tree
            by_criteria[tree.id].append(row)
    groups = [group(trees[name], by_criteria[name], least) for name in sorted(trees)]
    return {**_head(cycle), "least": least, "groups": groups, "texts": [], "published_on": None}


def group(tree: CriteriaTree, rows: Sequence[Any], least: int) -> Data:
    """The applicants of one standard; nothing but its name where they are too few for a single cell. Pure."""
    enough = len(rows) >= 2 * least
    return {
        "criteria": tree.id,
        "standard_zh": tree.title.zh,
        "standard_en": tree.title.en,
        "categories": [_category(tree, child, rows, least) for child in tree.children if enough],
    }


def _category(tree: CriteriaTree, category: Criterion, rows: Sequence[Any], least: int) -> Data:
    ranges = thirds(merging.scale_for(tree, category).bands)
    reached = [_band(row.figures, category.key) for row in rows]
    sizes = [sum(reached.count(band.key) for band in each) for each in ranges]
    cells = suppression.shares(sizes, least)
    items = {category.key, *(leaf.key for leaf in category.leaves())}
    better = sum(_improved(row.texts["points"], items) for row in rows)
    told, _ = suppression.shares([better, len(rows) - better], least)
    return {
        "item": category.key,
        "title_zh": category.title.zh,
        "title_en": category.title.en,
        "bands": [
            {
                "band": f"{each[0].first}-{each[-1].last}",
                "share_zh": cell.zh if cell else None,
                "share_en": cell.en if cell else None,
            }
            for each, cell in zip(ranges, cells, strict=True)
        ],
        "improvements_zh": told.zh if told else None,
        "improvements_en": told.en if told else None,
    }


def thirds(bands: Sequence[Band]) -> list[Sequence[Band]]:
    """Neighbouring bands together, as equal as can be: a cell for each of six would be withheld nearly always."""
    edges = [len(bands) * part // _RANGES for part in range(_RANGES + 1)]
    found = [bands[begin:end] for begin, end in pairwise(edges)]
    return [each for each in found if each]


def _band(figures: Mapping[str, Any], item: str) -> str | None:
    return next((line["band"] for line in figures["categories"] if line["item"] == item), None)


def _improved(points: Iterable[Mapping[str, Any]], items: set[str]) -> bool:
    return any(point["improvements"] for point in points if point["item"] in items)
