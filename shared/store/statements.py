"""The few statements that differ between the databases, each one round trip."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from shared.store.rows import utc_text

_CLAIM = {
    "postgresql": (
        "INSERT INTO inbox (consumer, message_id, claimed_at) "
        "SELECT %(consumer)s, id, %(at)s::timestamptz FROM unnest(%(ids)s::text[]) AS id "
        "ON CONFLICT DO NOTHING RETURNING message_id"
    ),
    "sqlite": (
        "INSERT INTO inbox (consumer, message_id, claimed_at) "
        "SELECT :consumer, value, :at FROM json_each(:ids) WHERE true "
        "ON CONFLICT DO NOTHING RETURNING message_id"
    ),
}
_RELEASE = {
    "postgresql": "DELETE FROM inbox WHERE consumer = %(consumer)s AND message_id = ANY(%(ids)s)",
    "sqlite": (
        "DELETE FROM inbox WHERE consumer = :consumer AND message_id IN (SELECT value FROM json_each(:ids))"
    ),
}
# The lock and the reading are two statements in one message: the second sees what the lock's last holder
# committed.
_ANSWER = {
    "postgresql": (
        "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 7)); "
        "SELECT operation, request_digest, reply FROM answers WHERE key = %(key)s"
    ),
    "sqlite": "SELECT operation, request_digest, reply FROM answers WHERE key = :key",
}


def _set(connection: Connection, values: Sequence[str]) -> object:
    return list(values) if connection.dialect.name == "postgresql" else json.dumps(values)


def claim(connection: Connection, consumer: str, ids: Sequence[str], at: datetime) -> set[str]:
    """Insert the inbox rows; gives the ids that were new."""
    moment = at if connection.dialect.name == "postgresql" else utc_text(at)
    parameters = {"consumer": consumer, "at": moment, "ids": _set(connection, ids)}
    found = connection.exec_driver_sql(_CLAIM[connection.dialect.name], parameters)
    return {row[0] for row in found}


def release(connection: Connection, consumer: str, ids: Sequence[str]) -> None:
    """Delete inbox rows."""
    parameters = {"consumer": consumer, "ids": _set(connection, ids)}
    connection.exec_driver_sql(_RELEASE[connection.dialect.name], parameters)


def answer(connection: Connection, key: str) -> tuple[str, str, str] | None:
    """Operation, request digest and reply under a key."""
    row = connection.exec_driver_sql(_ANSWER[connection.dialect.name], {"key": key}).first()
    return None if row is None else (row[0], row[1], row[2])
