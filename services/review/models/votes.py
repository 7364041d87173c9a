"""The public's votes: entries, the log of ballots."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from services.review.models.base import metadata
from shared.store import Instant, only_added_to

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
    Column("counted_at", Instant),  # None again when more came in time, until that is counted too
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
    Column(
        "late", Boolean, nullable=False, server_default=false()
    ),  # came after the stage had closed: in no result
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
