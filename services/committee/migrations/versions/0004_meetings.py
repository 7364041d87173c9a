"""Who came and went, recusals, slips and open ballots, minutes, the approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _columns()
    _people()
    _ballots()
    _papers()


def _columns() -> None:
    with op.batch_alter_table("members") as members:
        members.add_column(sa.Column("mode", sa.String(length=10), nullable=True))
        members.add_column(sa.Column("chair", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(sa.Column("slips_digest", sa.String(length=100), nullable=True))
        rounds.add_column(sa.Column("void_reason", sa.Text(), nullable=True))


def _people() -> None:
    op.create_table(
        "attendance",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("event", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attendance_cycle_id", "attendance", ["cycle_id"])
    op.create_table(
        "recusals",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.String(length=200), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "member", "application_id"),
    )


def _ballots() -> None:
    op.create_table(
        "seats",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.Column("aside", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", "member"),
    )
    # In the ballots so far those who were present at the beginning were present throughout.
    op.execute(
        "INSERT INTO seats (cycle_id, number, member, \"left\", aside) SELECT r.cycle_id, r.number, m.member, NOT m.present, '[]'"
        " FROM rounds r JOIN members m ON m.cycle_id = r.cycle_id AND m.present"
    )
    op.create_table(
        "boxes",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("slips", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", "application_id"),
    )
    op.create_table(
        "open_votes",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", "member", "application_id"),
    )


def _papers() -> None:
    op.create_table(
        "minutes",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_digest", sa.String(length=100), nullable=False),
        sa.Column("drafted_by", sa.String(length=200), nullable=False),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_minutes_who_and_when"),
        sa.CheckConstraint("state <> 'confirmed' OR decided_by <> drafted_by", name="ck_minutes_two_people"),
        sa.PrimaryKeyConstraint("cycle_id", "version"),
    )
    op.create_table(
        "approvals",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("document_number", sa.String(length=100), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id"),
    )
