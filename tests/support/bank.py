"""A bank for tests, over HTTP in a thread or by file through a clerk; both keep the same books."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from deploy.stubs.bank import Bank, BankServer, CutError, Faults, Ledger
from services.incentives.payments.files import ANSWER_HEADINGS, payment_csv, read_answers
from services.incentives.payments.http import BankSettings, HttpBank, understood
from services.incentives.payments.port import Answer, NoAnswer, Order
from shared.clock import Clock, SystemClock
from shared.documents import delimited, incoming
from shared.documents.incoming import text_of
from shared.money import fen_to_yuan, parse_amount

SECRET = "a secret of the tests"
RESULT = {"confirmed": "成功", "failed": "失败", "pending": "处理中"}


class Channel(Protocol):
    """A way to a bank, for the contract that both ways keep."""

    ledger: Ledger

    def exchange(self, orders: Iterable[Order]) -> dict[str, Answer | str]:
        """Hand orders over and hear of them by key: an answer, or why there is none; a key may be missing."""
        ...


class OverHttp:
    """The adapter against the stub bank."""

    def __init__(self, ledger: Ledger, bank: HttpBank) -> None:
        self.ledger = ledger
        self.bank = bank

    def exchange(self, orders: Iterable[Order]) -> dict[str, Answer | str]:
        found: dict[str, Answer | str] = {}
        for order in orders:
            try:
                found[order.key] = self.bank.pay(order)
            except NoAnswer as silence:
                found[order.key] = silence.outcome
        return found


class ByFile:
    """Payment files, a clerk at the bank who books what stands in them, and the file that comes back."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def exchange(self, orders: Iterable[Order]) -> dict[str, Answer | str]:
        several = list(orders)
        answered = self.clerk(payment_csv(several))
        reads = read_answers(answered, {order.key: order for order in several})
        return {read.key: read.answer or read.outcome for read in reads}

    def clerk(self, content: bytes) -> bytes:
        """What the bank makes of a payment file."""
        rows = []
        for cells in list(incoming.read(content))[1:]:
            key, name, bank, number, amount, _, purpose = (text_of(cell) for cell in cells)
            fen = parse_amount(f"{amount} 元")
            order = {
                "key": key, "amount_fen": fen, "account_name": name, "bank": bank, "account_number": number,
                "purpose": purpose,
            }  # fmt: skip
            try:
                status, said = self.ledger.pay(order)
            except CutError:
                continue  # the line is in no file that comes back
            if status >= 400:
                continue
            said = self.ledger._spoilt(said)
            result = RESULT.get(said["state"], said["state"])
            shown = f"{fen_to_yuan(said['amount_fen']):.2f}"
            rows.append(
                (said["key"], shown, result, said["reference"] or "", said["on"] or "", said["reason"] or "")
            )
        return delimited.write(ANSWER_HEADINGS, rows)


@contextmanager
def served(ledger: Ledger) -> Iterator[BankServer]:
    """The stub bank in a thread."""
    with BankServer(("127.0.0.1", 0), Bank(ledger, SECRET)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def http_bank(url: str, clock: Clock | None = None, timeout: float = 2.0, secret: str = SECRET) -> HttpBank:
    """The adapter."""
    return HttpBank(BankSettings(url, secret, timeout), clock or SystemClock())


class MemoryBank:
    """The port without a network: the stub's books, and places at which the test makes it fail."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.can_be_asked = True
        self.before: str = ""  # "lost": the order does not arrive; "cut": it does, the answer does not

    def pay(self, order: Order) -> Answer:
        if self.before == "lost":
            raise NoAnswer("lost on the way")
        answered = self._said(
            self.ledger.pay({n: getattr(order, n) for n in Order.__dataclass_fields__}), order
        )
        if self.before == "cut":
            raise NoAnswer("cut")
        return answered

    def ask(self, order: Order) -> Answer:
        if not self.can_be_asked:
            raise NoAnswer("cannot be asked")
        return self._said(self.ledger.ask(order.key), order)

    @staticmethod
    def _said(reply: tuple[int, dict[str, object]], order: Order) -> Answer:
        status, content = reply
        if status not in {200, 202, 404}:
            raise NoAnswer(f"HTTP {status}")
        return understood(json.dumps(content).encode(), order)


def ledger(**faults: object) -> Ledger:
    """Empty books of a bank with these faults."""
    made = Ledger(SystemClock())
    made.faults = Faults(**faults)  # type: ignore[arg-type]
    return made
