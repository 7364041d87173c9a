"""What was asked of departments and what came back, reminders, and the asking again before committee and payment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant, platform

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _extend_enquiries()
    _create_log()
    op.create_table(
        "rechecks",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("application_id", "purpose"),
    )
    op.create_index("ix_rechecks_cycle_id_state", "rechecks", ["cycle_id", "state"], unique=False)


def _extend_enquiries() -> None:
    for column in (
        sa.Column("purpose", sa.String(length=20), nullable=False, server_default="qualification"),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("raised_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("valid_until", sa.Date(), nullable=True),
    ):
        op.add_column("enquiries", column)
    op.create_index("ix_enquiries_due_at", "enquiries", ["due_at"], unique=False)
    op.drop_index("ix_enquiries_cycle_id_state", table_name="enquiries")
    of_a_cycle = ["cycle_id", "state", "application_id"]
    op.create_index("ix_enquiries_cycle_id_state_application_id", "enquiries", of_a_cycle, unique=False)


def _create_log() -> None:
    op.create_table(
        "enquiry_log",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=True),
        sa.Column("entry", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=True),
        sa.Column("records", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.String(length=200), nullable=True),
        sa.Column("evidence", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("file_id", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_enquiry_log_application_id", "enquiry_log", ["application_id"], unique=False)
    op.create_index("ix_enquiry_log_cycle_id_outcome", "enquiry_log", ["cycle_id", "outcome"], unique=False)
    platform.guard(op, "enquiry_log")
