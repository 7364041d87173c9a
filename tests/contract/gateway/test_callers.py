"""What a caller of services promises, held against the quick stand-in and against the real client over a real broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any

import pytest

from deploy.local.broker import PrivateBroker
from services.gateway.rpc import Caller, RpcClient
from shared.contracts import Context, load
from shared.contracts.operations import OPERATIONS
from shared.problems import Conflict, FieldError, Unavailable
from tests.support.gateway import REHEARSAL, InProcess, OverBroker, all_over_broker, answered, declare

CONTEXT = Context(
    message_id="key-1",
    correlation_id="request-1",
    actor="张三 (E1)",
    role="reviewer",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    rehearsal_date=date(2025, 4, 1),
)


def _answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
    if method == "cycle" and data["cycle_id"] == "refused":
        raise Conflict("不行", "no", code="not_now", errors=[FieldError("cycle_id", "不行", "no")])
    return answered(service, method, data, context)


Pair = tuple[Caller, Callable[[], list[Any]]]


@pytest.fixture(scope="module", params=["in process", "over a broker"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A caller, and what the services behind it were asked."""
    if request.param == "in process":
        quick = InProcess(_answer)
        yield quick, lambda: quick.calls
        return
    broker: PrivateBroker = request.getfixturevalue("broker")
    vhost = broker.vhost()
    declare(vhost)
    with ExitStack() as stack:
        responders: list[OverBroker] = stack.enter_context(all_over_broker(vhost, _answer))
        client = RpcClient(vhost.uri_for("gateway"), instance="test").start()
        stack.callback(client.stop)
        assert client.wait_ready(20)
        yield client, lambda: [call for responder in responders for call in responder.calls]


def test_every_operation_is_answered_as_its_contract_says(pair: Pair) -> None:
    caller, _ = pair
    for operation in OPERATIONS.values():
        reply = caller.call(operation.service, operation.method, operation.example, CONTEXT)
        load(operation.reply(), reply)


def test_context_and_data_arrive_as_they_were_sent(pair: Pair) -> None:
    caller, calls = pair
    caller.call("review", "scores", {"cycle_id": REHEARSAL}, CONTEXT)
    got = [call for call in calls() if call.operation == "review.scores"][-1]
    assert (got.context, got.data) == (CONTEXT, {"cycle_id": REHEARSAL})


def test_a_refusal_comes_back_whole(pair: Pair) -> None:
    caller, _ = pair
    with pytest.raises(Conflict) as caught:
        caller.call("intake", "cycle", {"cycle_id": "refused"}, CONTEXT)
    assert caught.value.code == "not_now"
    assert [FieldError("cycle_id", "不行", "no")] == list(caught.value.errors)


def test_several_questions_may_be_on_the_way_at_once(pair: Pair) -> None:
    caller, _ = pair
    asked = [
        caller.ask(each, "audit", {"cycle_id": REHEARSAL}, CONTEXT)
        for each in ("intake", "review", "incentives")
    ]
    assert [answer.result()["service"] for answer in asked] == ["intake", "review", "incentives"]


@pytest.fixture(params=["in process", "over a broker"])
def without_review(request: pytest.FixtureRequest) -> Iterator[Caller]:
    """A caller in a house where the review service was never set up."""
    if request.param == "in process":
        yield InProcess(missing=frozenset({"review"}))
        return
    vhost = request.getfixturevalue("broker").vhost()
    declare(vhost, ("intake",))
    client = RpcClient(vhost.uri_for("gateway"), instance="test").start()
    yield client
    client.stop()


def test_a_service_that_was_never_set_up_is_not_running(without_review: Caller) -> None:
    """It is said at once and in words that name no queue."""
    with pytest.raises(Unavailable) as caught:
        without_review.call("review", "scores", {"cycle_id": REHEARSAL}, CONTEXT)
    assert caught.value.code == "not_running"
    assert "review.rpc" not in caught.value.detail_en + caught.value.detail_zh
