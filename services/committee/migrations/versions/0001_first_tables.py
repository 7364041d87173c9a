"""The platform's tables, the stage protocol's, and committee's own: the meeting, candidates, ballots, results."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.procedure import migration as procedure
from shared.store import platform

revision = "0001"
down_revision = None


def upgrade() -> None:
    platform.create(op)
    procedure.create(op)
    op.create_table(
        "candidates",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("proposed_level", sa.String(length=100), nullable=True),
        sa.Column("stands_for", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "application_id"),
    )
    op.create_table(
        "meetings",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by_office", sa.Boolean(), nullable=False),
        sa.Column("convened_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id"),
    )
    op.create_table(
        "members",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "member"),
    )
    op.create_table(
        "results",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("track", sa.String(length=100), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("awarded", sa.Boolean(), nullable=False),
        sa.Column("uses_quota", sa.Boolean(), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.CheckConstraint("passed OR NOT awarded", name="ck_results_awarded_only_if_passed"),
        sa.PrimaryKeyConstraint("cycle_id", "round", "application_id"),
    )
    op.create_table(
        "roll",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", "member"),
    )
    op.create_table(
        "rounds",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "number"),
    )
    op.create_table(
        "tallies",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("recused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "number", "application_id"),
    )
