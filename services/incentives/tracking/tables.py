"""The tables of tracking: files, reports with drafts and what was handed in, warnings, visits, orders."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    JSON,
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
)

from shared.store import Instant, only_added_to


@dataclass(frozen=True)
class TrackingTables:
    """What is known of winners after the award. Only `drafts` hold what nobody but the winner may read."""

    files: Table
    reports: Table
    drafts: Table
    handed_in: Table
    warnings: Table
    visits: Table
    orders: Table


def tracking_tables(metadata: MetaData) -> TrackingTables:
    """Declare the tables in a service's metadata."""
    files = Table(
        "tracking_files",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("cycle_id", String(64), nullable=False),
        Column("level", String(100), nullable=False),
        Column("track", String(100), nullable=False),
        Column("awarded_on", Date, nullable=False),
        Column("ends_on", Date, nullable=False),
        Column("state", String(10), nullable=False),
        Column("ended_on", Date),
        Column("ended_rule", String(64)),  # of the sanction
        Column("reminded_on", Date),  # up to which day the winner was reminded
        Index("ix_tracking_files_cycle_id", "cycle_id"),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ck_tracking_files_ended"),
    )
    reports = Table(
        "tracking_reports",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("year", Integer, primary_key=True),  # that it tells of
        Column("due_on", Date, nullable=False),
        Column("state", String(10), nullable=False),
        Column("return_reason", Text),
        Column("correct_by", Date),
        Column("returned_by", String(200)),
        Column("accepted_by", String(200)),
        Column("accepted_on", Date),
        CheckConstraint(
            "(return_reason IS NULL) = (correct_by IS NULL)", name="ck_tracking_reports_returned"
        ),
        CheckConstraint(
            "(state = 'accepted') = (accepted_on IS NOT NULL)", name="ck_tracking_reports_accepted"
        ),
    )
    drafts = Table(
        "tracking_drafts",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("year", Integer, primary_key=True),
        Column("field", String(64), primary_key=True),  # a text, `papers`, or `index:` with its key
        Column("value", JSON, nullable=False),
        Column("saved_by", String(200), nullable=False),
        Column("saved_at", Instant, nullable=False),
    )
    handed_in = Table(
        "tracking_handed_in",
        metadata,
        Column("application_id", String(64), primary_key=True),
        Column("year", Integer, primary_key=True),
        Column("number", Integer, primary_key=True),  # 2: as corrected
        Column("texts", JSON, nullable=False),
        Column("figures", JSON, nullable=False),
        Column("papers", JSON, nullable=False),
        Column("digest", String(100), nullable=False),  # of the three
        Column("handed_in_by", String(200), nullable=False),
        Column("handed_in_on", Date, nullable=False),
    )
    only_added_to(handed_in, until_destroyed=True)
    warnings = Table(
        "tracking_warnings",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("application_id", String(64), nullable=False),
        Column("year", Integer, nullable=False),
        Column("index_key", String(64), nullable=False),
        Column("kind", String(10), nullable=False),
        Column("percent", String(20)),
        Column("state", String(10), nullable=False),
        Column("raised_on", Date, nullable=False),
        Column("answer_by", Date, nullable=False),
        Column("answer", Text),
        Column("answered_by", String(200)),
        Column("answered_on", Date),
        UniqueConstraint("application_id", "year", "index_key", "kind", name="uq_tracking_warnings"),
        CheckConstraint(
            "(state = 'answered') = (answered_on IS NOT NULL)", name="ck_tracking_warnings_answered"
        ),
    )
    visits = Table(
        "tracking_visits",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("application_id", String(64), nullable=False),
        Column("visit_on", Date, nullable=False),
        Column("visitors", JSON, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("state", String(10), nullable=False),
        Column("planned_by", String(200), nullable=False),
        Column("planned_on", Date, nullable=False),
        Column("record", Text),
        Column("findings", JSON),
        Column("papers", JSON),
        Column("closed_reason", Text),  # of a visit that was cancelled
        Column("closed_by", String(200)),
        Column("closed_on", Date),
        Index("ix_tracking_visits_application_id", "application_id"),
        CheckConstraint("(state = 'planned') = (closed_on IS NULL)", name="ck_tracking_visits_closed"),
    )
    orders = Table(
        "tracking_orders",
        metadata,
        Column("id", String(64), primary_key=True),
        Column("application_id", String(64), nullable=False),
        Column("visit_id", String(64)),  # where it was found
        Column("what", Text, nullable=False),
        Column("ground", Text, nullable=False),
        Column("answer_by", Date, nullable=False),
        Column("state", String(10), nullable=False),
        Column("issued_by", String(200), nullable=False),
        Column("issued_on", Date, nullable=False),
        Column("answer", Text),
        Column("papers", JSON),
        Column("answered_by", String(200)),
        Column("answered_on", Date),
        Column("decision_reason", Text),
        Column("decided_by", String(200)),
        Column("decided_on", Date),
        Index("ix_tracking_orders_application_id", "application_id"),
        CheckConstraint("decided_by IS NULL OR decided_by <> issued_by", name="ck_tracking_orders_two"),
        CheckConstraint(
            "(state IN ('confirmed', 'escalated')) = (decided_on IS NOT NULL)",
            name="ck_tracking_orders_decided",
        ),
    )
    return TrackingTables(files, reports, drafts, handed_in, warnings, visits, orders)
