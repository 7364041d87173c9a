"""催办: what the clock does about enquiries of real cycles that nobody has answered. It asks, it never concludes.

A department that is left alone or crowded is asked when that is over; people whose time is over count as silent; silence is
chased, and what stays silent is in the office's queue. Done by every replica, each taking other rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import OperationalError

from services.intake import enquiries, models
from services.intake.enquiry_terms import Terms
from shared.store import Work

_ENQUIRIES = models.enquiries
_AT_A_TIME = 500  # rows in one transaction
_LATER = timedelta(minutes=10)  # after which one that failed is tried again
log = structlog.get_logger(__name__)


def chase(work: Work, terms: Terms) -> None:
    """Do what is due. One that fails leaves the others alone: it is told in the log, and tried again in a while."""
    query = (
        enquiries.rows()
        .where(_ENQUIRIES.c.due_at <= work.now())
        .order_by(_ENQUIRIES.c.due_at)
        .limit(_AT_A_TIME)
        .with_for_update(skip_locked=True, of=_ENQUIRIES)
    )
    for row in work.session.execute(query).all():
        try:
            with work.piece():
                _do(work, row, terms)
        except OperationalError:
            raise  # the database itself: nothing of this will be kept
        except Exception as error:  # noqa: BLE001 - whatever it is, hundreds of others wait behind it
            log.error("reminder.failed", enquiry=enquiries.key(row), error=type(error).__name__)
            with work.piece():
                enquiries.change(work, row, due_at=work.now() + _LATER)


def _do(work: Work, row: Row[Any], terms: Terms) -> None:
    if row.decided or row.status not in enquiries.STILL_ASKED_FOR:
        enquiries.change(work, row, due_at=None)
    elif row.state == "silent":
        enquiries.press(work, row, reminders=row.reminders + 1)
    elif row.state != "pending":
        enquiries.change(work, row, due_at=None)
    elif row.channel != "http":
        days = terms.reply.days
        enquiries.keep_silence(work, row, f"no reply within {days} days", terms, attempts=0)
    elif row.raised_at is not None and work.now() - row.raised_at > terms.patience:
        enquiries.keep_silence(work, row, row.last_failure or "not asked in time", terms, attempts=0)
    elif enquiries.change(work, row, due_at=None):
        enquiries.put_on_the_bus(work, row.cycle_id, row.application_id, row.department, row.revision)
