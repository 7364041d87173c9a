"""代办 in the services, on both databases: whoever acts for somebody is that person wherever two people are needed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from shared.problems import Forbidden
from tests.integration.incentives.followed import OFFICE, OTHER, Followed
from tests.integration.incentives.test_rectification import LAST, TODAY
from tests.support.honours import LATER, OFFICER, House
from tests.support.objections import ASSIGNS, LOOKS, RULES, Hall

pytestmark = pytest.mark.integration

HELPER = "zhao.office"


@pytest.fixture
def followed(database_url: str) -> Iterator[Followed]:
    made = Followed(database_url)
    made.award("a1")
    made.at(TODAY)
    yield made
    made.desk.close()


def _order(followed: Followed, actor: str) -> dict[str, str]:
    said = {"what": "更新质量台账", "ground": "台账停更", "answer_by": str(LAST)}
    order = followed.office("issue_rectification", {"application_id": "a1", **said}, actor)
    followed.winner("answer_rectification", {
        "application_id": "a1", "order_id": order["order_id"], "answer": "已补齐。", "papers": ["f1"],
    }, "a1.lead")  # fmt: skip
    return {
        "application_id": "a1",
        "order_id": order["order_id"],
        "decision": "confirmed",
        "reason": "经核实",
    }


def test_a_helper_does_not_decide_for_whoever_issued_it(followed: Followed) -> None:
    """For another officer it may; and the audit log says for whom."""
    decision = _order(followed, OFFICE)
    followed.desk.lenders[HELPER] = OFFICE
    with pytest.raises(Forbidden) as refused:
        followed.office("decide_rectification", decision, HELPER)
    assert refused.value.code == "same_person"
    followed.desk.lenders[HELPER] = OTHER
    followed.office("decide_rectification", decision, HELPER)
    audit = followed.desk.store.tables.audit
    with followed.desk.store.read() as work:
        rows = work.session.execute(select(audit).where(audit.c.actor == HELPER)).all()
    assert {row.delegated_by for row in rows} == {OTHER}


def test_nobody_decides_what_was_issued_for_it(followed: Followed) -> None:
    """Neither whoever lent the role, nor another helper of the same; afterwards the helper itself does not either."""
    followed.desk.lenders = {HELPER: OFFICE, "qian.office": OFFICE}
    decision = _order(followed, HELPER)
    for actor in (OFFICE, "qian.office", HELPER):
        with pytest.raises(Forbidden) as refused:
            followed.office("decide_rectification", decision, actor)
        assert refused.value.code == "same_person"
    followed.desk.lenders = {}
    with pytest.raises(Forbidden):
        followed.office("decide_rectification", decision, HELPER)
    followed.office("decide_rectification", decision, OTHER)


def test_a_helper_does_not_decide_on_what_was_proposed_by_whoever_lent_the_role(database_url: str) -> None:
    house = House(database_url)
    house.win()
    house.at(LATER)
    case_id = house.open_case()
    house.bring_to(case_id, "proposed")
    house.desk.lenders[HELPER] = OFFICER
    with pytest.raises(Forbidden) as refused:
        house.call("decide_case", actor=HELPER, case_id=case_id, decision="confirm", reason="同意")
    assert refused.value.code == "same_person"
    house.desk.close()


def test_a_part_of_an_objection_is_its_officer_s_and_the_helper_s(database_url: str) -> None:
    """The helper does the part that was given to whoever lent the role, and no other; nobody gives a part to whom it acts for."""
    hall = Hall(database_url)
    objection = str(hall.raised()["objection_id"])
    hall.desk.lenders[HELPER] = ASSIGNS
    with pytest.raises(Forbidden) as refused:
        hall.ask("assign_objection", actor=HELPER, objection_id=objection, part="ruling", officer=ASSIGNS)
    assert refused.value.code == "own_part"
    hall.assigned(objection)
    hall.desk.lenders[HELPER] = RULES
    with pytest.raises(Forbidden) as refused:
        hall.ask("accept_objection", actor=HELPER, objection_id=objection, accepted=True, reason=None)
    assert refused.value.code == "not_assigned"
    hall.desk.lenders[HELPER] = LOOKS
    hall.ask("accept_objection", actor=HELPER, objection_id=objection, accepted=True, reason=None)
    hall.inquire(objection)
    hall.answer(objection)
    hall.desk.lenders[RULES] = LOOKS
    with pytest.raises(Forbidden) as refused:
        hall.rule(objection)
    assert refused.value.code == "same_person"
    hall.desk.lenders.clear()
    assert hall.rule(objection)["ruling"] == "upheld"
    hall.end()
