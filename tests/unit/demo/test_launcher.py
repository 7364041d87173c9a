"""What the launcher does with a demo: a stack of its own kind, in a folder of its own, ended by `down`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from deploy.demo import accounts, world
from deploy.local import state
from deploy.local.commands import demo
from deploy.local.processes import NotStarted
from deploy.local.stack import CLOCK, DEMO_MARK
from deploy.local.supervisor import options_from
from shared.clock import TravelledClock

pytestmark = pytest.mark.unit


def test_the_supervisor_reads_the_day_on_which_the_clock_begins() -> None:
    """It comes as text; a stack that does not travel has none."""
    text = json.dumps({"demo": True, "travels": world.first_day().isoformat(), "extra": world.SETTINGS})
    options = options_from(text)
    assert (options.demo, options.travels) == (True, world.first_day())
    assert options_from("{}").travels is None
    assert Path(world.SETTINGS["ZHIHENG_DEPARTMENTS_FILE"]).is_file()


def test_the_clock_begins_with_the_first_cycle_and_ends_later() -> None:
    """No story has to wait for a day that is over."""
    assert isinstance(world.first_day(), date)
    assert world.first_day() < world.cast.script().today


@pytest.mark.parametrize(
    ("named", "up", "kept", "expected"),
    [
        ("", False, False, "default"),
        ("", False, True, "demo"),
        ("", True, True, "default"),
        ("other", False, True, "other"),
    ],
)
def test_a_kept_demo_is_meant_where_nothing_else_runs_or_is_named(
    named: str, up: bool, kept: bool, expected: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`down` ends a stack for real use first, and never a demo in its place when one is named."""
    monkeypatch.setenv("ZHIHENG_HOME", str(tmp_path))
    monkeypatch.setenv("ZHIHENG_STACK", named)
    runs = {"default": up, "demo": kept}
    monkeypatch.setattr(state, "running", lambda folder: object() if runs.get(folder.name) else None)
    assert state.present_folder() == tmp_path / "data" / expected


def test_only_a_demo_is_cleared_away(tmp_path: Path) -> None:
    """What lies in the folder and bears no mark is left alone."""
    folder = tmp_path / "demo"
    demo._clear(folder)
    folder.mkdir()
    (folder / "secrets").mkdir()
    with pytest.raises(NotStarted, match="no demo"):
        demo._clear(folder)
    assert folder.exists()
    (folder / DEMO_MARK).touch()
    demo._clear(folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("runs", "kept", "said"),
    [(True, False, "half made"), (False, True, "no demo is kept"), (False, False, "no demo is kept")],
)
def test_what_is_not_there_is_said(
    runs: bool,
    kept: bool,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A demo that is being made has no accounts yet; one that was ended has no address."""
    monkeypatch.setattr(state, "running", lambda folder: object() if runs else None)
    if kept:
        accounts.keep(tmp_path, {"office": "word"})
    assert demo._show(tmp_path) == demo.FAILED
    assert said in capsys.readouterr().err


def test_the_clock_of_a_kept_demo_goes_forward_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And only while one is kept: no other stack's clock is ever moved."""
    (tmp_path / DEMO_MARK).touch()
    monkeypatch.setattr(state, "running", lambda _: None)
    assert demo._travel(tmp_path, date(2099, 4, 1)) != 0
    monkeypatch.setattr(state, "running", lambda _: object())
    assert demo._travel(tmp_path, date(2099, 4, 1)) == 0
    assert TravelledClock(tmp_path / CLOCK).today() == date(2099, 4, 1)
    assert demo._travel(tmp_path, date(2099, 3, 31)) != 0
    assert "2099-04-01" in capsys.readouterr().err
    (tmp_path / DEMO_MARK).unlink()
    assert demo._travel(tmp_path, date(2099, 5, 1)) != 0
