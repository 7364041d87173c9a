"""A letter says who, under which text, what came of it, why, article by article, and what can be done; and no more."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest

from deploy.decisions.letter import RUNNING, NoSuchApplication, letter
from deploy.decisions.reading import Result, parse
from deploy.decisions.sources import SOURCES, source
from shared.documents import Callout, Document, Entries, Heading, Items, Language, Paragraph, Table, word
from shared.rulebooks import Ban, Case, Condition, Library, Rulebook, Words
from shared.rulebooks.operators import OPERATORS
from tests.unit.decisions.results import TOP, application, data, finding, findings, result
from tests.unit.documents.hostile import NAMES
from tests.unit.rulebooks.cases import changning, organization, with_records
from tests.unit.rulebooks.test_operators import CITY

YOUNG = {"operating_since": "2023-01-16"}


def _letter(*languages: Language, rulebook: Rulebook | None = None, **changes: Any) -> Document:
    found = result({"anna": application(**changes)})
    return letter(found, "anna", rulebook or changning(), languages or ("zh",))


def _refused(case: Case, **changes: Any) -> Document:
    return _letter(
        status="ineligible", stopped_at="qualification", scores={}, findings=findings(case, **changes)
    )


def _text(document: Document, part: int = 0) -> str:
    """Everything that one part says, block by block."""
    lines = [document.parts[part].title, document.parts[part].subtitle]
    for block in document.parts[part].blocks:
        match block:
            case Heading(text) | Callout(text) | Paragraph(text):
                lines.append(text)
            case Items(texts):
                lines += texts
            case Entries(rows):
                lines += [f"{label}：{value}" for label, value in rows]
            case Table():
                lines += [" | ".join(row) for row in (block.headings, *block.rows)]
    return "\n".join(lines)


def _table(document: Document, first: str) -> Table:
    (found,) = [b for b in document.parts[0].blocks if isinstance(b, Table) and b.headings[0] == first]
    return found


def _row(document: Document, rule: str, name: str) -> tuple[str, ...]:
    """The row of a condition, found by what it asks."""
    (asked,) = [c.says.zh for c in changning().conditions if (c.rule, c.name) == (rule, name)]
    (found,) = [row for row in _table(document, "条款").rows if row[1] == asked]
    return found


# --- who, under what, and that it is no decision ----------------------------------------------------------------------


def test_it_is_marked_as_no_decision() -> None:
    """On every page, at the top, and where the seal would be; in either language."""
    made = _letter("zh", "en")
    assert made.running == RUNNING
    assert "不是决定" in RUNNING
    assert "no decision" in RUNNING
    for part in (0, 1):
        assert isinstance(made.parts[part].blocks[0], Callout)
    assert "它不是决定" in _text(made)
    assert "不盖章" in _text(made)
    assert "no decision" in _text(made, 1)
    assert "no seal" in _text(made, 1)


def test_who_and_under_which_text() -> None:
    """Name, handle, kind, days; the text's title, id and time in force."""
    text = _text(_letter())
    for wanted in (
        "申报主体：示例anna公司", "申报编号：anna", "主体类型：组织", "递交日期：2025-05-19",
        "申报期间：2025-05-12 至 2025-06-13",
        "依据：上海市长宁区政府质量奖管理办法（2023年）（changning-2023）", "施行期间：2023-11-15 至 2028-11-14", "（2025 年度）",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_a_draft_says_that_it_is_one() -> None:
    """Nothing was ever decided under it."""
    draft = replace(changning(), status="draft", in_force_from=None, in_force_to=None)
    assert "草案，从未施行" in _text(_letter(rulebook=draft))


def test_an_older_result_is_enough() -> None:
    """Without names, days and receipts the letter is shorter, and says what it does not know."""
    content = data({"anna": application(findings=[finding("16.1", "operating_years", "fail")])}, notices=[])
    for key in ("applicants", "cycle", "receipts", "rulebook_sha256"):
        del content[key]
    made = letter(parse(json.dumps(content).encode(), "r.json"), "anna", changning(), ("zh", "en"))
    text = _text(made)
    assert "申报主体：anna" in text
    assert "递交日期" not in text
    assert "认定结果摘要" not in text
    assert "结果未写明规则文件的摘要" in text
    assert made.made_on is None
    assert "16.1 operating_years：fail" in _text(made, 1)  # no English reason: the Chinese one


def test_nobody_of_that_handle() -> None:
    """The handles that there are, are listed."""
    with pytest.raises(NoSuchApplication, match="anna, ben"):
        letter(result({"anna": application(), "ben": application()}), "carl", changning(), ("zh",))


# --- the outcome and its reasons --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({}, "获奖，奖项为“质量金奖”（先进质量管理模式）。", 'awarded, the award being "质量金奖" (先进质量管理模式).'),
        ({"uses_quota": False}, "，不占名额。", "which takes no place of the quota."),
        ({"status": "not_awarded"}, "未获奖，止于评审会审定（第二十五条）。", "ended at committee (article 25 第二十五条)."),
        ({"status": "late", "stopped_at": "submission"}, "逾期，止于申报推荐（第二十条）。", "late, ended at"),
        ({"status": "objection_upheld", "stopped_at": "notice:award"}, "异议成立，止于拟获奖名单公示", "objection upheld"),
        ({"status": "withdrawn", "stopped_at": "site_review"}, "已撤回，止于现场评审（第二十三条）。", "withdrawn"),
        ({"status": "revoked", "award": TOP}, "已撤销，奖项为“区长质量奖”", "revoked"),
        ({"status": "awaiting_records", "stopped_at": "qualification"}, "待部门答复", "awaiting records"),
    ],
)  # fmt: skip
def test_the_outcome_in_words(changes: dict[str, Any], zh: str, en: str) -> None:
    """The status, what was won, where it ended and by which article."""
    made = _letter("zh", "en", **({"status": "awarded"} | changes))
    assert zh in _text(made)
    assert en in _text(made, 1)


def test_a_blocked_cycle_says_where_and_why() -> None:
    """Nothing is decided while it is."""
    lines = {"anna": application("in_progress", stopped_at="comprehensive")}
    found = result(lines, blocked={"stage": "committee", "reason": "人数不足 / no quorum"})
    assert "本届受阻于评审会审定（第二十五条）：人数不足 / no quorum。" in _text(
        letter(found, "anna", changning(), ("zh",))
    )


def test_reasons_come_first_and_only_what_stands_in_the_way() -> None:
    """Article, what it asks, that it is not met, and the fact; never what is met."""
    made = _refused(replace(organization(**YOUNG), recommended_by=None))
    reasons = next(block for block in made.parts[0].blocks if isinstance(block, Items)).texts
    assert [reason.split("：")[0] for reason in reasons] == ["第十六条（一）", "第二十条"]
    assert "生产经营 3 年以上。不符合：开始生产经营日期：2023-01-16，至 2026-01-16 满 3 年" in reasons[0]


def test_a_winner_has_no_reasons() -> None:
    """Nothing stood in its way."""
    assert "理由如下" not in _text(_letter(findings=findings(organization())))


# --- article by article -----------------------------------------------------------------------------------------------


def test_every_finding_has_its_row() -> None:
    """In the rulebook's order: article and title, what is asked, fact, source, outcome; no reason repeats what is asked."""
    made = _refused(organization(**YOUNG))
    rows = _table(made, "条款").rows
    assert len(rows) == len(findings(organization()))
    assert rows[2] == (
        "第十六条（一）",
        "生产经营 3 年以上",
        "开始生产经营日期：2023-01-16，至 2026-01-16 满 3 年，申报截止日 2025-06-13 未满",
        "申报主体自述",
        "不符合",
    )
    assert rows[1][0] == "第十六条（一）\n先进质量管理模式申报条件"  # the title once, where it begins


def test_records_name_their_departments() -> None:
    """What each department said is the evidence, and each is named as a source."""
    record = {"kind": "accident", "on": "2023-08-09", "severity": "重大", "liable": True}
    made = _refused(with_records(organization(), safety=[record], quality=None))
    row = _row(made, "16.6", "no_major_accident")
    assert row[3] == "部门记录（安全生产、生态环境、质量、公共卫生、食品药品）"
    assert "· 安全生产：2023-08-09 事故 等级重大 负有责任——计入" in row[2].splitlines()
    assert row[4] == "不符合"
    assert _row(made, "16.6", "no_major_complaint")[4] == "待部门答复"
    reasons = next(block for block in made.parts[0].blocks if isinstance(block, Items)).texts
    assert "安全生产：2023-08-09 事故 等级重大 负有责任——计入" in reasons[0]


def test_judgements_name_the_officer() -> None:
    """Confirmed, rejected, or still to be given."""
    made = _refused(organization(), rejected=("16.3",))
    assert _row(made, "16.3", "quality_work")[3:] == ("评审办认定", "认定不符合")
    assert _row(made, "16.5", "good_credit")[3:] == (
        "评审办认定、部门记录（信用）",
        "认定符合",
    )
    open_one = finding("16.3", "quality_work", "needs_judgement", confirmed=None)
    assert "待认定" in _text(_letter(findings=[open_one]))


def test_a_ban_stands_under_its_own_rule() -> None:
    """With the day on which it ends, and the first one on which an application is accepted again."""
    case = replace(organization(), bans=[Ban("35", date(2027, 6, 30))])
    made = _letter(
        status="ineligible", stopped_at="qualification", findings=findings(case), banned_until="2027-06-30"
    )
    (row,) = [row for row in _table(made, "条款").rows if row[4] == "不符合"]
    assert (row[0].splitlines()[0], row[3]) == ("第三十五条", "限制申报登记")
    assert "至 2027-06-30（含当日）不接受申报，2027-07-01 起可以申报" in _text(made)


def test_without_a_qualification_nothing_is_made_up() -> None:
    """Late: no table, and it says that there was none."""
    made = _letter(status="late", stopped_at="submission", scores={})
    assert not [block for block in made.parts[0].blocks if isinstance(block, Table)]
    assert "没有逐条认定" in _text(made)


def test_in_english() -> None:
    """The rulebook's English words, articles with their Chinese label beside them."""
    case = organization(**YOUNG)
    made = _letter("en", status="ineligible", stopped_at="qualification", scores={}, findings=findings(case))
    text = _text(made)
    assert (
        "Article 16.1 第十六条（一）: operating for at least 3 years. Not met: operating since: 2023-01-16"
        in text
    )
    assert "the applicant's own statement | not met" in text
    assert made.parts[0].language == "en"


def test_a_condition_that_the_rulebook_does_not_know() -> None:
    """It stands by its name, and by the article's gist where there is one."""
    gist = replace(changning().articles["18"], gist=Words("避免重复申报的大意", "the gist"))
    book = replace(changning(), articles={**changning().articles, "18": gist})
    unknown = [finding("18", "unknown"), finding("99.9", "other")]
    rows = _table(_letter(rulebook=book, findings=unknown), "条款").rows
    assert [(row[0].splitlines()[0], row[1], row[3]) for row in rows] == [
        ("第十八条", "避免重复申报的大意", ""),
        ("第 99.9 项", "other", ""),
    ]


def test_what_no_article_gives_says_so() -> None:
    """A rule that the rulebook assumes is not cited as an article."""
    assert "本规则文件的推定" in _text(_letter(findings=[finding("assumed:clean_record", "x")]))


# --- scores, money, what next -----------------------------------------------------------------------------------------


def test_scores_and_money_line_by_line() -> None:
    """Each grant with its rule, what was taken back, the sum, and every order with its day."""
    made = _letter(
        status="revoked",
        grants=[{"for": "award", "yuan": 500_000, "rule": "26"}, {"for": "pool", "yuan": 150_000, "rule": "13"}],
        clawback_yuan=500_000,
        orders=[{"order": "revoke", "on": "2026-05-01", "rule": "34"}, {"order": "x", "on": "2026-05-01", "rule": "34"}],
        banned_until="2031-05-01",
    )  # fmt: skip
    assert _table(made, "阶段").rows == (
        ("资料评审（第二十二条）", "86.00"),
        ("现场评审（第二十三条）", "88.33"),
    )
    assert _table(made, "项目").rows == (
        ("获奖资助", "500,000", "第二十六条"),
        ("培育资助", "150,000", "第十三条"),
        ("追缴", "−500,000", ""),
        ("合计", "150,000", ""),
    )
    assert _table(made, "日期").rows == (
        ("2026-05-01", "撤销奖项", "第三十四条"),
        ("2026-05-01", "x", "第三十四条"),
    )
    assert made.made_on == date(2026, 5, 1)


def test_an_award_without_money() -> None:
    """Said, not left to be guessed."""
    assert "本奖项没有资助" in _text(_letter(grants=[]))


def test_what_can_be_done() -> None:
    """The objection's article, form and days; the next cycle by the period; tracking for a winner only."""
    text = _text(_letter())
    assert (
        "异议：在公示期间向评审办提出（第三十一条），须实名、附证据。资格公示：2025-06-17 至 2025-06-23（5 个工作日）。"
        in text
    )
    assert "下一届：每 2 年评选一次（第三条），按此为 2027 年，以届时的申报通知为准。" in text
    assert "获奖后 5 年内接受跟踪管理（第三十六条）。" in text
    refused = _refused(organization(operating_since=None))
    assert "补齐事实后可以在以后的届次重新申报" in _text(refused)
    assert "跟踪管理" not in _text(refused)


def test_silence_of_a_department() -> None:
    """It is no clean record and no bad one."""
    case = with_records(organization(), credit=None)
    text = _text(_letter(status="awaiting_records", stopped_at="qualification", findings=findings(case)))
    assert "没有答复不等于没有不良记录" in text


def test_what_it_stands_on() -> None:
    """The rulebook's hash, the findings' digest, the evaluator, the audit log, and the notes of the result."""
    found = result({"anna": application()}, audit={"entries": 305, "intact": False}, notes=["演练略去 x"])
    text = _text(letter(found, "anna", changning(), ("zh",)))
    for wanted in (f"sha256:{changning().sha256}", f"sha256:{'ab' * 32}", "305 条，不完整", "注：演练略去 x"):
        assert wanted in text, wanted


# --- sources ----------------------------------------------------------------------------------------------------------


def test_every_operator_has_its_source() -> None:
    """A condition whose facts came from nowhere could not be objected to."""
    assert set(SOURCES) == set(OPERATORS)


def test_every_condition_of_every_rulebook_has_one(tmp_path: Path) -> None:
    """The installed ones, and a made-up city with the other operators."""
    (tmp_path / "qinghe-2030.yaml").write_text(CITY, encoding="utf-8")
    library = Library.load(tmp_path)
    conditions = [c for book in map(library.get, library.ids()) for c in book.conditions]
    assert all(source(c).zh and source(c).en for c in conditions)


def test_one_of_several_names_each_source_once() -> None:
    """Two facts of the applicant's and a record."""
    inner: list[dict[str, Any]] = [
        {"operator": "fact_is", "with": {"fact": "region"}},
        {"operator": "fact_is", "with": {"fact": "industry"}},
        {"operator": "no_records", "with": {"departments": ["credit"]}},
    ]
    condition = Condition("1", "x", "any_of", {"conditions": inner}, (), None, (), Words("", ""))
    assert source(condition) == Words(
        "申报主体自述、部门记录（信用）", "the applicant's own statement, departments' records (credit)"
    )


# --- written ----------------------------------------------------------------------------------------------------------


def _named(name: str) -> Result:
    who = {"anna": {"name": name, "kind": "organization", "category": None, "submitted_on": "2025-05-19"}}
    return result({"anna": application(findings=findings(organization()))}, applicants=who)


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_only_data(name: str) -> None:
    """It stands where names stand, letter for letter, for the writers to show."""
    made = letter(_named(name), "anna", changning(), ("zh",))
    entries = next(block for block in made.parts[0].blocks if isinstance(block, Entries))
    assert entries.rows[0] == ("申报主体", name)
    assert f"“{name}”的申报：获奖" in _text(made)


def test_the_letter_as_docx() -> None:
    """Read back by python-docx: the name in both languages' table, every finding a row, the mark on each page."""
    name = '<w:p>=HYPERLINK("x")</w:p>'
    made = docx.Document(io.BytesIO(word.write(letter(_named(name), "anna", changning(), ("zh", "en")))))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    assert cells.count(name) == 2
    assert any(f"“{name}”的申报：获奖" in paragraph.text for paragraph in made.paragraphs)
    assert cells.count("符合") == sum(f["outcome"] == "pass" for f in findings(organization()))
    assert made.sections[0].header.paragraphs[0].text == RUNNING
