"""What is seldom done, done in a browser: an identity is unlinked, a parked message is settled, a notice is corrected, a
reviewer states an interest and is replaced, a session is over while somebody writes, and an applicant reads what was decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from deploy.local.processes import Port
from deploy.stubs.oidc import Provider
from services.eligibility.service import Eligibility
from services.gateway.portal.sessions import COOKIE
from services.gateway.portal.words import RELATIONS as INTEREST
from services.gateway.second_factor import codes
from services.review import experts
from services.review.service import Review
from services.review.stages import conductor
from shared.bus import Service
from shared.clock import SHANGHAI, FixedClock
from shared.config import Settings
from shared.contracts import Context
from shared.contracts.operations import APPLICANT, OFFICE, OPERATOR, REVIEWER
from shared.contracts.operations.review.recusals import RELATIONS
from tests.browser.hands import Hand, Keys, Mouse, NoScript
from tests.browser.identities import provider_of
from tests.browser.kit import Browsing, cookie_of
from tests.browser.sampled import Sampled, Somebody, served
from tests.integration.eligibility import test_own_findings as findings
from tests.integration.eligibility.test_notice_corrections import DAY, NEW, Corrected
from tests.integration.eligibility.test_notices import NOTICE
from tests.integration.portal.test_operating import ONE, World
from tests.support.crawling import said
from tests.support.gateway import PASSWORD, REAL, InProcess, make_bench
from tests.support.handlers import RealServices
from tests.support.panels import declare, seat
from tests.support.rooms import CLOSES, CYCLE, Room
from tests.support.works import Desk

TWO = ONE[:-1] + "2"


class _Answers:
    """One service's own answers from a test's store; of others a sample, or what is said here."""

    def __init__(
        self,
        desk: Desk,
        clock: FixedClock,
        service: type[Service] = Eligibility,
        **more: Mapping[str, Any],
    ) -> None:
        self._name = service.name
        self._own = RealServices((service,), {service.name: desk}, clock, Settings())
        self._more = {"intake.cycle": {"rehearsal": False}, **more}

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        if service == self._name:
            return self._own.answer(service, method, data, context)
        return said(service, method, data, context) | self._more.get(f"{service}.{method}", {})


def _hand_of(browsing: Browsing, sampled: Sampled, kind: type[Hand], username: str) -> Hand:
    """Somebody who has signed in already."""
    page = browsing.open(script=kind.script)
    issued = sampled.bench.identity.sign_in(username, PASSWORD, "192.0.2.1")
    sampled.bench.gateway.sessions.open(issued)
    page.context.add_cookies([cookie_of(COOKIE, issued.token)])
    return kind(page)


def _answered_by(sampled: Sampled, answer: Any, patch: pytest.MonkeyPatch) -> InProcess:
    """Meanwhile these are the services behind the gateway."""
    services = sampled.bench.gateway.caller
    assert isinstance(services, InProcess)
    patch.setattr(services, "answer", answer)
    return services


# --- one's own account -----------------------------------------------------------------------------------------------------


class Office:
    """A clerk with a second factor, at a gateway that relies on a provider of identities."""

    def __init__(self, folder: Path, assets: Path, home: str, provider: Provider, oidc: str) -> None:
        self.clock = provider.clock = FixedClock(datetime(2026, 3, 2, 9, tzinfo=SHANGHAI))
        self.bench = make_bench(
            folder, InProcess(said), clock=self.clock, gateway_assets=str(assets), oidc=oidc, public_url=home
        )
        self.clerk = Somebody("clerk")
        self.bench.identity.create(
            None, username="clerk", password=PASSWORD, display_name="clerk", roles=[OFFICE]
        )
        self._session = session = self.bench.identity.sign_in("clerk", PASSWORD, "192.0.2.1").session
        self._totp = pyotp.TOTP(self.bench.gateway.second_factors.begin(session)["secret"])
        self.bench.gateway.second_factors.confirm(session, self.code())

    def links(self) -> list[dict[str, Any]]:
        """Through which identities the account is entered."""
        return self.bench.gateway.links.of(self._session.account_id)

    def code(self) -> str:
        """What the clerk's authenticator shows next: a code counts once."""
        self.clock.move(timedelta(minutes=1))
        return self._totp.generate_otp(codes.step_of(self.clock.now().timestamp()))


@pytest.fixture
def office(tmp_path: Path, built: Path, chromium: Browser) -> Iterator[tuple[Office, Browsing]]:
    port = Port()
    home = f"http://127.0.0.1:{port.number}"
    with provider_of(tmp_path, home) as (provider, settings):
        oidc = Path(settings["ZHIHENG_OIDC_FILE"]).read_text(encoding="utf-8")
        made = Office(tmp_path, built, home, provider, oidc)
        with served(made.bench, port.number):
            browsing = Browsing(chromium, home, built)
            yield made, browsing
            browsing.close()
            assert [
                each for each in browsing.wrong if not each.startswith(f"foreign: {provider.issuer}/")
            ] == []
        made.bench.store.close()


def test_an_identity_is_linked_and_unlinked(office: tuple[Office, Browsing]) -> None:
    """With a code; a wrong one is refused at its field."""
    desk, browsing = office
    hand = Mouse(browsing.open())
    hand.goto("/login?next=/me/identities")
    hand.fill({"用户名": desk.clerk.username, "密码": desk.clerk.password})
    hand.press("登录")
    hand.write("验证码", desk.code())
    hand.press("验证并登录")
    hand.heads("关联的身份")
    hand.press("关联：统一身份认证")
    hand.follow("前往：统一身份认证")
    hand.press("张示例")
    hand.heads("关联的身份")
    assert len(desk.links()) == 1
    hand.follow("解除关联")
    hand.write("验证码", "000000")
    hand.press("解除关联")
    expect(hand.page.get_by_role("alert")).to_contain_text("验证码")
    expect(hand.page.locator(".govuk-form-group--error")).to_have_count(1)
    expect(hand.page.get_by_label("验证码")).to_have_value("")
    hand.write("验证码", desk.code())
    hand.press("解除关联")
    hand.told("已解除关联")
    expect(hand.page.get_by_role("main")).to_contain_text("还没有关联的身份")
    assert desk.links() == []


# --- the operator ----------------------------------------------------------------------------------------------------------


class Parked(World):
    """Two messages are parked; one that is settled is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.parked.append({**self.parked[0], "message_id": TWO, "kind": "application.withdrawn"})

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        if method.endswith("_parked"):
            self.parked = [each for each in self.parked if each["message_id"] != data["message_id"]]
        return super().__call__(service, method, data, context)


@pytest.mark.parametrize(
    ("kind", "step", "title", "button", "done"),
    [
        (Keys, "重放", "重放停放的消息", "重放", "消息已重放"),
        (NoScript, "丢弃", "丢弃停放的消息", "丢弃，不能恢复", "消息已丢弃"),
    ],
    ids=["put back by keys", "thrown away without script"],
)
def test_a_parked_message_is_settled(
    browsing_samples: Browsing, sampled: Sampled, monkeypatch: pytest.MonkeyPatch,
    kind: type[Hand], step: str, title: str, button: str, done: str,
) -> None:  # fmt: skip
    """It is shown with its reason, settled with one of the operator's own, and is gone; the other one stays."""
    services = _answered_by(sampled, Parked(), monkeypatch)
    sampled.bench.token(OPERATOR)
    hand = _hand_of(browsing_samples, sampled, kind, f"user.{OPERATOR}")
    hand.goto("/ops")
    parked = hand.page.get_by_role("table", name="停放的消息").locator("tbody tr")
    expect(parked).to_have_count(2)
    expect(parked.first).to_contain_text("多次重试仍未成功")
    hand.follow(step, within=parked.filter(has_text="application.accepted"))
    hand.heads(title)
    expect(hand.page.get_by_role("main")).to_contain_text("KeyError services/review/intake.py:40")
    hand.press(button)
    expect(hand.page.get_by_role("alert")).to_contain_text("理由：请填写")
    hand.write("理由", "已由本人重新提交 𠮷")
    hand.press(button)
    hand.told(done)
    expect(parked).to_have_count(1)
    expect(parked).to_contain_text("application.withdrawn")
    (asked,) = [call.data for call in services.calls[-10:] if call.operation.endswith("_parked")]
    assert (asked["message_id"], asked["reason"]) == (ONE, "已由本人重新提交 𠮷")


# --- a notice that is wrong -------------------------------------------------------------------------------------------------


def test_a_notice_is_corrected_by_two_officers(
    browsing_samples: Browsing, sampled: Sampled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Drafted, given up, drafted again; who wrote it does not confirm it; another one posts it, and everybody reads why."""
    board = Corrected(f"sqlite:///{tmp_path / 'eligibility.sqlite'}")
    board.posted("a", "b")
    board.at(DAY)
    clock = board.desk.store.clock
    assert isinstance(clock, FixedClock)
    _answered_by(sampled, _Answers(board.desk, clock), monkeypatch)
    sampled.bench.token(OFFICE)
    sampled.bench.identity.create(
        None, username="wang", password=PASSWORD, display_name="wang", roles=[OFFICE]
    )
    li = _hand_of(browsing_samples, sampled, Mouse, f"user.{OFFICE}")
    here = f"/cycles/{CYCLE}/notices/{NOTICE}"

    li.goto(here)
    li.follow("更正公示")
    li.write("名单中的序号", "3")
    li.write("正确的名称", "示例甲公司")
    li.write("更正原因", "单位名称有误")
    li.press("保存，等待批准")
    expect(li.page.get_by_role("alert")).to_contain_text("名单上只有 1 至 2")
    expect(li.page.get_by_label("更正原因")).to_have_value("单位名称有误")
    li.write("名单中的序号", "1")
    li.press("保存，等待批准")
    li.told("更正稿已保存")
    li.follow("放弃更正稿")
    li.press("放弃更正稿")
    li.told("已放弃更正稿")
    li.follow("更正公示")
    expect(li.page.get_by_label("正确的名称")).to_have_value("示例甲公司")
    li.press("保存，等待批准")
    li.told("更正稿已保存")
    li.goto(here)
    expect(li.page.get_by_role("main")).to_contain_text("批准这份更正稿")
    expect(li.page.get_by_role("link", name="批准更正公示")).to_have_count(0)
    assert board.notice(NOTICE)["state"] == "posted"

    wang = _hand_of(browsing_samples, sampled, Mouse, "wang")
    wang.goto(here)
    wang.follow("批准更正公示")
    changed = wang.page.get_by_role("table", name="更正内容").locator("tbody tr")
    expect(changed).to_contain_text(["示例甲公司"])
    wang.press("批准并发布更正公示")
    wang.told("更正公示已发布")
    assert wang.page.url.endswith(f"/notices/{NEW}")
    wang.follow("公众看到的页面")
    expect(wang.page.get_by_role("main")).to_contain_text("更正原因：单位名称有误")
    expect(wang.page.get_by_role("main")).to_contain_text("示例甲公司")
    assert [board.notice(name)["state"] for name in (NOTICE, NEW)] == ["corrected", "posted"]
    board.desk.close()


# --- a reviewer who is kept from something -----------------------------------------------------------------------------------

STAGE = "document_review"
EXPERTS = [f"E{number}" for number in range(1, 5)]


def test_whoever_states_an_interest_is_replaced(
    browsing_samples: Browsing, sampled: Sampled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By keys: every relation is answered, none is ticked before; with a yes the case is gone, from its address too. The office
    replaces whoever said so, without script, and whoever comes is asked whether to take it.
    """
    clock = FixedClock(datetime(2025, 6, 24, 9, tzinfo=SHANGHAI))
    room = Room("review", f"sqlite:///{tmp_path / 'review.sqlite'}", conductor, rehearsal=False, clock=clock)
    room.accept("a1", 1)
    pool = [{"expert_id": each, "name": f"专家{each}"} for each in EXPERTS]
    room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})
    for passed in ("submission", "qualification", "notice:qualification"):
        room.hand_over(passed, CLOSES, ["a1"])
    declare(room, EXPERTS)
    kin, *others = seat(room, STAGE, stated=False)
    (spare,) = set(EXPERTS) - {kin, *others}
    room.ask("begin_stage", conductor.begin_stage, {"stage": STAGE})
    running = {"cycle_id": CYCLE, "rulebook": room.rulebook.id, "rehearsal": False, "state": "running"}
    several = {"cycles": [said("intake", "cycles", {}, Context("m" * 32))["cycles"][0] | running]}
    _answered_by(
        sampled,
        _Answers(room.desk, clock, Review, **{"intake.cycle": running, "intake.cycles": several}),
        monkeypatch,
    )
    for each in (kin, spare):
        sampled.bench.identity.create(
            None, username=each, subject=each, password=PASSWORD, display_name=each, roles=[REVIEWER]
        )
    sampled.bench.token(OFFICE)

    hand = _hand_of(browsing_samples, sampled, Keys, kin)
    hand.goto("/review")
    hand.follow("申明利害关系")
    assert hand.page.get_by_role("radio", checked=True).count() == 0
    for relation in RELATIONS:
        hand.choose(INTEREST[relation].zh, "是" if relation == "kin" else "否")
    hand.write("签名", f"专家{kin}")
    hand.press("申明并签名")
    hand.told("不再由您评审")
    expect(hand.page.get_by_role("main")).to_contain_text("目前没有分配给您的评审任务")
    for gone in (f"{CYCLE}/a1/declare", f"{CYCLE}/{STAGE}/a1/sheet", f"{CYCLE}/{STAGE}/a1/check"):
        assert not hand.goto(f"/review/{gone}"), gone

    office = _hand_of(browsing_samples, sampled, NoScript, f"user.{OFFICE}")
    office.goto(f"/cycles/{CYCLE}/panels/{STAGE}")
    expect(office.page.get_by_role("main")).to_contain_text("请更换评审员")
    office.follow("更换评审员")
    office.write("被更换的专家编号", kin)
    office.write("理由", "申明了亲属关系")
    office.press("更换评审员")
    office.told("已更换")
    expect(office.page.get_by_role("main")).not_to_contain_text("请更换评审员")

    newcomer = _hand_of(browsing_samples, sampled, Mouse, spare)
    newcomer.goto("/review")
    newcomer.follow("答复是否接受")
    newcomer.heads("是否接受这份评审任务")
    room.desk.close()


# --- a session that is over ---------------------------------------------------------------------------------------------------


def test_what_is_typed_is_still_there_when_the_session_is_over(
    browsing_samples: Browsing, sampled: Sampled
) -> None:
    """Another language takes it along. The warning comes two minutes before; whoever answers it too late is told so on the page
    that has what was typed, sends it, signs in, and finds it in the form.
    """
    sampled.bench.token(OFFICE)
    hand = _hand_of(browsing_samples, sampled, Mouse, f"user.{OFFICE}")
    hand.page.clock.install()
    hand.goto(f"/cycles/{REAL}/announcements")
    hand.write("正文（中文）", "写了半个小时")
    hand.follow("English")
    expect(hand.page.get_by_label("Text in Chinese")).to_have_value("写了半个小时")
    hand.write("Text in Chinese", "写了半个小时，又写了一句")
    hand.follow("中文")
    expect(hand.page.get_by_label("正文（中文）")).to_have_value("写了半个小时，又写了一句")
    warning = hand.page.locator(".zh-session")
    hand.page.clock.fast_forward("27:30")
    expect(warning).to_be_hidden()
    hand.page.clock.fast_forward("00:31")
    expect(warning).to_contain_text("2 分钟后将自动退出")
    hand.press("继续使用", stays=True)
    expect(warning).to_be_hidden()
    hand.page.clock.fast_forward("28:01")
    (cookie,) = [one for one in hand.page.context.cookies() if one["name"] == COOKIE]
    identity = sampled.bench.identity
    identity.revoke(identity.session(cookie["value"]))
    hand.press("继续使用", stays=True)
    expect(warning).to_contain_text("登录已过期")
    expect(hand.page.get_by_label("正文（中文）")).to_have_value("写了半个小时，又写了一句")
    hand.press(hand.page.get_by_role("main").get_by_role("button").last)
    hand.heads("请重新登录")
    hand.fill({"用户名": f"user.{OFFICE}", "密码": PASSWORD})
    hand.press("登录")
    expect(hand.page.get_by_label("正文（中文）")).to_have_value("写了半个小时，又写了一句")


# --- long names ---------------------------------------------------------------------------------------------------------------

_LONG = "W" * 200


def _lengthened(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lengthened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_lengthened(each) for each in value]
    return _LONG if isinstance(value, str) and not value.isascii() else value


def test_a_name_without_a_space_widens_no_page(
    browsing_samples: Browsing, sampled: Sampled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 200 % and 400 %: whoever is signed in is called so, and everything that somebody named."""
    _answered_by(sampled, lambda *asked: _lengthened(said(*asked)), monkeypatch)
    sampled.bench.identity.create(
        None, username="long", password=PASSWORD, display_name=_LONG, roles=[OFFICE]
    )
    page = _hand_of(browsing_samples, sampled, Mouse, "long").page
    for path in ("/", "/office", f"/cycles/{REAL}/panels"):
        page.goto(path)
        assert _LONG in page.content()
        assert browsing_samples.no_sideways_scroll(page) == [], path


# --- what was decided of one's application ----------------------------------------------------------------------------------


def test_an_applicant_reads_why_once_it_is_public(
    browsing_samples: Browsing, sampled: Sampled, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Until then the page has what one stated oneself; then what failed by article, and the rest folded away."""
    world = findings.World(f"sqlite:///{tmp_path / 'eligibility.sqlite'}")
    draft = {"application_id": "a", "cycle_id": CYCLE, "status": "accepted", "kind": "organization"}
    answers = _Answers(world.room.desk, world.clock, **{"intake.draft": draft})
    _answered_by(sampled, answers, monkeypatch)
    sampled.bench.identity.create(
        None, username="anna", subject="anna", password=PASSWORD, display_name="anna", roles=[APPLICANT]
    )
    hand = _hand_of(browsing_samples, sampled, Keys, "anna")
    world.goes(safety=[findings.ACCIDENT])
    hand.goto("/my/a/a/why")
    hand.heads("条件核对")
    expect(hand.page.get_by_role("main")).not_to_contain_text("2024-03-01")
    world.posts()
    hand.goto("/my/a/a/why")
    hand.heads("资格审查结论")
    expect(hand.page.get_by_role("region", name="不符合")).to_contain_text("2024-03-01")
    hand.unfold("符合和不适用的")
    expect(hand.page.get_by_role("table", name="符合和不适用的条件").locator("tbody tr")).not_to_have_count(0)
    hand.follow("公示，以及在公示期内提出异议")
    hand.heads("公示")
    world.room.desk.close()
