"""Drafts saved part by part on both databases: nothing typed is lost, nothing of anybody else's is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from services.intake import checking, drafts
from shared.problems import Conflict, Invalid
from tests.integration.intake.desk import APPLICANT, CODE, RealDesk

pytestmark = pytest.mark.integration


@pytest.fixture
def desk(database_url: str) -> Iterator[RealDesk]:
    made = RealDesk(database_url)
    yield made
    made.close()


def _shown(desk: RealDesk, application: str, who: str = "anna") -> dict[str, Any]:
    with desk.work(APPLICANT, who) as work:
        return drafts.one(work, {"application_id": application})


def _check(desk: RealDesk, application: str) -> dict[str, Any]:
    with desk.work(APPLICANT, "anna") as work:
        return checking.check(work, {"application_id": application})


def test_a_draft_begins_with_a_kind_and_a_name(desk: RealDesk) -> None:
    """Everything else comes part by part, and the revision counts the savings that changed something."""
    draft = desk.drafted(uscc=None, facts={})
    assert _shown(desk, draft)["parts"] == {"name": "示例公司"}
    saved = desk.save(draft, 1, uscc=CODE, facts__region="上海市长宁区", facts__profit_yuan={"2024": 5})
    assert saved["revision"] == 2
    assert desk.save(draft, 2, facts__region="上海市长宁区")["revision"] == 2
    assert _shown(desk, draft)["parts"] == {
        "name": "示例公司", "uscc": CODE, "facts.region": "上海市长宁区", "facts.profit_yuan": {"2024": 5},
    }  # fmt: skip


def test_what_is_not_right_yet_is_kept_as_it_was_typed(desk: RealDesk) -> None:
    """A wrong date, a wrong code, a word where an amount belongs: kept, told at the field, and replaced by what is right."""
    draft = desk.drafted()
    saved = desk.save(
        draft, 1, uscc="913101O5", facts__registered_on="2011年3月", facts__profit_yuan={"2024": "many"}
    )
    assert saved["parts"]["uscc"] == "913101O5"
    assert saved["parts"]["facts.registered_on"] == "2011年3月"
    wrong = {fault["field"] for fault in saved["faults"]}
    assert {"uscc", "facts.registered_on"} < wrong
    assert any(field.startswith("facts.profit_yuan") for field in wrong)
    assert all(fault["reason_zh"] and fault["reason_en"] for fault in saved["faults"])
    mended = desk.save(draft, 2, uscc=CODE, facts__registered_on="2011-03-28", facts__profit_yuan=None)
    assert mended["faults"] == []
    assert mended["parts"]["facts.registered_on"] == "2011-03-28"
    assert "facts.profit_yuan" not in mended["parts"]


def test_the_second_of_two_is_told_and_overwrites_nothing(desk: RealDesk) -> None:
    """Both read revision 1 and change one part: the second hears what stands there now."""
    draft = desk.drafted()
    desk.joined(draft, "ben")
    desk.save(draft, 1, facts__region="上海市")
    with pytest.raises(Conflict) as refused:
        desk.save(draft, 1, "ben", facts__region="长宁", facts__industry="电子")
    assert refused.value.code == "changed_meanwhile"
    assert [error.field for error in refused.value.errors] == ["facts.region"]
    assert "上海市" in refused.value.errors[0].reason_zh
    assert "facts.industry" not in _shown(desk, draft)["parts"]


def test_two_who_change_different_parts_both_keep_what_they_wrote(desk: RealDesk) -> None:
    """Nobody has to type anything again because somebody else was faster elsewhere."""
    draft = desk.drafted()
    desk.joined(draft, "ben")
    desk.save(draft, 1, facts__region="上海市")
    merged = desk.save(draft, 1, "ben", facts__industry="电子")
    assert merged["parts"]["facts.region"] == "上海市"
    assert merged["parts"]["facts.industry"] == "电子"
    assert merged["revision"] == 3


def test_the_same_change_twice_is_no_quarrel(desk: RealDesk) -> None:
    """Whoever types what the other one typed is not told off."""
    draft = desk.drafted()
    desk.joined(draft, "ben")
    desk.save(draft, 1, facts__region="上海市")
    assert desk.save(draft, 1, "ben", facts__region="上海市")["revision"] == 2


def test_a_revision_that_never_was_is_refused(desk: RealDesk) -> None:
    """Else a writer could claim to have read what nobody wrote."""
    with pytest.raises(Conflict, match="no such revision"):
        desk.save(desk.drafted(), 2, facts__region="上海市")


def test_a_wrong_identity_number_is_encrypted_too(desk: RealDesk) -> None:
    """What was typed wrongly is as personal as what is right, and is repeated in no error."""
    draft = desk.drafted(kind="individual")
    desk.joined(draft, "ben")
    number = "110105194912310021"
    assert desk.save(draft, 1, id_number=number)["parts"]["id_number"] == number
    with desk.store.reading() as connection:
        kept = connection.execute(text("SELECT typed, id_number FROM applications")).one()
    assert number not in str(kept.typed)
    with pytest.raises(Conflict) as refused:
        desk.save(draft, 1, "ben", id_number="11010519491231002X")
    assert number not in str(refused.value.as_dict())


def test_the_check_names_the_article_of_what_is_missing(desk: RealDesk) -> None:
    """Changning 16 and 20: what a condition would miss is told with its article, before anything is handed in."""
    draft = desk.drafted(facts={"region": "上海市黄浦区"})
    found = _check(desk, draft)
    assert found["ready"]
    told = {(line["rule"], line["outcome"]) for line in found["expected"]}
    assert ("16.1", "fail") in told
    assert ("16.6", "missing") in told
    assert ("20", "fail") in told
    assert all(line["article"].startswith("第") for line in found["expected"])


def test_departments_and_people_are_not_foretold(desk: RealDesk) -> None:
    """No condition on records, and none that a person judges, is in the check."""
    outcomes = {line["outcome"] for line in _check(desk, desk.drafted())["expected"]}
    assert outcomes <= {"fail", "missing"}


def test_all_that_blocks_is_said_at_once(desk: RealDesk) -> None:
    """The submission names every part that has no form, and what nobody can be told apart without."""
    draft = desk.drafted(uscc=None, facts={})
    desk.save(draft, 1, facts__registered_on="bald", facts__city_rank={"tax": 0})
    assert not _check(desk, draft)["ready"]
    with pytest.raises(Invalid) as refused:
        desk.hand_in(draft)
    assert refused.value.code == "not_ready"
    fields = {error.field for error in refused.value.errors}
    assert {"uscc", "facts.registered_on", "facts.city_rank.tax"} <= fields
    assert _shown(desk, draft)["parts"]["facts.registered_on"] == "bald"


def test_the_same_applicant_is_told_that_it_has_applied(desk: RealDesk) -> None:
    """One applicant once is for the rulebook to decide; whoever types it a second time hears of it first."""
    first, second = desk.drafted(), desk.drafted()
    assert not _check(desk, second)["applied_already"]
    desk.hand_in(first)
    assert _check(desk, second)["applied_already"]


@pytest.mark.parametrize("materials", [["proofs"], ["application_form", "nothing"]])
def test_a_real_draft_states_no_materials(desk: RealDesk, materials: list[str]) -> None:
    """They are the files that are handed in."""
    with pytest.raises(Invalid) as refused:
        desk.drafted(materials=materials)
    assert refused.value.errors[0].field == "materials"


def test_a_reader_changes_nothing(desk: RealDesk) -> None:
    """查阅人 see the draft; the refusal says that the part is not enough, since they know that it is there."""
    from shared.problems import Forbidden

    draft = desk.drafted()
    desk.joined(draft, "ben", "reader")
    assert _shown(desk, draft, "ben")["revision"] == 1
    with pytest.raises(Forbidden):
        desk.save(draft, 1, "ben", facts__region="上海市")
