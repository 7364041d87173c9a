"""The platform's tables, the stage protocol's, and review's own: experts, panels, sheets, scores, the office's lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.procedure import migration as procedure
from shared.store import Instant, platform

revision = "0001"
down_revision = None


def upgrade() -> None:
    platform.create(op)
    procedure.create(op)
    op.create_table(
        "admissions",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("admitted", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage"),
    )
    op.create_table(
        "assignments",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id", "expert_id"),
    )
    op.create_index(
        "ix_assignments_cycle_id_expert_id", "assignments", ["cycle_id", "expert_id"], unique=False
    )
    op.create_table(
        "experts",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("industry_expert", sa.Boolean(), nullable=False),
        sa.Column("employer", sa.String(length=18), nullable=True),
        sa.Column("advises", sa.JSON(), nullable=False),
        sa.Column("kin_of", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "expert_id"),
    )
    op.create_table(
        "panels",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("industry_share", sa.String(length=4), nullable=False),
        sa.Column("recused", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=100), nullable=False),
        sa.Column("formed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "category"),
    )
    op.create_table(
        "scores",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("score", sa.String(length=6), nullable=False),
        sa.Column("valid_sheets", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
    op.create_table(
        "sheets",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id", "expert_id"),
    )
    op.create_table(
        "social_votes",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.CheckConstraint("votes >= 0", name="ck_social_votes_votes"),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
