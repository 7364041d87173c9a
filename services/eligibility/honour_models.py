"""Tables of what follows an award: certificates, cases with their orders, reports to credit platforms, breaches of the title."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Date, Index, Integer, String, Table, Text

from services.eligibility.base import metadata
from shared.store import EncryptedText, Instant

# One row an issue: a certificate that was lost is issued anew, and the one before is known as replaced.
certificates = Table(
    "certificates",
    metadata,
    Column("application_id", String(64), primary_key=True),
    Column("issue", Integer, primary_key=True),
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("number", String(100), nullable=False),
    Column("key_id", String(100), nullable=False),
    Column("algorithm", String(20), nullable=False),
    Column("token", Text, nullable=False),
    Column("token_digest", String(100), nullable=False, unique=True),
    Column("issued_on", Date, nullable=False),
    Column("issued_by", String(200), nullable=False),
    Column("reason", Text),
)

revocation_cases = Table(
    "revocation_cases",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False),
    Column("application_id", String(64), nullable=False),
    Column("event", String(40), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("source", String(20), nullable=False),
    Column("source_key", String(200)),  # what it came from, so that the same thing opens one case only
    Column("grounds", Text, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("opened_by", String(200), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("notified_by", String(200)),
    Column("notified_on", Date),
    Column("answer_by", Date),
    Column("answer", EncryptedText),
    Column("answer_papers", JSON(none_as_null=True)),
    Column("answered_by", String(200)),
    Column("answered_on", Date),
    Column("proposed_from", String(20)),  # where a proposal that is sent back goes to
    Column("proposal", String(20)),
    Column("proposed_by", String(200)),
    Column("proposed_on", Date),
    Column("proposal_reason", Text),
    Column("decided_by", String(200)),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("banned_until", Date),
    Column("closed_on", Date),
    Index("ix_revocation_cases_cycle_id", "cycle_id"),
    Index("ux_revocation_cases_source", "application_id", "source_key", unique=True),
)

case_orders = Table(
    "case_orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("case_id", String(64), nullable=False, index=True),
    Column("application_id", String(64), nullable=False),
    Column("order", String(40), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", Text),
    Column("papers", JSON, nullable=False),
    Column("settled_by", String(200)),
    Column("settled_on", Date),
)

credit_reports = Table(
    "credit_reports",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("order_id", String(64), nullable=False, index=True),
    Column("application_id", String(64), nullable=False),
    Column("cycle_id", String(64), nullable=False),
    Column("platform", String(200), nullable=False),
    Column("body", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),  # when it is taken up again
    Column("last_failure", String(200)),
    Column("receipt", String(200)),
    Column("queued_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("settled_at", Instant),
    Column("settled_by", String(200)),
    Column("note", Text),
    Column("papers", JSON, nullable=False),
    Index("ix_credit_reports_state_due_at", "state", "due_at"),
)

title_breaches = Table(
    "title_breaches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("cycle_id", String(64), nullable=False, index=True),
    Column("application_id", String(64), nullable=False, index=True),
    Column("happened_on", Date, nullable=False),
    Column("place", Text, nullable=False),
    Column("found_by", String(200), nullable=False),
    Column("papers", JSON, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_on", Date, nullable=False),
    Column("ordered", Text),
    Column("ordered_by", String(200)),
    Column("ordered_on", Date),
    Column("correct_by", Date),
    Column("correction", EncryptedText),
    Column("correction_papers", JSON(none_as_null=True)),
    Column("corrected_by", String(200)),
    Column("corrected_on", Date),
    Column("settled_by", String(200)),
    Column("settled_on", Date),
    Column("note", Text),
)
