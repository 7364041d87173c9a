"""答辩日程 as it is kept: planned by the office, changed by hand, released, and shown to each only as far as it is its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, and_, select

from services.review import models, plans, visibility
from services.review.conditions import APPLICATION, agree
from services.review.defence.timetable import (
    DAY,
    Absence,
    Hearing,
    NoTimetableError,
    Slot,
    Span,
    Terms,
    clock,
    drawn,
    faults,
    fit,
    minutes_of,
    out_of_order,
)
from shared.calendar import in_words
from shared.identifiers import digest
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

MINUTES, SPEAKERS = "minutes_at_most", "speakers_at_most"
_SLOTS, _PLANS = models.defence_slots, models.stage_plans
_SAID, _THERE = models.defence_speakers, models.defence_attendance


@dataclass(frozen=True)
class Seen:
    """What a timetable is made for: who is to be heard by whom, and what is over."""

    cycle: Cycle
    stage: Stage
    hearings: tuple[Hearing, ...]
    heard: Mapping[str, Row[Any]]
    entrants: Mapping[str, Entrant]


def plan(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A draft that keeps what it can of the plan before. Raises Conflict with the reason where no timetable exists."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    seen = _look(work, conductor, cycle, stage)
    kept = _kept_terms(work, stage, data)
    before = plans.newest(work, cycle, stage.key)
    draw = _draw(work, seen, data, before)
    terms, absences = _terms(stage, kept), _absences(kept)
    slots, postponed = _slots_before(work, before)
    over = _over(work, seen)
    order = [a for a in _order(draw, seen) if a not in postponed]
    waiting = [h for h in seen.hearings if h.application_id not in over]
    try:
        found = fit(
            terms, waiting, order, absences, [s for s in slots if s.application_id not in postponed], over
        )
    except NoTimetableError as none:
        zh, en = none.reason
        raise Conflict(f"排不出答辩日程：{zh}", f"no timetable exists: {en}", code="no_timetable") from None
    whole = [*(slot for slot, _ in over.values()), *found.slots]
    version = _keep(work, seen, kept, draw, whole, {"proved": found.proved, "loosened": list(found.loosened)})
    _audit(work, seen, "defence:planned", version)
    return _told(work, conductor, seen, plans.DRAFTED)


def move(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Slots changed by hand make a new draft. Raises Invalid with every rule that it would break, by name."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    seen = _look(work, conductor, cycle, stage)
    before = plans.newest(work, cycle, stage.key)
    if before is None:
        raise Conflict("尚未编排日程", "nothing is planned yet", code="no_draft")
    rows, _ = _slots_before(work, before)
    slots = {slot.application_id: slot for slot in rows}
    for number, line in enumerate(data["moves"]):
        application, begins = line["application_id"], minutes_of(line["begins"])
        if application not in slots or application in seen.heard:
            raise invalid_field(
                f"moves.{number}.application_id", "日程中没有这份申报，或已经答辩",
                "the plan does not hold it, or it was heard already",
            )  # fmt: skip
        length = slots[application].span.ends - slots[application].span.begins
        slots[application] = Slot(application, line["room"], Span(line["day"], begins, begins + length))
        if line["day"] < work.today():
            raise invalid_field(
                f"moves.{number}.day",
                f"{in_words(line['day']).zh} 已过",
                f"{in_words(line['day']).en} is over",
            )
    wrong = faults(_terms(stage, before.terms), seen.hearings, list(slots.values()), _absences(before.terms))
    moved = {line["application_id"] for line in data["moves"]}
    wrong = tuple(fault for fault in wrong if fault.application_id in moved or fault.rule.endswith("_twice"))
    if wrong:
        raise plans.refused("moves", wrong)
    version = _keep(
        work,
        seen,
        before.terms,
        before.draw,
        list(slots.values()),
        before.figures,
        _whys(work, before, moved),
    )
    _audit(work, seen, "defence:moved", version, data["reason"])
    return _told(work, conductor, seen, plans.DRAFTED)


def release(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """From now on each sees its own slot. Raises Invalid where the draft breaks a rule by now."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    seen = _look(work, conductor, cycle, stage)
    row = plans.in_state(work, cycle, stage.key, plans.DRAFTED)
    if row is not None:
        wrong = _faults(work, seen, row)
        if wrong:
            raise plans.refused("plan", wrong)
    version = plans.release(work, cycle, stage.key)
    _audit(work, seen, "defence:released", version)
    return _told(work, conductor, seen, plans.RELEASED)


def postpone(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One cannot be heard as planned. It loses its turn: the next plan puts it where there is room."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES)
    seen = _look(work, conductor, cycle, stage)
    row = plans.require_released(work, cycle, stage.key)
    if data["application_id"] in seen.heard:
        raise Conflict("该申报已经答辩", "it was heard already")
    plans.postpone(work, _SLOTS, row, data["application_id"], data["reason"])
    _audit(work, seen, "defence:postponed", row.version, data["reason"], data["application_id"])
    return _told(work, conductor, seen, plans.RELEASED)


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What is released and what is drafted, for the office and its watchers."""
    cycle, stage = plans.stage_of(work, conductor, data, MINUTES, change=False)
    seen = _look(work, conductor, cycle, stage)
    return {"plans": [_state(work, seen, row) for row in plans.current(work, cycle, stage.key)]}


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One's own slots of what is released; the query itself holds the reader."""
    cycle = conductor.cycle(work, data["cycle_id"])
    return {"slots": [own_state(cycle, row) for row in own_rows(work, cycle)]}


def own_rows(work: Work, cycle: Cycle) -> list[Row[Any]]:
    """Released slots of whoever asks, with their speakers, by time."""
    return list(
        work.session.execute(
            select(_SLOTS, _PLANS.c.terms, _PLANS.c.released_at, _SAID.c.speakers)
            .join(_PLANS, agree(_PLANS, _SLOTS, plans.VERSION))
            .outerjoin(_SAID, agree(_SAID, _SLOTS, APPLICATION))
            .where(_PLANS.c.state == plans.RELEASED, visibility.own(work, cycle, _SLOTS))
            .order_by(_SLOTS.c.day, _SLOTS.c.begins, _SLOTS.c.application_id)
        )
    )


def own_state(cycle: Cycle, row: Row[Any]) -> dict[str, Any]:
    """The reply `OwnSlot`."""
    return {
        "stage": row.stage,
        **_where(row),
        "postponed": row.postponed is not None,
        "speakers": row.speakers or [],
        "speakers_due": date.fromisoformat(row.terms["speakers_due"]),
        "speakers_at_most": cycle.rulebook.stage(row.stage).limits.get(SPEAKERS),
    }


def unheard(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[Entrant]:
    """Those of a released timetable of whom nobody has said who was there; none where no timetable was released."""
    if MINUTES not in stage.limits or plans.in_state(work, cycle, stage.key, plans.RELEASED) is None:
        return []
    over = _attendance(work, cycle, stage)
    return [entrant for entrant in entrants if entrant.application_id not in over]


def _look(work: Work, conductor: Conductor, cycle: Cycle, stage: Stage) -> Seen:
    entrants = conductor.entrants(work, cycle.cycle_id, stage.key)
    hearing = visibility.reviewers(work, cycle, stage.key, entrants)
    hearings = tuple(
        Hearing(e.application_id, e.sequence, e.category or "", frozenset(hearing.get(e.application_id, ())))
        for e in entrants
    )
    by_id = {e.application_id: e for e in entrants}
    return Seen(cycle, stage, hearings, _attendance(work, cycle, stage), by_id)


def _kept_terms(work: Work, stage: Stage, data: dict[str, Any]) -> dict[str, Any]:
    """What the office gave, checked, as it is kept."""
    days = plans.require_days("days", data["days"], work.today())
    most = stage.limits[MINUTES]
    if data["minutes"] > most:
        raise invalid_field(
            "minutes",
            f"每场至多 {most} 分钟（{stage.rule}）",
            f"a slot lasts {most} minutes at most ({stage.rule})",
        )
    rooms = list(dict.fromkeys(data["rooms"]))
    if len(rooms) < len(data["rooms"]):
        raise invalid_field("rooms", "会场重复", "a room is given twice")
    return {
        "rooms": rooms,
        "days": [day.isoformat() for day in days],
        "hours": _hours(data["sessions"]),
        "minutes": data["minutes"],
        "gap": data["gap_minutes"],
        "speakers_due": data["speakers_due"].isoformat(),
        "absences": [_absence(number, line) for number, line in enumerate(data["absences"])],
    }


def _hours(sessions: list[dict[str, str]]) -> list[list[int]]:
    hours = sorted([minutes_of(s["begins"]), minutes_of(s["ends"])] for s in sessions)
    for number, (begins, ends) in enumerate(hours):
        if begins >= ends or (number and hours[number - 1][1] > begins):
            raise invalid_field(
                "sessions", "时段应当先始后终，互不重叠", "each must begin before it ends, and none overlap"
            )
    return hours


def _absence(number: int, line: dict[str, Any]) -> dict[str, Any]:
    begins = minutes_of(line["begins"]) if line["begins"] else 0
    ends = minutes_of(line["ends"]) if line["ends"] else DAY
    if begins >= ends:
        raise invalid_field(f"absences.{number}", "应当先始后终", "must begin before it ends")
    return {"expert_id": line["expert_id"], "day": line["day"].isoformat(), "begins": begins, "ends": ends}


def _terms(stage: Stage, kept: Mapping[str, Any]) -> Terms:
    assert stage.panel is not None
    return Terms(
        rooms=tuple(kept["rooms"]),
        days=tuple(date.fromisoformat(day) for day in kept["days"]),
        hours=tuple((begins, ends) for begins, ends in kept["hours"]),
        minutes=kept["minutes"],
        gap=kept["gap"],
        quorum=stage.panel.reviewers_per_application,
    )


def _absences(kept: Mapping[str, Any]) -> list[Absence]:
    return [
        Absence(a["expert_id"], Span(date.fromisoformat(a["day"]), a["begins"], a["ends"]))
        for a in kept["absences"]
    ]


def _draw(work: Work, seen: Seen, data: dict[str, Any], before: Row[Any] | None) -> dict[str, Any]:
    """The draw of the order: made with the first plan before a witness, and never again."""
    given = data["witness"] is not None or data["drawn_number"] is not None
    if before is not None:
        if given:
            raise Conflict("答辩顺序已经抽定", "the order is drawn already", code="drawn_already")
        return dict(before.draw)
    for field in ("witness", "drawn_number"):
        if not data[field]:
            raise invalid_field(
                field, "首次编排须抽签，必填", "required with the first plan: the order is drawn"
            )
    if data["witness"] in work.parties:
        raise invalid_field("witness", "编排人不得同时作见证人", "whoever plans cannot be the witness")
    return {
        **draw_of(seen.stage.key, seen.entrants.values(), data["drawn_number"]),
        "witness": data["witness"],
    }


def draw_of(stage: str, entrants: Iterable[Entrant], drawn_number: str) -> dict[str, Any]:
    """Seed and orders by panel, from the numbers of submission and what was drawn; anyone can repeat it."""
    panels: dict[str, list[int]] = {}
    for entrant in entrants:
        panels.setdefault(entrant.category or "", []).append(entrant.sequence)
    frozen = {panel: sorted(numbers) for panel, numbers in panels.items()}
    seed = digest({"stage": stage, "panels": frozen, "drawn_number": drawn_number})
    orders = {panel: list(drawn(seed, numbers)) for panel, numbers in sorted(frozen.items())}
    return {"drawn_number": drawn_number, "seed": seed, "orders": orders}


def _order(draw: Mapping[str, Any], seen: Seen) -> list[str]:
    by_sequence = {entrant.sequence: entrant.application_id for entrant in seen.entrants.values()}
    return [by_sequence[n] for order in draw["orders"].values() for n in order if n in by_sequence]


def _slots_before(work: Work, before: Row[Any] | None) -> tuple[list[Slot], dict[str, str]]:
    """The slots of a plan, and why some were postponed."""
    if before is None:
        return [], {}
    rows = plans.rows_of(work, _SLOTS, before)
    why = {row.application_id: row.postponed for row in rows if row.postponed is not None}
    return [_slot(row) for row in rows], why


def _whys(work: Work, before: Row[Any], moved: set[str]) -> dict[str, str]:
    """Who is still postponed after a change by hand."""
    return {a: why for a, why in _slots_before(work, before)[1].items() if a not in moved}


def _slot(row: Row[Any]) -> Slot:
    return Slot(row.application_id, row.room, Span(row.day, row.begins, row.ends))


def _over(work: Work, seen: Seen) -> dict[str, tuple[Slot, frozenset[str]]]:
    """Slots of those who were heard, and who was there."""
    row = plans.in_state(work, seen.cycle, seen.stage.key, plans.RELEASED)
    slots, _ = _slots_before(work, row)
    return {
        s.application_id: (s, frozenset(seen.heard[s.application_id].reviewers))
        for s in slots
        if s.application_id in seen.heard
    }


def _attendance(work: Work, cycle: Cycle, stage: Stage) -> dict[str, Row[Any]]:
    here = and_(_THERE.c.cycle_id == cycle.cycle_id, _THERE.c.stage == stage.key)
    return {row.application_id: row for row in work.session.execute(select(_THERE).where(here))}


def _keep(
    work: Work,
    seen: Seen,
    terms: Mapping[str, Any],
    draw: Mapping[str, Any],
    slots: list[Slot],
    figures: Mapping[str, Any],
    postponed: Mapping[str, str] | None = None,
) -> int:
    cycle, stage = seen.cycle, seen.stage.key
    version = plans.draft(work, cycle, stage, terms, draw, figures)
    rows = [
        {
            "cycle_id": cycle.cycle_id, "stage": stage, "version": version, "application_id": s.application_id,
            "room": s.room, "day": s.span.day, "begins": s.span.begins, "ends": s.span.ends,
            "postponed": (postponed or {}).get(s.application_id),
        }
        for s in slots
    ]  # fmt: skip
    if rows:
        work.session.execute(_SLOTS.insert(), rows)
    return version


def _faults(work: Work, seen: Seen, row: Row[Any]) -> list[Any]:
    """What is wrong with a plan today; one that was heard or is postponed is not looked at."""
    slots, postponed = _slots_before(work, row)
    out = set(postponed) | set(seen.heard)
    hearings = [h for h in seen.hearings if h.application_id not in out]
    return list(faults(_terms(seen.stage, row.terms), hearings, slots, _absences(row.terms)))


def _audit(
    work: Work, seen: Seen, action: str, version: int, reason: str | None = None, application: str = ""
) -> None:
    where = f"{seen.cycle.cycle_id}/{seen.stage.key}"
    after = {"version": version, "application_id": application or None}
    work.audit(action, where, after=after, reason=reason, cycle_id=seen.cycle.cycle_id)


def _told(work: Work, conductor: Conductor, seen: Seen, state: str) -> dict[str, Any]:
    row = plans.in_state(work, seen.cycle, seen.stage.key, state)
    assert row is not None
    return _state(work, seen, row)


def _state(work: Work, seen: Seen, row: Row[Any]) -> dict[str, Any]:
    """The reply `DefencePlan`."""
    rows = sorted(plans.rows_of(work, _SLOTS, row), key=lambda r: (r.day, r.begins, r.room))
    terms, draw = row.terms, row.draw
    return {
        "stage": row.stage,
        "version": row.version,
        "state": row.state,
        "rooms": terms["rooms"],
        "days": [date.fromisoformat(day) for day in terms["days"]],
        "sessions": [{"begins": clock(begins), "ends": clock(ends)} for begins, ends in terms["hours"]],
        "minutes": terms["minutes"],
        "gap_minutes": terms["gap"],
        "absences": [_absence_told(a) for a in terms["absences"]],
        "speakers_due": date.fromisoformat(terms["speakers_due"]),
        **{name: draw[name] for name in ("witness", "drawn_number", "seed")},
        "orders": [{"category": p or None, "sequences": order} for p, order in draw["orders"].items()],
        "proved": row.figures["proved"],
        "slots": _slots_told(work, seen, rows),
        "faults": plans.told(_faults(work, seen, row)),
        "out_of_order": list(out_of_order([_slot(r) for r in rows], _order(draw, seen), seen.hearings)),
    }


def _absence_told(kept: Mapping[str, Any]) -> dict[str, Any]:
    part = kept["begins"] > 0 or kept["ends"] < DAY
    return {
        "expert_id": kept["expert_id"],
        "day": date.fromisoformat(kept["day"]),
        "begins": clock(kept["begins"]) if part else None,
        "ends": clock(kept["ends"] % DAY) if part else None,
    }


def _slots_told(work: Work, seen: Seen, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    here = and_(_SAID.c.cycle_id == seen.cycle.cycle_id, _SAID.c.stage == seen.stage.key)
    speakers = {r.application_id: r.speakers for r in work.session.execute(select(_SAID).where(here))}
    hearing = {h.application_id: sorted(h.reviewers) for h in seen.hearings}
    return [
        {
            **_where(row),
            "category": seen.entrants[row.application_id].category,
            "postponed": row.postponed,
            "reviewers": hearing[row.application_id],
            "speakers": speakers.get(row.application_id, []),
            "attendance": _there(seen.heard.get(row.application_id)),
        }
        for row in rows
    ]


def _there(row: Row[Any] | None) -> dict[str, Any] | None:
    return None if row is None else {n: getattr(row, n) for n in ("reviewers", "speakers", "note")}


def _where(row: Row[Any]) -> dict[str, Any]:
    return {
        "application_id": row.application_id,
        "room": row.room,
        "day": row.day,
        "begins": clock(row.begins),
        "ends": clock(row.ends),
    }
