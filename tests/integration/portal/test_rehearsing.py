"""Rehearsals in the browser, through a player that answers over real HTTP: checked, played, watched, compared."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.rehearsal.checked import Playable
from deploy.rehearsal.jobs import Jobs, Say
from deploy.rehearsal.serving import Playhouse
from deploy.stubs.server import Departments, Server
from deploy.stubs.worlds import Worlds
from shared.clock import SystemClock
from tests.support.browsing import Visitor
from tests.support.gateway import Bench, InProcess, make_bench
from tests.unit.rehearsal.test_jobs import SAMPLE, played

SECRET = "between the two"


class Stage:
    """What the player does in these tests: it plays at once, or waits until it is let go on."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, playable: Playable, token: str, say: Say) -> dict[str, Any]:
        self.tokens.append(token)
        say("opening <b>")
        self.go_on.wait(30)
        return played(playable)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def jobs(stage: Stage) -> Jobs:
    return Jobs(stage)


@pytest.fixture
def player(jobs: Jobs) -> Iterator[str]:
    clock = SystemClock()
    house = Playhouse(jobs, SECRET, clock)
    with Server(("127.0.0.1", 0), Departments(Worlds(None), clock, "departments"), house.answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def bench(tmp_path: Path, player: str) -> Bench:
    return make_bench(tmp_path, InProcess(), player_url=player, player_secret=SECRET)


@pytest.fixture
def rehearser(bench: Bench) -> Visitor:
    return Visitor(bench, "rehearser")


def _wait(jobs: Jobs, address: str) -> None:
    job, pause = jobs._jobs[address.rpartition("/")[2]], threading.Event()
    while job.state in {"waiting", "playing"}:
        pause.wait(0.01)


def test_a_file_is_checked_line_by_line_and_kept(rehearser: Visitor, stage: Stage) -> None:
    wrong = SAMPLE.replace("scenario:", "scenario: x\nscenario:", 1)
    shown = rehearser.fill(rehearser.open("/rehearsals"), content=wrong, act="play")
    assert shown.status == 422
    assert 'href="#f-content"' in shown.text
    assert "文件中的错误" in shown.words
    assert wrong.splitlines()[-1].strip() in shown.text.replace("&#34;", '"').replace("&#39;", "'")
    assert stage.tokens == []
    good = rehearser.fill(rehearser.open("/rehearsals"), content=SAMPLE, act="check")
    assert "可以演练" in good.words
    assert stage.tokens == []


def test_a_file_is_uploaded_played_and_watched(rehearser: Visitor, stage: Stage, jobs: Jobs) -> None:
    stage.go_on.clear()
    sent = rehearser.fill(
        rehearser.open("/rehearsals"), file=(io.BytesIO(SAMPLE.encode()), "a.yaml"), act="play"
    )
    assert sent.status == 303, sent.words
    address = sent.response.headers["Location"]
    watched = rehearser.follow(sent)
    assert 'data-state="done"' not in watched.text
    assert "<b>" not in watched.text
    stage.go_on.set()
    _wait(jobs, address)
    done = rehearser.open(address)
    assert 'data-state="done"' in done.text
    assert "各阶段的申报数" in done.words
    assert "50 万元" in done.words
    assert "<svg" in done.text
    assert address in rehearser.open("/rehearsals").links


def test_two_rulebooks_are_compared(rehearser: Visitor, jobs: Jobs) -> None:
    from shared.rulebooks import library

    own = jobs.check(SAMPLE, [])[0][0].rulebook.id
    other = next(
        name for name in sorted(library().ids()) if name != own and not jobs.check(SAMPLE, [own, name])[1]
    )  # fmt: skip
    page = rehearser.open("/rehearsals")
    refused = rehearser.fill(page, content=SAMPLE, first=own, second=own, act="play")
    assert 'href="#f-second"' in refused.text
    sent = rehearser.fill(page, content=SAMPLE, first=own, second=other, act="play")
    address = sent.response.headers["Location"]
    _wait(jobs, address)
    shown = rehearser.open(address)
    assert "谁的结果不同" in shown.words, shown.words
    assert library().get(own).title.zh in shown.words
    assert library().get(other).title.zh in shown.words


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"content": ""}, "content"), ({"content": "长" * 100_001}, "content"), ({"content": "x", "first": "no-such"}, "first"),
        ({"content": "\u202e\U0001f600: [", "act": "play"}, "content"), ({"content": "<script>: [", "act": "check"}, "content"),
    ],
)  # fmt: skip
def test_what_is_no_file_stands_at_its_field(rehearser: Visitor, given: dict[str, str], field: str) -> None:
    shown = rehearser.fill(rehearser.open("/rehearsals"), **given)
    assert shown.status == 422
    assert f'href="#f-{field}"' in shown.text
    assert "<script>:" not in shown.text


def test_bytes_that_are_no_text_are_refused(rehearser: Visitor) -> None:
    page = rehearser.open("/rehearsals")
    shown = rehearser.fill(page, file=(io.BytesIO(b"\xff\xfe\x00"), "a.yaml"), act="check")
    assert 'href="#f-file"' in shown.text


def test_it_plays_with_a_token_of_its_own(rehearser: Visitor, bench: Bench, stage: Stage, jobs: Jobs) -> None:
    """Not with the browser's: what ends there does not end the play, and the account's rights are all that it has."""
    sent = rehearser.fill(rehearser.open("/rehearsals"), content=SAMPLE, act="play")
    _wait(jobs, sent.response.headers["Location"])
    (token,) = stage.tokens
    assert "rehearser" in bench.identity.session(token).roles


def test_another_ones_play_does_not_exist(rehearser: Visitor, bench: Bench, jobs: Jobs) -> None:
    playables, _ = jobs.check(SAMPLE, [])
    other = jobs.start("somebody else", playables, "t")
    assert rehearser.open(f"/rehearsals/{other.job_id}").status == 404
    assert other.job_id not in rehearser.open("/rehearsals").text
    assert Visitor(bench, "award_office").open("/rehearsals").status == 404


def test_without_a_player_the_page_says_so(tmp_path: Path) -> None:
    bench = make_bench(tmp_path, InProcess(), player_url="http://127.0.0.1:9", player_secret=SECRET)
    rehearser = Visitor(bench, "rehearser")
    page = rehearser.open("/rehearsals")
    assert "暂时取不到" in page.words
    shown = rehearser.fill(page, content=SAMPLE, act="play")
    assert (shown.status, "演练程序暂时不能用" in shown.words) == (503, True)
    assert "scenario:" in shown.text
