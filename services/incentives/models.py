"""Incentives' tables: grants, earlier payments, the pool; payees, batches, lines; receivables; use of funds; tracking. In fen."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.incentives.tracking.tables import tracking_tables
from shared.procedure import procedure_tables
from shared.procedure.confirmations import confirmation_table
from shared.store import EncryptedText, Instant, platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
confirmations = confirmation_table(metadata)
tracking = tracking_tables(metadata)

# The natural key keeps a grant from being made twice in a cycle; the unique one keeps what is paid once from being
# made again in a later cycle (world "real"), while each rehearsal is a world of its own.
grants = Table(
    "grants",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("application_id", String(64), primary_key=True),
    Column("grant_for", String(10), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("level", String(100)),
    Column("track", String(100)),
    Column("amount_fen", BigInteger, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("explanation_zh", Text, nullable=False),
    Column("explanation_en", Text, nullable=False),
    Column("explanation", JSON),  # the same line by line; null where an older version computed it
    Column("state", String(10), nullable=False),
    Column("once_key", String(120)),
    Column("computed_on", Date, nullable=False),
    UniqueConstraint("world", "applicant_key", "once_key", name="uq_grants_once"),
    CheckConstraint("amount_fen >= 0", name="ck_grants_amount"),
)

# What is recorded twice by accident has one idempotency key; two equal instalments on one day have two.
payments = Table(
    "payments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("grant_for", String(10), nullable=False),
    Column("level", String(100), nullable=False),  # "" for the pool
    Column("paid_on", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Index("ix_payments_world_applicant_key", "world", "applicant_key"),
    CheckConstraint("amount_fen >= 0", name="ck_payments_amount"),
)

clawbacks = Table(
    "clawbacks",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("raised_on", Date, nullable=False),
    Index("ix_clawbacks_cycle_id", "cycle_id"),
    CheckConstraint("amount_fen >= 0", name="ck_clawbacks_amount"),
)

# Applications that no stage sees: late ones, and drafts taken back. The pool's grant does not depend on them.
not_accepted = Table(
    "not_accepted",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("uscc", String(18), nullable=False),
    Index("ix_not_accepted_cycle_id", "cycle_id"),
)

# One row a membership, as heard: a leaving and the next joining come by queues of their own, in any order.
pool = Table(
    "pool",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("membership_id", String(64), primary_key=True),
    Column("uscc", String(18), nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("project_cost_fen", BigInteger),
    Column("left_on", Date),
    Index("ix_pool_world_uscc", "world", "uscc"),
)

# Who is on an application's dossier, so that an applicant finds its own money and nobody else's.
people = Table(
    "people",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("subject", String(200), primary_key=True),
    Column("part", String(10), nullable=False),
    Column("version", String(64), nullable=False),
    Index("ix_people_subject", "subject"),
)

bans = Table(
    "bans",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("world", String(64), nullable=False),
    Column("applicant_key", String(200), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("until", Date, nullable=False),
    Index("ix_bans_world_applicant_key", "world", "applicant_key"),
)

revocations = Table(
    "revocations",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("revoked_on", Date, nullable=False),
    Column("repay_days", Integer, nullable=False),
)

# What one person proposes and another decides: an approved cost, an outcome, instalments, a write-off. Never two at once of one
# kind and subject.
proposals = Table(
    "proposals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("proposed_by", String(200), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Instant),
    Column("decision_reason", Text),
    Index("ix_proposals_cycle_id_kind", "cycle_id", "kind"),
    Index(
        "uq_proposals_open", "kind", "subject", unique=True,
        sqlite_where=text("state = 'proposed'"), postgresql_where=text("state = 'proposed'"),
    ),
    CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_proposals_decided"),
    CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_proposals_two_people"),
)  # fmt: skip

# What was set, in the order of time; the newest of a year, or of a cycle, counts.
budgets = Table(
    "budgets",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("jurisdiction", String(64), nullable=False),
    Column("year", Integer, nullable=False),
    Column("cycle_id", String(64)),  # null: of the whole year
    Column("amount_fen", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_by", String(200), nullable=False),
    Column("set_at", Instant, nullable=False),
    Index("ix_budgets_jurisdiction_year", "jurisdiction", "year"),
    CheckConstraint("amount_fen >= 0", name="ck_budgets_amount"),
)

payees = Table(
    "payees",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("application_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("account_name", EncryptedText, nullable=False),
    Column("bank", EncryptedText, nullable=False),
    Column("account_number", EncryptedText, nullable=False),
    Column("state", String(10), nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Instant),
    Column("reason", Text),
    Index("ix_payees_application_id", "application_id"),
    CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="ck_payees_two_people"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("jurisdiction", String(64), nullable=False),
    Column("year", Integer, nullable=False),  # whose budget pays
    Column("channel", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("held_zh", Text),
    Column("held_en", Text),
    Column("made_by", String(200), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", Instant),
    Column("reason", Text),
    Index("ix_batches_cycle_id", "cycle_id"),
    Index("ix_batches_jurisdiction_year", "jurisdiction", "year"),
    CheckConstraint(
        "decided_by IS NULL OR state = 'cancelled' OR decided_by <> made_by", name="ck_batches_two_people"
    ),
)

_LIVE = text("state IN ('intent', 'sent', 'confirmed', 'unknown')")

# One line a try to pay one grant; its id is the key that the bank knows it by. The partial unique index is what keeps a grant
# from being paid twice: while one line may have been paid, or may still be, there is no other.
lines = Table(
    "payment_lines",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("batch_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("application_id", String(64), nullable=False),
    Column("grant_for", String(10), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("replaces", String(64)),  # the line that failed
    Column("amount_fen", BigInteger, nullable=False),
    Column("payee_id", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason_zh", Text),
    Column("reason_en", Text),
    Column("tries", Integer, nullable=False),
    Column("first_sent_at", Instant),
    Column("sent_at", Instant),
    Column("acknowledged_at", Instant),  # the bank said that it has it
    Column("due_at", Instant),  # when the clock looks at it again
    Column("bank_reference", String(100)),
    Column("settled_on", Date),
    UniqueConstraint("cycle_id", "application_id", "grant_for", "attempt", name="uq_payment_lines_attempt"),
    Index(
        "uq_payment_lines_live", "cycle_id", "application_id", "grant_for", unique=True,
        sqlite_where=_LIVE, postgresql_where=_LIVE,
    ),
    Index("ix_payment_lines_batch_id", "batch_id"),
    Index("ix_payment_lines_due_at", "due_at"),
    CheckConstraint("amount_fen > 0", name="ck_payment_lines_amount"),
)  # fmt: skip

# Whatever a bank said of a line, taken or not.
bank_answers = Table(
    "bank_answers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("line_id", String(64), nullable=False),
    Column("channel", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("said", String(20)),
    Column("bank_reference", String(100)),
    Column("reason", Text),
    Column("heard_at", Instant, nullable=False),
    Index("ix_bank_answers_line_id", "line_id"),
)

# What a clawback has become: who owes it, until when, and how far it is paid back.
receivables = Table(
    "receivables",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("received_fen", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("instalments", JSON, nullable=False),  # [{due_on, amount_fen}] as approved; empty: all at once
    Column("state", String(12), nullable=False),
    Column("remind_on", Date),
    Index("ix_receivables_cycle_id", "cycle_id"),
    Index("ix_receivables_remind_on", "remind_on"),
    CheckConstraint("amount_fen > 0", name="ck_receivables_amount"),
    CheckConstraint("received_fen >= 0 AND received_fen <= amount_fen", name="ck_receivables_received"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("application_id", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("reference", String(100), nullable=False),
    Column("papers", JSON, nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    UniqueConstraint("application_id", "reference", name="uq_receipts_reference"),
    CheckConstraint("amount_fen > 0", name="ck_receipts_amount"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("reminded_on", Date, primary_key=True),
    Column("owed_fen", BigInteger, nullable=False),  # what was due by then and not received
)

use_reports = Table(
    "use_reports",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("application_id", String(64), nullable=False),
    Column("grant_for", String(10), nullable=False),
    Column("period", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("items", JSON, nullable=False),
    Column("spent_fen", BigInteger, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reported_by", String(200), nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("decided_by", String(200)),
    Column("decided_on", Date),
    Column("reason", Text),
    UniqueConstraint(
        "cycle_id", "application_id", "grant_for", "period", "version", name="uq_use_reports_version"
    ),
    CheckConstraint("decided_by IS NULL OR decided_by <> reported_by", name="ck_use_reports_two_people"),
)
