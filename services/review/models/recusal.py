"""What ties experts to applications, the conflicts that follow, statements case by case, recusals."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from services.review.models.base import metadata
from shared.store import EncryptedText, Instant, only_added_to

# The applications as conflicts look at them.
parties = Table(
    "parties",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("group_key", String(200)),
    Index("ix_parties_uscc", "uscc", "cycle_id"),
    Index("ix_parties_group_key", "world", "group_key"),
)

# What is known of the pool's experts now; written anew whenever a source changes.
ties = Table(
    "ties",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("ground", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("uscc", String(18)),
    Column("application_id", String(64)),
    Column("since", Date),
    Index("ix_ties_uscc", "cycle_id", "uscc"),
    Index("ix_ties_application_id", "cycle_id", "application_id"),
)

# Never deleted: one that has ended says when and why, one that comes back is a row of its own.
conflicts = Table(
    "conflicts",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("ground", String(20), primary_key=True),
    Column("source", String(20), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rule", String(60)),
    Column("via", String(64), nullable=False),  # the code or the application that ties the two
    Column("since", Date),
    Column("found_at", Instant, nullable=False),
    Column("found_by", String(200), nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(20)),  # source_changed, lifted
    Column("ended_by", String(200)),
    Column("ended_reason", Text),
    Index(
        "ix_conflicts_open", "cycle_id", "application_id", "expert_id",
        sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
    ),
)  # fmt: skip

# What a reviewer said of one application before it saw the dossier. The last one counts.
case_statements = Table(
    "case_statements",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("interest", Boolean, nullable=False),
    Column("relations", JSON, nullable=False),
    Column("signed", EncryptedText, nullable=False),  # JSON of all that was signed
    Column("digest", String(100), nullable=False),  # of the same
    Column("signed_at", Instant, nullable=False),
)
only_added_to(case_statements, until_destroyed=True)

recusals = Table(
    "recusals",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("ground", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("rule", String(60)),
    Column("opened_at", Instant, nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("sheet_kept", Boolean, nullable=False),  # handed in before; it stays and is not counted
    Column("reviewers_before", Integer, nullable=False),
    Column("reviewers_after", Integer, nullable=False),
    Column("replacement", String(40)),
    Column("replaced_at", Instant),
    Column("replaced_by", String(200)),
    Column("released_at", Instant),
    Column("released_by", String(200)),
    Column("release_reason", Text),
    Column("settled_at", Instant),
    Column("settled_by", String(200)),
    Column("settled_reason", Text),
    Index("ix_recusals_state", "cycle_id", "state"),
)
