"""The platform's tables, the stage protocol's, and intake's own: applications, enquiries, pool, timeline."""

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
        "applications",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("nominated_by", sa.String(length=200), nullable=True),
        sa.Column("recommended_by", sa.String(length=200), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("materials", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("stopped_at", sa.String(length=64), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("receipt", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cycle_id", "sequence", name="uq_applications_cycle_id_sequence"),
    )
    op.create_index("ix_applications_cycle_id_status", "applications", ["cycle_id", "status"], unique=False)
    op.create_index("ix_applications_owner", "applications", ["owner"], unique=False)
    op.create_table(
        "cycle_states",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id"),
    )
    op.create_table(
        "enquiries",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("records", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answer_digest", sa.String(length=100), nullable=True),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("application_id", "department"),
    )
    op.create_index("ix_enquiries_cycle_id_state", "enquiries", ["cycle_id", "state"], unique=False)
    op.create_table(
        "pool",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("project_cost_fen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("world", "uscc"),
    )
    op.create_table(
        "timeline",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("blocked_zh", sa.Text(), nullable=True),
        sa.Column("blocked_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage"),
    )
