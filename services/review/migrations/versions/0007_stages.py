"""Stages: plans of defences and visits, speakers, attendance, issues, joint scores, reports, deviations from rank."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _people_and_plans()
    _defence()
    _visits()
    _results()


def _people_and_plans() -> None:
    op.create_table(
        "applicants",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "subject"),
    )
    op.create_table(
        "stage_plans",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("draw", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("planned_by", sa.String(length=64), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("released_by", sa.String(length=64), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="ck_stage_plans_released"),
        sa.CheckConstraint("state IN ('drafted', 'released', 'superseded')", name="ck_stage_plans_state"),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "version"),
    )


def _defence() -> None:
    op.create_table(
        "defence_slots",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("postponed", sa.Text(), nullable=True),
        sa.CheckConstraint("begins < ends", name="ck_defence_slots_ends"),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "version", "application_id"),
    )
    op.create_index("ix_defence_slots_application_id", "defence_slots", ["application_id"])
    op.create_table(
        "defence_speakers",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("speakers", sa.JSON(), nullable=False),
        sa.Column("entered_by", sa.String(length=64), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
    op.create_table(
        "defence_attendance",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("reviewers", sa.JSON(), nullable=False),
        sa.Column("speakers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )


def _visits() -> None:
    op.create_table(
        "visits",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("team", sa.JSON(), nullable=False),
        sa.Column("leader", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.Integer(), nullable=False),
        sa.Column("postponed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "version", "application_id"),
    )
    op.create_index("ix_visits_application_id", "visits", ["application_id"])
    op.create_table(
        "visit_issues",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=100), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=64), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("finding", sa.String(length=20), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.String(length=64), nullable=True),
        sa.Column("verified_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(finding IS NULL) = (verified_at IS NULL) AND (finding IS NULL) = (evidence IS NULL)",
            name="ck_visit_issues_verified",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id", "number"),
    )
    op.create_table(
        "visit_closings",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
    op.create_table(
        "joint_scores",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )


def _results() -> None:
    op.create_table(
        "stage_reports",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("strengths", sa.JSON(), nullable=False),
        sa.Column("improvements", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("locked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
    op.create_table(
        "rank_deviations",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("track", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.String(length=6), nullable=False),
        sa.Column("preferred", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id"),
    )
