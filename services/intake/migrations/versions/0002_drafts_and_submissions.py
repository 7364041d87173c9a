"""Drafts part by part, the people of a dossier, frozen submissions, corrections, public numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("cycle_states", sa.Column("number_seed", sa.String(length=64), nullable=True))
    for column in (
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("part_revisions", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("typed", sa.Text(), nullable=True),
        sa.Column("public_number", sa.String(length=40), nullable=True),
        sa.Column("accepted_version", sa.Integer(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("accepted_by", sa.String(length=200), nullable=True),
    ):
        op.add_column("applications", column)
    op.create_index(
        "uq_applications_cycle_id_public_number", "applications", ["cycle_id", "public_number"], unique=True
    )
    op.create_table(
        "dossier_people",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "subject"),
    )
    op.create_index("ix_dossier_people_subject", "dossier_people", ["subject"])
    op.execute(
        "INSERT INTO dossier_people (application_id, subject, role, joined_on) "
        "SELECT id, owner, 'lead', COALESCE(submitted_on, DATE('2000-01-01')) FROM applications"
    )
    op.create_table(
        "invitations",
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("used_by", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "submissions",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("submitted_by", sa.String(length=200), nullable=False),
        sa.Column("dossier", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "version"),
    )
    op.create_table(
        "corrections",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("returned_at", Instant(), nullable=False),
        sa.Column("returned_by", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("resubmitted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("application_id"),
    )
