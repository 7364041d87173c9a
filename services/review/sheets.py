"""评分表: one per assigned reviewer and application, given once and locked; which of them count."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError

from services.review import conflicts, models
from services.review.scores import thousandths
from shared.problems import Conflict, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.rulebooks import Stage
from shared.store import Work

_ASSIGNMENTS, _SHEETS = models.assignments, models.sheets
_NAMED_AT_MOST = 20  # applications that a refusal names one by one


def submit(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A reviewer hands in its sheet. Raises NotFound where it is not assigned, Conflict where it is too late."""
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
    _require_open(work, conductor, cycle, data["stage"])
    try:
        percent = thousandths(data["percent"])
    except ValueError:
        raise invalid_field(
            "percent", "应在 0 至 100 之间，至多三位小数", "must be 0 to 100 with at most three decimals"
        ) from None
    try:
        with work.session.begin_nested():
            work.session.execute(_SHEETS.insert().values(**key, thousandths=percent, submitted_at=work.now()))
    except IntegrityError:
        raise Conflict("评分表已提交，不能更改", "the sheet is in and cannot be changed") from None
    work.audit(
        "sheet:submitted",
        f"{data['stage']}/{data['application_id']}/{key['expert_id']}",
        after={"thousandths": percent},
        cycle_id=cycle.cycle_id,
    )
    return {"done": True}


def counted(
    work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]
) -> tuple[dict[str, list[int]], dict[str, int]]:
    """By application: the valid sheets in thousandths, in order of assignment, and how many are still to come.

    Sheets of a reviewer with an interest, of whatever time it became known, are kept and not counted.
    """
    here = {entrant.application_id for entrant in entrants}
    same = ("cycle_id", "stage", "application_id", "expert_id")
    query = (
        select(_ASSIGNMENTS.c.application_id, _ASSIGNMENTS.c.expert_id, _SHEETS.c.thousandths)
        .outerjoin(_SHEETS, and_(*(_SHEETS.c[name] == _ASSIGNMENTS.c[name] for name in same)))
        .where(
            _ASSIGNMENTS.c.cycle_id == cycle.cycle_id,
            _ASSIGNMENTS.c.stage == stage.key,
            conflicts.free(_ASSIGNMENTS),
        )
        .order_by(_ASSIGNMENTS.c.position)
    )
    valid: dict[str, list[int]] = defaultdict(list)
    missing: dict[str, int] = defaultdict(int)
    for row in work.session.execute(query):
        if row.application_id not in here:
            continue
        if row.thousandths is None:
            missing[row.application_id] += 1
        else:
            valid[row.application_id].append(row.thousandths)
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
        for sequence, lacking in short[:_NAMED_AT_MOST]
    ]
    if len(short) > _NAMED_AT_MOST:
        more = len(short) - _NAMED_AT_MOST
        said.append(f"另外 {more} 份申报的评分表 / sheets for {more} more applications")
    return said


def _hold(work: Work, cycle: Cycle) -> None:
    """Sheets go in beside each other; closing the stage, which locks the cycle's row, waits for those under way."""
    cycles = models.procedure.cycles
    work.session.execute(select(cycles.c.id).where(cycles.c.id == cycle.cycle_id).with_for_update(read=True))


def _own_entrant(work: Work, key: dict[str, str]) -> Entrant:
    dossiers = models.procedure.dossiers
    row = work.session.execute(
        select(dossiers)
        .join(_ASSIGNMENTS, _ASSIGNMENTS.c.application_id == dossiers.c.application_id)
        .where(*(_ASSIGNMENTS.c[name] == value for name, value in key.items()), conflicts.free(_ASSIGNMENTS))
    ).one_or_none()
    if row is None:
        raise conflicts.nothing_of_yours()
    if row.withdrawn_on is not None:
        raise Conflict("该申报已撤回", "the application was withdrawn")
    return Entrant(row.application_id, row.sequence, row.dossier)


def _require_open(work: Work, conductor: Conductor, cycle: Cycle, stage: str) -> None:
    state = conductor.row(work, cycle.cycle_id, stage).state
    if state != "begun":
        raise Conflict(
            f"阶段 {stage} 当前为 {state}，不能评分", f"stage {stage} is {state} and takes no sheets"
        )
