"""Score sheets item by item: drafts, what was handed in, what was returned, consensus; who leads a panel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import Instant

revision = "0006"
down_revision = "0005"

_APPLICATION = ("cycle_id", "stage", "application_id")
_SHEET = (*_APPLICATION, "expert_id")


def _key(*names: str) -> list[sa.Column[str]]:
    lengths = {"expert_id": 40, "item": 20}
    return [sa.Column(name, sa.String(length=lengths.get(name, 64)), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "sheet_drafts",
        *_key(*_SHEET),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(*_SHEET),
    )
    op.create_table(
        "sheet_draft_items",
        *_key(*_SHEET, "item"),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("improvements", sa.Text(), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=True),
        sa.Column("thousandths", sa.Integer(), nullable=True),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_SHEET, "item"),
    )
    op.create_table(
        "sheet_items",
        *_key(*_SHEET, "item"),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("improvements", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*_SHEET, "item"),
    )
    op.create_table(
        "returned_sheets",
        *_key(*_SHEET),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("returned_at", Instant(), nullable=False),
        sa.Column("returned_by", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*_SHEET, "version"),
    )
    _consensus()


def _consensus() -> None:
    op.create_table(
        "consensus",
        *_key(*_APPLICATION),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(length=40), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("thousandths", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(*_APPLICATION, "number"),
    )
    op.create_table(
        "consensus_items",
        *_key(*_APPLICATION, "item"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("thousandths", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*_APPLICATION, "number", "item"),
    )
