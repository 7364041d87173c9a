"""Rulebooks as the public reads them over HTTP."""

from __future__ import annotations

from typing import Any

from shared.identifiers.digests import plain
from shared.problems import NotFound, invalid_field
from shared.rulebooks import Library, Rulebook, Stage, UnknownRulebook
from shared.rulebooks.form import Form, Part, form


def listed(library: Library) -> dict[str, Any]:
    """All rulebooks by id."""
    return {"rulebooks": [line(library.get(name)) for name in sorted(library.ids())]}


def one(library: Library, rulebook: str) -> dict[str, Any]:
    """What one rulebook says. Raises NotFound."""
    book = found(library, rulebook)
    return line(book) | _content(book)


def form_of(library: Library, rulebook: str, kind: str, category: str | None) -> dict[str, Any]:
    """What an applicant of a kind and category fills in and hands in. Raises NotFound, Invalid."""
    book = found(library, rulebook)
    if kind not in book.kinds:
        raise invalid_field("kind", "本办法没有这类申报主体", "the rulebook has no such kind of applicant")
    if category is not None and category not in book.categories:
        raise invalid_field("category", "本办法没有这个类别", "the rulebook has no such category")
    asked = form(book, kind, category)
    return {
        "rulebook": book.id,
        "sha256": book.sha256,
        "kind": kind,
        "identity": [_part(part) for part in asked.identity],
        "facts": [_part(part) for part in asked.facts],
        "by_others": [_part(part) for part in asked.by_others],
        "materials": [
            {"name": m.name, "title_zh": m.title.zh, "title_en": m.title.en, "rule": m.rule}
            for m in asked.materials
        ],
        "pool": list(asked.pool),
        "articles": {
            rule: {"label": article.label, "title": article.title}
            for rule in sorted(_cited(asked))
            if (article := book.articles.get(rule)) is not None
        },
    }


def _cited(asked: Form) -> set[str]:
    parts = (*asked.identity, *asked.facts, *asked.by_others)
    return (
        {rule for part in parts for rule in part.rules}
        | set(asked.pool)
        | {material.rule for material in asked.materials}
    )


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "form": part.form,
        "title_zh": part.title.zh,
        "title_en": part.title.en,
        "rules": list(part.rules),
        "needed": part.needed,
        "choices": [{"value": c.value, "title_zh": c.title.zh, "title_en": c.title.en} for c in part.choices],
    }


def found(library: Library, rulebook: str) -> Rulebook:
    """A rulebook. Raises NotFound."""
    try:
        return library.get(rulebook)
    except UnknownRulebook:
        raise NotFound("没有这部法规", "no such rulebook") from None


def line(rb: Rulebook) -> dict[str, Any]:
    """The reply `RulebookLine`."""
    return {
        "rulebook": rb.id,
        "title_zh": rb.title.zh,
        "title_en": rb.title.en,
        "jurisdiction": rb.jurisdiction,
        "status": rb.status,
        "in_force_from": plain(rb.in_force_from),
        "in_force_to": plain(rb.in_force_to),
        "sha256": rb.sha256,
    }


def _content(rb: Rulebook) -> dict[str, Any]:
    return {
        "kinds": list(rb.kinds),
        "categories": list(rb.categories),
        "departments": list(rb.departments),
        "materials": {kind: list(rb.materials(kind)) for kind in rb.kinds},
        "tracks": [
            {"track": t.name, "kinds": list(t.kinds), "categories": list(t.categories), "rule": t.rule} for t in rb.tracks
        ],
        "levels": [
            {"level": v.name, "tracks": list(v.tracks), "minimum_score": plain(v.minimum_score), "rule": v.rule}
            for v in rb.levels
        ],
        "quotas": [
            {"id": q.id, "levels": list(q.levels), "tracks": list(q.tracks), "places": q.places, "rule": q.rule}
            for q in rb.quotas
        ],
        "nominations": {"allowed": rb.nominations.allowed, "rule": rb.nominations.rule},
        "votes": {
            "quorum": plain(rb.votes.quorum),
            "majority": plain(rb.votes.majority),
            "failed": rb.votes.failed,
            "order": list(rb.votes.order),
            "rule": rb.votes.rule,
        },
        "grants": [
            {
                "for": g.for_, "level": g.level, "track": g.track, "amount_fen": g.amount_fen, "up_to": g.up_to,
                "cost_fact": g.cost_fact, "once": g.once, "rule": g.rule,
            }
            for g in rb.grants
        ],
        "procedure": [{"stages": [_stage(stage) for stage in phase.stages]} for phase in rb.procedure],
        "assumed": [
            {"path": a.path, "value": a.value, "note_zh": a.note.zh, "note_en": a.note.en} for a in rb.assumed()
        ],
    }  # fmt: skip


def _stage(stage: Stage) -> dict[str, Any]:
    panel = stage.panel
    return {
        "stage": stage.key,
        "kind": stage.kind,
        "owner": stage.owner,
        "rule": stage.rule,
        "title_zh": stage.title.zh,
        "title_en": stage.title.en,
        "categories": None if stage.categories is None else list(stage.categories),
        "working_days": stage.working_days,
        "entry": stage.entry,
        "scoring": stage.scoring,
        "panel": None
        if panel is None
        else {
            "reviewers_per_application": panel.reviewers_per_application,
            "size_min": panel.size_min,
            "odd": panel.odd,
            "industry_share_min": plain(panel.industry_share_min),
            "rule": panel.rule,
        },
    }
