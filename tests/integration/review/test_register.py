"""The register of experts on both databases: entering, changing, lists, sheets, and who sees what of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from openpyxl import Workbook

from services.review.register import entries, lists
from services.review.stages import conductor
from shared.contracts.operations.review import register_file
from shared.documents import delimited, incoming, workbook
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.procedure import REAL_WORLD
from shared.store.migrate import schema_differences
from tests.support.register import (
    AUDITOR,
    DISCIPLINE,
    EXPERT,
    FIRM,
    OTHER,
    Register,
    employed,
    entry,
)

pytestmark = pytest.mark.integration

CONTACT = {"phone": "+86 21 5555 0100", "email": "li@example.cn", "address": None}


@pytest.fixture
def register(database_url: str) -> Iterator[Register]:
    made = Register(database_url)
    yield made
    made.close()


def three(register: Register) -> None:
    register.enter("E1", name="李一", industry_expert=True, may_lead=True, employments=[employed(FIRM)])
    register.enter("E2", name="王二", expertise=["精益"], languages=["zh", "en"], contact=CONTACT)
    register.enter(
        "E3",
        name="张三",
        industries=["软件业"],
        employments=[employed(FIRM, "2015-01-01", "2018-12-31"), employed(OTHER)],
    )


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    """Neither more nor less."""
    made = Register(database_url)
    made.close()
    assert schema_differences("review", database_url) == []


def test_an_entry_is_given_back_as_it_was_entered(register: Register) -> None:
    """Lists in their order, days, contact; and a contact is not to be read in the database."""
    given = entry(
        expertise=["乙", "甲"], qualifications=["注册质量审核员"], contact=CONTACT,
        employments=[employed(OTHER, "2020-02-29", None, "示例公司"), employed(FIRM, None, "2020-02-28")],
    )  # fmt: skip
    shown = register.enter("E1", **given)
    assert {name: shown[name] for name in given} == given
    assert (shown["revision"], shown["state"], shown["declared"]) == (1, "active", "missing")
    raw = register.read(
        lambda w: w.connection.exec_driver_sql("SELECT contact FROM expert_register").scalar()
    )
    assert "5555" not in raw


def test_an_id_is_entered_once(register: Register) -> None:
    """The second entry of one id changes nothing."""
    register.enter("E1", name="李一")
    with pytest.raises(Conflict) as refused:
        register.enter("E1", name="王二")
    assert refused.value.code == "expert_exists"
    assert register.one("E1")["name"] == "李一"


def test_the_second_of_two_officers_is_told_and_overwrites_nothing(register: Register) -> None:
    """The refusal names the fields in which the two differ."""
    register.enter("E1", name="李一")
    register.change("E1", 1, name="李一", title="教授")
    with pytest.raises(Conflict) as refused:
        register.change("E1", 1, name="李壹")
    assert refused.value.code == "changed_meanwhile"
    assert [error.field for error in refused.value.errors] == ["revision", "name", "title"]
    assert (register.one("E1")["title"], register.one("E1")["revision"]) == ("教授", 2)


def test_two_officers_at_the_same_time(postgresql_url: str) -> None:
    """Whichever comes second waits for the first, and is told the revision that the first one made."""
    register = Register(postgresql_url)
    register.enter("E1", name="李一")
    waiting = ThreadPoolExecutor(1)
    with register.desk.work("award_office") as first:
        found = entries.entry(first, REAL_WORLD, "E1")
        assert found is not None
        entries.rewrite(first, conductor, REAL_WORLD, "E1", 1, {**found[1], "title": "教授"})
        second = waiting.submit(register.change, "E1", 1, name="李壹")
        assert not wait([second], timeout=0.5).done  # it waits for the row
    with pytest.raises(Conflict) as refused:
        second.result(timeout=30)
    assert next((e.field, e.reason_en) for e in refused.value.errors) == ("revision", "is now 2")
    assert register.one("E1")["title"] == "教授"
    waiting.shutdown()
    register.close()


def test_whoever_is_not_there_is_not_found(register: Register) -> None:
    """Changed, retired or asked for."""
    for attempt in (
        lambda: register.change("E9", 1),
        lambda: register.move("E9", 1),
        lambda: register.one("E9"),
        lambda: register.served("E9"),
        lambda: register.declarations("E9"),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " 李一"),
        ("name", "=cmd|' /C calc'!A0"),
        ("name", "李\u202e一"),
        ("name", "李" * 101),
        ("name", None),
        ("title", "教\n授"),
        ("industry_expert", "yes"),
        ("may_lead", None),
        ("expertise", "卓越绩效"),
        ("expertise", ["甲；乙"]),
        ("expertise", ["甲", "甲"]),
        ("expertise", [f"领域{n}" for n in range(41)]),
        ("industries", ["+1"]),
        ("qualifications", ["字" * 101]),
        ("languages", ["中文"]),
        ("employments", [{"uscc": "91310105MAXY50013X"}]),
        ("employments", [employed(FIRM, "2020-01-02", "2020-01-01")]),
        ("employments", [employed(FIRM, "2020-13-01")]),
        ("employments", [employed(FIRM), employed(FIRM)]),
        ("employments", [employed(FIRM, name="甲|乙")]),
        ("contact", {"phone": "=1+1"}),
        ("contact", {"email": "nobody"}),
        ("contact", {"fax": "1"}),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_field(
    register: Register, field: str, value: Any
) -> None:
    """And nothing is entered."""
    with pytest.raises(Invalid) as refused:
        register.enter("E1", **{field: value})
    assert all(error.field.split(".")[0] == field for error in refused.value.errors)
    assert register.page()["total"] == 0


def test_a_field_that_is_missing_is_not_taken_for_empty(register: Register) -> None:
    """Whoever changes an entry gives all of it."""
    register.enter("E1")
    with pytest.raises(Invalid) as refused:
        register.ask("change_expert", lambda w, d: d, {"expert_id": "E1", "revision": 1, "name": "李一"})
    assert {error.field for error in refused.value.errors} == set(entry()) - {"name"}


def test_the_list_is_filtered_sorted_and_paged_with_counts_of_all(register: Register) -> None:
    """Each filter by itself and two together; the counts are of what the filter lets through, not of the page."""
    three(register)
    assert register.ids(industry="软件业") == ["E3"]
    assert register.ids(expertise="精益") == ["E2"]
    assert register.ids(language="en") == ["E2"]
    assert register.ids(uscc=FIRM) == ["E1", "E3"]
    assert register.ids(industry_expert="yes") == register.ids(may_lead="yes") == ["E1"]
    assert register.ids(industry_expert="no", uscc=FIRM) == ["E3"]
    assert register.ids(q="王") == ["E2"]
    assert register.ids(q="e3") == ["E3"]
    assert register.ids(q="%") == []
    assert register.ids(declared="missing", sort="-expert_id") == ["E3", "E2", "E1"]
    register.move("E2", 1)
    page = register.page(size=50)
    assert (page["total"], page["counts"]) == (3, {"active": 2, "retired": 1})
    assert register.ids(state="retired") == ["E2"]
    assert register.page(page=2)["experts"] == []
    assert register.page(page=2)["total"] == 3


def test_a_walk_gives_each_expert_once(register: Register) -> None:
    """Whatever size the steps have; `start` as an id confuses nobody."""
    ids = sorted([f"E{n}" for n in range(60)] + ["start"])
    for expert_id in ids:
        register.enter(expert_id)
    found: list[str] = []
    after = "start"
    while after is not None:
        page = register.page(after=after, size=50)
        found += [line["expert_id"] for line in page["experts"]]
        after = page["next"]
    assert sorted(found) == ids
    assert len(found) == len(set(found))


def test_retired_and_reinstated_with_a_reason(register: Register) -> None:
    """Once each, from the revision that was read; a retired one stays in the list."""
    register.enter("E1")
    assert register.move("E1", 1)["state_reason"] == "本人申请"
    for revision in (1, 2):
        with pytest.raises(Conflict):
            register.move("E1", revision)
    assert register.move("E1", 2, back=True)["state"] == "active"
    said = [action for action in register.desk.actions() if action.startswith("expert:")]
    assert said[-2:] == ["expert:retired", "expert:reinstated"]


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_an_expert_sees_itself_and_nobody_else(register: Register) -> None:
    """In lists, counts, searches, filters, and by id; what it is refused reads like what does not exist."""
    three(register)
    page = register.page(EXPERT, "E2")
    assert [line["expert_id"] for line in page["experts"]] == ["E2"]
    assert (page["total"], page["counts"]) == (1, {"active": 1})
    assert page["experts"][0]["contact"] == CONTACT
    for narrowed in ({"q": "李一"}, {"uscc": FIRM}, {"industry_expert": "yes"}, {"industry": "软件业"}):
        page = register.page(EXPERT, "E2", **narrowed)
        assert (page["experts"], page["total"], page["counts"]) == ([], 0, {})
    refusals = []
    for wanted in ("E1", "E9"):
        with pytest.raises(NotFound) as refused:
            register.one(wanted, EXPERT, "E2")
        refusals.append(refused.value.as_dict())
    assert refusals[0] == refusals[1]
    stranger = register.page(EXPERT, "E77")
    assert (stranger["experts"], stranger["total"]) == ([], 0)
    walked = register.page(EXPERT, "E2", after="start", size=50)
    assert [line["expert_id"] for line in walked["experts"]] == ["E2"]


def test_an_auditor_gets_no_name_no_contact_and_no_way_to_guess_them(register: Register) -> None:
    """Neither shown, nor searched for, nor sorted by."""
    three(register)
    lines = register.page(AUDITOR)["experts"]
    assert len(lines) == 3
    assert {(line["name"], line["contact"], line["absences"]) for line in lines} == {(None, None, None)}
    assert register.page(AUDITOR, q="李一")["total"] == 0
    assert register.page(AUDITOR, q="E1")["total"] == 1
    for sort in ("name", "-name"):
        with pytest.raises(Invalid, match="sort"):
            register.page(AUDITOR, sort=sort)


def test_contacts_are_told_to_the_office_where_it_asks_for_them(register: Register) -> None:
    """Discipline inspection reads names, not telephone numbers, whatever it asks for."""
    three(register)
    assert [line["contact"] for line in register.page()["experts"]] == [None] * 3
    assert [line["contact"] for line in register.page(contacts="yes")["experts"]] == [None, CONTACT, None]
    shown = register.page(DISCIPLINE, contacts="yes")["experts"]
    assert [(line["name"], line["contact"]) for line in shown] == [
        ("李一", None),
        ("王二", None),
        ("张三", None),
    ]
    assert register.one("E2", DISCIPLINE)["contact"] is None


def test_a_rehearsal_has_a_register_of_its_own(new_database: Any) -> None:
    """A rehearsal that does not say which it is means nobody's."""
    played = Register(new_database("sqlite"), rehearsal=True)
    played.enter("E1")
    assert played.ids() == ["E1"]
    with played.desk.work("award_office", on=None) as work:
        real = {"cycle_id": None, "contacts": None, "after": None, "sort": None, "page": 1, "size": 50}
        assert lists.listed(work, conductor, real)["total"] == 0
    with played.desk.work("award_office", on=played.on) as work, pytest.raises(Forbidden) as refused:
        lists.listed(work, conductor, real)
    assert refused.value.code == "rehearsal_only"
    played.close()


# --- sheets -----------------------------------------------------------------------------------------------------------


def _written(register: Register, form: str) -> bytes:
    """The register as the gateway writes it."""
    wanted = register_file.columns(contacts=True)
    headings = tuple(column.heading for column in wanted)
    rows = tuple(register_file.row(line, contacts=True) for line in register.page(contacts="yes")["experts"])
    if form == "csv":
        return delimited.write(headings, rows)
    sheet = workbook.Sheet("专家库", headings, rows, tuple(column.width for column in wanted))
    return workbook.write("专家库", (sheet,))


def _csv(*rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_out_comes_in_unchanged(register: Register, new_database: Any, form: str) -> None:
    """Into the same register nothing changes; into an empty one it makes the same entries."""
    three(register)
    content = _written(register, form)
    assert register.load(content)["counts"] == {"unchanged": 3}
    empty = Register(new_database("sqlite"))
    rows = [list(row) for row in _table(content)]
    place = rows[0].index("版本 Revision")
    for row in rows[1:]:
        row[place] = None
    assert empty.load(_csv(*rows))["counts"] == {"entered": 3}
    for expert_id in ("E1", "E2", "E3"):
        assert empty.one(expert_id) == register.one(expert_id)
    empty.close()


def _table(content: bytes) -> list[list[str]]:
    return [[incoming.text_of(cell) for cell in row] for row in incoming.read(content)]


def test_each_line_is_reported_by_itself(register: Register) -> None:
    """Right lines are taken beside wrong ones, which are named by line, field and reason."""
    three(register)
    register.change("E2", 1, name="王二", title="教授")
    report = register.load(
        _csv(
            ["专家编号", "版本", "姓名", "行业专家", "语种", "工作单位"],
            ["E1", "1", "李一", "否", "zh", f"{FIRM}｜｜2010-01-01｜"],
            ["E2", "1", "王二", "是", "zh", ""],
            ["E3", "", "张三丰", "否", "zh", ""],
            ["E4", "", "赵四", "否", "zh", ""],
            ["E4", "", "赵四", "否", "zh", ""],
            ["E5", "", "钱五", "也许", "zh", ""],
            ["E6", "", "=1+1", "是", "zh", ""],
            ["E7", "", "孙七", "是", "zh", "91310105MAXY50013X"],
            ["E 8", "", "周八", "是", "zh", ""],
            ["E9", "3", "吴九", "是", "zh", ""],
        )
    )
    assert [(line["line"], line["outcome"], line["field"]) for line in report["lines"]] == [
        (2, "changed", None),
        (3, "changed_meanwhile", "revision"),
        (4, "changed_meanwhile", "revision"),
        (5, "entered", None),
        (6, "malformed", "expert_id"),
        (7, "malformed", "industry_expert"),
        (8, "malformed", "name"),
        (9, "malformed", "employments.0.uscc"),
        (10, "malformed", "expert_id"),
        (11, "malformed", "revision"),
    ]
    assert report["counts"] == {"changed": 1, "changed_meanwhile": 2, "entered": 1, "malformed": 6}
    assert register.one("E1")["expertise"] == ["卓越绩效"]  # the sheet has no such column
    assert register.one("E2")["title"] == "教授"
    assert register.ids() == ["E1", "E2", "E3", "E4"]


def test_a_sheet_may_be_checked_before_it_is_taken(register: Register) -> None:
    """The same report, and nothing changed."""
    sheet = _csv(["专家编号", "姓名"], ["E1", "李一"], ["E2", ""])
    checked = register.load(sheet, check_only=True)
    assert register.page()["total"] == 0
    assert register.load(sheet) == checked
    assert register.ids() == ["E1"]


def test_a_formula_in_a_workbook_is_refused(register: Register) -> None:
    """Nobody knows what the sender saw in it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["专家编号", "姓名"])
    sheet.append(["E1", '=HYPERLINK("http://example.invalid","李一")'])
    out = io.BytesIO()
    book.save(out)
    (line,) = register.load(out.getvalue())["lines"]
    assert (line["outcome"], line["field"]) == ("malformed", "name")
    assert "公式" in line["reason_zh"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\n", "缺少列"),
        (b"\xff\xff\xff", "编码"),
        (b"PK\x03\x04nothing", "XLSX"),
        ("专家编号,备注\r\n".encode(), "备注"),
        ("专家编号\r\n".encode(), "姓名"),
        ("专家编号,姓名,姓名\r\n".encode(), "重复"),
        ("专家编号,姓名\r\nE1,甲\r\nE2,乙\r\nE3,丙\r\n".encode(), "超过 2 行"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(register: Register, content: bytes, said: str) -> None:
    """With the reason."""
    with pytest.raises(Invalid) as refused:
        register.load(content, most=2)
    assert said in refused.value.detail_zh
    assert [error.field for error in refused.value.errors] == ["content"]
    assert register.page()["total"] == 0
