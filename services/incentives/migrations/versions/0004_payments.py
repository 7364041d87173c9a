"""Paying: payees, budgets, batches, lines, what banks said; receivables; use of funds; whom bans and revocations stop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, Instant

revision = "0004"
down_revision = "0003"

_OPEN = sa.text("state = 'proposed'")
_LIVE = sa.text("state IN ('intent', 'sent', 'confirmed', 'unknown')")


def upgrade() -> None:
    op.add_column("grants", sa.Column("explanation", sa.JSON(), nullable=True))
    _stops()
    _decisions()
    _payees()
    _lines()
    _receivables()
    _use()


def _stops() -> None:
    op.create_table(
        "people",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "subject"),
    )
    op.create_index("ix_people_subject", "people", ["subject"])
    op.create_table(
        "bans",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("applicant_key", sa.String(length=200), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bans_world_applicant_key", "bans", ["world", "applicant_key"])
    op.create_table(
        "revocations",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("repay_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("application_id"),
    )


def _decisions() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=200), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="ck_proposals_decided"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="ck_proposals_two_people"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_proposals_cycle_id_kind", "proposals", ["cycle_id", "kind"])
    op.create_index(
        "uq_proposals_open",
        "proposals",
        ["kind", "subject"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=200), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name="ck_budgets_amount"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_budgets_jurisdiction_year", "budgets", ["jurisdiction", "year"])


def _payees() -> None:
    op.create_table(
        "payees",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("account_name", EncryptedText(), nullable=False),
        sa.Column("bank", EncryptedText(), nullable=False),
        sa.Column("account_number", EncryptedText(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("entered_by", sa.String(length=200), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> entered_by", name="ck_payees_two_people"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_payees_application_id", "payees", ["application_id"])
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("jurisdiction", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_zh", sa.Text(), nullable=True),
        sa.Column("held_en", sa.Text(), nullable=True),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR state = 'cancelled' OR decided_by <> made_by", name="ck_batches_two_people"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_batches_cycle_id", "batches", ["cycle_id"])
    op.create_index("ix_batches_jurisdiction_year", "batches", ["jurisdiction", "year"])


def _lines() -> None:
    op.create_table(
        "payment_lines",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("batch_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("grant_for", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(length=64), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("payee_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason_zh", sa.Text(), nullable=True),
        sa.Column("reason_en", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_sent_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("bank_reference", sa.String(length=100), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name="ck_payment_lines_amount"),
        sa.UniqueConstraint(
            "cycle_id", "application_id", "grant_for", "attempt", name="uq_payment_lines_attempt"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_payment_lines_batch_id", "payment_lines", ["batch_id"])
    op.create_index("ix_payment_lines_due_at", "payment_lines", ["due_at"])
    op.create_index(
        "uq_payment_lines_live",
        "payment_lines",
        ["cycle_id", "application_id", "grant_for"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    op.create_table(
        "bank_answers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("line_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=20), nullable=True),
        sa.Column("bank_reference", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bank_answers_line_id", "bank_answers", ["line_id"])


def _receivables() -> None:
    op.create_table(
        "receivables",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("instalments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount_fen > 0", name="ck_receivables_amount"),
        sa.CheckConstraint(
            "received_fen >= 0 AND received_fen <= amount_fen", name="ck_receivables_received"
        ),
        sa.PrimaryKeyConstraint("application_id"),
    )
    op.create_index("ix_receivables_cycle_id", "receivables", ["cycle_id"])
    op.create_index("ix_receivables_remind_on", "receivables", ["remind_on"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=100), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_receipts_amount"),
        sa.UniqueConstraint("application_id", "reference", name="uq_receipts_reference"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reminders",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=False),
        sa.Column("owed_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("application_id", "reminded_on"),
    )


def _use() -> None:
    op.create_table(
        "use_reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("grant_for", sa.String(length=10), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reported_by", sa.String(length=200), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> reported_by", name="ck_use_reports_two_people"
        ),
        sa.UniqueConstraint(
            "cycle_id", "application_id", "grant_for", "period", "version", name="uq_use_reports_version"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
