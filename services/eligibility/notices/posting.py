"""公示: a list shown to the public for so many working days, frozen and hashed when it is posted, proven when it ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.eligibility import models
from services.eligibility.notices import anchors, changes, content, drafts, proof, states, windows
from services.eligibility.notices.proof import Kept
from services.eligibility.notices.states import Notice
from services.eligibility.objections import effects
from shared.calendar import Window, in_words, work_calendar
from shared.contracts.events import StageExtended
from shared.contracts.operations import WATCHERS
from shared.identifiers import canonical_json, digest
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle, Entrant, outcome
from shared.procedure.state import Outcome
from shared.rulebooks import Stage, library
from shared.store import Work

_NOTICES, _WINDOWS = models.notices, models.notice_windows
_MOST_LISTED = 500
_LARGE = frozenset({"content", "line_digests", "record"})  # grows with the list; no list of notices needs it


def post(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> date:
    """Post the list and give its last day. Day one is the first working day on or after today.

    In a real cycle what is posted is the approved draft. Raises Conflict without one, and where its list is not that of the
    entrants; CalendarNotPublished.
    """
    days = stage.working_days or 1
    window = work_calendar().window(work.today(), days)
    if cycle.rehearsal:
        words = content.first_words(cycle.rulebook, cycle.year, stage, "")
        draft = None
    else:
        draft = drafts.take(work, cycle, stage, entrants)
        words = drafts.words_of(draft)
    said = content.frozen(cycle.rulebook, cycle.year, stage, words, content.lines_of(entrants), window)
    _freeze(work, cycle.cycle_id, said, window)
    return window.last


def succeed(
    work: Work, conductor: Conductor, cycle: Cycle, row: Row[Any], said: dict[str, Any], window: Window
) -> None:
    """Post a correction in the place of a notice, which is over with that: its content stays, its proof is made, it names the new
    one. The stage lasts as long as the new one. Raises Conflict where the old one does not stand any more.
    """
    name, stage = said["notice"], _stage(conductor, cycle, row.notice)
    new = {"notice": name, "content_digest": digest(said)}
    _finish(work, row, "correct", new, corrected_by=name)
    _freeze(work, cycle.cycle_id, said, window, corrects=row.notice)
    if window.last > row.last_day:
        _lengthen(work, conductor, cycle, stage, window.last)


def _freeze(work: Work, cycle_id: str, said: dict[str, Any], window: Window, **values: Any) -> None:
    row = {
        "cycle_id": cycle_id,
        "notice": said["notice"],
        "first_day": window.first,
        "last_day": window.last,
        "working_days": said["working_days"],
        "content": said,
        "content_digest": digest(said),
        "line_digests": content.line_digests(said),
        "state": Notice.POSTED.value,
        "posted_at": work.now(),
        **values,
    }
    work.session.execute(_NOTICES.insert().values(**row))
    line = windows.entry(1, window, (), "", work.today(), str(row["content_digest"]))
    _add_window(work, cycle_id, said["notice"], line)
    _note(work, "posted", cycle_id, said["notice"], said)


def report_failure(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """On these days the notice could not be read: it stands as many working days longer, and so does its stage.

    Raises Invalid for days that cannot have been lost, Conflict where the notice is over, CalendarNotPublished.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    row = require(work, cycle.cycle_id, data["notice"])
    stage = _stage(conductor, cycle, row.notice)
    states.after("extend", row.state)
    history, days = _history(work, cycle.cycle_id, row.notice), sorted(data["days"])
    window = Window(row.first_day, row.last_day)
    known = {date.fromisoformat(day) for line in history for day in line["lost"]}
    calendar = work_calendar()
    windows.check_lost(calendar, window, days, known, work.today())
    longer = windows.extended(calendar, window, days, work.today())
    line = windows.entry(len(history) + 1, longer, days, data["failure"], work.today(), history[-1]["digest"])
    _add_window(work, cycle.cycle_id, row.notice, line)
    _move(work, row, "extend", last_day=longer.last, changed_at=work.now())
    _lengthen(work, conductor, cycle, stage, longer.last)
    before = {"last_day": window.last}
    _note(work, "extended", cycle.cycle_id, row.notice, line, before=before, reason=data["failure"])
    return _state(require(work, cycle.cycle_id, row.notice))


def running(work: Work, cycle: Cycle, stage: Stage) -> list[str]:
    """A real notice stands for the whole of its last day, and closes on a later one; a rehearsal's file closes it on that day."""
    row = standing(work, cycle.cycle_id, str(stage.notice))
    if cycle.rehearsal or row is None or work.today() > row.last_day:
        return []
    return [
        f"公示期最后一日 {in_words(row.last_day).zh} 结束 / the end of {in_words(row.last_day).en}, the notice's last day"
    ]


def close(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Outcome]:
    """Those with an upheld objection end here; where levels were proposed, the others are the winners.

    The notice is over: what proves that it stood is recorded with the same transaction.
    """
    row = standing(work, cycle.cycle_id, str(stage.notice))
    if row is None:
        raise missing()
    _finish(work, row, "end")
    upheld = effects.upheld(work, cycle, stage)
    lines = []
    for entrant in entrants:
        if entrant.application_id in upheld:
            lines.append(
                outcome(
                    entrant.application_id, passed=False, status="objection_upheld", stopped_at=stage.key,
                    reason_zh="公示期间异议成立", reason_en="an objection was upheld during the notice",
                )
            )  # fmt: skip
        else:
            status = "awarded" if entrant.carried.get("level") else None
            lines.append(outcome(entrant.application_id, passed=True, status=status))
    return lines


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's notices in the order of their days, those that were corrected before what corrects them."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_NOTICES).where(_NOTICES.c.cycle_id == cycle.cycle_id)
    query = query.order_by(_NOTICES.c.first_day, _NOTICES.c.posted_at, _NOTICES.c.notice)
    return {"notices": [_state(row) for row in work.session.execute(query)]}


def one(work: Work, conductor: Conductor, data: dict[str, Any], *, shown_days: int) -> dict[str, Any]:
    """The reply `PostedNotice`: everything that stands in it. Others than the office and its watchers read it until
    `shown_days` after its last day."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = require(work, cycle.cycle_id, data["notice"])
    last = (
        standing(work, cycle.cycle_id, row.notice) or row
    )  # what was corrected is read as long as what corrects it
    if work.context.role not in WATCHERS and last.last_day < _since(work, shown_days):
        raise NotFound("公示已撤下", "the notice is no longer shown")
    stage = _stage(conductor, cycle, row.notice)
    history = _history(work, cycle.cycle_id, row.notice)
    said = _said(cycle.rulebook, cycle.year, stage, row)
    return {
        "rehearsal": cycle.rehearsal,
        **_brief(work, row, said),
        **{name: said[name] for name in _WORDS},
        "lines": [_line(line, row.line_digests or {}) for line in row.content["listed"]],
        "posted_last_day": date.fromisoformat(history[0]["last_day"]),
        "extensions": [_extension(line) for line in history[1:]],
        "correction": row.content.get("correction"),
    }


def shown(work: Work, data: dict[str, Any], *, shown_days: int) -> dict[str, Any]:
    """The notices of all real cycles that the public may still read, the newest first."""
    cycles = models.procedure.cycles
    names = ("rulebook", "rulebook_sha256", "year")
    columns = (column for column in _NOTICES.c if column.name not in _LARGE)
    query = (
        select(*columns, *(cycles.c[name] for name in names))
        .join(cycles, cycles.c.id == _NOTICES.c.cycle_id)
        .where(and_(cycles.c.rehearsal.is_(False), _NOTICES.c.last_day >= _since(work, shown_days)))
        .order_by(_NOTICES.c.posted_at.desc(), _NOTICES.c.cycle_id, _NOTICES.c.notice)
        .limit(_MOST_LISTED)
    )
    found = []
    for row in work.session.execute(query):
        rulebook = library().pinned(row.rulebook, row.rulebook_sha256)
        said = content.titles(rulebook, row.year, rulebook.stage(f"notice:{changes.slot_of(row.notice)}"))
        found.append(_brief(work, row, said))
    return {"notices": found}


def proven(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The reply `NoticeProof`: what is kept, the audit entries that hold its digests, and whether all of it agrees."""
    cycle = conductor.cycle(work, data["cycle_id"])
    row = require(work, cycle.cycle_id, data["notice"])
    stage = _stage(conductor, cycle, row.notice)
    said = _said(cycle.rulebook, cycle.year, stage, row)
    kept = _kept(work, row)
    entries = anchors.of(work, cycle.cycle_id, _subject(cycle.cycle_id, row.notice))
    found = proof.faults(kept, [entry.anchor for entry in entries])
    return {
        **_brief(work, row, said),
        "content": canonical_json(row.content).decode(),
        "lines": [
            {"application_id": line["application_id"], "name": line["name"],
             "digest": kept.lines.get(line["application_id"])}
            for line in row.content["listed"]
        ],
        "windows": kept.history,
        "log": _log(work, row),
        "ended_on": row.ended_on,
        "record": None if row.record is None else canonical_json(row.record).decode(),
        "record_digest": row.record_digest,
        "entries": [entry.told() for entry in entries],
        "intact": not found,
        "faults": [vars(fault) for fault in found],
    }  # fmt: skip


def find(work: Work, cycle_id: str, notice: str) -> Row[Any] | None:
    """The posted notice of that name."""
    return work.session.execute(select(_NOTICES).where(_is(cycle_id, notice))).one_or_none()


def standing(work: Work, cycle_id: str, notice: str) -> Row[Any] | None:
    """The notice of that name or, where it was corrected, the last one that stands in its place."""
    row = find(work, cycle_id, notice)
    while row is not None and row.corrected_by is not None:
        row = find(work, cycle_id, row.corrected_by)
    return row


def missing() -> NotFound:
    """There is none of that name."""
    return NotFound("没有这项公示", "no such notice")


def require(work: Work, cycle_id: str, notice: str) -> Row[Any]:
    """The posted notice of that name. Raises NotFound."""
    row = find(work, cycle_id, notice)
    if row is None:
        raise missing()
    return row


# --- how ----------------------------------------------------------------------------------------------------------

_WORDS = ("introduction_zh", "introduction_en", "objections_zh", "objections_en", "contact")


def _is(cycle_id: str, notice: str) -> Any:
    return and_(_NOTICES.c.cycle_id == cycle_id, _NOTICES.c.notice == notice)


def _stage(conductor: Conductor, cycle: Cycle, notice: str) -> Stage:
    return conductor.own_stage(cycle, f"notice:{changes.slot_of(notice)}")


def _lengthen(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage, last: date) -> None:
    conductor.extend(work, cycle, stage, last)
    told = {"cycle_id": cycle.cycle_id, "stage": stage.key, "ends_on": last}
    work.publish(StageExtended, told, subject=cycle.cycle_id)


def _since(work: Work, shown_days: int) -> date:
    return work.today() - timedelta(days=shown_days)


def _move(work: Work, row: Row[Any], move: str, **values: Any) -> None:
    """Make a move where the notice still is what it was."""
    state = states.after(move, row.state)
    done = work.session.execute(
        update(_NOTICES)
        .where(
            and_(
                _is(row.cycle_id, row.notice),
                _NOTICES.c.state == row.state,
                _NOTICES.c.last_day == row.last_day,
            )
        )
        .values(state=state.value, **values)
    )
    if not getattr(done, "rowcount", 0):
        raise Conflict("公示刚被他人改动", "somebody else changed the notice just now")


_DONE = {"end": "ended", "correct": "corrected"}


def _finish(work: Work, row: Row[Any], move: str, new: dict[str, str] | None = None, **values: Any) -> None:
    """The notice is over, by its days or by a `new` one: what proves that it stood is recorded."""
    verb = _DONE[move]
    last = {"what": verb, "by": work.by, "at": work.now().isoformat(timespec="seconds")}
    log = [*_log(work, row), last]
    record = proof.record(row.cycle_id, row.notice, _kept(work, row), log, work.today(), new)
    _move(
        work, row, move,
        ended_on=work.today(), changed_at=work.now(), record=record, record_digest=digest(record), **values,
    )  # fmt: skip
    _note(work, verb, row.cycle_id, row.notice, record)


def _add_window(work: Work, cycle_id: str, notice: str, line: dict[str, Any]) -> None:
    work.session.execute(
        _WINDOWS.insert().values(
            cycle_id=cycle_id,
            notice=notice,
            number=line["number"],
            entry=line,
            by=work.by,
            at=work.now(),
        )
    )


def _window_rows(work: Work, cycle_id: str, notice: str) -> list[Row[Any]]:
    query = select(_WINDOWS).where(and_(_WINDOWS.c.cycle_id == cycle_id, _WINDOWS.c.notice == notice))
    return list(work.session.execute(query.order_by(_WINDOWS.c.number)))


def _history(work: Work, cycle_id: str, notice: str) -> list[dict[str, Any]]:
    return [row.entry for row in _window_rows(work, cycle_id, notice)]


def _kept(work: Work, row: Row[Any]) -> Kept:
    return Kept(
        row.content,
        row.content_digest,
        row.line_digests or {},
        _history(work, row.cycle_id, row.notice),
        row.record,
        row.record_digest,
        row.last_day.isoformat(),
    )


def _log(work: Work, row: Row[Any]) -> list[dict[str, Any]]:
    """Who prepared, approved, posted and extended it, and when; the end is in the record."""
    draft = drafts.find(work, row.cycle_id, row.notice)
    log = []
    if draft is not None:
        log.append({"what": "prepared", "by": draft.prepared_by, "at": draft.prepared_at})
        log.append({"what": "approved", "by": draft.approved_by, "at": draft.approved_at})
    for number, line in enumerate(_window_rows(work, row.cycle_id, row.notice)):
        log.append({"what": "extended" if number else "posted", "by": line.by, "at": line.at})
    return [{**line, "at": line["at"].isoformat(timespec="seconds")} for line in log]


def _said(rulebook: Any, year: int, stage: Stage, row: Row[Any]) -> dict[str, Any]:
    """The words of a notice; those that an older one does not hold are the rulebook's."""
    window = Window(row.first_day, row.last_day)
    words = content.Words("", "", "")
    return {**content.frozen(rulebook, year, stage, words, (), window), **row.content}


def _brief(work: Work, row: Row[Any], said: dict[str, Any]) -> dict[str, Any]:
    names = (
        "cycle_id", "notice", "first_day", "last_day", "working_days", "state", "content_digest", "corrects", "corrected_by",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        **{name: said[name] for name in content.TITLES},
        "corrected_on": row.ended_on if row.corrected_by else None,
        "runs": row.state == Notice.POSTED and row.first_day <= work.today() <= row.last_day,
        "posted_at": row.posted_at.isoformat(timespec="seconds"),
        "changed_at": (row.changed_at or row.posted_at).isoformat(timespec="seconds"),
    }


def _line(line: dict[str, Any], digests: dict[str, str]) -> dict[str, Any]:
    optional = {name: line.get(name) for name in ("level", "track")}
    return {**line, **optional, "digest": digests.get(line["application_id"])}


def _extension(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "last_day": date.fromisoformat(line["last_day"]),
        "days": [date.fromisoformat(day) for day in line["lost"]],
        "failure": line["reason"],
        "on": date.fromisoformat(line["on"]),
    }


def _subject(cycle_id: str, notice: str) -> str:
    return f"{cycle_id}/{notice}"


def _note(work: Work, verb: str, cycle_id: str, notice: str, after: dict[str, Any], **given: Any) -> None:
    work.audit(f"notice:{verb}", _subject(cycle_id, notice), after=after, cycle_id=cycle_id, **given)


def _state(row: Row[Any]) -> dict[str, Any]:
    names = (
        "notice", "first_day", "last_day", "working_days", "content_digest", "state", "corrects", "corrected_by",
    )  # fmt: skip
    ids = [line["application_id"] for line in row.content["listed"]]
    return {"listed": ids, **{name: getattr(row, name) for name in names}}
