"""Rehearsals that are watched: checked line by line, played one after the other, told to their owner only."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.rehearsal.checked import Playable
from deploy.rehearsal.faults import NoAnswer
from deploy.rehearsal.jobs import MOST_WAITING, Busy, Job, Jobs, Say, funnel, summary
from deploy.rehearsal.kept import Shelf, Terms
from deploy.rehearsal.serving import Playhouse
from deploy.stubs.signatures import signed
from shared.clock import FixedClock

SAMPLE = (Path(__file__).parents[3] / "deploy/samples/changning-2023.yaml").read_text(encoding="utf-8")
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def played(playable: Playable, statuses: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A result as the player gives it: the first one wins, all others stop at the first stage."""
    handles = list(playable.scenario.applicants)
    stages = [stage.key for stage in playable.rulebook.stages]
    applications = {
        handle: {
            "status": "awarded" if not number else "ineligible",
            "stopped_at": None if not number else stages[1],
            "findings": [],
            "failing_rules": [] if not number else ["1"],
            "scores": {},
            "award": playable.rulebook.levels[0].name if not number else None,
            "grants": [{"for": "award", "yuan": 500_000, "rule": "1"}] if not number else [],
            "track": playable.rulebook.levels[0].tracks[0] if not number else None,
            "uses_quota": True if not number else None,
            "orders": [],
            "clawback_yuan": 0,
            "banned_until": None,
        }
        for number, handle in enumerate(handles)
    }
    return {
        "scenario": playable.scenario.name,
        "version": playable.scenario.version,
        "notices": [],
        "awards": {},
        "panels": [],
        "rulebook": playable.rulebook.id,
        "applications": applications,
        "totals": {"granted_yuan": 500_000, "clawed_back_yuan": 0, "over_budget_yuan": 0},
        "blocked": None,
        "audit": {"entries": 10, "intact": True},
        "notes": [],
    }


@pytest.fixture
def jobs() -> Jobs:
    return Jobs(lambda playable, token, say: played(playable))


def _finished(jobs: Jobs, job: Job) -> dict[str, Any]:
    done = threading.Event()
    while job.state in {"waiting", "playing"}:
        done.wait(0.01)
    return job.told()


def test_a_good_file_has_no_faults(jobs: Jobs) -> None:
    playables, faults = jobs.check(SAMPLE, [])
    assert faults == []
    assert [each.rulebook.id for each in playables] == [playables[0].scenario.rulebook]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("scenario: [", 1),
        ("a: 1\na: 2\n", 2),
        (SAMPLE.replace("opens_on: ", "opens_on: 2023-02-3"), 0),
        ("", 1),
        ("\x00", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(jobs: Jobs, content: str, line: int) -> None:
    playables, faults = jobs.check(content, [])
    assert playables == []
    assert faults
    assert all(fault["line"] >= 1 and fault["reason_zh"] and fault["reason_en"] for fault in faults)
    assert not line or faults[0]["line"] == line


def test_a_rulebook_that_is_not_installed_is_a_fault(jobs: Jobs) -> None:
    _, faults = jobs.check(SAMPLE, ["no-such-rulebook"])
    assert "no-such-rulebook" in faults[0]["reason_en"]


def test_a_play_tells_how_many_came_how_far_and_the_money(jobs: Jobs) -> None:
    playables, _ = jobs.check(SAMPLE, [])
    result = summary(played(playables[0]), playables[0])
    number = len(playables[0].scenario.applicants)
    assert [step["number"] for step in result["funnel"]][:3] == [number, number, 1]
    assert result["funnel"][-1]["number"] == 1
    assert result["levels"] == [{"level": playables[0].rulebook.levels[0].name, "yuan": 500_000}]
    assert result["applications"][0]["granted_yuan"] == 500_000


def test_the_owner_watches_and_nobody_else(jobs: Jobs) -> None:
    playables, _ = jobs.check(SAMPLE, [])
    job = jobs.start("anna", playables, "token")
    told = _finished(jobs, job)
    assert (told["state"], len(told["results"])) == ("done", 1)
    assert jobs.find("anna", job.job_id) is job
    assert jobs.find("bruno", job.job_id) is None
    assert jobs.of("bruno") == []
    assert "token" not in json.dumps(told)


def test_what_breaks_off_says_so_and_the_next_one_is_played() -> None:
    broken = [NoAnswer("the stack is gone"), RuntimeError("a mistake"), None]

    def play(playable: Playable, token: str, say: Say) -> dict[str, Any]:
        problem = broken.pop(0)
        say("opening")
        if problem is not None:
            raise problem
        return played(playable)

    jobs = Jobs(play)
    playables, _ = jobs.check(SAMPLE, [])
    states = [_finished(jobs, jobs.start("anna", playables, "t")) for _ in range(3)]
    assert [told["state"] for told in states] == ["failed", "failed", "done"]
    assert states[0]["reason_en"] == "the stack is gone"
    assert "a mistake" not in str(states[1]["reason_en"])
    assert states[2]["steps"] == ["opening"]


def test_only_so_many_wait() -> None:
    go_on, begun = threading.Event(), threading.Event()

    def play(playable: Playable, token: str, say: Say) -> dict[str, Any]:
        begun.set()
        go_on.wait(30)
        return played(playable)

    jobs = Jobs(play)
    playables, _ = jobs.check(SAMPLE, [])
    first = jobs.start("anna", playables, "t")
    assert begun.wait(30)
    for _ in range(MOST_WAITING):
        jobs.start("anna", playables, "t")
    with pytest.raises(Busy):
        jobs.start("anna", playables, "t")
    go_on.set()
    assert _finished(jobs, first)["state"] == "done"


# --- what outlives the process ------------------------------------------------------------------------------------


def _at(folder: Path, clock: FixedClock, play: Any = None, **terms: Any) -> Jobs:
    """A process that keeps its plays in a folder."""
    playing = play or (lambda playable, token, say: played(playable))
    return Jobs(playing, shelf=Shelf(folder), terms=Terms(**terms), clock=clock)


def test_after_a_restart_a_play_is_there_as_it_was(tmp_path: Path) -> None:
    """For its owner and nobody else; and the token with which it was played is nowhere on the disk."""
    clock = FixedClock(NOW)
    jobs = _at(tmp_path, clock)
    playables, _ = jobs.check(SAMPLE, [])
    before = _finished(jobs, jobs.start("anna", playables, "a token of hers"))
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "a token of hers" not in file.read_text(encoding="utf-8")
    again = _at(tmp_path, clock)
    assert [job.told() for job in again.of("anna")] == [before]
    assert again.find("bruno", before["play_id"]) is None
    assert again.of("bruno") == []


def test_what_the_restart_cut_off_says_so(tmp_path: Path) -> None:
    """The one that was being played shows how far it had come, the one that waited that it was not played."""
    go_on, begun = threading.Event(), threading.Event()

    def play(playable: Playable, token: str, say: Say) -> dict[str, Any]:
        for number in range(45):
            say(f"step {number}")
        begun.set()
        go_on.wait(30)
        return played(playable)

    clock = FixedClock(NOW)
    jobs = _at(tmp_path, clock, play)
    playables, _ = jobs.check(SAMPLE, [])
    jobs.start("anna", playables, "t")
    assert begun.wait(30)
    jobs.start("anna", playables, "t")
    kept = tmp_path / "as they were"
    shutil.copytree(tmp_path, kept, ignore=lambda *_: [kept.name])
    go_on.set()
    for _ in range(2):  # once more: what was said then stays said
        waited, playing = sorted(
            (job.told() for job in _at(kept, clock).of("anna")), key=lambda told: len(told["steps"])
        )
        assert {waited["state"], playing["state"]} == {"failed"}
        assert "while it waited" in waited["reason_en"]
        assert "重新启动" in playing["reason_zh"]
        assert (len(waited["steps"]), len(playing["steps"])) == (0, 40)


def test_the_number_of_each_and_the_age_of_all_are_bounded(tmp_path: Path) -> None:
    """Another one's plays push out none of mine."""
    clock = FixedClock(NOW)
    jobs = _at(tmp_path, clock, most=2, age=timedelta(days=3))
    playables, _ = jobs.check(SAMPLE, [])
    mine = [_finished(jobs, jobs.start("anna", playables, "t"))["play_id"] for _ in range(3)]
    for _ in range(3):
        _finished(jobs, jobs.start("bruno", playables, "t"))
    assert [job.job_id for job in jobs.of("anna")] == mine[:0:-1]
    assert jobs.find("anna", mine[0]) is None
    assert len(list(tmp_path.iterdir())) == 4
    clock.move(timedelta(days=3))
    assert len(jobs.of("anna")) == 2
    clock.move(timedelta(seconds=1))
    assert jobs.of("anna") == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"owner": "anna", "told": {"play_id": "x"}}'])
def test_what_is_no_play_any_more_is_left_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    assert _at(tmp_path, FixedClock(NOW)).of("anna") == []
    assert list(tmp_path.iterdir()) == []


# --- over HTTP ----------------------------------------------------------------------------------------------------


def _ask(
    house: Playhouse, path: str, body: Mapping[str, Any], secret: str = "shared"
) -> tuple[int, dict[str, Any]]:
    data = json.dumps(body).encode()
    return house.answer("POST", path, signed(secret, NOW.timestamp(), "POST", path, data), data)


@pytest.fixture
def house(jobs: Jobs) -> Playhouse:
    return Playhouse(jobs, "shared", FixedClock(NOW))


def test_only_who_shares_the_secret_is_answered(house: Playhouse, jobs: Jobs) -> None:
    assert _ask(house, "/player/lists", {"owner": "anna"}, "guessed")[0] == 401
    assert house.answer("POST", "/player/lists", {}, b"{}")[0] == 401
    assert _ask(Playhouse(jobs, "", FixedClock(NOW)), "/player/lists", {}, "")[0] == 401


def test_a_file_is_checked_played_and_found(house: Playhouse, jobs: Jobs) -> None:
    status, checked = _ask(house, "/player/checks", {"content": SAMPLE, "rulebooks": []})
    assert (status, checked["faults"]) == (200, [])
    status, job = _ask(
        house, "/player/plays", {"content": SAMPLE, "rulebooks": [], "owner": "anna", "token": "t"}
    )
    assert status == 202
    found = jobs.find("anna", job["play_id"])
    assert found is not None
    _finished(jobs, found)
    assert _ask(house, "/player/states", {"owner": "anna", "play_id": job["play_id"]})[1]["state"] == "done"
    assert _ask(house, "/player/states", {"owner": "bruno", "play_id": job["play_id"]})[0] == 404
    assert len(_ask(house, "/player/lists", {"owner": "anna"})[1]["plays"]) == 1


def test_a_wrong_file_is_not_played(house: Playhouse, jobs: Jobs) -> None:
    status, told = _ask(
        house, "/player/plays", {"content": "a: [", "rulebooks": [], "owner": "anna", "token": "t"}
    )
    assert status == 422
    assert told["faults"]
    assert jobs.of("anna") == []
    assert _ask(house, "/player/anything", {})[0] == 404


def test_the_funnel_never_grows(jobs: Jobs) -> None:
    playables, _ = jobs.check(SAMPLE, [])
    result = played(playables[0])
    from deploy.decisions.words import Names
    from shared.rulebooks import library

    numbers = [
        step["number"] for step in funnel(result, playables[0], Names.of(result["rulebook"], library()))
    ]
    assert numbers == sorted(numbers, reverse=True)
