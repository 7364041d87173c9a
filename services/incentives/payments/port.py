"""The bank as incentives sees it: an order with a key of its own, an answer, or none. Pure.

A bank that is reached over HTTP can be asked by the key. One that is reached by file cannot: its answers come by file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

CHANNELS = ("http", "file")
SAID = ("confirmed", "failed", "pending", "not_known")


@dataclass(frozen=True)
class Order:
    """付款指令. `key` is the line's id and the bank's idempotency key: one key is paid once, however often it comes."""

    key: str
    amount_fen: int
    account_name: str = field(repr=False)
    bank: str = field(repr=False)
    account_number: str = field(repr=False)
    purpose: str = ""


@dataclass(frozen=True)
class Answer:
    """回单: what the bank says of one key. `said` is one of SAID; `reference` and `on` come with what is confirmed."""

    key: str
    said: str
    reference: str | None = None
    on: date | None = None
    reason: str | None = None


class NoAnswer(Exception):
    """Nothing that could be taken for an answer to this order; it may have arrived all the same. `reason` has no data of it."""

    def __init__(self, reason: str, outcome: str = "no_answer") -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome


class BankPort(Protocol):
    """Reaches one bank. Takes its time, so never inside a transaction."""

    def pay(self, order: Order) -> Answer:
        """Hand an order over. Raises NoAnswer, after which only `ask` may follow."""
        ...

    def ask(self, order: Order) -> Answer:
        """What became of an order; `not_known` where the bank never saw its key. Raises NoAnswer."""
        ...
