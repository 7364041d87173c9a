"""A credit platform's exchange over HTTP: signed requests, short time-outs, answers that are looked at closely.

POST <url>/reports              {reference, platform, …} → 201 {reference, receipt} | 202 {reference}
GET  <url>/reports/<reference>  → 200 {reference, receipt or null} | 404

Signed as the questions to departments are (docs/departments.md). A status that may pass (5xx, 408, 425, 429) is silence; any
other refusal stays one.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import urllib3

from services.eligibility.credit.port import CreditReport, PlatformRefused, PlatformSilent
from shared.clock import Clock
from shared.signatures.requests import SIGNATURE, TIMESTAMP, sign

LONGEST_ANSWER = 100_000  # bytes
LONGEST_RECEIPT = 200  # characters
_PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class PlatformSettings:
    """Where the exchange answers; the timeout in seconds."""

    url: str
    secret: str = field(repr=False)
    timeout: float = 5.0


class HttpPlatform:
    """The port over HTTP. Safe to share between threads."""

    def __init__(self, settings: PlatformSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._base = settings.url.rstrip("/")
        self._pool = urllib3.PoolManager(num_pools=1, maxsize=4, cert_reqs="CERT_REQUIRED")

    def deliver(self, report: CreditReport) -> str | None:
        """Hand a report over."""
        body = json.dumps(report.plain(), ensure_ascii=False).encode()
        status, raw = self._send("POST", f"{self._base}/reports", body)
        if status not in {200, 201, 202}:
            raise _refusal(status)
        receipt = _read(raw, report.reference)
        if status != 202 and receipt is None:
            raise PlatformSilent("the answer has no receipt")
        return receipt

    def receipt(self, reference: str) -> str | None:
        """Ask for a receipt; a platform that does not know the report has not got to it yet."""
        status, raw = self._send("GET", f"{self._base}/reports/{reference}", b"")
        if status == 404:
            return None
        if status != 200:
            raise _refusal(status)
        return _read(raw, reference)

    def _send(self, method: str, url: str, body: bytes) -> tuple[int, bytes]:
        try:
            response = self._pool.request(
                method, url, body=body or None, headers=self._headers(method, url, body), redirect=False,
                retries=False, timeout=urllib3.Timeout(self._settings.timeout), preload_content=False,
            )  # fmt: skip
            try:
                return response.status, self._all(response)
            finally:
                response.close()
        except urllib3.exceptions.HTTPError as error:
            raise PlatformSilent(type(error).__name__) from error

    def _headers(self, method: str, url: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._settings.secret, timestamp, method, urlsplit(url).path, body),
        }

    def _all(self, response: urllib3.BaseHTTPResponse) -> bytes:
        found = bytearray()
        until = time.monotonic() + 2 * self._settings.timeout
        for part in response.stream(16_384, decode_content=False):
            found += part
            if len(found) > LONGEST_ANSWER or time.monotonic() > until:
                raise PlatformSilent("the answer is too long or takes too long")
        return bytes(found)


def _refusal(status: int) -> PlatformSilent | PlatformRefused:
    if status >= 500 or status in _PASSING:
        return PlatformSilent(f"HTTP {status}")
    return PlatformRefused(f"HTTP {status}")


def _read(raw: bytes, reference: str) -> str | None:
    """The receipt in an answer about this report. Anything else is no answer at all."""
    try:
        found: Any = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise PlatformSilent("the answer is malformed") from None
    if not isinstance(found, dict) or found.get("reference") != reference:
        raise PlatformSilent("the answer is about another report")
    receipt = found.get("receipt")
    if receipt is None:
        return None
    if not isinstance(receipt, str) or not 0 < len(receipt) <= LONGEST_RECEIPT:
        raise PlatformSilent("the receipt is malformed")
    return receipt
