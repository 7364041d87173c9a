"""Ballots per second through HTTP, against the bare HTTP server and the bare database; and whether each is counted once.

    python -m deploy.benchmarks.votes [--ballots 200000] [--kills] [--algorithm RS256] [--no-ceilings]

A vote in review's own database (PostgreSQL that syncs to disk), a private RabbitMQ, review and one ballot box, each a
process as in any stack; voters in two processes, their identities signed beforehand. The clock runs from the first ballot to
the last answer, and to the last ballot that is committed. With `--kills` the box, review, the broker and the database are
killed by SIGKILL in turn, spread over the run. Afterwards the vote is closed, counted by review, and recounted from its log;
one voter in a hundred then votes again, and has to be told so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import insert, select, update

from deploy.benchmarks import votes_load
from deploy.benchmarks.rehearsals import made_up
from deploy.benchmarks.stores import store_of
from deploy.local.broker import PrivateBroker
from deploy.local.postgres import PrivatePostgres
from deploy.local.processes import Port, poll
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from deploy.stubs.identities import AUDIENCE, ISSUER, Algorithm, IdentityService
from services.review import models
from services.review.stages import conductor
from services.review.votes import recount, vote
from shared.clock import SystemClock
from shared.contracts import Context
from shared.identifiers import new_id
from shared.rulebooks import library
from shared.store import Store

RULEBOOK = "shenzhen-2020"
ENTRIES = 9
VOTER_PROCESSES = 2
_DOWN = 1.0  # seconds for which a server that was killed stays down
PATIENCE = 3600.0  # seconds until a run is given up
_OTHERS = frozenset({"notifications", "intake", "eligibility", "committee", "incentives", "gateway", "stubs"})
_STAGE = next(stage for stage in library().get(RULEBOOK).stages if stage.kind == vote.STAGE_KIND)


@dataclass
class Outcome:
    """What a run brought. `answered`: ballots answered 202 or told that they were there; each of them has a receipt."""

    ballots: int
    seconds: float  # to the last answer
    committed: float  # to the last ballot in the log
    answered: int
    lost: int  # receipts whose ballots are not in the log
    in_log: int
    counted: int
    recount_agrees: bool
    problems: list[str]
    told_again: int  # second ballots that were told so
    second_ballots: int
    statuses: dict[int, int]
    kills: list[str]
    messages: int
    cpu: dict[str, float] = field(default_factory=dict)


# --- before -------------------------------------------------------------------------------------------------------


def sign(algorithm: Algorithm, number: int, path: Path) -> str:
    """Write so many assertions, one a line, in as many processes as vote; gives the service's public keys."""
    service = IdentityService(algorithm)
    share = -(-number // VOTER_PROCESSES)
    parts = [path.with_suffix(f".{place}") for place in range(VOTER_PROCESSES)]
    children = [
        # The key goes through a pipe and never to a file.
        votes_load.SPAWN.Process(
            target=_sign_part,
            args=(service.private_keys(), algorithm, place * share, min(number, (place + 1) * share), part),
        )
        for place, part in enumerate(parts)
    ]
    for child in children:
        child.start()
    with path.open("wb") as whole:
        for child, part in zip(children, parts, strict=True):
            child.join()
            whole.write(part.read_bytes())
            part.unlink()
    return service.keys()


def _sign_part(private_keys: str, algorithm: Algorithm, first: int, end: int, path: Path) -> None:
    """The assertions of a run of citizens, in a process of their own."""
    service = IdentityService.holding(private_keys, algorithm)
    with path.open("w", encoding="ascii") as lines:
        for each in range(first, end):
            lines.write(service.assertion(f"citizen-{each:08d}") + "\n")


@contextmanager
def stack_of(folder: Path, keys: str, more: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """A stack of review and a ballot box, with limits that one address and many voters do not meet. `more`: settings."""
    (folder / "identity-keys").write_text(keys, encoding="ascii")
    extra = {
        "ZHIHENG_IDENTITY_KEYS_FILE": str(folder / "identity-keys"),
        "ZHIHENG_IDENTITY_ISSUER": ISSUER,
        "ZHIHENG_IDENTITY_AUDIENCE": AUDIENCE,
        "ZHIHENG_BALLOT_ADDRESS_REQUESTS": str(10**9),
        "ZHIHENG_BALLOT_IDENTITY_REQUESTS": str(10**6),
        "ZHIHENG_BALLOT_SETTLE_SECONDS": "1",
        "ZHIHENG_LOG_LEVEL": "WARNING",
        **(more or {}),
    }
    stack = Stack(folder / "stack", StackOptions(database="postgresql", without=_OTHERS, extra=extra))
    try:
        yield stack.start()
    finally:
        stack.remove()


def open_vote(store: Store) -> tuple[str, str, list[str]]:
    """A real cycle whose vote is open: its id, the vote's id, the applications."""
    today = SystemClock().today()
    book = library().get(RULEBOOK)
    cycle_id, vote_id = new_id(), new_id()
    applications = [new_id() for _ in range(ENTRIES)]
    made = list(made_up(ENTRIES + 1, 1)["applicants"].values())
    opened = {
        "cycle_id": cycle_id, "rulebook": RULEBOOK, "rulebook_sha256": book.sha256, "year": today.year, "opens_on": today,
        "closes_on": today, "budget_fen": None, "rehearsal": False,
    }  # fmt: skip
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="office", role="award_office"))
        conductor.cycle_opened(work, opened)
        for number, each in enumerate(applications, start=1):
            dossier = {
                "name": f"示例{number}", "kind": "organization", "category": (_STAGE.categories or (None,))[0],
                "uscc": made[number]["uscc"], "applicant_key": f"organization:{each}", "submitted_on": today,
                "recommended_by": None, "nominated_by": None, "facts": {}, "materials": [],
            }  # fmt: skip
            heard = {
                "cycle_id": cycle_id, "application_id": each, "sequence": number, "dossier": dossier,
                "dossier_digest": "sha256:0",
            }  # fmt: skip
            conductor.records.add_dossier(work, heard)
        conductor.records.plan(work, cycle_id, _STAGE.key, today, applications)
        conductor.records.begin(work, cycle_id, _STAGE.key, today, today)
        key = {"cycle_id": cycle_id, "stage": _STAGE.key, "id": vote_id, "held": vote.HERE}
        work.session.execute(insert(models.votes).values(**key))
        vote.open_vote(work, vote_id, today + timedelta(days=1), 5, applications)
    return cycle_id, vote_id, applications


# --- the run ------------------------------------------------------------------------------------------------------


def path_of(cycle_id: str) -> str:
    return f"/api/v1/cycles/{cycle_id}/stages/{_STAGE.key}/ballots"


def bodies_of(applications: Sequence[str]) -> list[bytes]:
    """Ballots of all sorts, the same in every run."""
    draw = random.Random(20)
    picks = [draw.sample(list(applications), draw.randint(1, 5)) for _ in range(97)]
    return [json.dumps({"choices": picked}).encode("ascii") for picked in picks]


@dataclass
class Load:
    """What the voters' processes came back with."""

    seconds: float
    statuses: dict[int, int]
    receipts: set[str]


def send(
    port: int,
    path: str,
    bodies: Sequence[bytes],
    assertions: Path,
    part: tuple[int, int],
    connections: int = 256,
    watch: Callable[[int], None] = lambda done: None,
) -> Load:
    """Have the ballots of a part of the file sent. Raises RuntimeError where a voter was answered something else."""
    done = votes_load.SPAWN.Value("q", 0)
    first, last = part
    share = -(-(last - first) // VOTER_PROCESSES)
    edges = [(first + share * n, min(last, first + share * (n + 1))) for n in range(VOTER_PROCESSES)]
    reports = [assertions.with_suffix(f".report{n}") for n in range(VOTER_PROCESSES)]
    processes = [
        votes_load.SPAWN.Process(
            target=votes_load.vote,
            args=(port, path, bodies, assertions, edge, connections // VOTER_PROCESSES, done, report),
        )
        for edge, report in zip(edges, reports, strict=True)
    ]
    for process in processes:
        process.start()
    while not done.value:  # they read their assertions first
        if any(process.exitcode for process in processes):
            raise RuntimeError("a voter gave up")
        time.sleep(0.005)
    began = time.monotonic()
    for _ in poll(PATIENCE, 0.05):
        watch(int(done.value))
        if all(process.exitcode is not None for process in processes):
            break
    took = time.monotonic() - began
    for process in processes:
        process.join(5)
        if process.exitcode != 0:
            process.kill()
            raise RuntimeError("a voter gave up")
    return _gathered(took, reports)


def _gathered(took: float, reports: Sequence[Path]) -> Load:
    statuses: dict[int, int] = {}
    receipts: set[str] = set()
    for report in reports:
        found = json.loads(report.read_text(encoding="ascii"))
        receipts |= set(found["receipts"])
        for status, number in found["statuses"].items():
            statuses[int(status)] = statuses.get(int(status), 0) + number
    return Load(took, statuses, receipts)


class Killer:
    """Kills one of the stack's parts whenever another share of the ballots has been answered."""

    def __init__(self, stack: Stack, ballots: int, rounds: int) -> None:
        assert stack.broker is not None
        assert stack.postgres is not None
        parts: dict[str, Callable[[], None]] = {
            "ballot_box": stack.processes["ballot_box"].kill,
            "review": stack.processes["review"].kill,
            "broker": partial(_kill_server, stack.broker),
            "postgresql": partial(_kill_server, stack.postgres),
        }
        self._due = [
            (ballots * (place + 1) // (len(parts) * rounds + 1), name, kill)
            for place, (name, kill) in enumerate(list(parts.items()) * rounds)
        ]
        self.killed: list[str] = []
        self._threads: list[threading.Thread] = []

    def __call__(self, done: int) -> None:
        if self._due and done >= self._due[0][0]:
            _, name, kill = self._due.pop(0)
            # Servers take some seconds to come back, and the voters go on meanwhile.
            thread = threading.Thread(target=kill, name=f"kill {name}")
            thread.start()
            self._threads.append(thread)
            self.killed.append(name)

    def wait(self) -> None:
        """Until all that was killed is back."""
        for thread in self._threads:
            thread.join()


def _kill_server(server: PrivateBroker | PrivatePostgres) -> None:
    server.kill()
    time.sleep(_DOWN)
    server.start_again()


def run(
    ballots: int, *, rounds: int = 0, algorithm: Algorithm = "RS256", more: Mapping[str, str] | None = None
) -> Outcome:
    """A whole vote; `rounds`: how often each part is killed; `more`: settings of the stack."""
    with temporary_folder("votes") as folder:
        assertions = folder / "assertions"
        keys = sign(algorithm, ballots, assertions)
        with stack_of(folder, keys, more) as stack, store_of(stack, "review") as store:
            cycle_id, vote_id, applications = open_vote(store)
            killer = Killer(stack, ballots, rounds)
            port, path, bodies = stack.wiring.ballot_port, path_of(cycle_id), bodies_of(applications)
            began = time.monotonic()
            load = send(port, path, bodies, assertions, (0, ballots), watch=killer)
            killer.wait()
            in_log = _wait_for_the_log(stack, len(load.receipts))
            committed = time.monotonic() - began
            cpu = {name: _cpu(stack.processes[name].pid or 0) for name in ("ballot_box", "review")}
            again = max(1, ballots // 100)
            second = send(port, path, bodies[::-1], assertions, (0, again))
            outcome = _count(stack, store, vote_id, load, in_log)
            outcome.seconds, outcome.committed = load.seconds, committed
            outcome.ballots, outcome.kills, outcome.cpu = ballots, killer.killed, cpu
            outcome.second_ballots, outcome.told_again = again, second.statuses.get(votes_load.THERE, 0)
            return outcome


def _wait_for_the_log(stack: Stack, receipts: int) -> int:
    """Wait until as many ballots are in the log as have receipts, at most ten minutes; how many there are."""
    found = 0
    for _ in poll(600.0, 0.2):
        try:
            with closing(
                psycopg2.connect(stack.database_url("review").replace("+psycopg2", ""))
            ) as connection:
                cursor = connection.cursor()
                cursor.execute("SELECT count(*) FROM ballots")
                found = int((cursor.fetchone() or (0,))[0])
        except psycopg2.OperationalError:
            continue  # it has just been killed
        if found >= receipts:
            break
    return found


def _count(stack: Stack, store: Store, vote_id: str, load: Load, in_log: int) -> Outcome:
    """Close the vote, have it counted, and recount."""
    table = models.votes
    with store.transaction() as tx:
        now = store.clock.now()
        tx.connection.execute(update(table).where(table.c.id == vote_id).values(closes_at=now))
    row: Any = None
    for _ in poll(600.0, 0.5):
        with store.read() as work:
            row = work.session.execute(select(table).where(table.c.id == vote_id)).one()
            if row.counted_at is not None:
                break
    again = recount.recount(store, vote_id)
    store.sealer.seal_all()
    problems = [*again.problems, *(str(each) for each in store.verify(None).problems)]
    with store.read() as work:
        voters = set(work.session.execute(select(models.ballots.c.voter)).scalars())
        messages = len(work.session.execute(select(models.ballot_batches.c.id)).all())
    return Outcome(
        ballots=0, seconds=0.0, committed=0.0, answered=len(load.receipts), lost=len(load.receipts - voters),
        in_log=in_log, counted=row.turnout or 0, recount_agrees=not problems, problems=problems, told_again=0,
        second_ballots=0, statuses=load.statuses, kills=[], messages=messages,
    )  # fmt: skip


def _cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


# --- the ceilings -------------------------------------------------------------------------------------------------


def constant(ballots: int, assertions: Path) -> float:
    """The same requests to the same server with one answer for everything: answers a second."""
    with closing_port() as port:
        command = [sys.executable, "-m", "deploy.benchmarks.votes_constant", str(port)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            load = send(
                port,
                path_of(new_id()),
                bodies_of([new_id() for _ in range(ENTRIES)]),
                assertions,
                (0, ballots),
            )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)
    return ballots / load.seconds


@contextmanager
def closing_port() -> Iterator[int]:
    """A free port."""
    port = Port()
    try:
        yield port.number
    finally:
        port.release()


def inserted(ballots: int, at_once: int = 500) -> float:
    """PostgreSQL alone inserting as many rows of the same table, so many in a transaction: rows a second."""
    with temporary_folder("votes") as folder, stack_of(folder, IdentityService("ES256").keys()) as stack:
        for process in stack.processes.values():
            process.stop()
        draw = random.Random(1)
        voters = [f"{draw.getrandbits(128):032x}" for _ in range(ballots)]
        with closing(psycopg2.connect(stack.database_url("review").replace("+psycopg2", ""))) as connection:
            cursor = connection.cursor()
            began = time.monotonic()
            for start in range(0, ballots, at_once):
                some = voters[start : start + at_once]
                cursor.execute(
                    "INSERT INTO ballots (voter, batch, choices) SELECT v, %s, '1,4,7' FROM unnest(%s::text[]) AS v"
                    " ON CONFLICT DO NOTHING",
                    (new_id(), some),
                )
                connection.commit()
            return ballots / (time.monotonic() - began)


def told(found: Outcome) -> str:
    """The figures for a person."""
    return (
        f"{found.ballots:,} ballots: answered in {found.seconds:.1f} s, {found.ballots / found.seconds:,.0f} a second;"
        f" committed after {found.committed:.1f} s, {found.ballots / found.committed:,.0f} a second;"
        f" {found.messages:,} messages\n"
        f"kills: {', '.join(found.kills) or 'none'}; answers by status: {found.statuses}\n"
        f"receipts {found.answered:,}, of these not in the log {found.lost}; in the log {found.in_log:,}, counted"
        f" {found.counted:,}; recount {'agrees' if found.recount_agrees else 'DIFFERS: ' + '; '.join(found.problems[:5])}\n"
        f"second ballots {found.second_ballots:,}, told that they are ones {found.told_again:,}\n"
        f"CPU seconds (of the processes that lived to the end): {found.cpu}"
    )


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--ballots", type=int, default=200_000)
    parser.add_argument("--kills", action="store_true")
    parser.add_argument("--algorithm", choices=("RS256", "ES256"), default="RS256")
    parser.add_argument("--no-ceilings", action="store_true")
    options = parser.parse_args()
    print(machine(), f"load {os.getloadavg()[0]:.1f}", flush=True)
    found = run(options.ballots, rounds=int(options.kills), algorithm=options.algorithm)
    print(told(found), flush=True)
    if not options.no_ceilings:
        with temporary_folder("votes") as folder:
            some = min(options.ballots, 50_000)
            sign("ES256", some, folder / "assertions")
            http = constant(some, folder / "assertions")
        rows = inserted(options.ballots)
        rate = found.ballots / found.seconds
        print(
            f"the same HTTP server answering a constant: {http:,.0f} a second, ours {rate / http:.2f} of it"
        )
        print(f"PostgreSQL inserting the same rows: {rows:,.0f} a second, ours {rate / rows:.2f} of it")
    print(f"load {os.getloadavg()[0]:.1f}")
    return (
        0
        if found.lost == 0 and found.counted == found.answered == found.ballots and found.recount_agrees
        else 1
    )


if __name__ == "__main__":
    sys.exit(main())
