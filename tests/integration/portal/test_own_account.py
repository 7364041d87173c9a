"""One's own account: addresses, roles that are lent, acting for somebody; and what an administrator may do with it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.gateway.portal.guides import GUIDES, guide_at
from services.gateway.portal.navigation import MENUS
from shared.clock import SHANGHAI, FixedClock
from shared.contracts.operations import AGENCY, PUBLIC, REHEARSER, ROLES
from tests.integration.portal.test_second_step import enrol
from tests.support.browsing import Visitor
from tests.support.gateway import PASSWORD, Bench, InProcess, make_bench

TODAY = "2026-04-13"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}
LEND: dict[str, Any] = {
    "role": "award_office", "helper": "wang.office", "starts_on": TODAY, "ends_on": "2026-04-20", "reason": "出差",
}  # fmt: skip
GIVEN: dict[str, Any] = {
    "email": "anna@example.org", "phone": "13800000000", "language": "en", "quiet_from": "22:00", "quiet_until": "07:00",
}  # fmt: skip
HOSTILE = "<script>alert(1)</script>\u202e=1+1𠮷"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 4, 13, 9, 0, tzinfo=SHANGHAI))


@pytest.fixture
def services() -> InProcess:
    return InProcess()


@pytest.fixture
def bench(tmp_path: Path, services: InProcess, clock: FixedClock) -> Bench:
    made = make_bench(tmp_path, services, clock=clock, remember=0.0)
    for name, role in (("wang.office", "discipline"), ("zhao.helper", "applicant")):
        made.identity.create(None, username=name, password=PASSWORD, display_name=name, roles=[role])
    return made


def signed_in(bench: Bench, name: str) -> Visitor:
    visitor = Visitor(bench)
    assert visitor.post("/login", {"username": name, "password": PASSWORD}).status == 303
    return visitor


def set_roles(bench: Bench, name: str, *roles: str) -> None:
    account = next(each for each in bench.identity.accounts() if each["username"] == name)
    bench.identity.set_roles(bench.administrator(), account["account_id"], roles)


# Addresses


def test_addresses_are_saved_and_stand_in_the_form(bench: Bench, services: InProcess) -> None:
    visitor = Visitor(bench, "applicant")
    saved = visitor.fill(visitor.open("/me/addresses"), having="email", **GIVEN)
    assert saved.response.headers["Location"] == "/me"
    bench.gateway.contacts.tell()
    told = next(
        call
        for call in services.calls
        if call.operation == "notifications.keep_contact" and call.data["email"]
    )
    assert {name: told.data[name] for name in GIVEN} == GIVEN
    page = visitor.open("/me/addresses")
    fields = dict(page.form("email")["fields"])
    assert {name: fields[name] for name in GIVEN} == GIVEN
    cleared = visitor.fill(page, having="email", email="", phone="", quiet_from="", quiet_until="")
    assert cleared.status == 303
    assert bench.gateway.contacts.mine(bench.identity.session(bench.token("applicant")))["email"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "anna"), ("email", "a" * 300 + "@example.org"), ("email", HOSTILE), ("phone", "12"), ("phone", HOSTILE),
        ("phone", "1" * 200_000), ("language", None), ("language", "fr"), ("quiet_from", "25:00"), ("quiet_from", "9"),
        ("quiet_until", ""), ("quiet_until", HOSTILE),
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused_at_its_field(bench: Bench, field: str, value: Any) -> None:
    visitor = Visitor(bench, "applicant")
    shown = visitor.fill(visitor.open("/me/addresses"), having="email", **{**GIVEN, field: value})
    assert shown.status == 422, shown.words
    assert f'href="#f-{field}' in shown.text
    assert "<script>alert" not in shown.text
    if field != "email":
        assert 'value="anna@example.org"' in shown.text
    assert bench.gateway.contacts.mine(bench.identity.session(bench.token("applicant")))["email"] is None


# Lending a role, and acting in it


def lend(bench: Bench, **more: Any) -> Visitor:
    set_roles(bench, "wang.office", "recommending_body")
    giver = Visitor(bench, "award_office")
    set_roles(bench, "wang.office", "award_office")
    sent = giver.fill(giver.open("/me/delegations"), having="helper", **{**LEND, **more})
    assert sent.status == 303, sent.words
    return giver


def test_a_role_is_lent_taken_laid_down_and_ended(bench: Bench, services: InProcess) -> None:
    giver = lend(bench)
    helper = signed_in(bench, "wang.office")
    page = helper.open("/me")
    assert "代其办理" in page.words
    begun = helper.fill(page, having="giver")
    assert begun.response.headers["Location"] == "/office"
    acting = helper.open("/notices")
    assert "代 award_office 办理" in acting.words
    assert "award_office" in helper.open("/me").words
    assert "/me/password" not in helper.open("/me").links
    assert "代其办理" not in helper.open("/me").words
    assert "委托他人代办" not in helper.open("/me/delegations").words  # what is lent is not lent on
    banner = next(
        form
        for form in helper.open("/me").forms
        if form["action"] == "/me/acting" and len(form["fields"]) == 1
    )
    back = helper.post("/me/acting", banner["fields"])
    assert "已恢复以本人身份办理" in helper.follow(back).words
    assert "代 award_office 办理" not in helper.open("/notices").words
    end = next(link for link in giver.open("/me/delegations").links if link.endswith("/end"))
    ending = giver.open(end)
    assert "结束后立即生效" in ending.words
    assert giver.fill(ending, having="reason", reason="").status == 422
    assert giver.fill(ending, having="reason", reason="提前返回").status == 303
    assert "已提前结束" in giver.open("/me/delegations").words
    assert giver.fill(ending, having="reason", reason="提前返回").status == 409
    assert "代其办理" not in helper.open("/me").words


def test_what_is_done_for_somebody_is_asked_in_both_names(bench: Bench, services: InProcess) -> None:
    lend(bench)
    helper = signed_in(bench, "wang.office")
    helper.fill(helper.open("/me"), having="giver")
    helper.open("/cycles/real-cycle/announcements")
    asked = next(call for call in services.calls if call.operation == "notifications.announcements")
    giver = next(each for each in bench.identity.accounts() if each["username"] == "user.award_office")
    assert asked.context.delegated_by == giver["subject"]
    assert asked.context.role == "award_office"


def test_nobody_acts_for_whoever_lent_nothing(bench: Bench) -> None:
    lend(bench)
    stranger = signed_in(bench, "zhao.helper")
    csrf = dict(stranger.open("/me").form("_csrf")["fields"])["_csrf"]
    giver = next(each for each in bench.identity.accounts() if each["username"] == "user.award_office")
    for name in (giver["account_id"], "nobody", HOSTILE):
        sent = stranger.post("/me/acting", {"_csrf": csrf, "giver": name})
        page = stranger.follow(sent)
        assert "没有委托您代办" in page.words
        assert "代 award_office 办理" not in page.words
        assert stranger.open("/cycles/real-cycle/announcements").status == 404
    assert stranger.post("/me/acting", {"giver": giver["account_id"]}).status == 403


def test_a_form_opened_for_somebody_is_never_done_in_one_s_own_name(
    bench: Bench, services: InProcess
) -> None:
    """That it has ended is said once, wherever the session is used next; the form is refused afterwards too."""
    giver = lend(bench)
    helper = signed_in(bench, "wang.office")
    helper.fill(helper.open("/me"), having="giver")
    form = dict(helper.open("/cycles/real-cycle/announcements").form("text_zh")["fields"])
    end = next(link for link in giver.open("/me/delegations").links if link.endswith("/end"))
    assert giver.fill(giver.open(end), having="reason", reason="提前返回").status == 303
    written = {**form, "subject_zh": "安排", "subject_en": "Plans", "text_zh": "下周", "text_en": "Next week"}
    first = helper.post("/cycles/real-cycle/announcements", written, **FROM_HERE)
    assert first.status == 409
    assert "代办已结束" in first.words
    again = helper.post("/cycles/real-cycle/announcements", written, **FROM_HERE)
    assert again.status == 403
    assert helper.post("/cycles/real-cycle/announcements", written).status == 403
    for refused in (
        first,
        again,
    ):  # what was typed for somebody is not lost: it stands in the form of one's own
        kept = refused.form("kept:text_zh")
        back = helper.follow(helper.post(kept["action"], kept["fields"], **FROM_HERE))
        assert dict(back.form("text_zh")["fields"])["text_zh"] == "下周"
    assert "notifications.announce" not in {call.operation for call in services.calls}
    own = dict(helper.open("/cycles/real-cycle/announcements").form("text_zh")["fields"])
    assert (
        helper.post(
            "/cycles/real-cycle/announcements",
            {**written, **own}
            | {name: written[name] for name in ("subject_zh", "subject_en", "text_zh", "text_en")},
        ).status
        == 303
    )
    made = next(call for call in services.calls if call.operation == "notifications.announce")
    assert made.context.delegated_by == ""


def test_an_end_counts_in_the_helpers_session(bench: Bench, clock: FixedClock) -> None:
    lend(bench, ends_on=TODAY)
    helper = signed_in(bench, "wang.office")
    helper.fill(helper.open("/me"), having="giver")
    clock.move(timedelta(hours=16))
    helper = signed_in(bench, "wang.office")
    assert "代其办理" not in helper.open("/me").words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", None), ("role", "discipline"), ("helper", ""), ("helper", "nobody.there"), ("helper", HOSTILE),
        ("helper", "user.award_office"), ("helper", "zhao.helper"), ("starts_on", "2026-04-12"), ("starts_on", "soon"),
        ("ends_on", "2026-04-12"), ("ends_on", "2036-01-01"), ("ends_on", ""), ("reason", ""), ("reason", "因" * 501),
    ],
)  # fmt: skip
def test_what_may_not_be_lent_is_refused_at_its_field(bench: Bench, field: str, value: Any) -> None:
    set_roles(bench, "wang.office", "award_office")
    giver = Visitor(bench, "award_office")
    shown = giver.fill(giver.open("/me/delegations"), having="helper", **{**LEND, field: value})
    assert shown.status == 422, shown.words
    assert f'href="#f-{field}' in shown.text
    assert "<script>alert" not in shown.text
    if field != "reason":
        assert 'value="出差"' in shown.text
    assert bench.gateway.delegations.listed(bench.identity.session(bench.token("award_office"))) == []


# The administrator


def test_an_administrator_resets_a_second_factor_with_a_reason(bench: Bench, clock: FixedClock) -> None:
    enrol(Visitor(bench, "auditor"), clock)
    account = next(each for each in bench.identity.accounts() if each["username"] == "user.auditor")
    admin = Visitor(bench, "administrator")
    page = admin.open(f"/accounts/{account['account_id']}")
    assert admin.fill(page, having="reason", reason="").status == 422
    long = admin.fill(page, having="reason", reason="因" * 501)
    assert long.status == 422
    assert "因" * 501 in long.text
    done = admin.fill(page, having="reason", reason="手机遗失，已当面核实本人")
    assert "第二因素已重置" in admin.follow(done).words
    assert Visitor(bench, "auditor").open("/me").status == 200
    again = admin.fill(page, having="reason", reason="再来一次", _key="another-key")
    assert again.status == 409


def test_an_administrator_does_not_reset_its_own(bench: Bench) -> None:
    admin = Visitor(bench, "administrator")
    own = next(each for each in bench.identity.accounts() if each["username"] == "user.administrator")
    page = admin.open(f"/accounts/{own['account_id']}")
    assert "须由另一名系统管理员重置" in page.words
    assert not any(form["action"].endswith("/second-factor") for form in page.forms)


def test_an_administrator_sees_and_ends_what_is_lent(bench: Bench) -> None:
    lend(bench)
    giver = next(each for each in bench.identity.accounts() if each["username"] == "user.award_office")
    admin = Visitor(bench, "administrator")
    page = admin.open(f"/accounts/{giver['account_id']}")
    (end,) = [link for link in page.links if link.endswith("/end")]
    done = admin.fill(admin.open(end), having="reason", reason="调离岗位")
    assert done.response.headers["Location"] == f"/accounts/{giver['account_id']}"
    assert "已提前结束" in admin.follow(done).words
    other = next(each for each in bench.identity.accounts() if each["username"] == "zhao.helper")
    assert "没有代办" in admin.open(f"/accounts/{other['account_id']}").words


# The first visit


def test_every_role_has_a_guide_of_three_to_five_steps_on_its_first_page() -> None:
    for role in set(ROLES) - {AGENCY, REHEARSER}:
        steps = guide_at(MENUS[role][0].address)
        assert steps == GUIDES[role]
        assert 3 <= len(steps) <= 5
        assert all(step.what.zh and step.what.en for step in steps)
    assert guide_at(MENUS[PUBLIC][0].address) == ()


@pytest.mark.parametrize(
    "role",
    [
        "department_clerk",
        "administrator",
        "auditor",
        "operator",
        "reviewer",
        "applicant",
        "recommending_body",
        "award_office",
        "committee_member",
        "finance",
        "discipline",
    ],
)
def test_a_guide_is_folded_on_the_first_page(bench: Bench, role: str) -> None:
    page = Visitor(bench, role).open(MENUS[role][0].address)
    assert page.status == 200
    assert re.search(r"<details class=\"govuk-details zh-no-print\">", page.text)
    assert str(GUIDES[role][0].what.zh) in page.words
