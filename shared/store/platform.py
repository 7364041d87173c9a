"""The platform's tables as migrations: written once, called by the first migration of each service.

    from shared.store import platform

    def upgrade() -> None:
        platform.create(op)

What is here is history and never changes: a change of the platform's tables is a new function
(`to_version_2`), called by a new migration of each service.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from shared.store.columns import Instant
from shared.store.tables import GUARDED, guard_names, guard_statements

TABLES = frozenset({"outbox", "inbox", "answers", "audit", "audit_pending", "audit_seals"})


def create(op: Any) -> None:
    """Version 1: all tables of the platform, with the guards of the audit log. `op` is Alembic's."""
    _create_messages(op)
    _create_audit(op)
    for table in GUARDED:
        guard(op, table)


def to_version_2(op: Any) -> None:
    """Version 2: the audit log says who lent the actor the role."""
    op.add_column("audit", sa.Column("delegated_by", sa.String(200)))
    lent = sa.text("delegated_by IS NOT NULL")
    op.create_index("audit_delegated", "audit", ["delegated_by"], postgresql_where=lent, sqlite_where=lent)


def guard(op: Any, table: str) -> None:
    """Let rows of a table be inserted and nothing else."""
    for statement in guard_statements(op.get_bind().dialect.name, table):
        op.execute(sa.DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


def guard_until_destroyed(op: Any, table: str) -> None:
    """Put a guard in place of the one that stands there, which lets go of what shared/records destroys."""
    dialect = op.get_bind().dialect.name
    for name in guard_names(dialect, table):
        op.execute(f"DROP TRIGGER {name}" if dialect == "sqlite" else f"DROP TRIGGER {name} ON {table}")
    for statement in guard_statements(dialect, table, until_destroyed=True):
        op.execute(sa.DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


def _create_messages(op: Any) -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("occurred_at", Instant, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("published_at", Instant),
    )
    waiting = sa.text("published_at IS NULL")
    op.create_index("outbox_waiting", "outbox", ["id"], postgresql_where=waiting, sqlite_where=waiting)
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.String(160), primary_key=True),
        sa.Column("message_id", sa.String(200), primary_key=True),
        sa.Column("claimed_at", Instant, nullable=False),
    )
    op.create_index("inbox_claimed_at", "inbox", ["claimed_at"], postgresql_using="brin")
    op.create_table(
        "answers",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("operation", sa.String(120), nullable=False),
        sa.Column("request_digest", sa.String(80), nullable=False),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("answered_at", Instant, nullable=False),
    )
    op.create_index("ix_answers_answered_at", "answers", ["answered_at"])


def _create_audit(op: Any) -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("rehearsal_date", sa.Date),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("role", sa.String(60)),
        sa.Column("on_behalf_of", sa.String(200)),
        sa.Column("action", sa.String(120), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("cycle_id", sa.String(64)),
        sa.Column("before_digest", sa.String(80)),
        sa.Column("after_digest", sa.String(80)),
        sa.Column("reason", sa.Text),
        sa.Column("message_id", sa.String(200)),
        sa.Column("correlation_id", sa.String(200)),
        sa.Column("received", sa.Text),
        sa.Column("published", sa.Text),
    )
    op.create_index("ix_audit_cycle_id", "audit", ["cycle_id"])
    op.create_table("audit_pending", sa.Column("id", sa.String(32), primary_key=True))
    op.create_table(
        "audit_seals",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sealed_at", Instant, nullable=False),
        sa.Column("algorithm", sa.String(16), nullable=False),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("leaves", sa.LargeBinary, nullable=False),
        sa.Column("root", sa.String(80), nullable=False),
        sa.Column("previous", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
    )
