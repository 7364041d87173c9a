"""One stack for all tests of this folder, with real cycles, not rehearsals, and people with accounts of their own.

A stack takes longer to start than most tests to run. Each test opens a cycle of its own; days go by for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from deploy.demo import city as demo
from deploy.demo.city import Dossier, Person, until
from deploy.local.stack import Stack, StackOptions
from deploy.local.temporary import temporary_folder
from shared.identifiers.uscc import check_character
from tests.support.clamd import FakeClamd
from tests.support.messages import CaptureServer

RULEBOOK = "hangzhou-2025"  # in force, with no end
DAY = date(2025, 9, 1)  # a Monday; the rulebooks are in force, the working days of 2026 are published too
CODES = (first + check_character(first) for first in (f"91330100MA2XY{number:04d}" for number in count()))
# These two departments are asked under one of the rulebooks alone, so the channels disturb nobody else.
CHANNELS = """
departments:
  public_health: {channel: batch}
  food_drug: {channel: clerk}
"""
SETTINGS = {
    "ZHIHENG_DEPARTMENTS_BACKOFF": "0.05",
    # Who is silent in these tests says so at once; nobody is to be silent because the machine is slow.
    "ZHIHENG_DEPARTMENTS_TIMEOUT": "30",
    "ZHIHENG_RPC_TIMEOUT": "30",
    "ZHIHENG_DEPARTMENTS_REMINDERS": "0.001,1000",  # a silent department is reminded after some seconds, and then no more
}


@dataclass
class City(demo.City):
    """The stack of one city, and the people who were given accounts."""

    stack: Stack
    post: CaptureServer | None = None

    def open_cycle(self, rulebook: str = RULEBOOK, *, days: int = 30, **more: Any) -> str:
        """A real cycle of the tests' rulebook, if no other is named."""
        return super().open_cycle(rulebook, days=days, **more)


@contextmanager
def _scanner(folder: Path) -> Iterator[str]:
    """A malware scanner that knows one signature."""
    scanner = FakeClamd("tcp", folder, limit=200_000_000).start()
    try:
        yield scanner.url
    finally:
        scanner.end()


__all__ = ["CODES", "RULEBOOK", "City", "Dossier", "Person", "until"]


@pytest.fixture(scope="package")
def city() -> Iterator[City]:
    with temporary_folder("test") as folder, _scanner(folder) as url, CaptureServer() as post:
        channels = Path(folder, "departments.yaml")
        channels.write_text(CHANNELS, encoding="utf-8")
        mail = {"ZHIHENG_MAIL_HOST": "127.0.0.1", "ZHIHENG_MAIL_PORT": str(post.port)}
        mail |= {"ZHIHENG_MAIL_SECURITY": "none", "ZHIHENG_MAIL_FROM": "award@example.org"}
        extra = {**SETTINGS, **mail, "ZHIHENG_SCANNER_URL": url, "ZHIHENG_DEPARTMENTS_FILE": str(channels)}
        with Stack(folder / "stack", StackOptions(travels=DAY, extra=extra)) as stack:
            city = City(stack, post=post)
            city.people["admin"] = Person(city, "admin", "admin", stack.admin_password, "admin")
            yield city


@pytest.fixture
def cycle(city: City) -> str:
    """A cycle of this test's own."""
    return city.open_cycle()
