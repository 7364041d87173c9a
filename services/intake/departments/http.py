"""The departments over HTTP: signed requests, short time-outs, a few tries, and answers that are looked at closely.

Plain sockets below (urllib3), so that it works in the service's green threads as well as in ordinary ones.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from marshmallow import Schema, ValidationError, fields, validate
from requests.adapters import HTTPAdapter

from services.intake.departments.port import Answer, DepartmentSilent, Enquiry
from services.intake.departments.signature import SIGNATURE, TIMESTAMP, sign
from shared.clock import Clock
from shared.contracts.base import Strict, optional_text
from shared.contracts.dossier import DEPARTMENTS, Record

log = structlog.get_logger(__name__)

LONGEST_ANSWER = 1_000_000  # bytes
LONGEST_BACKOFF = 5.0  # seconds
_CONNECTIONS = 32


class _AnswerBody(Strict):
    """What a department sends back."""

    reference = fields.String(required=True)
    uscc = fields.String(required=True)
    records = fields.List(fields.Nested(Record), required=True, validate=validate.Length(max=10_000))
    answered_at = optional_text()
    evidence = optional_text()


_BODY: Schema = _AnswerBody()


class _NoAnswer(Exception):
    """One try that brought no proper answer. `again` says whether another try may."""

    def __init__(self, reason: str, *, again: bool = True) -> None:
        super().__init__(reason)
        self.again = again


@dataclass(frozen=True)
class HttpSettings:
    """Where the departments answer and how hard they are pressed. Times in seconds."""

    url: str
    secret: str = field(repr=False)
    timeout: float = 2.0
    attempts: int = 3
    backoff: float = 0.2


class HttpDepartments:
    """The port over HTTP. Safe to share between threads."""

    def __init__(
        self,
        settings: HttpSettings,
        clock: Clock,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._base = settings.url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment has no business with these records
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=_CONNECTIONS, max_retries=0)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def ask(self, enquiry: Enquiry) -> Answer:
        """Ask, again after a pause where that may help. Raises DepartmentSilent."""
        if enquiry.department not in DEPARTMENTS:
            raise DepartmentSilent(f"no department {enquiry.department}")
        attempts = max(1, self._settings.attempts)
        for number in range(1, attempts + 1):
            try:
                found = self._ask_once(enquiry)
            except _NoAnswer as silence:
                log.info(
                    "department.no_answer", department=enquiry.department, reference=enquiry.reference,
                    attempt=number, reason=str(silence),
                )  # fmt: skip
                if number == attempts or not silence.again:
                    raise DepartmentSilent(str(silence), number) from silence
                self._sleep(self.pause(number))
            else:
                return Answer(
                    tuple(found["records"]),
                    attempts=number,
                    evidence=found["evidence"],
                    answered_at=found["answered_at"],
                )
        raise AssertionError("unreachable")

    def pause(self, number: int) -> float:
        """Seconds to wait after the `number`-th try: twice as long each time, half of it by chance."""
        longest: float = min(self._settings.backoff * 2 ** (number - 1), LONGEST_BACKOFF)
        return longest * (0.5 + 0.5 * self._jitter())

    def _ask_once(self, enquiry: Enquiry) -> dict[str, Any]:
        url = f"{self._base}/departments/{enquiry.department}/enquiries"
        body = json.dumps(
            {
                "reference": enquiry.reference,
                "cycle_id": enquiry.cycle_id,
                "uscc": enquiry.uscc,
                "name": enquiry.name,
                "purpose": enquiry.purpose,
            },
            ensure_ascii=False,
        ).encode()
        timeout = self._settings.timeout
        try:
            with self._session.post(
                url, data=body, headers=self._headers(url, body), timeout=(timeout, timeout), stream=True,
                allow_redirects=False,
            ) as response:  # fmt: skip
                if response.status_code != 200:
                    raise _refused(response.status_code)
                raw = self._read(response)
        except requests.RequestException as error:
            raise _NoAnswer(type(error).__name__) from error
        return _understood(raw, enquiry)

    def _headers(self, url: str, body: bytes) -> Mapping[str, str]:
        timestamp = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._settings.secret, timestamp, "POST", urlsplit(url).path, body),
        }

    def _read(self, response: requests.Response) -> bytes:
        """The body, not longer than it may be and not slower: a trickle of bytes must not hold a worker for ever."""
        found = bytearray()
        until = time.monotonic() + 2 * self._settings.timeout
        for part in response.iter_content(65_536):
            found += part
            if len(found) > LONGEST_ANSWER:
                raise _NoAnswer("the answer is too long")
            if time.monotonic() > until:
                raise _NoAnswer("the answer takes too long")
        return bytes(found)


def _refused(status: int) -> _NoAnswer:
    """A refusal of our request stays one; what the other side's trouble is may pass."""
    return _NoAnswer(f"HTTP {status}", again=status >= 500 or status in {408, 425, 429})


def _understood(raw: bytes, enquiry: Enquiry) -> dict[str, Any]:
    """The answer to this enquiry. Anything malformed, or an answer to another question, is no answer at all."""
    try:
        found: dict[str, Any] = _BODY.load(json.loads(raw.decode("utf-8")))
    except (ValueError, ValidationError) as error:  # ValueError: neither UTF-8 nor JSON
        raise _NoAnswer("the answer is malformed") from error
    if found["reference"] != enquiry.reference:
        raise _NoAnswer("the answer has another reference")
    if found["uscc"] != enquiry.uscc:
        raise _NoAnswer("the answer is about another code")
    return found
