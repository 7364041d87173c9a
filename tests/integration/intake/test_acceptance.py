"""签收与补正 on both databases: nothing goes on unsigned, a correction is asked for once, both versions are kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from services.intake import applications, lists, submissions
from services.intake.statuses import Status
from shared.calendar import CalendarNotPublished
from shared.clock import SHANGHAI
from shared.problems import Conflict, Invalid
from tests.integration.intake.desk import AFTER, APPLICANT, CLOSES, CODE, OFFICE, OPENS, RealDesk
from tests.support.intake import listing

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def _receipt(desk: RealDesk, application: str) -> dict[str, Any]:
    with desk.work(APPLICANT, "anna") as work:
        return submissions.receipt(work, {"application_id": application})


def test_nothing_goes_on_before_the_office_has_signed(desk: RealDesk) -> None:
    """Handed in is not accepted: no dossier is published and no department asked until an officer signs by name."""
    application = desk.drafted()
    line = desk.hand_in(application)
    assert (line["status"], line["submitted_on"]) == ("submitted", OPENS)
    assert desk.told("application.accepted") == desk.told("enquiry.raised") == []
    accepted = desk.accept(application, line["receipt"])
    assert accepted["status"] == "in_progress"
    (told,) = desk.told("application.accepted")
    assert told["dossier_digest"] == line["receipt"]
    assert desk.told("enquiry.raised")
    receipt = _receipt(desk, application)
    assert (receipt["accepted"], receipt["accepted_by"]) == (1, "li")


def test_an_applicant_is_not_told_how_many_were_before_it(desk: RealDesk) -> None:
    """Its number in the order of submission is the office's: in no answer, no receipt, no list, and not to be searched for."""
    desk.hand_in(desk.drafted("ben", uscc="91310105MA1K300034"), "ben")
    application = desk.drafted()
    assert desk.hand_in(application)["sequence"] is None
    assert _receipt(desk, application)["sequence"] is None
    with desk.work(APPLICANT, "anna") as work:
        (mine,) = lists.listed(work, listing(desk.cycle))["applications"]
        assert lists.listed(work, listing(desk.cycle, q="2"))["total"] == 0
    assert mine["sequence"] is None
    with desk.work(OFFICE) as work:
        (found,) = lists.listed(work, listing(desk.cycle, q="2"))["applications"]
    assert (found["application_id"], found["sequence"]) == (application, 2)


def test_an_officer_signs_for_what_stands_only(desk: RealDesk) -> None:
    """The signature names a digest; one of anything else is refused and changes nothing."""
    application = desk.drafted()
    desk.hand_in(application)
    with pytest.raises(Conflict) as refused:
        desk.accept(application, "sha256:" + "0" * 64)
    assert refused.value.code == "other_version"
    assert desk.told("application.accepted") == []


def test_the_receipt_can_be_recomputed_by_anybody(desk: RealDesk) -> None:
    """SHA-256 over the dossier as JSON with sorted keys, no spaces, UTF-8: what docs/api.md says."""
    application = desk.drafted()
    digest = desk.hand_in(application)["receipt"]
    (version,) = _receipt(desk, application)["submissions"]
    written = json.dumps(version["dossier"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert digest == version["digest"] == "sha256:" + hashlib.sha256(written.encode()).hexdigest()
    assert version["submitted_by"] == "anna"


def test_a_return_names_what_is_to_be_mended_and_nothing_else_can_be(desk: RealDesk) -> None:
    """The applicant mends what was named, hands it in again in time, and both versions are kept."""
    application = desk.drafted()
    first = desk.hand_in(application)["receipt"]
    line = desk.send_back(application, "facts.region")
    assert (line["status"], line["correction_due_on"]) == ("returned", date(2025, 5, 19))
    with pytest.raises(Conflict) as refused:
        desk.save(application, 1, facts__region="上海市长宁区新泾镇", name="另一家公司")
    assert [error.field for error in refused.value.errors] == ["name"]
    desk.save(application, 1, facts__region="上海市长宁区新泾镇")
    desk.day(date(2025, 5, 19))
    again = desk.hand_in(application)
    assert (again["status"], again["submitted_on"]) == ("submitted", OPENS)
    assert again["receipt"] != first
    desk.accept(application, again["receipt"])
    receipt = _receipt(desk, application)
    assert [version["digest"] for version in receipt["submissions"]] == [first, again["receipt"]]
    assert receipt["accepted"] == 2
    (told,) = desk.told("application.accepted")
    assert told["dossier"]["facts"]["region"] == "上海市长宁区新泾镇"
    assert told["dossier"]["submitted_on"] == OPENS


def test_of_two_officers_at_one_moment_the_second_is_told(desk: RealDesk) -> None:
    """One signs for a dossier while another returns it: one succeeds, the other is refused, and nothing of his is left."""
    dossiers = [desk.drafted(f"applicant-{turn}") for turn in range(6)]
    digests = [desk.hand_in(each, f"applicant-{turn}")["receipt"] for turn, each in enumerate(dossiers)]

    def attempt(act: Callable[[], Any]) -> bool:
        try:
            act()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as together:
        pairs = [
            (
                together.submit(attempt, lambda each=each, digest=digest: desk.accept(each, digest)),
                together.submit(attempt, lambda each=each: desk.send_back(each, "facts.region")),
            )
            for each, digest in zip(dossiers, digests, strict=True)
        ]
        done = [(signed.result(), returned.result()) for signed, returned in pairs]
    assert all(signed is not returned for signed, returned in done), done
    with desk.work(OFFICE) as work:
        stands = [applications.one(work, {"application_id": each})["status"] for each in dossiers]
    assert stands == ["in_progress" if signed else "returned" for signed, _ in done]
    assert len(desk.told("application.accepted")) == sum(signed for signed, _ in done)
    assert len(desk.told("correction.asked")) == sum(returned for _, returned in done)


def test_there_is_no_second_return(desk: RealDesk) -> None:
    """补正 is asked for once."""
    application = desk.drafted()
    desk.hand_in(application)
    desk.send_back(application, "facts.region")
    desk.hand_in(application)
    with pytest.raises(Conflict) as refused:
        desk.send_back(application, "uscc")
    assert refused.value.code == "returned_before"


def test_a_correction_that_lapses_leaves_what_was_handed_in_first(desk: RealDesk) -> None:
    """After its day nothing can be mended; the officer signs for the first version, and what was begun is put back."""
    application = desk.drafted()
    first = desk.hand_in(application)["receipt"]
    desk.send_back(application, "facts.region", "uscc")
    desk.save(application, 1, facts__region="别处", uscc="half a code")
    with pytest.raises(Conflict, match="19 May 2025"):
        desk.accept(application, first)
    desk.day(date(2025, 5, 20))
    with pytest.raises(Conflict) as refused:
        desk.hand_in(application)
    assert refused.value.code == "correction_over"
    desk.accept(application, first)
    (told,) = desk.told("application.accepted")
    assert (told["dossier"]["facts"]["region"], told["dossier"]["uscc"]) == ("上海市长宁区", CODE)
    assert _receipt(desk, application)["accepted"] == 1


def test_a_day_ends_at_midnight_in_shanghai(desk: RealDesk) -> None:
    """The last second of the last day is in time, the next one is not: for the call and for a correction."""

    def stand(day: date, *, over: bool) -> None:
        last = datetime.combine(day, time(23, 59, 59, 999_999), tzinfo=SHANGHAI).astimezone(UTC)
        desk.clock.instant = last + timedelta(microseconds=over)

    returned, lapsed, late = (desk.drafted(who) for who in ("anna", "ben", "cora"))
    for application, who in ((returned, "anna"), (lapsed, "ben")):
        desk.hand_in(application, who)
    stand(CLOSES, over=False)
    for application in (returned, lapsed):
        desk.send_back(application, "facts.region", due_on=date(2025, 6, 16))
    assert desk.hand_in(desk.drafted("dora"), "dora")["status"] == "submitted"
    stand(CLOSES, over=True)
    assert desk.hand_in(late, "cora")["status"] == "late"
    stand(date(2025, 6, 16), over=False)
    with pytest.raises(Conflict, match="16 June 2025"):
        desk.accept(returned, _receipt(desk, returned)["submissions"][0]["digest"])
    assert desk.hand_in(returned, "anna")["status"] == "submitted"
    stand(date(2025, 6, 16), over=True)
    with pytest.raises(Conflict) as refused:
        desk.hand_in(lapsed, "ben")
    assert refused.value.code == "correction_over"


@pytest.mark.parametrize("due_on", [OPENS, date(2025, 6, 4)])
def test_a_deadline_is_neither_today_nor_for_ever(desk: RealDesk, due_on: date) -> None:
    """At least a day, at most the working days that the installation allows (15, to 3 June)."""
    application = desk.drafted()
    desk.hand_in(application)
    with pytest.raises(Invalid) as refused:
        desk.send_back(application, "facts.region", due_on=due_on)
    assert refused.value.errors[0].field == "due_on"
    assert desk.send_back(application, "facts.region", due_on=date(2025, 6, 3))["status"] == "returned"


def test_a_year_without_a_calendar_gives_no_deadline(desk: RealDesk) -> None:
    """Working days are never guessed."""
    application = desk.drafted()
    desk.hand_in(application)
    desk.day(date(2035, 1, 8))
    with pytest.raises(CalendarNotPublished):
        desk.send_back(application, "facts.region")


@pytest.mark.parametrize("field", ["materials.nothing", "materials.proof"])
def test_a_material_that_the_rulebook_does_not_know_cannot_be_asked_for(desk: RealDesk, field: str) -> None:
    application = desk.drafted()
    desk.hand_in(application)
    with pytest.raises(Invalid) as refused:
        desk.send_back(application, "facts.region", field)
    assert refused.value.errors[0].field == "items.1.field"


def test_the_submission_does_not_close_over_anybody(desk: RealDesk) -> None:
    """While one waits for a signature or is being corrected, the stage says so and stays open."""
    waiting, returned = desk.drafted(), desk.drafted("ben", uscc="91310105MA1K300034")
    digests = {app: desk.hand_in(app, who)["receipt"] for app, who in ((waiting, "anna"), (returned, "ben"))}
    desk.day(CLOSES)
    desk.send_back(returned, "facts.region")
    desk.day(AFTER)
    with pytest.raises(Conflict) as refused:
        desk.close_submission()
    assert "待签收" in refused.value.detail_zh
    assert "在补正" in refused.value.detail_zh
    desk.accept(waiting, digests[waiting])
    with pytest.raises(Conflict, match="corrected"):
        desk.close_submission()
    desk.hand_in(returned, "ben")
    desk.accept(returned, digests[returned])
    assert desk.close_submission()["state"] == "closed"


def test_public_numbers_are_drawn_at_the_closing(desk: RealDesk) -> None:
    """Each that goes on has one, no two the same, none before the closing; drafts and late ones have none."""
    codes = ("91310105MAXY50013E", "91310105MA1K300034")
    ids = [desk.drafted(who, uscc=code) for who, code in zip(("anna", "ben"), codes, strict=True)]
    left = desk.drafted("carl")
    for application, who in zip(ids, ("anna", "ben"), strict=True):
        line = desk.hand_in(application, who)
        assert line["public_number"] is None
        desk.accept(application, line["receipt"])
    desk.day(AFTER)
    desk.close_submission()
    with desk.work(OFFICE) as work:
        lines = lists.listed(work, listing(desk.cycle))["applications"]
    numbers = {line["application_id"]: line["public_number"] for line in lines}
    assert sorted(numbers[application] for application in ids) == ["2025001", "2025002"]
    assert numbers[left] is None


@pytest.mark.parametrize("moment", ["submitted", "returned"])
def test_what_is_not_signed_for_can_be_taken_back(desk: RealDesk, moment: str) -> None:
    """Withdrawn before it was accepted: those who may owe it something are told, no stage is."""
    application = desk.drafted()
    desk.hand_in(application)
    if moment == "returned":
        desk.send_back(application, "facts.region")
    assert desk.withdraw(application)["status"] == "withdrawn"
    (told,) = desk.told("application.not_accepted")
    assert told["application_id"] == application
    assert desk.told("application.withdrawn") == []
    desk.day(AFTER)
    assert desk.close_submission()["state"] == "closed"


def test_a_draft_without_a_code_is_nobodys_when_it_goes(desk: RealDesk) -> None:
    """Nobody can owe anything to somebody who was never named."""
    application = desk.drafted(uscc=None)
    assert desk.withdraw(application)["status"] == Status.WITHDRAWN
    assert desk.told("application.not_accepted") == []


def test_a_late_one_is_kept_as_late(desk: RealDesk) -> None:
    """After the last day it is refused, and the draft with every word in it stays."""
    application = desk.drafted()
    desk.day(AFTER)
    assert desk.hand_in(application)["status"] == "late"
    with pytest.raises(Conflict):
        desk.accept(application, "sha256:" + "0" * 64)


def test_whoever_goes_before_the_acceptance_is_told_of_by_what_it_stated_last(desk: RealDesk) -> None:
    """A code that came after the draft was begun is whose the application was."""
    application = desk.drafted(uscc=None)
    desk.save(application, 1, uscc=CODE)
    desk.withdraw(application)
    (told,) = desk.told("application.not_accepted")
    assert (told["uscc"], told["applicant_key"]) == (CODE, f"organization:{CODE}")


def test_a_correction_is_told_with_its_people_and_its_end_once(desk: RealDesk) -> None:
    """Whoever tells people needs to know who, before the dossier is accepted; it ends however it ends."""
    application = desk.drafted()
    desk.hand_in(application)
    desk.send_back(application, "facts.region")
    (asked,) = desk.told("correction.asked")
    assert (asked["application_id"], [each["subject"] for each in asked["people"]]) == (application, ["anna"])
    assert asked["due_on"] == date(2025, 5, 19)
    assert desk.told("correction.settled") == []
    desk.hand_in(application)
    assert [each["application_id"] for each in desk.told("correction.settled")] == [application]
