"""Records confirmed before a committee meets or money moves: what intake told of each application, kept where it counts.

Whoever must not go on without it keeps one small table of one purpose and asks `outstanding`. What was not told counts as
not confirmed; a rehearsal's records cannot change, so none is asked for there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Column, Date, Integer, MetaData, String, Table, Text, and_, select, update

from shared.calendar import in_words
from shared.procedure.state import Cycle

if TYPE_CHECKING:
    from shared.store import Work

_FEW = 500  # of more, the whole cycle's are read: a long list of ids costs more than it saves


@dataclass(frozen=True)
class Outstanding:
    """An application whose records are not confirmed, and why. `stopped`: an officer has decided that it goes no further."""

    application_id: str
    reason_zh: str
    reason_en: str
    stopped: bool = False


def confirmation_table(metadata: MetaData) -> Table:
    """Declare the table in a service's metadata."""
    return Table(
        "confirmations",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("cycle_id", String(64), nullable=False, index=True),
        Column("revision", Integer, nullable=False),
        Column("state", String(10), nullable=False),  # confirmed | differs | stopped
        Column("digest", String(100)),
        Column("valid_until", Date),
        Column("reason_zh", Text),
        Column("reason_en", Text),
    )


def create(op: Any) -> None:
    """The table as a migration of the service that keeps it. `op` is Alembic's."""
    op.create_table(
        "confirmations",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason_zh", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_confirmations_cycle_id", "confirmations", ["cycle_id"], unique=False)


class Confirmations:
    """The confirmations of one purpose."""

    def __init__(self, table: Table, purpose: str) -> None:
        self._table = table
        self._purpose = purpose

    def confirmed(self, work: Work, data: dict[str, Any]) -> bool:
        """Keep a `records.confirmed`; False where it is of another purpose or older than what is known."""
        return self._keep(
            work, data, state="confirmed", digest=data["digest"], valid_until=data["valid_until"]
        )

    def differ(self, work: Work, data: dict[str, Any]) -> bool:
        """Keep a `records.differ`; False where it is of another purpose or older than what is known."""
        state = "differs" if data["decided_by"] is None else "stopped"
        return self._keep(work, data, state=state, reason_zh=data["reason_zh"], reason_en=data["reason_en"])

    def outstanding(self, work: Work, cycle: Cycle, applications: Iterable[str]) -> list[Outstanding]:
        """Those of the applications that may not go on today, in their order."""
        if cycle.rehearsal or not cycle.rulebook.departments:
            return []
        table = self._table
        several = list(applications)
        this = table.c.cycle_id == cycle.cycle_id
        if len(several) <= _FEW:
            this = and_(this, table.c.application_id.in_(several))
        rows = work.session.execute(select(table).where(this))
        known = {row.application_id: row for row in rows}
        found = (self._lacking(work, a, known.get(a)) for a in several)
        return [each for each in found if each is not None]

    def _lacking(self, work: Work, application_id: str, row: Any) -> Outstanding | None:
        if row is None:
            return Outstanding(
                application_id, "部门记录尚未复核", "the departments' records are not confirmed yet"
            )
        if row.state != "confirmed":
            return Outstanding(application_id, row.reason_zh, row.reason_en, row.state == "stopped")
        if row.valid_until is not None and row.valid_until < work.today():
            return Outstanding(
                application_id,
                f"部门记录的复核于 {in_words(row.valid_until).zh} 到期",
                f"the confirmation of the records ended on {in_words(row.valid_until).en}",
            )
        return None

    def _keep(self, work: Work, data: dict[str, Any], **values: Any) -> bool:
        if data["purpose"] != self._purpose:
            return False
        table = self._table
        this = table.c.application_id == data["application_id"]
        known = work.session.execute(select(table.c.revision).where(this)).scalar_one_or_none()
        if known is not None and known >= data["revision"]:
            return False
        row = {"digest": None, "valid_until": None, "reason_zh": None, "reason_en": None, **values}
        row["revision"] = data["revision"]
        if known is None:
            key = {name: data[name] for name in ("application_id", "cycle_id")}
            work.session.execute(table.insert().values(**key, **row))
        else:
            work.session.execute(update(table).where(this).values(**row))
        work.audit(f"records:{row['state']}", data["application_id"], after=data, cycle_id=data["cycle_id"])
        return True
