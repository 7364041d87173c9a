"""How long an officer waits for a list of 4,000 applications, at the API, and for the same list as a file.

    python -m deploy.benchmarks.lists [--applications 4000] [--requests 300] [--database sqlite|postgresql …]

A gateway and an intake, each a process of its own, over a private RabbitMQ; 4,000 applications with six enquiries each are
put into intake's database beforehand. Each kind of page is asked for one at a time over one connection, then all kinds by
four clients at once. *bare* is what the database alone takes for a page and its counts, asked by plain SQL from one process.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import requests
from sqlalchemy import Engine, MetaData, Table, create_engine, text

from deploy.local.services import GATEWAY, PROCESSES
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.identifiers.uscc import check_character

OPENS = date(2025, 5, 12)
DEPARTMENTS = ("credit", "safety", "environment", "quality", "public_health", "food_drug")
STATUSES = ("draft", "in_progress", "in_progress", "in_progress", "ineligible", "late", "withdrawn")
AT_ONCE = 4
BOUND = 100.0  # milliseconds at the 99th percentile, for a page of 50 lines
PASSWORD = "correct horse battery"  # noqa: S105 - of a stack that lives for minutes
PAGES = {
    "first page of 50": {},
    "status, sorted by name, page 10": {"status": "in_progress", "sort": "-name", "page": "10"},
    "search in name and code": {"q": "示例组织12", "sort": "submitted_on"},
    "lacks answers of departments": {"missing": "departments", "sort": "number"},
    "200 of one recommender": {"recommender": "示例街道3", "size": "200"},
    "walk, 500": {"after": "start", "size": "500"},
}
_COUNTS = "SELECT status, count(*) FROM applications WHERE cycle_id = :cycle GROUP BY status"
_ROWS = """SELECT a.id, a.name, a.uscc, a.kind, a.category, a.status, a.stopped_at, a.sequence, a.submitted_on,
  a.recommender, a.opinion, a.recommended_by, a.missing_materials, a.receipt,
  (SELECT count(*) FROM enquiries e WHERE e.application_id = a.id AND e.state <> 'answered')
FROM (SELECT id FROM applications WHERE cycle_id = :cycle ORDER BY sequence IS NULL, sequence, id LIMIT 50) page
JOIN applications a ON a.id = page.id ORDER BY a.sequence IS NULL, a.sequence, a.id"""


@dataclass(frozen=True)
class Waits:
    """Milliseconds of many requests."""

    p50: float
    p99: float
    most: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Waits:
        """From the seconds of each."""
        found = sorted(1000 * each for each in seconds)
        return cls(found[len(found) // 2], found[int(len(found) * 0.99)], found[-1])


@dataclass
class Office:
    """An officer signed in at the gateway."""

    url: str
    token: str

    def get(self, session: requests.Session, path: str, **query: str) -> requests.Response:
        """A question; anything but 200 ends the measurement."""
        answer = session.get(
            f"{self.url}/api/v1{path}",
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
        )
        answer.raise_for_status()
        return answer


def sign_in(stack: Stack) -> Office:
    """The administrator makes an officer's account."""
    post = poster(stack.gateway_url)
    admin = post("/tokens", {"username": "admin", "password": stack.admin_password})["token"]
    account = {
        "username": "office",
        "password": PASSWORD,
        "display_name": "评审办",
        "roles": ["award_office"],
    }
    post("/accounts", account, admin)
    return Office(stack.gateway_url, post("/tokens", {"username": "office", "password": PASSWORD})["token"])


def poster(url: str) -> Callable[..., dict[str, Any]]:
    """What posts JSON and gives the answer; anything but a good one ends the measurement."""

    def post(path: str, body: dict[str, Any], token: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(f"{url}/api/v1{path}", json=body, headers=headers, timeout=60)
        answer.raise_for_status()
        return dict(answer.json())

    return post


def open_cycle(office: Office) -> str:
    """A real cycle of a year that the regulation is in force."""
    body = {"rulebook": "changning-2023", "year": 2025, "opens_on": "2025-05-12", "closes_on": "2025-06-13"}
    return str(poster(office.url)("/cycles", body, office.token)["cycle_id"])


def fill(engine: Engine, cycle: str, count: int, seed: int, first: int = 0) -> None:
    """Applications and enquiries, straight into intake's database; numbered from `first` on."""
    draw = random.Random(seed)
    tables = MetaData()
    applications, enquiries = (
        Table(name, tables, autoload_with=engine) for name in ("applications", "enquiries")
    )
    rows = [_application(draw, cycle, number) for number in range(first, first + count)]
    asked = [
        {
            "application_id": row["id"], "department": department, "cycle_id": cycle, "revision": 1, "attempts": 1,
            "state": draw.choice(["answered"] * 5 + ["pending", "silent"]),
        }
        for row in rows if row["sequence"] is not None for department in DEPARTMENTS
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(applications.insert(), rows)
        connection.execute(enquiries.insert(), asked)
    tidy(engine)


def tidy(engine: Engine) -> None:
    """What PostgreSQL's own housekeeping would do within a minute or so, in the middle of the measurement."""
    tidying = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidying))


def _application(draw: random.Random, cycle: str, number: int) -> dict[str, Any]:
    status = draw.choice(STATUSES)
    first_seventeen = f"91310105MA{number:06d}0"
    return {
        "id": uuid4().hex, "cycle_id": cycle, "owner": f"owner{number}", "applicant_key": f"organization:{number}",
        "name": f"示例组织{number:04d}有限公司", "kind": draw.choice(["organization", "individual"]), "category": None,
        "uscc": first_seventeen + check_character(first_seventeen), "status": status,
        "facts": {"region": "某市某区", "profit_yuan": {"2023": number, "2024": number}, "business": "示例业务" * 60},
        "materials": ["application_form", "self_assessment", "proofs"],
        "missing_materials": draw.choice(["", "", "proofs"]), "stopped_at": "submission",
        "recommender": f"示例街道{draw.randrange(10)}", "recommended_by": draw.choice([None, "示例街道"]),
        "opinion": draw.choice([None, "recommended"]), "sequence": None if status == "draft" else number + 1,
        "submitted_on": None if status == "draft" else OPENS + timedelta(days=draw.randrange(30)),
        "receipt": None if status == "draft" else f"sha256:{uuid4().hex}{uuid4().hex}",
    }  # fmt: skip


def bare(engine: Engine, cycle: str, times: int) -> Waits:
    """What the database takes for a page and its counts."""
    took = []
    with engine.connect() as connection:
        for _ in range(times):
            began = time.monotonic()
            for statement in (_COUNTS, _ROWS):
                connection.execute(text(statement), {"cycle": cycle}).all()
            took.append(time.monotonic() - began)
    return Waits.of(took)


def one_by_one(office: Office, cycle: str, query: dict[str, str], times: int) -> Waits:
    """One client, one request after the other."""
    with requests.Session() as session:
        office.get(session, f"/cycles/{cycle}/applications", **query)
        return Waits.of([_timed(office, session, cycle, query) for _ in range(times)])


def together(office: Office, cycle: str, times: int) -> Waits:
    """All kinds of pages in turns, by several clients at once."""

    def client(first: int) -> list[float]:
        kinds = list(PAGES.values())
        with requests.Session() as session:
            office.get(session, f"/cycles/{cycle}/applications")
            return [
                _timed(office, session, cycle, kinds[(first + turn) % len(kinds)]) for turn in range(times)
            ]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Waits.of([each for took in pool.map(client, range(AT_ONCE)) for each in took])


def _timed(office: Office, session: requests.Session, cycle: str, query: dict[str, str]) -> float:
    began = time.monotonic()
    office.get(session, f"/cycles/{cycle}/applications", **query)
    return time.monotonic() - began


def export(office: Office, cycle: str, ending: str) -> tuple[float, int]:
    """Seconds and bytes of a whole list as a file."""
    began = time.monotonic()
    with requests.Session() as session:
        content = office.get(session, f"/cycles/{cycle}/applications.{ending}").content
    return time.monotonic() - began, len(content)


@contextmanager
def stack_with(database: str) -> Iterator[Stack]:
    """Intake and the gateway alone."""
    others = frozenset(PROCESSES) - {"intake", GATEWAY}
    options = StackOptions(database=database, without=others)
    with temporary_folder("benchmark") as folder:
        stack = Stack(folder, options)
        try:
            yield stack.start()
        finally:
            stack.remove()


def measure(database: str, count: int, times: int, seed: int) -> dict[str, Waits]:
    """All figures on one database; prints the exports' as they come."""
    with stack_with(database) as stack:
        office = sign_in(stack)
        cycle = open_cycle(office)
        engine = create_engine(stack.database_url("intake"))
        fill(engine, cycle, count, seed)
        found = {"bare query": bare(engine, cycle, times)}
        engine.dispose()
        for name, query in PAGES.items():
            found[name] = one_by_one(office, cycle, query, times)
        found[f"all kinds, {AT_ONCE} clients at once"] = together(office, cycle, times)
        for ending in ("csv", "xlsx"):
            seconds, size = min(export(office, cycle, ending) for _ in range(3))
            print(f"{database}: {count:,} as {ending}: {seconds:.2f} s, {size / 1000:,.0f} kB", flush=True)
    return found


def show(found: dict[str, dict[str, Waits]]) -> bool:
    """One line a kind of page; whether one client always kept within the bound."""
    databases = list(found)
    print(f"\n| page | {' | '.join(f'{name} p50 | p99 | most' for name in databases)} |")
    print(f"|---|{'--:|' * (3 * len(databases))}")
    for kind in found[databases[0]]:
        waits = [found[name][kind] for name in databases]
        print(f"| {kind} | {' | '.join(f'{w.p50:.1f} | {w.p99:.1f} | {w.most:.1f}' for w in waits)} |")
    usual = [kind for kind, query in PAGES.items() if "size" not in query]
    return all(waits[kind].p99 < BOUND for waits in found.values() for kind in usual)


def main() -> int:
    """The command line."""
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=4000)
    parser.add_argument("--requests", type=int, default=300, help="of each kind of page")
    parser.add_argument(
        "--database", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    found = {
        name: measure(name, options.applications, options.requests, options.seed) for name in options.database
    }
    within = show(found)
    print(json.dumps({"bound_ms": BOUND, "within": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
