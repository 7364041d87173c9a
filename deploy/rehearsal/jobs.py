"""Rehearsals that somebody watches: a file is checked, played in a thread of its own, perhaps under two rulebooks, and told.

One is played at a time; a few may wait. Who plays is said by the token that comes with a job: the player can do no more than
its owner. What was played is kept (`kept`), and what did not come to its end because the process did says so afterwards.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from deploy.decisions.comparison import NotComparable, Pair, compare
from deploy.decisions.phrases import View, causes_of, move_of, outcome_of
from deploy.decisions.reading import parse as parse_result
from deploy.decisions.words import Names
from deploy.rehearsal.checked import Installed, Playable, check_one
from deploy.rehearsal.expect import differences
from deploy.rehearsal.faults import NoAnswer, Refused, WrongFile
from deploy.rehearsal.kept import Shelf, Terms
from deploy.rehearsal.loading import parse
from deploy.rehearsal.player import steps_of
from shared.clock import Clock, SystemClock
from shared.rulebooks import library

MOST_WAITING = 5
_WRITTEN_EVERY = 20  # steps
_FILE = "rehearsal.yaml"
Say = Callable[[str], None]
Play = Callable[
    [Playable, str, Say], dict[str, Any]
]  # what is played, with whose token, whom to tell: the result


class Busy(Exception):
    """As many wait as may."""


_ENDED_WITH_THE_PROCESS = {
    "waiting": (
        "排队时系统重新启动，没有演练；请重新演练",
        "the system started again while it waited: it was not played; play it again",
    ),
    "playing": (
        "演练中系统重新启动，没有完成；请重新演练",
        "the system started again while it was played: it did not come to its end; play it again",
    ),
}
_SHOWN = ("state", "scenario", "rulebooks", "steps", "expected_steps", "results", "comparison")


@dataclass
class Job:
    """One rehearsal, from the file to what came of it."""

    owner: str
    begun_at: datetime
    scenario: str
    rulebooks: list[str]
    expected_steps: int
    playables: Sequence[Playable] = ()
    token: str = field(default="", repr=False)
    job_id: str = field(default_factory=lambda: uuid4().hex)
    state: str = "waiting"  # waiting | playing | done | failed
    steps: list[str] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    comparison: dict[str, Any] | None = None
    reason: tuple[str, str] | None = None

    @classmethod
    def of(cls, owner: str, playables: Sequence[Playable], token: str, at: datetime) -> Job:
        """One that waits to be played."""
        books = [each.rulebook.id for each in playables]
        steps = sum(steps_of(each) for each in playables)
        return cls(owner, at, playables[0].scenario.name, books, steps, playables, token)

    @classmethod
    def kept(cls, entry: Mapping[str, Any]) -> Job:
        """One that was written down. Raises KeyError, TypeError, ValueError for what is none."""
        told = entry["told"]
        reason = (told["reason_zh"], told["reason_en"]) if told["reason_zh"] else None
        found = cls(
            str(entry["owner"]), datetime.fromisoformat(told["begun_at"]), job_id=str(told["play_id"]), reason=reason,
            **{name: told[name] for name in _SHOWN},
        )  # fmt: skip
        if found.state in _ENDED_WITH_THE_PROCESS:
            found.state, found.reason = "failed", _ENDED_WITH_THE_PROCESS[found.state]
        return found

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in {"done", "failed"}

    def told(self) -> dict[str, Any]:
        """As it is shown to its owner."""
        zh, en = self.reason or (None, None)
        return {
            "play_id": self.job_id,
            "begun_at": self.begun_at.isoformat(timespec="seconds"),
            "state": self.state,
            "scenario": self.scenario,
            "rulebooks": list(self.rulebooks),
            "steps": list(self.steps),
            "expected_steps": self.expected_steps,
            "results": list(self.results),
            "comparison": self.comparison,
            "reason_zh": zh,
            "reason_en": en,
        }


class Jobs:
    """Those that wait, the one that plays, and the last that were played: of each owner so many, for so long."""

    def __init__(
        self,
        play: Play,
        installed: Callable[[], Installed] = Installed.here,
        *,
        shelf: Shelf | None = None,
        terms: Terms | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._play = play
        self._installed = installed
        self._shelf = shelf or Shelf(None)
        self._terms = terms or Terms()
        self._clock = clock or SystemClock()
        self._jobs: dict[str, Job] = {}  # the oldest first
        self._waiting: queue.Queue[Job] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._take_up()

    def _take_up(self) -> None:
        """What an earlier process kept; what it had not ended says so from now on."""
        found = []
        for play_id, entry in list(self._shelf.all()):
            try:
                found.append(Job.kept(entry))
            except (KeyError, TypeError, ValueError):  # of another version: a rehearsal decides nothing
                self._shelf.drop(play_id)
                continue
            if entry["told"]["state"] != found[-1].state:
                self._keep(found[-1])
        for job in sorted(found, key=lambda each: (each.begun_at, each.job_id)):
            self._jobs[job.job_id] = job
        self._let_go()

    def _keep(self, job: Job) -> None:
        self._shelf.put(job.job_id, {"owner": job.owner, "told": job.told()})

    def _let_go(self) -> None:
        """What is too old, or beyond its owner's number, is kept no more."""
        since, counted = self._clock.now() - self._terms.age, Counter[str]()
        for job in reversed(list(self._jobs.values())):
            counted[job.owner] += 1
            if job.over and (job.begun_at < since or counted[job.owner] > self._terms.most):
                del self._jobs[job.job_id]
                self._shelf.drop(job.job_id)

    def check(self, content: str, rulebooks: Sequence[str]) -> tuple[list[Playable], list[dict[str, Any]]]:
        """The file under its own rulebook, or under each one named; and everything that is wrong, with its line."""
        installed, found = self._installed(), []
        faults: dict[tuple[int, str, str], dict[str, Any]] = {}
        for rulebook in rulebooks or (None,):
            try:
                found.append(check_one(parse(content.encode("utf-8"), _FILE), rulebook, installed))
            except WrongFile as wrong:
                faults |= {
                    (fault.line, fault.path, fault.en): {
                        "line": fault.line, "path": fault.path, "reason_zh": fault.zh, "reason_en": fault.en,
                    }
                    for fault in wrong.faults
                }  # fmt: skip
        return found, list(faults.values())

    def start(self, owner: str, playables: Sequence[Playable], token: str) -> Job:
        """Have it played. Raises Busy."""
        job = Job.of(owner, playables, token, self._clock.now())
        with self._lock:
            if self._waiting.full():  # nobody else puts anything in
                raise Busy
            self._keep(job)
            self._jobs[job.job_id] = job
            self._waiting.put_nowait(job)
            self._let_go()
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="player", daemon=True)
                self._thread.start()
        return job

    def find(self, owner: str, job_id: str) -> Job | None:
        """One of the owner's own; another's does not exist."""
        return next((job for job in self.of(owner) if job.job_id == job_id), None)

    def of(self, owner: str) -> list[Job]:
        """The owner's, the newest first."""
        with self._lock:
            self._let_go()
            return [job for job in reversed(self._jobs.values()) if job.owner == owner]

    def _serve(self) -> None:
        while True:
            job = self._waiting.get()
            job.state = "playing"
            self._keep(job)
            came_to = "failed"
            try:
                self._run(job)
                came_to = "done"
            except (NoAnswer, Refused, WrongFile, NotComparable) as problem:
                job.reason = (str(problem), str(problem))
            except Exception as problem:  # noqa: BLE001 - the thread lives on: who watches is told, the next one is played
                job.reason = (
                    f"演练中断：{type(problem).__name__}",
                    f"it broke off: {type(problem).__name__}",
                )
            job.token, job.playables = "", ()
            with self._lock:  # lest it is let go of between the two
                self._keep(replace(job, state=came_to))
                job.state = came_to

    def _run(self, job: Job) -> None:
        played = []

        def say(step: str) -> None:
            job.steps.append(step)
            if len(job.steps) % _WRITTEN_EVERY == 0:
                self._keep(job)

        for playable in job.playables:
            result = self._play(playable, job.token, say)
            played.append(result)
            job.results.append(summary(result, playable, expecting=len(job.playables) == 1))
        if len(played) > 1:
            job.comparison = compared(played, self._installed())


def summary(result: Mapping[str, Any], playable: Playable, *, expecting: bool = True) -> dict[str, Any]:
    """What people look at: how many came how far, who got what, the money by level, and what is not as the file expects."""
    scenario, names = playable.scenario, Names.of(result["rulebook"], library())
    rows = []
    levels: dict[str, int] = {}
    for handle, found in result["applications"].items():
        granted = sum(grant["yuan"] for grant in found.get("grants", ()))
        level = found.get("award") or ""
        if granted:
            levels[level] = levels.get(level, 0) + granted
        stopped = found.get("stopped_at")
        rows.append(
            {
                "handle": handle,
                "name": scenario.applicants[handle].name,
                "status": found["status"],
                "stopped_at_zh": names.stage(stopped).zh if stopped else None,
                "stopped_at_en": names.stage(stopped).en if stopped else None,
                "level": level or None,
                "granted_yuan": granted,
                "failing_rules": list(found.get("failing_rules", ())),
            }
        )
    held_to = scenario.expect if expecting else None  # a comparison holds nothing against its sides
    unexpected = [] if held_to is None else [str(each) for each in differences(held_to, result)]
    return {
        "rulebook": result["rulebook"],
        "applications": rows,
        "funnel": funnel(result, playable, names),
        "levels": [{"level": level or None, "yuan": yuan} for level, yuan in levels.items()],
        "totals": dict(result["totals"]),
        "blocked": None if result["blocked"] is None else str(result["blocked"].get("reason", "")),
        "intact": bool(result["audit"]["intact"]),
        "notes": [str(note) for note in result["notes"]],
        "unexpected": unexpected,
    }


def funnel(result: Mapping[str, Any], playable: Playable, names: Names) -> list[dict[str, Any]]:
    """How many applications came into each stage of the rulebook, in its order: those that did not stop before it."""
    order = [stage.key for stage in playable.rulebook.stages]
    applications = list(result["applications"].values())
    left = len(applications)
    steps = []
    for number, key in enumerate(order):
        title = names.stage(key)
        steps.append({"title_zh": title.zh, "title_en": title.en, "number": left})
        left -= sum(each.get("stopped_at") == order[number] for each in applications)
    awarded = sum(each["status"] in {"awarded", "revoked"} for each in applications)
    return [*steps, {"title_zh": "获奖", "title_en": "awarded", "number": awarded}]


def compared(played: Sequence[Mapping[str, Any]], installed: Installed) -> dict[str, Any]:
    """Who changes from the first to the second, why, and the money. Raises NotComparable."""
    a, b = (parse_result(json.dumps(each, ensure_ascii=False).encode(), _FILE) for each in played[:2])
    view = View(compare(a, b), Pair(*(Names.of(each.rulebook, installed.rulebooks) for each in (a, b))))
    changed = [
        {
            "handle": moves.handle,
            "name": moves.name,
            "before": outcome_of(moves.applications.a, view.names.a),
            "after": outcome_of(moves.applications.b, view.names.b),
            "causes": causes_of(moves, view),
            "money": move_of(moves.money),
        }
        for moves in view.comparison.applications
        if moves.changes
    ]
    return {"applications": len(view.comparison.applications), "changed": changed}
