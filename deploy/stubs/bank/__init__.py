"""A bank that takes payment orders over HTTP, for tests, benchmarks and rehearsing an installation. It never moves money.

POST /payments          one key is booked once, however often it comes; another amount or account under a key is refused (409)
GET  /payments/<key>    what became of it; 404 {state: not_known} for a key that never came
PUT  /faults            {slow, down, wrong, second, cut, lose_answer, lose_order, fail, pending}: how it is from now on
GET  /ledger            {bookings: {key: times}, paid: {key: fen}, asked}
GET  /livez, /readyz    unsigned; all others are signed as the departments' requests are

Faults: `slow` seconds before it books, `slow_after` before it answers; `down`: 503; `wrong`: malformed, other_key or
other_amount; `second`: each repetition answers with another reference; `cut`, `lose_answer`, `lose_order`: each so-manieth
order never arrives, is booked and the connection cut, or is taken and forgotten; `fail`: each so-manieth is not paid; `pending`:
so many questions until it says more than that.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from deploy.stubs import signatures
from deploy.stubs.handler import JsonHandler, object_of
from shared.clock import Clock

LONGEST_BODY = 100_000
_ORDER = ("key", "amount_fen", "account_name", "bank", "account_number", "purpose")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
WRONG = ("malformed", "other_key", "other_amount")
Reply = tuple[int, dict[str, Any]]


class CutError(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Faults:
    """What is wrong with the bank; 0, "" and False: nothing."""

    slow: float = 0.0
    slow_after: float = 0.0
    down: bool = False
    wrong: str = ""
    second: bool = False
    cut: int = 0
    lose_answer: int = 0
    lose_order: int = 0
    fail: int = 0
    pending: int = 0


@dataclass
class Ledger:
    """The bank's books; no sockets here. `bookings` counts how often each key was booked: never more than once."""

    clock: Clock
    faults: Faults = field(default_factory=Faults)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    bookings: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    came: int = 0  # orders that were on their way here
    received: int = 0  # of them those that arrived
    lock: threading.Lock = field(default_factory=threading.Lock)
    journal: Path | None = None  # so that the books outlive the process

    def pay(self, order: Mapping[str, Any]) -> Reply:
        """Book an order, once. Raises CutError."""
        faults = self.faults
        if faults.down:
            return 503, {"error": "out of order"}
        if (
            set(order) != set(_ORDER)
            or not _KEY.fullmatch(str(order["key"]))
            or not _whole(order["amount_fen"])
        ):
            return 400, {"error": "not an order"}
        with self.lock:
            self.came += 1
            if faults.cut and self.came % faults.cut == 0:
                raise CutError
        time.sleep(faults.slow)
        with self.lock:
            key = str(order["key"])
            self.received += 1
            known = self.orders.get(key)
            if known is not None:
                if known != dict(order):
                    return 409, {"error": "another order has this key"}
                self.asked[key] = self.asked.get(key, 0) + 1
            elif faults.lose_order and self.received % faults.lose_order == 0:
                return 202, {**_told(order, "pending"), "reference": None, "on": None}
            else:
                self._book(key, order)
            reply = self._state(key)
        time.sleep(faults.slow_after)
        if known is None and faults.lose_answer and self.received % faults.lose_answer == 0:
            raise CutError
        return 200, self._spoilt(reply)

    def ask(self, key: str) -> Reply:
        """What became of an order."""
        if self.faults.down:
            return 503, {"error": "out of order"}
        with self.lock:
            self.asked[key] = self.asked.get(key, 0) + 1
            if key not in self.orders:
                return 404, {"key": key, "state": "not_known"}
            return 200, self._spoilt(self._state(key))

    def _book(self, key: str, order: Mapping[str, Any]) -> None:
        self.orders[key] = dict(order)
        fails = self.faults.fail and len(self.orders) % self.faults.fail == 0
        self.states[key] = "failed" if fails else "confirmed"
        if not fails:
            self.bookings[key] = self.bookings.get(key, 0) + 1
        if self.journal is not None:
            with self.journal.open("a", encoding="utf-8") as out:
                out.write(
                    json.dumps({"order": dict(order), "state": self.states[key]}, ensure_ascii=False) + "\n"
                )

    def _state(self, key: str) -> dict[str, Any]:
        state = self.states[key]
        if self.asked.get(key, 0) < self.faults.pending:
            return {**_told(self.orders[key], "pending"), "reference": None, "on": None}
        twice = f"-{self.asked.get(key, 0)}" if self.faults.second else ""
        reason = "account is closed" if state == "failed" else None
        on = self.clock.today().isoformat()
        return {
            **_told(self.orders[key], state),
            "reference": f"B-{key[-12:]}{twice}",
            "on": on,
            "reason": reason,
        }

    def _spoilt(self, reply: dict[str, Any]) -> dict[str, Any]:
        if self.faults.wrong == "malformed":
            return {**reply, "state": "好"}
        if self.faults.wrong == "other_key":
            return {**reply, "key": "somebody-elses"}
        if self.faults.wrong == "other_amount":
            return {**reply, "amount_fen": reply["amount_fen"] + 1}
        return reply

    def set_faults(self, given: Mapping[str, Any]) -> Reply:
        """From now on it is like this; what is not named is as it was at the start."""
        kinds = {f.name: type(getattr(Faults(), f.name)) for f in fields(Faults)}
        wrong = given.get("wrong", "")
        if set(given) - set(kinds) or wrong not in {"", *WRONG}:
            return 422, {"error": "no such fault"}
        with self.lock:
            self.faults = replace(Faults(), **{n: kinds[n](v) for n, v in given.items()})
        return 200, {"done": True}

    def told(self) -> Reply:
        """The books."""
        with self.lock:
            paid = {key: self.orders[key]["amount_fen"] for key in self.bookings}
            return 200, {"bookings": dict(self.bookings), "paid": paid, "asked": sum(self.asked.values())}

    def load(self) -> None:
        """Take up the books of an earlier process."""
        if self.journal is None or not self.journal.exists():
            return
        for line in self.journal.read_text(encoding="utf-8").splitlines():
            kept = json.loads(line)
            key = kept["order"]["key"]
            self.orders[key], self.states[key] = kept["order"], kept["state"]
            if kept["state"] == "confirmed":
                self.bookings[key] = self.bookings.get(key, 0) + 1


def _told(order: Mapping[str, Any], state: str) -> dict[str, Any]:
    return {"key": order["key"], "amount_fen": order["amount_fen"], "state": state, "reason": None}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


class Bank:
    """What is answered to whom."""

    def __init__(self, ledger: Ledger, secret: str) -> None:
        self.ledger = ledger
        self._secret = secret

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The status and the JSON body for a request. Raises CutError."""
        if method == "GET" and path in {"/livez", "/readyz"}:
            return 200, {"status": "ok"}
        refused = signatures.refusal(
            self._secret, self.ledger.clock.now().timestamp(), timestamp=headers.get(signatures.TIMESTAMP),
            given=headers.get(signatures.SIGNATURE), method=method, path=path, body=body,
        )  # fmt: skip
        if refused is not None:
            return 401, {"error": refused}
        content = object_of(body)
        if method == "POST" and path == "/payments":
            return (400, {"error": "not an order"}) if content is None else self.ledger.pay(content)
        if method == "GET" and path.startswith("/payments/"):
            return self.ledger.ask(path.removeprefix("/payments/"))
        if method == "PUT" and path == "/faults":
            return self.ledger.set_faults(content or {})
        if method == "GET" and path == "/ledger":
            return self.ledger.told()
        return 404, {"error": "no such address"}


class BankServer(ThreadingHTTPServer):
    """Serves a `Bank`; a thread a connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], bank: Bank) -> None:
        self.bank = bank
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: whoever asked has died."""

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}"


class _Handler(JsonHandler):
    server: BankServer
    server_version = "bank"
    longest_body = LONGEST_BODY

    def serve(self, body: bytes) -> None:
        try:
            status, reply = self.server.bank.answer(self.command, self.path, self.headers, body)  # type: ignore[arg-type]
        except CutError:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send(status, reply)
