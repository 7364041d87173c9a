"""The public's vote: what is voted on, and the log of its ballots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant, platform

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "votes",
        sa.Column("cycle_id", sa.String(length=64), primary_key=True),
        sa.Column("stage", sa.String(length=64), primary_key=True),
        sa.Column("id", sa.String(length=32), nullable=False, unique=True),
        sa.Column("held", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("choices_at_most", sa.Integer()),
        sa.Column("opens_at", Instant),
        sa.Column("closes_at", Instant),
        sa.Column("key_id", sa.String(length=16)),
        sa.Column("counted_at", Instant),
        sa.Column("turnout", sa.Integer()),
        sa.Column("missing", sa.Integer()),
        sa.CheckConstraint("held IN ('here', 'elsewhere')", name="ck_votes_held"),
    )
    op.create_table(
        "vote_entries",
        sa.Column("vote_id", sa.String(length=32), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
    )
    op.create_table(
        "ballot_batches",
        sa.Column("id", sa.String(length=32), primary_key=True),
        sa.Column("vote_id", sa.String(length=32), nullable=False),
        sa.Column("box", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant, nullable=False),
        sa.Column("origins", sa.Text(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
    )
    op.create_index("ix_ballot_batches_vote_id", "ballot_batches", ["vote_id", "id"])
    op.create_table(
        "ballots",
        sa.Column("voter", sa.String(length=32), primary_key=True),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("choices", sa.String(length=500), nullable=False),
    )
    op.create_index("ix_ballots_batch", "ballots", ["batch"])
    for table in ("ballot_batches", "ballots"):
        platform.guard(op, table)
