"""States as tables: each move that is not there is refused; and what is reckoned beside them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incentives import receivable_states, two_people, use_periods, use_reports
from services.incentives.masking import masked_name, masked_number
from services.incentives.payments import states
from services.incentives.payments.files import payment_csv, read_answers
from services.incentives.payments.http import answer_of, understood
from services.incentives.payments.port import NoAnswer, Order
from shared.money.capitals import in_capitals
from shared.problems import Forbidden, Invalid

pytestmark = pytest.mark.unit

TABLES: list[tuple[type[StrEnum], Any, Any, set[tuple[str, str]]]] = [
    (states.Line, states.LINE_MOVES, states.before_line, {
        ("intent", "sent"), ("intent", "stopped"), ("sent", "confirmed"), ("sent", "failed"), ("sent", "unknown"),
        ("unknown", "confirmed"), ("unknown", "failed"),
    }),
    (states.Batch, states.BATCH_MOVES, states.before_batch, {
        ("assembled", "held"), ("assembled", "approved"), ("assembled", "cancelled"), ("held", "assembled"),
        ("held", "cancelled"),
    }),
    (two_people.State, two_people.MOVES, two_people.before, {
        ("proposed", "accepted"), ("proposed", "refused"), ("proposed", "replaced"), ("accepted", "replaced"),
        ("refused", "replaced"),
    }),
    (receivable_states.State, receivable_states.MOVES, receivable_states.before, {
        ("open", "partly"), ("open", "settled"), ("open", "written_off"), ("partly", "partly"), ("partly", "settled"),
        ("partly", "written_off"), ("settled", "partly"),
    }),
    (use_reports.State, use_reports.MOVES, use_reports.before, {("submitted", "accepted"), ("submitted", "returned")}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "moves", "before", "allowed"), TABLES)
def test_only_the_moves_of_the_table_exist(
    kind: type[StrEnum], moves: Any, before: Any, allowed: set[tuple[str, str]]
) -> None:
    """Every pair of states is either in the list or refused."""
    assert set(moves) == set(kind)
    assert {(old, new.value) for new in kind for old in before(new)} == allowed


def test_what_may_have_been_paid_counts_as_live() -> None:
    """Of these a grant has one at most: everything but what certainly was not paid."""
    assert set(states.Line) - set(states.LIVE) == {states.Line.STOPPED, states.Line.FAILED}


def test_one_person_is_not_two() -> None:
    """Maker and checker."""
    two_people.require_other(same=False)
    with pytest.raises(Forbidden):
        two_people.require_other(same=True)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (50_000_000, "伍拾万元整"), (10_000_005, "壹拾万元零伍分"), (120, "壹元贰角整"), (102, "壹元零贰分"), (1, "壹分"),
        (10, "壹角整"), (12, "壹角贰分"), (100, "壹元整"), (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"), (0, "零元整"),
    ],
)  # fmt: skip
def test_amounts_in_capital_numerals(fen: int, words: str) -> None:
    """As a payment order writes them; after whole yuan without jiao a zero stands before the fen."""
    assert in_capitals(fen) == words


@given(st.integers(0, 10**13), st.integers(0, 10**13))
def test_two_amounts_never_have_the_same_words(one: int, other: int) -> None:
    """Capital numerals are there to catch a slip of the figures."""
    assert (in_capitals(one) == in_capitals(other)) == (one == other)


def test_masks_tell_too_little_to_use() -> None:
    """Four digits of a long number, fewer of a short one; the length is kept."""
    assert masked_number("6222000011112222") == "************2222"
    assert masked_number("12345678") == "******78"
    assert masked_number("123") == "***"
    assert (masked_name("示例精密"), masked_name("李"), masked_name("")) == ("示**密", "李", "")


ORDER = Order("k1", 100, "示例", "=示例银行", "0000111122223333", "用途")


def test_a_payment_file_keeps_codes_as_text() -> None:
    """Sixteen digits stay sixteen digits, a bank whose name begins with = is no formula."""
    text = payment_csv([ORDER]).decode("utf-8-sig")
    assert "'0000111122223333" in text
    assert "'=示例银行" in text


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ("k1,1.00,成功,B,2025-09-02,", "answer"), ("k1,1.00,成功,,2025-09-02,", "malformed"),
        ("k1,1.00,成功,B,昨天,", "malformed"),
        ("k1,1.01,成功,B,2025-09-02,", "other_amount"), ("k2,1.00,成功,B,2025-09-02,", "not_ours"),
        ("k1,1.00,好,B,2025-09-02,", "malformed"), ("k1,1.00", "malformed"), ("k1,一元,成功,B,2025-09-02,", "malformed"),
        ("k1,1.00,失败,,,户名不符", "answer"),
    ],
)  # fmt: skip
def test_each_line_of_a_banks_file_is_told_apart(cells: str, outcome: str) -> None:
    """A line that does not fit is no answer."""
    (read,) = read_answers(f"a,b,c,d,e,f\n{cells}\n\n".encode(), {"k1": ORDER})
    assert (read.number, read.outcome, read.answer is not None) == (2, outcome, outcome == "answer")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(
    lambda v: json.dumps(v).encode()
))  # fmt: skip
def test_no_bytes_of_a_bank_break_the_reader(raw: bytes) -> None:
    """Whatever comes, it is an answer or none."""
    with pytest.raises(NoAnswer):
        understood(raw, ORDER)


def test_a_confirmation_needs_reference_and_day() -> None:
    """Without them nobody could prove it."""
    assert answer_of("k1", "confirmed", "B-1", "2025-09-02", None).on == date(2025, 9, 2)
    for reference, on in (
        ("", "2025-09-02"),
        (None, "2025-09-02"),
        ("B-1", None),
        ("B-1", "2025-13-01"),
        ("B" * 101, "2025-09-02"),
    ):
        with pytest.raises(NoAnswer):
            answer_of("k1", "confirmed", reference, on, None)


DUE = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("on", "received", "owed"),
    [(DUE, 0, 0), (DUE + timedelta(days=1), 0, 100), (DUE + timedelta(days=1), 99, 1), (DUE + timedelta(days=1), 100, 0)],
)  # fmt: skip
def test_what_is_owed_by_a_day(on: date, received: int, owed: int) -> None:
    """On the due day nothing is late, the day after all of it is."""
    assert receivable_states.owed(100, received, DUE, [], on) == owed


def test_instalments_fall_due_one_by_one() -> None:
    """Each by its own day; what was raised afterwards by the old one."""
    parts = [{"due_on": "2026-04-01", "amount_fen": 30}, {"due_on": "2026-05-01", "amount_fen": 50}]
    late = [receivable_states.owed(80, 10, DUE, parts, date(2026, month, 2)) for month in (3, 4, 5)]
    assert late == [0, 20, 70]
    assert receivable_states.owed(100, 10, DUE, parts, date(2026, 3, 2)) == 10
    assert receivable_states.next_due(30, DUE, parts) == date(2026, 5, 1)
    assert receivable_states.next_reminder(DUE, (1, 15), date(2026, 3, 2)) == date(2026, 3, 16)
    assert receivable_states.next_reminder(DUE, (1, 15), date(2026, 3, 16)) is None


@pytest.mark.parametrize(
    ("parts", "good"),
    [
        ([("2026-04-01", 30), ("2026-05-01", 70)], True), ([("2026-04-01", 30), ("2026-05-01", 71)], False),
        ([("2026-05-01", 30), ("2026-04-01", 70)], False), ([("2026-03-01", 100)], False),
        ([("2026-04-01", 0), ("2026-05-01", 100)], False), ([("2026-04-01", 30), ("2026-04-01", 70)], False),
    ],
)  # fmt: skip
def test_a_plan_is_exactly_what_is_owed(parts: list[tuple[str, int]], good: bool) -> None:
    """In the order of days to come, each more than nothing."""
    plan = [{"due_on": date.fromisoformat(day), "amount_fen": fen} for day, fen in parts]
    if good:
        receivable_states.require_plan(plan, 100, DUE)
        return
    with pytest.raises(Invalid):
        receivable_states.require_plan(plan, 100, DUE)


def test_periods_of_use_end_with_their_last_day() -> None:
    """A leap day is a day like any other."""
    paid = date(2024, 2, 29)
    assert use_periods.due_on(paid, 1, 365) == date(2025, 2, 28)
    assert use_periods.periods_over(paid, date(2025, 2, 28), 365) == 0
    assert use_periods.periods_over(paid, date(2025, 3, 1), 365) == 1
    assert use_periods.periods_over(paid, paid, 365) == 0
