"""Encrypted columns: the database never holds what it must not know."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from shared.store import DecryptionError, KeyRing, MissingKeyError, Store
from tests.integration.store.conftest import OpenStore, column, context
from tests.support.tiny.models import Note, metadata

NUMBER = "11010519491231002X"


def keep(store: Store, title: str = "a", number: str | None = NUMBER) -> None:
    with store.transaction() as tx:
        work = tx.work(context())
        index = None if number is None else work.blind_index(number, "notes.id_number")
        work.session.add(Note(id=title, title=title, id_number=number, id_number_index=index))


def read(store: Store, title: str = "a") -> str | None:
    with store.read() as work:
        return work.session.execute(select(Note.id_number).where(Note.title == title)).scalar_one()


def test_a_value_comes_back_and_is_never_stored_in_clear(store: Store) -> None:
    """What is written is read; the database holds neither the value nor two equal texts for it."""
    keep(store, "a")
    keep(store, "b")
    stored = column(store, "SELECT id_number FROM notes")
    assert read(store) == NUMBER
    assert not any(NUMBER in value for value in stored)
    assert len(set(stored)) == 2


def test_nothing_stays_nothing(store: Store) -> None:
    """An absent value is NULL in the database, so that it can be asked for."""
    keep(store, number=None)
    assert (read(store), column(store, "SELECT id_number FROM notes")) == (None, [None])


def test_a_value_is_found_by_its_blind_index(store: Store) -> None:
    """Equal values have one index, whatever their case, width and spaces."""
    keep(store)
    with store.read() as work:
        wanted = work.blind_index(" 11010519491231002ｘ", "notes.id_number")
        found = work.session.execute(select(Note).where(Note.id_number_index == wanted)).scalar_one()
        assert found.id_number == NUMBER


def test_another_ring_reads_nothing(store: Store, database_url: str, open_store: OpenStore) -> None:
    """A ring without the key, one with another key of that name, and no ring at all are told apart, none reads."""
    keep(store)
    elsewhere = open_store(database_url, field_keys=KeyRing.generate("k2"))
    with pytest.raises(MissingKeyError, match="k1"):
        read(elsewhere)
    impostor = open_store(database_url, field_keys=KeyRing.generate("k1"))
    with pytest.raises(DecryptionError):
        read(impostor)
    keyless = open_store(database_url, field_keys=None)
    with pytest.raises(MissingKeyError, match="without a key ring"):
        read(keyless)


def test_a_value_that_was_changed_or_moved_is_refused(store: Store) -> None:
    """A changed byte and a value copied from another column both fail to decrypt."""
    keep(store)
    sealed = column(store, "SELECT id_number FROM notes")[0]
    moved = store.keys.encrypt(NUMBER, "notes.title")
    for forged in (
        sealed[:-6] + ("AAAAA=" if sealed[-6:] != "AAAAA=" else "BBBBB="),
        moved,
        "v1.k1.%%%",
        NUMBER,
    ):
        with store.writing() as connection:
            connection.execute(text("UPDATE notes SET id_number = :forged"), {"forged": forged})
        with pytest.raises(DecryptionError):
            read(store)


def test_a_rotated_ring_reads_the_old_and_writes_the_new(database_url: str, open_store: OpenStore) -> None:
    """After a rotation old values are readable, new ones are under the new key, and the indexes agree."""
    first = KeyRing.generate("k1")
    old = open_store(database_url, field_keys=first)
    old.create_schema(metadata)
    keep(old, "a")
    fresh = KeyRing.generate("k2").split(",")[0]
    new = open_store(database_url, field_keys=f"{fresh},{first}")
    keep(new, "b")
    assert (read(new, "a"), read(new, "b")) == (NUMBER, NUMBER)
    stored = column(new, "SELECT id_number FROM notes ORDER BY title")
    assert [new.keys.needs_rotation(value) for value in stored] == [True, False]
    assert len(set(column(new, "SELECT id_number_index FROM notes"))) == 1
