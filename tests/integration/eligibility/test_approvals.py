"""The government's approval on both databases: which notice waits for it, and which does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest

from services.eligibility import approvals, models
from services.eligibility.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import load
from shared.contracts.events import AwardApproved
from shared.problems import Conflict, Transient
from shared.rulebooks import library
from tests.support.notices import approved
from tests.support.rooms import CYCLE, Room

pytestmark = pytest.mark.integration

AFTER, BEFORE = library().get("hangzhou-2025"), library().get("changning-2023")
POSTED, LAST, OVER = date(2026, 6, 29), date(2026, 7, 3), date(2026, 7, 4)


@contextmanager
def room(url: str, book: Any, *, rehearsal: bool = False) -> Iterator[Room]:
    """A cycle whose winners have come to the last notice, on the day of its posting."""
    made = Room("eligibility", url, conductor, rulebook=book, rehearsal=rehearsal, year=2026)
    made.desk.store.clock = _at(POSTED)
    made.accept("a1", 1)
    level, track = book.levels[0].name, book.tracks[0].name
    for stage in book.stages:
        if stage.key == "notice:award":
            break
        made.hand_over(stage.key, date(2026, 6, 26), ["a1"], {"a1": {"level": level, "track": track}})
    with made.desk.work() as work:
        cycle = conductor.cycle(work, CYCLE)
        approved(
            work,
            cycle,
            conductor.own_stage(cycle, "notice:award"),
            conductor.entrants(work, CYCLE, "notice:award"),
        )
    made.begin("notice:award", POSTED if rehearsal else None)
    try:
        yield made
    finally:
        made.desk.close()


def _at(day: date) -> FixedClock:
    return FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))


def _approve(made: Room, **changes: Any) -> None:
    data = load(AwardApproved(), {**AwardApproved.EXAMPLE, "cycle_id": CYCLE, **changes})
    with made.desk.work() as work:
        approvals.heard(work, conductor, data)


def _waiting(made: Room) -> list[str]:
    found: list[str] = made.ask("stage", conductor.stage, {"stage": "notice:award"})["waiting_for"]
    return found


def test_the_last_notice_waits_where_approval_follows_it(database_url: str) -> None:
    """It does not close when its days are over without; with the document it does, and the award is conferred."""
    with room(database_url, AFTER) as made:
        made.desk.store.clock = _at(OVER)
        assert ["批准" in each for each in _waiting(made)] == [True]
        with pytest.raises(Conflict, match="approval"):
            made.close("notice:award", None)
        _approve(made, when="after_notice", approved_on=LAST.isoformat())
        assert ["批准" in each for each in _waiting(made)] == [True]
        _approve(made, when="after_notice", approved_on=OVER.isoformat())
        _approve(made, when="after_notice", approved_on=LAST.isoformat())  # told late
        assert _waiting(made) == []
        assert made.close("notice:award", None)["state"] == "closed"
        with made.desk.store.read() as work:
            kept = approvals.of(work, CYCLE)
        assert kept is not None
        assert (kept.document_number, kept.approved_on) == ("府函〔2025〕12号", OVER)


def test_a_list_of_nobody_is_approved_by_nobody(database_url: str) -> None:
    """Everybody on it had an objection upheld."""
    with room(database_url, AFTER) as made:
        objection = {
            "id": "o1", "cycle_id": CYCLE, "notice": "award", "application_id": "a1", "source": "office", "ground": "other",
            "evidence": True, "papers": [], "state": "confirmed", "ruling": "upheld", "reason_zh": "", "reason_en": "",
            "raised_on": POSTED, "since": POSTED,
        }  # fmt: skip
        with made.desk.work() as work:
            work.session.execute(models.objections.insert().values(**objection))
        made.desk.store.clock = _at(OVER)
        assert _waiting(made) == []
        assert made.close("notice:award", None)["state"] == "closed"
        assert made.closings("notice:award")[0]["a1"]["status"] == "objection_upheld"


def test_where_approval_came_before_the_notice_it_waits_for_none(database_url: str) -> None:
    """The committee's stage waited."""
    with room(database_url, BEFORE) as made:
        made.desk.store.clock = _at(OVER)
        assert _waiting(made) == []


def test_a_rehearsal_waits_for_no_approval(database_url: str) -> None:
    """Its file knows none."""
    with room(database_url, AFTER, rehearsal=True) as made:
        assert made.close("notice:award", LAST)["state"] == "closed"


def test_an_approval_that_overtakes_its_cycle_comes_back(database_url: str) -> None:
    """The bus tries it again."""
    with room(database_url, AFTER) as made, pytest.raises(Transient):
        _approve(made, cycle_id="not-here-yet")


@pytest.mark.parametrize("book", [AFTER, BEFORE, library().get("shenzhen-2023")], ids=lambda b: b.id)
def test_the_notice_of_winners_is_the_last_one(book: Any) -> None:
    """Of several, too."""
    assert book.last_notice == "notice:award"
