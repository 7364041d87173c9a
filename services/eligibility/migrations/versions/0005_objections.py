"""Objections from receipt to appeal, the officers of each case, and who is on a dossier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, Instant

revision = "0005"
down_revision = "0004"

_ENCRYPTED = ("statement", "contact", "appeal")


def upgrade() -> None:
    added = (
        sa.Column("ground", sa.String(length=20), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=True),
        sa.Column("receipt", sa.String(length=40), nullable=True),
        sa.Column("secret_digest", sa.String(length=64), nullable=True),
        sa.Column("raised_by", sa.String(length=200), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("inquired_by", sa.String(length=200), nullable=True),
        sa.Column("inquired_on", sa.Date(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=True),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_papers", sa.JSON(), nullable=True),
        sa.Column("ruling", sa.String(length=10), nullable=True),
        sa.Column("appealed_by", sa.String(length=10), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_papers", sa.JSON(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
    )
    for column in added:
        op.add_column("objections", column)
    for name in _ENCRYPTED:
        op.add_column("objections", sa.Column(name, EncryptedText(f"objections.{name}"), nullable=True))
    op.create_index("uq_objections_receipt", "objections", ["receipt"], unique=True)
    op.create_index("ix_objections_application_id", "objections", ["application_id"], unique=False)
    # What was ruled on before keeps its ruling; nothing of it may be appealed.
    op.execute("UPDATE objections SET ruling = state WHERE state IN ('upheld', 'dismissed')")
    op.create_table(
        "objection_officers",
        sa.Column("objection_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("officer", sa.String(length=200), nullable=False),
        sa.Column("assigned_by", sa.String(length=200), nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.CheckConstraint("officer <> assigned_by", name="objection_officers_two_people"),
        sa.PrimaryKeyConstraint("objection_id", "part"),
    )
    op.create_table(
        "dossier_people",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "subject"),
    )
    op.create_index("ix_dossier_people_subject", "dossier_people", ["subject"], unique=False)
