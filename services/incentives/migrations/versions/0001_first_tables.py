"""The platform's tables, the stage protocol's, and incentives' own: grants, payments, clawbacks, the pool."""

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
        "clawbacks",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name="ck_clawbacks_amount"),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_clawbacks_cycle_id", "clawbacks", ["cycle_id"], unique=False)
    op.create_table(
        "grants",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("grant_for", sa.String(length=10), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=True),
        sa.Column("track", sa.String(length=100), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("explanation_zh", sa.Text(), nullable=False),
        sa.Column("explanation_en", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("once_key", sa.String(length=120), nullable=True),
        sa.Column("computed_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name="ck_grants_amount"),
        sa.PrimaryKeyConstraint("cycle_id", "application_id", "grant_for"),
        sa.UniqueConstraint("world", "applicant_key", "once_key", name="uq_grants_once"),
    )
    op.create_table(
        "not_accepted",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_not_accepted_cycle_id", "not_accepted", ["cycle_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("grant_for", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name="ck_payments_amount"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_payments_world_applicant_key", "payments", ["world", "applicant_key"], unique=False)
    op.create_table(
        "pool",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("project_cost_fen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("world", "uscc"),
    )
