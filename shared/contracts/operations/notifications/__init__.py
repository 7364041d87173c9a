"""What notifications 通知 answers: one's own messages, what could not be sent, addresses, announcements."""

from __future__ import annotations

from shared.contracts.operations.notifications import announcements, contacts, deliveries, messages
from shared.contracts.operations.operation import Operation

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for room in (messages, deliveries, contacts, announcements) for operation in room.OPERATIONS
)
