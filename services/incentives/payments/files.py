"""Payment files: what finance carries to a bank, and what the bank gives back, as rows of cells. Pure.

The bank answers in a table of its own with these columns: key, amount in yuan, result, reference, day, reason. A line that does
not fit is told by its number and is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.incentives.payments.http import answer_of
from services.incentives.payments.port import Answer, NoAnswer, Order
from shared.documents import delimited, incoming
from shared.documents.incoming import Formula, text_of
from shared.money import AmountError, fen_to_yuan, parse_amount
from shared.money.capitals import in_capitals

PAYMENT_HEADINGS = (
    "付款编号 Key", "户名 Account name", "开户银行 Bank", "账号 Account number", "金额（元） Amount", "大写金额 In capitals",
    "用途 Purpose",
)  # fmt: skip
ANSWER_HEADINGS = (
    "付款编号 Key",
    "金额（元） Amount",
    "结果 Result",
    "流水号 Reference",
    "日期 Day",
    "原因 Reason",
)
RESULTS: Mapping[str, str] = {"成功": "confirmed", "失败": "failed", "处理中": "pending"}
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Read:
    """One line of a bank's file: its number in it, the key that stands there, and the answer, or why it is none."""

    number: int
    key: str
    answer: Answer | None
    outcome: str


def payment_rows(orders: Iterable[Order]) -> list[tuple[str, ...]]:
    """The rows of a payment file: the amount in figures and in capital numerals, so that a slip of one is seen."""
    return [
        (
            order.key, order.account_name, order.bank, order.account_number, f"{fen_to_yuan(order.amount_fen):.2f}",
            in_capitals(order.amount_fen), order.purpose,
        )
        for order in orders
    ]  # fmt: skip


def payment_csv(orders: Iterable[Order]) -> bytes:
    """The payment file as CSV; codes are marked as text."""
    return delimited.write(PAYMENT_HEADINGS, payment_rows(orders))


def read_answers(content: bytes, orders: Mapping[str, Order]) -> Iterator[Read]:
    """Each line of a bank's file, XLSX or CSV. Raises Invalid, of the field `content`, where it cannot be read at all."""
    for number, cells in enumerate(incoming.read(content), start=1):
        if number == 1 or not any(text_of(cell) for cell in cells):
            continue
        if number > MOST_ROWS:
            return
        yield _read(number, cells, orders)


def _read(number: int, cells: Sequence[Any], orders: Mapping[str, Order]) -> Read:
    if len(cells) < len(ANSWER_HEADINGS) or any(isinstance(cell, Formula) for cell in cells):
        return Read(number, "", None, "malformed")
    key, amount, result, reference, on, reason = (text_of(cell) for cell in cells[: len(ANSWER_HEADINGS)])
    order = orders.get(key)
    if order is None:
        return Read(number, key[:64], None, "not_ours")
    if result not in RESULTS:
        return Read(number, key, None, "malformed")
    try:
        if parse_amount(f"{amount} 元") != order.amount_fen:
            return Read(number, key, None, "other_amount")
        return Read(number, key, answer_of(key, RESULTS[result], reference, on, reason), "answer")
    except (AmountError, NoAnswer):
        return Read(number, key, None, "malformed")


class FileBank:
    """The port of a bank that is reached by file: an order waits for its file, and nothing can be asked."""

    def pay(self, order: Order) -> Answer:
        """It is in the file that finance takes."""
        return Answer(order.key, "pending")

    def ask(self, order: Order) -> Answer:
        """Raises NoAnswer, always: a paper cannot be asked, so what has left is never sent again."""
        raise NoAnswer("a bank that is reached by file cannot be asked")
