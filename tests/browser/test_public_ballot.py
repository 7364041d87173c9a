"""The public's ballot in a browser: signing in at the city's identity service, choosing, looking it over, casting, the receipt.

The gateway, the box's application, review with its log, and the identity service are real and speak HTTP; a test itself brings
review what the box gave to the broker. The service knows a browser again, as single sign-on does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Page, ViewportSize, expect
from playwright.sync_api import Error as BrowserError

from deploy.local.processes import Port
from deploy.stubs.oidc import VOTERS
from services.gateway.polling.visits import Done
from services.gateway.portal.public.balloting import COOKIE
from services.review import models
from services.review.service import Review
from shared.config import Settings
from shared.contracts import Context
from tests.browser.hands import Hand, Keys, Mouse, NoScript
from tests.browser.kit import SCREEN, Browsing, cookie_of
from tests.browser.sampled import served
from tests.integration.portal.test_ballot_counted import deliver
from tests.integration.review.test_votes import CYCLE, VOTE, Hall
from tests.support.crawling import said
from tests.support.handlers import RealServices
from tests.support.polling import City
from tests.unit.gateway.ballot_box.test_box import Broker

HERE = f"/vote/{CYCLE}/{VOTE.key}"
# What companies may be called: a character of four bytes, what looks like markup, one word longer than a telephone is wide.
NAMES = ("示例𠮷祥餐饮管理有限公司", '<b onclick="x()">示例</b>&amp;“茶”', "示例" + "国际贸易" * 12)
MOST = 2  # of three
PHONE: ViewportSize = {"width": 360, "height": 740}
PEOPLE = 6  # among whom the identity service lets one choose
TOUCHED = 43.5  # pixels: 44, and half a one for rounding


class Words(NamedTuple):
    """What the pages say."""

    begin: str
    next: str
    cast: str
    change: str
    leave: str
    forget: str
    back: str
    check: str
    ballot: str
    look: str
    done: str
    known: str
    nothing: str


ZH = Words(
    "登录统一身份认证，开始投票", "下一步：核对", "投出", "返回修改", "离开，不投票", "清除本页记录", "回到投票页面", "核对",
    "投票", "核对选票", "已投出", "您的选票已在册", "没有投出",
)  # fmt: skip
EN = Words(
    "Sign in at the identity service and vote", "Next: look it over", "Cast", "Change it", "Leave without voting",
    "Forget this visit here", "Back to the vote", "Check", "Your ballot", "Look your ballot over", "Your ballot is in",
    "You have voted already", "No ballot was cast",
)  # fmt: skip


class _Named(Hall):
    """The vote's entries by names of our own."""

    def accept(self, application: str, sequence: int, **dossier: Any) -> None:
        super().accept(application, sequence, name=NAMES[sequence - 1], **dossier)


class Poll:
    """A vote that takes ballots, and the city whose public casts them."""

    def __init__(self, folder: Path, assets: Path, home: str) -> None:
        self.home = home
        self.hall = _Named(f"sqlite:///{folder / 'review.sqlite'}")
        self.hall.open()
        self.broker = Broker()
        self._review = RealServices((Review,), {"review": self.hall.desk}, self.hall.clock, Settings())
        self.city = City(
            folder, self.broker, self._ask, self._known, self.hall.clock.now(), home=home, answer=self._answer,
            gateway={"gateway_assets": str(assets)},
        )  # fmt: skip
        self.city.provider.remembers = True
        self.city.provider.people = dict(list(VOTERS.items())[:PEOPLE])

    def _answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """Review's own answer, but that fewer may be chosen; of others a sample."""
        if service != "review":
            return said(service, method, data, context)
        reply = self._review.answer(service, method, data, context)
        return reply | ({"choices_at_most": MOST} if method == "voting" else {})

    async def _ask(self, method: str, data: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        return self._answer("review", method, data, Context(message_id="box")) | {"key_id": None}

    async def _known(self, voters: Sequence[str]) -> frozenset[str]:
        asked = {"receipts": ",".join(voters)}
        return frozenset(self._answer("review", "counted", asked, Context(message_id="box"))["counted"])

    def taken(self) -> dict[str, str]:
        """What each receipt chose, of the ballots that the box gave the broker since this was asked last."""
        found = dict(ballot.split(":") for ballot in self.broker.ballots())
        self.broker.messages.clear()
        return found

    def carried(self, *, first: bool) -> SetCookieParam:
        """What a browser carries that has cast a ballot."""
        station = self.city.bench.gateway.polling
        assert station is not None
        done = Done(CYCLE, VOTE.key, station.until(60), "0" * 32, first=first)
        return cookie_of(COOKIE, station.seal.shut(done))

    def move(self, minutes: int) -> None:
        """Time goes by for everybody."""
        self.city.move(minutes=minutes)
        self.hall.clock.move(timedelta(minutes=minutes))


@pytest.fixture(scope="module")
def poll(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poll]:
    port = Port()  # known before the start: the identity service sends browsers back to it
    made = Poll(tmp_path_factory.mktemp("poll"), built, f"http://127.0.0.1:{port.number}")
    with served(made.city.bench, port.number):
        yield made
    made.city.end()
    made.hall.desk.close()


@pytest.fixture
def browsing(poll: Poll, chromium: Browser, built: Path) -> Iterator[Browsing]:
    """As for every page; the identity service is somebody else's."""
    browsing = Browsing(chromium, poll.home, built)
    yield browsing
    browsing.close()
    assert [
        each for each in browsing.wrong if not each.startswith(f"foreign: {poll.city.provider.issuer}/")
    ] == []


def come(hand: Hand, citizen: int, words: Words = ZH) -> None:
    """From the page of the vote to the ballot; the identity service asks who it is, whoever came before."""
    hand.goto(HERE)
    hand.follow(words.begin)
    hand.heads("选择身份")
    hand.press(f"示例市民 {citizen}")
    hand.heads(words.ballot)
    expect(hand.page.get_by_role("checkbox")).to_have_count(len(NAMES))
    expect(hand.page.get_by_role("checkbox", checked=True)).to_have_count(0)


def cast(hand: Hand, citizen: int, name: str, words: Words = ZH) -> str:
    """The whole way; gives the receipt."""
    come(hand, citizen, words)
    hand.check(name)
    hand.press(words.next)
    hand.heads(words.look)
    hand.press(words.cast)
    return receipt_of(hand.page)


def receipt_of(page: Page) -> str:
    """What the receipt's page gives, which says of no entry that it was chosen."""
    expect(page).to_have_url(re.compile(f"{HERE}/receipt$"))
    names_nobody(page)
    return page.locator("#receipt").inner_text()


def names_nobody(page: Page) -> None:
    """No entry's name, nor an address or a field with its id."""
    text = page.content()
    assert not [name for name in (*NAMES, "示例𠮷", "示例&lt;", 'value="a1"') if name in text]


def test_somebody_votes_by_keys_alone(poll: Poll, browsing: Browsing) -> None:
    """With nothing chosen it is refused where it is mended; one looks it over, goes back and chooses more; the receipt tells that
    there is a ballot.
    """
    hand = Keys(browsing.open())
    page = hand.page
    come(hand, 1)
    hand.press(ZH.next)
    expect(page.get_by_role("alert")).to_contain_text("您的选择：请选择")
    expect(page.locator(".govuk-form-group--error")).to_contain_text("请选择")
    hand.check(NAMES[0])
    hand.press(ZH.next)
    hand.heads(ZH.look)
    expect(page.get_by_role("rowheader")).to_have_text([NAMES[0]])
    assert poll.broker.messages == []
    hand.press(ZH.change)
    expect(page.get_by_label(NAMES[0])).to_be_checked()
    hand.check(NAMES[2])
    hand.press(ZH.next)
    expect(page.get_by_role("rowheader")).to_have_count(2)
    hand.press(ZH.cast)
    hand.heads(ZH.done)
    assert poll.taken() == {receipt_of(page): "1,3"}


def test_nobody_votes_twice_or_as_somebody_else(poll: Poll, browsing: Browsing) -> None:
    """Without script, on a computer that several use: with too many chosen all stay chosen; whoever leaves has voted nothing; who
    has a ballot is told so, and it stays as it is; the next one is asked who it is.
    """
    hand = NoScript(browsing.open(script=False))
    page = hand.page
    come(hand, 3)
    for name in NAMES:
        hand.check(name)
    hand.press(ZH.next)
    expect(page.get_by_role("alert")).to_contain_text("最多选择 2 家")
    expect(page.locator(".govuk-form-group--error")).to_contain_text("最多选择 2 家")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(len(NAMES))
    page.get_by_label(NAMES[1]).uncheck()
    hand.press(ZH.next)
    expect(page.get_by_role("rowheader")).to_have_count(2)
    hand.press(ZH.change)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    hand.press(ZH.leave)
    hand.goto(f"{HERE}/ballot")
    hand.heads(ZH.nothing)
    assert poll.broker.messages == []
    receipt = cast(hand, 3, NAMES[0])
    hand.heads(ZH.done)
    poll.move(1)
    assert cast(hand, 3, NAMES[1]) == receipt
    hand.heads(ZH.known)
    hand.press(ZH.forget)
    come(hand, 4)
    assert poll.taken() == {receipt: "1"}


def test_a_ballot_is_told_nowhere(poll: Poll, browsing: Browsing) -> None:
    """Going back shows no choice and casts nothing twice, also with what a browser offers to send again. The page of the vote has
    the same words before and after a ballot, in and out of the log; there a receipt is found.
    """
    hand = Mouse(browsing.open())
    page = hand.page

    def shown() -> list[str]:
        hand.goto(HERE)
        return sorted(page.get_by_role("main").inner_text().split())

    before = shown()
    receipt = cast(hand, 5, NAMES[1])
    with pytest.raises(BrowserError, match="ERR_CACHE_MISS"):
        page.go_back()  # the ballot looked over was kept nowhere: Chromium asks whether to send it once more
    page.wait_for_function("() => !document.querySelector('#receipt')")
    names_nobody(page)
    page.reload()
    assert receipt_of(page) == receipt
    page.go_back()  # the ballot
    assert receipt_of(page) == receipt
    assert shown() == before
    deliver(poll.hall, poll.broker)
    assert poll.hall.rows(models.ballots)[-1].voter == receipt
    assert shown() == before
    assert not re.search(r"\d+ ?[票张人位]", " ".join(before))
    hand.write("回执（32 位）", receipt)
    hand.press(ZH.check)
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("在册")


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_its_pages_are_for_everybody(poll: Poll, browsing: Browsing, words: Words) -> None:
    """WCAG 2.2 A and AA and good practice, on a screen and on a telephone; nothing cut off at 400 %, and 44 px to touch."""
    language, size = ("zh", SCREEN) if words is ZH else ("en", PHONE)
    hand = Mouse(browsing.open(has_touch=True))
    page = hand.page
    browsing.carry_axe(page)
    hand.goto(f"/?lang={language}")
    page.set_viewport_size(size)
    found: list[str] = []

    def look(title: str) -> None:
        hand.heads(title)
        wrong = browsing.axe_quickly(page) + browsing.no_sideways_scroll(page)
        wrong += browsing.too_small(page, TOUCHED)
        found.extend(f"{title}: {one}" for one in wrong)

    hand.goto(HERE)
    look("社会评价投票" if words is ZH else "The public’s vote")
    hand.goto(f"{HERE}/ballot")
    look(words.nothing)
    come(hand, 6, words)
    look(words.ballot)
    hand.press(words.next)
    look(words.ballot)
    hand.check(NAMES[1])
    hand.press(words.next)
    look(words.look)
    assert poll.broker.messages == []
    for title, first in ((words.done, True), (words.known, False)):
        page.context.add_cookies([poll.carried(first=first)])
        hand.goto(f"{HERE}/receipt")
        look(title)
    assert not found, "\n".join(found)
