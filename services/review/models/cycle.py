"""A cycle's pool of experts, advisers, panels, assignments, sheets that are in, scores, the office's lists."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from services.review.models.base import metadata
from shared.store import Instant

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
