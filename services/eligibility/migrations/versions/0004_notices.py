"""Drafts of notices, the history of their days, and the proof of each."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.identifiers import digest
from shared.store import Instant, platform

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "notice_drafts",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("introduction_zh", sa.Text(), nullable=False),
        sa.Column("introduction_en", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("prepared_by", sa.String(length=200), nullable=True),
        sa.Column("prepared_at", Instant(), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "notice"),
    )
    for column in (
        sa.Column("state", sa.String(length=10), nullable=False, server_default="posted"),
        sa.Column("line_digests", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("record", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("record_digest", sa.String(length=100), nullable=True),
    ):
        op.add_column("notices", column)
    op.create_table(
        "notice_windows",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "notice", "number"),
    )
    _complete()
    platform.guard(op, "notice_windows")


def _complete() -> None:
    """Notices of before get the digests of their lines and the first line of their history; closed ones are over."""
    connection = op.get_bind()
    meta = sa.MetaData()
    notices = sa.Table(
        "notices", meta,
        sa.Column("cycle_id", sa.String), sa.Column("notice", sa.String), sa.Column("first_day", sa.Date),
        sa.Column("last_day", sa.Date), sa.Column("content", sa.JSON), sa.Column("content_digest", sa.String),
        sa.Column("posted_at", Instant()), sa.Column("state", sa.String), sa.Column("line_digests", sa.JSON),
        sa.Column("ended_on", sa.Date),
    )  # fmt: skip
    stages = sa.Table(
        "stages", meta,
        sa.Column("cycle_id", sa.String), sa.Column("stage", sa.String), sa.Column("closed_on", sa.Date),
    )  # fmt: skip
    windows = sa.Table(
        "notice_windows", meta,
        sa.Column("cycle_id", sa.String), sa.Column("notice", sa.String), sa.Column("number", sa.Integer),
        sa.Column("entry", sa.JSON), sa.Column("by", sa.String), sa.Column("at", Instant()),
    )  # fmt: skip
    closed = {(row.cycle_id, row.stage): row.closed_on for row in connection.execute(sa.select(stages))}
    for row in connection.execute(sa.select(notices)).all():
        is_this = sa.and_(notices.c.cycle_id == row.cycle_id, notices.c.notice == row.notice)
        ended_on = closed.get((row.cycle_id, f"notice:{row.notice}"))
        lines = {line["application_id"]: digest(line) for line in row.content["listed"]}
        values: dict[str, Any] = {"line_digests": lines, "ended_on": ended_on}
        if ended_on is not None:
            values["state"] = "ended"
        connection.execute(notices.update().where(is_this).values(**values))
        line = {
            "number": 1,
            "first_day": row.first_day.isoformat(),
            "last_day": row.last_day.isoformat(),
            "lost": [],
            "reason": "",
            "on": row.posted_at.date().isoformat(),
            "previous": row.content_digest,
        }
        connection.execute(
            windows.insert().values(
                cycle_id=row.cycle_id, notice=row.notice, number=1, entry={**line, "digest": digest(line)},
                by="system:eligibility", at=row.posted_at,
            )
        )  # fmt: skip
