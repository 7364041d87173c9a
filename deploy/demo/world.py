"""Plays the script in a stack: all cycles at once, each going on until it needs a later day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deploy.demo import cast, identity
from deploy.demo.city import Person
from deploy.demo.days import Days, Stopped
from deploy.demo.stages import STORIES
from deploy.demo.town import Told, Town
from deploy.local.services import Secrets
from deploy.local.stack import CLOCK
from shared.clock import Clock, TravelledClock

SETTINGS = {  # of the stack
    "ZHIHENG_DEPARTMENTS_FILE": str(cast.HERE / "departments.yaml"),
    "ZHIHENG_PORTAL_SITE": str(cast.HERE / "site.yaml"),
}


@dataclass
class Kept:
    """A running stack of the demo, whose clock comes with all stories' consent."""

    gateway_url: str
    stubs_url: str
    folder: Path
    days: Days
    clock: Clock

    @property
    def secrets(self) -> Secrets:
        return Secrets(self.folder / "secrets")

    def travel(self, to: date) -> None:
        self.days.travel(to)


def first_day() -> date:
    """Where the demo's clock begins."""
    return min(story.opens_on for story in cast.script().stories.values())


def play(gateway_url: str, stubs_url: str, folder: Path, say: Callable[[str], None]) -> Town:
    """The whole script, in a stack whose clock stands at `first_day`. Raises what stops a story."""
    people, script = cast.people(), cast.script()
    clock = TravelledClock(folder / CLOCK)
    days = Days(_Noting(clock, say), len(script.stories))
    town = Town(Kept(gateway_url, stubs_url, folder, days, clock), cast=people, script=script)
    password = (folder / "secrets" / "admin-password").read_text(encoding="utf-8").strip()
    town.people["admin"] = Person(town, "admin", "admin", password, "administrator")
    town.settle()
    failed: list[BaseException] = []
    threads = [
        threading.Thread(target=_tell, args=(town, days, key, say, failed), daemon=True)
        for key in script.stories
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    identity.link(gateway_url, town.known(identity.OFFICER))
    return town


def _tell(town: Town, days: Days, key: str, say: Callable[[str], None], failed: list[BaseException]) -> None:
    """One story in a thread of its own; it ends on the script's last day."""
    began = time.monotonic()
    try:
        STORIES[key](Told.open(town, town.script.stories[key]))
        say(f"{key} 就绪 · is ready ({time.monotonic() - began:.0f} s)")
        days.travel(town.script.today)
    except Stopped:
        days.done(failed=True)
    except BaseException as problem:  # noqa: BLE001 - told to whoever waits, in the thread that plays
        failed.append(problem)
        days.done(failed=True)
    else:
        days.done()


@dataclass
class _Noting:
    """A clock that says where it goes."""

    clock: TravelledClock
    say: Callable[[str], None]

    def today(self) -> date:
        return self.clock.today()

    def travel(self, to: date) -> None:
        self.say(f"演示时钟 · the demo's clock: {to}")
        self.clock.travel(to)
