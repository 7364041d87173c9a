"""The store: SQLAlchemy on SQLite or PostgreSQL, outbox and inbox, the sealed audit log, encrypted columns, migrations."""

from __future__ import annotations

from shared.store.engine import Limits
from shared.store.errors import (
    DecryptionFailed,
    DriverBlocks,
    MissingKey,
    SchemaMismatch,
    StoreBusy,
    StoreError,
    unreachable,
    worth_retrying,
)
from shared.store.handovers import HandoverReport, check_handovers
from shared.store.inspection import AuditProblem, AuditReport
from shared.store.keys import KeyRing
from shared.store.outbox import Batch, Outbox, OutboxRow
from shared.store.reports import audit_state
from shared.store.store import Store
from shared.store.tables import platform_tables
from shared.store.transaction import Answer, Transaction
from shared.store.types import EncryptedText, Instant
from shared.store.work import Receipt, Work

__all__ = [
    "Answer",
    "AuditProblem",
    "AuditReport",
    "Batch",
    "DecryptionFailed",
    "DriverBlocks",
    "EncryptedText",
    "HandoverReport",
    "Instant",
    "KeyRing",
    "Limits",
    "MissingKey",
    "Outbox",
    "OutboxRow",
    "Receipt",
    "SchemaMismatch",
    "Store",
    "StoreBusy",
    "StoreError",
    "Transaction",
    "Work",
    "check_handovers",
    "audit_state",
    "platform_tables",
    "unreachable",
    "worth_retrying",
]
