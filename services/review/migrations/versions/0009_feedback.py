"""Feedback: drafts, released versions, answers, the digest for the public."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, Instant, platform

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "feedback_drafts",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("gathered_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "application_id"),
    )
    op.create_table(
        "feedback_versions",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.String(length=200), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="ck_feedback_versions_reason"),
        sa.PrimaryKeyConstraint("cycle_id", "application_id", "version"),
    )
    op.create_table(
        "feedback_answers",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("comment", EncryptedText(), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id", "application_id"),
    )
    op.create_table(
        "feedback_digests",
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("cycle_id"),
    )
    for table in ("feedback_versions", "feedback_answers", "feedback_digests"):
        platform.guard(op, table)
