"""The office walks a cycle in its pages, in front of the real services."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import SHANGHAI, FixedClock
from tests.support.browsing import Shown, Visitor
from tests.support.house import House
from tests.support.intake import CODE, FACTS, OTHER_CODE

pytestmark = pytest.mark.integration

BOOK = "changning-2023"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 5, 12, 9, 30, tzinfo=SHANGHAI))


@pytest.fixture
def house(tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    house = House(tmp_path, clock)
    yield house
    house.close()


def _opened(house: House) -> tuple[Visitor, str]:
    """Somebody of the office, and the address of the cycle that it opened."""
    visitor = Visitor(house.bench, "award_office")
    given = {
        "rulebook": BOOK,
        "year": "2026",
        "opens_on": "2026-05-12",
        "closes_on": "2026-06-12",
        "budget_fen": "",
    }
    sent = visitor.fill(visitor.open("/office/cycles/new"), sure="yes", **given)
    assert sent.status == 303, sent.words
    house.hear()
    return visitor, sent.response.headers["Location"]


def _handed_in(house: House, cycle: str, code: str = CODE) -> str:
    """An application that its owner has handed in."""
    draft = {"cycle_id": cycle.rpartition("/")[2], "name": "示例公司", "kind": "organization", "uscc": code}
    application_id = house.do(
        "intake.create_application", "applicant", "anna", **draft, facts=FACTS, materials=[]
    )["application_id"]
    house.do("intake.submit_application", "applicant", "anna", application_id=application_id)
    house.hear()
    return str(application_id)


def _done(shown: Shown) -> None:
    assert shown.status == 303, shown.words


def test_from_the_opening_to_the_qualification(house: House, clock: FixedClock) -> None:
    """Open, sign for, close, begin, judge: each through its form, and each page tells what the services then know."""
    office, cycle = _opened(house)
    application = _handed_in(house, cycle)
    here = f"{cycle}/a/{application}"
    assert "等待签收或退回补正" in office.open(here).words
    _done(office.fill(office.open(f"{here}/accept")))
    house.hear()
    assert "已签收第 1 次提交" in office.open(here).words
    clock.move(timedelta(days=40))
    office = Visitor(house.bench, "award_office")
    _done(office.fill(office.open(f"{cycle}/stages/submission/close")))
    house.hear()
    _done(office.fill(office.open(f"{cycle}/stages/qualification/begin")))
    house.hear()
    page = office.open(here)
    judgements = [link for link in page.links if "/judge?" in link]
    assert len(judgements) == 2
    assert page.words.index("在本区登记注册 不符合") < page.words.index("待部门答复")
    _done(office.fill(office.open(judgements[0]), confirmed="true", reason="材料可证"))
    assert "已认定符合" in office.open(here).words
    refused = office.fill(office.open(f"{cycle}/stages/qualification/close"))
    assert refused.status == 409
    assert "部门记录待答复" in refused.words
    assert "部门记录待答复" in office.open(cycle).words


def test_an_application_is_returned_and_counted_so(house: House) -> None:
    office, cycle = _opened(house)
    application = _handed_in(house, cycle, OTHER_CODE)
    here = f"{cycle}/a/{application}"
    field = {"items.0.field": "uscc", "items.0.reason": "代码与营业执照不符"}
    _done(office.fill(office.open(f"{here}/return"), **field))
    words = office.open(here).words
    assert "代码与营业执照不符" in words
    assert "退回补正" in office.open(f"{cycle}/applications?status=returned").words
    again = office.fill(office.open(f"{here}/return"), **field)
    assert again.status == 409
    assert dict(again.form()["fields"])["items.0.reason"].strip() == "代码与营业执照不符"


def test_a_departments_file_goes_out_and_comes_in(house: House) -> None:
    """Blank is no answer, line by line; 无记录 is one."""
    office, cycle = _opened(house)
    application = _handed_in(house, cycle)
    _done(office.fill(office.open(f"{cycle}/a/{application}/accept")))
    house.hear()
    sheet = office.open(f"{cycle}/enquiries/quality/batch.csv").response.get_data().decode("utf-8-sig")
    form = f"{cycle}/enquiries/quality/answers"
    blank = office.fill(office.open(form), file=(io.BytesIO(sheet.encode()), "answers.csv"))
    assert "格式有误" in blank.words
    head, line = sheet.replace('"', "").splitlines()[:2]
    cells = line.split(",")
    cells[head.split(",").index("答复结果")] = "无记录"
    filled = "\n".join([head, ",".join(cells)]) + "\n"
    taken = office.fill(office.open(form), file=(io.BytesIO(filled.encode()), "answers.csv"))
    assert "已采纳" in taken.words
    assert "无记录" in office.open(f"{cycle}/a/{application}/enquiries").words


def test_the_register_of_experts(house: House) -> None:
    """Entered, changed by revision, away; not taken into a cycle without a declaration; a stale change is shown beside."""
    office, cycle = _opened(house)
    entry = {
        "expert_id": "E9",
        "name": "张三",
        "industry_expert": "yes",
        "may_lead": "no",
        "expertise": "质量管理",
    }
    _done(office.fill(office.open("/experts/new"), **entry))
    stale = office.open("/experts/E9/change")
    _done(office.fill(office.open("/experts/E9/change"), name="张三丰"))
    late = office.fill(stale, name="张三疯")
    assert late.status == 409
    assert "张三丰" in late.words
    _done(office.fill(office.open("/experts/E9/absences/new"), since="2026-07-01", until="2026-07-05"))
    assert "2026年7月5日" in office.open("/experts/E9").words
    entered = office.fill(office.open(f"{cycle}/experts"), expert_ids="E9\nE10")
    assert "没有有效申报" in entered.words
    assert "专家库中没有" in entered.words


def test_every_page_of_a_cycle_opens_before_anything_has_happened(house: House) -> None:
    """What is not there yet is said, and is no fault."""
    office, cycle = _opened(house)
    for ending in (
        "", "/applications", "/enquiries", "/panels", "/scores", "/feedback", "/pool", "/pictures", "/conflicts", "/recusals",
        "/panel-history", "/calibration", "/experts", "/stages/submission", "/panels/document_review",
            "/scores/document_review",
        "/visits/site_review",
    ):  # fmt: skip
        assert office.open(cycle + ending).status == 200, ending
