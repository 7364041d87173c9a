"""A bank over HTTP: signed requests, one try each, a key that makes a second one harmless, answers that are looked at closely.

    POST <url>/payments          {key, amount_fen, account_name, bank, account_number, purpose}, Idempotency-Key: key
    GET  <url>/payments/<key>
    both answer                  {key, amount_fen, state, reference, on, reason}; state: confirmed, failed, pending, not_known

No try is repeated here: what may follow one that brought no answer is decided where the line's state is kept.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import urllib3

from services.incentives.payments.port import SAID, Answer, NoAnswer, Order
from services.incentives.payments.signature import SIGNATURE, TIMESTAMP, sign
from shared.clock import Clock

LONGEST_ANSWER = 100_000  # bytes
_OF_AN_ORDER = ("key", "amount_fen", "account_name", "bank", "account_number", "purpose")


@dataclass(frozen=True)
class BankSettings:
    """Where the bank answers; `timeout` in seconds, of one request."""

    url: str
    secret: str = field(repr=False)
    timeout: float = 5.0
    connections: int = 32


class HttpBank:
    """The port over HTTP. Safe to share between threads."""

    def __init__(self, settings: BankSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._base = settings.url.rstrip("/")
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=settings.connections, block=True, cert_reqs="CERT_REQUIRED"
        )

    def pay(self, order: Order) -> Answer:
        """Hand the order over, once. Raises NoAnswer; so is a bank that says of what it was just handed that it never saw it."""
        body = {name: getattr(order, name) for name in _OF_AN_ORDER}
        answer = self._answer("POST", f"{self._base}/payments", body, order)
        if answer.said == "not_known":
            raise NoAnswer("the bank does not know what it was handed")
        return answer

    def ask(self, order: Order) -> Answer:
        """Ask by the key. Raises NoAnswer."""
        return self._answer("GET", f"{self._base}/payments/{order.key}", None, order)

    def _answer(self, method: str, url: str, content: dict[str, Any] | None, order: Order) -> Answer:
        body = b"" if content is None else json.dumps(content, ensure_ascii=False).encode()
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": order.key,
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._settings.secret, timestamp, method, urlsplit(url).path, body),
        }
        try:
            response = self._pool.request(
                method, url, body=body or None, headers=headers, redirect=False, retries=False,
                timeout=urllib3.Timeout(self._settings.timeout), preload_content=False,
            )  # fmt: skip
            try:
                raw = response.read(LONGEST_ANSWER + 1, decode_content=False)
            finally:
                response.close() if response.status >= 500 else response.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer(type(error).__name__) from error
        if response.status not in {200, 201, 202, 404}:
            raise NoAnswer(f"HTTP {response.status}")
        return understood(raw, order)


def understood(raw: bytes, order: Order) -> Answer:
    """The answer to this order. Raises NoAnswer for anything malformed, and for an answer to another order or amount."""
    if len(raw) > LONGEST_ANSWER:
        raise NoAnswer("the answer is too long", "malformed")
    try:
        found = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NoAnswer("the answer is malformed", "malformed") from None
    if not isinstance(found, dict) or found.get("state") not in SAID:
        raise NoAnswer("the answer is malformed", "malformed")
    if found.get("key") != order.key:
        raise NoAnswer("the answer has another key", "other_key")
    said = str(found["state"])
    if said == "not_known":
        return Answer(order.key, said)
    if found.get("amount_fen") != order.amount_fen:
        raise NoAnswer("the answer is about another amount", "other_amount")
    return answer_of(order.key, said, found.get("reference"), found.get("on"), found.get("reason"))


def answer_of(key: str, said: str, reference: object, on: object, reason: object) -> Answer:
    """An answer whose parts fit together. Raises NoAnswer: what is confirmed needs the bank's reference and a day."""
    try:
        day = date.fromisoformat(on) if isinstance(on, str) and on else None
    except ValueError:
        raise NoAnswer("the answer is malformed", "malformed") from None
    known = reference if isinstance(reference, str) and 0 < len(reference) <= 100 else None
    if said == "confirmed" and (known is None or day is None):
        raise NoAnswer("the answer is malformed", "malformed")
    return Answer(key, said, known, day, reason[:500] if isinstance(reason, str) else None)
