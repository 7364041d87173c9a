"""资金总览: the money of all real cycles at a glance, and what waits for finance in any of them, the most urgent first.

As many statements however many cycles there are. Rehearsals pay nothing and are in none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, exists, false, func, not_, select

from services.incentives import budgets, ledger, models
from services.incentives.grants import over_budget
from services.incentives.payments.states import Batch, Line
from services.incentives.receivable_states import OWED, next_due, owed
from services.incentives.two_people import State
from shared.contracts.operations.incentives.funds import MOST_WAITS, PRESSING, WAITS
from shared.store import Work

_CYCLES = models.procedure.cycles
_BATCHES, _LINES, _PAYEES, _RECEIVABLES = models.batches, models.lines, models.payees, models.receivables
_OF_BATCH = {Batch.HELD.value: "batches_held", Batch.ASSEMBLED.value: "batches_to_decide"}
_OF_LINE = {Line.FAILED.value: "lines_returned", Line.UNKNOWN.value: "lines_unknown"}


class Wait(NamedTuple):
    """One kind of thing that waits in one cycle; None where it is of no amount, or of no day."""

    cycle_id: str
    kind: str
    number: int
    amount_fen: int | None = None
    day: date | None = None


def listed(work: Work, data: Mapping[str, Any]) -> dict[str, Any]:
    """A page of cycles, the newest first; the sums and what waits are of all of them, whichever page is asked for."""
    query = select(_CYCLES).where(_real(work)).order_by(_CYCLES.c.opens_on.desc(), _CYCLES.c.id.desc())
    cycles = [dict(row) for row in work.session.execute(query).mappings()]
    _reckon(work, cycles)
    waits = sorted(
        (*_over(cycles), *_batches(work), *_lines(work), *_accounts(work), *_owed(work)), key=_urgency
    )
    begin = (data["page"] - 1) * data["size"]
    return {
        "page": data["page"],
        "size": data["size"],
        "total": len(cycles),
        "cycles": [{name: each[name] for name in _TOLD} for each in cycles[begin : begin + data["size"]]],
        **{name: _sum(each[name] for each in cycles) for name in ("budget_fen", "granted_fen", "paid_fen")},
        "waits": [each._asdict() for each in waits[:MOST_WAITS]],
        "waits_left_out": max(0, len(waits) - MOST_WAITS),
    }


_TOLD = (
    "cycle_id", "rulebook", "year", "budget_fen", "granted_fen", "over_budget_fen", "paid_fen", "back_fen",
)  # fmt: skip


def _real(work: Work) -> ColumnElement[bool]:
    """The cycles that somebody may see here: whoever plays a rehearsal hears of no real one."""
    return false() if work.context.rehearsal_date is not None else _CYCLES.c.rehearsal.is_(False)


def _among(work: Work, table: Table) -> ColumnElement[bool]:
    return table.c.cycle_id.in_(select(_CYCLES.c.id).where(_real(work)))


def _reckon(work: Work, cycles: Iterable[dict[str, Any]]) -> None:
    """Work out each cycle's sums, in fen."""
    granted = ledger.granted_by_cycle(work, select(_CYCLES.c.id).where(_real(work)))
    counts = budgets.of_cycles(work, {each["id"]: each["budget_fen"] for each in cycles})
    paid = _by_cycle(work, _LINES, _LINES.c.amount_fen, _LINES.c.state == Line.CONFIRMED.value)
    still = _RECEIVABLES.c.amount_fen - _RECEIVABLES.c.received_fen
    back = _by_cycle(work, _RECEIVABLES, still, _RECEIVABLES.c.state.in_(OWED))
    for each in cycles:
        cycle_id = each["cycle_id"] = each["id"]
        each["budget_fen"], each["granted_fen"] = counts[cycle_id], granted.get(cycle_id, 0)
        each["over_budget_fen"] = over_budget(each["granted_fen"], each["budget_fen"])
        each["paid_fen"], each["back_fen"] = paid.get(cycle_id, 0), back.get(cycle_id, 0)


def _by_cycle(
    work: Work, table: Table, amount: ColumnElement[int], which: ColumnElement[bool]
) -> dict[str, int]:
    query = (
        select(table.c.cycle_id, func.sum(amount))
        .where(and_(_among(work, table), which))
        .group_by(table.c.cycle_id)
    )
    return {cycle_id: int(fen) for cycle_id, fen in work.session.execute(query)}


def _sum(parts: Iterable[int | None]) -> int | None:
    """None where one of them is not set: a part of a budget is not the whole of it."""
    known = list(parts)
    return None if None in known else sum(part or 0 for part in known)


def _urgency(wait: Wait) -> tuple[bool, date, int, int]:
    """What presses comes before what waits, by day where there is one, the more the sooner."""
    return wait.kind not in PRESSING, wait.day or date.max, -wait.number, WAITS.index(wait.kind)


def _over(cycles: Iterable[Mapping[str, Any]]) -> Iterator[Wait]:
    for each in cycles:
        if each["over_budget_fen"]:
            yield Wait(each["cycle_id"], "over_budget", 1, each["over_budget_fen"])


def _batches(work: Work) -> Iterator[Wait]:
    query = (
        select(
            _BATCHES.c.cycle_id, _BATCHES.c.state, func.count(_BATCHES.c.id.distinct()),
            func.coalesce(func.sum(_LINES.c.amount_fen), 0),
        )
        .outerjoin(_LINES, _LINES.c.batch_id == _BATCHES.c.id)
        .where(and_(_among(work, _BATCHES), _BATCHES.c.state.in_(_OF_BATCH)))
        .group_by(_BATCHES.c.cycle_id, _BATCHES.c.state)
    )  # fmt: skip
    for cycle_id, state, number, fen in work.session.execute(query):
        yield Wait(cycle_id, _OF_BATCH[state], number, int(fen))


def _lines(work: Work) -> Iterator[Wait]:
    """What the bank returned, until another line takes its place; and what nobody knows of."""
    other = _LINES.alias()
    replaced = exists().where(
        and_(
            other.c.cycle_id == _LINES.c.cycle_id, other.c.application_id == _LINES.c.application_id,
            other.c.grant_for == _LINES.c.grant_for, other.c.replaces == _LINES.c.id,
        )
    )  # fmt: skip
    query = (
        select(_LINES.c.cycle_id, _LINES.c.state, func.count(), func.sum(_LINES.c.amount_fen))
        .where(and_(_among(work, _LINES), _LINES.c.state.in_(_OF_LINE), not_(replaced)))
        .group_by(_LINES.c.cycle_id, _LINES.c.state)
    )
    for cycle_id, state, number, fen in work.session.execute(query):
        yield Wait(cycle_id, _OF_LINE[state], number, int(fen))


def _accounts(work: Work) -> Iterator[Wait]:
    query = (
        select(_PAYEES.c.cycle_id, func.count())
        .where(and_(_among(work, _PAYEES), _PAYEES.c.state == State.PROPOSED.value))
        .group_by(_PAYEES.c.cycle_id)
    )
    for cycle_id, number in work.session.execute(query):
        yield Wait(cycle_id, "payees_to_check", number)


def _owed(work: Work) -> Iterator[Wait]:
    """What is late counts with what is late of it, the others with all that is owed; each by the first day of its kind."""
    query = select(_RECEIVABLES).where(and_(_among(work, _RECEIVABLES), _RECEIVABLES.c.state.in_(OWED)))
    found: dict[tuple[str, str], list[tuple[int, date]]] = {}
    for row in work.session.execute(query):
        late = owed(row.amount_fen, row.received_fen, row.due_on, row.instalments, work.today())
        kind = "receivables_overdue" if late else "receivables_due"
        told = (
            late or row.amount_fen - row.received_fen,
            next_due(row.received_fen, row.due_on, row.instalments),
        )
        found.setdefault((row.cycle_id, kind), []).append(told)
    for (cycle_id, kind), some in found.items():
        yield Wait(cycle_id, kind, len(some), sum(fen for fen, _ in some), min(day for _, day in some))
