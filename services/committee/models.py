"""Committee's tables: the meeting and its members, who stands for what, ballots, counters, results.

The ballot box pairs nobody with a choice: `roll` holds who has cast, `tallies` holds counters and nothing else. No row
of either has a time, a number in sequence or a reference to the other.
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Column, Date, Integer, MetaData, String, Table, Text

from shared.procedure import procedure_tables
from shared.procedure.confirmations import confirmation_table
from shared.records.tables import destroyed_table
from shared.store import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
destroyed = destroyed_table(metadata)
confirmations = confirmation_table(metadata)

meetings = Table(
    "meetings",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("proposed_by_office", Boolean, nullable=False),
    Column("convened_on", Date, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("member", String(200), primary_key=True),
    Column("present", Boolean, nullable=False),
)

candidates = Table(
    "candidates",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("proposed_level", String(100)),  # None: nobody proposed it
    Column("stands_for", String(100)),  # None: no ballot is ahead of it
)

# Whom the proposal passes over although it ranks higher, and why; written anew with every proposal.
deviations = Table(
    "deviations",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("track", String(100), nullable=False),
    Column("rank", Integer, nullable=False),  # by score, in its track
    Column("score", String(6), nullable=False),
    Column("level", String(100)),  # that it was proposed for itself, if any
    Column("preferred", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", String(200), nullable=False),
    Column("decided_on", Date, nullable=False),
)

rounds = Table(
    "rounds",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("repeats", Integer),  # a second ballot: the number of the one whose equal candidates vote again
)

tallies = Table(
    "tallies",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("level", String(100), nullable=False),
    Column("votes_for", Integer, nullable=False),
    Column("votes_against", Integer, nullable=False),
    Column("abstained", Integer, nullable=False),
    Column("recused", Integer, nullable=False),
)

roll = Table(
    "roll",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", String(200), primary_key=True),
)

results = Table(
    "results",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("round", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("level", String(100), nullable=False),
    Column("track", String(100), nullable=False),
    Column("votes_for", Integer, nullable=False),
    Column("votes_against", Integer, nullable=False),
    Column("abstained", Integer, nullable=False),
    Column("recused", Integer, nullable=False),
    Column("needed", Integer, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("awarded", Boolean, nullable=False),
    Column("uses_quota", Boolean, nullable=False),
    Column("reason_zh", Text, nullable=False),
    Column("reason_en", Text, nullable=False),
    CheckConstraint("passed OR NOT awarded", name="ck_results_awarded_only_if_passed"),
)
