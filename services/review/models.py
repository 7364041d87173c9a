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
    text,
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

# --- recusal: what ties experts to applications, the conflicts that follow, statements case by case, recusals ---------------

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
only_added_to(case_statements)

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
