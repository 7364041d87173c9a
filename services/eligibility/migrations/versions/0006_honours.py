"""The register's names and numbers; certificates, revocation cases with their orders, credit reports, breaches of the title."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store import EncryptedText, Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _honours()
    _certificates()
    _revocation_cases()
    _case_orders()
    _credit_reports()
    _title_breaches()


def _honours() -> None:
    """Those that there are keep no number until their certificates are issued."""
    for name, length in (("name", 200), ("kind", 20), ("uscc", 18), ("number", 100)):
        op.add_column("honours", sa.Column(name, sa.String(length=length), nullable=True))
    op.create_index("ix_honours_world_uscc", "honours", ["world", "uscc"])
    op.create_index("ux_honours_world_number", "honours", ["world", "number"], unique=True)
    columns = ("application_id", "name", "kind", "uscc")
    honours = sa.table("honours", *(sa.column(name) for name in columns))
    dossiers = sa.table("dossiers", sa.column("application_id"), sa.column("dossier", sa.JSON()))
    here = dossiers.c.application_id == honours.c.application_id
    found = {
        name: sa.select(dossiers.c.dossier[name].as_string()).where(here).scalar_subquery()
        for name in columns[1:]
    }
    op.execute(sa.update(honours).values(**found))
    # An individual's award is the individual's, not its employer's.
    op.execute(sa.update(honours).where(honours.c.kind == "individual").values(uscc=None))


def _certificates() -> None:
    op.create_table(
        "certificates",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=100), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("application_id", "issue"),
        sa.UniqueConstraint("token_digest"),
    )
    op.create_index("ix_certificates_cycle_id", "certificates", ["cycle_id"])


def _revocation_cases() -> None:
    op.create_table(
        "revocation_cases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=True),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=200), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("notified_by", sa.String(length=200), nullable=True),
        sa.Column("notified_on", sa.Date(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answer", EncryptedText(), nullable=True),
        sa.Column("answer_papers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answered_by", sa.String(length=200), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("proposed_from", sa.String(length=20), nullable=True),
        sa.Column("proposal", sa.String(length=20), nullable=True),
        sa.Column("proposed_by", sa.String(length=200), nullable=True),
        sa.Column("proposed_on", sa.Date(), nullable=True),
        sa.Column("proposal_reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("banned_until", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_revocation_cases_cycle_id", "revocation_cases", ["cycle_id"])
    op.create_index(
        "ux_revocation_cases_source", "revocation_cases", ["application_id", "source_key"], unique=True
    )


def _case_orders() -> None:
    op.create_table(
        "case_orders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("order", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_case_orders_case_id", "case_orders", ["case_id"])


def _credit_reports() -> None:
    op.create_table(
        "credit_reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("last_failure", sa.String(length=200), nullable=True),
        sa.Column("receipt", sa.String(length=200), nullable=True),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_credit_reports_order_id", "credit_reports", ["order_id"])
    op.create_index("ix_credit_reports_state_due_at", "credit_reports", ["state", "due_at"])


def _title_breaches() -> None:
    op.create_table(
        "title_breaches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("cycle_id", sa.String(length=64), nullable=False),
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("found_by", sa.String(length=200), nullable=False),
        sa.Column("papers", sa.JSON(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("ordered", sa.Text(), nullable=True),
        sa.Column("ordered_by", sa.String(length=200), nullable=True),
        sa.Column("ordered_on", sa.Date(), nullable=True),
        sa.Column("correct_by", sa.Date(), nullable=True),
        sa.Column("correction", EncryptedText(), nullable=True),
        sa.Column("correction_papers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("corrected_by", sa.String(length=200), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.String(length=200), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_title_breaches_application_id", "title_breaches", ["application_id"])
    op.create_index("ix_title_breaches_cycle_id", "title_breaches", ["cycle_id"])
