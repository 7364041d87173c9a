"""What must not be seen cannot be told from what is not there: twin worlds behind the real gateway, page by page.

Every page of the portal and every answer of the API that the role may open is opened in both, and every link on a page is
followed; status, headers and body must be equal to the letter once ids and keys are masked. A page that is added later is
opened as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.intake import applications, progress
from services.intake.statuses import Status
from services.review import models
from shared.contracts.operations import APPLICANT, DISCIPLINE, MEMBER, OFFICE, REVIEWER
from shared.identifiers import new_id
from shared.procedure import outcome
from tests.integration.review import test_leaks as of_review
from tests.support.committee import SCORES, RealHall
from tests.support.intake import CODE, OTHER_CODE, asked
from tests.support.rooms import CYCLE
from tests.support.twins import World, differences, views, worlds

pytestmark = pytest.mark.integration

STAGE = "document_review"
SEEN, HIDDEN, NONE = "application-seen", "application-kept", "application-none"
ME, COLLEAGUE = of_review.ME, of_review.COLLEAGUE
SECRET = "隐藏公司"
DAY = date(2025, 6, 20)


def about(application: str) -> dict[str, str]:
    """What the addresses name."""
    return {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "expert_id": ME}


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


def test_a_recused_reviewer_sees_no_page_on_which_the_application_would_be(
    reviewed: tuple[World, World],
) -> None:
    """What it may see, what is hidden from it and what does not exist are the same in both worlds, and the last two are one
    answer, of one length.
    """
    found = []
    for world in reviewed:
        visitor = world.visitor(REVIEWER, ME)
        found.append({each: views(visitor, REVIEWER, about(each)) for each in (SEEN, HIDDEN, NONE)})
    first, second = found
    for each in (SEEN, HIDDEN, NONE):
        assert differences(first[each], second[each]) == []
        assert not [address for address, text in first[each].items() if SECRET in text]
    assert differences(first[HIDDEN], first[NONE]) == []
    assert differences(first[SEEN], first[NONE]) != []  # there is something to see of another one
    pages = {
        text
        for address, text in first[HIDDEN].items()
        if address.startswith("/review/") and HIDDEN not in text
    }
    assert pages


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
    with world.desks["intake"].work(APPLICANT, who) as work:
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
    return application


def closes(world: World, stage: str, *lines: dict[str, Any]) -> None:
    """A stage is closed, and intake has heard of it."""
    with world.desks["intake"].work() as work:
        progress.stage_closed_here(work, CYCLE, stage, DAY, list(lines))


def goes_out(world: World, application: str, status: Status = Status.INELIGIBLE) -> None:
    closes(
        world,
        "qualification",
        outcome(application, passed=False, status=status.value, stopped_at="qualification"),
    )


def goes_on(world: World, application: str) -> None:
    closes(world, "qualification", outcome(application, passed=True))


def is_first(world: World, application: str) -> None:
    """Scored, and the best of all."""
    goes_on(world, application)
    room = world.rooms["review"]
    of_review.enter(room)
    of_review.seat(room, (ME, application), (COLLEAGUE, application))
    of_review.hand_in(room, COLLEAGUE, application, 97531)
    score = {
        "cycle_id": CYCLE,
        "stage": STAGE,
        "application_id": application,
        "score": "97.53",
        "valid_sheets": 1,
    }
    with room.desk.work() as work:
        work.session.execute(models.scores.insert().values(**score))
    closes(world, STAGE, outcome(application, passed=True, carried={"score": "97.53"}))


def is_refused(world: World, application: str) -> None:
    """Scored and not proposed: it ends with the committee."""
    is_first(world, application)
    closes(
        world, "committee", outcome(application, passed=False, status="not_awarded", stopped_at="committee")
    )


FATES: Mapping[str, Callable[[World, str], None]] = {
    "goes on": goes_on, "is first": is_first, "is refused": is_refused,
    "awaits records": lambda world, application: goes_out(world, application, Status.AWAITING_RECORDS),
}  # fmt: skip


@pytest.mark.parametrize("fate", sorted(FATES))
def test_before_the_release_an_applicant_cannot_tell_what_became_of_it(tmp_path: Path, fate: str) -> None:
    """Out, in, ranked first: every page and every export is the same to the letter."""
    with worlds(tmp_path) as (first, second):
        mine = [accepted(world, "anna") for world in (first, second)]
        for world, application in zip((first, second), mine, strict=True):
            accepted(world, "ben", OTHER_CODE)
            closes(world, "submission", outcome(application, passed=True))
        goes_out(first, mine[0])
        FATES[fate](second, mine[1])
        assert apart(first, second, APPLICANT, "anna", *mine) == []


def test_after_the_notice_it_can(tmp_path: Path) -> None:
    """The data can leak: once a notice has told it, the pages do."""
    with worlds(tmp_path) as (first, second):
        mine = [accepted(world, "anna") for world in (first, second)]
        goes_out(first, mine[0])
        goes_on(second, mine[1])
        for world, named in ((first, []), (second, [mine[1]])):
            told = {"cycle_id": CYCLE, "stage": "notice:qualification", "begun_on": DAY, "ends_on": DAY}
            with world.desks["intake"].work() as work:
                progress.stage_begun(work, {**told, "entrants": named})
        assert any(line.startswith("/my") for line in apart(first, second, APPLICANT, "anna", *mine))


# --- another applicant ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handed_in", [False, True])
def test_nothing_of_another_applicant_is_on_ones_pages(tmp_path: Path, handed_in: bool) -> None:
    """Neither its draft nor that there is one; asked for by its id it is as unknown as any."""
    with worlds(tmp_path) as (first, second):
        mine = [drafted(world, "anna") for world in (first, second)]
        other = accepted(first, "ben", OTHER_CODE) if handed_in else drafted(first, "ben", OTHER_CODE, SECRET)
        visitors = [world.visitor(APPLICANT, "anna") for world in (first, second)]
        here, there = (
            views(visitor, APPLICANT, about(application))
            for visitor, application in zip(visitors, mine, strict=True)
        )
        assert differences(here, there) == []
        hidden, nowhere = (views(visitors[0], APPLICANT, about(each)) for each in (other, new_id()))
        assert differences(hidden, nowhere) == []
        assert not [address for address, text in {**here, **hidden}.items() if SECRET in text]


# --- a ballot -------------------------------------------------------------------------------------------------------------

CHOICES = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(("for", "against", "abstain")) for name in SCORES}),
    min_size=2, max_size=2,
)  # fmt: skip


@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(one=CHOICES, other=CHOICES)
def test_before_the_count_nobody_can_tell_how_a_ballot_was_cast(
    tmp_path_factory: pytest.TempPathFactory, one: list[dict[str, str]], other: list[dict[str, str]]
) -> None:
    """For, against, abstained: the office's, the inspector's and the members' pages are the same, the member's own too."""
    with worlds(tmp_path_factory.mktemp("ballot")) as made:
        for world, ballots in zip(made, (one, other), strict=True):
            hall = world.rooms["committee"]
            assert isinstance(hall, RealHall)
            hall.enter(SCORES)
            hall.convene()
            hall.start()
            for member, choices in zip(("M1", "M2"), ballots, strict=True):
                hall.cast(member, 1, nonce=hall.nonce(), **choices)
        first, second = made
        for role, who in ((OFFICE, "li"), (DISCIPLINE, "wu"), (MEMBER, "M1"), (MEMBER, "M3")):
            assert apart(first, second, role, who, "a1") == []
