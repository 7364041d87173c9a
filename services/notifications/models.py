"""Notifications' tables: cycles and dossiers as heard, contacts, messages, their deliveries and each try, announcements.

Of a dossier nothing is kept but who is on it. Addresses are encrypted. Texts are made from a template and a few values when
somebody reads them or they are sent.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.procedure.people import people_table
from shared.store import EncryptedText, Instant, platform_tables

metadata = MetaData()
tables = platform_tables(metadata)
dossier_people = people_table(metadata)

cycles = Table(
    "cycles",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("rulebook", String(100), nullable=False),
    Column("year", Integer, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("closed_on", Date),  # the step after which results are out
    Column("approved_on", Date),
    Column("released_at", Instant),
)

applications = Table(
    "applications",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index("ix_applications_cycle_id", "cycle_id"),
)

settled_corrections = Table(
    "settled_corrections",
    metadata,
    Column("application_id", String(64), primary_key=True),
)

# What waits for somebody, as heard: told once, and no more once it is settled, in whichever order that was heard.
heard_tasks = Table(
    "heard_tasks",
    metadata,
    Column("topic", String(300), primary_key=True),
    Column("settled", Boolean, nullable=False),
    Column("heard_at", Instant, nullable=False),
)

# An account as the gateway told it last. Shut: no roles, no addresses.
contacts = Table(
    "contacts",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("unit", String(200)),
    Column("email", EncryptedText),
    Column("phone", EncryptedText),
    Column("language", String(2), nullable=False),
    Column("quiet_from", String(5)),
    Column("quiet_until", String(5)),
)

contact_roles = Table(
    "contact_roles",
    metadata,
    Column("role", String(40), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Index("ix_contact_roles_subject", "subject"),
)

_NOT_SENT = text("dispatched_at IS NULL")

# One row a recipient; the row is the message in the portal. `lot` is drawn: what is due at one instant leaves by it.
messages = Table(
    "messages",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("recipient", String(200), nullable=False),
    Column("template", String(60), nullable=False),
    Column("data", JSON, nullable=False),
    Column("cycle_id", String(64)),
    Column("application_id", String(64)),
    Column("topic", String(300)),
    Column("due_at", Instant, nullable=False),
    Column("lot", Float, nullable=False),
    Column("dispatched_at", Instant),
    Column("read_at", Instant),
    Index("ix_messages_recipient_due_at", "recipient", "due_at"),
    Index("ix_messages_topic", "topic"),
    Index("ix_messages_application_id", "application_id"),
    Index("ix_messages_waiting", "due_at", "lot", sqlite_where=_NOT_SENT, postgresql_where=_NOT_SENT),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("message_id", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("lot", Float, nullable=False),
    Column("due_at", Instant),  # when the clock looks at it again; null: never
    Column("attempts", Integer, nullable=False),
    Column("failure", String(200)),
    Column("receipt", String(200)),
    Column("settled_at", Instant),
    Column(
        "claimed_at", Instant
    ),  # the last claim: since when, and whose (host, process, and a number of its own)
    Column("worker", String(100)),
    UniqueConstraint("message_id", "channel", name="uq_deliveries_message_id_channel"),
    Index("ix_deliveries_due_at", "due_at", "lot"),
    Index("ix_deliveries_state_settled_at", "state", "settled_at"),
    CheckConstraint("(state IN ('waiting', 'sending')) = (settled_at IS NULL)", name="ck_deliveries_settled"),
    CheckConstraint("state <> 'sending' OR worker IS NOT NULL", name="ck_deliveries_claimed"),
    CheckConstraint("(worker IS NULL) = (claimed_at IS NULL)", name="ck_deliveries_worker"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("delivery_id", String(64), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reason", String(200)),
    Column("tried_at", Instant, nullable=False),
    Index("ix_attempts_delivery_id", "delivery_id"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("subject_zh", String(60), nullable=False),
    Column("subject_en", String(120), nullable=False),
    Column("text_zh", Text, nullable=False),
    Column("text_en", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("proposed_by", String(200), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Instant),
    Column("reason", Text),
    Index("ix_announcements_cycle_id", "cycle_id"),
    CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_announcements_decided"),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_announcements_two_people"),
)
