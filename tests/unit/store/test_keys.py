"""The key ring: strict when read, silent about its keys."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table

from shared.store import DecryptionError, EncryptedText, KeyRing, MissingKeyError

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()
RING = KeyRing.parse(f"k1:{KEY},index:{OTHER}")


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    """Any text of any length and script decrypts to itself, and only in its place."""
    sealed = RING.encrypt(text, "t.c")
    assert sealed.startswith("v1.k1.")
    assert RING.decrypt(sealed, "t.c") == text
    with pytest.raises(DecryptionError):
        RING.decrypt(sealed, "t.d")


@given(st.data())
def test_no_changed_byte_goes_unseen(data: st.DataObject) -> None:
    """A flipped bit anywhere in nonce, text or tag is refused."""
    prefix, key_id, encoded = RING.encrypt("张三", "t.c").split(".")
    raw = bytearray(base64.b64decode(encoded))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(DecryptionError):
        RING.decrypt(f"{prefix}.{key_id}.{base64.b64encode(raw).decode()}", "t.c")


def test_a_ring_may_span_lines_and_hold_comments() -> None:
    """As in a file that an administrator keeps: the first key is the current one, `index` is none of them."""
    ring = KeyRing.parse(f"# since spring\nk2: {OTHER}\n\nk1: {KEY}  # old\nindex: {KEY}\n")
    assert (ring.current, ring.ids) == ("k2", ("k2", "k1"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"k1:{KEY}",  # no index
        f"index:{KEY}",  # nothing to encrypt with
        f"k1:{KEY},k1:{OTHER},index:{KEY}",  # one name for two keys
        f"k1:{KEY[:-8]},index:{KEY}",  # too short
        f"k1:%%%,index:{KEY}",
        f"k 1:{KEY},index:{KEY}",
        f"{KEY},index:{KEY}",
    ],
)
def test_a_broken_ring_is_refused_without_showing_a_key(text: str) -> None:
    """Each way to write a ring wrong is an error, and no error tells a key."""
    with pytest.raises(ValueError) as refused:
        KeyRing.parse(text)
    assert KEY not in str(refused.value)
    assert OTHER not in str(refused.value)


def test_a_ring_shows_only_the_names() -> None:
    """Neither repr nor str holds a key, in any of the usual spellings."""
    shown = f"{RING!r} {RING}"
    assert shown == "KeyRing(k1) KeyRing(k1)"


def test_a_generated_ring_is_valid_and_new() -> None:
    """Two rings never share a key."""
    first, second = KeyRing.generate(), KeyRing.generate()
    assert KeyRing.parse(first).current == "k1"
    assert not set(first.split(",")) & set(second.split(","))


def test_an_unknown_key_is_named() -> None:
    """The error tells which key is missing, so that it can be brought."""
    with pytest.raises(MissingKeyError, match="'k9'"):
        RING.decrypt("v1.k9.AAAA", "t.c")


def test_a_blind_index_belongs_to_its_purpose() -> None:
    """Equal values have equal indexes within a purpose, and unrelated ones across purposes and rings."""
    same = {RING.blind_index(value, "t.c") for value in ("110x", " 110X ", "１１０Ｘ")}
    assert len(same) == 1
    assert RING.blind_index("110x", "t.d") not in same
    assert KeyRing.parse(KeyRing.generate()).blind_index("110x", "t.c") not in same


def test_a_column_type_belongs_to_one_column() -> None:
    """The place is taken from the table; one type for two columns would let their values be swapped."""
    table = Table("t", MetaData(), Column("c", EncryptedText), Column("d", EncryptedText("t.d")))
    assert [column.type.place for column in table.columns] == ["t.c", "t.d"]  # type: ignore[attr-defined]
    shared = EncryptedText()
    with pytest.raises(ValueError, match="give each column its own"):
        Table("u", MetaData(), Column("c", shared), Column("d", shared))
