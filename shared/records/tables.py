"""销毁的事实: the one table that says of which applications the records are gone. Every service has it, and only adds to it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Column, Date, Index, MetaData, String, Table

from shared.store import only_added_to, platform

DESTROYED = "destroyed_records"


def destroyed_table(metadata: MetaData) -> Table:
    """Declare the table in a service's metadata."""
    table = Table(
        DESTROYED,
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("cycle_id", String(64), nullable=False),
        Column("list_id", String(64), nullable=False),
        Column("destroyed_on", Date, nullable=False),
        Column("rows", JSON, nullable=False),  # how many went or were blanked, by table
        Index("ix_destroyed_records_cycle_id", "cycle_id"),
    )
    only_added_to(table)
    return table


def create(op: Any) -> None:
    """The table as a migration of the service that keeps it. `op` is Alembic's."""
    op.create_table(
        DESTROYED,
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_destroyed_records_cycle_id", DESTROYED, ["cycle_id"], unique=False)
    platform.guard(op, DESTROYED)
