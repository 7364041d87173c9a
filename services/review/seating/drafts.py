"""草案: a drawn panel before anybody is told: looked at, changed by hand with a reason, held against every rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from sqlalchemy import Row, and_, delete, select, update

from services.review import models
from services.review.panels import Former, Problem
from services.review.seating import drawing, inputs, leaders, problems, records
from services.review.seating.drawing import Fault, Seats
from services.review.seating.rows import (
    NO_CATEGORY,
    Place,
    last_draw,
    note,
    panel,
    place,
    require_panel,
    require_revision,
    seats,
)
from services.review.seating.states import ON_DUTY, Assigned, Panelled
from shared.identifiers import Reason
from shared.problems import Conflict, FieldError, invalid_field
from shared.procedure import Conductor
from shared.store import Work

_PANELS, _ASSIGNMENTS = models.panels, models.assignments
_SAID = 5  # faults in the sentence; all of them are in the list of errors
_STATES = {Panelled.DRAFTED.value: (Assigned.DRAFTED.value,)}


def write(work: Work, where: Place, draw: Row[Any], record: Mapping[str, Any]) -> None:
    """Put a drawn panel in the place of the draft before it."""
    names = problems.Names.from_json(draw.names)
    drawn = records.seats_of(draw.outcome, names)
    before = work.session.execute(select(_PANELS.c.revision).where(where.of(_PANELS))).scalar_one_or_none()
    work.session.execute(delete(_PANELS).where(where.of(_PANELS)))
    kept = {
        names.experts[expert]: sorted(names.applications[a] for a in ids)
        for expert, ids in draw.problem["kept"].items()
    }
    row = {
        **where.key,
        "position": [NO_CATEGORY, *where.cycle.rulebook.categories].index(where.category),
        "members": list(drawn.members),
        "industry_share": draw.outcome["industry_share"],
        "recused": kept,
        "seed": draw.seed,
        "formed_on": work.today(),
        "state": Panelled.DRAFTED.value,
        "revision": (before or 0) + 1,
        "draw": draw.number,
        "leader": drawn.leader,
        "record": dict(record),
    }
    work.session.execute(_PANELS.insert().values(**row))
    _write_assignments(work, where, drawn)


def _write_assignments(
    work: Work, where: Place, drawn: Seats, reasons: Mapping[str, str] | None = None
) -> None:
    """All of a draft's assignments anew. `reasons`: of those that were changed by hand, by expert."""
    drafted = and_(where.of(_ASSIGNMENTS), _ASSIGNMENTS.c.state == Assigned.DRAFTED.value)
    work.session.execute(delete(_ASSIGNMENTS).where(drafted))
    rows = [
        {
            **where.key,
            "application_id": line.application_id,
            "expert_id": line.expert_id,
            "position": line.position,
            "state": Assigned.DRAFTED.value,
            "reason": (reasons or {}).get(line.expert_id),
        }
        for line in drawn.assignments
    ]
    work.session.execute(_ASSIGNMENTS.insert(), rows)


def with_former(work: Work, where: Place, problem: Problem) -> Problem:
    """The problem of a draw that is repeated: as little as possible of the draft before it is changed."""
    row = panel(work, where)
    if row is None:
        return problem
    before = seats(work, where, row, (Assigned.DRAFTED.value,))
    pairs = frozenset((line.application_id, line.expert_id) for line in before.assignments)
    return replace(problem, former=Former(before.members, pairs, before.leader))


def inspect(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A panel as an officer looks at it: figures against the rule, each member's load, what a check finds now.

    Of interests the officer sees how many applications each member is kept from, neither which nor why.
    """
    where = place(work, conductor, data)
    _require_possible(work, where)
    row = require_panel(work, where)
    now, unable = _as_it_stands(work, conductor, where, row)
    sitting = seats(work, where, row, _STATES.get(row.state, ON_DUTY))
    return {
        **panel_head(row, where),
        "optimum": row.record["outcome"]["objective"] if row.record else None,
        "notes": [{"reason_zh": note.zh, "reason_en": note.en} for note in drawing.notes(now)],
        "figures": drawing.figures(now, sitting),
        "members": _members(work, where, row, now, sitting),
        "deputies": leaders.deputies(work, where),
        "faults": [_fault(fault) for fault in (*drawing.check(now, sitting), *_unable(sitting, unable))],
    }


def _as_it_stands(
    work: Work, conductor: Conductor, where: Place, row: Row[Any]
) -> tuple[Problem, frozenset[str]]:
    """A draft is held against those who may serve; of a panel that serves it is told besides who may no longer."""
    if row.state == Panelled.DRAFTED:
        return inputs.problem(work, conductor, where), frozenset()
    serving = inputs.serving(work, conductor, where, row)
    return serving.problem, serving.unable


def _unable(sitting: Seats, unable: Collection[str]) -> list[Fault]:
    names = sorted({line.expert_id for line in sitting.assignments} & set(unable))
    if not names:
        return []
    zh = f"在任成员 {'、'.join(names)} 现不能履职：申报已失效、期间不能参加或已出库"
    en = f"{', '.join(names)} can serve no longer: a declaration is over, or away, or out of the register"
    return [Fault("unavailable", Reason(zh, en))]


def _require_possible(work: Work, where: Place) -> None:
    """Where no draw gave a panel yet: raises Conflict with what the last one found, rule by rule, with the numbers."""
    draw = None if panel(work, where) else last_draw(work, where)
    failure = records.failure_of(draw.outcome) if draw is not None and draw.outcome else None
    if draw is None or failure is None:
        return
    rules = draw.outcome.get("impossible", {}).get("rules", ())
    raise Conflict(
        f"没有合规的评审组：{failure.zh}" if rules else failure.zh,
        f"no lawful panel exists: {failure.en}" if rules else failure.en,
        code="no_lawful_panel" if rules else "panel_undecided",
        errors=[FieldError(f"panel.{each['parameter']}", each["zh"], each["en"]) for each in rules],
    )


def panel_head(row: Row[Any], where: Place) -> dict[str, Any]:
    """What every reply about one panel begins with."""
    return {
        "stage": where.stage.key,
        "category": where.category or None,
        "state": row.state,
        "revision": row.revision,
        "draw": row.draw,
        "leader": row.leader,
        "seed": row.seed,
    }


def _members(work: Work, where: Place, row: Row[Any], now: Problem, sitting: Seats) -> list[dict[str, Any]]:
    elsewhere = inputs.elsewhere(work, where)
    industry = {r.expert_id: r.industry_expert for r in now.experts}
    return [
        {
            "expert_id": name,
            "industry_expert": industry.get(name, False),
            "leader": name == row.leader,
            "assigned": len(reading),
            "assigned_elsewhere": elsewhere.get(name, 0),
            "kept_from": len(now.kept.get(name, ())),
        }
        for name, reading in drawing.by_member(sitting).items()
    ]


def change(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """An officer changes a draft by hand, with a reason. Raises Conflict naming every rule that would be broken."""
    where = place(work, conductor, data, lock=True)
    row = require_panel(work, where)
    require_drafted(row)
    require_revision(row, data["revision"])
    now = inputs.problem(work, conductor, where)
    before = seats(work, where, row, (Assigned.DRAFTED.value,))
    after = _swapped(before, data["changes"])
    leader = data["leader"] or after.leader
    if leader is not None and leader not in after.members:
        raise invalid_field("leader", "组长须为组内成员", "the leader must be a member")
    after = replace(after, leader=leader)
    require_lawful(now, after)
    came = {change["coming"]: data["reason"] for change in data["changes"]}
    _write_assignments(work, where, after, came)
    share = drawing.figures(now, after)["industry_share"]
    values = {"members": list(after.members), "industry_share": share, "leader": leader}
    work.session.execute(update(_PANELS).where(where.of(_PANELS)).values(revision=row.revision + 1, **values))
    told = {"changes": data["changes"], "leader": leader, "revision": row.revision + 1}
    note(work, where, "changed", told, reason=data["reason"])
    return inspect(work, conductor, data)


def _swapped(before: Seats, changes: Sequence[Mapping[str, Any]]) -> Seats:
    """The seats after all changes, in order. Raises Invalid where one takes away what the expert does not have."""
    found = before
    for number, swap in enumerate(changes):
        application, leaving, coming = swap["application_id"], swap["leaving"], swap["coming"]
        concerned = [
            line.application_id
            for line in found.assignments
            if line.expert_id == leaving and application in (None, line.application_id)
        ]
        if not concerned and (application or leaving not in found.members):
            raise invalid_field(
                f"changes.{number}.leaving", "该专家不在此任", "the expert does not serve there"
            )
        reading = {line.application_id for line in found.assignments if line.expert_id == coming}
        if reading & set(concerned):
            raise invalid_field(
                f"changes.{number}.coming", "该专家已评审此申报", "the expert reviews it already"
            )
        found = drawing.taken_over(found, application, leaving, coming)
    return found


def require_drafted(row: Row[Any]) -> None:
    """Only a draft is changed as a whole. Raises Conflict."""
    if row.state != Panelled.DRAFTED:
        raise Conflict(
            "评审组已下达，只能更换评审员",
            "the panel is released: reviewers can only be replaced",
            code="panel_not_drafted",
        )


def require_lawful(now: Problem, sitting: Seats) -> None:
    """Raises Conflict, which names every rule that the seats break."""
    faults = drawing.check(now, sitting)
    if faults:
        refuse(faults)


def refuse(faults: Sequence[Fault]) -> NoReturn:
    """Raises Conflict with each fault by the name of its rule."""
    raise Conflict(
        "评审组不合规定：" + "；".join(fault.reason.zh for fault in faults[:_SAID]),
        "the panel is not lawful: " + "; ".join(fault.reason.en for fault in faults[:_SAID]),
        code="unlawful_panel",
        errors=[FieldError(f"panel.{f.rule}", f.reason.zh, f.reason.en) for f in faults],
    )


def _fault(fault: Fault) -> dict[str, str]:
    return {"rule": fault.rule, "reason_zh": fault.reason.zh, "reason_en": fault.reason.en}
