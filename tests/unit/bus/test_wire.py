"""The wire format is plain data: names, headers, bodies."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus import wire
from shared.contracts import Context
from shared.contracts.context import _HEADERS
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem, Transient, Unavailable

ROOT = Path(__file__).resolve().parents[3]


class OfAService(Conflict):
    """A service's own problem."""


def test_importing_the_wire_format_brings_no_green_threads() -> None:
    """The gateway may import it: neither nameko, kombu, py-amqp nor eventlet comes along."""
    code = (
        "import sys, shared.bus.wire; "
        "print([m for m in ('nameko', 'kombu', 'amqp', 'eventlet') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_names() -> None:
    """The names that the broker's permissions are written for."""
    assert wire.events_exchange("intake") == "intake.events"
    assert wire.work_queue("review", "intake", "cycle.opened") == "review.intake.cycle.opened"
    assert wire.parking_queue("review.intake.cycle.opened") == "review.intake.cycle.opened.parking"
    assert wire.parked_exchange("review") == "review.parking"
    assert wire.retry_name("review", 5) == "review.retry.5s"
    assert wire.retry_name("review", 0.25) == "review.retry.250ms"
    assert wire.reply_key("gateway.a1", "intake") == "gateway.a1.intake"
    assert wire.reply_binding("gateway.a1") == "gateway.a1.*"


def test_the_context_headers_are_those_of_the_contracts() -> None:
    """A header that the context learns to carry is not dropped at the first retry."""
    assert set(wire.CONTEXT_HEADERS) == set(_HEADERS.values())


def test_event_attributes_there_and_back() -> None:
    """CloudEvents 1.0, binary mode."""
    attributes = wire.EventAttributes(
        "id1", "cycle.opened", 2, "intake", "cycle/1", "2026-11-20T09:00:00+08:00"
    )
    headers = attributes.to_headers()
    assert headers["cloudEvents_specversion"] == "1.0"
    assert headers["cloudEvents_type"] == "cycle.opened"
    assert wire.EventAttributes.from_headers(headers) == attributes


@pytest.mark.parametrize("missing", [wire.CE_ID, wire.CE_TYPE, wire.CE_VERSION])
def test_missing_attributes_are_named(missing: str) -> None:
    """Without id, type or version nothing can be done with an event."""
    headers = wire.EventAttributes("i", "t", 1, "s", "u", "z").to_headers()
    del headers[missing]
    with pytest.raises(ValueError, match=missing):
        wire.EventAttributes.from_headers(headers)


def test_only_known_headers_travel_on() -> None:
    """x-death and whatever else came along stays behind."""
    headers = {
        "x-death": [1],
        "actor": "a",
        wire.CE_ID: "i",
        "foreign": 1,
        wire.ATTEMPT: 3,
        wire.PARKED_REASON: "x",
    }
    assert wire.passing_headers(headers) == {"actor": "a", wire.CE_ID: "i"}


@given(st.text())
def test_a_traceparent_is_always_well_formed(incoming: str) -> None:
    """Whatever came in, what goes on is a W3C traceparent."""
    assert wire._TRACEPARENT.fullmatch(wire.next_traceparent(incoming))


def test_a_span_stays_in_its_trace() -> None:
    """Same trace and flags, another span."""
    came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    goes = wire.next_traceparent(came)
    assert goes[:36] == came[:36]
    assert goes[36:52] != came[36:52]
    assert goes.endswith("-00")


@pytest.mark.parametrize("value", [Decimal("1.5"), float("nan"), {1, 2}, b"x"])
def test_only_plain_json_goes_out(value: object) -> None:
    """No `__type__` objects, no NaN: what is not JSON is refused here and not by the reader."""
    with pytest.raises((TypeError, ValueError)):
        wire.encode({"x": value})


def test_chinese_is_sent_as_itself() -> None:
    """UTF-8, not escapes."""
    assert wire.encode({"名": "质衡"}) == '{"名":"质衡"}'.encode()


def test_the_digest_of_a_request_sees_operation_actor_and_data_but_not_their_order() -> None:
    """Equal requests are equal however their keys are ordered."""
    one = wire.request_digest("intake.x", "a", {"p": 1, "q": 2})
    assert one == wire.request_digest("intake.x", "a", {"q": 2, "p": 1})
    others = {
        wire.request_digest("intake.y", "a", {"p": 1, "q": 2}),
        wire.request_digest("intake.x", "b", {"p": 1, "q": 2}),
        wire.request_digest("intake.x", "a", {"p": 1, "q": 3}),
    }
    assert one not in others
    assert len(others) == 3


@pytest.mark.parametrize("kind", [Conflict, Forbidden, Invalid, NotFound, Problem, Transient, Unavailable])
def test_problems_there_and_back(kind: type[Problem]) -> None:
    """A problem arrives as the kind that it was."""
    body = wire.encode(wire.refusal(kind("坏", "bad", code="c")))
    with pytest.raises(kind) as caught:
        wire.read_reply(body)
    assert type(caught.value) is kind
    assert caught.value.code == "c"


def test_a_services_own_problem_arrives_as_the_kind_it_belongs_to() -> None:
    """The gateway knows the base kinds only, and must answer 409 here."""
    with pytest.raises(Conflict) as caught:
        wire.read_reply(wire.encode(wire.refusal(OfAService("坏", "bad"))))
    assert caught.value.status == 409


def test_an_answer_there_and_back() -> None:
    """What was answered is what is read; anything else is refused."""
    assert wire.read_reply(wire.encode(wire.answer({"a": 1}))) == {"a": 1}
    for body in (b"[]", b"{}", b"nonsense", json.dumps({"ok": 1}).encode()):
        with pytest.raises(ValueError):
            wire.read_reply(body)


def test_a_context_survives_the_headers() -> None:
    """Everything that the whitelist holds comes back."""
    context = Context("m", "c", "z", "a", "r", "o", "d", "理由", wire.next_traceparent(""), "s=1")
    assert Context.from_headers("m", wire.passing_headers(context.to_headers())) == context
