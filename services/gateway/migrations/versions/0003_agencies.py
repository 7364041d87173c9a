"""Agencies' programs: scopes, secrets, how much they asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("tokens", sa.Column("scope", sa.String(length=200), nullable=True))
    op.create_table(
        "agency_clients",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("purposes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "agency_secrets",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["agency_clients.account_id"]),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_agency_secrets_account_id", "agency_secrets", ["account_id"])
    op.create_table(
        "agency_usage",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["agency_clients.account_id"]),
        sa.PrimaryKeyConstraint("account_id", "begun"),
    )
