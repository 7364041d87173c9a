"""The platform's tables, the stage protocol's, and eligibility's own: findings, notices, objections, honours, bans."""

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
        "bans",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bans_world_applicant_key", "bans", ["world", "applicant_key"], unique=False)
    op.create_table(
        "department_answers",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("records", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answer_digest", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("application_id", "department"),
    )
    op.create_index(op.f("ix_department_answers_cycle_id"), "department_answers", ["cycle_id"], unique=False)
    op.create_table(
        "evaluations",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("barred_levels", sa.JSON(), nullable=False),
        sa.Column("receipt", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index(op.f("ix_evaluations_cycle_id"), "evaluations", ["cycle_id"], unique=False)
    op.create_table(
        "honours",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("track", sa.String(length=100), nullable=False),
        sa.Column("uses_quota", sa.Boolean(), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("banned_until", sa.Date(), nullable=True),
        sa.Column("orders", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index(op.f("ix_honours_cycle_id"), "honours", ["cycle_id"], unique=False)
    op.create_index("ix_honours_world_applicant_key", "honours", ["world", "applicant_key"], unique=False)
    op.create_table(
        "judgements",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("finding", sa.String(length=170), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("application_id", "finding"),
    )
    op.create_index(op.f("ix_judgements_cycle_id"), "judgements", ["cycle_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_digest", sa.String(length=100), nullable=False),
        sa.Column("posted_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "notice"),
    )
    op.create_table(
        "objections",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("notice", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("objector_name", sa.Text(), nullable=True),
        sa.Column("objector_number", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=False),
        sa.Column("reason_en", sa.Text(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("ruled_by", sa.String(length=200), nullable=True),
        sa.Column("ruled_on", sa.Date(), nullable=True),
        sa.Column("ruling_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_objections_cycle_id_notice", "objections", ["cycle_id", "notice"], unique=False)
    op.create_table(
        "pool",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("project_cost_fen", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("world", "uscc"),
    )
