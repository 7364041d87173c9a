"""The player's side of the gateway's API, against a server that fails in every way a real one may."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from deploy.rehearsal.faults import NoAnswer, Refused
from deploy.rehearsal.gateway import OFFICE, PUBLIC, Gateway
from deploy.rehearsal.stubs import Stubs
from deploy.rehearsal.waiting import NotYet, Patience
from shared.clock import SystemClock

DAY = date(2025, 6, 13)
Reply = tuple[int, Any] | None  # None: the connection is cut without a word


@dataclass
class Odd:
    """A gateway that answers with what is left in `replies`, and with 200 when nothing is left."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0

    def requests(self, path: str) -> list[dict[str, Any]]:
        return [request for request in self.seen if request["path"].endswith(path)]


@pytest.fixture
def odd() -> Iterator[Odd]:
    found = Odd()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            request = {
                "verb": self.command, "path": self.path, "headers": dict(self.headers),
                "body": json.loads(raw) if raw else None,
            }  # fmt: skip
            found.seen.append(request)
            if self.path.endswith("/rehearsals/tokens"):
                found.tokens += 1
                self.send(201, {"token": f"token-{found.tokens}"})
                return
            reply = found.replies.pop(0) if found.replies else (200, {"fine": True})
            if reply is None:
                self.close_connection = True
                return
            self.send(*reply)

        do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

        def send(self, status: int, body: Any) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gateway(odd: Odd) -> Iterator[Gateway]:
    with Gateway(odd.url, "rehearser", patience=20.0) as made:
        yield made


def test_every_request_says_who_and_which_day(odd: Odd, gateway: Gateway) -> None:
    """A persona's token, the day played, and on commands a key of their own; the public sends no token."""
    gateway.ask("/cycles/c", OFFICE, DAY)
    gateway.do("POST", "/cycles", OFFICE, DAY, {"year": 2025})
    gateway.do("POST", "/cycles", PUBLIC, DAY, {})
    token, asked, done, public = odd.seen
    assert token["body"] == {"role": "award_office", "subject": "office"}
    assert token["headers"]["Authorization"] == "Bearer rehearser"
    assert {r["headers"]["Authorization"] for r in (asked, done)} == {"Bearer token-1"}
    assert "Authorization" not in public["headers"]
    assert {r["headers"]["Zhiheng-Rehearsal-Date"] for r in (asked, done, public)} == {"2025-06-13"}
    assert "Idempotency-Key" not in asked["headers"]
    assert done["headers"]["Idempotency-Key"] != public["headers"]["Idempotency-Key"]
    assert done["body"] == {"year": 2025}


@pytest.mark.parametrize(
    "failures",
    [
        [(503, {"code": "unavailable"})],
        [None],
        [(502, b"bad gateway"), None, (504, {}), (503, {})],
    ],
)
def test_what_got_no_answer_is_sent_again_with_the_same_key(
    odd: Odd, gateway: Gateway, failures: list[Reply]
) -> None:
    """A dropped connection, a service that is away: sent until it is answered, and done once by its key."""
    odd.replies = list(failures)
    assert gateway.do("POST", "/cycles", OFFICE, DAY, {"year": 2025}) == {"fine": True}
    sent = odd.requests("/cycles")
    assert len(sent) == len(failures) + 1
    assert len({request["headers"]["Idempotency-Key"] for request in sent}) == 1


def test_a_refusal_is_an_answer(odd: Odd, gateway: Gateway) -> None:
    """It is not sent again, and its reasons and fields are kept."""
    odd.replies = [
        (
            422,
            {
                "code": "invalid",
                "detail_zh": "不对",
                "detail_en": "wrong",
                "errors": [{"field": "proposals.1.level"}],
            },
        )
    ]
    with pytest.raises(Refused, match="HTTP 422") as refused:
        gateway.do("PUT", "/proposal", OFFICE, DAY, {})
    assert (refused.value.status, refused.value.code) == (422, "invalid")
    assert (refused.value.zh, refused.value.en, refused.value.fields) == (
        "不对",
        "wrong",
        ("proposals.1.level",),
    )
    assert len(odd.requests("/proposal")) == 1


def test_a_token_that_ran_out_is_renewed_once(odd: Odd, gateway: Gateway) -> None:
    """With the same key; a second refusal is one."""
    odd.replies = [(401, {"code": "invalid_token"})]
    gateway.do("POST", "/cycles", OFFICE, DAY)
    assert [r["headers"]["Authorization"] for r in odd.requests("/cycles")] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    odd.replies = [(401, {"code": "invalid_token"})] * 2
    with pytest.raises(Refused, match="401"):
        gateway.do("POST", "/cycles", OFFICE, DAY)


def test_an_answer_that_is_no_json(odd: Odd, gateway: Gateway) -> None:
    """A page of some proxy is a refusal with a reason, not a crash."""
    odd.replies = [(500, b"<html>")]
    with pytest.raises(Refused, match="no_json"):
        gateway.ask("/cycles", OFFICE, DAY)


def test_nobody_there() -> None:
    """After all patience: no answer, which says what was asked."""
    with (
        Gateway("http://127.0.0.1:9", "t", patience=0.05) as gateway,
        pytest.raises(NoAnswer, match="GET /cycles"),
    ):
        gateway.ask("/cycles", PUBLIC, DAY)


def test_together(odd: Odd, gateway: Gateway) -> None:
    """Results in order; tokens of many personas at once, each asked for once."""
    calls: list[Callable[[], int]] = [lambda n=n: n * n for n in range(20)]  # type: ignore[misc]
    assert gateway.together(calls) == [n * n for n in range(20)]
    gateway.sign_in_all([OFFICE, OFFICE])
    gateway.sign_in_all([OFFICE])
    assert odd.tokens == 1


def test_the_stubs_control_is_patient_too(odd: Odd) -> None:
    """A stub that is just coming up is waited for; one that refuses is not."""
    stubs = Stubs(odd.url, "secret", SystemClock(), patience=20.0)
    odd.replies = [None]
    stubs.put("c1", {"records": {}})
    assert [request["path"] for request in odd.seen] == ["/worlds/c1", "/worlds/c1"]
    odd.replies = [(401, {})]
    with pytest.raises(NoAnswer, match="401"):
        stubs.put("c1", {})
    with pytest.raises(NoAnswer):
        Stubs("http://127.0.0.1:9", "secret", SystemClock(), patience=0.05).put("c1", {})


def test_waiting_ends() -> None:
    """The first thing found is given; in vain it ends with what was waited for."""
    looks = iter([None, None, "found"])
    assert Patience(first=0.001).until("it", lambda: next(looks)) == "found"
    with pytest.raises(NoAnswer, match="the moon"):
        Patience(longest=0.02, first=0.001).until("the moon", lambda: None)


def test_waiting_goes_on_while_things_move() -> None:
    """What changes between two looks starts the patience anew; what stands still does not."""
    countdown = iter(range(8, 0, -1))
    slow = Patience(longest=0.05, first=0.02, slowest=0.02)
    assert slow.until("all", lambda: NotYet(left) if (left := next(countdown, 0)) else "found") == "found"
    with pytest.raises(NoAnswer):
        slow.until("all", lambda: NotYet(1))
