"""A running stack's database, opened beside the service that owns it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.local.stack import Stack
from shared.store import KeyRing, Store


@contextmanager
def store_of(stack: Stack, service: str) -> Iterator[Store]:
    """A service's store."""
    keys = KeyRing.parse((stack.secrets.folder / "field-keys").read_text(encoding="utf-8"))
    store = Store.open(stack.database_url(service), service=service, field_keys=keys)
    try:
        yield store
    finally:
        store.close()
