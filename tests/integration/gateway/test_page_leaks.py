"""What must not be seen cannot be told from what is not there: twin worlds behind the real gateway, page by page.

Every page of the portal and every answer of the API that the role may open is opened in both, and every link on a page is
followed; every form is sent, empty and filled in, and every command of the API given. Status, headers and body must be equal to
the letter once ids and keys are masked. A page or a form that is added later is tried as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from services.eligibility import models as eligibility_models
from services.eligibility.people import people
from services.eligibility.stages import conductor as eligibility
from services.intake import applications, progress
from services.intake.statuses import Status
from services.review import models
from shared.clock import SHANGHAI
from shared.contracts.operations import APPLICANT, MEMBER, OFFICE, REVIEWER
from shared.identifiers import new_id
from shared.procedure import outcome
from shared.procedure.state import Closing
from tests.integration.review import test_leaks as of_review
from tests.support.committee import SCORES, RealHall
from tests.support.intake import CODE, OTHER_CODE, asked
from tests.support.rooms import CYCLE
from tests.support.twins import Somebody, World, differences, posted, views, worlds

pytestmark = pytest.mark.integration

STAGE = "document_review"
SEEN, HIDDEN, NONE = "application-seen", "application-kept", "application-none"
ME, COLLEAGUE = of_review.ME, of_review.COLLEAGUE
SECRET = "隐藏公司"
DAY = date(2025, 6, 20)
_MEETING = datetime(2025, 6, 27, 9, tzinfo=SHANGHAI)


def about(application: str) -> dict[str, str]:
    """What the addresses name."""
    return {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": ME}


def same(found: list[str]) -> None:
    """Nothing by which two worlds could be told apart."""
    assert not found, "\n".join(found)


def apart(
    first: World, second: World, role: str, who: str, application: str, other: str | None = None
) -> list[str]:
    """By what somebody could tell two worlds apart."""
    here = views(first.visitor(role, who), role, about(application))
    there = views(second.visitor(role, who), role, about(other or application))
    return differences(here, there)


# --- a reviewer who is kept from an application ---------------------------------------------------------------------------


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """In the first world there is an application more: to it the reviewer is bound, it was assigned to it and has a sheet."""
    for name, value in (("SEEN", SEEN), ("HIDDEN", HIDDEN), ("NOWHERE", NONE)):
        monkeypatch.setattr(of_review, name, value)
    with worlds(tmp_path) as (first, second):
        for world in (first, second):
            for room in world.rooms.values():
                room.accept(SEEN, 1)
        for name, room in first.rooms.items():
            if name != "review":
                room.accept(HIDDEN, 2, name=SECRET, uscc=of_review.SISTER)
        of_review.hide(first.rooms["review"], second.rooms["review"])
        of_review.speak(first.rooms["review"], second.rooms["review"])
        yield first, second


def test_a_recused_reviewer_meets_no_page_and_no_answer_in_which_the_application_would_be(
    reviewed: tuple[World, World],
) -> None:
    """What it may see, what is hidden from it and what does not exist are the same in both worlds, and the last two are one
    answer, of one length. So is what it is answered when it sends something.
    """
    visitors = [world.visitor(REVIEWER, ME) for world in reviewed]
    first, second = (
        {
            each: views(
                visitor, REVIEWER, about(each), noting=each == SEEN, only="" if each == SEEN else each
            )
            for each in told
        }
        for visitor, told in zip(visitors, ((SEEN, HIDDEN, NONE), (SEEN, HIDDEN)), strict=True)
    )
    alike(first, second)
    tells(first)
    pages = {
        text
        for address, text in first[HIDDEN].items()
        if address.startswith("/review/") and HIDDEN not in text
    }
    assert pages
    answers_alike(visitors)


def alike(first: Mapping[str, Mapping[str, str]], second: Mapping[str, Mapping[str, str]]) -> None:
    """What is seen and what is hidden are the same in both worlds; hidden and unknown are one, and the secret is nowhere."""
    for each in (SEEN, HIDDEN):
        same(differences(first[each], second[each]))
    same(differences(first[HIDDEN], first[NONE]))
    assert not [what for found in first.values() for what, text in found.items() if SECRET in text]


def tells(found: Mapping[str, Mapping[str, str]]) -> None:
    """There is something to see of another one, and something that can be done with it."""
    assert any(found[SEEN][what] != text for what, text in found[NONE].items())


def takes(visitor: Somebody, word: str) -> bool:
    """Somebody was shown a form that goes to such an address."""
    return any(word in sent.address for sent in visitor.forms)


def answers_alike(visitors: list[Somebody]) -> None:
    """What a reviewer is answered that sends every form and gives every command."""
    more = {"signed_by": "专家一"}
    first, second = (
        {
            each: posted(
                visitor, REVIEWER, about(each), only="" if each == SEEN else "application_id", **more
            )
            for each in told
        }
        for visitor, told in zip(visitors, ((SEEN, HIDDEN, NONE), (SEEN, HIDDEN)), strict=True)
    )
    alike(first, second)
    tells(first)


def test_nor_does_a_leader_who_is_kept_from_it(reviewed: tuple[World, World]) -> None:
    """It leads the panel that reviews the application; the sheets of both are in."""
    visitors = []
    for world, entrants in zip(reviewed, ((SEEN, HIDDEN), (SEEN,)), strict=True):
        room = world.rooms["review"]
        with room.desk.work() as work:
            work.session.execute(update(models.panels).values(leader=ME))
            for each in entrants:
                row = {"cycle_id": CYCLE, "stage": STAGE, "application_id": each, "removed": False}
                work.session.execute(models.procedure.entrants.insert().values(**row))
        for expert in (ME, COLLEAGUE):
            of_review.hand_in(room, expert, SEEN, 80000)
        visitors.append(world.visitor(REVIEWER, ME))
    first, second = (
        {
            each: views(visitor, REVIEWER, about(each), noting=each == SEEN, only="/review/")
            for each in (SEEN, HIDDEN, NONE)
        }
        for visitor in visitors
    )
    alike(first, second)
    assert takes(visitors[0], "consensus")
    answers_alike(visitors)


def test_a_colleague_sees_it(reviewed: tuple[World, World]) -> None:
    """The data can leak: whoever is free of it meets it on its pages."""
    first, second = reviewed
    found = apart(first, second, REVIEWER, COLLEAGUE, SEEN)
    assert any(line.startswith("/review") for line in found)


def test_without_the_condition_the_pages_would_tell(
    reviewed: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    of_review.free_everybody(monkeypatch)
    first, second = reviewed
    found = apart(first, second, REVIEWER, ME, HIDDEN)
    assert any(line.startswith("/review") for line in found)
    assert any(line.startswith("/api/v1") for line in found)


# --- an applicant before the release --------------------------------------------------------------------------------------


def drafted(world: World, who: str, code: str = CODE, name: str = "示例公司") -> str:
    """A draft of somebody's."""
    facts = {"region": "上海市长宁区"}
    data = asked(
        "create_application",
        cycle_id=CYCLE,
        name=name,
        kind="organization",
        uscc=code,
        facts=facts,
        materials=[],
    )
    same_id = patch.object(applications, "new_id", lambda: sha256(who.encode()).hexdigest()[:32])
    with world.desks["intake"].work(APPLICANT, who) as work, same_id:
        return str(applications.create(work, data)["application_id"])


def accepted(world: World, who: str, code: str = CODE) -> str:
    """An application that was signed for; the other services have heard of it."""
    application = drafted(world, who, code)
    desk = world.desks["intake"]
    with desk.work(APPLICANT, who) as work:
        receipt = applications.submit(work, {"application_id": application})["receipt"]
    with desk.work(OFFICE, "li") as work:
        applications.accept(work, {"application_id": application, "digest": receipt})
    for room in world.rooms.values():
        room.accept(application, 1 if code == CODE else 2, uscc=code, applicant_key=f"organization:{code}")
    team = [{"subject": who, "part": "lead"}]
    with world.rooms["eligibility"].desk.work() as work:
        people.accepted(work, {"application_id": application, "people": team, "people_version": "1"})
    return application


def closes(world: World, stage: str, *lines: dict[str, Any]) -> None:
    """A stage is closed, and intake has heard of it."""
    with world.desks["intake"].work() as work:
        progress.stage_closed_here(work, CYCLE, stage, DAY, list(lines))


STAGES = ("submission", "qualification", STAGE, "committee")


def ends(stage: str, status: Status) -> dict[str, dict[str, Any]]:
    """It is out in a stage, whatever is told."""
    before = {each: {"passed": True} for each in STAGES[: STAGES.index(stage)]}
    return {**before, stage: {"passed": False, "status": status.value, "stopped_at": stage}}


# What becomes of it, by the stages that it comes to.
FATES: Mapping[str, dict[str, dict[str, Any]]] = {
    "goes on": {each: {"passed": True} for each in STAGES[:-1]},
    "is first": {each: {"passed": True} for each in STAGES},
    "is refused": ends("committee", Status.NOT_AWARDED),
    "awaits records": ends("qualification", Status.AWAITING_RECORDS),
    "is out": ends("qualification", Status.INELIGIBLE),
}


def examined(world: World, application: str, decided: dict[str, Any]) -> None:
    """Eligibility has closed the qualification on an application of which a department told something, or nothing."""
    found = {
        "rule": "16.8", "condition": "no_major_accident", "outcome": "pass" if decided["passed"] else "fail", "reason": "理由",
        "reason_en": "a reason", "evidence": [] if decided["passed"] else ["安全生产：2024-03-01 事故"], "source_article": "",
    }  # fmt: skip
    row = {"application_id": application, "cycle_id": CYCLE, "barred_levels": [], "receipt": {}}
    records = eligibility.records
    with world.rooms["eligibility"].desk.work() as work:
        work.session.execute(eligibility_models.evaluations.insert().values(**row, findings=[found]))
        records.close(work, CYCLE, "qualification", DAY)
        records.add_closing(work, CYCLE, Closing("qualification", DAY, [outcome(application, **decided)]))


def lives(world: World, fate: str, mine: str, others: str) -> None:
    """All stages are closed; whoever comes to the reviewers is scored."""
    for stage in STAGES:
        lines = [outcome(others, passed=True)]
        if stage in FATES[fate]:
            lines.append(outcome(mine, **FATES[fate][stage]))
        closes(world, stage, *lines)
    examined(world, mine, FATES[fate]["qualification"])
    room = world.rooms["review"]
    of_review.enter(room)
    scored = [(others, "80.00")] + ([(mine, "97.53")] if STAGE in FATES[fate] else [])
    of_review.seat(room, *((who, application) for application, _ in scored for who in (ME, COLLEAGUE)))
    with room.desk.work() as work:
        for application, score in scored:
            line = {
                "cycle_id": CYCLE,
                "stage": STAGE,
                "application_id": application,
                "score": score,
                "valid_sheets": 1,
            }
            work.session.execute(models.scores.insert().values(**line))
    for application, _ in scored:
        of_review.hand_in(room, COLLEAGUE, application, 97531)


def test_before_the_release_an_applicant_cannot_tell_what_became_of_it(tmp_path: Path) -> None:
    """Out, in, ranked first: every page, every export, every answer to what it sends is the same to the letter."""
    found: dict[str, dict[str, str]] = {}
    with worlds(tmp_path, count=len(FATES)) as made:
        for world, fate in zip(made, FATES, strict=True):
            mine = accepted(world, "anna")
            lives(world, fate, mine, accepted(world, "ben", OTHER_CODE))
            visitor = world.visitor(APPLICANT, "anna")
            found[fate] = views(visitor, APPLICANT, about(mine), noting=True)
            found[fate] |= posted(visitor, APPLICANT, about(mine))
            assert takes(visitor, "withdraw")
    for fate in FATES:
        same([f"{fate}: {line}" for line in differences(found["is out"], found[fate])])


def test_after_the_notice_it_can(tmp_path: Path) -> None:
    """The data can leak: once a notice has told it, the pages do."""
    with worlds(tmp_path) as (first, second):
        mine = []
        for world, what in ((first, "is out"), (second, "goes on")):
            mine.append(accepted(world, "anna"))
            lives(world, what, mine[-1], accepted(world, "ben", OTHER_CODE))
        for world, named in ((first, []), (second, [mine[1]])):
            told = {"cycle_id": CYCLE, "stage": "notice:qualification", "begun_on": DAY, "ends_on": DAY}
            with world.desks["intake"].work() as work:
                progress.stage_begun(work, {**told, "entrants": named})
            with world.rooms["eligibility"].desk.work() as work:
                eligibility.records.begin(work, CYCLE, "notice:qualification", DAY, DAY)
        found = apart(first, second, APPLICANT, "anna", *mine)
        for address in ("/my/a/<application_id>/why", "/api/v1/applications/<application_id>/findings"):
            assert any(line.startswith(f"{address}: ") for line in found), found


# --- another applicant ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handed_in", [False, True])
def test_nothing_of_another_applicant_is_on_ones_pages(tmp_path: Path, handed_in: bool) -> None:
    """Neither its draft nor that there is one; asked for by its id it is as unknown as any."""
    with worlds(tmp_path) as (first, second):
        mine = [drafted(world, "anna") for world in (first, second)]
        other = accepted(first, "ben", OTHER_CODE) if handed_in else drafted(first, "ben", OTHER_CODE, SECRET)
        visitors = [world.visitor(APPLICANT, "anna") for world in (first, second)]

        def all_of(visitor: Somebody, application: str) -> dict[str, str]:
            own = application in mine
            seen = views(visitor, APPLICANT, about(application), noting=own, only="" if own else application)
            return seen | posted(visitor, APPLICANT, about(application), only="" if own else "application_id")

        here, there = (all_of(*each) for each in zip(visitors, mine, strict=True))
        same(differences(here, there))
        hidden, nowhere = (all_of(visitors[0], each) for each in (other, new_id()))
        same(differences(hidden, nowhere))
        assert not [address for address, text in {**here, **hidden}.items() if SECRET in text]


# --- a ballot -------------------------------------------------------------------------------------------------------------

CHOICES = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(("for", "against", "abstain")) for name in SCORES}),
    min_size=2, max_size=2,
)  # fmt: skip


@pytest.mark.timeout(600)
@settings(max_examples=1, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(one=CHOICES, other=CHOICES)
def test_before_the_count_nobody_can_tell_how_a_ballot_was_cast(
    tmp_path_factory: pytest.TempPathFactory, one: list[dict[str, str]], other: list[dict[str, str]]
) -> None:
    """For, against, abstained: what the office is shown and answered is the same, for a helper too, and so is what
    members are who voted and who did not.
    """
    with worlds(tmp_path_factory.mktemp("ballot"), at=_MEETING) as made:
        for world, ballots in zip(made, (one, other), strict=True):
            hall = world.rooms["committee"]
            assert isinstance(hall, RealHall)
            hall.enter(SCORES)
            hall.convene()
            hall.start()
            for member, choices in zip(("M1", "M2"), ballots, strict=True):
                hall.cast(member, 1, nonce=hall.nonce(), **choices)
        people = (
            (OFFICE, [world.helper(OFFICE, "wang", "li") for world in made]),
            *((MEMBER, [world.visitor(MEMBER, who) for world in made]) for who in ("M1", "M3")),
        )
        for role, visitors in people:
            here, there = (
                views(visitor, role, about("a1"), noting=True) | posted(visitor, role, about("a1"))
                for visitor in visitors
            )
            same(differences(here, there))
            assert here[f"/api/v1/cycles/{CYCLE}/ballot"].startswith("200")
        assert takes(visitors[0], f"/committee/{CYCLE}/ballot")
