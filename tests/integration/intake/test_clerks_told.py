"""What departments are told of their open enquiries by the clock, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.intake import clerks, reminders
from services.intake.departments.port import DepartmentSilent, Posted
from tests.integration.intake.test_department_records import CODE, TERMS, Office, Scripted
from tests.support.treasury import MovingClock

pytestmark = pytest.mark.integration


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    made.desk.store.clock = MovingClock(made.desk.store.clock.now().replace(hour=10))
    yield made
    made.desk.close()


def look(office: Office, hour: int = 9) -> list[tuple[str, str, int]]:
    """The clock's turn; what was told by it."""
    before = len(office.desk.told("task.waiting"))
    with office.desk.work() as work:
        clerks.tell(work, (1,), hour)
    return [(each["unit"], each["kind"], each["count"]) for each in office.desk.told("task.waiting")[before:]]


def test_a_department_hears_of_all_its_enquiries_together_once_a_day(office: Office) -> None:
    """Not in the night; of those that a machine answers nothing until they went unanswered; nothing twice."""
    clock: Any = office.desk.store.clock
    people, machine = office.departments[:2]
    office.apply("a1")
    office.apply("a2", "91310105MAXY500219")
    for application in ("a1", "a2"):
        office.ask(Scripted(Posted(), channel="clerk"), people, application=application)
    assert look(office, hour=11) == []
    assert look(office) == [(people, "enquiries_waiting", 2)]
    assert look(office) == []
    office.ask(Scripted(DepartmentSilent("out of order")), machine, application="a1")
    clock.move(days=1)
    assert look(office) == [(machine, "enquiries_silent", 1)]
    clock.move(days=TERMS.reply.days - 2)
    assert look(office) == [(people, "enquiries_due", 2)]
    (told,) = [each for each in office.desk.told("task.waiting") if each["kind"] == "enquiries_due"]
    assert told["due_on"] == clock.today() + timedelta(days=1)
    assert not [word for word in (CODE, "示例公司") if word in str(told)]
    clock.move(days=2)
    with office.desk.work() as work:
        reminders.chase(work, TERMS)
    assert (people, "enquiries_silent", 2) in look(office)
    assert office.desk.actions().count("clerks:told") == len(office.desk.told("task.waiting"))
