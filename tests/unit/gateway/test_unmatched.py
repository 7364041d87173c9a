"""The hash of nobody is checked like everybody's."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError

from services.gateway.unmatched import unmatched


@pytest.mark.parametrize("type_", list(Type))
def test_it_costs_what_any_other_costs_and_matches_nothing(type_: Type) -> None:
    """The same parameters as what the hasher itself computes; a password is tried and found wrong, not refused unread."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=2, hash_len=24, salt_len=12, type=type_)
    drawn = unmatched(hasher)
    assert extract_parameters(drawn) == extract_parameters(hasher.hash("a password"))
    assert not hasher.check_needs_rehash(drawn)
    assert drawn != unmatched(hasher)
    with pytest.raises(VerifyMismatchError):
        hasher.verify(drawn, "a password")
