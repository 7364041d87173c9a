"""更正公示: a posted notice is frozen; what is wrong in its words is put right by a new notice that names the old one.

One officer writes what is to be corrected and why, another confirms it, and with that it is posted. The new notice stands its
full days anew. The old one is over, and says by which it was corrected; objections stay with the matter and are told. The
cycle's row is locked: a correction, an objection, an extension and the closing wait for each other.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.notices import changes, content, drafts, posting, states, windows
from services.eligibility.notices.content import Words
from services.eligibility.notices.states import Notice
from shared.calendar import CalendarNotPublished, Window, work_calendar
from shared.contracts.events import NoticeCorrected
from shared.problems import Conflict, Invalid, NotFound
from shared.procedure import Conductor, Cycle
from shared.rulebooks import Stage
from shared.store import Work

_DRAFTS, _OBJECTIONS = models.notice_drafts, models.objections
_NOBODY = {"prepared_by": None, "prepared_at": None, "approved_by": None, "approved_at": None}
Data = dict[str, Any]


def show(work: Work, conductor: Conductor, data: Data) -> Data:
    """The reply `NoticeCorrection`; where nobody has begun one, the words of the notice at revision 0."""
    cycle, stage, old = _of(work, conductor, data)
    row = _draft(work, old)
    if row is None:
        states.after("correct", old.state)
    return _state(work, cycle, stage, old, row)


def edit(work: Work, conductor: Conductor, data: Data, *, contact: str) -> Data:
    """Write what is to be corrected, and why. Raises Conflict where the notice does not stand, or somebody was faster; Invalid
    for names that are not on the list, and where nothing would be corrected.
    """
    cycle, stage, old = _of(work, conductor, data, lock=True)
    states.after("correct", old.state)
    row = _draft(work, old)
    drafts.require_revision(0 if row is None else row.revision, data["revision"])
    known = old.content.get("contact") or contact
    words = Words(data["introduction_zh"], data["introduction_en"], data["contact"] or known)
    listed = changes.renamed(old.content["listed"], data["names"])
    if not changes.between(old.content, words, listed):
        raise Invalid("没有更正任何内容", "nothing would be corrected", code="nothing_corrected")
    values: Data = {**vars(words), "listed": listed, "reason": data["reason"]}
    row = row or _begin(work, cycle, old, values)
    moved: Data = {
        "prepared_by": work.by,
        "prepared_at": work.now(),
        "approved_by": None,
        "approved_at": None,
    }
    drafts.move(work, row, "edit", **values, **moved)
    drafts.note(
        work, "edited", cycle, row.notice, values, before={name: getattr(row, name) for name in values}
    )
    return _state(work, cycle, stage, old, _draft(work, old))


def drop(work: Work, conductor: Conductor, data: Data) -> Data:
    """Give a draft up: the notice stands as it is. Whoever edits it takes it up again."""
    cycle, stage, old = _of(work, conductor, data, lock=True)
    row = _require(work, old)
    drafts.require_revision(row.revision, data["revision"])
    drafts.move(work, row, "drop")
    drafts.note(work, "dropped", cycle, row.notice, {"state": Notice.DROPPED.value})
    return _state(work, cycle, stage, old, _draft(work, old))


def approve(work: Work, conductor: Conductor, data: Data) -> Data:
    """Confirm a correction, which posts it today. Raises Forbidden for whoever prepared it; Conflict where the old notice does
    not stand any more; CalendarNotPublished.
    """
    cycle, stage, old = _of(work, conductor, data, lock=True)
    states.after("correct", old.state)
    row = _require(work, old)
    drafts.require_revision(row.revision, data["revision"])
    drafts.require_another(work, row)
    window = _window(stage, old, work.today())
    drafts.confirm(work, cycle, row)
    row = _require(work, old)
    drafts.move(work, row, "post", keep_revision=True)
    posting.succeed(work, conductor, cycle, old, _content(cycle, stage, old, row, window), window)
    told = {
        "cycle_id": cycle.cycle_id, "stage": stage.key, "notice": old.notice, "corrected_by": row.notice,
        "ends_on": window.last,
    }  # fmt: skip
    work.publish(NoticeCorrected, told, subject=cycle.cycle_id)
    _tell_objections(work, cycle, stage, row.notice)
    return _state(work, cycle, stage, posting.require(work, cycle.cycle_id, old.notice), _draft(work, old))


def underway(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """Corrections of a notice that somebody has begun: it is not closed over them."""
    if cycle.rehearsal:
        return []
    begun = and_(
        _DRAFTS.c.cycle_id == cycle.cycle_id,
        _DRAFTS.c.corrects.is_not(None),
        _DRAFTS.c.state.in_(states.before("drop")),
    )
    names = work.session.execute(select(_DRAFTS.c.notice).where(begun).order_by(_DRAFTS.c.notice)).scalars()
    return [f"更正公示 {name} / correction {name}" for name in names if changes.slot_of(name) == stage.notice]


# --- how ----------------------------------------------------------------------------------------------------------


def _of(work: Work, conductor: Conductor, data: Data, *, lock: bool = False) -> tuple[Cycle, Stage, Row[Any]]:
    cycle = conductor.cycle(work, data["cycle_id"])
    if lock:
        conductor.records.cycle(work, cycle.cycle_id, lock=True)
    if cycle.rehearsal:
        raise Conflict("演练的公示不更正", "a rehearsal corrects no notices", code="no_drafts_in_rehearsals")
    old = posting.require(work, cycle.cycle_id, data["notice"])
    return cycle, conductor.own_stage(cycle, f"notice:{changes.slot_of(old.notice)}"), old


def _draft(work: Work, old: Row[Any]) -> Row[Any] | None:
    return drafts.find(work, old.cycle_id, changes.next_name(old.notice))


def _require(work: Work, old: Row[Any]) -> Row[Any]:
    row = _draft(work, old)
    if row is None:
        raise NotFound("还没有更正稿", "there is no draft of a correction yet")
    return row


def _begin(work: Work, cycle: Cycle, old: Row[Any], values: Data) -> Row[Any]:
    row = {
        "cycle_id": cycle.cycle_id, "notice": changes.next_name(old.notice), "state": Notice.DRAFT.value, "revision": 0,
        "corrects": old.notice, **values, **_NOBODY,
    }  # fmt: skip
    work.session.execute(_DRAFTS.insert().values(**row))
    drafts.note(work, "drafted", cycle, row["notice"], {"corrects": old.notice})
    return _require(work, old)


def _window(stage: Stage, old: Row[Any], today: date) -> Window:
    return windows.anew(work_calendar(), Window(old.first_day, old.last_day), stage.working_days or 1, today)


def _content(cycle: Cycle, stage: Stage, old: Row[Any], row: Row[Any], window: Window) -> Data:
    words = drafts.words_of(row)
    return {
        **content.frozen(cycle.rulebook, cycle.year, stage, words, row.listed, window),
        "notice": row.notice,
        "working_days": work_calendar().working_days(*window),
        "correction": {
            "notice": old.notice,
            "content_digest": old.content_digest,
            "reason": row.reason,
            "changes": changes.between(old.content, words, row.listed),
        },
    }


def _tell_objections(work: Work, cycle: Cycle, stage: Stage, name: str) -> None:
    """Those that were raised before stay as they are, and say that the notice was corrected since."""
    here = and_(_OBJECTIONS.c.cycle_id == cycle.cycle_id, _OBJECTIONS.c.notice == stage.notice)
    told = {"notice_corrected_by": name, "notice_corrected_on": work.today()}
    for each in (
        work.session.execute(select(_OBJECTIONS.c.id).where(here).order_by(_OBJECTIONS.c.id)).scalars().all()
    ):
        work.session.execute(update(_OBJECTIONS).where(_OBJECTIONS.c.id == each).values(**told))
        work.audit("objection:notice_corrected", each, after=told, cycle_id=cycle.cycle_id)


def _state(work: Work, cycle: Cycle, stage: Stage, old: Row[Any], row: Row[Any] | None) -> Data:
    words = drafts.words_of(row) if row else Words(*(old.content.get(name) or "" for name in drafts.WORDS))
    listed = row.listed if row else old.content["listed"]
    objections_zh, objections_en = content.how_to_object(cycle.rulebook)
    return {
        "cycle_id": cycle.cycle_id,
        "notice": old.notice,
        "name": changes.next_name(old.notice),
        "state": row.state if row else "none",
        "revision": row.revision if row else 0,
        "title_zh": stage.title.zh,
        "title_en": stage.title.en,
        "rule": stage.rule,
        **vars(words),
        "objections_zh": objections_zh,
        "objections_en": objections_en,
        "reason": row.reason if row else None,
        "lines": listed,
        "changes": changes.between(old.content, words, listed),
        **_days(work, stage, old, row),
        **(drafts.who(row) if row else _NOBODY),
    }


def _days(work: Work, stage: Stage, old: Row[Any], row: Row[Any] | None) -> Data:
    """From when to when it stands, or would stand if it were confirmed today; unknown in a year without a calendar."""
    if row is not None and row.state == Notice.POSTED:
        found = posting.require(work, row.cycle_id, row.notice)
        return {name: getattr(found, name) for name in ("first_day", "last_day", "working_days")}
    try:
        window = _window(stage, old, work.today())
        days = work_calendar().working_days(*window)
    except CalendarNotPublished:
        return {"first_day": None, "last_day": None, "working_days": stage.working_days or 1}
    return {"first_day": window.first, "last_day": window.last, "working_days": days}
