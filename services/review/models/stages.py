"""Defence, visits, rankings, reports, and who is on a dossier."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
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

# Who is on the dossier of an accepted application, as intake tells it; the version grows with time.
applicants = Table(
    "applicants",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("part", String(10), nullable=False),
    Column("version", String(64), nullable=False),
)

# Plans of a defence or of visits by version: one drafted at most, one released at most, those before are kept.
stage_plans = Table(
    "stage_plans",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(10), nullable=False),  # drafted | released | superseded
    Column("terms", JSON, nullable=False),  # what the office gave
    Column("draw", JSON, nullable=False),  # of a defence: seed, witness, the order; of visits: nothing
    Column("figures", JSON, nullable=False),
    Column("planned_by", String(64), nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("released_by", String(64)),
    Column("released_at", Instant),
    CheckConstraint("state IN ('drafted', 'released', 'superseded')", name="ck_stage_plans_state"),
    CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="ck_stage_plans_released"),
)

defence_slots = Table(
    "defence_slots",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("room", String(100), nullable=False),
    Column("day", Date, nullable=False),
    Column("begins", Integer, nullable=False),  # minutes from midnight
    Column("ends", Integer, nullable=False),
    Column("postponed", Text),  # why, where it was
    CheckConstraint("begins < ends", name="ck_defence_slots_ends"),
    Index("ix_defence_slots_application_id", "application_id"),
)

defence_speakers = Table(
    "defence_speakers",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("speakers", JSON, nullable=False),
    Column("entered_by", String(64), nullable=False),
    Column("entered_at", Instant, nullable=False),
)

defence_attendance = Table(
    "defence_attendance",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("reviewers", JSON, nullable=False),
    Column("speakers", JSON, nullable=False),
    Column("note", Text),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("region", String(200), nullable=False),
    Column("team", JSON, nullable=False),
    Column("leader", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("half", Integer, nullable=False),  # 0 morning, 1 afternoon
    Column("postponed", Text),
    Index("ix_visits_application_id", "application_id"),
)

# What the consensus wants looked into on site; closed by a finding there.
visit_issues = Table(
    "visit_issues",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("item", String(100), nullable=False),
    Column("question", Text, nullable=False),
    Column("raised_by", String(64), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("finding", String(20)),
    Column("evidence", Text),
    Column("verified_by", String(64)),
    Column("verified_at", Instant),
    CheckConstraint(
        "(finding IS NULL) = (verified_at IS NULL) AND (finding IS NULL) = (evidence IS NULL)",
        name="ck_visit_issues_verified",
    ),
)

visit_closings = Table(
    "visit_closings",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("note", Text),
    Column("closed_by", String(64), nullable=False),
    Column("closed_at", Instant, nullable=False),
)

joint_scores = Table(
    "joint_scores",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("thousandths", Integer, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("members", JSON, nullable=False),
    Column("recorded_by", String(64), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

stage_reports = Table(
    "stage_reports",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("summary", Text, nullable=False),
    Column("strengths", JSON, nullable=False),
    Column("improvements", JSON, nullable=False),
    Column("by", String(64), nullable=False),
    Column("locked_at", Instant),
)

# One left out of a stage although it ranks above some who were let in.
rank_deviations = Table(
    "rank_deviations",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("track", String(100), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("score", String(6), nullable=False),
    Column("preferred", JSON, nullable=False),  # those let in that rank below it, with rank and score
    Column("reason", Text, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_on", Date, nullable=False),
)
