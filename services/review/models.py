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
from shared.store import Instant, only_added_to, platform_tables

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

# --- the public's vote -------------------------------------------------------------------------------------------

# A vote of a real cycle; `held` is here or elsewhere (then the office enters the counts).
votes = Table(
    "votes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("held", String(10), nullable=False),
    Column("reason", Text),
    Column("choices_at_most", Integer),
    Column("opens_at", Instant),
    Column("closes_at", Instant),  # the first instant at which no ballot is taken any more
    Column("key_id", String(16)),  # which key the voters' digests are made with: that of the first message
    Column("counted_at", Instant),
    Column("turnout", Integer),
    Column("missing", Integer),  # messages that a box numbered and that never came
    CheckConstraint("held IN ('here', 'elsewhere')", name="ck_votes_held"),
)

# What a ballot's numbers stand for.
vote_entries = Table(
    "vote_entries",
    metadata,
    Column("vote_id", String(32), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("application_id", String(64), nullable=False),
)

# The log of a vote: messages in the order of their ids, each with its ballots; rows are only ever added.
ballot_batches = Table(
    "ballot_batches",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("vote_id", String(32), nullable=False),
    Column("box", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("origins", Text, nullable=False),  # JSON: ballots by block of addresses
    Column("counted", Integer, nullable=False),  # ballots of this message that are in the log
    Index("ix_ballot_batches_vote_id", "vote_id", "id"),
)

# `voter` is a digest of identity and vote, so that it is a key by itself: one identity, one ballot in each vote.
ballots = Table(
    "ballots",
    metadata,
    Column("voter", String(32), primary_key=True),
    Column("batch", String(32), nullable=False, index=True),
    Column("choices", String(500), nullable=False),  # numbers of entries, ascending: 1,4
)
only_added_to(ballot_batches)
only_added_to(ballots)
