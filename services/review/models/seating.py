"""Draws of panels, what was offered to whom, and everything that was done to a panel."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from services.review.models.base import metadata
from shared.store import EncryptedText, Instant, only_added_to

draws = Table(
    "draws",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("reason", Text),  # why it is drawn again
    Column("prepared_by", String(200), nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("commitment", String(100), nullable=False),
    Column("salt", EncryptedText, nullable=False),
    Column("office_share", EncryptedText, nullable=False),
    Column("problem", JSON, nullable=False),
    Column("inputs", String(100), nullable=False),  # the problem's digest
    Column("names", JSON, nullable=False),  # pseudonym → id
    Column("witness", String(200), nullable=False),
    Column("witness_share", Text),
    Column("witnessed_at", Instant),
    Column("seed", String(100)),
    Column("outcome", JSON),
    Column("drawn_at", Instant),
)

# One row for each reviewer of a panel: when it was offered the work, and what the clock does until it answers.
offers = Table(
    "offers",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("offered_at", Instant, nullable=False),
    Column("answer_by", Instant, nullable=False),
    Column("reminders", Integer, nullable=False),
    Column("due_at", Instant),  # None: nothing is due any more
    Column("silent_at", Instant),
    Index("ix_offers_due_at", "due_at"),
)

# Who follows where a panel's leader is kept from an application: the members who may lead in the order of the draw
# (application_id ""), before them whom the office named for one application.
panel_deputies = Table(
    "panel_deputies",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("expert_id", String(40), nullable=False),
)

panel_log = Table(
    "panel_log",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("stage", String(64), nullable=False),
    Column("category", String(20), nullable=False),
    Column("entry", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("role", String(60)),
    Column("expert_id", String(40)),  # whom it is about
    Column("application_id", String(64)),
    Column("reason", Text),
    Column("detail", Text, nullable=False),  # canonical JSON
    Index("ix_panel_log_cycle_id", "cycle_id"),
)
only_added_to(panel_log, until_destroyed=True)
