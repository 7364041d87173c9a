"""Recommendations on both databases: who is asked, who may sign, and what a signature does to the application."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest

from services.intake import applications, bodies, dossiers, drafts, recommendations
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.store.migrate import schema_differences
from tests.support.intake import APPLICANT, OFFICE, OPENS, OTHER_CODE, RECOMMENDER, IntakeDesk

pytestmark = pytest.mark.integration

STREET, TOWN = "示例街道", "示例镇"
FOR = {"recommends": True, "text": "情况属实，同意推荐。", "signed_by": "王芳"}
NUMBER = "11010519491231002X"


@pytest.fixture
def desk(database_url: str) -> Iterator[IntakeDesk]:
    made = IntakeDesk(database_url)
    yield made
    made.close()


def _choose(desk: IntakeDesk, application: str, body: str, owner: str = "anna") -> dict[str, Any]:
    return desk.ask(
        "choose_recommender",
        recommendations.choose,
        APPLICANT,
        owner,
        application_id=application,
        body_id=body,
    )


def _sign(desk: IntakeDesk, application: str, unit: str = STREET, **changes: Any) -> dict[str, Any]:
    given = {"application_id": application, **FOR, **changes}
    return desk.ask("recommend_application", recommendations.sign, RECOMMENDER, unit=unit, **given)


def _decline(desk: IntakeDesk, application: str, unit: str = STREET) -> dict[str, Any]:
    given = {"application_id": application, "reason": "不在本辖区", "signed_by": "王芳"}
    return desk.ask("decline_recommendation", recommendations.decline, RECOMMENDER, unit=unit, **given)


def _queue(desk: IntakeDesk, cycle: str, unit: str, **filters: Any) -> dict[str, Any]:
    return desk.ask(
        "recommendation_queue", recommendations.queue, RECOMMENDER, unit=unit, cycle_id=cycle, **filters
    )


def _state(
    desk: IntakeDesk, application: str, role: str, actor: str = "somebody", unit: str = ""
) -> dict[str, Any]:
    return desk.ask(
        "recommendation", recommendations.state, role, actor, unit=unit, application_id=application
    )


def test_the_migrations_make_the_models_tables(desk: IntakeDesk, database_url: str) -> None:
    """What a service works with is what an upgrade leaves."""
    assert schema_differences("intake", database_url) == []


def test_a_signed_opinion_for_recommends_and_goes_along_with_the_dossier(desk: IntakeDesk) -> None:
    """Article 20: the opinion is signed before the application is handed in; who recommends is the account's body."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    assert _choose(desk, draft, street)["recommended_by"] is None
    assert _sign(desk, draft)["recommended_by"] == STREET
    desk.submit(draft)
    assert [told["dossier"]["recommended_by"] for told in desk.told("application.accepted")] == [STREET]
    assert "recommendation:recommended" in desk.actions()


def test_neither_an_opinion_against_nor_a_refusal_recommends(desk: IntakeDesk) -> None:
    """Each may be replaced by the same body until the submission, and every one of them is kept."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    assert _sign(desk, draft)["recommended_by"] == STREET
    assert _sign(desk, draft, recommends=False, text="暂不推荐")["recommended_by"] is None
    assert _decline(desk, draft)["recommended_by"] is None
    opinions = _state(desk, draft, APPLICANT, "anna")["opinions"]
    assert [(line["verdict"], line["counts"]) for line in opinions] == [
        ("recommended", False), ("not_recommended", False), ("declined", True),
    ]  # fmt: skip
    assert [line["text"] for line in opinions] == [FOR["text"], "暂不推荐", "不在本辖区"]


def test_after_the_submission_no_opinion_changes_any_more(desk: IntakeDesk) -> None:
    """What was handed in keeps the opinion that it was handed in with."""
    cycle, street, town = desk.open(), desk.body(STREET), desk.body(TOWN, "town")
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    _sign(desk, draft)
    desk.submit(draft)
    for act in (
        lambda: _sign(desk, draft, recommends=False),
        lambda: _decline(desk, draft),
        lambda: _choose(desk, draft, town),
    ):
        with pytest.raises(Conflict):
            act()
    assert [line["verdict"] for line in _state(desk, draft, OFFICE)["opinions"]] == ["recommended"]


def test_another_choice_takes_back_what_the_first_body_signed(desk: IntakeDesk) -> None:
    """One opinion counts, that of the body which is asked; chosen again it has to sign again."""
    cycle, street, town = desk.open(), desk.body(STREET), desk.body(TOWN, "town")
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    _sign(desk, draft)
    assert _choose(desk, draft, street)["recommended_by"] == STREET
    assert _choose(desk, draft, town)["recommended_by"] is None
    with pytest.raises(NotFound):
        _sign(desk, draft)
    assert _choose(desk, draft, street)["recommended_by"] is None
    assert [line["counts"] for line in _state(desk, draft, OFFICE)["opinions"]] == [False]
    assert _sign(desk, draft)["recommended_by"] == STREET


def test_what_was_signed_for_one_is_not_worth_anything_for_another(desk: IntakeDesk) -> None:
    """Recommended with one code and handed in with another: the body signs again, or the dossier has no recommendation."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    _sign(desk, draft)

    def save(revision: int, **parts: str) -> dict[str, Any]:
        given = {"application_id": draft, "revision": revision, "parts": parts}
        return desk.ask("save_draft", drafts.save, APPLICANT, "anna", **given)

    assert save(0, name="示例公司（更正）")["recommended_by"] == STREET, (
        "of an organization the code says who it is"
    )
    assert save(1, uscc=OTHER_CODE)["recommended_by"] is None
    assert [line["counts"] for line in _state(desk, draft, OFFICE)["opinions"]] == [False]
    assert _queue(desk, cycle, STREET)["counts"] == {"waiting": 1}
    assert _sign(desk, draft)["recommended_by"] == STREET
    desk.submit(draft)
    assert [told["dossier"]["recommended_by"] for told in desk.told("application.accepted")] == [STREET]


def test_of_two_persons_of_one_employer_a_body_means_the_one_that_it_signed_for(desk: IntakeDesk) -> None:
    """An individual is a name beside the employer's code."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle, kind="individual", name="王示例")
    _choose(desk, draft, street)
    _sign(desk, draft)
    given = {"application_id": draft, "revision": 0, "parts": {"name": "李示例"}}
    assert desk.ask("save_draft", drafts.save, APPLICANT, "anna", **given)["recommended_by"] is None


def test_of_two_bodies_each_sees_exactly_what_asks_it(desk: IntakeDesk) -> None:
    """Two twin worlds: whatever one body may ask gives the same as if the other body's applications did not exist."""
    cycle, street, town = desk.open(), desk.body(STREET), desk.body(TOWN, "town")
    mine, unasked = desk.draft(cycle), desk.draft(cycle, "carl", uscc=OTHER_CODE)
    _choose(desk, mine, street)
    alone = _queue(desk, cycle, STREET)
    theirs = [desk.draft(cycle, owner, name="他人公司", uscc=OTHER_CODE) for owner in ("ben", "dora")]
    for application, owner in zip(theirs, ("ben", "dora"), strict=True):
        _choose(desk, application, town, owner)
    _decline(desk, theirs[0], TOWN)
    assert _queue(desk, cycle, STREET) == alone
    assert [line["application_id"] for line in alone["recommendations"]] == [mine]
    assert (alone["total"], alone["counts"]) == (1, {"waiting": 1})
    assert _queue(desk, cycle, "不在名册的单位")["total"] == _queue(desk, cycle, "")["total"] == 0
    for hidden in (unasked, *theirs):
        for ask in (
            lambda a: _sign(desk, a),
            lambda a: _decline(desk, a),
            lambda a: _state(desk, a, RECOMMENDER, unit=STREET),
        ):
            with pytest.raises(NotFound, match="no such application"):
                ask(hidden)


def test_a_body_has_the_facts_before_it_and_no_identity_number(desk: IntakeDesk) -> None:
    """What an opinion needs: name, code, facts, materials; of an individual's number nothing."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle, kind="individual", name="王示例", id_number=NUMBER)
    with desk.work() as work:
        dossiers.change(work, draft, materials=["application_form", "proofs"])
    _choose(desk, draft, street)
    state = _state(desk, draft, RECOMMENDER, unit=STREET)
    assert (state["name"], state["facts"]["region"], len(state["materials"])) == ("王示例", "某市某区", 2)
    assert NUMBER not in str(state)
    assert NUMBER not in str(_queue(desk, cycle, STREET))


def test_an_opinion_says_whether_the_dossier_is_still_the_one_that_it_was_formed_on(desk: IntakeDesk) -> None:
    """The digest of what the body had before it is kept with the opinion."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    assert _state(desk, draft, OFFICE)["changed_since"] is None
    _sign(desk, draft)
    assert _state(desk, draft, OFFICE)["changed_since"] is False
    with desk.work() as work:
        dossiers.change(work, draft, facts={"region": "另一区"})
    assert _state(desk, draft, OFFICE)["changed_since"] is True


def test_the_queue_says_what_waits_first_and_counts_by_opinion(desk: IntakeDesk) -> None:
    """Filter, page and count go by the same filter."""
    cycle, street = desk.open(), desk.body(STREET)
    drafts = [desk.draft(cycle, f"owner{number}") for number in range(3)]
    for number, draft in enumerate(drafts):
        _choose(desk, draft, street, f"owner{number}")
    _sign(desk, drafts[0])
    found = _queue(desk, cycle, STREET)
    assert [line["application_id"] for line in found["recommendations"]] == [drafts[1], drafts[2], drafts[0]]
    assert (found["total"], found["counts"]) == (3, {"waiting": 2, "recommended": 1})
    waiting = _queue(desk, cycle, STREET, opinion="waiting")
    assert (waiting["total"], waiting["counts"]) == (2, {"waiting": 2})
    assert _queue(desk, cycle, STREET, page=2)["recommendations"] == []


@pytest.mark.parametrize("absent", ["recommends", "text", "signed_by"])
def test_an_opinion_that_is_not_whole_is_refused_by_field(desk: IntakeDesk, absent: str) -> None:
    """Opinion, text and the person who signs belong to it."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    with pytest.raises(Invalid) as refused:
        _sign(desk, draft, **{absent: None})
    assert [error.field for error in refused.value.errors] == [absent]


def test_nobody_signs_for_another_body(desk: IntakeDesk) -> None:
    """In a real cycle the body is the account's own; another one's name is refused by field."""
    cycle, street = desk.open(), desk.body(STREET)
    desk.body(TOWN, "town")
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    with pytest.raises(Invalid) as refused:
        _sign(desk, draft, body=TOWN)
    assert [error.field for error in refused.value.errors] == ["body"]
    assert _sign(desk, draft, body=STREET)["recommended_by"] == STREET


def test_a_body_that_is_not_active_is_neither_chosen_nor_signs(desk: IntakeDesk) -> None:
    """Made active again it goes on."""
    cycle, street = desk.open(), desk.body(STREET)
    draft, other = desk.draft(cycle), desk.draft(cycle, "ben")
    _choose(desk, draft, street)
    for active in (False, True):
        given = {"body_id": street, "kind": "street", "active": active}
        changed = desk.ask("set_recommending_body", bodies.change, OFFICE, **given)
        assert changed["active"] is active
        if active:
            break
        with pytest.raises(Forbidden):
            _sign(desk, draft)
        with pytest.raises(Invalid) as refused:
            _choose(desk, other, street, "ben")
        assert [error.field for error in refused.value.errors] == ["body_id"]
    assert _sign(desk, draft)["recommended_by"] == STREET


def test_a_name_is_registered_once_and_by_no_rehearsal(desk: IntakeDesk) -> None:
    """The register is of the real world; blanks around a name make no other body."""
    desk.body(STREET)
    with pytest.raises(Conflict):
        desk.body(f" {STREET} ")
    with pytest.raises(Forbidden), desk.work(OFFICE, on=OPENS) as work:
        bodies.register(work, {"name": TOWN, "kind": "town"})
    with desk.work(OFFICE) as work:
        assert [line["name"] for line in bodies.listed(work)["bodies"]] == [STREET]


def test_a_rehearsal_states_the_body_and_needs_nothing_else(desk: IntakeDesk) -> None:
    """As its file says: no register, no choice, no signature."""
    cycle = desk.open(rehearsal=True)
    draft = desk.draft(cycle, on=OPENS)
    given = {"application_id": draft, "body": "某镇", "recommends": None, "text": None, "signed_by": None}
    with desk.work(RECOMMENDER, on=OPENS) as work:
        assert recommendations.sign(work, given)["recommended_by"] == "某镇"
    for name, wrong in (("body", {"body": None}), ("text", {"text": "同意"})):
        with pytest.raises(Invalid) as refused, desk.work(RECOMMENDER, on=OPENS) as work:
            recommendations.sign(work, given | wrong)
        assert [error.field for error in refused.value.errors] == [name]
    with pytest.raises(Conflict), desk.work(APPLICANT, "anna", on=OPENS) as work:
        recommendations.choose(work, {"application_id": draft, "body_id": "any"})


def test_a_submission_waits_for_an_opinion_that_is_being_signed(desk: IntakeDesk) -> None:
    """Signed and handed in at the same time: the dossier holds the opinion, and no opinion comes after it."""
    cycle, street = desk.open(), desk.body(STREET)
    draft = desk.draft(cycle)
    _choose(desk, draft, street)
    given = {"application_id": draft, "body": None, **FOR}
    with ThreadPoolExecutor() as pool:
        with desk.work(RECOMMENDER, unit=STREET) as work:
            recommendations.sign(work, given)
            submission = pool.submit(desk.submit, draft)
            wait(
                [submission], timeout=0.5
            )  # it may have read by now; what it hands on must not be older than this
        submission.result()
    assert [told["dossier"]["recommended_by"] for told in desk.told("application.accepted")] == [STREET]
    with desk.work(OFFICE) as work:
        assert applications.one(work, {"application_id": draft})["recommended_by"] == STREET


def test_a_signature_and_a_submission_at_one_moment_do_not_wait_for_each_other(desk: IntakeDesk) -> None:
    """Both hold the cycle first: whichever comes second sees what the first one left, and neither is given up."""
    cycle, street = desk.open(), desk.body(STREET)
    drafts = [desk.draft(cycle, f"applicant-{turn}") for turn in range(12)]
    for turn, draft in enumerate(drafts):
        _choose(desk, draft, street, f"applicant-{turn}")

    def sign(turn: int) -> str:
        try:
            _sign(desk, drafts[turn])
        except Conflict:
            return "too late"
        return "signed"

    def hand_in(turn: int) -> str:
        with desk.work(APPLICANT, f"applicant-{turn}") as work:
            return str(applications.submit(work, {"application_id": drafts[turn]})["status"])

    with ThreadPoolExecutor(4) as together:
        pairs = [(together.submit(sign, turn), together.submit(hand_in, turn)) for turn in range(12)]
        assert [handed.result() for _, handed in pairs] == ["submitted"] * 12
        assert {signed.result() for signed, _ in pairs} <= {"signed", "too late"}
