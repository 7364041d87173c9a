"""The public's ballot on pages: from the identity service to the receipt, through a real box; and everything that is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from deploy.stubs.oidc import Faults
from services.gateway.polling.visits import Voter
from services.gateway.portal.public.balloting import COOKIE
from shared.config import ConfigurationError
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import InProcess, make_bench
from tests.support.polling import City
from tests.unit.gateway.ballot_box.test_box import NOW, Broker, Review

pytestmark = pytest.mark.integration

VOTE = "/vote/c1/social_evaluation"
OFFERED = ["a1", "a2", "a3", "a4"]


@pytest.fixture
def review() -> Review:
    return Review()


@pytest.fixture
def city(tmp_path: Path, review: Review) -> Iterator[City]:
    made = City(tmp_path, Broker(), review.ask, review.known, NOW, ballot_patience=1.0)
    made.told = {"held": "here", "state": "open", "choices_at_most": 2}
    yield made
    made.end()


def cookie(visitor: Visitor) -> str | None:
    found = visitor.client.get_cookie(COOKIE, domain="localhost")
    return found.value if found else None


def offered(page: Shown) -> list[str]:
    kind, values = page.form("visit")["asked"]["choices"]
    assert kind == "checkbox"
    return list(values)


def test_a_ballot_is_cast_on_pages_and_the_box_has_it(city: City) -> None:
    """Nothing is chosen before; the receipt is the box's; no page after the check says what was chosen."""
    anybody = Visitor(city.bench)
    assert f"{VOTE}/sign-in" in anybody.open(VOTE).links
    visitor, page = city.ballot(VOTE)
    assert sorted(offered(page)) == OFFERED
    assert [name for name, _ in page.form("visit")["fields"] if name == "choices"] == []
    check = visitor.fill(page, having="visit", choices=["a3", "a1"])
    assert check.status == 200
    assert ("示例1" in check.words, "示例2" in check.words, "示例3" in check.words) == (True, False, True)
    assert city.broker.messages == []
    fields = [*check.form("visit")["fields"], ("_step", "cast")]
    done = visitor.post(f"{VOTE}/ballot", fields, **{"X-Forwarded-For": "203.0.113.9"})
    assert (done.status, done.response.headers["Location"]) == (303, f"{VOTE}/receipt")
    shown = visitor.follow(done)
    (ballot,) = city.broker.ballots()
    receipt, _, chosen = ballot.partition(":")
    assert chosen == "1,3"
    assert receipt in shown.words
    assert "示例" not in shown.words
    (message,) = city.broker.messages
    assert json.loads(message.body)["origins"] == {"203.0.113.0/24": 1}
    assert receipt in visitor.open(f"{VOTE}/receipt").words  # a reload tells it again
    assert visitor.open(f"{VOTE}/ballot").response.headers["Location"] == f"{VOTE}/receipt"


def test_one_goes_back_and_chooses_otherwise(city: City) -> None:
    visitor, page = city.ballot(VOTE)
    check = visitor.fill(page, having="visit", choices=["a1"])
    again = visitor.fill(check, having="visit", _step="change")
    assert [value for name, value in again.form("visit")["fields"] if name == "choices"] == ["a1"]
    check = visitor.fill(again, having="visit", choices=["a2"])
    assert visitor.fill(check, having="visit", _step="cast").status == 303
    assert city.broker.ballots()[0].endswith(":2")


def test_the_assertion_is_in_no_address_no_log_no_figure_and_not_readable_in_the_browser(city: City) -> None:
    """Nor is there anything that grows with ballots: no log line of a request, no figure of these pages."""
    told: list[str] = []
    with capture_logs() as logs:
        visitor = Visitor(city.bench)
        begun = visitor.open(f"{VOTE}/sign-in")
        back = visitor.open(city.choose(begun.response.headers["Location"], "citizen-07"))
        sealed = str(cookie(visitor))
        carried = city.bench.gateway.polling.opened(sealed)  # type: ignore[union-attr]
        assert isinstance(carried, Voter)
        page = visitor.follow(back)
        check = visitor.fill(page, having="visit", choices=["a4"])
        done = visitor.fill(check, having="visit", _step="cast")
        receipt = visitor.follow(done)
        for each in (begun, back, page, check, done, receipt):
            told += [each.text, each.address, each.response.headers.get("Location", "")]
    told += [sealed, str(logs), generate_latest(city.bench.gateway.metrics.registry).decode(), repr(carried)]
    for secret in (carried.assertion, carried.assertion.split(".")[1], "citizen-07"):
        assert not any(secret in each for each in told)
    assert logs == []
    assert "/vote/" not in told[-2]
    for answer in (begun, back, done):
        terms = set(answer.response.headers["Set-Cookie"].split("; "))
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= terms
        assert any(each.startswith("Max-Age=") for each in terms)
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_faulty_box_is_logged_and_not_who_met_it(city: City) -> None:
    visitor, page = city.ballot(VOTE)
    city.box.stop()
    with capture_logs() as logs:
        assert visitor.fill(page, having="visit", choices=["a1"]).status == 503
    assert {line["event"] for line in logs} == {"polling.box_away", "request"}


def test_the_order_is_each_visit_s_own_and_stays_during_it(city: City) -> None:
    seen = set()
    for number in range(1, 9):
        visitor, page = city.ballot(VOTE, f"citizen-{number:02d}")
        assert offered(page) == offered(visitor.open(f"{VOTE}/ballot"))
        seen.add(tuple(offered(page)))
    assert len(seen) > 1


def test_who_has_voted_is_told_so_with_the_receipt(city: City) -> None:
    """In another browser, and where the same form is sent twice; the first ballot counts, and what it says is not told."""
    visitor, page = city.ballot(VOTE)
    check = visitor.fill(page, having="visit", choices=["a1"])
    before = str(cookie(visitor))
    first = visitor.follow(visitor.fill(check, having="visit", _step="cast"))
    visitor.client.set_cookie(COOKIE, before, domain="localhost", secure=True)
    second = visitor.follow(visitor.fill(check, having="visit", _step="cast"))
    _, other = city.cast(VOTE, "citizen-01", "a2")
    third = _.follow(other)
    receipt = city.broker.ballots()[0].partition(":")[0]
    assert "已投出" in first.words
    for again in (second, third):
        assert "您的选票已在册" in again.words
        assert receipt in again.words
        assert "示例" not in again.words
    assert len(city.broker.ballots()) == 1


def test_whatever_is_wrong_with_the_service_s_answer_is_refused_in_one_way(city: City) -> None:
    faults = (
        "signature",
        "none",
        "nonce",
        "no_nonce",
        "audience",
        "issuer",
        "expired",
        "code",
        "stale",
        "no_auth_time",
    )
    for wrong in faults:
        city.provider.faults = Faults(wrong=wrong)
        visitor = Visitor(city.bench)
        shown = city.come(visitor, VOTE)
        assert shown.status == 401, wrong
        assert "没有确认您的身份" in shown.words
        assert f"{VOTE}/sign-in" in shown.links
        assert cookie(visitor) is None
        assert visitor.open(f"{VOTE}/ballot").status == 401


def test_who_is_signed_in_there_already_is_asked_anew(city: City) -> None:
    """On a computer that others use nobody votes as the one before; a service that would have it so is not believed."""
    city.provider.remembers = True
    device = requests.Session()
    city.choose(
        Visitor(city.bench).open(f"{VOTE}/sign-in").response.headers["Location"], "citizen-01", device
    )
    city.move(minutes=2)
    visitor = Visitor(city.bench)
    address = visitor.open(f"{VOTE}/sign-in").response.headers["Location"]
    plain = address.replace("&prompt=login", "").replace("&max_age=0", "")
    assert (device.get(address).url, "citizen-02" in device.get(address).text) == (address, True)
    assert device.get(plain, allow_redirects=False).status_code == 302
    city.provider.faults = Faults(wrong="stale")
    back = device.get(address, allow_redirects=False).headers["Location"]
    assert visitor.open(back.removeprefix("https://localhost")).status == 401
    assert cookie(visitor) is None


def test_where_a_service_cannot_ask_anew_the_ballot_says_what_to_look_out_for(
    tmp_path: Path, review: Review
) -> None:
    city = City(tmp_path, Broker(), review.ask, review.known, NOW, gateway={"identity_sign_in": "kept"})
    city.told = {"held": "here", "state": "open", "choices_at_most": 2}
    try:
        city.provider.faults = Faults(wrong="stale")
        address = Visitor(city.bench).open(f"{VOTE}/sign-in").response.headers["Location"]
        assert not {"prompt", "max_age"} & set(parse_qs(urlsplit(address).query))
        visitor, page = city.ballot(VOTE)
        assert "如果在这台设备上登录的不是您本人" in page.words
        check = visitor.fill(page, having="visit", choices=["a1"])
        assert visitor.fill(check, having="visit", _step="cast").status == 303
    finally:
        city.end()


def test_a_link_from_elsewhere_ends_no_visit(city: City) -> None:
    """To the way back from the identity service, or to another vote's ballot: refused, and one's own ballot is still there."""
    visitor, page = city.ballot(VOTE)
    before = cookie(visitor)
    for address in ("/vote/return?state=s&code=c", "/vote/return", "/vote/c2/social_evaluation/ballot"):
        assert visitor.open(address, **{"Sec-Fetch-Site": "cross-site"}).status == 401
        assert cookie(visitor) == before
    going = Visitor(city.bench)
    back = city.choose(going.open(f"{VOTE}/sign-in").response.headers["Location"], "citizen-02")
    assert going.open(f"{VOTE}/ballot").status == 401
    assert going.open(back).status == 303
    check = visitor.fill(page, having="visit", choices=["a1"])
    assert visitor.fill(check, having="visit", _step="cast").status == 303


def test_an_answer_counts_for_the_browser_that_was_sent_and_once(city: City) -> None:
    mine, other = Visitor(city.bench), Visitor(city.bench)
    back = city.choose(mine.open(f"{VOTE}/sign-in").response.headers["Location"], "citizen-01")
    other.open(f"{VOTE}/sign-in")
    state = re.sub(r"state=[^&]*", "state=forged", back)
    pages = [Visitor(city.bench).open(back), other.open(back), mine.open(state)]
    pages.append(mine.open(back))  # the visit ended with the forged one
    late = Visitor(city.bench)
    back = city.choose(late.open(f"{VOTE}/sign-in").response.headers["Location"], "citizen-01")
    city.move(minutes=11)
    pages.append(late.open(back))
    no = Visitor(city.bench)
    pages.append(no.open(city.choose(no.open(f"{VOTE}/sign-in").response.headers["Location"], "")))
    assert {page.status for page in pages} == {401}
    assert all("没有投出任何选票" in page.words for page in pages)
    assert city.broker.messages == []


def test_a_visit_ends_with_the_assertion_and_says_that_nothing_was_cast(city: City) -> None:
    """By the gateway's clock, and by the box's where that is ahead; then one signs in anew."""
    visitor, page = city.ballot(VOTE)
    check = visitor.fill(page, having="visit", choices=["a1"])
    city.move(minutes=6)  # the stub's tokens hold five
    over = visitor.fill(check, having="visit", _step="cast")
    assert over.status == 401
    assert "没有投出选票" in over.words
    assert "示例1" not in over.words
    visitor, page = city.ballot(VOTE)
    check = visitor.fill(page, having="visit", choices=["a1"])
    city.box_clock.move(timedelta(minutes=7))
    over = visitor.fill(check, having="visit", _step="cast")
    assert over.status == 401
    assert f"{VOTE}/sign-in" in over.links
    assert cookie(visitor) is None
    assert city.broker.messages == []


def test_a_visit_is_for_one_vote(city: City) -> None:
    visitor, _ = city.ballot(VOTE)
    assert visitor.open("/vote/c1/another/ballot").status == 401
    assert visitor.open("/vote/c2/social_evaluation/ballot").status == 401


def test_a_vote_that_takes_no_ballots_says_so(city: City, review: Review) -> None:
    """Before it, after it, elsewhere; and where it closes with the ballot on the table."""
    visitor, page = city.ballot(VOTE)
    check = visitor.fill(page, having="visit", choices=["a1"])
    review.closes_at = NOW
    late = visitor.fill(check, having="visit", _step="cast")
    assert late.status == 409
    assert "没有投出" in late.words
    assert city.broker.messages == []
    for state, words in (("over", "已经截止"), ("waiting", "尚未开始"), ("counted", "已经截止")):
        city.told["state"] = state
        shown = Visitor(city.bench).open(VOTE)
        assert words in shown.words
        assert f"{VOTE}/sign-in" not in shown.links
    for vote in (VOTE, "/vote/c2/social_evaluation"):  # the second is not held here
        assert Visitor(city.bench).open(f"{vote}/sign-in").response.headers["Location"] == vote


def test_a_form_of_another_site_or_visit_casts_nothing(city: City) -> None:
    visitor, page = city.ballot(VOTE)
    fields = [*page.form("visit")["fields"], ("choices", "a1"), ("_step", "cast")]
    assert visitor.post(f"{VOTE}/ballot", fields, **{"Sec-Fetch-Site": "cross-site"}).status == 403
    _, others = city.ballot(VOTE, "citizen-02")
    foreign = [*others.form("visit")["fields"], ("choices", "a1"), ("_step", "cast")]
    refused = visitor.post(f"{VOTE}/ballot", foreign)
    assert refused.status == 403
    assert "没有投出" in refused.words
    without = [(name, value) for name, value in fields if name != "visit"]
    assert visitor.post(f"{VOTE}/ballot", without).status == 403
    assert Visitor(city.bench).post(f"{VOTE}/ballot", fields).status == 401
    tampered = Visitor(city.bench)
    tampered.client.set_cookie(COOKIE, str(cookie(visitor))[:-4] + "AAAA", domain="localhost", secure=True)
    assert tampered.post(f"{VOTE}/ballot", fields).status == 401
    assert city.broker.messages == []


def test_what_is_no_ballot_is_refused_at_its_field(city: City) -> None:
    """On the way to the check, and where somebody goes past it."""
    visitor, page = city.ballot(VOTE)
    wrong: list[tuple[list[str], str]] = [
        ([], "请选择"),
        (["a1", "a2", "a3"], "最多选择 2 家"),
        (["a9"], "不在可选范围内"),
        (["<script>zh7</script>"], "不在可选范围内"),
        (["a1\x00"], "控制字符"),
    ]
    for choices, words in wrong:
        for step in (None, "cast"):
            shown = visitor.fill(page, having="visit", choices=choices, _step=step)
            assert shown.status == 422
            assert "govuk-error-summary" in shown.text
            assert words in shown.words
            assert "<script>zh7" not in shown.text
    assert city.broker.messages == []


def test_where_one_may_be_chosen_one_is_asked_for(city: City) -> None:
    ask = city.box.box.catalogue._ask

    async def single(method: str, data: Any, seconds: float) -> dict[str, Any]:
        return {**await ask(method, data, seconds), "choices_at_most": 1}

    city.box.box.catalogue._ask = single
    visitor, page = city.ballot(VOTE)
    assert page.form("visit")["asked"]["choices"][0] == "radio"
    assert visitor.fill(page, having="visit", choices=["a1", "a2"], _step="cast").status in {303, 422}
    assert all(ballot.count(",") == 0 for ballot in city.broker.ballots())


def test_the_body_is_bounded(city: City) -> None:
    visitor, page = city.ballot(VOTE)
    shown = visitor.fill(page, having="visit", choices=["a1"] * 3000)
    assert shown.status == 413
    assert "16384" in shown.words


def test_what_the_box_refuses_is_said_where_it_can_be_mended(city: City, review: Review) -> None:
    """One that withdrew since is no choice any more: the ballot again, without it."""
    visitor, page = city.ballot(VOTE)
    ask = city.box.box.catalogue._ask
    whole = True

    async def changing(method: str, data: Any, seconds: float) -> dict[str, Any]:
        nonlocal whole
        reply = await ask(method, data, seconds)
        kept, whole = whole, False  # it goes between the page's look and the box's
        return reply if kept else {**reply, "entries": reply["entries"][1:]}

    check = visitor.fill(page, having="visit", choices=["a1"])
    city.box.box.catalogue._ask = changing
    again = visitor.fill(check, having="visit", _step="cast")
    assert again.status == 422
    assert "不在可选之列" in again.words
    assert city.broker.messages == []


def test_a_ballot_that_was_not_confirmed_is_sent_again_and_counts_once(city: City) -> None:
    """503 with the check page, so that one presses again; whatever becomes of the first, there is one ballot."""
    city.broker.confirms = False
    visitor, shown = city.cast(VOTE, "citizen-01", "a2")
    assert shown.status == 503
    assert shown.response.headers["Retry-After"]
    assert "重复提交不会重复计票" in shown.words
    assert "示例2" in shown.words
    city.broker.messages[0].confirmed.get_loop().call_soon_threadsafe(
        city.broker.messages[0].confirmed.set_result, None
    )
    done = visitor.fill(shown, having="visit", _step="cast")
    assert "您的选票就是这一张" in visitor.follow(done).words
    assert len(city.broker.ballots()) == 1


def test_a_box_that_is_away_or_slow_is_said(city: City) -> None:
    city.broker.ready = False
    _, shown = city.cast(VOTE, "citizen-01", "a2")
    assert (shown.status, "投票人数较多" in shown.words) == (503, True)
    city.broker.ready = True
    visitor, page = city.ballot(VOTE, "citizen-02")
    city.box.stop()
    for shown in (visitor.open(f"{VOTE}/ballot"), Visitor(city.bench).open(f"{VOTE}/sign-in")):
        assert shown.status == 503
        assert "投票箱暂时无法访问" in shown.words
    assert "示例2" not in visitor.fill(page, having="visit", choices=["a2"]).words


def test_voters_leave_half_of_the_gateway_to_the_others(city: City) -> None:
    """So many wait for a box at a time; the next one is told to come again, and every other page is served."""
    station = city.bench.gateway.polling
    assert station is not None
    taken = 0
    while station._turns.acquire(blocking=False):
        taken += 1
    assert taken == city.bench.gateway.settings.http_threads // 2
    shown = Visitor(city.bench).open(f"{VOTE}/sign-in")
    assert (shown.status, "投票人数较多" in shown.words) == (503, True)
    assert Visitor(city.bench).open("/help").status == 200
    for _ in range(taken):
        station._turns.release()
    assert Visitor(city.bench).open(f"{VOTE}/sign-in").status == 303


def test_an_identity_service_that_is_away_is_said(city: City) -> None:
    city.provider.faults = Faults(down=True)
    shown = Visitor(city.bench).open(f"{VOTE}/sign-in")
    assert shown.status == 503
    assert "统一身份认证暂时无法使用" in shown.words


def test_one_address_asks_so_often(tmp_path: Path, review: Review) -> None:
    """The box's limits are the voter's, not the gateway's: another address goes on."""
    city = City(tmp_path, Broker(), review.ask, review.known, NOW, ballot_address_requests=4)
    try:
        visitor, page = city.ballot(VOTE)  # sign-in and ballot have asked the box twice
        check = visitor.fill(page, having="visit", choices=["a1"])
        visitor.open(f"{VOTE}/ballot")
        assert visitor.open(f"{VOTE}/ballot").status == 429
        fields = [*check.form("visit")["fields"], ("_step", "cast")]
        assert visitor.post(f"{VOTE}/ballot", fields).status == 429
        elsewhere = {"X-Forwarded-For": "203.0.113.9"}
        assert visitor.post(f"{VOTE}/ballot", fields, **elsewhere).status == 303
    finally:
        city.end()


def test_a_page_that_the_box_does_not_know_casts_nothing(city: City) -> None:
    """Whoever says for which address it asks has to know the secret."""
    city.bench.gateway.polling._counter._token = "f" * 64  # type: ignore[union-attr]
    shown = Visitor(city.bench).open(f"{VOTE}/sign-in")
    assert shown.status == 503
    assert "配置不一致" in shown.words


def test_nothing_stays_where_one_leaves(city: City) -> None:
    visitor, page = city.ballot(VOTE)
    left = visitor.post(f"{VOTE}/leave", {})
    assert left.response.headers["Location"] == VOTE
    assert cookie(visitor) is None
    assert visitor.fill(page, having="visit", choices=["a1"]).status == 401
    visitor, done = city.cast(VOTE, "citizen-02", "a1")
    receipt = visitor.follow(done)
    assert f"{VOTE}/leave" in [form["action"] for form in receipt.forms]
    assert any("/end-session?" in link for link in receipt.links)
    visitor.post(f"{VOTE}/leave", {})
    assert visitor.open(f"{VOTE}/receipt").response.headers["Location"] == VOTE


def test_whoever_is_signed_in_votes_as_anybody(city: City) -> None:
    """An account here says nothing of who votes."""
    clerk = Visitor(city.bench, "award_office")
    page = clerk.follow(city.come(clerk, VOTE))
    check = clerk.fill(page, having="visit", choices=["a1"])
    assert clerk.fill(check, having="visit", _step="cast").status == 303
    assert len(city.broker.ballots()) == 1


def test_english_pages_mark_what_is_chinese(city: City) -> None:
    visitor = Visitor(city.bench)
    visitor.open("/?lang=en")
    page = visitor.follow(city.come(visitor, VOTE))
    check = visitor.fill(page, having="visit", choices=["a1", "a2"])
    done = visitor.fill(check, having="visit", _step="cast")
    pages = [page, visitor.fill(page, having="visit", choices=[]), check, visitor.follow(done)]
    stranger = Visitor(city.bench)
    stranger.open("/?lang=en")
    pages.append(stranger.open(f"{VOTE}/ballot"))
    for shown in pages:
        plain = re.sub(r'<(\w+)[^>]*\blang="zh-Hans"[^>]*>.*?</\1>', "", shown.text, flags=re.S)
        assert re.search("[\u3400-\u9fff]", plain) is None, plain
        assert len(re.findall("<h1[ >]", shown.text)) == 1
        assert "&lt;span" not in shown.text


def test_where_no_page_casts_the_vote_says_so(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess())
    shown = Visitor(bench).open(VOTE)
    assert f"{VOTE}/sign-in" not in shown.links
    for page in ("sign-in", "ballot", "receipt"):
        assert Visitor(bench).open(f"{VOTE}/{page}").response.headers["Location"] == VOTE


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ballot_page_secret": ""}, "BALLOT_PAGE_SECRET"),
        ({"ballot_page_secret": "short"}, "BALLOT_PAGE_SECRET"),
        ({"ballot_url": "http://boxes.example.test"}, "BALLOT_URL"),
        ({"identity_issuer": "http://id.example.test"}, "IDENTITY_ISSUER"),
        ({"public_url": ""}, "PUBLIC_URL"),
    ],
)
def test_half_a_setting_up_stops_the_start(tmp_path: Path, changed: dict[str, str], named: str) -> None:
    """An assertion goes over TLS, or stays on this machine."""
    given = {
        "identity_client_secret": "s", "identity_issuer": "https://id.example.test", "ballot_page_secret": "x" * 32,
        "ballot_url": "https://boxes.example.test", "public_url": "https://localhost", **changed,
    }  # fmt: skip
    with pytest.raises(ConfigurationError, match=named):
        make_bench(tmp_path, InProcess(), **given)
