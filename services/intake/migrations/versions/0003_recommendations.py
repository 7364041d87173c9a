"""Recommending bodies, their opinions and nominations; what an officer's list shows of an application at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("applications", sa.Column("recommender", sa.String(length=200), nullable=True))
    op.add_column("applications", sa.Column("opinion", sa.String(length=20), nullable=True))
    op.add_column("applications", sa.Column("missing_materials", sa.Text(), nullable=True))
    op.add_column("applications", sa.Column("nomination_id", sa.String(length=64), nullable=True))
    op.add_column("applications", sa.Column("announced", sa.String(length=64), nullable=True))
    op.create_index(
        "ix_applications_cycle_id_recommender", "applications", ["cycle_id", "recommender"], unique=False
    )
    op.create_table(
        "recommending_bodies",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="uq_recommending_bodies_name"),
    )
    op.create_table(
        "opinions",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("dossier_digest", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "number"),
    )
    op.create_table(
        "nominations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nominated_on", sa.Date(), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cycle_id", "body", "kind", "uscc", "name", name="uq_nominations_cycle_id"),
    )
    op.create_index("ix_nominations_cycle_id_uscc", "nominations", ["cycle_id", "uscc"], unique=False)
    op.create_index("ix_nominations_application_id", "nominations", ["application_id"], unique=False)
