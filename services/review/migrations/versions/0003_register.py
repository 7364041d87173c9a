"""The register of experts: entries, proposals, declarations with their reminders, absences, reports on conduct."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, Instant, platform

revision = "0003"
down_revision = "0002"

_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _register()
    _proposals_and_absences()
    _declarations()
    _conduct()
    for table in ("declarations", "declared_interests", "conduct_reports"):
        platform.guard(op, table)


def _register() -> None:
    op.create_table(
        "expert_employments",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("world", "expert_id", "position"),
    )
    op.create_index("ix_expert_employments_uscc", "expert_employments", ["world", "uscc"], unique=False)
    op.create_table(
        "expert_register",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("state_on", sa.Date(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=True),
        sa.Column("industry_expert", sa.Boolean(), nullable=False),
        sa.Column("may_lead", sa.Boolean(), nullable=False),
        sa.Column("contact", EncryptedText(), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("declared_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("world", "expert_id"),
    )
    op.create_index(
        "ix_expert_register_declared_until", "expert_register", ["world", "declared_until"], unique=False
    )
    op.create_index("ix_expert_register_listed", "expert_register", ["world", "state", "name"], unique=False)
    op.create_table(
        "expert_tags",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("world", "expert_id", "kind", "value"),
    )
    op.create_index("ix_expert_tags_kind_value", "expert_tags", ["world", "kind", "value"], unique=False)


def _proposals_and_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("since <= until", name="ck_absences_order"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_absences_expert_id", "absences", ["world", "expert_id"], unique=False)
    op.create_table(
        "expert_proposals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("changes", EncryptedText(), nullable=False),
        sa.Column("note", EncryptedText(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_expert_proposals_expert_id", "expert_proposals", ["world", "expert_id"], unique=False)
    op.create_index("ix_expert_proposals_state", "expert_proposals", ["world", "state"], unique=False)
    op.create_index(
        "uq_expert_proposals_open",
        "expert_proposals",
        ["world", "expert_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _declarations() -> None:
    op.create_table(
        "declaration_reminders",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("reminded_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("world", "expert_id", "due_on", "step"),
    )
    op.create_table(
        "declarations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("expert_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("declared_at", Instant(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("signed", EncryptedText(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("world", "expert_id", "number", name="uq_declarations_number"),
    )
    op.create_table(
        "declared_interests",
        sa.Column("declaration_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=20), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("declaration_id", "position"),
    )


def _conduct() -> None:
    op.create_table(
        "conduct_reports",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("comment", EncryptedText(), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "stage", "application_id", "side", "author"),
    )
