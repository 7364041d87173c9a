"""Files that are kept: made once, bounded in number, and never kept where they could not be made."""

from __future__ import annotations

import pytest

from services.gateway.kept import Kept

pytestmark = pytest.mark.unit


def test_a_file_is_made_once_and_the_one_not_asked_for_longest_goes() -> None:
    kept, made = Kept(2), []

    def ask(key: str) -> bytes:
        def make() -> bytes:
            made.append(key)
            return key.encode()

        return kept.get(key, make)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert ask(key) == key.encode()
    assert made == ["a", "b", "c", "b"]


def test_what_could_not_be_made_is_made_when_it_is_asked_for_again() -> None:
    kept = Kept(2)

    def fails() -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("a", fails)
    assert kept.get("a", lambda: b"x") == b"x"
