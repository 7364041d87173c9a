"""The platform's tables, and notifications' own: cycles, people, contacts, messages, deliveries, announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.procedure import people
from shared.store import Instant, platform

revision = "0001"
down_revision = None


def upgrade() -> None:
    platform.create(op)
    platform.to_version_2(op)
    people.create(op)
    op.create_table(
        "cycles",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("rulebook", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "applications",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_applications_cycle_id", "applications", ["cycle_id"])
    op.create_table(
        "settled_corrections",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    _contacts()
    _messages()
    _announcements()


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=200), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_until", sa.String(length=5), nullable=True),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_table(
        "contact_roles",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("role", "subject"),
    )
    op.create_index("ix_contact_roles_subject", "contact_roles", ["subject"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=True),
        sa.Column("application_id", sa.String(length=64), nullable=True),
        sa.Column("topic", sa.String(length=100), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("lot", sa.Float(), nullable=False),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_messages_recipient_due_at", "messages", ["recipient", "due_at"])
    op.create_index("ix_messages_topic", "messages", ["topic"])
    op.create_index("ix_messages_application_id", "messages", ["application_id"])
    waiting = sa.text("dispatched_at IS NULL")
    op.create_index(
        "ix_messages_waiting", "messages", ["due_at", "lot"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lot", sa.Float(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "channel", name="uq_deliveries_message_id_channel"),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="ck_deliveries_settled"),
    )
    op.create_index("ix_deliveries_due_at", "deliveries", ["due_at", "lot"])
    op.create_index("ix_deliveries_state_settled_at", "deliveries", ["state", "settled_at"])
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("tried_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempts_delivery_id", "attempts", ["delivery_id"])


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("subject_zh", sa.String(length=60), nullable=False),
        sa.Column("subject_en", sa.String(length=120), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_announcements_decided"),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name="ck_announcements_two_people"
        ),
    )
    op.create_index("ix_announcements_cycle_id", "announcements", ["cycle_id"])
