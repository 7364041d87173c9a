"""How long it takes until all departments have answered for a whole cycle, with intake killed on the way.

    python -m deploy.benchmarks.enquiries [--applications 4000] [--kills 3] [--seconds 0.2] [--fail-every 100]

A real cycle in intake's own database (PostgreSQL that syncs to disk), its enquiries in the outbox; then intake is started,
alone with a private RabbitMQ and the stub departments, each of which takes so long for an answer and fails as often. The
clock runs from intake's start, its relaying of the enquiries included, to the last answer that is committed. Each kill is a
SIGKILL when another part of all answers is there; the supervisor starts intake again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg2
from sqlalchemy import func, insert, select

from deploy.benchmarks.rehearsals import made_up
from deploy.benchmarks.stores import store_of
from deploy.local.processes import poll
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.stubs.signatures import signed
from services.intake import cycles, enquiries, models
from services.intake.stages import conductor
from shared.clock import SystemClock
from shared.contracts import Context
from shared.contracts.dossier import DEPARTMENTS
from shared.identifiers import new_id
from shared.store import Store

RULEBOOK = "changning-2023"
AT_ONCE = 32  # calls in flight per department
PATIENCE = 1200.0  # seconds until a run is given up
_A_TRANSACTION = 50  # applications
_OTHERS = frozenset({"notifications", "eligibility", "review", "committee", "incentives", "gateway"})


@dataclass(frozen=True)
class Outcome:
    """What a run brought. `asked` counts the enquiries that reached the departments, `due` those that had to."""

    seconds: float
    due: int
    answered: int
    silent: int
    asked: int
    refused: int  # by departments that stumbled: each is a cause to ask again
    taken: int  # answers in the history that were taken
    taken_twice: int
    most_at_once: int
    kills: int
    cpu: float  # seconds of intake's processes, the killed ones included

    @property
    def without_cause(self) -> int:
        """Questions beyond one each that no failure explains: what was in flight, or not yet written, at a kill."""
        return self.asked - self.due - self.refused


@contextmanager
def stack_of(at_once: int = AT_ONCE, more: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """A stack in which nobody but intake and the stubs will run; intake is not running yet. `more`: settings."""
    with temporary_folder("enquiries") as folder:
        extra = {
            "ZHIHENG_DEPARTMENTS_AT_ONCE": str(at_once),
            "ZHIHENG_LOG_LEVEL": "WARNING",
            **(more or {}),
        }
        stack = Stack(folder, StackOptions(database="postgresql", without=_OTHERS, extra=extra))
        try:
            yield stack.start()
        finally:
            stack.remove()


def fill(store: Store, applications: int) -> str:
    """A real cycle with so many applications, and an enquiry to each department for each of them."""
    made = list(made_up(applications, 1)["applicants"].values())
    today = SystemClock().today()
    data = {
        "rulebook": RULEBOOK, "year": today.year, "opens_on": today, "closes_on": today + timedelta(days=30),
        "budget_fen": None, "rehearsal": False,
    }  # fmt: skip
    context = Context(message_id=new_id(), actor="office", role="award_office")
    with store.transaction() as tx:
        cycle_id = str(cycles.open_cycle(tx.work(context), data, rehearsals=False)["cycle_id"])
    for start in range(0, applications, _A_TRANSACTION):
        with store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor="applicant"))
            cycle = conductor.cycle(work, cycle_id)
            for number, each in enumerate(made[start : start + _A_TRANSACTION], start=start + 1):
                row = {
                    "id": new_id(), "cycle_id": cycle_id, "owner": f"applicant-{number}", "name": each["name"],
                    "kind": "organization", "uscc": each["uscc"], "applicant_key": f"organization:{each['uscc']}",
                    "facts": {}, "materials": [], "status": "in_progress", "stopped_at": "submission",
                    "sequence": number, "submitted_on": today, "receipt": "sha256:0",
                }  # fmt: skip
                work.session.execute(insert(models.applications).values(**row))
                enquiries.raise_all(work, cycle, row["id"])
    return cycle_id


def put_world(stack: Stack, cycle_id: str, seconds: float, fail_every: int) -> None:
    """Every department takes so long, and fails as often."""
    with urlopen(f"{stack.stubs_url}/readyz", timeout=10):  # noqa: S310 - our own
        pass
    faults = {name: {"slow": seconds, "fail_every": fail_every} for name in DEPARTMENTS}
    _control(stack, "PUT", f"/worlds/{cycle_id}", {"records": {}, "faults": faults})


def _control(stack: Stack, method: str, path: str, content: Any = None) -> Any:
    body = b"" if content is None else json.dumps(content).encode()
    secret = stack.secrets.departments.read_text(encoding="utf-8").strip()
    headers = signed(secret, SystemClock().now().timestamp(), method, path, body)
    request = Request(stack.stubs_url + path, body or None, headers, method=method)  # noqa: S310 - our own
    with urlopen(request, timeout=60) as reply:  # noqa: S310
        return json.loads(reply.read())


def run(
    applications: int, kills: int, seconds: float, fail_every: int, more: Mapping[str, str] | None = None
) -> Outcome:
    """One run from the start of intake to the last answer; `more`: settings of the stack."""
    with stack_of(more=more) as stack:
        intake = stack.processes["intake"]
        intake.stop()
        with store_of(stack, "intake") as store:
            cycle_id = fill(store, applications)
            put_world(stack, cycle_id, seconds, fail_every)
            began = time.monotonic()
            intake.start()
            killed, cpu = _until_all_came_to_an_end(stack, applications, kills)
            took = time.monotonic() - began
            return _outcome(stack, store, took, killed, cpu)


def _until_all_came_to_an_end(stack: Stack, applications: int, kills: int) -> tuple[int, float]:
    """Wait, killing intake whenever another part of the answers is there; how often it was killed, its CPU seconds."""
    url = stack.database_url("intake").replace("+psycopg2", "")
    killed, used = 0, {0: 0.0}
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for _ in poll(PATIENCE, 0.25):
            cursor.execute("SELECT count(*), count(*) FILTER (WHERE state = 'pending') FROM enquiries")
            due, pending = cursor.fetchone() or (0, 0)
            pid = stack.processes["intake"].pid or 0
            used[pid] = max(used.get(pid, 0.0), _cpu(pid))
            if due and not pending:
                return killed, sum(used.values())
            if killed < kills and due - pending > due * (killed + 1) // (kills + 1):
                stack.processes["intake"].kill()
                killed += 1
    raise TimeoutError(f"{applications} applications: not all answered after {PATIENCE} s")


def _cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0  # it has just been killed
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _outcome(stack: Stack, store: Store, seconds: float, kills: int, cpu: float) -> Outcome:
    counts = _control(stack, "GET", "/counts")
    states: dict[str, int] = {}
    with store.read() as work:
        table, log = models.enquiries, models.enquiry_log
        for state, number in work.session.execute(
            select(table.c.state, func.count()).group_by(table.c.state)
        ):
            states[state] = number
        taken = select(log.c.application_id, log.c.department, func.count().label("times")).where(
            log.c.entry == "answer", log.c.outcome == "taken"
        )
        times = work.session.execute(taken.group_by(log.c.application_id, log.c.department)).all()
    return Outcome(
        seconds=seconds,
        due=sum(states.values()),
        answered=states.get("answered", 0),
        silent=states.get("silent", 0),
        asked=sum(count["asked"] for count in counts.values()),
        refused=sum(count["failed"] for count in counts.values()),
        taken=sum(row.times for row in times),
        taken_twice=sum(row.times > 1 for row in times),
        most_at_once=max(count["most_at_once"] for count in counts.values()),
        kills=kills,
        cpu=cpu,
    )


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applications", type=int, default=4000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.2, help="until a department answers")
    parser.add_argument("--fail-every", type=int, default=100)
    options = parser.parse_args()
    print(machine(), flush=True)
    found = run(options.applications, options.kills, options.seconds, options.fail_every)
    bound = found.due * options.seconds / (AT_ONCE * found.due / options.applications)
    print(
        f"{found.due:,} enquiries, {options.seconds} s each, 1 in {options.fail_every} fails, intake killed"
        f" {found.kills} times\n"
        f"all came to an end after {found.seconds:.1f} s ({found.due / found.seconds:,.0f} a second);"
        f" the bound is {bound:.0f} s, {found.seconds / bound:.1f} times that\n"
        f"answered {found.answered:,}, silent {found.silent}; answers taken {found.taken:,},"
        f" of one enquiry twice {found.taken_twice}\n"
        f"questions that reached the departments {found.asked:,}: {found.refused} repeated after a failure,"
        f" {found.without_cause} after a kill; at most {found.most_at_once} at once in one department\n"
        f"intake used {found.cpu:.0f} CPU seconds, {found.cpu / found.due * 1000:.1f} ms an enquiry, starts included"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
