"""What a ballot says of its voter."""

from __future__ import annotations

import pytest

from services.gateway.ballot_box.identities import Identity
from services.gateway.ballot_box.voters import Voters
from shared.config import ConfigurationError

KEY = "k" * 32
ANNA = Identity("https://identity", "anna")


def test_one_identity_is_one_voter_in_a_vote_and_another_in_the_next() -> None:
    """So a ballot is found again in its vote, and a person is not followed from vote to vote."""
    voters = Voters(KEY)
    assert voters.digest("v1", ANNA) == Voters(KEY).digest("v1", ANNA)
    others = {
        voters.digest("v2", ANNA),
        voters.digest("v1", Identity("https://identity", "ben")),
        voters.digest("v1", Identity("https://other", "anna")),
        voters.digest("v1a", Identity("nna", "")),
        Voters("x" * 32).digest("v1", ANNA),
    }
    assert voters.digest("v1", ANNA) not in others
    assert len(others) == 5


def test_parts_cannot_be_shifted_into_each_other() -> None:
    """Issuer and subject are kept apart: ab and c is not a and bc."""
    voters = Voters(KEY)
    assert voters.digest("v", Identity("ab", "c")) != voters.digest("v", Identity("a", "bc"))


def test_a_key_is_told_apart_from_another_and_is_no_voter() -> None:
    """Boxes with different keys are found out before one identity votes twice."""
    assert Voters(KEY).key_id("v") == Voters(KEY).key_id("v") != Voters("x" * 32).key_id("v")
    assert not Voters(KEY).digest("v", ANNA).startswith(Voters(KEY).key_id("v"))


def test_a_short_key_stops_the_start() -> None:
    """Without a word about the key itself."""
    with pytest.raises(ConfigurationError, match="BALLOT_KEY") as refused:
        Voters("secret")
    assert "secret" not in str(refused.value)
