"""Draws of panels, states of panels and assignments, what was offered to whom, and the history of it all."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant, platform

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _extend_panels()
    _extend_assignments()
    _create_draws()
    _create_offers()
    _create_log()


def _extend_panels() -> None:
    for column in (
        sa.Column("state", sa.String(length=10), nullable=False, server_default="released"),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("draw", sa.Integer(), nullable=True),
        sa.Column("leader", sa.String(length=40), nullable=True),
        sa.Column("record", sa.JSON(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
    ):
        op.add_column("panels", column)


def _extend_assignments() -> None:
    for column in (
        sa.Column("state", sa.String(length=10), nullable=False, server_default="accepted"),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("replaces", sa.String(length=40), nullable=True),
    ):
        op.add_column("assignments", column)


def _create_draws() -> None:
    op.create_table(
        "draws",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("prepared_by", sa.String(length=200), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("commitment", sa.String(length=100), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("office_share", sa.Text(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.String(length=100), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("witness_share", sa.Text(), nullable=True),
        sa.Column("witnessed_at", Instant(), nullable=True),
        sa.Column("seed", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "category", "number"),
    )


def _create_offers() -> None:
    op.create_table(
        "offers",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("answer_by", Instant(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("silent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "category", "expert_id"),
    )
    op.create_index("ix_offers_due_at", "offers", ["due_at"], unique=False)


def _create_log() -> None:
    op.create_table(
        "panel_log",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("entry", sa.String(length=20), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=True),
        sa.Column("expert_id", sa.String(length=40), nullable=True),
        sa.Column("application_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_panel_log_cycle_id", "panel_log", ["cycle_id"], unique=False)
    platform.guard(op, "panel_log")
