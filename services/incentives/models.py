"""Incentives' tables: grants, what earlier cycles paid, clawbacks, the pool's members. Amounts in fen."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.procedure import procedure_tables
from shared.procedure.confirmations import confirmation_table
from shared.records.tables import destroyed_table
from shared.store import platform_tables

metadata = MetaData()
platform = platform_tables(metadata)
procedure = procedure_tables(metadata)
destroyed = destroyed_table(metadata)
confirmations = confirmation_table(metadata)

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
