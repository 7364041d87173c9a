"""Feedback: reports, their released versions, applicants' answers, the digest for the public."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    String,
    Table,
    Text,
)

from services.review.models.base import metadata
from shared.store import EncryptedText, Instant, only_added_to


def _of_a_report() -> tuple[Column[str], ...]:
    return (
        Column("cycle_id", String(64), primary_key=True),
        Column("application_id", String(64), primary_key=True),
    )


# What the office works on. Nothing of it reaches an applicant: that reads `feedback_versions` alone.
feedback_drafts = Table(
    "feedback_drafts",
    metadata,
    *_of_a_report(),
    Column("revision", Integer, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("gathered_at", Instant, nullable=False),
)

feedback_versions = Table(
    "feedback_versions",
    metadata,
    *_of_a_report(),
    Column("version", Integer, primary_key=True),
    Column("figures", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("digest", String(100), nullable=False),  # of both
    Column("reason", Text),  # of a correction
    Column("released_by", String(200), nullable=False),
    Column("released_on", Date, nullable=False),
    CheckConstraint("(version = 1) = (reason IS NULL)", name="ck_feedback_versions_reason"),
)
only_added_to(feedback_versions, until_destroyed=True)

feedback_answers = Table(
    "feedback_answers",
    metadata,
    *_of_a_report(),
    Column("version", Integer, nullable=False),  # that was answered
    Column("comment", EncryptedText, nullable=False),
    Column("answered_by", String(200), nullable=False),
    Column("answered_on", Date, nullable=False),
)
only_added_to(feedback_answers, until_destroyed=True)

feedback_digests = Table(
    "feedback_digests",
    metadata,
    Column("cycle_id", String(64), primary_key=True),
    Column("least", Integer, nullable=False),  # applicants below which nothing was told
    Column("groups", JSON, nullable=False),
    Column("texts", JSON, nullable=False),
    Column("published_by", String(200), nullable=False),
    Column("published_on", Date, nullable=False),
)
only_added_to(feedback_digests)
