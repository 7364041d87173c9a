"""The store: SQLite or PostgreSQL, outbox and inbox, the sealed audit log, encrypted columns, migrations."""

from __future__ import annotations

from shared.store.columns import EncryptedText, Instant
from shared.store.engine import Limits
from shared.store.errors import (
    DecryptionError,
    DriverBlocksError,
    MissingKeyError,
    SchemaMismatchError,
    StoreBusyError,
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
from shared.store.tables import only_added_to, platform_tables
from shared.store.transaction import Answer, Transaction
from shared.store.work import Receipt, Work

StoreBusy = StoreBusyError  # its name until shared/bus has followed

__all__ = [
    "Answer",
    "AuditProblem",
    "AuditReport",
    "Batch",
    "DecryptionError",
    "DriverBlocksError",
    "EncryptedText",
    "HandoverReport",
    "Instant",
    "KeyRing",
    "Limits",
    "MissingKeyError",
    "Outbox",
    "OutboxRow",
    "Receipt",
    "SchemaMismatchError",
    "Store",
    "StoreBusy",
    "StoreBusyError",
    "StoreError",
    "Transaction",
    "Work",
    "check_handovers",
    "audit_state",
    "only_added_to",
    "platform_tables",
    "unreachable",
    "worth_retrying",
]
