"""The pool by membership; whose an application is; records that agencies reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _pool()
    op.create_table(
        "applicants",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_applicants_world_uscc", "applicants", ["world", "uscc"])
    _keep_applicants()
    op.create_table(
        "reported_records",
        sa.Column("record_id", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("record_id"),
    )
    op.create_index("ix_reported_records_uscc", "reported_records", ["uscc"])


def _pool() -> None:
    op.rename_table("pool", "pool_before")
    op.create_table(
        "pool",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("membership_id", sa.String(length=64), nullable=False),
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("project_cost_fen", sa.BigInteger(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("world", "membership_id"),
    )
    op.create_index("ix_pool_world_uscc", "pool", ["world", "uscc"])
    op.execute(
        "INSERT INTO pool (world, membership_id, uscc, joined_on, project_cost_fen) "
        "SELECT world, world || '-' || uscc, uscc, joined_on, project_cost_fen FROM pool_before"
    )
    op.drop_table("pool_before")


def _keep_applicants() -> None:
    dossiers = sa.table(
        "dossiers", sa.column("application_id"), sa.column("cycle_id"), sa.column("dossier", sa.JSON())
    )
    cycles = sa.table("cycles", sa.column("id"), sa.column("rehearsal", sa.Boolean()))
    part = dossiers.c.dossier
    query = sa.select(
        dossiers.c.application_id,
        dossiers.c.cycle_id,
        sa.case((cycles.c.rehearsal, cycles.c.id), else_="real"),
        *(part[name].as_string() for name in ("uscc", "kind", "applicant_key")),
    ).join_from(dossiers, cycles, cycles.c.id == dossiers.c.cycle_id)
    names = ("application_id", "cycle_id", "world", "uscc", "kind", "applicant_key")
    target = sa.table("applicants", *(sa.column(name) for name in names))
    op.execute(target.insert().from_select(list(names), query))
