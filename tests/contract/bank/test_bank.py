"""One contract for both ways to a bank: over HTTP against the stub, and by files through a clerk with the same books."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from deploy.stubs.bank import Ledger, Reply
from services.incentives.payments.files import FileBank
from services.incentives.payments.port import Answer, NoAnswer, Order
from shared.clock import SystemClock
from tests.support.bank import ByFile, Channel, OverHttp, http_bank, ledger, served

pytestmark = pytest.mark.contract

ORDER = Order("k1", 50_000_000, "示例精密仪器有限公司", "示例银行", "0000111122223333", "质量奖资助 k1")
Make = Callable[..., Channel]


@pytest.fixture(params=["http", "file"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """A channel to a bank with faults."""
    with ExitStack() as stack:

        def made(**faults: object) -> Channel:
            books = ledger(**faults)
            if request.param == "file":
                return ByFile(books)
            return OverHttp(books, http_bank(stack.enter_context(served(books)).url))

        yield made


def test_an_order_is_confirmed_with_reference_and_day(make: Make) -> None:
    """What is confirmed says so under its own key."""
    channel = make()
    answer = channel.exchange([ORDER])["k1"]
    assert isinstance(answer, Answer)
    assert (answer.key, answer.said) == ("k1", "confirmed")
    assert answer.reference is not None
    assert answer.on is not None
    assert channel.ledger.bookings == {"k1": 1}


def test_one_key_is_paid_once(make: Make) -> None:
    """However often it comes, also where the bank answers with another reference each time."""
    channel = make(second=True)
    for _ in range(3):
        answer = channel.exchange([ORDER])["k1"]
        assert isinstance(answer, Answer)
        assert answer.said == "confirmed"
    assert channel.ledger.bookings == {"k1": 1}


def test_another_order_under_a_known_key_is_refused(make: Make) -> None:
    """Neither paid nor confirmed."""
    channel = make()
    channel.exchange([ORDER])
    answer = channel.exchange([replace(ORDER, amount_fen=1)]).get("k1")
    assert not isinstance(answer, Answer)
    assert channel.ledger.told()[1]["paid"] == {"k1": 50_000_000}


def test_what_the_bank_does_not_pay_says_why(make: Make) -> None:
    """Failed, with the bank's reason, and nothing in the books."""
    channel = make(fail=1)
    answer = channel.exchange([ORDER])["k1"]
    assert isinstance(answer, Answer)
    assert (answer.said, answer.reason) == ("failed", "account is closed")
    assert channel.ledger.bookings == {}


@pytest.mark.parametrize("wrong", ["malformed", "other_key", "other_amount"])
def test_a_wrong_answer_is_no_answer(make: Make, wrong: str) -> None:
    """Malformed, about another key, about another amount: nothing of it is believed."""
    answers = make(wrong=wrong).exchange([ORDER])
    assert not any(isinstance(answer, Answer) for answer in answers.values())


def test_an_answer_that_is_lost_says_nothing(make: Make) -> None:
    """The order is booked, nobody tells: no answer, and above all no failure."""
    channel = make(lose_answer=1)
    assert not isinstance(channel.exchange([ORDER]).get("k1"), Answer)
    assert channel.ledger.bookings == {"k1": 1}
    answer = channel.exchange([ORDER])["k1"]
    assert isinstance(answer, Answer)
    assert answer.said == "confirmed"
    assert channel.ledger.bookings == {"k1": 1}


def test_an_order_that_never_arrives_is_one_that_the_bank_does_not_know(make: Make) -> None:
    """No answer, nothing booked; each so-manieth order alone, so the next one arrives."""
    channel = make(cut=2)
    assert isinstance(channel.exchange([ORDER])["k1"], Answer)
    lost = replace(ORDER, key="k2")
    assert not isinstance(channel.exchange([lost]).get("k2"), Answer)
    if isinstance(channel, OverHttp):
        assert channel.bank.ask(lost).said == "not_known"
    assert channel.ledger.bookings == {"k1": 1}
    assert isinstance(channel.exchange([lost])["k2"], Answer)
    assert channel.ledger.bookings == {"k1": 1, "k2": 1}


def test_a_bank_that_is_down_books_nothing(make: Make) -> None:
    """No answer either."""
    channel = make(down=True)
    assert not isinstance(channel.exchange([ORDER]).get("k1"), Answer)
    assert channel.ledger.bookings == {}


def test_over_http_an_order_can_be_asked_for(make: Make) -> None:
    """Never seen: `not_known`; seen: what became of it. By file nothing can be asked, ever."""
    channel = make()
    if isinstance(channel, ByFile):
        with pytest.raises(NoAnswer):
            FileBank().ask(ORDER)
        return
    assert isinstance(channel, OverHttp)
    assert channel.bank.ask(ORDER).said == "not_known"
    channel.exchange([ORDER])
    assert channel.bank.ask(ORDER).said == "confirmed"


class _Forgetful(Ledger):
    """Takes an order and says of it that it never saw it."""

    def pay(self, order: Mapping[str, Any]) -> Reply:
        super().pay(order)
        return 200, {"key": order["key"], "state": "not_known"}


def test_not_known_of_what_was_just_handed_over_is_no_answer() -> None:
    """It was booked: taken for “not paid” it would be paid a second time."""
    books = _Forgetful(SystemClock())
    with served(books) as server:
        with pytest.raises(NoAnswer):
            http_bank(server.url).pay(ORDER)
        assert http_bank(server.url).ask(ORDER).said == "confirmed"


def test_a_slow_bank_is_no_answer_and_pays_once() -> None:
    """The time-out says nothing of the order, which is booked afterwards."""
    books = ledger(slow_after=0.5)
    with served(books) as server:
        with pytest.raises(NoAnswer):
            http_bank(server.url, timeout=0.1).pay(ORDER)
        assert http_bank(server.url, timeout=5).ask(ORDER).said == "confirmed"
    assert books.bookings == {"k1": 1}


def test_nobody_else_is_answered() -> None:
    """A wrong signature, and a port where nobody listens."""
    books = ledger()
    with served(books) as server, pytest.raises(NoAnswer, match="401"):
        http_bank(server.url, secret="another").pay(ORDER)
    with pytest.raises(NoAnswer):
        http_bank(server.url).pay(ORDER)
    assert books.bookings == {}


def test_no_account_is_in_a_repr() -> None:
    """An order in a log line tells nothing."""
    assert ORDER.account_number not in repr(ORDER)
    assert ORDER.account_name not in repr(ORDER)
