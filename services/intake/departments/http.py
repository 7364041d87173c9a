"""The departments over HTTP: signed requests, short time-outs, a few tries, and answers that are looked at closely.

Plain sockets below (urllib3), so that it works in the service's green threads as well as in ordinary ones.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import structlog
import urllib3

from services.intake.departments.port import Answer, DepartmentSilent, Enquiry, Refused
from services.intake.departments.replies import NotTaken, understood
from shared.clock import Clock
from shared.contracts.dossier import DEPARTMENTS
from shared.identifiers import digest_bytes
from shared.signatures.requests import SIGNATURE, TIMESTAMP, sign

log = structlog.get_logger(__name__)

LONGEST_ANSWER = 1_000_000  # bytes
LONGEST_BACKOFF = 5.0  # seconds
_WORDS = {
    "other_reference": "the answer has another reference",
    "other_organization": "the answer is about another code",
}


class _NoAnswer(Exception):
    """One try that brought no proper answer. `again` says whether another try may; `refused` what came instead."""

    def __init__(self, reason: str, *, again: bool = True, refused: Refused | None = None) -> None:
        super().__init__(reason)
        self.again = again
        self.refused = refused


@dataclass(frozen=True)
class HttpSettings:
    """Where the departments answer and how hard they are pressed. Times in seconds.

    Paths of PEM files: `certificate` and `key` are ours, `authority` is the bundle that their certificate is held against
    (empty: the system's).
    """

    url: str
    secret: str = field(repr=False)
    timeout: float = 2.0
    attempts: int = 3
    backoff: float = 0.2
    connections: int = 32
    certificate: str = ""
    key: str = ""
    authority: str = ""


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
        # Not requests, which would take most of the time that an enquiry costs; and no proxy of the environment.
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=settings.connections,
            cert_file=settings.certificate or None,
            key_file=settings.key or None,
            ca_certs=settings.authority or None,
            cert_reqs="CERT_REQUIRED",
        )

    def ask(self, enquiry: Enquiry) -> Answer:
        """Ask, again after a pause where that may help. Raises DepartmentSilent."""
        if enquiry.department not in DEPARTMENTS:
            raise DepartmentSilent(f"no department {enquiry.department}")
        attempts = max(1, self._settings.attempts)
        refused: list[Refused] = []
        for number in range(1, attempts + 1):
            try:
                found = self._ask_once(enquiry)
            except _NoAnswer as silence:
                log.info(
                    "department.no_answer", department=enquiry.department, reference=enquiry.reference,
                    attempt=number, reason=str(silence),
                )  # fmt: skip
                if silence.refused is not None:
                    refused.append(silence.refused)
                if number == attempts or not silence.again:
                    raise DepartmentSilent(str(silence), number, tuple(refused)) from silence
                self._sleep(self.pause(number))
            else:
                return Answer(
                    tuple(found["records"]),
                    attempts=number,
                    evidence=found["evidence"],
                    answered_at=found["answered_at"],
                    refused=tuple(refused),
                )
        raise AssertionError("unreachable")

    def channel(self, department: str) -> str:
        """Always over HTTP."""
        return "http"

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
        try:
            response = self._pool.request(
                "POST", url, body=body, headers=self._headers(url, body), redirect=False, retries=False,
                timeout=urllib3.Timeout(self._settings.timeout), preload_content=False,
            )  # fmt: skip
            try:
                if response.status != 200:
                    raise _refused(response.status)
                raw = self._read(response)
            except BaseException:
                response.close()  # what was not read to its end cannot carry another question
                raise
        except urllib3.exceptions.HTTPError as error:
            raise _NoAnswer(type(error).__name__) from error
        response.release_conn()
        return _understood(raw, enquiry, self._clock.today())

    def _headers(self, url: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Accept": "application/json",
            TIMESTAMP: str(timestamp),
            SIGNATURE: sign(self._settings.secret, timestamp, "POST", urlsplit(url).path, body),
        }

    def _read(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """The body, not longer than it may be and not slower: a trickle of bytes must not hold a worker for ever."""
        found = bytearray()
        until = time.monotonic() + 2 * self._settings.timeout
        for part in response.stream(65_536, decode_content=False):
            found += part
            if len(found) > LONGEST_ANSWER:
                raise _NoAnswer("the answer is too long")
            if time.monotonic() > until:
                raise _NoAnswer("the answer takes too long")
        return bytes(found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object each of whose names is given once: of two lists of records nobody knows which is meant."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _refused(status: int) -> _NoAnswer:
    """A refusal of our request stays one; what the other side's trouble is may pass."""
    return _NoAnswer(f"HTTP {status}", again=status >= 500 or status in {408, 425, 429})


def _understood(raw: bytes, enquiry: Enquiry, today: date) -> dict[str, Any]:
    """The answer to this enquiry. Anything malformed, or an answer to another question, is no answer at all."""
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
        return understood(found, enquiry, today)
    except NotTaken as error:
        outcome = error.outcome
        reason = _WORDS.get(outcome, f"the answer is malformed at {error.error.field}")
        raise _NoAnswer(reason, refused=Refused(outcome, digest_bytes(raw), str(error))) from error
    except (ValueError, RecursionError) as error:  # neither UTF-8 nor JSON that can be read in one way alone
        reason = "the answer is malformed"
        raise _NoAnswer(reason, refused=Refused("malformed", digest_bytes(raw), reason)) from error
