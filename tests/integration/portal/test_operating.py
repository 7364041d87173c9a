"""The operator's page: what is down and since when, queues, and what is parked with what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from marshmallow import ValidationError

from shared.contracts import Context
from shared.contracts.operations import OPERATIONS
from shared.problems import Conflict, Unavailable
from tests.support.browsing import Visitor
from tests.support.gateway import Bench, InProcess, answered

QUEUE = "review.intake.application.accepted"
ONE = "0199a1b2c3d57e5f8a9b0c1d2e3f4a01"
HERE = f"/ops/parked/{QUEUE}/{ONE}"
HOSTILE = "<script>alert(1)</script>\u202e𠮷"


def queue(name: str, kind: str, messages: int, consumers: int) -> dict[str, Any]:
    return {"queue": name, "kind": kind, "messages": messages, "consumers": consumers}


class World:
    """What services say of themselves, to be changed by a test."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.away: set[str] = set()
        self.parked = [
            {
                "queue": QUEUE, "message_id": ONE, "kind": "application.accepted", "reason": "attempts_exhausted",
                "detail": "KeyError services/review/intake.py:40", "parked_at": "2026-04-13T09:00:00+08:00",
                "published_at": "2026-04-13T08:00:00+08:00", "attempts": 6, "size": 812,
            }
        ]  # fmt: skip
        self.not_ready: list[dict[str, Any]] = []
        self.queues = [queue(QUEUE, "work", 0, 1), queue("review.retry.1s", "retry", 3, 0)]
        self.refusal: Exception | None = None
        self.replicas: list[str] = []  # of review, those that answer in turns

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        if service in self.silent:
            raise Unavailable("没有按时答复", "no answer in time", code="no_reply")
        if service in self.away:
            raise Unavailable("数据库暂时不可用", "the database does not answer")
        if method == "health":
            mine = service == "review"
            return {
                **answered(service, method, data, context), "ready": not (mine and self.not_ready), "seconds": 7_500,
                "instance": "a/1", "up_seconds": 90_000,
                "not_ready": self.not_ready if mine else [], "queues": self.queues if mine else [],
                "parked": self.parked if mine else [], "cut": False, "unsent": 0, "unsent_seconds": 0,
            }  # fmt: skip
        if method == "replica":
            self.replicas.append(self.replicas.pop(0))
            return {
                **answered(service, method, data, context), "instance": self.replicas[-1], "ready": self.replicas[-1] != "b/2",
                "seconds": 60, "up_seconds": 120, "not_ready": [{"part": "link", "reason": "lost", "seconds": 5}],
            }  # fmt: skip
        if method.endswith("_parked") and self.refusal is not None:
            raise self.refusal
        return answered(service, method, data, context)


@pytest.fixture
def world() -> World:
    return World()


def of(services: InProcess, method: str) -> list[Any]:
    return [call for call in services.calls if call.operation.endswith(f".{method}")]


def test_what_is_down_comes_first_and_since_when(bench: Bench, world: World) -> None:
    world.silent.add("committee")
    world.not_ready = [{"part": "database", "reason": "OperationalError", "seconds": 7_200}]
    words = Visitor(bench, "operator").open("/ops").words
    first = words.index("评审委员会审定：没有应答")
    assert first < words.index("专家评审：未就绪，自") < words.index("停放的消息")
    assert "2 小时 5 分" in words
    assert "OperationalError（2 小时）" in words
    assert "网关启动以来没有应答过" in words
    assert "取不到这些服务的停放消息和队列：评审委员会审定" in words


def test_what_answered_before_says_how_long_ago(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "operator")
    assert "各服务和网关均就绪" in visitor.open("/ops").words
    world.silent.add("committee")
    assert "最近一次应答在 0 秒 前" in visitor.open("/ops").words


def test_one_that_only_says_that_it_cannot_is_not_silent(bench: Bench, world: World) -> None:
    world.away.add("committee")
    words = Visitor(bench, "operator").open("/ops").words
    assert "评审委员会审定：未就绪" in words
    assert "数据库暂时不可用" in words
    assert "最近一次应答" not in words


def test_one_question_of_each_service_and_one_about_departments(bench: Bench, services: InProcess) -> None:
    Visitor(bench, "operator").open("/ops")
    assert sorted(call.operation for call in services.calls) == sorted(
        [*(f"{name}.health" for name in ("intake", "eligibility", "review", "committee", "incentives", "notifications")),
         "intake.departments"]
    )  # fmt: skip


def test_nobody_waits_for_departments_of_a_silent_intake(
    bench: Bench, services: InProcess, world: World
) -> None:
    world.silent.add("intake")
    page = Visitor(bench, "operator").open("/ops")
    assert page.status == 200
    assert not of(services, "departments")


def test_queues_tell_retries_and_those_that_nobody_consumes_first(bench: Bench, world: World) -> None:
    words = Visitor(bench, "operator").open("/ops").words
    assert "review.retry.1s 等候重试 3" in words
    assert f"{QUEUE} 待处理" not in words
    world.queues = [queue(QUEUE, "work", 5, 0), queue("review.retry.1s", "retry", 9, 0)]
    words = Visitor(bench, "operator").open("/ops").words
    assert words.index(f"{QUEUE} 待处理 无人处理") < words.index("review.retry.1s")
    world.queues = []
    assert "各队列均为空" in Visitor(bench, "operator").open("/ops").words


@pytest.mark.parametrize(("step", "done"), [("replay", "消息已重放"), ("discard", "消息已丢弃")])
def test_a_parked_message_is_settled_on_a_page_of_its_own(
    bench: Bench, services: InProcess, step: str, done: str
) -> None:
    visitor = Visitor(bench, "operator")
    page = visitor.open("/ops")
    assert "多次重试仍未成功" in page.words
    assert f"{HERE}/{step}" in page.links
    asked = visitor.open(f"{HERE}/{step}")
    assert "KeyError services/review/intake.py:40" in asked.words
    assert "2026年4月13日 09:00" in asked.words
    fields = {**dict(asked.form()["fields"]), "reason": "缺的规则已装上"}
    sent = visitor.post(f"{HERE}/{step}", fields)
    assert done in visitor.follow(sent).words
    (call,) = of(services, f"{step}_parked")
    assert call.operation == f"review.{step}_parked"
    assert call.data == {"queue": QUEUE, "message_id": ONE, "reason": "缺的规则已装上"}
    assert call.context.role == "operator"


@pytest.mark.parametrize(("reason", "status"), [("", 422), ("长" * 501, 422), (HOSTILE, 303)])
def test_a_reason_is_needed_and_kept_as_it_was_typed(
    bench: Bench, services: InProcess, reason: str, status: int
) -> None:
    visitor = Visitor(bench, "operator")
    fields = dict(visitor.open(f"{HERE}/discard").form()["fields"])
    page = visitor.post(f"{HERE}/discard", {**fields, "reason": reason})
    assert page.status == status
    assert len(of(services, "discard_parked")) == (status == 303)
    if status == 422:
        assert ("reason", reason) in page.form()["fields"]
        assert "application.accepted" in page.words


def test_what_somebody_else_settled_meanwhile_is_said(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "operator")
    fields = {**dict(visitor.open(f"{HERE}/replay").form()["fields"]), "reason": "再试"}
    world.refusal = Conflict("这条消息已不在停放处", "this message is not parked any more")
    world.parked = []
    page = visitor.post(f"{HERE}/replay", fields)
    assert page.status == 409
    assert "这条消息已不在停放处" in page.words
    assert "没有停放的消息" in visitor.open("/ops").words


@pytest.mark.parametrize(
    "address",
    [f"{HERE}/keep", f"/ops/parked/{QUEUE}/other/replay", f"/ops/parked/nobody.x/{ONE}/replay", f"/ops/parked/x/{ONE}/replay"],
)  # fmt: skip
def test_what_is_not_parked_there_does_not_exist(bench: Bench, address: str) -> None:
    assert Visitor(bench, "operator").open(address).status == 404


@pytest.mark.parametrize("role", ["administrator", "auditor", "award_office", "discipline", "rehearser"])
def test_nobody_else_sees_it_or_settles_anything(bench: Bench, services: InProcess, role: str) -> None:
    token = bench.token(role)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    client = bench.app.test_client()
    assert client.get("/api/v1/operations/services", headers=headers).status_code == 403
    path = f"/api/v1/operations/parked/{QUEUE}/{ONE}/discard"
    assert client.post(path, json={"reason": "x"}, headers=headers).status_code == 403
    assert not of(services, "health")
    assert not of(services, "discard_parked")


def test_a_queue_of_no_service_of_ours_is_not_found(bench: Bench, services: InProcess) -> None:
    headers = {"Authorization": f"Bearer {bench.token('operator')}", "Idempotency-Key": "k-2"}
    path = f"/api/v1/operations/parked/gateway.x/{ONE}/replay"
    answer = bench.app.test_client().post(path, json={"reason": "x"}, headers=headers)
    assert answer.status_code == 404
    assert not of(services, "replay_parked")


def test_no_body_can_come_along(bench: Bench, world: World) -> None:
    """The contract has no place for one: what a service said beside it would be refused by its own schema."""
    reply = json.loads(json.dumps(world("review", "health", {}, Context(message_id="m"))))
    reply["parked"][0]["body"] = "张三"
    with pytest.raises(ValidationError):
        OPERATIONS["review.health"].reply().load(reply)


def test_the_clock_says_its_zone_and_whether_it_was_moved(bench: Bench) -> None:
    words = Visitor(bench, "operator").open("/ops").words
    assert "时区 Asia/Shanghai" in words
    assert "时钟已拨动" not in words


def test_every_replica_is_told_one_by_one_where_there_are_several(
    bench: Bench, world: World, services: InProcess
) -> None:
    """As many as take the calls, by the broker's word; nobody else is asked a second time."""
    world.queues.append(queue("rpc.review", "calls", 0, 3))
    world.replicas = ["b/2", "a/1", "c/3"]
    page = Visitor(bench, "operator").open("/ops")
    words = page.words[page.words.index("副本") :]
    assert words.index("a/1") < words.index("b/2") < words.index("c/3")
    assert "link：lost" in words
    assert "应答的只有" not in page.words
    assert {call.operation for call in of(services, "replica")} == {"review.replica"}
    assert len(of(services, "replica")) == 6


def test_a_replica_that_does_not_answer_is_missed(bench: Bench, world: World) -> None:
    world.queues.append(queue("rpc.review", "calls", 0, 3))
    world.replicas = ["a/1", "b/2"]
    assert "专家评审：3 个副本在接收请求，应答的只有 2 个。" in Visitor(bench, "operator").open("/ops").words


def test_one_process_alone_is_asked_once(bench: Bench, world: World, services: InProcess) -> None:
    world.queues.append(queue("rpc.review", "calls", 0, 1))
    assert "a/1" not in Visitor(bench, "operator").open("/ops").words
    assert of(services, "replica") == []
