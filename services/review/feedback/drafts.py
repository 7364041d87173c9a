"""反馈报告草稿: gathered for all of a cycle, edited by the office, looked through for whoever could be recognized."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import models
from services.review.feedback import known, shown, sources
from services.review.feedback.identities import Known
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, NotFound, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks.criteria import CriteriaTree
from shared.store import Work

Data = dict[str, Any]
_DRAFTS, _VERSIONS, _ANSWERS = models.feedback_drafts, models.feedback_versions, models.feedback_answers
TEXTS = ("summary", "points")


def prepare(work: Work, conductor: Conductor, data: Data) -> Data:
    """Gather the drafts of a cycle, or one anew. Raises Conflict while a review runs and after the release, NotFound."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    if not sources.over(work, conductor, cycle):
        zh, en = "评审尚未全部结束，不能准备反馈报告", "a review is not closed yet: no report can be prepared"
        raise Conflict(zh, en, code="review_running")
    if released(work, cycle):
        raise Conflict("反馈报告已经发布，不再改动", "the reports are released and stand", code="released")
    wanted = sources.reviewed(work, conductor, cycle)
    if data["application_id"] is not None:
        wanted = [entrant for entrant in wanted if entrant.application_id == data["application_id"]]
        if not wanted:
            raise NotFound("没有这份申报", "no such application")
    drafted = drafts_of(work, cycle)
    kept = {name for name, row in drafted.items() if row.edited and data["application_id"] is None}
    wanted = [entrant for entrant in wanted if entrant.application_id not in kept]
    _write(work, cycle, drafted, sources.gather(work, conductor, cycle, wanted))
    told = {"gathered": len(wanted), "kept": len(kept)}
    work.audit("feedback:prepared", cycle.cycle_id, after=told, cycle_id=cycle.cycle_id)
    return told


def _write(
    work: Work, cycle: Cycle, before: dict[str, Row[Any]], gathered: dict[str, sources.Gathered]
) -> None:
    new = []
    for name, found in gathered.items():
        values = {
            "figures": found.figures,
            "texts": found.texts,
            "edited": False,
            "gathered_at": work.now(),
        }
        row = before.get(name)
        if row is None:
            new.append({"cycle_id": cycle.cycle_id, "application_id": name, "revision": 1, **values})
        elif row.edited or (row.figures, row.texts) != (found.figures, found.texts):
            work.session.execute(
                update(_DRAFTS).where(_is(cycle, name)).values(**values, revision=row.revision + 1)
            )
    if new:
        work.session.execute(_DRAFTS.insert(), new)


def edit(work: Work, conductor: Conductor, data: Data) -> Data:
    """Write a draft's words anew. Raises NotFound, Conflict after the release or where it was changed since, Invalid."""
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    row, entrant = require(work, conductor, cycle, data["application_id"])
    if released(work, cycle):
        raise Conflict(
            "反馈报告已经发布，只能更正",
            "the reports are released and can only be corrected",
            code="released",
        )
    if row.revision != data["revision"]:
        raise Conflict(
            f"草稿已被改为第 {row.revision} 版，请重新查看",
            f"the draft has been changed since: it is revision {row.revision} now",
            code="stale_draft",
        )
    texts = texts_of(sources.tree_of(cycle, entrant), data)
    values = {"texts": texts, "edited": True, "revision": row.revision + 1}
    work.session.execute(update(_DRAFTS).where(_is(cycle, entrant.application_id)).values(**values))
    work.audit(
        "feedback:edited", entrant.application_id, cycle_id=cycle.cycle_id,
        before={"revision": row.revision, "texts": digest(row.texts)},
        after={"revision": row.revision + 1, "texts": digest(texts)},
    )  # fmt: skip
    return one(work, conductor, data)


def texts_of(tree: CriteriaTree | None, data: Data) -> Data:
    """The words that an officer wrote, in the order of the criteria. Raises Invalid for an item that is none, or twice there."""
    order = ["", *(leaf.key for leaf in tree.leaves)] if tree else [""]
    given = [point["item"] for point in data["points"]]
    wrong = [
        FieldError(f"points.{number}.item", "没有这一条款或重复", "no such item, or there twice")
        for number, item in enumerate(given)
        if item not in order or item in given[:number]
    ]
    if wrong:
        raise invalid_fields(wrong)
    points = sorted((dict(point) for point in data["points"]), key=lambda point: order.index(point["item"]))
    return {"summary": data["summary"], "points": points}


def listed(work: Work, conductor: Conductor, data: Data) -> Data:
    """Where every report of a cycle is, in order of submission."""
    cycle = conductor.cycle(work, data["cycle_id"])
    drafted, versions = drafts_of(work, cycle), latest(work, cycle)
    query = select(_ANSWERS.c.application_id).where(_ANSWERS.c.cycle_id == cycle.cycle_id)
    answered = set(work.session.execute(query).scalars())
    names = known.experts(work, cycle)
    reviewed = sources.reviewed(work, conductor, cycle)
    return {
        "reports": [
            _line(entrant, drafted[entrant.application_id], versions, names, answered)
            for entrant in reviewed
            if entrant.application_id in drafted
        ],
        "missing": [e.application_id for e in reviewed if e.application_id not in drafted],
    }


def _line(
    entrant: Entrant, row: Row[Any], versions: dict[str, Row[Any]], names: Known, answered: set[str]
) -> Data:
    version = versions.get(entrant.application_id)
    found = shown.warnings(names, entrant.dossier, row.texts) if version is None else []
    return {
        "application_id": entrant.application_id,
        "sequence": entrant.sequence,
        "state": "drafted" if version is None else "released",
        "revision": row.revision,
        "edited": row.edited,
        "version": 0 if version is None else version.version,
        "warnings": len(found),  # of a released one none: it was looked through then
        "answered": entrant.application_id in answered,
    }


def one(work: Work, conductor: Conductor, data: Data) -> Data:
    """A report with its warnings, versions and answer. Raises NotFound."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row, entrant = require(work, conductor, cycle, data["application_id"])
    version = latest(work, cycle).get(entrant.application_id)
    if version is None:
        said = shown.report(cycle, entrant, row, work.today())
    else:
        said = shown.report(
            cycle, entrant, version, version.released_on, version=version.version, reason=version.reason
        )
    found = shown.warnings(known.experts(work, cycle), entrant.dossier, said)
    return {
        "report": said,
        "state": "drafted" if version is None else "released",
        "revision": row.revision,
        "warnings": [error.as_dict() for error in found],
        "versions": _versions(work, cycle, entrant.application_id),
        "answer": _answer(work, cycle, entrant.application_id),
    }


def _versions(work: Work, cycle: Cycle, application_id: str) -> list[Data]:
    here = and_(_VERSIONS.c.cycle_id == cycle.cycle_id, _VERSIONS.c.application_id == application_id)
    names = ("version", "reason", "released_on", "digest")
    rows = work.session.execute(select(_VERSIONS).where(here).order_by(_VERSIONS.c.version))
    return [{name: getattr(row, name) for name in names} for row in rows]


def _answer(work: Work, cycle: Cycle, application_id: str) -> Data | None:
    here = and_(_ANSWERS.c.cycle_id == cycle.cycle_id, _ANSWERS.c.application_id == application_id)
    row = work.session.execute(select(_ANSWERS).where(here)).one_or_none()
    if row is None:
        return None
    return {name: getattr(row, name) for name in ("comment", "version", "answered_on")}


def require(work: Work, conductor: Conductor, cycle: Cycle, application_id: str) -> tuple[Row[Any], Entrant]:
    """A draft with its application. Raises NotFound."""
    row = work.session.execute(select(_DRAFTS).where(_is(cycle, application_id))).one_or_none()
    found = conductor.records.dossier(work, application_id)
    if row is None or found is None:
        raise NotFound("没有这份反馈报告", "no such feedback report")
    return row, found[1]


def drafts_of(work: Work, cycle: Cycle) -> dict[str, Row[Any]]:
    """A cycle's drafts by application."""
    rows = work.session.execute(select(_DRAFTS).where(_DRAFTS.c.cycle_id == cycle.cycle_id))
    return {row.application_id: row for row in rows}


def latest(work: Work, cycle: Cycle) -> dict[str, Row[Any]]:
    """The version that stands, by application."""
    query = select(_VERSIONS).where(_VERSIONS.c.cycle_id == cycle.cycle_id).order_by(_VERSIONS.c.version)
    return {row.application_id: row for row in work.session.execute(query)}


def released(work: Work, cycle: Cycle) -> bool:
    """Whether the reports of a cycle were released: all at once, so one is enough to know."""
    query = select(_VERSIONS.c.version).where(_VERSIONS.c.cycle_id == cycle.cycle_id).limit(1)
    return work.session.execute(query).first() is not None


def _is(cycle: Cycle, application_id: str) -> Any:
    return and_(_DRAFTS.c.cycle_id == cycle.cycle_id, _DRAFTS.c.application_id == application_id)
