"""The travelled clock: whoever reads its file is on the same day at once, and nobody is where it is broken."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from shared.clock import SHANGHAI, SystemClock, TravelledClock, open_clock
from shared.config import ConfigurationError, Settings

pytestmark = pytest.mark.unit

DAY = date(2026, 3, 2)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def _offset(clock: TravelledClock) -> timedelta:
    """How far a clock is from the machine's, to the second: one is read between two readings of the other."""
    before, now, after = SystemClock().now(), clock.now(), SystemClock().now()
    least, most = now - after, now - before
    return timedelta(seconds=round(((least + most) / 2).total_seconds()))


def test_without_a_file_it_is_the_machines(file: Path) -> None:
    """A missing file is no offset."""
    before, now, after = SystemClock().now(), TravelledClock(file).now(), SystemClock().now()
    assert before <= now <= after


def test_a_file_moves_every_clock_that_reads_it(file: Path) -> None:
    """While they run, by what stands in it, to and fro, and back to the machine's when it goes."""
    one, other = TravelledClock(file), TravelledClock(file)
    for seconds in (86400, -86400, 0, 5):
        beside = file.with_name("beside")
        beside.write_text(f"{seconds}\n")
        beside.replace(file)
        assert _offset(one) == _offset(other) == timedelta(seconds=seconds)
    file.unlink()
    assert _offset(one) == timedelta(0)


def test_a_file_of_the_same_length_and_time_that_replaced_another_is_seen(file: Path) -> None:
    """Two moves may fall into one tick of the file system's clock."""
    clock = TravelledClock(file)
    for seconds in (100, 200):
        beside = file.with_name("beside")
        beside.write_text(f"{seconds}\n")
        os.utime(beside, ns=(1, 1))
        beside.replace(file)
        assert _offset(clock) == timedelta(seconds=seconds)


def test_a_day_begins_at_nine_for_everybody(file: Path) -> None:
    """Aware, in Asia/Shanghai, far from midnight; the day before the machine's own is a day as well."""
    clock, other = TravelledClock(file), TravelledClock(file)
    for day in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=400)):
        clock.travel(day)
        assert other.today() == clock.today() == day
        assert (other.now().hour, other.now().tzinfo) == (9, SHANGHAI)


def test_a_clock_that_runs_is_never_set_back(file: Path) -> None:
    """Ids and audit logs go by time; neither the same day again nor an earlier one."""
    clock = TravelledClock(file)
    clock.travel(DAY)
    for day in (DAY, DAY - timedelta(days=1)):
        with pytest.raises(ValueError, match="never set back"):
            clock.travel(day)
    assert clock.today() == DAY


@pytest.mark.parametrize("content", ["", "soon", "1.5", "1 2", "99999999999", "2026-03-02", "１"])
def test_what_is_no_offset_is_a_clear_error(file: Path, content: str) -> None:
    """At the start of a process and in one that runs: a clock that guesses would put a wrong day under a decision."""
    clock = TravelledClock(file)
    clock.now()
    file.write_text(content, encoding="utf-8")
    settings = Settings(environment="test", clock_file=str(file))
    for asked in (clock.now, clock.today, lambda: open_clock(settings)):
        with pytest.raises(ConfigurationError, match=f"ZHIHENG_CLOCK_FILE.*{file.name}"):
            asked()


def test_a_process_opens_the_clock_of_its_settings(file: Path) -> None:
    """The machine's where nothing is said."""
    assert isinstance(open_clock(Settings()), SystemClock)
    TravelledClock(file).travel(DAY)
    assert open_clock(Settings(environment="rehearsal", clock_file=str(file))).today() == DAY


def test_production_refuses_it(file: Path) -> None:
    """Nobody drives the clock under a real award, whether or not there is a file."""
    environment = {"ZHIHENG_ENVIRONMENT": "production", "ZHIHENG_CLOCK_FILE": str(file)}
    with pytest.raises(ConfigurationError, match=r"ZHIHENG_CLOCK_FILE.*production"):
        Settings.from_env(environment)
    del environment["ZHIHENG_ENVIRONMENT"]
    with pytest.raises(ConfigurationError, match=r"ZHIHENG_CLOCK_FILE.*production"):
        Settings.from_env(environment)
