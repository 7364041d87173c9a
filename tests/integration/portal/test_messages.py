"""Messages on pages: one's own, those that could not be sent, the office's announcements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from services.gateway.portal.words import MESSAGES
from services.notifications.templates import TEMPLATES
from shared.contracts import Context
from shared.problems import Conflict, Forbidden, Unavailable
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, Bench, Call, InProcess, answered

ONE, TWO = "0199a1b2c3d57e5f8a9b0c1d2e3f4a01", "0199a1b2c3d57e5f8a9b0c1d2e3f4a02"
HERE = f"/cycles/{REAL}/announcements"
WRITTEN: dict[str, Any] = {
    "subject_zh": "现场评审安排", "text_zh": "第一行。\n第二行。", "subject_en": "Site visits",
    "text_en": "They begin next week.",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script>\u202e𠮷"


def message(name: str, **more: Any) -> dict[str, Any]:
    return {
        "message_id": name, "at": "2026-04-13T09:00:00+08:00", "subject_zh": f"标题{HOSTILE}", "subject_en": "Subject",
        "text_zh": "正文\n第二行", "text_en": "Text", "cycle_id": REAL, "application_id": None, "read_at": None, **more,
    }  # fmt: skip


class World:
    """What notifications says, to be changed by a test."""

    def __init__(self) -> None:
        self.messages = [message(ONE), message(TWO)]
        self.unread = 2
        self.proposed_by = "somebody.else"
        self.state = "proposed"
        self.away = False
        self.refusal: Exception | None = None

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        if service != "notifications":
            return answered(service, method, data, context)
        if self.away:
            raise Unavailable("暂时无法使用", "away")
        if self.refusal is not None and method in {"decide_announcement", "again", "announce"}:
            raise self.refusal
        if method == "mine":
            page = {"page": data.get("page", 1), "size": data.get("size", 50), "total": len(self.messages)}
            return {"messages": self.messages, "unread": self.unread, **page}
        if method == "announcements":
            one = {
                **WRITTEN, "cycle_id": REAL, "announcement_id": ONE, "state": self.state, "proposed_by": self.proposed_by,
                "decided_by": None, "reason": None,
            }  # fmt: skip
            return {"announcements": [one]}
        return answered(service, method, data, context)


@pytest.fixture
def world() -> World:
    return World()


def last(services: InProcess, operation: str) -> Call:
    return next(call for call in reversed(services.calls) if call.operation == f"notifications.{operation}")


# One's own


def test_what_was_not_read_comes_first_and_is_marked(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "applicant")
    page = visitor.open("/messages")
    assert last(services, "mine").data["unread"] == "yes"
    assert len([call for call in services.calls if call.operation == "notifications.mine"]) == 1
    assert "<script>alert" not in page.text
    assert "\u202e" not in page.text
    assert "第二行" in page.words
    single = next(
        form for form in page.forms if ("id", ONE) in form["fields"] and ("id", TWO) not in form["fields"]
    )
    marked = visitor.post("/messages/read", single["fields"])
    assert marked.response.headers["Location"] == "/messages"
    assert last(services, "read").data == {"message_ids": [ONE]}
    every = next(form for form in page.forms if {("id", ONE), ("id", TWO)} <= set(form["fields"]))
    visitor.post("/messages/read", every["fields"])
    assert last(services, "read").data == {"message_ids": [ONE, TWO]}


def test_what_was_read_stays_to_be_looked_up(bench: Bench, services: InProcess, world: World) -> None:
    world.messages = [message(ONE, read_at="2026-04-14T09:00:00+08:00")]
    page = Visitor(bench, "reviewer").open("/messages?show=read&page=2")
    assert last(services, "mine").data["unread"] == "no"
    assert last(services, "mine").data["page"] == 2
    assert "已读：2026年4月14日" in page.words
    assert not any(form["action"] == "/messages/read" for form in page.forms)


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "1.5", "²"])
def test_a_page_that_there_cannot_be_is_the_first(bench: Bench, services: InProcess, page: str) -> None:
    assert Visitor(bench, "applicant").open(f"/messages?page={page}").status == 200
    assert last(services, "mine").data["page"] == 1


def test_nothing_to_read_is_said(bench: Bench, world: World) -> None:
    world.messages, world.unread = [], 0
    assert "没有未读的消息" in Visitor(bench, "applicant").open("/messages").words


def test_one_s_own_page_counts_them_or_says_that_it_cannot(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "applicant")
    assert "未读消息 2 条" in visitor.open("/me").words
    world.away = True
    page = visitor.open("/me")
    assert page.status == 200
    assert "暂时取不到" in page.words
    assert "未读消息" not in page.words


def test_no_other_page_asks_for_messages(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "operator")
    visitor.open("/ops")
    assert not any(call.operation == "notifications.mine" for call in services.calls)


# What could not be sent


def test_an_operator_sees_what_was_given_up_and_has_it_tried_again(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "operator")
    page = visitor.open("/ops/messages?channel=sms&channel=mail&sort=x")
    assert last(services, "failed").data["channel"] == "sms"
    again = next(form for form in page.forms if form["action"].endswith("/again"))
    done = visitor.post(again["action"], again["fields"])
    assert "将重新发送" in visitor.follow(done).words
    assert again["action"] == f"/ops/messages/{last(services, 'again').data['delivery_id']}/again"
    assert Visitor(bench, "award_office").open("/ops/messages").status == 404


def test_one_that_is_sent_already_is_said_so(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "operator")
    form = next(form for form in visitor.open("/ops/messages").forms if form["action"].endswith("/again"))
    world.refusal = Conflict("该消息并未放弃", "it was not given up")
    page = visitor.post(form["action"], form["fields"])
    assert page.status == 409
    assert "该消息并未放弃" in page.words
    assert "将重新发送" not in page.words


def test_every_message_has_words() -> None:
    assert set(MESSAGES) == set(TEMPLATES)


# Announcements


def test_one_officer_writes(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "award_office")
    sent = visitor.fill(visitor.open(HERE), having="subject_zh", **WRITTEN)
    assert sent.response.headers["Location"] == HERE
    assert last(services, "announce").data == {**WRITTEN, "cycle_id": REAL}


@pytest.mark.parametrize("field", list(WRITTEN))
@pytest.mark.parametrize("value", ["", "长" * 4001])
def test_a_text_that_is_missing_or_too_long_is_refused(bench: Bench, field: str, value: str) -> None:
    visitor = Visitor(bench, "award_office")
    shown = visitor.fill(visitor.open(HERE), having="subject_zh", **{**WRITTEN, field: value})
    assert shown.status == 422
    assert f'href="#f-{field}"' in shown.text
    other = "text_en" if field != "text_en" else "subject_en"
    assert WRITTEN[other] in shown.text
    assert value in shown.text


def test_what_somebody_wrote_is_no_markup(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "award_office")
    shown = visitor.fill(visitor.open(HERE), having="subject_zh", **{**WRITTEN, "subject_zh": HOSTILE * 9})
    assert shown.status == 422
    assert "<script>alert" not in shown.text


def test_another_officer_decides(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "award_office")
    page = visitor.open(f"{HERE}/{ONE}")
    assert "不能撤回" in page.words
    assert "checked" not in page.text
    assert visitor.fill(page, having="reason", reason="同意").status == 422
    assert visitor.fill(page, having="reason", accept="yes", reason="").status == 422
    done = visitor.fill(page, having="reason", accept="no", reason="有误")
    assert done.status == 303
    assert last(services, "decide_announcement").data == {
        "announcement_id": ONE,
        "accept": False,
        "reason": "有误",
    }


def test_whoever_wrote_it_is_offered_no_decision(bench: Bench, world: World) -> None:
    visitor = Visitor(bench, "award_office")
    world.proposed_by = bench.identity.session(bench.token("award_office")).subject
    page = visitor.open(f"{HERE}/{ONE}")
    assert "须由另一名工作人员签发" in page.words
    assert not any("reason" in dict(form["fields"]) for form in page.forms)


def test_a_refused_decision_says_why(bench: Bench, world: World) -> None:
    """Decided meanwhile; or by its writer, whose helper was offered it."""
    visitor = Visitor(bench, "award_office")
    page = visitor.open(f"{HERE}/{ONE}")
    world.refusal = Conflict("通告已有决定", "it is decided already", code="decided")
    world.state = "sent"
    shown = visitor.fill(page, having="reason", accept="yes", reason="同意")
    assert shown.status == 409
    assert "通告已有决定" in shown.words
    world.state, world.refusal = "proposed", Forbidden("起草人不得签发", "its writer", code="same_person")
    shown = visitor.fill(page, having="reason", accept="yes", reason="同意")
    assert shown.status == 403
    assert "起草人不得签发" in shown.words
    assert "同意" in shown.text


@pytest.mark.parametrize("role", ["discipline", "auditor"])
def test_watchers_read_and_do_nothing(bench: Bench, role: str) -> None:
    visitor = Visitor(bench, role)
    page = visitor.open(HERE)
    assert "起草通告" not in page.words
    csrf = dict(page.form("_csrf")["fields"])["_csrf"]
    assert visitor.post(HERE, {**WRITTEN, "_csrf": csrf}).status == 404
    assert visitor.post(f"{HERE}/{ONE}", {"accept": "yes", "reason": "x", "_csrf": csrf}).status == 404
    assert not any(form["action"].startswith("/cycles/") for form in visitor.open(f"{HERE}/{ONE}").forms)


def test_one_of_another_cycle_is_not_there(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "award_office")
    csrf = dict(visitor.open(HERE).form("_csrf")["fields"])["_csrf"]
    assert visitor.open(f"{HERE}/{TWO}").status == 404
    assert visitor.post(f"{HERE}/{TWO}", {"accept": "yes", "reason": "x", "_csrf": csrf}).status == 404
    assert not any(call.operation == "notifications.decide_announcement" for call in services.calls)
