"""资助台账: the grants of each cycle, held against its budget, with clawbacks; and what was paid before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, not_, or_, select, true, update

from services.incentives import budgets, models
from services.incentives.applicants import Applicant
from services.incentives.grants import Grant, Payment, over_budget
from services.incentives.payments.states import GONE_OUT
from services.incentives.statuses import Status, before
from shared.procedure import Conductor, Cycle
from shared.procedure.confirmations import Outstanding
from shared.store import Work

_GRANTS, _PAYMENTS, _CLAWBACKS = models.grants, models.payments, models.clawbacks
_FIELDS = (
    "level",
    "track",
    "amount_fen",
    "rule",
    "explanation_zh",
    "explanation_en",
    "explanation",
    "once_key",
)


def put(work: Work, cycle: Cycle, applicant: Applicant, grant: Grant, track: str | None) -> None:
    """Enter a grant, or bring the one that is there up to date; there is never a second one. One that was stopped stays as it
    stood then.
    """
    values = {name: getattr(grant, name) for name in _FIELDS if name != "track"} | {"track": track}
    known = find(work, cycle, applicant.application_id, grant.for_)
    if known is not None and (
        known.state == Status.STOPPED or all(getattr(known, name) == values[name] for name in _FIELDS)
    ):
        return
    this = _key(cycle, applicant.application_id, grant.for_)
    if known is None:
        row = {
            **this,
            **values,
            "world": cycle.world,
            "applicant_key": applicant.applicant_key,
            "state": Status.COMPUTED.value,
            "computed_on": work.today(),
        }
        work.session.execute(_GRANTS.insert().values(**row))
    else:
        work.session.execute(update(_GRANTS).where(_is(this)).values(**values, computed_on=work.today()))
    work.audit(
        "grant:computed",
        f"{applicant.application_id}/{grant.for_}",
        before=None if known is None else {name: getattr(known, name) for name in _FIELDS},
        after=values,
        cycle_id=cycle.cycle_id,
    )


def settle(work: Work, cycle: Cycle) -> None:
    """Hold the cycle's grants while together they exceed the budget, none of them cut, and each award whose winner's
    records are not confirmed; let them go when nothing holds them. Stop each award of which an officer has decided so.
    """
    from services.incentives import records

    outstanding = records.outstanding(work, cycle)
    stopped = _award_of(each for each, why in outstanding.items() if why.stopped)
    left = _GRANTS.c.application_id.in_(_gone_out(cycle))
    # The applicant may still get it once for another award: that key was this one's as long as it could be paid.
    _move(work, cycle, Status.STOPPED, and_(stopped, not_(left)), once_key=None)
    over = over_budget(granted(work, cycle), budgets.of_cycle(work, cycle))
    held = true() if over else _award_of(outstanding)
    _move(work, cycle, Status.HELD, held, over)
    _move(work, cycle, Status.COMPUTED, not_(held), over)


def _award_of(applications: Iterable[str]) -> ColumnElement[bool]:
    return and_(_GRANTS.c.grant_for == "award", _GRANTS.c.application_id.in_(list(applications)))


def _move(
    work: Work,
    cycle: Cycle,
    status: Status,
    which: ColumnElement[bool],
    over: int | None = None,
    **values: Any,
) -> None:
    this = and_(_GRANTS.c.cycle_id == cycle.cycle_id, _GRANTS.c.state.in_(before(status)), which)
    moved = work.session.execute(update(_GRANTS).where(this).values(state=status.value, **values))
    if getattr(moved, "rowcount", 0):
        after = {"state": status.value} if over is None else {"over_budget_fen": over}
        work.audit(f"grants:{status}", cycle.cycle_id, after=after, cycle_id=cycle.cycle_id)


def find(work: Work, cycle: Cycle, application_id: str, for_: str) -> Row[Any] | None:
    """A grant, where there is one."""
    return work.session.execute(select(_GRANTS).where(_is(_key(cycle, application_id, for_)))).one_or_none()


def granted(work: Work, cycle: Cycle) -> int:
    """All grants of a cycle together, in fen. In a real one without the awards that were stopped, or whose winners fell out
    before anything left for them: what will never be paid takes nobody else's money.
    """
    counted = _GRANTS.c.cycle_id == cycle.cycle_id
    if not cycle.rehearsal:
        counted = and_(counted, not_(_never_paid()))
    query = select(func.coalesce(func.sum(_GRANTS.c.amount_fen), 0)).where(counted)
    return int(work.session.execute(query).scalar_one())


def granted_by_cycle(
    work: Work, cycles: Select[tuple[str]] | Iterable[str], rehearsals: Iterable[str] = ()
) -> dict[str, int]:
    """`granted` of several cycles in one statement, `rehearsals` among them; a cycle without grants is not in it."""
    counted = or_(_GRANTS.c.cycle_id.in_(rehearsals), not_(_never_paid()))
    query = (
        select(_GRANTS.c.cycle_id, func.sum(_GRANTS.c.amount_fen))
        .where(and_(_GRANTS.c.cycle_id.in_(cycles), counted))
        .group_by(_GRANTS.c.cycle_id)
    )
    return {cycle_id: int(fen) for cycle_id, fen in work.session.execute(query)}


def _never_paid() -> ColumnElement[bool]:
    revocations, dossiers, lines = models.revocations, models.procedure.dossiers, models.lines
    application, cycle = _GRANTS.c.application_id, _GRANTS.c.cycle_id
    revoked = exists().where(
        and_(revocations.c.application_id == application, revocations.c.cycle_id == cycle)
    )
    withdrawn = exists().where(
        and_(
            dossiers.c.application_id == application, dossiers.c.cycle_id == cycle,
            dossiers.c.withdrawn_on.is_not(None),
        )
    )  # fmt: skip
    gone_out = exists().where(
        and_(
            lines.c.cycle_id == cycle, lines.c.application_id == application, lines.c.grant_for == "award",
            lines.c.state.in_(GONE_OUT),
        )
    )  # fmt: skip
    fell_out = or_(revoked, withdrawn, _GRANTS.c.state == Status.STOPPED.value)
    return and_(_GRANTS.c.grant_for == "award", fell_out, not_(gone_out))


def _gone_out(cycle: Cycle) -> Any:
    """The applications for whose award something has left."""
    lines = models.lines
    return select(lines.c.application_id).where(
        and_(lines.c.cycle_id == cycle.cycle_id, lines.c.grant_for == "award", lines.c.state.in_(GONE_OUT))
    )


def paid_before(work: Work, cycle: Cycle, applicant: Applicant, for_: str) -> list[Payment]:
    """What the same applicant got before in this world: payments on record, and grants of other applications that were not
    stopped.
    """
    key = applicant.applicant_key
    recorded = work.session.execute(
        select(_PAYMENTS)
        .where(and_(_PAYMENTS.c.world == cycle.world, _PAYMENTS.c.applicant_key == key))
        .order_by(_PAYMENTS.c.paid_on, _PAYMENTS.c.id)
    )
    made = work.session.execute(
        select(_GRANTS)
        .where(
            and_(
                _GRANTS.c.world == cycle.world,
                _GRANTS.c.applicant_key == key,
                _GRANTS.c.application_id != applicant.application_id,
                _GRANTS.c.amount_fen > 0,
                _GRANTS.c.state != Status.STOPPED.value,
            )
        )
        .order_by(_GRANTS.c.computed_on, _GRANTS.c.application_id)
    )
    found = [Payment(row.grant_for, row.level or None, row.amount_fen, row.paid_on) for row in recorded]
    found += [Payment(row.grant_for, row.level, row.amount_fen, row.computed_on) for row in made]
    return [payment for payment in found if payment.for_ == for_]


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's grants in order of submission (those never accepted last), its clawbacks, and both against the budget."""
    cycle = conductor.cycle(work, data["cycle_id"])
    from services.incentives import records

    total, budget = granted(work, cycle), budgets.of_cycle(work, cycle)
    unconfirmed = records.outstanding(work, cycle)
    return {
        "grants": [_grant_state(row, unconfirmed) for row in _ordered(work, _GRANTS, cycle)],
        "clawbacks": [_clawback_state(row) for row in _ordered(work, _CLAWBACKS, cycle)],
        "budget_fen": budget,
        "granted_fen": total,
        "over_budget_fen": over_budget(total, budget),
    }


def _ordered(work: Work, table: Any, cycle: Cycle) -> list[Row[Any]]:
    dossiers = models.procedure.dossiers
    query = (
        select(table)
        .outerjoin(dossiers, dossiers.c.application_id == table.c.application_id)
        .where(table.c.cycle_id == cycle.cycle_id)
        .order_by(dossiers.c.sequence.is_(None), dossiers.c.sequence, table.c.application_id)
    )
    return list(work.session.execute(query))


def _grant_state(row: Row[Any], unconfirmed: Mapping[str, Outstanding]) -> dict[str, Any]:
    names = (
        "application_id", "grant_for", "level", "amount_fen", "rule", "explanation_zh", "explanation_en",
    )  # fmt: skip
    lacking = unconfirmed.get(row.application_id) if row.grant_for == "award" else None
    # What was confirmed may have ended since the last event; a line is never shown as payable that is not.
    holds = lacking is not None and row.state != Status.STOPPED
    return {
        **{name: getattr(row, name) for name in names},
        "lines": row.explanation or [],
        "state": Status.HELD.value if holds else row.state,
        "held_zh": None if lacking is None else lacking.reason_zh,
        "held_en": None if lacking is None else lacking.reason_en,
    }


def _clawback_state(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("application_id", "amount_fen", "rule", "raised_on")}


def _key(cycle: Cycle, application_id: str, for_: str) -> dict[str, str]:
    return {"cycle_id": cycle.cycle_id, "application_id": application_id, "grant_for": for_}


def _is(key: dict[str, str]) -> Any:
    return and_(*(_GRANTS.c[name] == value for name, value in key.items()))
