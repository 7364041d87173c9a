"""Limits of abuse: whom a request is counted against, and from when on it is refused."""

from __future__ import annotations

import pytest

from services.gateway.ballot_box.limits import Origins, Window, block_of, share_of
from services.gateway.errors import RateLimited
from shared.config import ConfigurationError


def test_one_more_than_allowed_is_told_when_to_come_again() -> None:
    """Others are not concerned, and the next window is a new one."""
    now = [100.0]
    window = Window(2, 60, lambda: now[0])
    window.take("a")
    window.take("a")
    now[0] = 130.0
    with pytest.raises(RateLimited) as refused:
        window.take("a")
    assert refused.value.wait == 30
    window.take("b")
    now[0] = 160.0
    window.take("a")


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        # Whoever comes past the proxies is not believed.
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.0.0.2", ["203.0.113.9"], "203.0.113.9"),
        # What the client itself wrote stands before what our proxies added.
        ("10.0.0.2", ["192.0.2.66, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.2", ["192.0.2.66", "203.0.113.9, 10.1.2.3"], "203.0.113.9"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("10.0.0.2", ["nonsense"], "10.0.0.2"),
        ("::ffff:10.0.0.2", ["2001:db8::1"], "2001:db8::1"),
    ],
)
def test_a_proxy_is_believed_only_where_it_is_ours(peer: str, forwarded: list[str], address: str) -> None:
    """From the right, until an address that is no proxy."""
    assert Origins("10.0.0.0/8", "PROXIES").address(peer, forwarded) == address


def test_a_wrong_list_of_proxies_stops_the_start() -> None:
    """Rather than believing nobody in silence."""
    with pytest.raises(ConfigurationError, match="BALLOT_PROXIES"):
        Origins("10.0.0.0/33", "ZHIHENG_BALLOT_PROXIES")


def test_blocks_and_shares_of_addresses() -> None:
    """What the office sees is a block; what is limited is an address, or what one customer has of IPv6."""
    assert block_of("203.0.113.9") == "203.0.113.0/24"
    assert block_of("2001:db8:1:2:3::4") == "2001:db8:1::/48"
    assert block_of("nonsense") == "unknown"
    assert share_of("203.0.113.9") == "203.0.113.9"
    assert share_of("2001:db8:1:2:3::4") == share_of("2001:db8:1:2::5") == "2001:db8:1:2::/64"
