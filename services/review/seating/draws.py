"""抽取评审组: prepared by an officer, settled by a witness, computed outside any transaction, kept for good.

Preparing freezes the inputs and puts the office's share under seal; the share of the witness settles the seed. Nobody can
then choose: what the office prepares instead of it is a new draw, with a reason, and the old one stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import conflicts, models
from services.review.panels import Problem
from services.review.seating import drafts, inputs, problems, records
from services.review.seating.rows import Place, last_draw, note, panel, place
from services.review.seating.states import Drawn, Panelled, draw_after
from shared.bus.native import Native
from shared.contracts.events import DrawWitnessed
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Conductor
from shared.store import Store, Work

_DRAWS = models.draws
_BITS = 256  # of the salt and of the key of the pseudonyms
_AT_ONCE = 1  # draws computed beside each other in one process: each may take a processor for a while
_ENDED = (Drawn.DRAWN, Drawn.IMPOSSIBLE, Drawn.UNDECIDED)


def prepare(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """An officer begins a draw. Raises Conflict where the stage is not planned or the panel is released already."""
    where = place(work, conductor, data, lock=True)
    _require_open(work, conductor, where)
    before = last_draw(work, where)
    if before is not None and not data["reason"]:
        raise invalid_field("reason", "再次抽取须说明理由", "a draw that is repeated needs a reason")
    conflicts.of_cycle(work, where.cycle)
    problem = drafts.with_former(work, where, inputs.problem(work, conductor, where))
    if not problem.applications:
        raise Conflict("没有进入本阶段的申报", "no application enters the stage")
    _require_witness(work, problem, data["witness"])
    if before is not None and before.state not in _ENDED and before.state != Drawn.ABANDONED:
        _move(work, where, before, "abandon")
    row = _prepared(work, where, problem, data, 1 if before is None else before.number + 1)
    work.session.execute(_DRAWS.insert().values(**row))
    told = {name: row[name] for name in ("number", "commitment", "inputs", "witness")}
    note(work, where, "draw_prepared", told, reason=data["reason"])
    return _state(_require(work, where, row["number"]), where)


def _require_open(work: Work, conductor: Conductor, where: Place) -> None:
    state = conductor.row(work, where.cycle.cycle_id, where.stage.key).state
    if state != "planned":
        raise Conflict(
            f"阶段 {where.stage.key} 当前为 {state}，不能抽取评审组",
            f"stage {where.stage.key} is {state}: no panel is drawn for it",
        )
    found = panel(work, where)
    if found is not None and found.state != Panelled.DRAFTED:
        raise Conflict(
            "评审组已下达，只能更换评审员", "the panel is released: reviewers can only be replaced"
        )


def _require_witness(work: Work, problem: Problem, witness: str) -> None:
    if witness in work.parties:
        raise invalid_field("witness", "抽取人不得同时作见证人", "whoever draws cannot be the witness")
    if any(reviewer.expert_id == witness for reviewer in problem.experts):
        raise invalid_field(
            "witness", "专家库中的专家不得作见证人", "an expert of the pool cannot be the witness"
        )


def _prepared(
    work: Work, where: Place, problem: Problem, data: dict[str, Any], number: int
) -> dict[str, Any]:
    hidden, names = problems.pseudonymous(problem, secrets.token_hex(_BITS // 8))
    written = problems.as_json(hidden)
    salt, share = secrets.token_hex(_BITS // 8), data["share"]
    return {
        **where.key,
        "number": number,
        "state": Drawn.PREPARED.value,
        "reason": data["reason"],
        "prepared_by": work.context.actor,
        "prepared_at": work.now(),
        "commitment": records.commitment_of(salt, share),
        "salt": salt,
        "office_share": share,
        "problem": written,
        "inputs": records.inputs_digest(written),
        "names": names.as_json(),
        "witness": data["witness"],
    }


def witness(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The witness adds its share; the draw is settled and goes to be computed. Raises Forbidden for anybody else."""
    where = place(work, conductor, data, lock=True)
    row = _require(work, where, data["number"])
    if row.witness != work.context.actor or row.prepared_by in work.parties:
        raise Forbidden("只有指定的见证人可以见证", "only the witness that was named may do this")
    _move(work, where, row, "witness", witness_share=data["share"], witnessed_at=work.now())
    work.publish(DrawWitnessed, {**_wire_key(where), "number": row.number}, subject=where.name)
    note(work, where, "draw_witnessed", {"number": row.number, "share": data["share"]})
    return _state(_require(work, where, row.number), where)


@cache
def _threads() -> Native:
    return Native(_AT_ONCE)


def perform(
    store: Store, conductor: Conductor, data: dict[str, Any], seconds: float | None = None
) -> Callable[[Work], None]:
    """Compute a settled draw, without a transaction, in at most so many seconds. Gives what writes the outcome."""
    with store.read() as work:
        where = place(work, conductor, data)
        row = _require(work, where, data["number"])
    if row.state != Drawn.WITNESSED:
        return _nothing_to_keep
    return partial(settle, conductor=conductor, data=data, outcome=_threads().run(outcome, row, seconds))


def _nothing_to_keep(work: Work) -> None:
    """It was drawn before, or given up."""


def outcome(row: Row[Any], seconds: float | None) -> dict[str, Any]:
    """What a settled draw gives. Takes a processor for as long as it takes; touches no database."""
    return records.outcome_of(problems.from_json(row.problem), _seed(row), seconds)


def settle(work: Work, conductor: Conductor, data: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Write down what came of a draw; a panel becomes the draft in place of the one before."""
    where = place(work, conductor, data, lock=True)
    row = _require(work, where, data["number"])
    if row.state != Drawn.WITNESSED:
        return  # given up meanwhile: another one was prepared
    failure = records.failure_of(outcome)
    move = "give_up" if outcome.get("undecided") else "fail" if failure else "draw"
    _move(work, where, row, move, outcome=outcome, seed=_seed(row), drawn_at=work.now())
    row = _require(work, where, row.number)
    if failure:
        told = {"number": row.number, "reason_zh": failure.zh, "reason_en": failure.en}
        note(work, where, "draw_failed", told)
        return
    drafts.write(work, where, row, record(row, where))
    note(work, where, "drawn", {"number": row.number, "seed": row.seed, "outcome": outcome})


def _seed(row: Row[Any]) -> str:
    return records.seed_of(row.salt, row.office_share, row.witness_share, row.inputs)


def record(row: Row[Any], where: Place) -> dict[str, Any]:
    """The record of a draw that has ended."""
    return records.record_of(
        where.stage.key, where.category or None, dict(row._mapping), row.problem, row.outcome
    )


def published(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The record that anybody can repeat. Raises NotFound until the draw has ended."""
    where = place(work, conductor, data)
    row = _require(work, where, data["number"])
    if row.state not in _ENDED:
        raise NotFound("抽取尚未完成", "the draw has not ended")
    return {"cycle_id": where.cycle.cycle_id, "record": record(row, where)}


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Every draw of a cycle, in order; shares and salt stay under seal until a draw has ended."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_DRAWS).where(_DRAWS.c.cycle_id == cycle.cycle_id)
    rows = work.session.execute(query.order_by(_DRAWS.c.stage, _DRAWS.c.category, _DRAWS.c.number))
    return {
        "draws": [_state(row, Place(cycle, cycle.rulebook.stage(row.stage), row.category)) for row in rows]
    }


def _state(row: Row[Any], where: Place) -> dict[str, Any]:
    """The reply `DrawState`."""
    failure = records.failure_of(row.outcome) if row.outcome else None
    return {
        "stage": where.stage.key,
        "category": where.category or None,
        **{name: getattr(row, name) for name in ("number", "state", "reason", "prepared_by", "witness")},
        **{name: getattr(row, name) for name in ("commitment", "inputs", "witness_share", "seed")},
        "prepared_at": row.prepared_at.isoformat(),
        "drawn_at": row.drawn_at.isoformat() if row.drawn_at else None,
        "experts": len(row.problem["experts"]),
        "applications": len(row.problem["applications"]),
        "impossible_zh": failure.zh if failure else None,
        "impossible_en": failure.en if failure else None,
    }


def _wire_key(where: Place) -> dict[str, Any]:
    return {**where.key, "category": where.category or None}


def _require(work: Work, where: Place, number: int) -> Row[Any]:
    query = select(_DRAWS).where(and_(where.of(_DRAWS), _DRAWS.c.number == number))
    row = work.session.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有这次抽取", "no such draw")
    return row


def _move(work: Work, where: Place, row: Row[Any], move: str, **values: Any) -> None:
    this = and_(where.of(_DRAWS), _DRAWS.c.number == row.number, _DRAWS.c.state == row.state)
    work.session.execute(update(_DRAWS).where(this).values(state=draw_after(move, row.state).value, **values))
