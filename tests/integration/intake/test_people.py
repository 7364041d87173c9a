"""Several people on one dossier, on both databases: who may what, and nobody else anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.intake import applications, checking, drafts, lists, people, submissions
from shared.problems import Conflict, Forbidden, NotFound
from shared.store import Work
from tests.integration.intake.desk import APPLICANT, RealDesk
from tests.support.intake import listing

pytestmark = pytest.mark.integration

Act = Callable[[Work, dict[str, Any]], Any]


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def _people(desk: RealDesk, application: str, who: str = "anna") -> dict[str, str]:
    with desk.work(APPLICANT, who) as work:
        found = people.listed(work, {"application_id": application})["people"]
    return {person["subject"]: person["role"] for person in found}


def _set(desk: RealDesk, application: str, subject: str, role: str | None, who: str = "anna") -> None:
    with desk.work(APPLICANT, who) as work:
        people.set_person(work, {"application_id": application, "subject": subject, "role": role})


def _invite(desk: RealDesk, application: str, who: str = "anna") -> str:
    with desk.work(APPLICANT, who) as work:
        return str(people.invite(work, {"application_id": application, "role": "editor"}, days=7)["code"])


def _join(desk: RealDesk, code: str, who: str) -> dict[str, Any]:
    with desk.work(APPLICANT, who) as work:
        return people.join(work, {"code": code})


def test_a_code_lets_one_person_in_once(desk: RealDesk) -> None:
    """Used, expired and made-up codes get one answer; the code itself is kept nowhere."""
    application = desk.drafted()
    code = _invite(desk, application)
    assert _join(desk, code, "ben")["application_id"] == application
    assert _people(desk, application) == {"anna": "lead", "ben": "editor"}
    old = _invite(desk, application)
    desk.clock.move(timedelta(days=8))
    for wrong in (code, old, "x" * 43):
        with pytest.raises(NotFound) as refused:
            _join(desk, wrong, "carl")
        assert refused.value.code == "no_such_invitation"
    with pytest.raises(Conflict):
        _join(desk, _invite(desk, application), "ben")


def test_the_last_day_of_a_code_counts(desk: RealDesk) -> None:
    application = desk.drafted()
    code = _invite(desk, application)
    desk.clock.move(timedelta(days=7))
    assert _join(desk, code, "ben")["application_id"] == application


def test_only_the_lead_hands_in_invites_and_takes_back(desk: RealDesk) -> None:
    """An editor writes; the decisions of the applicant are the lead's."""
    application = desk.drafted()
    desk.joined(application, "ben")
    for act in (desk.hand_in, desk.withdraw):
        with pytest.raises(Forbidden):
            act(application, "ben")
    with pytest.raises(Forbidden):
        _invite(desk, application, "ben")
    with pytest.raises(Forbidden):
        _set(desk, application, "anna", "reader", "ben")


def test_the_lead_is_handed_over_and_there_is_always_one(desk: RealDesk) -> None:
    """Whoever leads cannot simply leave; handing the lead over makes the old lead an editor."""
    application = desk.drafted()
    desk.joined(application, "ben")
    for role in ("editor", "reader", None):
        with pytest.raises(Conflict) as refused:
            _set(desk, application, "anna", role)
        assert refused.value.code == "last_lead"
    _set(desk, application, "ben", "lead")
    assert _people(desk, application) == {"ben": "lead", "anna": "editor"}
    _set(desk, application, "anna", None, "ben")
    with pytest.raises(NotFound):
        _people(desk, application, "anna")
    with pytest.raises(NotFound):
        _set(desk, application, "nobody", "reader", "ben")


ACTS: dict[str, Act] = {
    "application": applications.one,
    "draft": drafts.one,
    "check": checking.check,
    "receipt": submissions.receipt,
    "people": people.listed,
    "submit": applications.submit,
    "withdraw": applications.withdraw,
    "save": lambda work, data: drafts.save(work, data | {"revision": 1, "parts": {"facts.region": "x"}}),
    "invite": lambda work, data: people.invite(work, data | {"role": "editor"}, days=7),
    "set": lambda work, data: people.set_person(work, data | {"subject": "anna", "role": None}),
}


@pytest.mark.parametrize("name", ACTS)
def test_of_two_worlds_that_are_twins_each_sees_its_own(desk: RealDesk, name: str) -> None:
    """The same company's name, code and facts at two owners: the other's is not there, by no way in, and is in no list."""
    desk.drafted("anna")
    his = desk.drafted("ben")
    with pytest.raises(NotFound) as other, desk.work(APPLICANT, "anna") as work:
        ACTS[name](work, {"application_id": his})
    with pytest.raises(NotFound) as unknown, desk.work(APPLICANT, "anna") as work:
        ACTS[name](work, {"application_id": "0" * 32})
    assert other.value.as_dict() == unknown.value.as_dict()
    with desk.work(APPLICANT, "anna") as work:
        assert len(lists.listed(work, listing(desk.cycle))["applications"]) == 1
