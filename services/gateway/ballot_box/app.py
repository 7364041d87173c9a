"""The box's HTTP, as an ASGI application: one way to cast a ballot, one to see what may be chosen."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import structlog

from services.gateway import errors
from services.gateway.ballot_box.ballots import no_such_vote
from services.gateway.ballot_box.catalogue import Catalogue
from services.gateway.ballot_box.identities import Identities, refused
from services.gateway.ballot_box.limits import Origins, Window, block_of, share_of
from services.gateway.ballot_box.metrics import Metrics
from services.gateway.ballot_box.pages import PAGE, VOTER_ADDRESS, told_address
from services.gateway.ballot_box.urn import AlreadyVoted, Urn
from services.gateway.ballot_box.voters import Voters
from services.gateway.body import check_content_type
from services.gateway.circumstances import REQUEST_ID, request_id
from services.gateway.logs import place_of
from services.gateway.routes import PREFIX
from shared.clock import Clock
from shared.config import Settings
from shared.problems import Problem, Unauthenticated, Unavailable

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, dict[str, Any]]
_WAY = re.compile(PREFIX + r"/cycles/([A-Za-z0-9_-]{1,64})/stages/([a-z_]{1,60})/(ballots|voting)\Z")
_METHODS = {"ballots": "POST", "voting": "GET"}
_OPERATORS = frozenset(
    {"busy", "not_confirmed", "not_set_up", "fault", "rate_limited", "other_ballot_key", "other_page_secret"}
)
_ORDER = random.SystemRandom()
_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


@dataclass
class Box:
    """Everything that a request needs. `identities` is None where no identity service is set up, `page` where no page casts."""

    settings: Settings
    identities: Identities | None
    voters: Voters
    catalogue: Catalogue
    urn: Urn
    origins: Origins
    addresses: Window
    people: Window
    clock: Clock
    metrics: Metrics
    page: str | None = None  # what the portal's page shows


@dataclass
class _Request:
    """What came, as far as it is looked at."""

    method: str
    path: str
    headers: dict[bytes, bytes]
    forwarded: list[str]
    peer: str

    @classmethod
    def of(cls, scope: Scope) -> _Request:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        forwarded = [
            value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
        ]
        return cls(scope["method"], scope["path"], headers, forwarded, (scope.get("client") or ("", 0))[0])

    def text(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")


def create_app(box: Box) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The application. It has no lifespan of its own: the process begins and ends the parts."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])  # as ASGI asks for what an application does not speak
        asked = _Request.of(scope)
        headers: dict[str, str] = {}
        try:
            status, body = await _answer(box, asked, receive)
            kind = "application/json"
        except Problem as problem:
            status, body, headers = _refusal(box, asked, problem)
            kind = errors.PROBLEM_JSON
        except Exception as error:  # noqa: BLE001 - whatever it was, the voter gets an answer
            log.error("request.fault", detail=place_of(error))
            status, body, headers = _refusal(box, asked, errors.fault())
            kind = errors.PROBLEM_JSON
        await _send(send, status, kind, body, headers)

    return app


async def _answer(box: Box, asked: _Request, receive: Receive) -> Answer:
    found = _WAY.match(asked.path)
    if found is None:
        raise errors.NoSuchAddress("没有这个地址", "no such address")
    cycle_id, stage, what = found.groups()
    if asked.method != _METHODS[what]:
        raise errors.WrongMethod("这个地址不支持这种方法", "this address does not take this method")
    address = _address(box, asked)
    box.addresses.take(share_of(address))
    if what == "voting":
        return await _show(box, cycle_id, stage)
    return await _cast(box, asked, receive, cycle_id, stage, block_of(address))


def _address(box: Box, asked: _Request) -> str:
    """Whoever casts, also behind a proxy of ours or the portal's page. Raises Unavailable."""
    page = asked.text(PAGE.lower().encode())
    if page:
        return told_address(box.page, page, asked.text(VOTER_ADDRESS.lower().encode()))
    return box.origins.address(asked.peer, asked.forwarded)


async def _show(box: Box, cycle_id: str, stage: str) -> Answer:
    """The vote, its entries in an order drawn for this request alone."""
    vote = await box.catalogue.vote(cycle_id, stage)
    entries = list(vote.reply["entries"])
    _ORDER.shuffle(entries)
    now = box.clock.now()
    state = "waiting" if now < vote.opens_at else "open" if now < vote.closes_at else vote.reply["state"]
    if state == "open" and now >= vote.closes_at:
        state = "over"
    return 200, {**vote.reply, "state": state, "entries": entries}


async def _cast(box: Box, asked: _Request, receive: Receive, cycle_id: str, stage: str, block: str) -> Answer:
    raw = await _body(asked, receive, box.settings.ballot_largest_bytes)
    identity = _identities(box).verify(_assertion(asked))
    check_content_type(asked.text(b"content-type"))
    vote = await box.catalogue.vote(cycle_id, stage)
    voter = box.voters.digest(vote.id, identity)
    box.people.take(voter)
    vote.require_open(box.clock.now())
    choices = vote.choices(raw)
    if vote.key_id is not None and vote.key_id != box.voters.key_id(vote.id):
        log.error("ballots.other_key", vote=vote.id)
        raise Unavailable(
            "投票箱配置有误", "this ballot box is not set up for the vote", code="other_ballot_key"
        )
    await box.urn.put(vote, voter, choices, block)
    return 202, {"receipt": voter}


def _identities(box: Box) -> Identities:
    if box.identities is None:
        raise Unavailable("身份认证尚未接通", "no identity service is set up", code="not_set_up")
    return box.identities


def _assertion(asked: _Request) -> str:
    scheme, _, assertion = asked.text(b"authorization").partition(" ")
    if not assertion:
        raise Unauthenticated("请先在身份认证平台登录", "sign in at the identity service first")
    if scheme.lower() != "bearer":
        raise refused()
    return assertion.strip()


async def _body(asked: _Request, receive: Receive, most: int) -> bytes:
    """The whole body. Raises TooLarge as soon as that is known, BadRequest for one that was cut off."""
    length = asked.text(b"content-length")
    if length.isdigit() and int(length) > most:
        raise _too_large(most)
    found = bytearray()
    while True:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise errors.BadRequest("请求不完整", "the request was cut off")
        found += part.get("body", b"")
        if len(found) > most:
            raise _too_large(most)
        if not part.get("more_body", False):
            return bytes(found)


def _too_large(most: int) -> errors.TooLarge:
    return errors.TooLarge(f"选票超过 {most} 字节", f"a ballot has at most {most} bytes")


def _refusal(box: Box, asked: _Request, problem: Problem) -> tuple[int, dict[str, Any], dict[str, str]]:
    if problem.code in _OPERATORS:
        box.metrics.refused.labels(problem.code).inc()
    language = "en" if asked.text(b"accept-language").lower().startswith("en") else "zh"
    given = request_id(asked.text(REQUEST_ID.lower().encode()) or None)
    details = errors.as_details(problem, language, given)
    if problem.status == 404 and problem.code == no_such_vote().code:
        details |= {"detail_zh": problem.detail_zh, "detail_en": problem.detail_en}
    if isinstance(problem, AlreadyVoted):
        details["receipt"] = problem.receipt
    headers = dict(errors.extra_headers(problem)) | {"Content-Language": language, REQUEST_ID: given}
    return problem.status, details, headers


async def _send(send: Send, status: int, kind: str, body: dict[str, Any], headers: dict[str, str]) -> None:
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    listed = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(raw)), *_HEADERS]
    listed += [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": raw})
