"""A hundred members vote on three hundred candidates at once, through HTTP: seconds until all is counted, and the recount.

    python -m deploy.benchmarks.committee [--members 100] [--candidates 300]

A real cycle in committee's own database (PostgreSQL that syncs to disk), a private RabbitMQ, committee and one gateway, each a
process as in any stack. Every member has an account and is signed in; all send their secret ballots in the same moment. The clock
runs from the first ballot to the last answer, and to the answer that the ballot is closed, which counts it. Afterwards everybody
looks for its slips in the published list, and the ballot is recounted. Baseline: the same transactions one after the other in one
process, without HTTP and broker.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests

from deploy.benchmarks.lists import poster
from deploy.benchmarks.rehearsals import made_up
from deploy.benchmarks.stores import store_of
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from services.committee import attendance, meetings, records, rounds
from services.committee.slips import code_of
from services.committee.stages import conductor
from shared.clock import SystemClock
from shared.contracts import Context
from shared.identifiers import new_id
from shared.procedure import outcome
from shared.procedure.state import Closing
from shared.rulebooks import library
from shared.store import Store

RULEBOOK = "shenzhen-2020"  # where everybody stands for the highest level that its score reaches
CATEGORY = "economic"
_OTHERS = frozenset({"notifications", "intake", "eligibility", "review", "incentives", "stubs"})
_PASSWORD = "a long password of nobody"  # noqa: S105 - of accounts that live as long as the measurement
_CHOICES = ("for", "against", "abstain")
_TIMEOUT = 300.0  # seconds
_TRIES = 60
_NAMES = {"for": "votes_for", "against": "votes_against", "abstain": "abstained"}


@dataclass
class Outcome:
    """What a run brought; seconds from the first ballot."""

    members: int
    candidates: int
    answered: float
    counted: float
    slowest: float  # seconds that one member waited
    median: float
    asked_again: int
    found: int  # slips that their members found in the published list
    slips: int
    agrees: bool
    alone: float  # seconds for the same ballots without HTTP and broker, one after the other
    cpu: dict[str, float]


# --- before -------------------------------------------------------------------------------------------------------


def fill(store: Store, candidates: int, members: list[str]) -> tuple[str, list[str]]:
    """A real cycle before its committee, everybody present, the first ballot open: the cycle, the candidates."""
    today = SystemClock().today()
    book = library().get(RULEBOOK)
    cycle_id = new_id()
    names = [new_id() for _ in range(candidates)]
    made = list(made_up(candidates + 1, 1)["applicants"].values())
    opened = {
        "cycle_id": cycle_id, "rulebook": RULEBOOK, "rulebook_sha256": book.sha256, "year": today.year,
        "opens_on": today, "closes_on": today, "budget_fen": None, "rehearsal": False,
    }  # fmt: skip
    draw = random.Random(7)
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="office", role="award_office"))
        conductor.cycle_opened(work, opened)
        for number, each in enumerate(names, start=1):
            dossier = {
                "name": f"示例{number}", "kind": "organization", "category": CATEGORY, "uscc": made[number]["uscc"],
                "applicant_key": f"organization:{each}", "submitted_on": today, "recommended_by": None,
                "nominated_by": None, "facts": {}, "materials": [],
            }  # fmt: skip
            heard = {
                "cycle_id": cycle_id, "application_id": each, "sequence": number, "dossier": dossier,
                "dossier_digest": "sha256:0",
            }  # fmt: skip
            conductor.records.add_dossier(work, heard)
            confirmed = {
                "cycle_id": cycle_id, "application_id": each, "purpose": "committee", "revision": 1,
                "digest": "sha256:0", "valid_until": None,
            }  # fmt: skip
            records.confirmations.confirmed(work, confirmed)
        lines = [
            outcome(each, passed=True, carried={"score": f"{draw.randint(6000, 9999) / 100:.2f}"}) for each in names
        ]  # fmt: skip
        last = book.stages[[s.kind for s in book.stages].index("committee") - 1]
        conductor.records.add_closing(work, cycle_id, Closing(last.key, today, lines))
        conductor.records.plan(work, cycle_id, "committee", today, names)
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="office", role="award_office"))
        meetings.convene(
            work, conductor, {"cycle_id": cycle_id, "members": members, "absent": [], "chair": members[0]}
        )
        for member in members:
            coming = {"cycle_id": cycle_id, "member": member, "event": "came", "mode": "in_person"}
            attendance.record(work, conductor, coming)
        conductor.begin_stage(work, {"cycle_id": cycle_id, "stage": "committee"})
    return cycle_id, names


def accounts(stack: Stack, members: list[str]) -> dict[str, str]:
    """An account for each member and one for the office: tokens by subject."""
    post = poster(stack.gateway_url)
    admin = post("/tokens", {"username": "admin", "password": stack.admin_password})["token"]
    wanted = {**dict.fromkeys(members, "committee_member"), "office": "award_office"}
    tokens = {}
    for name, role in wanted.items():
        account = {
            "username": name, "password": _PASSWORD, "display_name": name, "roles": [role], "subject": name,
        }  # fmt: skip
        post("/accounts", account, admin)
        tokens[name] = str(post("/tokens", {"username": name, "password": _PASSWORD})["token"])
    return tokens


# --- the ballot ---------------------------------------------------------------------------------------------------


@dataclass
class Voter:
    """A member with its ballot."""

    name: str
    token: str
    nonce: str
    choices: dict[str, str]
    waited: float = 0.0
    again: int = 0

    def body(self, number: int) -> dict[str, Any]:
        """What it sends."""
        lines = [{"application_id": a, "choice": choice} for a, choice in self.choices.items()]
        return {"number": number, "choices": lines, "nonce": self.nonce}

    def send(self, url: str, body: dict[str, Any], start: threading.Barrier) -> None:
        """Once, however often it has to be asked again: with the same key it is the same ballot."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid4().hex}
        with requests.Session() as session:
            start.wait()
            began = time.monotonic()
            for _ in range(_TRIES):
                reply = session.post(url, json=body, headers=headers, timeout=_TIMEOUT)
                if reply.status_code not in {429, 503, 504}:
                    break
                self.again += 1
                time.sleep(0.2)
            self.waited = time.monotonic() - began
            reply.raise_for_status()


def run(members: int, candidates: int) -> Outcome:
    """A whole ballot."""
    names = [f"member-{number:03d}" for number in range(members)]
    extra = {"ZHIHENG_LOG_LEVEL": "WARNING"}
    with temporary_folder("committee") as folder:
        stack = Stack(folder / "stack", StackOptions(database="postgresql", without=_OTHERS, extra=extra))
        try:
            stack.start()
            with store_of(stack, "committee") as store:
                tokens = accounts(stack, names)
                cycle_id, these = fill(store, candidates, names)
                found = _vote(
                    stack, cycle_id, [_voter(name, tokens[name], these) for name in names], tokens["office"]
                )
                again, others = fill(store, candidates, names)
                found.alone = _alone(store, again, [_voter(name, "", others) for name in names])
                return found
        finally:
            stack.remove()


def _voter(name: str, token: str, candidates: list[str]) -> Voter:
    draw = random.Random(name)
    return Voter(name, token, new_id() + uuid4().hex, {a: draw.choice(_CHOICES) for a in candidates})


def _vote(stack: Stack, cycle_id: str, voters: list[Voter], office: str) -> Outcome:
    base = f"{stack.gateway_url}/api/v1/cycles/{cycle_id}"
    start = threading.Barrier(len(voters) + 1)
    bodies = [voter.body(1) for voter in voters]
    with ThreadPoolExecutor(len(voters)) as pool:
        sent = [
            pool.submit(voter.send, f"{base}/ballot/votes", body, start)
            for voter, body in zip(voters, bodies, strict=True)
        ]
        start.wait()
        began = time.monotonic()
        for each in sent:
            each.result()
    answered = time.monotonic() - began
    headers = {"Authorization": f"Bearer {office}", "Idempotency-Key": uuid4().hex}
    _good(requests.post(f"{base}/ballot/close", json={}, headers=headers, timeout=_TIMEOUT))
    counted = time.monotonic() - began
    told = _good(requests.get(f"{base}/votes/slips?number=1", headers=headers, timeout=_TIMEOUT))
    recount = _good(requests.get(f"{base}/votes/recount", headers=headers, timeout=_TIMEOUT))
    lists = {line["application_id"]: {n: set(line[n]) for n in _NAMES.values()} for line in told["slips"]}
    waits = sorted(voter.waited for voter in voters)
    return Outcome(
        members=len(voters),
        candidates=len(lists),
        answered=answered,
        counted=counted,
        slowest=waits[-1],
        median=waits[len(waits) // 2],
        asked_again=sum(voter.again for voter in voters),
        found=sum(
            code_of(cycle_id, 1, a, voter.nonce) in lists[a][_NAMES[choice]]
            for voter in voters
            for a, choice in voter.choices.items()
        ),
        slips=sum(line["slips"] for line in recount["rounds"]),
        agrees=bool(recount["agrees"]),
        alone=0.0,
        cpu={name: _cpu(stack.processes[name].pid or 0) for name in ("gateway", "committee")},
    )


def _alone(store: Store, cycle_id: str, voters: list[Voter]) -> float:
    began = time.monotonic()
    for voter in voters:
        with store.transaction() as tx:
            work = tx.work(Context(message_id=new_id(), actor=voter.name, role="committee_member"))
            rounds.cast(work, conductor, {"cycle_id": cycle_id, **voter.body(1)})
    with store.transaction() as tx:
        work = tx.work(Context(message_id=new_id(), actor="office", role="award_office"))
        rounds.close_round(work, conductor, {"cycle_id": cycle_id})
    return time.monotonic() - began


def _good(reply: requests.Response) -> dict[str, Any]:
    reply.raise_for_status()
    found: dict[str, Any] = reply.json()
    return found


def _cpu(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            stat = file.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def told(found: Outcome) -> str:
    """The figures for a person."""
    return (
        f"{found.members} members on {found.candidates} candidates: all answered after {found.answered:.1f} s, counted after"
        f" {found.counted:.1f} s; a member waited {found.median:.1f} s in the middle, {found.slowest:.1f} s at most; asked"
        f" again {found.asked_again}\n"
        f"slips {found.slips:,}, found by their members {found.found:,}; recount {'agrees' if found.agrees else 'DIFFERS'}\n"
        f"the same without HTTP and broker, one after the other: {found.alone:.1f} s\n"
        f"CPU seconds since the start: {found.cpu}"
    )


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=100)
    parser.add_argument("--candidates", type=int, default=300)
    options = parser.parse_args()
    print(machine(), f"load {os.getloadavg()[0]:.1f}", flush=True)
    found = run(options.members, options.candidates)
    print(told(found), flush=True)
    print(f"load {os.getloadavg()[0]:.1f}")
    whole = found.members * found.candidates
    return 0 if found.agrees and found.found == found.slips == whole else 1


if __name__ == "__main__":
    sys.exit(main())
