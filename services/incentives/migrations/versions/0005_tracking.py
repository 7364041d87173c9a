"""Tracking of winners: files, yearly reports, warnings, visits, orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant, platform

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "tracking_files",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=100), nullable=False),
        sa.Column("track", sa.String(length=100), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_rule", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ck_tracking_files_ended"),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_tracking_files_cycle_id", "tracking_files", ["cycle_id"])
    op.create_table(
        "tracking_reports",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("returned_by", sa.String(length=200), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_on IS NOT NULL)", name="ck_tracking_reports_accepted"
        ),
        sa.CheckConstraint(
            "(return_reason IS NULL) = (correct_by IS NULL)", name="ck_tracking_reports_returned"
        ),
        sa.PrimaryKeyConstraint("application_id", "year"),
    )
    op.create_table(
        "tracking_drafts",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(length=200), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "year", "field"),
    )
    op.create_table(
        "tracking_handed_in",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("handed_in_by", sa.String(length=200), nullable=False),
        sa.Column("handed_in_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "year", "number"),
    )
    op.create_table(
        "tracking_warnings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("index_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("percent", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_on IS NOT NULL)", name="ck_tracking_warnings_answered"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("application_id", "year", "index_key", "kind", name="uq_tracking_warnings"),
    )
    op.create_table(
        "tracking_visits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("visit_on", sa.Date(), nullable=False),
        sa.Column("visitors", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("planned_by", sa.String(length=200), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.String(length=200), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("(state = 'planned') = (closed_on IS NULL)", name="ck_tracking_visits_closed"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tracking_visits_application_id", "tracking_visits", ["application_id"])
    op.create_table(
        "tracking_orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("visit_id", sa.String(length=64), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'escalated')) = (decided_on IS NOT NULL)",
            name="ck_tracking_orders_decided",
        ),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> issued_by", name="ck_tracking_orders_two"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_tracking_orders_application_id", "tracking_orders", ["application_id"])
    platform.guard(op, "tracking_handed_in")
