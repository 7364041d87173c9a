"""What ties experts to applications, conflicts, statements case by case, recusals.

Conflicts of applications that came before are computed when the pool changes or the next stage begins.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant, platform

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_sources()
    _create_conflicts()
    _create_statements()
    _create_recusals()


def _create_sources() -> None:
    op.create_table(
        "parties",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("group_key", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "application_id"),
    )
    op.create_index("ix_parties_uscc", "parties", ["uscc", "cycle_id"])
    op.create_index("ix_parties_group_key", "parties", ["world", "group_key"])
    op.create_table(
        "ties",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("application_id", sa.String(length=64), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "expert_id", "position"),
    )
    op.create_index("ix_ties_uscc", "ties", ["cycle_id", "uscc"])
    op.create_index("ix_ties_application_id", "ties", ["cycle_id", "application_id"])


def _create_conflicts() -> None:
    op.create_table(
        "conflicts",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("via", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("found_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "expert_id", "application_id", "ground", "source", "number"),
    )
    still = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_conflicts_open",
        "conflicts",
        ["cycle_id", "application_id", "expert_id"],
        sqlite_where=still,
        postgresql_where=still,
    )


def _create_statements() -> None:
    op.create_table(
        "case_statements",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("interest", sa.Boolean(), nullable=False),
        sa.Column("relations", sa.JSON(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "application_id", "expert_id", "number"),
    )
    platform.guard(op, "case_statements")


def _create_recusals() -> None:
    op.create_table(
        "recusals",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("sheet_kept", sa.Boolean(), nullable=False),
        sa.Column("reviewers_before", sa.Integer(), nullable=False),
        sa.Column("reviewers_after", sa.Integer(), nullable=False),
        sa.Column("replacement", sa.String(length=40), nullable=True),
        sa.Column("replaced_at", Instant(), nullable=True),
        sa.Column("replaced_by", sa.String(length=200), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("released_by", sa.String(length=200), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("settled_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id", "expert_id", "number"),
    )
    op.create_index("ix_recusals_state", "recusals", ["cycle_id", "state"])
