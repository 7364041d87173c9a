"""公示稿: made when the notice is planned, edited by one officer, approved by another, taken when it is posted.

Only a real cycle has drafts. The list is never edited: it is that of the entrants, and where one of them is taken back the draft
is listed anew and must be approved anew. The cycle's row is locked: an approval and a withdrawal wait for each other.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.notices import content, states
from services.eligibility.notices.content import Line, Words
from services.eligibility.notices.states import Notice
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, NotFound
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_DRAFTS = models.notice_drafts
_NOT_APPROVED: dict[str, Any] = {"approved_by": None, "approved_at": None}
WORDS = ("introduction_zh", "introduction_en", "contact")


def plan(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> None:
    """Make the draft of a notice that is planned; nobody has looked at it yet."""
    if cycle.rehearsal:
        return
    words = content.first_words(cycle.rulebook, cycle.year, stage, "")
    row = {
        "cycle_id": cycle.cycle_id,
        "notice": stage.notice,
        "state": Notice.DRAFT.value,
        "revision": 1,
        "listed": content.lines_of(entrants),
        **vars(words),
    }
    work.session.execute(_DRAFTS.insert().values(**row))
    note(work, "drafted", cycle, str(stage.notice), row)


def list_anew(work: Work, conductor: Conductor, cycle: Cycle, application_id: str) -> None:
    """An application was taken back: drafts that name it lose it, and their approval."""
    here = and_(_DRAFTS.c.cycle_id == cycle.cycle_id, _DRAFTS.c.state.in_(states.before("list")))
    query = select(_DRAFTS).where(here, _DRAFTS.c.corrects.is_(None))  # who is on a posted list stays on it
    for row in work.session.execute(query).all():
        if application_id in {line["application_id"] for line in row.listed}:
            entrants = conductor.entrants(work, cycle.cycle_id, f"notice:{row.notice}")
            values: dict[str, Any] = {"listed": content.lines_of(entrants), **_NOT_APPROVED}
            move(work, row, "list", **values)
            note(work, "listed", cycle, row.notice, {"listed": values["listed"]})


def show(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `NoticeDraft`."""
    cycle, stage = _of(work, conductor, data)
    return _state(work, conductor, cycle, stage)


def edit(work: Work, conductor: Conductor, data: dict[str, Any], *, contact: str) -> dict[str, Any]:
    """Write the free parts; the list is that of the entrants as they now are. `contact` where the officer gives none."""
    cycle, stage = _of(work, conductor, data, lock=True)
    _require_planned(work, conductor, cycle, stage)
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    if find(work, cycle.cycle_id, str(stage.notice)) is None:
        plan(work, cycle, stage, entrants)  # planned before drafts were kept
    row = _at_revision(work, cycle, stage, data["revision"])
    values: dict[str, Any] = {
        "introduction_zh": data["introduction_zh"],
        "introduction_en": data["introduction_en"],
        "contact": data["contact"] or row.contact or contact,
        "listed": content.lines_of(entrants),
    }
    moved: dict[str, Any] = {"prepared_by": work.by, "prepared_at": work.now(), **_NOT_APPROVED}
    move(work, row, "edit", **values, **moved)
    note(work, "edited", cycle, row.notice, values, before={name: getattr(row, name) for name in values})
    return _state(work, conductor, cycle, stage)


def approve(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Approve these words with this list. Raises Forbidden for whoever prepared them, Conflict where something is missing."""
    cycle, stage = _of(work, conductor, data, lock=True)
    _require_planned(work, conductor, cycle, stage)
    row = _at_revision(work, cycle, stage, data["revision"])
    require_another(work, row)
    _require_same_list(row, conductor.entrants(work, cycle.cycle_id, stage.key))
    confirm(work, cycle, row)
    return _state(work, conductor, cycle, stage)


def require_another(work: Work, row: Row[Any]) -> None:
    """Whether who asks may approve a draft now. Raises Forbidden for whoever prepared it, Conflict where something is missing."""
    states.after("approve", row.state)
    if row.prepared_by is None:
        raise Conflict(
            "公示稿尚无经办人确认，请先编辑保存",
            "nobody has prepared the draft yet: it is edited before it is approved",
            code="notice_not_prepared",
        )
    if work.same_person(row.prepared_by, about=f"{row.cycle_id}/{row.notice}"):
        raise Forbidden(
            "经办人不能批准自己的公示稿",
            "whoever prepared a notice does not approve it",
            code="prepared_by_the_same",
        )
    if not row.contact.strip():
        raise Conflict(
            "公示稿没有写明异议受理的联系方式",
            "the draft does not say where an objection goes",
            code="notice_without_contact",
        )


def confirm(work: Work, cycle: Cycle, row: Row[Any]) -> None:
    """Approve a draft of which nothing is missing."""
    move(work, row, "approve", keep_revision=True, approved_by=work.by, approved_at=work.now())
    approved = {name: getattr(row, name) for name in ("revision", "listed", *WORDS)}
    note(work, "approved", cycle, row.notice, approved)


def take(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> Row[Any]:
    """The approved draft, whose list is that of the entrants; from now on it is posted. Raises Conflict."""
    row = find(work, cycle.cycle_id, str(stage.notice))
    if row is None or row.state != Notice.APPROVED:
        raise Conflict(
            "公示稿尚未批准，不能发布",
            "the draft of the notice is not approved: it cannot be posted",
            code="notice_not_approved",
        )
    _require_same_list(row, entrants)
    move(work, row, "post", keep_revision=True)
    return row


def words_of(row: Row[Any]) -> Words:
    """The free parts of a draft."""
    return Words(*(getattr(row, name) for name in WORDS))


def missing(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """What a planned notice of a real cycle still needs, in words."""
    if cycle.rehearsal:
        return []
    row = find(work, cycle.cycle_id, str(stage.notice))
    return [] if row is not None and row.state == Notice.APPROVED else [f"approval of notice {stage.notice}"]


def _of(work: Work, conductor: Conductor, data: dict[str, Any], *, lock: bool = False) -> tuple[Cycle, Stage]:
    cycle = conductor.cycle(work, data["cycle_id"])
    if lock:
        conductor.records.cycle(work, cycle.cycle_id, lock=True)
    if cycle.rehearsal:
        raise Conflict(
            "演练不经过公示稿",
            "a rehearsal posts its notices without a draft",
            code="no_drafts_in_rehearsals",
        )
    return cycle, conductor.own_stage(cycle, f"notice:{data['notice']}")


def _require_planned(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> None:
    state = conductor.row(work, cycle.cycle_id, stage.key).state
    if state != "planned":
        raise Conflict(
            f"阶段 {stage.key} 当前为 {state}，公示稿不能改动",
            f"stage {stage.key} is {state}: its draft cannot be changed",
            code="notice_not_planned",
        )


def _require_same_list(row: Row[Any], entrants: list[Entrant]) -> None:
    if digest(row.listed) != digest(content.lines_of(entrants)):
        raise Conflict(
            "名单已有变化，公示稿须重新编辑、批准",
            "the entrants have changed since: the draft is edited and approved anew",
            code="notice_stale",
        )


def find(work: Work, cycle_id: str, notice: str) -> Row[Any] | None:
    """The draft of a notice, also when it has been posted."""
    return work.session.execute(
        select(_DRAFTS).where(and_(_DRAFTS.c.cycle_id == cycle_id, _DRAFTS.c.notice == notice))
    ).one_or_none()


def _require(work: Work, cycle: Cycle, stage: Stage) -> Row[Any]:
    row = find(work, cycle.cycle_id, str(stage.notice))
    if row is None:
        raise NotFound("还没有公示稿", "there is no draft yet")
    return row


def _at_revision(work: Work, cycle: Cycle, stage: Stage, revision: int) -> Row[Any]:
    row = _require(work, cycle, stage)
    require_revision(row.revision, revision)
    return row


def require_revision(revision: int, seen: int) -> None:
    """Raises Conflict where somebody was faster."""
    if revision != seen:
        raise Conflict(
            f"公示稿已是第 {revision} 版", f"the draft is at revision {revision}", code="stale_draft"
        )


def move(work: Work, row: Row[Any], act: str, *, keep_revision: bool = False, **values: Any) -> None:
    """Make a move where the draft still is what it was. Raises Conflict where the table has no such move."""
    state = states.after(act, row.state)
    done = work.session.execute(
        update(_DRAFTS)
        .where(
            and_(
                _DRAFTS.c.cycle_id == row.cycle_id,
                _DRAFTS.c.notice == row.notice,
                _DRAFTS.c.revision == row.revision,
                _DRAFTS.c.state == row.state,
            )
        )
        .values(state=state.value, revision=row.revision + (0 if keep_revision else 1), **values)
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict("公示稿刚被他人改动", "somebody else changed the draft just now", code="stale_draft")


def note(work: Work, verb: str, cycle: Cycle, notice: str, after: dict[str, Any], **given: Any) -> None:
    """Say in the audit log what was done with a draft."""
    work.audit(f"notice:{verb}", f"{cycle.cycle_id}/{notice}", after=after, cycle_id=cycle.cycle_id, **given)


def _state(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> dict[str, Any]:
    row = _require(work, cycle, stage)
    listed: list[Line] = row.listed
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    posted = row.state == Notice.POSTED
    objections_zh, objections_en = content.how_to_object(cycle.rulebook)
    return {
        "cycle_id": cycle.cycle_id,
        "notice": row.notice,
        "state": row.state,
        "revision": row.revision,
        "title_zh": stage.title.zh,
        "title_en": stage.title.en,
        "rule": stage.rule,
        "working_days": stage.working_days or 1,
        "objections_zh": objections_zh,
        "objections_en": objections_en,
        "lines": listed,
        "stale": not posted and digest(listed) != digest(content.lines_of(entrants)),
        **who(row),
        **vars(words_of(row)),
    }


def who(row: Row[Any]) -> dict[str, Any]:
    """Who prepared a draft and who approved it, and when."""
    return {
        "prepared_by": row.prepared_by,
        "prepared_at": _instant(row.prepared_at),
        "approved_by": row.approved_by,
        "approved_at": _instant(row.approved_at),
    }


def _instant(at: Any) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")
