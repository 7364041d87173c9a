"""Committee's tables: the meeting and its members, who stands for what, ballots, slips, results, minutes, the approval.

The ballot box pairs nobody with a choice: `roll` holds who has cast, `boxes` the slips, sorted by their codes. No row of either
has a time, a number in sequence or a reference to the other, and all boxes of a ballot are written anew with every ballot that
is cast, so that neither the order nor the transaction of a row tells whose slips it took in.
"""

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
from shared.procedure.confirmations import confirmation_table
from shared.records.tables import destroyed_table
from shared.store import EncryptedText, Instant, platform_tables

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
    Column("mode", String(10)),  # in_person or link, of one who is present in a real cycle
    Column("chair", Boolean, nullable=False, default=False),
)

# Who came and went, as the office recorded it.
attendance = Table(
    "attendance",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("member", String(200), nullable=False),
    Column("event", String(10), nullable=False),
    Column("mode", String(10)),
    Column("at", Instant, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Index("ix_attendance_cycle_id", "cycle_id"),
)

# Who stands aside from which application.
recusals = Table(
    "recusals",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("member", String(200), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("ground", String(40), nullable=False),
    Column("detail", EncryptedText, nullable=False),
    Column("declared_by", String(200), nullable=False),
    Column("declared_at", Instant, nullable=False),
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
    Column("slips_digest", String(100)),  # of all slips as they were counted
    Column("void_reason", Text),
)

# Who was present when a ballot was opened, and so may cast it; `left`: went away without having cast; `aside`: the applications
# from which it had declared by then that it stands aside.
seats = Table(
    "seats",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", String(200), primary_key=True),
    Column("left", Boolean, nullable=False),
    Column("aside", JSON, nullable=False),
)

# One row a candidate: a line for each slip, code and choice, sorted by code.
boxes = Table(
    "boxes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("slips", Text, nullable=False),
)

# Only where the rulebook wants open ballots.
open_votes = Table(
    "open_votes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", String(200), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("choice", String(10), nullable=False),
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

# Every version of the minutes, with what the record said when it was drafted.
minutes = Table(
    "minutes",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("content", JSON, nullable=False),
    Column("content_digest", String(100), nullable=False),
    Column("drafted_by", String(200), nullable=False),
    Column("drafted_at", Instant, nullable=False),
    Column("decided_by", String(200)),  # who confirmed or returned it
    Column("decided_at", Instant),
    Column("reason", Text),
    CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_minutes_who_and_when"),
    CheckConstraint("state <> 'confirmed' OR decided_by <> drafted_by", name="ck_minutes_two_people"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("document_number", String(100), nullable=False),
    Column("approved_on", Date, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

# The last day of a cycle's last notice: an approval that follows the notice comes after it.
notice_ends = Table(
    "notice_ends",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("ends_on", Date, nullable=False),
)
