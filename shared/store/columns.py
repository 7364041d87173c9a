"""Column types: instants that keep their zone, and text that is encrypted in the column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Column, DateTime, Text, event
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.base import SchemaEventTarget
from sqlalchemy.types import TypeDecorator

from shared.clock import SHANGHAI
from shared.store.errors import MissingKeyError
from shared.store.keys import KeyRing

_RINGS: WeakKeyDictionary[Dialect, KeyRing] = WeakKeyDictionary()


def lend_keys(dialect: Dialect, ring: KeyRing) -> None:
    """Let the encrypted columns of one engine use a key ring."""
    _RINGS[dialect] = ring


class Instant(TypeDecorator[datetime]):
    """A point in time with microseconds: stored in UTC, read in Asia/Shanghai. Refuses naive times (ValueError)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        return value.astimezone(SHANGHAI)


class EncryptedText(TypeDecorator[str]):
    """Text under AES-256-GCM; what the database holds is `v1.<key id>.<base64>`.

    The value is tied to its place, `table.column`: moved to another column it does not decrypt. The place is
    taken from the table that the column is put into. Two equal values look different; to search, keep a
    `blind_index` beside.
    """

    impl = Text
    cache_ok = True

    def __init__(self, place: str | None = None) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self._ring(dialect).encrypt(value, self._place())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else self._ring(dialect).decrypt(value, self._place())

    def _place(self) -> str:
        if self.place is None:
            raise MissingKeyError("an encrypted value belongs to a table's column")
        return self.place

    @staticmethod
    def _ring(dialect: Dialect) -> KeyRing:
        ring = _RINGS.get(dialect)
        if ring is None:
            raise MissingKeyError("this store was opened without a key ring (ZHIHENG_FIELD_KEYS)")
        return ring


def _take_place(column: Column[Any], table: SchemaEventTarget) -> None:
    kind = column.type
    if not isinstance(kind, EncryptedText):
        return
    place = f"{getattr(table, 'name', '')}.{column.name}"
    if kind.place not in {None, place}:
        raise ValueError(f"{place}: this EncryptedText belongs to {kind.place}; give each column its own")
    kind.place = place


event.listen(Column, "after_parent_attach", _take_place)
