"""Score sheets item by item, drafts, returns, consensus meetings."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Integer,
    String,
    Table,
    Text,
)

from services.review.models.base import metadata
from shared.store import Instant


def _of_a_sheet() -> tuple[Column[str], ...]:
    """What tells one reviewer's sheet from another."""
    return (
        Column("cycle_id", String(64), primary_key=True),
        Column("stage", String(64), primary_key=True),
        Column("application_id", String(64), primary_key=True),
        Column("expert_id", String(40), primary_key=True),
    )


# A sheet that somebody writes, or wrote: `revision` counts its savings, `version` how often it was returned, from 1.
sheet_drafts = Table(
    "sheet_drafts",
    metadata,
    *_of_a_sheet(),
    Column("revision", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

sheet_draft_items = Table(
    "sheet_draft_items",
    metadata,
    *_of_a_sheet(),
    Column("item", String(20), primary_key=True),
    Column("strengths", Text, nullable=False),
    Column("improvements", Text, nullable=False),
    Column("band", String(10)),
    Column("thousandths", Integer),
    Column("rationale", Text, nullable=False),
    Column("revision", Integer, nullable=False),  # of the sheet, when this item was last changed
)

# The items of the sheets that are in: what was frozen when they were handed in.
sheet_items = Table(
    "sheet_items",
    metadata,
    *_of_a_sheet(),
    Column("item", String(20), primary_key=True),
    Column("band", String(10), nullable=False),
    Column("thousandths", Integer, nullable=False),
    Column("strengths", Text, nullable=False),
    Column("improvements", Text, nullable=False),
    Column("rationale", Text, nullable=False),
)

# What a leader returned, as it was: a sheet is never deleted.
returned_sheets = Table(
    "returned_sheets",
    metadata,
    *_of_a_sheet(),
    Column("version", Integer, primary_key=True),
    Column("thousandths", Integer, nullable=False),
    Column("items", JSON, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("returned_at", Instant, nullable=False),
    Column("returned_by", String(40), nullable=False),
    Column("reason", Text, nullable=False),
)

# 合议: one meeting on one application; a second one only where a participant of the first had to stand aside.
consensus = Table(
    "consensus",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("opened_by", String(40), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("participants", JSON, nullable=False),
    Column("closed_at", Instant),
    Column("thousandths", Integer),  # of a percent; NULL while it is open
)

consensus_items = Table(
    "consensus_items",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item", String(20), primary_key=True),
    Column("band", String(10), nullable=False),
    Column("thousandths", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)
