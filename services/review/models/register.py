"""The standing register of experts: entries, declarations, absences, what both sides say of conduct."""

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
    UniqueConstraint,
    text,
)

from services.review.models.base import metadata
from shared.store import EncryptedText, Instant, only_added_to

expert_register = Table(
    "expert_register",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("state_reason", Text),  # of the last retirement or reinstatement
    Column("state_on", Date),
    Column("name", String(100), nullable=False),
    Column("title", String(100)),
    Column("industry_expert", Boolean, nullable=False),
    Column("may_lead", Boolean, nullable=False),
    Column("contact", EncryptedText),  # JSON
    Column("entered_on", Date, nullable=False),
    Column("declared_until", Date),  # of the declaration that was made last
    Index("ix_expert_register_listed", "world", "state", "name"),
    Index("ix_expert_register_declared_until", "world", "declared_until"),
)

# What experts are picked by: expertise, industries, qualifications, languages.
expert_tags = Table(
    "expert_tags",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("value", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("ix_expert_tags_kind_value", "world", "kind", "value"),
)

expert_employments = Table(
    "expert_employments",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("uscc", String(18), nullable=False),
    Column("name", String(200)),
    Column("since", Date),
    Column("until", Date),
    Index("ix_expert_employments_uscc", "world", "uscc"),
)

expert_proposals = Table(
    "expert_proposals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("changes", EncryptedText, nullable=False),  # JSON
    Column("note", EncryptedText),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(200)),
    Column("reason", Text),
    Index("ix_expert_proposals_state", "world", "state"),
    Index("ix_expert_proposals_expert_id", "world", "expert_id"),
    # One open proposal of an expert at a time.
    Index(
        "uq_expert_proposals_open", "world", "expert_id", unique=True,
        sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'"),
    ),
)  # fmt: skip

declarations = Table(
    "declarations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("number", Integer, nullable=False),  # of the expert, from 1: a later one supersedes the others
    Column("declared_on", Date, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("valid_until", Date, nullable=False),  # that day included
    Column("signed", EncryptedText, nullable=False),  # JSON of all that was signed
    Column("digest", String(100), nullable=False),  # of the same
    UniqueConstraint("world", "expert_id", "number", name="uq_declarations_number"),
)
only_added_to(declarations)

declared_interests = Table(
    "declared_interests",
    metadata,
    Column("declaration_id", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("relation", String(20), nullable=False),
    Column("uscc", String(18)),
    Column("since", Date),
    Column("until", Date),
)
only_added_to(declared_interests)

declaration_reminders = Table(
    "declaration_reminders",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("expert_id", String(40), primary_key=True),
    Column("due_on", Date, primary_key=True),  # the day that the reminder is about
    Column("step", Integer, primary_key=True),  # days before that day; negative: after it
    Column("reminded_at", Instant, nullable=False),
    Column("sent_at", Instant),  # when its event came over the bus
)

absences = Table(
    "absences",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("expert_id", String(40), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("entered_by", String(200), nullable=False),
    CheckConstraint("since <= until", name="ck_absences_order"),
    Index("ix_absences_expert_id", "world", "expert_id"),
)

# `author` is the reviewer, and empty for an applicant's side: no account is kept there.
conduct_reports = Table(
    "conduct_reports",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("side", String(10), primary_key=True),
    Column("author", String(40), primary_key=True),
    Column("marks", JSON, nullable=False),
    Column("comment", EncryptedText),
    Column("said_on", Date, nullable=False),
)
only_added_to(conduct_reports, until_destroyed=True)
