"""The gateway's public API as the player uses it: one role at a time, one day at a time, patient with faults.

A command that got no reply is sent again with the same idempotency key, so that nothing is done twice; only what cannot
be reached for three minutes counts as no answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import requests
from requests.adapters import HTTPAdapter

from deploy.rehearsal.faults import NoAnswer, Refused

REHEARSAL_DATE = "Zhiheng-Rehearsal-Date"
IDEMPOTENCY_KEY = "Idempotency-Key"
_UNANSWERED = frozenset({502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0  # seconds between tries
_AT_ONCE = 8

Result = TypeVar("Result")


@dataclass(frozen=True)
class Persona:
    """Who does a step: a role, and by what the services know the person."""

    role: str
    subject: str


PUBLIC: Persona | None = None  # somebody who is not signed in
OFFICE = Persona("award_office", "office")
RECOMMENDER = Persona("recommending_body", "recommender")
FINANCE = Persona("finance", "finance")


class Gateway:
    """One gateway. Safe to share between threads; each keeps a connection of its own.

    `patience` is for how long an address that does not answer is tried, in seconds; `timeout` for one try.
    """

    def __init__(self, url: str, token: str, *, patience: float = 180.0, timeout: float = 30.0) -> None:
        self._base = url.rstrip("/") + "/api/v1"
        self._token = token
        self._patience = patience
        self._timeout = timeout
        self._tokens: dict[Persona, str] = {}
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="player")

    def __enter__(self) -> Gateway:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ask(self, path: str, who: Persona | None, on: date, **query: str) -> dict[str, Any]:
        """A question. Raises Refused, NoAnswer."""
        return self._send("GET", path, who, on, query=query)

    def do(
        self, verb: str, path: str, who: Persona | None, on: date, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """A command, done once however often it has to be sent. Raises Refused, NoAnswer."""
        return self._send(verb, path, who, on, body=body or {}, key=uuid4().hex)

    def together(self, calls: Iterable[Callable[[], Result]]) -> list[Result]:
        """Independent calls at the same time, their results in order. Raises what the first of them raises."""
        return [future.result() for future in [self._pool.submit(call) for call in calls]]

    def sign_in_all(self, personas: Iterable[Persona]) -> None:
        """Get the tokens of several personas at once."""
        wanted = [persona for persona in dict.fromkeys(personas) if persona not in self._tokens]
        self.together(partial(self._token_of, persona) for persona in wanted)

    # How

    def _send(
        self,
        verb: str,
        path: str,
        who: Persona | None,
        on: date,
        *,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        headers = {REHEARSAL_DATE: on.isoformat()} | ({IDEMPOTENCY_KEY: key} if key else {})
        for renewed in (False, True):
            token = None if who is None else self._token_of(who)
            status, found = self._try(verb, path, headers, token, body, query)
            if status == 401 and who is not None and not renewed:
                self._tokens.pop(who, None)  # it ran out
                continue
            break
        if status >= 400:
            raise Refused(f"{verb} {path}", status, found)
        return found

    def _token_of(self, who: Persona) -> str:
        known = self._tokens.get(who)
        if known is None:
            asked = {"role": who.role, "subject": who.subject}
            path = "/rehearsals/tokens"
            status, found = self._try("POST", path, {IDEMPOTENCY_KEY: uuid4().hex}, self._token, asked, None)
            if status >= 400:
                raise Refused(f"POST {path}", status, found)
            known = self._tokens[who] = str(found["token"])
        return known

    def _try(
        self,
        verb: str,
        path: str,
        headers: Mapping[str, str],
        token: str | None,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
    ) -> tuple[int, dict[str, Any]]:
        """Send until something answers: its status and its body."""
        sent = dict(headers) | ({"Authorization": f"Bearer {token}"} if token else {})
        until, pause, why = time.monotonic() + self._patience, _FIRST_PAUSE, ""
        while True:
            try:
                response = self._session().request(
                    verb, self._base + path, json=body, params=query, headers=sent, timeout=self._timeout
                )
                if response.status_code not in _UNANSWERED:
                    return response.status_code, _json(response)
                why = f"HTTP {response.status_code}"
            except requests.RequestException as error:
                why = type(error).__name__
            if time.monotonic() > until:
                raise NoAnswer(f"{verb} {path}: {why}")
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1))
            self._local.session = session
        return session


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except requests.JSONDecodeError:
        found = None
    if isinstance(found, dict):
        return found
    return {"code": "no_json", "detail_zh": "答复不是 JSON", "detail_en": "the reply is no JSON"}
