"""Nominations on both databases: who may name whom, what a draft stands on, and what the body hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.intake import applications, dossiers, drafts, nominated, nominations, progress
from services.intake.corrections import CorrectionTerms
from services.intake.stages import conductor
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.intake import (
    APPLICANT,
    CLOSES,
    CODE,
    OFFICE,
    OPENS,
    OTHER_CODE,
    RECOMMENDER,
    IntakeDesk,
)

pytestmark = pytest.mark.integration

BUREAU, SOCIETY = "示例局", "示例协会"
WITH, WITHOUT = "shenzhen-2023", "changning-2023"
NAMED = {"uscc": CODE, "name": "示例公司", "kind": "organization", "reason": "行业首创"}


@pytest.fixture
def desk(database_url: str) -> Iterator[IntakeDesk]:
    made = IntakeDesk(database_url)
    made.body(BUREAU, "department")
    made.body(SOCIETY, "association")
    yield made
    made.close()


def _nominate(desk: IntakeDesk, cycle: str, unit: str = BUREAU, **changes: Any) -> dict[str, Any]:
    given = {"cycle_id": cycle, **NAMED, **changes}
    return desk.ask("nominate", nominations.nominate, RECOMMENDER, unit=unit, **given)


def _listed(desk: IntakeDesk, cycle: str, role: str = OFFICE, unit: str = "") -> list[dict[str, Any]]:
    found = desk.ask("nominations", nominations.listed, role, unit=unit, cycle_id=cycle)
    assert found["total"] == len(found["nominations"])
    return list(found["nominations"])


def _open(desk: IntakeDesk, application: str, owner: str = "anna") -> list[str]:
    found = desk.ask("open_nominations", nominated.open_to, APPLICANT, owner, application_id=application)
    return [line["nomination_id"] for line in found["nominations"]]


def _take_up(desk: IntakeDesk, application: str, nomination: str, owner: str = "anna") -> None:
    given = {"application_id": application, "nomination_id": nomination}
    desk.ask("take_up_nomination", nominated.take_up, APPLICANT, owner, **given)


def _dossiers(desk: IntakeDesk) -> list[str | None]:
    return [told["dossier"]["nominated_by"] for told in desk.told("application.accepted")]


def test_a_draft_takes_up_the_nomination_of_its_code(desk: IntakeDesk) -> None:
    """`nominated_by` is then the body's name, in the dossier too."""
    cycle = desk.open(WITH)
    nomination = _nominate(desk, cycle)["nomination_id"]
    other = _nominate(desk, cycle, uscc=OTHER_CODE)["nomination_id"]
    draft = desk.draft(cycle)
    assert _open(desk, draft) == [nomination]
    with pytest.raises(NotFound):
        _take_up(desk, draft, other)
    _take_up(desk, draft, nomination)
    desk.submit(draft)
    assert _dossiers(desk) == [BUREAU]


def test_a_correction_does_not_carry_a_nomination_to_another_code(desk: IntakeDesk) -> None:
    """What is handed in anew stands on the same nomination or is refused, as the first time."""
    cycle = desk.open(WITH)
    nomination = _nominate(desk, cycle)["nomination_id"]
    draft = desk.draft(cycle)
    _take_up(desk, draft, nomination)
    for number, code in enumerate((OTHER_CODE, CODE)):
        if number == 0:
            desk.ask("submit_application", applications.submit, APPLICANT, "anna", application_id=draft)
            items = [{"field": "uscc", "reason": "与营业执照不一致"}]
            with desk.work(OFFICE, "li") as work:
                data = {"application_id": draft, "items": items, "due_on": None}
                applications.send_back(work, data, terms=CorrectionTerms(usual=5, most=15))
        given = {"application_id": draft, "revision": 2 * number, "parts": {"uscc": code}}
        desk.ask("save_draft", drafts.save, APPLICANT, "anna", **given)
        if code != CODE:
            with pytest.raises(Invalid) as refused:
                desk.ask("submit_application", applications.submit, APPLICANT, "anna", application_id=draft)
            assert [error.field for error in refused.value.errors] == ["nominated_by"]
    desk.submit(draft)
    assert _dossiers(desk) == [BUREAU]


def test_a_new_draft_may_name_a_body_that_has_nominated_it(desk: IntakeDesk) -> None:
    """Free text is refused in a real cycle: another body, another code, another kind, another cycle."""
    cycle, later = desk.open(WITH), desk.open(WITH)
    _nominate(desk, cycle)
    for target, changes in (
        (cycle, {"nominated_by": SOCIETY}),
        (cycle, {"nominated_by": BUREAU, "uscc": OTHER_CODE}),
        (cycle, {"nominated_by": BUREAU, "kind": "project"}),
        (later, {"nominated_by": BUREAU}),
    ):
        with pytest.raises(Invalid) as refused:
            desk.draft(target, **changes)
        assert [error.field for error in refused.value.errors] == ["nominated_by"]
    desk.submit(desk.draft(cycle, nominated_by=BUREAU))
    assert _dossiers(desk) == [BUREAU]


def test_a_rehearsal_states_who_nominated(desk: IntakeDesk) -> None:
    """As its file says, whoever it is."""
    cycle = desk.open(WITH, rehearsal=True)
    draft = desk.draft(cycle, on=OPENS, nominated_by="任何单位")
    desk.submit(draft, on=OPENS)
    assert _dossiers(desk) == ["任何单位"]


def test_a_code_that_was_changed_no_longer_stands_on_the_nomination(desk: IntakeDesk) -> None:
    """The submission looks again, and names the field."""
    cycle = desk.open(WITH)
    _nominate(desk, cycle)
    draft = desk.draft(cycle, nominated_by=BUREAU)
    with desk.work() as work:
        dossiers.change(work, draft, uscc=OTHER_CODE)
    with pytest.raises(Invalid) as refused:
        desk.submit(draft)
    assert [error.field for error in refused.value.errors] == ["nominated_by"]
    assert _dossiers(desk) == []


def test_where_the_text_knows_no_nominations_there_are_none(desk: IntakeDesk) -> None:
    """Refused with the article that knows own application alone."""
    cycle = desk.open(WITHOUT)
    with pytest.raises(Conflict, match="第二十条"):
        _nominate(desk, cycle)
    with pytest.raises(Invalid):
        desk.draft(cycle, nominated_by=BUREAU)


@pytest.mark.parametrize(
    ("changes", "field"), [({"kind": "individual"}, "kind"), ({"category": "culture"}, "category")]
)
def test_a_kind_or_category_that_the_text_does_not_know_is_refused_by_field(
    desk: IntakeDesk, changes: dict[str, Any], field: str
) -> None:
    """Nobody nominates for what cannot be won."""
    cycle = desk.open(WITH)
    with pytest.raises(Invalid) as refused:
        _nominate(desk, cycle, **changes)
    assert [error.field for error in refused.value.errors] == [field]


def test_only_a_body_of_the_register_nominates_and_each_applicant_once(desk: IntakeDesk) -> None:
    """Two bodies may both name one."""
    cycle = desk.open(WITH)
    with pytest.raises(Forbidden):
        _nominate(desk, cycle, unit="某单位")
    _nominate(desk, cycle)
    with pytest.raises(Conflict):
        _nominate(desk, cycle)
    _nominate(desk, cycle, unit=SOCIETY)
    assert [line["body"] for line in _listed(desk, cycle)] == [BUREAU, SOCIETY]


@pytest.mark.parametrize(
    ("days", "taken"),
    [(-1, False), (0, True), ((CLOSES - OPENS).days, True), ((CLOSES - OPENS).days + 1, False)],
)
def test_nominations_are_taken_while_applications_are(desk: IntakeDesk, days: int, taken: bool) -> None:
    """Both end days count."""
    cycle = desk.open(WITH)
    desk.clock.move(timedelta(days=days))
    if not taken:
        with pytest.raises(Conflict):
            _nominate(desk, cycle)
    else:
        _nominate(desk, cycle)
    assert len(_listed(desk, cycle)) == int(taken)


def test_a_body_hears_no_more_than_the_public_notices_said(desk: IntakeDesk) -> None:
    """Drafted, handed in, found ineligible: it sees the same; named in a notice: it sees that. The office sees all."""
    cycle = desk.open(WITH)
    _nominate(desk, cycle)
    _nominate(desk, cycle, unit=SOCIETY)
    before = _listed(desk, cycle, RECOMMENDER, BUREAU)
    draft = desk.draft(cycle, nominated_by=BUREAU)
    desk.submit(draft)
    assert _listed(desk, cycle, RECOMMENDER, BUREAU) == before
    assert [line["announced"] for line in before] == [None]
    assert [(line["application_id"], line["status"]) for line in _listed(desk, cycle)] == [
        (draft, "in_progress"), (None, None),
    ]  # fmt: skip
    desk.clock.move(CLOSES - OPENS + timedelta(days=1))
    with desk.work(OFFICE) as work:
        conductor.close_stage(work, {"cycle_id": cycle, "stage": "submission"})
    for stage, entrants in (
        ("qualification", [draft]),
        ("notice:nomination", [draft]),
        ("notice:first_review", []),
    ):
        begun = {"cycle_id": cycle, "stage": stage, "begun_on": CLOSES, "ends_on": None, "entrants": entrants}
        with desk.work() as work:
            progress.stage_begun(work, begun)
    (line,) = _listed(desk, cycle, RECOMMENDER, BUREAU)
    assert line == before[0] | {"announced": "notice:nomination"}
    assert [line["announced"] for line in _listed(desk, cycle, RECOMMENDER, SOCIETY)] == [None]


def test_of_two_bodies_each_sees_its_own_nominations(desk: IntakeDesk) -> None:
    """With and without the other one's: the same answer."""
    cycle = desk.open(WITH)
    _nominate(desk, cycle)
    alone = _listed(desk, cycle, RECOMMENDER, BUREAU)
    _nominate(desk, cycle, unit=SOCIETY, uscc=OTHER_CODE)
    assert _listed(desk, cycle, RECOMMENDER, BUREAU) == alone
    assert _listed(desk, cycle, RECOMMENDER, "") == []


def test_a_nomination_keeps_the_application_that_was_handed_in_first(desk: IntakeDesk) -> None:
    """Somebody else's draft of the same code neither takes it away nor shows in its place."""
    cycle = desk.open(WITH)
    _nominate(desk, cycle)
    first, second = desk.draft(cycle, nominated_by=BUREAU), desk.draft(cycle, "ben", nominated_by=BUREAU)
    desk.submit(first)
    desk.submit(second, "ben")
    assert [line["application_id"] for line in _listed(desk, cycle)] == [first]


def test_an_applicant_sees_the_nominations_of_its_own_drafts_alone(desk: IntakeDesk) -> None:
    """Another one's draft is not found."""
    cycle = desk.open(WITH)
    nomination = _nominate(desk, cycle)["nomination_id"]
    draft = desk.draft(cycle)
    with pytest.raises(NotFound):
        _open(desk, draft, "ben")
    with pytest.raises(NotFound):
        _take_up(desk, draft, nomination, "ben")
