"""Whether a refusal tells by its time what is there: unknown, somebody else's, kept from one, not released yet.

    python -m deploy.benchmarks.refusals [--rounds 400] [--only WORD]

The real gateway in front of the services' own handlers on migrated SQLite stores, in one process (tests/support/twins.py).
Compared is processor time, which other work on the machine changes least. In every round each question of a group is asked
once, in random order; of one run the medians are taken, the slowest question's to the quickest's of its group. All answers of
a group have one status and one length. Accounts have the password hash of an installation; the clock is moved on between
tries, so that none is held back.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import structlog
from werkzeug.test import TestResponse

from services.gateway.app import Gateway, create_app
from services.gateway.identity import Identity
from services.gateway.routes import PREFIX, ROUTES
from services.intake import applications, progress
from services.review import conflicts, experts, models
from services.review.stages import conductor
from shared.clock import SHANGHAI
from shared.contracts import load, operation
from shared.contracts.operations import APPLICANT, OFFICE, REVIEWER
from shared.identifiers.uscc import check_character
from shared.procedure import outcome
from tests.support.gateway import PASSWORD, Bench
from tests.support.objections import FIRST
from tests.support.objections import Hall as Notice
from tests.support.panels import declare, state_nothing
from tests.support.rooms import CLOSES, CYCLE, Room
from tests.support.twins import Somebody, World

ALIKE = 1.10  # a group's slowest median to its quickest
STAGE = "document_review"
ME, OTHER = "E1", "E2"
UNKNOWN = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
MINE, THEIRS, KEPT, OUT = (f"0199a1b2c3d57e5f8a9b0c1d2e3f4a{n:02}" for n in range(4))
CODE, OTHER_CODE, SISTER, FOURTH = (
    f"{code}{check_character(code)}" for code in (f"91310105MA1K30{n:03}" for n in range(4))
)
_BROWSER = {"Accept": "text/html"}
_SITE = "https://localhost"
_FORGOTTEN = timedelta(minutes=16)  # after which a failed sign-in does not count any more
_NAMES, _MOVED_EVERY = 8, 16  # accounts of a kind; rounds in which each has no more than its free tries

Ask = Callable[[], TestResponse]


@dataclass
class Group:
    """Questions whose answers must be one."""

    title: str
    asks: Mapping[str, Ask]
    every: int = 1  # rounds: a password takes a fifth of a second to look at
    seconds: dict[str, list[float]] = field(default_factory=dict)
    answers: set[tuple[int, int]] = field(default_factory=set)  # status, length

    def ask(self, draw: random.Random, *, counted: bool) -> None:
        """Every question once."""
        for name in draw.sample(sorted(self.asks), len(self.asks)):
            begun = time.process_time()
            answered = self.asks[name]()
            took = time.process_time() - begun
            if counted:
                self.seconds.setdefault(name, []).append(took)
                self.answers.add((answered.status_code, len(answered.get_data())))

    @property
    def medians(self) -> dict[str, float]:
        """Milliseconds of each question, in the order in which they are named."""
        return {name: 1000 * median(self.seconds[name]) for name in self.asks}

    @property
    def ratio(self) -> float:
        """The slowest to the quickest."""
        found = self.medians.values()
        return max(found) / min(found)


# --- the world ----------------------------------------------------------------------------------------------------


def _applied(world: World, who: str, code: str, application_id: str) -> None:
    """A draft of somebody's that was handed in and accepted, by this id."""
    told = {
        "cycle_id": CYCLE, "name": "示例公司", "kind": "organization", "uscc": code, "facts": {"region": "上海市长宁区"},
        "materials": [],
    }  # fmt: skip
    made, applications.new_id = applications.new_id, lambda: application_id
    try:
        with world.desks["intake"].work(APPLICANT, who) as work:
            applications.create(work, load(operation("intake", "create_application").request(), told))
    finally:
        applications.new_id = made
    with world.desks["intake"].work(APPLICANT, who) as work:
        receipt = applications.submit(work, {"application_id": application_id})["receipt"]
    with world.desks["intake"].work(OFFICE, "li") as work:
        applications.accept(work, {"application_id": application_id, "digest": receipt})


def _seated(room: Room) -> None:
    """A panel in a stage that runs: one application is read by both reviewers, one by the other alone, and one is of the group
    that employs the first, who was assigned to it.
    """
    pool = [
        {"expert_id": ME, "name": "专家一", "employer": SISTER},
        {"expert_id": OTHER, "name": "专家二"},
    ]
    room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})
    with room.desk.work() as work:
        run = work.session.execute
        begun = {"cycle_id": CYCLE, "stage": STAGE, "state": "begun", "begun_on": CLOSES, "begins_on": CLOSES}
        run(models.procedure.stages.insert().values(**begun))
        panel = {
            "cycle_id": CYCLE, "stage": STAGE, "category": "", "position": 0, "members": [ME, OTHER], "industry_share": "0.00",
            "recused": {}, "seed": "s", "formed_on": CLOSES,
        }  # fmt: skip
        run(models.panels.insert().values(**panel))
        for place, (expert, application) in enumerate(
            ((ME, MINE), (OTHER, MINE), (OTHER, THEIRS), (ME, KEPT), (OTHER, KEPT)), start=1
        ):
            seat = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": expert}
            run(models.assignments.insert().values(**seat, category="", position=place))
        conflicts.settle(work, conductor.cycle(work, CYCLE))
    declare(room, [ME, OTHER])
    state_nothing(room)


def _judged(world: World) -> None:
    """One is awarded with its report drafted, another out, and nothing is told of either."""
    with world.desks["intake"].work() as work:
        for stage in ("submission", "qualification", STAGE, "committee"):
            lines = [outcome(MINE, passed=True)]
            if stage == "submission":
                lines.append(outcome(OUT, passed=True))
            if stage == "qualification":
                lines.append(outcome(OUT, passed=False, status="ineligible", stopped_at=stage))
            progress.stage_closed_here(work, CYCLE, stage, FIRST, lines)
    with world.desks["review"].work() as work:
        row = {
            "cycle_id": CYCLE, "application_id": MINE, "revision": 1, "edited": False, "figures": {}, "texts": {},
            "gathered_at": work.now(),
        }  # fmt: skip
        work.session.execute(models.feedback_drafts.insert().values(**row))


def _objected(world: World) -> dict[str, Any]:
    """An objection to somebody on a notice that runs: what its objector was told."""
    notice = Notice.__new__(Notice)
    notice.clock, notice.room, notice.desk, notice.rehearsal = (
        world.clock, world.rooms["eligibility"], world.desks["eligibility"], False,
    )  # fmt: skip
    with notice.desk.work() as work:
        notice._post(work, [MINE])
    return notice.raised(MINE)


def _as_installed(world: World) -> Bench:
    """The world's gateway with an installation's password hash, and accounts for those who try to get in."""
    made = world.bench.gateway
    identity = Identity(world.bench.store)
    gateway = Gateway(made.settings, identity, made.caller, made.library)
    for number in range(_NAMES):
        for kind in ("person", "closed"):
            name = f"{kind}.{number}"
            account = identity.create(
                None, username=name, password=PASSWORD, display_name=name, roles=[APPLICANT]
            )
            if kind == "closed":
                admin = identity.session(world.bench.token("administrator"))
                identity.set_disabled(admin, account["account_id"], disabled=True)
    return Bench(gateway, create_app(gateway), world.bench.store)


# --- the questions ------------------------------------------------------------------------------------------------


def _way(asked: str) -> str:
    """An address of the API, with a place for an application."""
    path = next(route.path for route in ROUTES if route.operation == asked)
    return PREFIX + path.format(cycle_id=CYCLE, stage=STAGE, application_id="{}")


def _opens(somebody: Somebody, addresses: Mapping[str, str]) -> dict[str, Ask]:
    """Pages, and answers of the API, that somebody asks for."""

    def ask(address: str) -> Ask:
        headers = somebody.headers if address.startswith(PREFIX) else _BROWSER
        return lambda: somebody.client.get(address, base_url=_SITE, headers=headers)

    return {name: ask(address) for name, address in addresses.items()}


def _gives(
    somebody: Somebody, path: str, body: Mapping[str, Any], of: Sequence[tuple[str, str]]
) -> dict[str, Ask]:
    """One command of the API about several applications."""

    def ask(application: str) -> Ask:
        address = path.format(application)
        return lambda: somebody.client.post(address, json=dict(body), headers=somebody.headers)

    return {name: ask(application) for name, application in of}


def groups(world: World) -> Iterator[Group]:
    """What must be answered alike."""
    reviewer, applicant = world.visitor(REVIEWER, ME), world.visitor(APPLICANT, "anna")
    hers = (("unknown", UNKNOWN), ("somebody else's", THEIRS), ("recused", KEPT))
    for title, address in (
        ("a reviewer's sheet, page", f"/review/{CYCLE}/{STAGE}/{{}}/sheet"),
        ("a reviewer's sheet, API", _way("review.my_sheet")),
        ("a dossier, API", _way("review.dossier")),
        ("a panel's application, page", f"/review/panel/{CYCLE}/{STAGE}/{{}}"),
    ):
        yield Group(title, _opens(reviewer, {name: address.format(each) for name, each in hers}))
    statement = dict(operation("review", "state_interests").example) | {"signed_by": "专家一"}
    body = {name: value for name, value in statement.items() if name not in {"cycle_id", "application_id"}}
    yield Group("a reviewer's statement, API", _gives(reviewer, _way("review.state_interests"), body, hers))
    theirs = {"unknown": UNKNOWN, "somebody else's": THEIRS}
    for title, address in (
        ("an application, page", "/my/a/{}"),
        ("an application, API", _way("intake.application")),
        ("the files of one, page", "/my/a/{}/files"),
    ):
        yield Group(title, _opens(applicant, {name: address.format(each) for name, each in theirs.items()}))
    other = world.visitor(APPLICANT, "dora")
    for title, address in (
        ("one's own report, page", "/my/a/{}/report"),
        ("one's own report, API", _way("review.my_feedback")),
        ("one's own award, page", "/my/a/{}/award"),
        ("one's own progress, page", "/my/a/{}/progress"),
    ):
        asks = {
            "won, not released": _opens(applicant, {"": address.format(MINE)})[""],
            "out, not released": _opens(other, {"": address.format(OUT)})[""],
        }
        yield Group(title, asks)
    yield Group(
        "a report, API",
        _opens(applicant, {name: _way("review.my_feedback").format(each) for name, each in theirs.items()}),
    )
    shut = {
        "no such page": f"/cycles/{CYCLE}/nothing/{UNKNOWN}",
        "another role's, unknown": f"/cycles/{CYCLE}/a/{UNKNOWN}",
        "another role's, there": f"/cycles/{CYCLE}/a/{THEIRS}",
    }
    yield Group("an office's page, by a reviewer", _opens(reviewer, shut))
    yield from _secrets(world)


def _secrets(world: World) -> Iterator[Group]:
    """Signing in, and a query code."""
    client = _as_installed(world).client

    kinds = {"unknown name": "nobody", "wrong password": "person", "shut account": "closed"}
    turns = {kind: count() for kind in kinds.values()}

    def signs_in(address: str, kind: str) -> Ask:
        def ask() -> TestResponse:
            turn = next(turns[kind])
            who = {"username": f"{kind}.{turn % _NAMES}", "password": "wrong but long enough"}
            given = {"json": who} if address.startswith(PREFIX) else {"data": who}
            origin = {"REMOTE_ADDR": f"192.0.2.{turn % 250}"}
            return client.post(address, base_url=_SITE, environ_overrides=origin, **given)

        return ask

    for title, address in (("signing in, page", "/login"), ("signing in, API", _way("gateway.sign_in"))):
        yield Group(title, {name: signs_in(address, kind) for name, kind in kinds.items()}, every=10)
    raised = _objected(world)
    known, unknown = raised["receipt"], f"{raised['receipt'][:-10]}{'0' * 10}"

    def looks_up(address: str, receipt: str) -> Ask:
        told = {"receipt": receipt, "secret": "x" * len(raised["secret"])}
        given = {"json": told} if address.startswith(PREFIX) else {"data": told}
        return lambda: client.post(address, base_url=_SITE, **given)

    for title, address in (
        ("an objection, page", "/objections/track"),
        ("an objection, API", _way("eligibility.objection_state")),
    ):
        asks = {"unknown number": looks_up(address, unknown), "wrong code": looks_up(address, known)}
        yield Group(title, asks)


# --- the run ------------------------------------------------------------------------------------------------------


def measure(folder: Path, rounds: int, only: str) -> list[Group]:
    """All groups, asked in turns."""
    world = World(
        folder / "world", at=datetime.combine(FIRST, datetime.min.time(), SHANGHAI) + timedelta(hours=9)
    )
    try:
        for number, (who, application, code) in enumerate(
            (("anna", MINE, CODE), ("ben", THEIRS, OTHER_CODE), ("cho", KEPT, SISTER), ("dora", OUT, FOURTH)),
            start=1,
        ):
            _applied(world, who, code, application)
            for room in world.rooms.values():
                room.accept(application, number, uscc=code)
        _seated(world.rooms["review"])
        _judged(world)
        found = [each for each in groups(world) if only in each.title]
        draw = random.Random(1)
        gc.collect()
        gc.freeze()
        for turn in range(rounds + 5):
            for each in found:
                if turn % each.every == 0:
                    each.ask(draw, counted=turn >= 5)
            if turn % _MOVED_EVERY == 0:
                world.clock.move(_FORGOTTEN)
        return found
    finally:
        world.close()


def report(found: Sequence[Group]) -> int:
    """The figures; 1 where a group is not alike."""
    print("| what is asked for | answers | median CPU ms | slowest / quickest |\n|---|---|---|--:|")
    wrong = 0
    for each in found:
        told = ", ".join(f"{name} {value:.2f}" for name, value in each.medians.items())
        answers = ", ".join(f"{status} of {length} bytes" for status, length in sorted(each.answers))
        bad = each.ratio > ALIKE or len(each.answers) > 1
        wrong += bad
        print(f"| {each.title} | {answers} | {told} | {each.ratio:.2f}{' **' if bad else ''} |")
    return 1 if wrong else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every group is alike, 1 where one is not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--only", default="", help="groups whose title has this word")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    libraries = ", ".join(f"{name} {version(name)}" for name in ("flask", "sqlalchemy", "argon2-cffi"))
    load_now = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {libraries}, load {load_now:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        return report(measure(Path(folder), options.rounds, options.only))


if __name__ == "__main__":
    sys.exit(main())
