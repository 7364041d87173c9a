"""评分表: one per assigned reviewer and application, locked when it is handed in; which of them count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.review import conflicts, models
from services.review.conditions import SEAT, agree, is_
from services.review.saying import first_of
from services.review.scoring import access, drafts, owed
from services.review.scoring.scores import thousandths
from services.review.scoring.totals import lacking, percent_text, total
from services.review.seating.states import ON_DUTY, Assigned
from services.review.sittings import Sitting
from services.review.visits import issues
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, invalid_field, invalid_fields
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.records import of_stages
from shared.rulebooks import Stage
from shared.store import Work

_ASSIGNMENTS, _SHEETS, _ITEMS = models.assignments, models.sheets, models.sheet_items
_CONTENT = ("band", "thousandths", *drafts.WRITTEN)


def submit(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A reviewer hands in a sheet that is one percent. Raises NotFound where it is not assigned, Conflict where it is too
    late, or where a real cycle's rulebook asks for a sheet item by item.
    """
    cycle = conductor.cycle(work, data["cycle_id"])
    _hold(work, cycle)
    key = {
        "cycle_id": cycle.cycle_id,
        "stage": data["stage"],
        "application_id": data["application_id"],
        "expert_id": work.context.actor,
    }
    entrant = _own_entrant(work, key)
    conflicts.require_stated(work, cycle, entrant.application_id)
    _require_open(work, conductor, cycle, entrant, data["stage"])
    if not cycle.rehearsal and access.Place(cycle, data["stage"], entrant).tree is not None:
        raise Conflict(
            "本届评分须逐条填写评分表，不接受单一百分比",
            "this cycle is scored item by item; a bare percent is not taken",
            code="sheet_needs_items",
        )
    try:
        percent = thousandths(data["percent"])
    except ValueError:
        raise invalid_field(
            "percent", "应在 0 至 100 之间，至多三位小数", "must be 0 to 100 with at most three decimals"
        ) from None
    _lock(work, key, percent, {"thousandths": percent})
    owed.settle(work, cycle, data["stage"])
    return {"done": True}


def _lock(work: Work, key: dict[str, str], percent: int, told: dict[str, Any]) -> None:
    """The sheet is in. Raises Conflict where it was already."""
    try:
        with work.session.begin_nested():
            work.session.execute(_SHEETS.insert().values(**key, thousandths=percent, submitted_at=work.now()))
    except IntegrityError:
        raise Conflict(
            "评分表已提交，不能更改", "the sheet is in and cannot be changed", code="sheet_locked"
        ) from None
    work.audit(
        "sheet:submitted",
        f"{key['stage']}/{key['application_id']}/{key['expert_id']}",
        after=told,
        cycle_id=key["cycle_id"],
    )


def hand_in(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A reviewer hands in what it wrote. Raises Invalid naming each item and what it lacks."""
    _hold(work, conductor.cycle(work, data["cycle_id"]))
    where = access.place(work, conductor, data, assigned=True)
    access.require_begun(work, conductor, where)
    issues.require_unlocked(work, where.application)
    tree = where.require_tree()
    head, rows = drafts.head_of(work, where, lock=True), drafts.items_of(work, where)
    if head is not None and head.revision != data["revision"]:
        raise Conflict(
            "评分表在阅览之后又有修改，请核对后再提交",
            "the sheet was changed after it was read over; look again before handing it in",
            code="changed_meanwhile",
            errors=[FieldError("revision", f"现为第 {head.revision} 版", f"is now {head.revision}")],
        )
    short = lacking(tree, drafts.entries(rows))
    if short:
        raise invalid_fields(
            [FieldError(f"items.{each.item}.{each.field}", each.zh, each.en) for each in short]
        )
    key = where.sheet(work.context.actor)
    content = [
        {"item": leaf.key, **{name: getattr(rows[leaf.key], name) for name in _CONTENT}}
        for leaf in tree.leaves
    ]
    percent = total(tree, {line["item"]: line["thousandths"] for line in content})
    _lock(work, key, percent, {"thousandths": percent, "criteria": tree.sha256, "items": digest(content)})
    work.session.execute(_ITEMS.insert(), [{**key, **line} for line in content])
    owed.settle(work, where.cycle, where.stage)
    return {"total": percent_text(percent)}


@dataclass(frozen=True)
class Line:
    """One assignment and what came of it; `thousandths` None while the sheet is out."""

    application_id: str
    expert_id: str
    thousandths: int | None
    submitted_at: datetime | None
    recused: bool


def lines(work: Work, cycle: Cycle, stage: str, entrants: list[Entrant]) -> list[Line]:
    """Every assignment to these applications, in their order and then in order of assignment.

    One who was replaced is left out, its sheet is kept and not counted; where a reviewer declined, whoever takes over is
    waited for. Of one who must stand aside the recusal's record says what is waited for.
    """
    (found,) = lines_of(work, [Sitting(cycle, stage, entrants)])
    return found


def lines_of(work: Work, sittings: Sequence[Sitting]) -> list[list[Line]]:
    """`lines` of each of several sittings, in one statement."""
    query = (
        select(
            *(_ASSIGNMENTS.c[name] for name in SEAT),
            _ASSIGNMENTS.c.state,
            _SHEETS.c.thousandths,
            _SHEETS.c.submitted_at,
            (~conflicts.free(_ASSIGNMENTS)).label("recused"),
        )
        .outerjoin(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(
            of_stages(_ASSIGNMENTS, [each.key for each in sittings]),
            _ASSIGNMENTS.c.state.in_((*ON_DUTY, Assigned.DECLINED)),
        )
        .order_by(_ASSIGNMENTS.c.position)
    )
    found: dict[tuple[str, str], dict[str, list[Line]]] = {
        each.key: {entrant.application_id: [] for entrant in each.entrants} for each in sittings
    }
    for row in work.session.execute(query):
        of_application = found[row.cycle_id, row.stage].get(row.application_id)
        if of_application is not None:
            given = None if row.state == Assigned.DECLINED else row.thousandths
            line = Line(row.application_id, row.expert_id, given, row.submitted_at, bool(row.recused))
            of_application.append(line)
    return [list(chain.from_iterable(found[each.key].values())) for each in sittings]


def replaced(work: Work, cycle: Cycle, stage: str, entrant: Entrant) -> list[Line]:
    """The sheets of those who were replaced, in order of assignment: kept, and not counted."""
    application = {"cycle_id": cycle.cycle_id, "stage": stage, "application_id": entrant.application_id}
    query = (
        select(_ASSIGNMENTS.c.expert_id, _SHEETS.c.thousandths, _SHEETS.c.submitted_at)
        .join(_SHEETS, agree(_SHEETS, _ASSIGNMENTS, SEAT))
        .where(is_(_ASSIGNMENTS, application), _ASSIGNMENTS.c.state == Assigned.REPLACED)
        .order_by(_ASSIGNMENTS.c.position, _ASSIGNMENTS.c.expert_id)
    )
    return [
        Line(entrant.application_id, row.expert_id, row.thousandths, row.submitted_at, recused=False)
        for row in work.session.execute(query)
    ]


def counted(
    work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]
) -> tuple[dict[str, list[int]], dict[str, int]]:
    """By application: the valid sheets in thousandths, in order of assignment, and how many are still to come.

    Sheets of a reviewer with an interest, of whatever time it became known, are kept and not counted.
    """
    valid: dict[str, list[int]] = defaultdict(list)
    missing: dict[str, int] = defaultdict(int)
    for line in lines(work, cycle, stage.key, entrants):
        if line.recused:
            continue
        if line.thousandths is None:
            missing[line.application_id] += 1
        else:
            valid[line.application_id].append(line.thousandths)
    return dict(valid), dict(missing)


def waiting_for(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """Which applications still lack sheets, in words; where a carried score serves, none at all will do too."""
    if stage.scoring is None:
        return []
    valid, missing = counted(work, cycle, stage, entrants)
    short: list[tuple[int, int]] = []
    for entrant in entrants:
        given = len(valid.get(entrant.application_id, []))
        if not given and stage.scoring == "carried_or_sheets" and entrant.carried.get("score"):
            continue
        lacking = missing.get(entrant.application_id, 0) or (0 if given else 1)
        if lacking:
            short.append((entrant.sequence, lacking))
    said = [
        f"第 {sequence} 号申报的 {lacking} 份评分表 / {lacking} sheets for application no. {sequence}"
        for sequence, lacking in short
    ]
    return first_of(said, "另外 {} 份申报的评分表 / sheets for {} more applications")


def _hold(work: Work, cycle: Cycle) -> None:
    """Sheets go in beside each other; closing the stage, which locks the cycle's row, waits for those under way."""
    cycles = models.procedure.cycles
    work.session.execute(select(cycles.c.id).where(cycles.c.id == cycle.cycle_id).with_for_update(read=True))


def _own_entrant(work: Work, key: dict[str, str]) -> Entrant:
    dossiers = models.procedure.dossiers
    row = work.session.execute(
        select(dossiers, _ASSIGNMENTS.c.state)
        .join(_ASSIGNMENTS, _ASSIGNMENTS.c.application_id == dossiers.c.application_id)
        .where(is_(_ASSIGNMENTS, key), _ASSIGNMENTS.c.state.in_(ON_DUTY), conflicts.free(_ASSIGNMENTS))
    ).one_or_none()
    if row is None:
        raise conflicts.nothing_of_yours()
    if row.state != Assigned.ACCEPTED:
        raise Conflict("请先接受评审任务", "the assignment is to be accepted first", code="not_accepted")
    if row.withdrawn_on is not None:
        raise Conflict("该申报已撤回", "the application was withdrawn")
    return Entrant(row.application_id, row.sequence, row.dossier)


def _require_open(work: Work, conductor: Conductor, cycle: Cycle, entrant: Entrant, stage: str) -> None:
    state = conductor.row(work, cycle.cycle_id, stage).state
    if state != "begun":
        raise Conflict(
            f"阶段 {stage} 当前为 {state}，不能评分", f"stage {stage} is {state} and takes no sheets"
        )
    key = {"cycle_id": cycle.cycle_id, "stage": stage, "application_id": entrant.application_id}
    issues.require_unlocked(work, key)
