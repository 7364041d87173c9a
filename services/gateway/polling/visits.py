"""一次到访: what a voter's browser carries from the identity service to the receipt, sealed, in one cookie; we keep nothing.

First the secrets of a sign-in, then the assertion of who votes, in the end the receipt: each takes the place of the one before,
for one vote, until a moment. What is no cookie of ours, or of another key, or late, is none. Never a choice. Pure.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes
_LONGEST = 3800  # characters: a browser keeps 4096 with the cookie's name and terms


@dataclass(frozen=True)
class _Visit:
    cycle_id: str
    stage: str
    until: int  # seconds since 1970

    def is_for(self, cycle_id: str, stage: str) -> bool:
        """Whether it is about this vote: nothing of one vote counts in another."""
        return (self.cycle_id, self.stage) == (cycle_id, stage)


@dataclass(frozen=True)
class Going(_Visit):
    """On the way to the identity service: what its answer has to fit."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True)
class Voter(_Visit):
    """Somebody of whom the identity service has said who it is; `id` is this visit's own and says nothing of anybody."""

    assertion: str = field(repr=False)
    id: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def form(self) -> str:
        """What a form of this visit carries, so that no other form is taken for one."""
        return self._derived("form")

    def order(self, applications: Sequence[str]) -> list[str]:
        """In an order of this visit's own, the same on each of its pages."""
        return sorted(applications, key=lambda each: (self._derived(f"order {each}"), each))

    def _derived(self, use: str) -> str:
        return hmac.new(self.id.encode(), use.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Done(_Visit):
    """There is a ballot of this identity; `first` where it was cast in this visit, as far as is known."""

    receipt: str
    first: bool


Visit = Going | Voter | Done
_KINDS: dict[str, type[Going] | type[Voter] | type[Done]] = {"going": Going, "voter": Voter, "done": Done}


class Seal:
    """Seals visits under one key, which all gateways have."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def shut(self, visit: Visit) -> str:
        """As a cookie carries it. Raises ValueError for what no browser would keep."""
        kind = next(name for name, cls in _KINDS.items() if type(visit) is cls)
        plain = json.dumps([kind, *(getattr(visit, each.name) for each in fields(visit))]).encode()
        nonce = secrets.token_bytes(_NONCE)
        text = base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, None)).decode()
        if len(text) > _LONGEST:
            raise ValueError("too long for a cookie")
        return text

    def open(self, text: str, now: datetime) -> Visit | None:
        """What is in it; None for nothing of ours, and for what is over."""
        if not text or len(text) > _LONGEST or not text.isascii():
            return None
        try:
            raw = base64.b64decode(text, altchars=b"-_", validate=True)
            found: list[Any] = json.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None))
            visit = _KINDS[found[0]](*found[1:])
        except (InvalidTag, ValueError, KeyError, TypeError):
            return None
        return visit if now.timestamp() < visit.until else None
