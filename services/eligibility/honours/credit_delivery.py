"""Delivers reports to the credit platforms, after the commit and outside any transaction; and what people do where that fails.

A report that is not answered is tried again, twice as long after each time, then it has failed; one that was handed over is
asked about until its receipt is there. Both are taken up by the clock (`take_up`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from services.eligibility import models
from services.eligibility.credit import (
    CreditPlatform,
    CreditReport,
    PlatformRefused,
    PlatformSilent,
)
from services.eligibility.honours import cases, credit_reports, orders
from services.eligibility.honours.states import Report, refused
from shared.config import Settings
from shared.problems import invalid_field
from shared.procedure import Conductor
from shared.store import Store, Work

_REPORTS = models.credit_reports
_AT_ONCE = 50  # reports that one tick takes up
_LONGEST = 6 * 3600.0  # seconds between two tries


@dataclass(frozen=True)
class Terms:
    """How often a platform is tried, how long after the first failure (seconds, doubled each time), how often it is asked
    for a receipt (seconds).
    """

    attempts: int
    backoff: float
    poll: float

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """As the settings say."""
        return cls(settings.credit_attempts, settings.credit_backoff, settings.credit_poll_seconds)

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many tries."""
        return timedelta(seconds=min(self.backoff * 2 ** max(0, attempts - 1), _LONGEST))


@dataclass(frozen=True)
class _Said:
    """What came of one try: a receipt, or silence, or a refusal; none of them: handed over, or no receipt yet."""

    receipt: str | None = None
    silence: str | None = None
    refusal: str | None = None


def deliver(
    store: Store, report_id: str, conductor: Conductor, platform: CreditPlatform, terms: Terms
) -> Callable[[Work], None]:
    """Deliver a report, or ask for its receipt; what came of it is written by what this returns."""
    with store.read() as work:
        row = credit_reports.require(work, report_id)
    if row.state not in credit_reports.WAITING:
        return lambda work: None  # settled meanwhile

    said = _ask(platform, row)

    def keep(work: Work) -> None:
        _keep(work, conductor, credit_reports.require(work, report_id), row, said, terms)

    return keep


def _ask(platform: CreditPlatform, row: Row[Any]) -> _Said:
    try:
        if row.state == Report.QUEUED:
            return _Said(receipt=platform.deliver(CreditReport.of(row.body)))
        return _Said(receipt=platform.receipt(row.id))
    except PlatformSilent as silent:
        return _Said(silence=silent.reason)
    except PlatformRefused as refusal:
        return _Said(refusal=refusal.reason)


def _keep(
    work: Work, conductor: Conductor, row: Row[Any], asked: Row[Any], said: _Said, terms: Terms
) -> None:
    if (row.state, row.attempts) != (asked.state, asked.attempts):
        return  # another replica has written what it was told
    now, attempts = work.now(), row.attempts + 1
    if said.receipt is not None:
        settled = {"receipt": said.receipt, "settled_at": now, "settled_by": work.by, "due_at": None}
        settled |= {"attempts": attempts, "sent_at": row.sent_at or now, "last_failure": None}
        if credit_reports.move(work, row, Report.ACKNOWLEDGED, "credit_report:acknowledged", **settled):
            _order_done(work, conductor, row.order_id)
    elif said.refusal is not None or (said.silence is not None and attempts >= terms.attempts):
        failed = {"attempts": attempts, "due_at": None, "last_failure": said.refusal or said.silence}
        credit_reports.move(work, row, Report.FAILED, "credit_report:failed", **failed)
    elif said.silence is not None:
        _wait(work, row, attempts=attempts, due_at=now + terms.pause(attempts), last_failure=said.silence)
    elif row.state == Report.QUEUED:
        # From here on tries are counted anew: they are for the receipt.
        sent = {
            "attempts": 0,
            "sent_at": now,
            "due_at": now + timedelta(seconds=terms.poll),
            "last_failure": None,
        }
        credit_reports.move(work, row, Report.SENT, "credit_report:sent", **sent)
    else:
        _wait(work, row, due_at=now + timedelta(seconds=terms.poll), attempts=0, last_failure=None)


def _wait(work: Work, row: Row[Any], **values: Any) -> None:
    here = and_(_REPORTS.c.id == row.id, _REPORTS.c.state == row.state)
    work.session.execute(update(_REPORTS).where(here).values(**values))
    if values["last_failure"] is not None:
        told = {"attempts": values["attempts"], "last_failure": values["last_failure"]}
        work.audit("credit_report:not_answered", row.id, after=told, cycle_id=row.cycle_id)


def take_up(work: Work, terms: Terms) -> None:
    """Put on the bus what is due again, and what was queued so long ago that its event must be lost."""
    now = work.now()
    forgotten = and_(_REPORTS.c.due_at.is_(None), _REPORTS.c.queued_at < now - timedelta(seconds=_LONGEST))
    due = and_(_REPORTS.c.state.in_(credit_reports.WAITING), or_(_REPORTS.c.due_at <= now, forgotten))
    query = select(_REPORTS).where(due).order_by(_REPORTS.c.due_at).limit(_AT_ONCE)
    for row in work.session.execute(query).all():
        same = _REPORTS.c.due_at.is_(None) if row.due_at is None else _REPORTS.c.due_at == row.due_at
        taken = work.session.execute(
            update(_REPORTS)
            .where(and_(_REPORTS.c.id == row.id, _REPORTS.c.state == row.state, same))
            .values(due_at=now + timedelta(seconds=max(terms.poll, terms.backoff)))
        )
        if getattr(taken, "rowcount", 0):  # else another replica has taken it up
            credit_reports.put_on_the_bus(work, row.cycle_id, row.id)


# --- by people ----------------------------------------------------------------------------------------------------


def send_again(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A failed report is tried from the beginning."""
    row = credit_reports.require(work, data["report_id"])
    conductor.cycle(work, row.cycle_id)
    anew = {"attempts": 0, "due_at": None, "queued_at": work.now()}
    if not credit_reports.move(work, row, Report.QUEUED, "credit_report:queued_again", **anew):
        raise refused("该报送", "the report", row.state, Report.QUEUED)
    credit_reports.put_on_the_bus(work, row.cycle_id, row.id)
    return credit_reports.state(credit_reports.require(work, row.id))


def settle_by_hand(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A person brought the report to the platform: with its receipt, and at least one paper that proves it."""
    row = credit_reports.require(work, data["report_id"])
    conductor.cycle(work, row.cycle_id)
    if not data["papers"]:
        raise invalid_field("papers", "须附报送凭证", "a proof is asked for")
    settled = {
        "receipt": data["receipt"], "note": data["note"], "papers": list(data["papers"]), "settled_by": work.by,
        "settled_at": work.now(), "due_at": None,
    }  # fmt: skip
    if not credit_reports.move(work, row, Report.BY_HAND, "credit_report:by_hand", **settled):
        raise refused("该报送", "the report", row.state, Report.BY_HAND)
    _order_done(work, conductor, row.order_id)
    return credit_reports.state(credit_reports.require(work, row.id))


def _order_done(work: Work, conductor: Conductor, order_id: str) -> None:
    """The order is done with its last report. The lock comes first: of two last receipts one sees the other."""
    order = orders.require(work, order_id)
    cycle = conductor.cycle(work, cases.require(work, order.case_id).cycle_id)
    conductor.records.cycle(work, cycle.cycle_id, lock=True)
    if credit_reports.all_settled(work, order_id):
        orders.done(work, cycle, order_id)
        cases.order_settled(work, conductor, order_id)
