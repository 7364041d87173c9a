"""Review's tables: the cycle's pool of experts, panels with their assignments, sheets, scores, the office's lists."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from shared.procedure import procedure_tables
from shared.store import EncryptedText, Instant, only_added_to, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)

experts = Table(
    "experts",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("name", String(200)),
    Column("industry_expert", Boolean, nullable=False),
    Column("employer", String(18)),
    Column("advises", JSON, nullable=False),
    Column("kin_of", JSON, nullable=False),
)

# Experts who registered with the office as advisers of an organization, in every cycle of the world.
advisers = Table(
    "advisers",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("uscc", String(18), primary_key=True),
    Column("expert_id", String(64), primary_key=True),
    Column("registered_on", Date, nullable=False),
)

panels = Table(
    "panels",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("category", String(20), primary_key=True),  # "" where the rulebook has no categories
    Column("position", Integer, nullable=False),
    Column("members", JSON, nullable=False),
    Column("industry_share", String(4), nullable=False),
    Column("recused", JSON, nullable=False),
    Column("seed", String(100), nullable=False),
    Column("formed_on", Date, nullable=False),
    Column("state", String(10), nullable=False, server_default="released"),
    Column("revision", Integer, nullable=False, server_default="1"),  # of a draft: who changes it names it
    Column("draw", Integer),  # number of the draw; None in a rehearsal, which draws at once
    Column("leader", String(40)),
    Column("record", JSON),  # the draw's record as published, pseudonyms and all
    Column("released_at", Instant),
    Column("dissolved_on", Date),
)

assignments = Table(
    "assignments",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("category", String(20), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(10), nullable=False, server_default="accepted"),
    Column("released_at", Instant),
    Column("answered_at", Instant),
    Column("reason", Text),  # of a refusal, a replacement, or a change by hand
    Column("replaces", String(40)),  # whose place this one took
    Index("ix_assignments_cycle_id_expert_id", "cycle_id", "expert_id"),
)

# A sheet is kept for good: withdrawn applications and recused experts only make it not count.
sheets = Table(
    "sheets",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("thousandths", Integer, nullable=False),  # of a percent, so that no database rounds it
    Column("submitted_at", Instant, nullable=False),
)

scores = Table(
    "scores",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("score", String(6), nullable=False),  # percent, two places, as text
    Column("valid_sheets", Integer, nullable=False),
)

social_votes = Table(
    "social_votes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("votes", Integer, nullable=False),
    CheckConstraint("votes >= 0", name="ck_social_votes_votes"),
)

admissions = Table(
    "admissions",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("admitted", JSON, nullable=False),
    Column("reason", Text),
    Column("decided_on", Date, nullable=False),
)

# --- seating: draws of panels, what was offered to whom, and everything that was done to a panel ---------------------------

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
only_added_to(panel_log)
