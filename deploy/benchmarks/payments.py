"""Batches of payments to a bank over HTTP, with incentives killed at every named point and at random in between.

    python -m deploy.benchmarks.payments [--lines 1000] [--kills 200] [--seconds 0.05] [--limit 600]

Real cycles in incentives' own database (PostgreSQL that syncs to disk), approved batches in the outbox, incentives alone with a
private RabbitMQ, and a bank that takes so long, that some orders never reach, that loses some answers and forgets some orders
that it took. Each kill is a SIGKILL; whenever a batch comes to its end another one is approved, so that every kill finds work. At
the end the bank's own books are held against the lines: what was booked twice, what was booked and is not known here, what is
known as paid and was not booked.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select

from deploy.benchmarks.stores import store_of
from deploy.local.managed import NotStarted
from deploy.local.processes import poll
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.stubs.bank import Bank, BankServer, Faults, Ledger
from services.incentives import models
from services.incentives.payments import batches, reconciling
from services.incentives.payments.terms import Terms
from services.incentives.stages import conductor
from shared.clock import SystemClock
from shared.config import Settings
from shared.contracts import Context
from shared.identifiers import new_id
from shared.rulebooks import library
from shared.store import Store

RULEBOOK = "changning-2023"
AMOUNT = 10_000
SECRET = "a secret of the benchmark"  # noqa: S105 - of a bank that moves no money
POINTS = (
    "payment_claimed", "payment_claimed_again", "payment_answered", "after_claim", "before_commit",
    "after_commit_before_ack", "after_take", "after_publish_before_mark",
)  # fmt: skip
_OTHERS = frozenset({"notifications", "intake", "eligibility", "review", "committee", "gateway", "stubs"})
_SEED = 7
# Each so-manieth order never arrives, so that of every batch some are found out to be unknown to the bank and leave once more.
_CUT = 31
_PASSED = 300.0  # seconds in which somebody passes a point, on a machine that may have much else to do
_REFILL = 200  # lines still to be settled below which another batch is approved


@dataclass
class Outcome:
    """What a run brought. `states` counts the lines; the others are what must be nothing, and how often a process died."""

    seconds: float = 0.0
    batches: int = 0
    died_at: dict[str, int] = field(default_factory=dict)
    random_kills: int = 0
    states: dict[str, int] = field(default_factory=dict)
    received: int = 0
    booked: int = 0
    booked_twice: int = 0  # keys, or grants by two keys
    lost: int = 0  # lines without an end, or booked and not confirmed nor unknown
    not_booked: int = 0  # confirmed, and the bank knows nothing
    unknown: int = 0
    in_reconciliation: int = 0
    asked: int = 0


@contextmanager
def bank_of(seconds: float) -> Iterator[BankServer]:
    """The bank, in this process, which nobody kills."""
    ledger = Ledger(
        SystemClock(),
        Faults(slow=seconds / 2, slow_after=seconds / 2, cut=_CUT, lose_answer=50, lose_order=97),
    )
    with BankServer(("127.0.0.1", 0), Bank(ledger, SECRET)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def stack_of(bank: BankServer) -> Iterator[Stack]:
    """A stack in which nobody but incentives runs; it asks the bank often and is not patient for long."""
    extra = {
        "ZHIHENG_PAYMENTS_URL": bank.url, "ZHIHENG_PAYMENTS_SECRET": SECRET, "ZHIHENG_PAYMENTS_TIMEOUT": "2",
        "ZHIHENG_PAYMENTS_SETTLE_SECONDS": "3", "ZHIHENG_PAYMENTS_AGAIN_SECONDS": "3", "ZHIHENG_LOG_LEVEL": "WARNING",
        "ZHIHENG_OUTSIDE_AT_ONCE": "16", "ZHIHENG_ENVIRONMENT": "test",
    }  # fmt: skip
    with temporary_folder("payments") as folder:
        stack = Stack(folder, StackOptions(database="postgresql", without=_OTHERS, extra=extra))
        try:
            yield stack.start()
        finally:
            stack.remove()


def approve_batch(store: Store, lines: int, bank_url: str) -> None:
    """A real cycle with so many winners, all of whom can be paid; one person makes the batch, another approves it."""
    cycle_id, book, today = new_id(), library().get(RULEBOOK), SystemClock().today()
    grant = {
        "cycle_id": cycle_id, "grant_for": "award", "world": "real", "level": book.levels[0].name,
        "track": book.tracks[0].name, "amount_fen": AMOUNT, "rule": "0", "explanation_zh": "-", "explanation_en": "-",
        "explanation": [], "state": "computed", "once_key": None, "computed_on": today,
    }  # fmt: skip
    names = [new_id() for _ in range(lines)]
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id()))
        opened = {
            "cycle_id": cycle_id, "rulebook": book.id, "rulebook_sha256": book.sha256, "year": today.year,
            "opens_on": date(today.year, 1, 1), "closes_on": date(today.year, 2, 1), "budget_fen": None, "rehearsal": False,
        }  # fmt: skip
        conductor.cycle_opened(work, opened)
        rows = [{**grant, "application_id": name, "applicant_key": f"organization:{name}"} for name in names]
        work.session.execute(models.grants.insert(), rows)
        confirmed = {"cycle_id": cycle_id, "revision": 1, "state": "confirmed"}
        work.session.execute(
            models.confirmations.insert(), [{**confirmed, "application_id": n} for n in names]
        )
        payee = {
            "cycle_id": cycle_id, "account_name": "示例", "bank": "示例银行", "account_number": "0000111122223333",
            "state": "accepted", "entered_by": "applicant", "entered_at": work.now(), "decided_by": "maker",
            "decided_at": work.now(),
        }  # fmt: skip
        accounts = [{**payee, "id": new_id(), "application_id": name} for name in names]
        work.session.execute(models.payees.insert(), accounts)
    terms = Terms.of(Settings(payments_url=bank_url))
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="maker", role="finance"))
        made = batches.assemble(work, conductor, {"cycle_id": cycle_id, "application_ids": []}, terms)[
            "batch"
        ]
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="checker", role="finance"))
        batches.decide(work, conductor, {"batch_id": made["batch_id"], "accept": True, "reason": "-"}, terms)


def run(lines: int, kills: int, seconds: float, limit: float) -> Outcome:
    """One run; `limit` bounds the random kills, in seconds."""
    pick, found, began = random.Random(_SEED), Outcome(), time.monotonic()
    with bank_of(seconds) as bank, stack_of(bank) as stack:
        process = stack.processes["incentives"]
        process.stop()
        with store_of(stack, "incentives") as store:

            def refill(least: int = _REFILL) -> None:
                if _open(store) < least:
                    approve_batch(store, lines, bank.url)
                    found.batches += 1

            for point in POINTS:
                refill()
                process.stop()  # the supervisor has started it again already
                process.start({"ZHIHENG_CRASH_AT": f"{point}:3"})
                try:
                    process.wait_end(_PASSED)
                    found.died_at[point] = found.died_at.get(point, 0) + 1
                except NotStarted:
                    print(f"nobody passed {point}", flush=True)
            process.stop()
            while found.random_kills < kills and time.monotonic() - began < limit:
                refill()
                process.start()
                received = bank.bank.ledger.received
                for _ in poll(30, 0.02):
                    if bank.bank.ledger.received > received:
                        break  # it works again: whatever moment comes now, it comes in the middle
                time.sleep(pick.random() * 0.4)
                process.kill(hold=True)
                found.random_kills += 1
            process.start()
            for _ in poll(300, 0.5):
                if not _open(store):
                    break
            found.seconds = time.monotonic() - began
            _compare(found, store, bank.bank.ledger)
    return found


def _open(store: Store) -> int:
    table = models.lines
    with store.read() as work:
        query = select(func.count()).where(table.c.state.in_(("intent", "sent")))
        return int(work.session.execute(query).scalar_one())


def _compare(found: Outcome, store: Store, books: Ledger) -> None:
    table = models.lines
    with store.read() as work:
        rows = work.session.execute(select(table)).all()
        cycles = {row.cycle_id for row in rows}
        listed = [
            line["line_id"]
            for cycle_id in cycles
            for line in reconciling.listed(work, conductor, {"cycle_id": cycle_id})["lines"]
        ]
    grants: dict[tuple[str, str], int] = {}
    for row in rows:
        found.states[row.state] = found.states.get(row.state, 0) + 1
        booked = books.bookings.get(row.id, 0)
        key = (row.cycle_id, row.application_id)
        grants[key] = grants.get(key, 0) + booked
        found.lost += row.state in {"intent", "sent"} or (
            booked and row.state not in {"confirmed", "unknown"}
        )
        found.not_booked += row.state == "confirmed" and not booked
    found.booked_twice = sum(times > 1 for times in grants.values())
    found.booked, found.received = sum(books.bookings.values()), books.received
    found.unknown, found.in_reconciliation = found.states.get("unknown", 0), len(listed)
    found.asked = sum(books.asked.values())


def told(found: Outcome) -> str:
    """What a run brought, in words."""
    lines = sum(found.states.values())
    states: dict[str, Any] = dict(sorted(found.states.items()))
    return (
        f"{found.batches} batches, {lines:,} lines in {found.seconds:.0f} s; killed at {len(found.died_at)} named points"
        f" ({', '.join(found.died_at)}) and {found.random_kills} times at random\n"
        f"orders that reached the bank {found.received:,}, booked {found.booked:,}; states {states}\n"
        f"paid twice {found.booked_twice}, lost {found.lost}, confirmed without a booking {found.not_booked};"
        f" unknown {found.unknown}, of them in reconciliation {found.in_reconciliation}"
    )


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=0.05, help="until the bank has answered")
    parser.add_argument(
        "--limit", type=float, default=600.0, help="seconds after which no further kill begins"
    )
    options = parser.parse_args()
    print(machine(), flush=True)
    print(told(run(options.lines, options.kills, options.seconds, options.limit)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
