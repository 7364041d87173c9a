"""How often one address and one identity may ask, and which address a request comes from."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from services.gateway.errors import RateLimited
from shared.config import ConfigurationError

Address = IPv4Address | IPv6Address


class Window:
    """Counts by key in windows of some seconds; forgets all when one ends."""

    def __init__(self, most: int, seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._counts: dict[str, int] = {}
        self._ends = 0.0

    def take(self, key: str) -> None:
        """Count one more. Raises RateLimited with the seconds to the next window."""
        now = self._clock()
        if now >= self._ends:
            self._counts.clear()
            self._ends = now + self._seconds
        found = self._counts.get(key, 0)
        if found >= self._most:
            raise RateLimited(max(1, math.ceil(self._ends - now)))
        self._counts[key] = found + 1


class Origins:
    """Reads where a request comes from; only known proxies are believed about whom they speak for."""

    def __init__(self, proxies: str, setting: str) -> None:
        try:
            self._proxies = tuple(ip_network(part.strip()) for part in proxies.split(",") if part.strip())
        except ValueError as error:
            raise ConfigurationError(f"{setting}: {error}") from None

    def address(self, peer: str, forwarded: Sequence[str]) -> str:
        """The nearest address that is no proxy of ours. `forwarded`: the values of X-Forwarded-For, in order."""
        hops = [part.strip() for value in forwarded for part in value.split(",")]
        current = peer
        while hops and self._is_proxy(current):
            current = hops.pop()
        return str(_read(current) or peer)

    def _is_proxy(self, text: str) -> bool:
        address = _read(text)
        return address is not None and any(address in network for network in self._proxies)


@lru_cache(maxsize=100_000)
def block_of(text: str) -> str:
    """The block of an address: a /24, or a /48 of IPv6; what is no address is called `unknown`."""
    address = _read(text)
    if address is None:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


@lru_cache(maxsize=100_000)
def share_of(text: str) -> str:
    """By what an address is limited: itself, or its /64, for whoever has one address of IPv6 has all of that."""
    address = _read(text)
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return text


@lru_cache(maxsize=100_000)
def _read(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
