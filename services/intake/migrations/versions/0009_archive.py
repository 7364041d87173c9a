"""Records after a cycle: packages, holds, destruction lists, and what was destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.records import tables
from shared.store import Instant, platform

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    tables.create(op)
    platform.guard_until_destroyed(op, "enquiry_log")
    _create_packages()
    _create_holds()
    _create_lists()


def _create_packages() -> None:
    op.create_table(
        "record_packages",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("cycle_id", sa.String(64), nullable=False),
        sa.Column("application_id", sa.String(64)),
        sa.Column("digest", sa.String(100), nullable=False),
        sa.Column("payload", sa.String(100), nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_at", Instant, nullable=False),
    )
    op.create_index("ix_record_packages_cycle_id", "record_packages", ["cycle_id", "application_id"])
    platform.guard(op, "record_packages")


def _create_holds() -> None:
    op.create_table(
        "record_holds",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("cycle_id", sa.String(64), nullable=False),
        sa.Column("application_id", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("placed_by", sa.String(200), nullable=False),
        sa.Column("placed_role", sa.String(60), nullable=False),
        sa.Column("placed_on", sa.Date, nullable=False),
        sa.Column("lifted_by", sa.String(200)),
        sa.Column("lifted_on", sa.Date),
        sa.Column("lift_reason", sa.Text),
        sa.CheckConstraint("lifted_by IS NULL OR lifted_by <> placed_by", name="ck_record_holds_lifted_by"),
        sa.CheckConstraint("(lifted_by IS NULL) = (lifted_on IS NULL)", name="ck_record_holds_lifted"),
    )
    op.create_index("ix_record_holds_cycle_id", "record_holds", ["cycle_id"])


def _create_lists() -> None:
    op.create_table(
        "destruction_lists",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("cycle_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("keep_until", sa.Date, nullable=False),
        sa.Column("digest", sa.String(100), nullable=False),
        sa.Column("prepared_by", sa.String(200), nullable=False),
        sa.Column("prepared_on", sa.Date, nullable=False),
        *(
            column
            for which in ("first", "second")
            for column in (
                sa.Column(f"{which}_by", sa.String(200)),
                sa.Column(f"{which}_role", sa.String(60)),
                sa.Column(f"{which}_on", sa.Date),
            )
        ),
        sa.Column("executed_by", sa.String(200)),
        sa.Column("executed_on", sa.Date),
        sa.Column("withdrawn_by", sa.String(200)),
        sa.Column("withdrawn_on", sa.Date),
        sa.Column("withdrawn_reason", sa.Text),
        sa.CheckConstraint("first_by IS NULL OR first_by <> prepared_by", name="ck_destruction_lists_first"),
        sa.CheckConstraint(
            "second_by IS NULL OR (second_by <> prepared_by AND second_by <> first_by)",
            name="ck_destruction_lists_second",
        ),
        sa.CheckConstraint(
            "executed_by IS NULL OR second_by IS NOT NULL", name="ck_destruction_lists_executed"
        ),
    )
    op.create_index("ix_destruction_lists_cycle_id", "destruction_lists", ["cycle_id"])
    op.create_table(
        "destruction_lines",
        sa.Column("list_id", sa.String(64), primary_key=True),
        sa.Column("application_id", sa.String(64), primary_key=True),
        sa.Column("public_number", sa.String(40)),
        sa.Column("status", sa.String(20), nullable=False),
    )
    op.create_index("ix_destruction_lines_application_id", "destruction_lines", ["application_id"])
    op.create_table(
        "destroyed_contents",
        sa.Column("list_id", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(100), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("settled_at", Instant),
    )
