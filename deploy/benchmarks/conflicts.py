"""How long it takes to compute whom every expert is kept from, and how long after one expert or application has changed.

    python -m deploy.benchmarks.conflicts [--applications 4000] [--experts 1000] [--changes 100] [--database sqlite|postgresql …]

A real cycle in review's own database (PostgreSQL syncs to disk): made-up applications, a third of them in groups, and experts
with an employer, some with kin, advice, applications that they advise. *whole* is everything anew from the dossiers and the
registers, into an empty table and again into a full one; *expert* is one expert entered with another employer, *application*
one more application, *adviser* one more registration, each a transaction of its own with all that it sets off, commit
included. *bare* is what the database alone takes to join experts and applications by code, by plain SQL in the same process.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from deploy.benchmarks.lists import Waits, tidy
from deploy.local.postgres import PrivatePostgres
from deploy.local.temporary import temporary_folder
from services.review import conflicts, experts, models
from services.review.stages import conductor
from shared.contracts import Context
from shared.identifiers import new_id
from shared.identifiers.uscc import check_character
from shared.rulebooks import library
from shared.store import KeyRing, Store, Work
from shared.store.migrate import upgrade

CYCLE, RULEBOOK = "c1", "changning-2023"
WHOLE_BOUND, CHANGE_BOUND = 5.0, 100.0  # seconds; milliseconds at p99
_BARE = """SELECT count(*) FROM ties t JOIN parties p ON p.cycle_id = t.cycle_id AND p.uscc = t.uscc
WHERE t.cycle_id = 'c1'"""
Change = Callable[[Work, int], None]


class MadeUp:
    """Codes, applications and experts of one draw."""

    def __init__(self, applications: int, people: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.codes = [_code(number) for number in range(max(applications // 2, 1))]
        self.applications, self.people = applications, people

    def dossier(self) -> dict[str, Any]:
        """An application's facts, as far as conflicts look at them, among some text that they do not."""
        group = {"group": f"示例集团{self.draw.randrange(300)}"} if self.draw.random() < 1 / 3 else {}
        facts = {"region": "某市某区", "business": "示例业务" * 60, **group}
        return {"name": "示例", "kind": "organization", "uscc": self.draw.choice(self.codes), "facts": facts}

    def expert(self, number: int) -> dict[str, Any]:
        """A line of the pool."""
        some = [f"a{self.draw.randrange(self.applications)}" for _ in range(3)]
        return {
            "expert_id": f"E{number}", "name": f"专家{number}", "industry_expert": number % 3 == 0,
            "employer": self.draw.choice(self.codes), "advises": some[:1], "kin_of": some[1 : self.draw.randrange(1, 4)],
        }  # fmt: skip


def _code(number: int) -> str:
    first_seventeen = f"91310105MA{number:06d}0"
    return first_seventeen + check_character(first_seventeen)


@contextmanager
def stores(database: str) -> Iterator[Store]:
    """Review's own database, empty."""
    with temporary_folder("benchmark") as folder:
        if database == "sqlite":
            url, server = f"sqlite:///{folder / 'review.sqlite'}", None
        else:
            server = PrivatePostgres(folder / "postgres").start()
            url = server.create_database("conflicts", "tester")
        upgrade("review", url)
        store = Store.open(url, service="review", field_keys=KeyRing.generate())
        try:
            yield store
        finally:
            store.close()
            if server is not None:
                server.remove()


@contextmanager
def working(store: Store) -> Iterator[Work]:
    """A committed unit of work of an officer's."""
    context = Context(message_id=new_id(), actor="office", role="award_office")
    with store.transaction() as tx, tx.savepoint():
        yield tx.work(context)


def fill(store: Store, made: MadeUp) -> None:
    """Cycle, dossiers, pool and advisers, straight into the tables: nothing is computed yet."""
    book = library().get(RULEBOOK)
    cycle = {
        "id": CYCLE, "rulebook": book.id, "rulebook_sha256": book.sha256, "year": 2025, "opens_on": date(2025, 5, 12),
        "closes_on": date(2025, 6, 13), "budget_fen": None, "rehearsal": False,
    }  # fmt: skip
    dossiers = [
        {"application_id": f"a{n}", "cycle_id": CYCLE, "sequence": n + 1, "dossier": made.dossier(), "dossier_digest": "-"}
        for n in range(made.applications)
    ]  # fmt: skip
    pool = [{"cycle_id": CYCLE, **made.expert(n)} for n in range(made.people)]
    advisers = [
        {"world": "real", "uscc": made.draw.choice(made.codes), "expert_id": f"E{n}", "registered_on": date(2025, 2, 1)}
        for n in range(0, made.people, 5)
    ]  # fmt: skip
    with working(store) as work:
        for table, rows in (
            (models.procedure.cycles, [cycle]),
            (models.procedure.dossiers, dossiers),
            (models.experts, pool),
            (models.advisers, advisers),
        ):
            work.session.execute(table.insert(), rows)


def whole(store: Store) -> float:
    """Seconds to compute the cycle anew."""
    began = time.monotonic()
    with working(store) as work:
        conflicts.of_cycle(work, conductor.cycle(work, CYCLE))
    return time.monotonic() - began


def changes(made: MadeUp) -> dict[str, Change]:
    """What may change, by name."""

    def expert(work: Work, _: int) -> None:
        line = made.expert(made.draw.randrange(made.people))
        experts.register(work, conductor, {"cycle_id": CYCLE, "experts": [line]})

    def application(work: Work, turn: int) -> None:
        dossier = made.dossier()
        dossiers = models.procedure.dossiers
        row = {
            "application_id": f"b{turn}", "cycle_id": CYCLE, "sequence": made.applications + turn + 1,
            "dossier": dossier, "dossier_digest": "-",
        }  # fmt: skip
        work.session.execute(dossiers.insert().values(**row))
        conflicts.of_application(work, conductor, conductor.cycle(work, CYCLE), f"b{turn}", dossier)

    def adviser(work: Work, turn: int) -> None:
        data = {
            "cycle_id": CYCLE, "uscc": made.codes[turn % len(made.codes)], "expert_id": f"E{turn % made.people}",
            "registered_on": date(2025, 3, 1),
        }  # fmt: skip
        experts.adviser_registered(work, conductor, data)

    return {"expert": expert, "application": application, "adviser": adviser}


def timed(store: Store, change: Change, times: int) -> Waits:
    """Each in a transaction of its own, its commit included."""
    took = []
    for turn in range(times):
        began = time.monotonic()
        with working(store) as work:
            change(work, turn)
        took.append(time.monotonic() - began)
    return Waits.of(took)


def bare(store: Store, times: int) -> Waits:
    """The join alone."""
    took = []
    with working(store) as work:
        for _ in range(times):
            began = time.monotonic()
            work.session.execute(text(_BARE)).scalar_one()
            took.append(time.monotonic() - began)
    return Waits.of(took)


def measure(database: str, options: argparse.Namespace) -> bool:
    """All figures on one database, printed; whether they are within the bounds."""
    made = MadeUp(options.applications, options.experts, options.seed)
    with stores(database) as store:
        fill(store, made)
        gc.freeze()  # as a service's process does with what it has loaded
        first, again = whole(store), whole(store)
        with working(store) as work:
            found = work.session.execute(select(func.count()).select_from(models.conflicts)).scalar_one()
        tidy(store.engine)
        waits = {name: timed(store, change, options.changes) for name, change in changes(made).items()}
        waits["bare"] = bare(store, options.changes)
    print(f"\n{database}: {found:,} conflicts; whole {first:.2f} s, again {again:.2f} s")
    print("| | p50 ms | p99 ms | most ms |\n|---|--:|--:|--:|")
    for name, wait in waits.items():
        print(f"| {name} | {wait.p50:.1f} | {wait.p99:.1f} | {wait.most:.1f} |")
    slow = [name for name, wait in waits.items() if name != "bare" and wait.p99 >= CHANGE_BOUND]
    return max(first, again) < WHOLE_BOUND and not slow


def main() -> int:
    """The command line."""
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=4000)
    parser.add_argument("--experts", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=100, help="of each kind")
    parser.add_argument(
        "--database", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine(), f"load {os.getloadavg()[0]:.1f}", flush=True)
    results = [measure(database, options) for database in options.database]
    within = all(results)
    print(json.dumps({"whole_bound_s": WHOLE_BOUND, "change_bound_ms": CHANGE_BOUND, "within": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
