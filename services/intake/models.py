"""Intake's tables: applications with their present status, enquiries to departments, the timeline of each cycle."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.procedure import procedure_tables
from shared.store import EncryptedText, Instant, only_added_to, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)

cycle_states = Table(
    "cycle_states",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("opened_at", Instant, nullable=False),
)

timeline = Table(
    "timeline",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("rule", String(64)),
    Column("state", String(10), nullable=False),
    Column("begins_on", Date),
    Column("begun_on", Date),
    Column("ends_on", Date),
    Column("closed_on", Date),
    Column("blocked_zh", Text),  # why it cannot lawfully begin, until it can
    Column("blocked_en", Text),
)

applications = Table(
    "applications",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("uscc", String(18), nullable=False),
    Column("category", String(20)),
    Column("applicant_key", String(200), nullable=False),
    Column("id_number", EncryptedText),
    Column("nominated_by", String(200)),
    Column("recommended_by", String(200)),
    Column("facts", JSON, nullable=False),
    Column("materials", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("stopped_at", String(64)),
    Column("sequence", Integer),
    Column("submitted_on", Date),
    Column("receipt", String(100)),
    Index("ix_applications_cycle_id_status", "cycle_id", "status"),
    Index("ix_applications_owner", "owner"),
    UniqueConstraint("cycle_id", "sequence", name="uq_applications_cycle_id_sequence"),
)

enquiries = Table(
    "enquiries",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("department", String(20), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("records", JSON(none_as_null=True)),
    Column("answered_at", Instant),
    Column("answer_digest", String(100)),
    Column("last_failure", Text),
    Column("purpose", String(20), nullable=False, server_default="qualification"),
    Column("channel", String(10)),  # None until it has been asked
    Column("raised_at", Instant),
    Column("due_at", Instant),  # when something is to be done about it though nobody answers
    Column("reminders", Integer, nullable=False, server_default="0"),
    Column("valid_until", Date),
    Index("ix_enquiries_cycle_id_state", "cycle_id", "state"),
    Index("ix_enquiries_due_at", "due_at"),
)

# Every question and everything that came back, also what was not taken. Rows are only ever inserted.
enquiry_log = Table(
    "enquiry_log",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("application_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("department", String(20)),  # None: a credit report, which no department was asked for
    Column("entry", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("digest", String(100)),
    Column("records", Text),  # canonical JSON
    Column("answered_at", String(200)),  # the department's own time, as it gave it
    Column("evidence", String(200)),
    Column("reason", Text),
    Column("attempts", Integer),
    Column("valid_until", Date),
    Column("file_name", String(200)),
    Column("file_sha256", String(64)),
    Column("file_size", BigInteger),
    Index("ix_enquiry_log_application_id", "application_id"),
    Index("ix_enquiry_log_cycle_id_outcome", "cycle_id", "outcome"),
)
only_added_to(enquiry_log)

rechecks = Table(
    "rechecks",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("purpose", String(20), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("basis", JSON, nullable=False),  # department → digest and records that were known before
    Column("asked_at", Instant, nullable=False),
    Column("digest", String(100)),
    Column("valid_until", Date),
    Column("settled_at", Instant),
    Column("decided_by", String(200)),
    Column("reason", Text),
    Index("ix_rechecks_cycle_id_state", "cycle_id", "state"),
)

pool = Table(
    "pool",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("uscc", String(18), primary_key=True),
    Column("joined_on", Date, nullable=False),
    Column("project_cost_fen", BigInteger),
)
