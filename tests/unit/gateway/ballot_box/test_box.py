"""A ballot box without a network: what it answers, and when; the broker and review are stand-ins that may fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.gateway.ballot_box.app import Box, create_app
from services.gateway.ballot_box.catalogue import Catalogue
from services.gateway.ballot_box.limits import Origins, Window
from services.gateway.ballot_box.link import Message
from services.gateway.ballot_box.metrics import Metrics
from services.gateway.ballot_box.pages import token_of
from services.gateway.ballot_box.urn import Urn
from services.gateway.ballot_box.voters import Voters
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from shared.contracts import event, load
from shared.contracts.events import BallotsCast
from shared.problems import Conflict, NotFound, Unavailable
from tests.support.identities import KnownPeople

NOW = datetime(2025, 6, 18, 9, 0, tzinfo=SHANGHAI)
WAY = "/api/v1/cycles/c1/stages/social_evaluation/ballots"
KEY = "k" * 32


@dataclass
class Broker:
    """Confirms at once, or not at all until it is told to."""

    confirms: bool = True
    ready: bool = True
    messages: list[Message] = field(default_factory=list)

    def publish(self, message: Message) -> None:
        self.messages.append(message)
        if self.confirms:
            message.confirmed.set_result(None)

    def ballots(self) -> list[str]:
        """Every ballot that it was given, by messages that fit the contract."""
        loaded = [load(event(BallotsCast.NAME, 1)(), json.loads(each.body)) for each in self.messages]
        return [ballot for each in loaded for ballot in each["ballots"]]


@dataclass
class Review:
    """Knows one vote, and who has voted."""

    closes_at: datetime = NOW + timedelta(days=7)
    counted: set[str] = field(default_factory=set)
    away: bool = False
    key_id: str | None = None

    async def ask(self, method: str, data: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        if self.away:
            raise Unavailable("不在", "away")
        assert method == "voting"
        if data["cycle_id"] != "c1":
            raise NotFound("没有", "nothing")
        entries = [{"number": n, "application_id": f"a{n}", "name": f"示例{n}"} for n in range(1, 5)]
        return {
            "cycle_id": "c1", "stage": data["stage"], "vote_id": "v1", "held": "here", "state": "open",
            "opens_at": NOW.isoformat(), "closes_at": self.closes_at.isoformat(), "choices_at_most": 2,
            "key_id": self.key_id, "entries": entries,
        }  # fmt: skip

    async def known(self, voters: Sequence[str]) -> frozenset[str]:
        return frozenset() if self.away else frozenset(self.counted & set(voters))


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]


class Bench:
    """One box, and people who send it requests."""

    def __init__(self, broker: Broker, review: Review, **settings: Any) -> None:
        self.broker, self.review = broker, review
        self.clock = FixedClock(NOW)
        self.people = KnownPeople(self.clock)
        self.settings = Settings(ballot_key=KEY, ballot_group_seconds=0.001, **settings)
        self.metrics = Metrics()
        self.voters = Voters(KEY)
        self.urn = Urn(self.settings, broker, self.voters, review.known, self.clock)  # type: ignore[arg-type]
        self.box = Box(
            settings=self.settings,
            identities=self.people,
            voters=self.voters,
            catalogue=Catalogue(review.ask, 0.0),
            urn=self.urn,
            origins=Origins("10.0.0.0/8", "PROXIES"),
            addresses=Window(self.settings.ballot_address_requests, 60),
            people=Window(self.settings.ballot_identity_requests, 60),
            clock=self.clock,
            metrics=self.metrics,
        )
        self.app = create_app(self.box)

    async def cast(self, who: str, *choices: str, **more: Any) -> Answer:
        body = json.dumps({"choices": list(choices)}).encode()
        return await self.send(body, assertion=self.people.assertion(who), **more)

    async def send(
        self,
        body: bytes,
        *,
        assertion: str | None = None,
        path: str = WAY,
        method: str = "POST",
        kind: str = "application/json",
        peer: str = "198.51.100.7",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        given = {"content-type": kind, **(headers or {})}
        if assertion is not None:
            given["authorization"] = f"Bearer {assertion}"
        scope = {
            "type": "http", "method": method, "path": path, "client": (peer, 5),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], json.loads(sent[1]["body"]), answered)


def at_bench(act: Callable[[Bench], Awaitable[None]], **settings: Any) -> None:
    """Run one act at a bench of its own, in an event loop of its own."""

    async def run() -> None:
        await act(Bench(Broker(), Review(), **settings))

    asyncio.run(run())


def test_a_ballot_is_answered_with_its_receipt_when_the_broker_has_it() -> None:
    """The message holds the voter's digest, the numbers chosen and the block of addresses, and no identity."""

    async def act(bench: Bench) -> None:
        answer = await bench.cast("anna", "a3", "a1")
        assert (answer.status, set(answer.body)) == (202, {"receipt"})
        assert bench.broker.ballots() == [f"{answer.body['receipt']}:1,3"]
        (message,) = bench.broker.messages
        assert json.loads(message.body)["origins"] == {"198.51.100.0/24": 1}
        assert b"anna" not in message.body
        assert "198.51.100.7" not in message.body.decode()

    at_bench(act)


def test_a_ballot_of_the_last_moment_is_taken_at_the_moment_that_its_message_tells() -> None:
    """The vote ends between the look at the clock and the message: review would refuse the message, so the box refuses first."""

    class Ticking(FixedClock):
        """A second goes by with every look."""

        def now(self) -> datetime:
            self.instant += timedelta(seconds=1)
            return self.instant

    async def act(bench: Bench) -> None:
        ticking = bench.box.clock = bench.urn._clock = Ticking(NOW)
        for looks in range(6):
            ticking.instant = bench.review.closes_at - timedelta(seconds=looks + 1)
            answer = await bench.cast(f"voter{looks}", "a1")
            assert answer.status in (202, 409)
        told = [
            datetime.fromisoformat(json.loads(each.body)["accepted_at"]) for each in bench.broker.messages
        ]
        assert told
        assert max(told) < bench.review.closes_at

    at_bench(act)


def test_nobody_is_answered_before_the_broker_confirms() -> None:
    """Those of one message together; where it takes too long they are told to ask again, and the ballot is still there."""

    async def act(bench: Bench) -> None:
        bench.broker.confirms = False
        waiting = [asyncio.create_task(bench.cast(who, "a1")) for who in ("anna", "ben")]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
        (message,) = bench.broker.messages
        message.confirmed.set_result(None)
        assert [answer.status for answer in await asyncio.gather(*waiting)] == [202, 202]
        late = await bench.cast("carl", "a1")
        assert (late.status, late.body["code"], late.headers["retry-after"]) == (503, "not_confirmed", "5")
        bench.broker.messages[-1].confirmed.set_result(None)
        again = await bench.cast("carl", "a2")
        assert (again.status, again.body["code"]) == (409, "already_voted")
        assert len(bench.broker.ballots()) == 3

    at_bench(act, ballot_patience=0.2)


def test_a_second_ballot_is_told_so_and_not_what_the_first_one_said() -> None:
    """At once, two at the same time, and where another box took the first one."""

    async def act(bench: Bench) -> None:
        first = await bench.cast("anna", "a1")
        second = await bench.cast("anna", "a2")
        assert (second.status, second.body["code"]) == (409, "already_voted")
        assert second.body["receipt"] == first.body["receipt"]
        assert second.body["errors"] == []
        assert not {"choices", "entries", "at"} & set(second.body)
        both = await asyncio.gather(bench.cast("ben", "a1"), bench.cast("ben", "a2"))
        assert sorted(answer.status for answer in both) == [202, 409]
        there = bench.voters.digest("v1", bench.people.verify(bench.people.assertion("carl")))
        bench.review.counted.add(there)
        assert (await bench.cast("carl", "a1")).body["code"] == "already_voted"
        assert len(bench.broker.ballots()) == 2

    at_bench(act)


def test_a_box_goes_on_without_review() -> None:
    """It knows the vote already; who has voted is then decided by the log."""

    async def act(bench: Bench) -> None:
        await bench.cast("anna", "a1")
        bench.review.away = True
        assert (await bench.cast("ben", "a1")).status == 202
        assert (await bench.cast("ben", "a1", path=WAY.replace("c1", "c2"))).status == 503

    at_bench(act)


def test_too_many_that_wait_and_a_broker_that_is_away_are_told_to_the_next() -> None:
    """503 with Retry-After, without taking the ballot; the same person may come again."""

    async def act(bench: Bench) -> None:
        bench.broker.confirms = False
        waiting = [asyncio.create_task(bench.cast(f"p{n}", "a1")) for n in range(2)]
        await asyncio.sleep(0.05)
        refused = await bench.cast("anna", "a1")
        assert (refused.status, refused.body["code"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) > 0
        for message in bench.broker.messages:
            message.confirmed.set_result(None)
        await asyncio.gather(*waiting)
        bench.broker.confirms = True
        bench.broker.ready = False
        assert (await bench.cast("anna", "a1")).body["code"] == "busy"
        bench.broker.ready = True
        assert (await bench.cast("anna", "a1")).status == 202

    at_bench(act, ballot_waiting_most=2)


@pytest.mark.parametrize(
    ("after", "status", "code"),
    [(timedelta(days=-1), 409, "vote_not_open"), (timedelta(days=7), 409, "vote_closed")],
)
def test_a_late_or_early_ballot_is_refused(after: timedelta, status: int, code: str) -> None:
    """By the clock of the box, in Asia/Shanghai."""

    async def act(bench: Bench) -> None:
        bench.clock.move(after)
        answer = await bench.cast("anna", "a1")
        assert (answer.status, answer.body["code"]) == (status, code)
        assert bench.broker.messages == []

    at_bench(act)


def test_a_vote_that_closes_on_the_way_to_the_urn_takes_no_ballot() -> None:
    """Review refuses a message of a moment outside the window whole, and others' ballots may be in it."""

    async def act(bench: Bench) -> None:
        open_still = await bench.box.catalogue.vote("c1", WAY.split("/stages/")[1].split("/", maxsplit=1)[0])
        bench.clock.move(timedelta(days=7))
        with pytest.raises(Conflict) as late:
            await bench.urn.put(open_still, "voter", "1", "198.51.100.0/24")
        assert late.value.code == "vote_closed"
        assert (bench.broker.messages, bench.urn.waiting) == ([], 0)

    at_bench(act)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"body": b'{"choices": ["a9"]}'}, 422, "invalid"),
        ({"body": b'{"choices": ["a1", "a2", "a3"]}'}, 422, "number_of_choices"),
        ({"body": b"{"}, 400, "not_json"),
        ({"body": b'{"choices": ["a1"]}' + b" " * 5000}, 413, "too_large"),
        ({"kind": "text/plain"}, 415, "unsupported_content_type"),
        ({"assertion": None}, 401, "unauthenticated"),
        ({"assertion": "forged"}, 401, "invalid_identity"),
        ({"path": WAY.replace("c1", "c2")}, 404, "not_found"),
        ({"path": "/api/v1/accounts"}, 404, "no_such_address"),
        ({"method": "GET"}, 405, "method_not_allowed"),
    ],
)
def test_what_is_no_ballot_is_refused_in_words(request_: dict[str, Any], status: int, code: str) -> None:
    """RFC 9457, both languages, the field where it is one; and the broker is given nothing."""

    async def act(bench: Bench) -> None:
        given = {"body": b'{"choices": ["a1"]}', "assertion": bench.people.assertion("anna"), **request_}
        answer = await bench.send(given.pop("body"), **given)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.body["detail_zh"]
        assert answer.body["detail_en"]
        if status == 422:
            assert answer.body["errors"][0]["field"].startswith("choices")
        assert bench.broker.messages == []

    at_bench(act)


def test_one_address_and_one_identity_may_ask_so_often() -> None:
    """429 with the time to wait; behind our proxy the address is that of whoever stands behind it."""

    async def act(bench: Bench) -> None:
        for n in range(3):
            assert (await bench.cast(f"p{n}", "a1")).status == 202
        refused = await bench.cast("p9", "a1")
        assert (refused.status, refused.body["code"]) == (429, "rate_limited")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        proxied = {"peer": "10.0.0.1", "headers": {"x-forwarded-for": "203.0.113.9"}}
        assert (await bench.cast("p9", "a1", **proxied)).status == 202
        assert (await bench.cast("p9", "a1", **proxied)).status == 409
        other = {"peer": "10.0.0.1", "headers": {"x-forwarded-for": "203.0.113.10"}}
        assert (await bench.cast("p9", "a1", **other)).status == 429

    at_bench(act, ballot_address_requests=3, ballot_identity_requests=2)


def test_the_page_says_for_whose_address_it_asks() -> None:
    """With the secret of page and box: limits and blocks are the voter's. Without it the word of nobody is taken."""

    async def act(bench: Bench) -> None:
        bench.box.page = token_of("s" * 32)
        page = {"zhiheng-page": token_of("s" * 32), "zhiheng-voter-address": "203.0.113.9"}
        assert (await bench.cast("anna", "a1", headers=page)).status == 202
        assert (await bench.cast("ben", "a1", headers=page)).status == 429
        assert (
            await bench.cast("ben", "a1", headers={"zhiheng-voter-address": "203.0.113.10"})
        ).status == 202
        told = [json.loads(message.body)["origins"] for message in bench.broker.messages]
        assert told == [{"203.0.113.0/24": 1}, {"198.51.100.0/24": 1}]
        for expected, shown in ((bench.box.page, "f" * 64), (None, bench.box.page), (bench.box.page, "\xff")):
            bench.box.page = expected
            refused = await bench.cast("carl", "a1", headers={**page, "zhiheng-page": shown})
            assert (refused.status, refused.body["code"]) == (503, "other_page_secret")
        assert len(bench.broker.messages) == 2

    at_bench(act, ballot_address_requests=1)


def test_boxes_with_another_key_take_nothing() -> None:
    """One identity would have a ballot under each key."""

    async def act(bench: Bench) -> None:
        bench.review.key_id = Voters("x" * 32).key_id("v1")
        refused = await bench.cast("anna", "a1")
        assert (refused.status, refused.body["code"]) == (503, "other_ballot_key")
        bench.review.key_id = bench.voters.key_id("v1")
        assert (await bench.cast("anna", "a1")).status == 202

    at_bench(act)


def test_everybody_sees_the_entries_in_an_order_of_their_own() -> None:
    """No sign-in, no count."""

    async def act(bench: Bench) -> None:
        orders = set()
        for _ in range(200):
            shown = await bench.send(b"", path=WAY.replace("ballots", "voting"), method="GET")
            assert shown.status == 200
            orders.add(tuple(entry["number"] for entry in shown.body["entries"]))
        assert len(orders) > 12  # of 24

    at_bench(act)


def test_no_instrument_of_a_box_grows_with_the_ballots() -> None:
    """What it shows after fifty ballots is what it showed after one."""
    from prometheus_client import generate_latest

    async def act(bench: Bench) -> None:
        await bench.cast("anna", "a1")
        before = generate_latest(bench.metrics.registry)
        await asyncio.gather(*(bench.cast(f"p{n}", "a1") for n in range(50)))
        assert len(bench.broker.ballots()) == 51
        assert generate_latest(bench.metrics.registry) == before

    at_bench(act)


def test_a_box_numbers_its_messages_and_gathers_under_load() -> None:
    """From 1, without a gap; ballots that come while messages are on their way share the next one."""

    async def act(bench: Bench) -> None:
        bench.broker.confirms = False
        tasks = [asyncio.create_task(bench.cast(f"p{n}", "a1")) for n in range(2)]
        await asyncio.sleep(0.02)
        tasks += [asyncio.create_task(bench.cast(f"q{n}", "a1")) for n in range(30)]
        await asyncio.sleep(0.02)
        for _ in range(4):
            for message in bench.broker.messages:
                if not message.confirmed.done():
                    message.confirmed.set_result(None)
            await asyncio.sleep(0.02)
        assert {answer.status for answer in await asyncio.gather(*tasks)} == {202}
        bodies = [json.loads(message.body) for message in bench.broker.messages]
        assert [body["number"] for body in bodies] == list(range(1, len(bodies) + 1))
        assert max(len(body["ballots"]) for body in bodies) >= 28

    at_bench(act, ballot_groups_at_once=1)
