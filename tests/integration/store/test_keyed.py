"""The digest that is kept beside an idempotency key gives no request away."""

from __future__ import annotations

import pytest

from shared.store import KeyRing, Store

pytestmark = pytest.mark.integration

BALLOTS = ("sha256:for", "sha256:against", "sha256:abstain", "sha256:recused")


def test_a_kept_digest_cannot_be_guessed(sqlite_url: str) -> None:
    """With a key ring, equal requests have equal digests, and another ring's holder cannot make them."""
    one = Store.open(sqlite_url, service="one", field_keys=KeyRing.generate())
    other = Store.open(sqlite_url, service="one", field_keys=KeyRing.generate())
    kept = one.keyed("answers.request_digest", BALLOTS[0])
    assert kept == one.keyed("answers.request_digest", BALLOTS[0])
    assert kept not in {other.keyed("answers.request_digest", ballot) for ballot in BALLOTS}
    assert kept not in BALLOTS
