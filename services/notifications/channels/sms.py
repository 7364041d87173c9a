"""Short messages 短信 by an operator's gateway over HTTP: a signed request, the text in parts of 70 characters.

POST <url>/messages  {reference, to, language, parts: […]} → 202 {reference, receipt}

Signed as the questions to departments are (docs/departments.md). A reference that comes again is the same message. A status that
may pass (5xx, 408, 425, 429) is silence; any other refusal stays one.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import urllib3

from services.notifications.channels.port import ChannelRefused, ChannelSilent, Outgoing
from services.notifications.texts import parts
from shared.clock import Clock
from shared.signatures.requests import SIGNATURE, TIMESTAMP, sign

LONGEST_ANSWER = 10_000  # bytes
LONGEST_RECEIPT = 200  # characters
_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class SmsSettings:
    """Where the operator's gateway answers; the timeout in seconds."""

    url: str
    secret: str = field(repr=False)
    timeout: float = 5.0


class Sms:
    """The port over HTTP. Safe to share between threads."""

    knows_again = True  # by its reference

    def __init__(self, settings: SmsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._url = f"{settings.url.rstrip('/')}/messages"
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, cert_reqs="CERT_REQUIRED")

    def place(self) -> AbstractContextManager[object]:
        """As many at once as there are: the operator's gateway says itself what is too much."""
        return nullcontext()

    def send(self, message: Outgoing) -> str:
        """Hand a text over; the receipt is the operator's."""
        if not message.short:
            raise ChannelRefused("there is nothing to say")
        told = {
            "reference": message.id,
            "to": message.to,
            "language": message.language,
            "parts": parts(message.short),
        }
        status, raw = self._post(json.dumps(told, ensure_ascii=False).encode())
        if status >= 500 or status in _PASSING:
            raise ChannelSilent(f"HTTP {status}")
        if status not in {200, 202}:
            raise ChannelRefused(f"HTTP {status}")
        return _receipt(raw, message.id)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._settings.secret, timestamp, "POST", urlsplit(self._url).path, body),
        }
        try:
            response = self._pool.request(
                "POST", self._url, body=body, headers=headers, redirect=False, retries=False,
                timeout=urllib3.Timeout(self._settings.timeout), preload_content=False,
            )  # fmt: skip
            try:
                return response.status, response.read(LONGEST_ANSWER + 1, decode_content=False)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise ChannelSilent(type(error).__name__) from None


def _receipt(raw: bytes, reference: str) -> str:
    """The receipt in an answer about this message. Anything else is no answer at all."""
    try:
        found: Any = json.loads(raw.decode("utf-8")) if len(raw) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("reference") != reference:
        raise ChannelSilent("the answer is about another message")
    receipt = found.get("receipt")
    if not isinstance(receipt, str) or not 0 < len(receipt) <= LONGEST_RECEIPT:
        raise ChannelSilent("the receipt is malformed")
    return receipt
