"""发布: all reports of a cycle at once, for good. A correction is a version of its own, with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from services.review import models
from services.review.feedback import drafts, known, shown, sources
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, NotFound, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant
from shared.store import Work

Data = dict[str, Any]
_VERSIONS, _DRAFTS = models.feedback_versions, models.feedback_drafts
_CONFLICTS, _ASSIGNMENTS = models.conflicts, models.assignments
_NAMED_AT_MOST = 100  # errors of one refusal: the lists of warnings have all of them
_IDENTITY = "identity_in_text"


def release(work: Work, conductor: Conductor, data: Data) -> Data:
    """Raises Conflict where one is missing, tells what a reviewer wrote who is kept from it since, or they are released
    already; Invalid naming report, item and reason where a text tells who somebody is.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    if drafts.released(work, cycle):
        raise Conflict("反馈报告已经发布", "the reports are released already", code="released")
    reviewed, drafted = sources.reviewed(work, conductor, cycle), drafts.drafts_of(work, cycle)
    missing = [str(e.sequence) for e in reviewed if e.application_id not in drafted]
    if missing or not reviewed:
        zh = f"尚未准备反馈报告：第 {'、'.join(missing)} 号申报" if missing else "尚未准备反馈报告"
        raise Conflict(zh, f"no report is prepared of: {', '.join(missing)}", code="not_prepared")
    _require_current(work, cycle, reviewed)
    names = known.experts(work, cycle)
    errors = [
        FieldError(f"reports.{entrant.sequence}.{each.field}", each.reason_zh, each.reason_en)
        for entrant in reviewed
        for each in shown.warnings(names, entrant.dossier, drafted[entrant.application_id].texts)
    ]
    if errors:
        raise invalid_fields(errors[:_NAMED_AT_MOST], code=_IDENTITY)
    rows = [_row(work, cycle, entrant, drafted[entrant.application_id], 1, None) for entrant in reviewed]
    work.session.execute(_VERSIONS.insert(), rows)
    told = {row["application_id"]: row["digest"] for row in rows}
    work.audit("feedback:released", cycle.cycle_id, after=told, cycle_id=cycle.cycle_id)
    return {"released": len(rows)}


def _require_current(work: Work, cycle: Cycle, reviewed: Sequence[Entrant]) -> None:
    """Raises Conflict where a reviewer is kept from an application since its draft was gathered: its words may be in there."""
    same = and_(
        *(_CONFLICTS.c[name] == _ASSIGNMENTS.c[name] for name in ("cycle_id", "application_id", "expert_id"))
    )
    query = (
        select(_DRAFTS.c.application_id)
        .join(_ASSIGNMENTS, _ASSIGNMENTS.c.application_id == _DRAFTS.c.application_id)
        .join(_CONFLICTS, same)
        .where(_DRAFTS.c.cycle_id == cycle.cycle_id, _CONFLICTS.c.ended_at.is_(None))
        .where(_CONFLICTS.c.found_at > _DRAFTS.c.gathered_at)
    )
    late = set(work.session.execute(query).scalars())
    stale = [str(entrant.sequence) for entrant in reviewed if entrant.application_id in late]
    if stale:
        raise Conflict(
            f"准备之后又有评审员应当回避，须重新准备：第 {'、'.join(stale)} 号申报",
            f"a reviewer is kept from it since the report was prepared; prepare anew: {', '.join(stale)}",
            code="recused_since",
        )


def correct(work: Work, conductor: Conductor, data: Data) -> Data:
    """Raises NotFound before the release, Conflict where there is a later version, Invalid as at the release.

    The figures stay: what a review came to is not corrected here.
    """
    conductor.records.cycle(work, data["cycle_id"], lock=True)
    cycle = conductor.cycle(work, data["cycle_id"])
    before = drafts.latest(work, cycle).get(data["application_id"])
    if before is None:
        raise NotFound("没有已发布的反馈报告", "no released feedback report")
    if before.version != data["version"]:
        raise Conflict(
            f"报告已有第 {before.version} 版，请重新查看",
            f"there is version {before.version} by now",
            code="stale_version",
        )
    _, entrant = drafts.require(work, conductor, cycle, data["application_id"])
    texts = drafts.texts_of(sources.tree_of(cycle, entrant), data)
    names = known.experts(work, cycle)
    errors = shown.warnings(names, entrant.dossier, texts)
    errors += shown.told(names, [("reason", data["reason"])], known.own(dict(entrant.dossier)))
    if errors:
        raise invalid_fields(errors[:_NAMED_AT_MOST], code=_IDENTITY)
    said = _Said(before.figures, texts)
    row = _row(work, cycle, entrant, said, before.version + 1, data["reason"])
    work.session.execute(_VERSIONS.insert().values(**row))
    work.audit(
        "feedback:corrected", entrant.application_id, cycle_id=cycle.cycle_id, reason=data["reason"],
        before={"version": before.version, "digest": before.digest},
        after={"version": row["version"], "digest": row["digest"]},
    )  # fmt: skip
    return drafts.one(work, conductor, data)


class _Said:
    def __init__(self, figures: Data, texts: Data) -> None:
        self.figures, self.texts = figures, texts


def _row(work: Work, cycle: Cycle, entrant: Entrant, said: Any, version: int, reason: str | None) -> Data:
    content = {"figures": said.figures, "texts": said.texts}
    return {
        "cycle_id": cycle.cycle_id,
        "application_id": entrant.application_id,
        "version": version,
        **content,
        "digest": digest(content),
        "reason": reason,
        "released_by": work.context.actor,
        "released_on": work.today(),
    }
