"""联系表 on both databases: who is named, kept encrypted, in nobody's dossier, told to the office alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from services.intake import applications, contacts, drafts, lists, submissions
from shared.contracts import dump, operation
from shared.problems import Conflict, NotFound
from tests.integration.intake.desk import APPLICANT, CODE, OFFICE, RealDesk
from tests.support.intake import OTHER_CODE, asked, listing

pytestmark = pytest.mark.integration

NAME, PHONE, MAIL = "陈晨", "021-5555 0100", "chen@example.org"
NAMED = {"contact_name": NAME, "contact_phone": PHONE, "contact_email": MAIL}


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def _contacts(desk: RealDesk, **filters: Any) -> dict[str, Any]:
    """The reply as it goes over the wire."""
    with desk.work(OFFICE, "li") as work:
        found = contacts.listed(work, asked("contacts", cycle_id=desk.cycle, **filters))
    return dump(operation("intake", "contacts").reply(), found)


def _accepted(desk: RealDesk, who: str = "anna", code: str = CODE, **named: str) -> str:
    application = desk.drafted(who, uscc=code)
    if named:
        desk.save(application, 1, who, **named)
    desk.accept(application, desk.hand_in(application, who)["receipt"])
    return application


def test_the_office_reads_whom_to_ring_up(desk: RealDesk) -> None:
    application = _accepted(desk, **NAMED)
    other = _accepted(desk, "ben", OTHER_CODE)
    told = {line["application_id"]: line for line in _contacts(desk)["contacts"]}
    assert {name: told[application][name] for name in NAMED} == NAMED
    assert {told[other][name] for name in NAMED} == {None}  # nobody was named, and that keeps nobody out


OTHER = {"contact_name": "赵敏", "contact_phone": "13800000000", "contact_email": None}


def _change(desk: RealDesk, application: str, who: str = "anna", **given: Any) -> dict[str, Any]:
    with desk.work(APPLICANT, who) as work:
        found = contacts.replace(
            work, asked("change_contact", application_id=application, **{**OTHER, **given})
        )
    return dump(operation("intake", "change_contact").reply(), found)


def test_after_the_submission_the_contact_alone_is_changed(desk: RealDesk) -> None:
    """The frozen dossier and its digest stay; the office sees who it was before and after; the list tells the new one."""
    application = _accepted(desk, **NAMED)
    with desk.work(OFFICE, "li") as work:
        before = submissions.receipt(work, {"application_id": application})
    told = _change(desk, application)
    assert {name: told[name] for name in OTHER} == OTHER
    with desk.work(OFFICE, "li") as work:
        assert submissions.receipt(work, {"application_id": application}) == before
        seen = contacts.of(work, {"application_id": application})
    (change,) = seen["changes"]
    assert (change["before"], change["after"], change["by"]) == (NAMED, OTHER, "anna")
    assert {line["contact_name"] for line in _contacts(desk)["contacts"]} == {"赵敏"}
    with desk.store.reading() as connection:
        raw = connection.execute(text("SELECT contact_changes FROM applications")).scalar_one()
        assert NAME not in raw
        audited = connection.execute(text("SELECT action FROM audit")).scalars().all()
    assert audited.count("contact:changed") == 1
    _change(desk, application)  # the same again is no change
    with desk.work(OFFICE, "li") as work:
        assert len(contacts.of(work, {"application_id": application})["changes"]) == 1


def test_a_contact_is_changed_by_those_on_the_dossier_and_not_in_a_draft(desk: RealDesk) -> None:
    application = _accepted(desk, **NAMED)
    with pytest.raises(NotFound):
        _change(desk, application, "ben")
    draft = desk.drafted("ben", uscc=OTHER_CODE)
    with pytest.raises(Conflict, match="draft"):
        _change(desk, draft, "ben")
    with desk.work(APPLICANT, "ben") as work, pytest.raises(NotFound):
        contacts.of(work, {"application_id": application})


def test_the_filter_is_that_of_the_list_and_a_walk_meets_each_once(desk: RealDesk) -> None:
    named = {_accepted(desk, **NAMED), _accepted(desk, "ben", OTHER_CODE, **NAMED)}
    draft = desk.drafted("cora", uscc=None)
    assert [line["application_id"] for line in _contacts(desk, status="draft")["contacts"]] == [draft]
    seen, after = [], "start"
    while after is not None:
        with desk.work(OFFICE, "li") as work:
            page = contacts.listed(work, asked("contacts", cycle_id=desk.cycle, after=after) | {"size": 1})
        seen += [line["application_id"] for line in page["contacts"]]
        after = page["next"]
    assert sorted(seen) == sorted({*named, draft})


def test_it_is_stored_encrypted_and_stands_in_nothing_that_is_handed_on(desk: RealDesk) -> None:
    """Neither in the dossier that reviewers read, nor in an event, the audit log or a list."""
    application = _accepted(desk, **NAMED)
    with desk.store.engine.connect() as connection:
        (stored,) = connection.execute(
            text("SELECT contact_name, contact_phone, contact_email FROM applications")
        )
    assert not set(stored) & {NAME, PHONE, MAIL}
    with desk.work(OFFICE, "li") as work:
        told = [
            submissions.receipt(work, {"application_id": application}),
            applications.one(work, {"application_id": application}),
            lists.listed(work, listing(desk.cycle)),
            *desk.told("application.accepted"),
            [tuple(row) for row in work.session.execute(text("SELECT * FROM audit"))],
        ]
    assert not [secret for secret in (NAME, PHONE, MAIL) if secret in str(told)]


def test_the_applicant_reads_what_it_wrote_and_what_is_no_number_is_named(desk: RealDesk) -> None:
    draft = desk.drafted()
    desk.save(draft, 1, contact_phone="面谈", contact_email="chen", contact_name=NAME)
    with desk.work(APPLICANT, "anna") as work:
        shown = drafts.one(work, {"application_id": draft})
    assert {fault["field"] for fault in shown["faults"]} == {"contact_phone", "contact_email"}
    assert shown["parts"]["contact_name"] == NAME
    assert shown["parts"]["contact_phone"] == "面谈"


def test_an_error_does_not_repeat_it(desk: RealDesk) -> None:
    """Changed by a colleague meanwhile: that it was is said, not what it is."""
    draft = desk.drafted()
    desk.save(draft, 1, contact_phone=PHONE)
    with pytest.raises(Conflict) as refused:
        desk.save(draft, 1, contact_phone="13800000000")
    assert PHONE not in str(refused.value.as_dict())
