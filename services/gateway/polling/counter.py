"""投票箱的客户端: a ballot box as the page asks it, over the way that any client has.

Nothing is tried twice here: where it is not known what became of a ballot, the voter is told so and asks again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests
import structlog
from urllib3.exceptions import HTTPError, NewConnectionError

from services.gateway.ballot_box.identities import refused
from services.gateway.ballot_box.pages import PAGE, VOTER_ADDRESS
from services.gateway.ballot_box.urn import AlreadyVoted, unknown
from services.gateway.errors import RateLimited
from services.gateway.routes import PREFIX
from shared.problems import Conflict, FieldError, Invalid, NotFound, Problem, Unavailable

log = structlog.get_logger(__name__)

_LARGEST = 1 << 20  # bytes of an answer
_CONNECT = 2.0  # seconds
_BEYOND = 2.0  # seconds that we wait longer than a box does
_LONGEST_WAIT = 3600  # seconds that a box may tell to wait
_RECEIPT = re.compile(r"[0-9a-f]{32}")


class Counter:
    """One address behind which boxes are. Safe to share between threads."""

    def __init__(self, url: str, token: str, patience: float) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._timeout = (_CONNECT, patience + _BEYOND)

    def voting(self, cycle_id: str, stage: str, address: str) -> dict[str, Any]:
        """The vote as a box shows it to everybody. Raises NotFound, RateLimited, Unavailable."""
        try:
            status, body, headers = self._ask("GET", self._way(cycle_id, stage, "voting"), address)
        except Unavailable:
            raise away() from None
        if status == 200 and isinstance(body.get("entries"), list):
            return body
        raise _problem(status, body, headers)

    def cast(self, cycle_id: str, stage: str, assertion: str, choices: Sequence[str], address: str) -> str:
        """Cast a ballot; gives its receipt. Raises what the box says: AlreadyVoted, Conflict, Invalid, Unauthenticated,
        NotFound, RateLimited, Unavailable (`not_confirmed`: it may have the ballot; any other: it has none).
        """
        way, signed = self._way(cycle_id, stage, "ballots"), {"Authorization": f"Bearer {assertion}"}
        status, body, headers = self._ask("POST", way, address, signed, {"choices": list(choices)})
        receipt = _receipt(body)
        if status == 202 and receipt is not None:
            return receipt
        raise _problem(status, body, headers)

    def _way(self, cycle_id: str, stage: str, what: str) -> str:
        return f"{self._url}{PREFIX}/cycles/{quote(cycle_id, safe='')}/stages/{quote(stage, safe='')}/{what}"

    def _ask(
        self, method: str, address: str, voter: str, more: Mapping[str, str] | None = None, body: Any = None
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """Status, body and headers. Raises Unavailable, whose code says whether a ballot may have come there."""
        headers = {PAGE: self._token, VOTER_ADDRESS: voter, "Accept": "application/json", **(more or {})}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy and no .netrc between us and the box
                with session.request(
                    method, address, json=body, headers=headers, timeout=self._timeout, allow_redirects=False, stream=True,
                ) as answer:  # fmt: skip
                    raw = answer.raw.read(_LARGEST, decode_content=True)
                    found = json.loads(raw)
        except (requests.RequestException, HTTPError, OSError, ValueError, RecursionError) as error:
            log.warning("polling.box_away", reason=type(error).__name__)
            raise away() if _never_came(error) else unknown() from None
        return answer.status_code, found if isinstance(found, dict) else {}, answer.headers


def away() -> Unavailable:
    """No box answers: there is no ballot anywhere."""
    return Unavailable(
        "投票箱暂时无法访问，请稍后再试", "the ballot boxes cannot be reached just now; try again shortly", code="box_away"
    )  # fmt: skip


def _never_came(error: Exception) -> bool:
    """Whether nothing was sent: there was no connection."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _receipt(body: Mapping[str, Any]) -> str | None:
    found = body.get("receipt")
    return found if isinstance(found, str) and _RECEIPT.fullmatch(found) else None


def _problem(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Problem:
    """What a box refused, as our own problem; its words are kept where they are for the voter."""
    zh, en, code = (str(body.get(name, "")) for name in ("detail_zh", "detail_en", "code"))
    receipt = _receipt(body)
    match status:
        case 409 if code == AlreadyVoted.default_code and receipt is not None:
            return AlreadyVoted(receipt)
        case 409:
            return Conflict(zh, en, code=code)
        case 401:
            return refused()
        case 404:
            return NotFound(zh, en)
        case 422:
            return Invalid(zh, en, code=code, errors=_errors(body.get("errors")))
        case 429:
            wait = headers.get("Retry-After", "")
            return RateLimited(min(int(wait), _LONGEST_WAIT) if wait.isdecimal() else 60)
        case 503 if code:
            return Unavailable(zh, en, code=code)
    log.error("polling.box_answer", status=status, code=code[:40])
    return unknown()


def _errors(given: Any) -> list[FieldError]:
    names = ("field", "reason_zh", "reason_en")
    return [
        FieldError(*(str(each.get(name, "")) for name in names))
        for each in (given if isinstance(given, list) else [])
        if isinstance(each, dict)
    ]
