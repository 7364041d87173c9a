"""Feedback reports on both databases: gathered, edited, released at once, corrected by versions, answered, summed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from services.review import conflicts, models
from services.review.scoring import consensus
from services.review.service import Review
from services.review.stages import conductor
from shared.config import ConfigurationError, Settings
from shared.contracts.operations import OPERATIONS, REVIEWER
from shared.problems import Conflict, Invalid, NotFound
from tests.integration.review.feedback import EXPERTS, ITEMS, Reviewed, said
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration

FIRST, SECOND, THIRD = EXPERTS
WORDS = {ITEMS[0]: ("有方法", "缺少对比"), ITEMS[-1]: ("结果上升", "1. 补充数据\n2. 缺少预测")}


@pytest.fixture
def cycle(database_url: str) -> Iterator[Reviewed]:
    made = Reviewed(database_url)
    yield made
    made.desk.close()


def _report(cycle: Reviewed, name: str = "a1") -> dict[str, Any]:
    found: dict[str, Any] = cycle.do("feedback_report", application_id=name)["report"]
    return found


def _states(cycle: Reviewed) -> list[tuple[str, str, int, int]]:
    lines = cycle.do("feedback_reports")["reports"]
    return [(line["application_id"], line["state"], line["version"], line["warnings"]) for line in lines]


def test_a_report_merges_what_counts_and_does_not_tell_who_or_when(cycle: Reviewed) -> None:
    """Two applications with the same words by other people in another order: one report. The mean makes the figures."""
    cycle.sheet("a1", FIRST, 40, WORDS)
    cycle.sheet("a1", SECOND, 65, {ITEMS[0]: ("方法 清楚", "缺少对比。")}, later=1)
    cycle.sheet("a2", SECOND, 65, {ITEMS[0]: ("方法 清楚", "缺少对比。")})
    cycle.sheet("a2", THIRD, 40, WORDS, later=5)
    cycle.report_of_the_stage("a1", FIRST, "体系完整", "补充标杆")
    cycle.report_of_the_stage("a2", "office", "体系完整", "补充标杆")
    assert cycle.do("prepare_feedback") == {"gathered": 3, "kept": 0}
    one, other = _report(cycle), _report(cycle, "a2")
    assert one["summary"] == "体系完整"
    assert [point["item"] for point in one["points"]] == ["", ITEMS[0], ITEMS[-1]]
    assert one["points"][1]["strengths"] == ["方法 清楚", "有方法"]
    assert one["points"][1]["improvements"] == ["缺少对比"]
    assert one["points"][2]["improvements"] == ["缺少预测", "补充数据"]
    assert {line["percent"] for line in one["categories"]} == {53}  # the mean is 52.5
    assert {line["band"] for line in one["categories"]} == {"50-65"}
    assert (one["categories"][0]["place"], one["categories"][0]["bands"]) == (4, 6)
    differing = {"application_id", "sequence", "applicant"}
    assert {k: v for k, v in one.items() if k not in differing} == {
        k: v for k, v in other.items() if k not in differing
    }


def test_a_recused_or_replaced_reviewer_is_not_in_a_report(cycle: Reviewed) -> None:
    """Neither its words nor its marks, whether the sheet or the stage's report is its own; both are kept elsewhere."""
    cycle.sheet("a1", FIRST, 40, {ITEMS[0]: ("甲", "乙")})
    cycle.sheet("a1", SECOND, 100, {ITEMS[0]: ("丙", "丁")}, later=1)
    cycle.sheet("a1", THIRD, 100, {ITEMS[0]: ("戊", "己")}, later=2)
    cycle.report_of_the_stage("a1", SECOND, "庚", "辛")
    with cycle.desk.work() as work:
        experts, assigned = models.experts, models.assignments
        work.session.execute(update(experts).where(experts.c.expert_id == SECOND).values(kin_of=["a1"]))
        work.session.execute(update(assigned).where(assigned.c.expert_id == THIRD).values(state="replaced"))
        conflicts.of_experts(work, conductor.cycle(work, CYCLE), [SECOND])
    cycle.do("prepare_feedback")
    found = _report(cycle)
    assert said(found) == {
        "summary": "",
        "points": [{"item": ITEMS[0], "strengths": ["甲"], "improvements": ["乙"]}],
    }
    assert {line["percent"] for line in found["categories"]} == {40}


def test_what_a_replaced_leader_wrote_of_the_whole_is_not_in_a_report(cycle: Reviewed) -> None:
    """The stage's report by one who was replaced is left out like its sheet; the office's own is in."""
    cycle.everybody()
    cycle.sheet("a1", THIRD, 50, later=3)
    cycle.report_of_the_stage("a1", THIRD, "庚", "辛")
    cycle.report_of_the_stage("a2", "office", "体系完整", "补充标杆")
    assigned = models.assignments
    with cycle.desk.work() as work:
        work.session.execute(update(assigned).where(assigned.c.expert_id == THIRD).values(state="replaced"))
    cycle.do("prepare_feedback")
    assert (_report(cycle)["summary"], _report(cycle, "a2")["summary"]) == ("", "体系完整")
    assert "辛" not in str(_report(cycle))


def test_reports_that_tell_what_a_reviewer_wrote_who_is_recused_since_are_not_released(
    cycle: Reviewed,
) -> None:
    """An interest that becomes known after the drafts were gathered, edited ones too: the refusal names the application."""
    cycle.everybody()
    cycle.do("prepare_feedback")
    words = {
        "summary": "改写",
        "points": [{"item": ITEMS[0], "strengths": [], "improvements": ["缺少对比1"]}],
    }
    cycle.do("edit_feedback", application_id="a2", revision=1, **words)
    experts = models.experts
    with cycle.desk.work() as work:
        this = experts.c.expert_id == SECOND
        work.session.execute(update(experts).where(this).values(kin_of=["a2"]))
        conflicts.of_experts(work, conductor.cycle(work, CYCLE), [SECOND])
    with pytest.raises(Conflict) as stale:
        cycle.do("release_feedback")
    assert stale.value.code == "recused_since"
    assert "第 2 号" in stale.value.detail_zh
    cycle.do("prepare_feedback", application_id="a2")
    assert "缺少对比1" not in str(_report(cycle, "a2"))
    assert cycle.do("release_feedback") == {"released": 3}


def test_what_was_agreed_on_stands_instead_of_the_mean(
    cycle: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the rulebook counts the meeting, and only there; its reasons stay with the reviewers."""
    cycle.sheet("a1", FIRST, 40, WORDS)
    key = {"cycle_id": CYCLE, "stage": "document_review", "application_id": "a1", "number": 1}
    opened = {"opened_by": FIRST, "participants": [FIRST], "thousandths": 80_000}
    with cycle.desk.work() as work:
        now = work.now()
        work.session.execute(models.consensus.insert().values(**key, **opened, opened_at=now, closed_at=now))
        rows = [
            {**key, "item": item, "band": "70-85", "thousandths": 80_000, "reason": "合议"} for item in ITEMS
        ]
        work.session.execute(models.consensus_items.insert(), rows)
    cycle.do("prepare_feedback")
    assert {line["percent"] for line in _report(cycle)["categories"]} == {40}
    monkeypatch.setattr(consensus, "_counts", lambda *_: True)
    cycle.do("prepare_feedback")
    found = _report(cycle)
    assert {line["percent"] for line in found["categories"]} == {80}
    assert found["points"][0]["strengths"] == ["有方法"]
    assert "合议" not in str(found)


def test_nothing_is_prepared_while_a_review_runs(database_url: str) -> None:
    """And nothing is there to release, edit or look at."""
    cycle = Reviewed(database_url, closed=False)
    cycle.everybody()
    with pytest.raises(Conflict) as running:
        cycle.do("prepare_feedback")
    assert running.value.code == "review_running"
    with pytest.raises(Conflict) as nothing:
        cycle.do("release_feedback")
    assert nothing.value.code == "not_prepared"
    with pytest.raises(NotFound):
        cycle.do("feedback_report", application_id="a1")
    assert cycle.do("feedback_reports") == {"reports": [], "missing": ["a1", "a2", "a3"]}
    cycle.desk.close()


def test_an_edited_draft_is_kept_unless_it_is_named(cycle: Reviewed) -> None:
    """Whoever edits says which revision it saw; gathering all again leaves the work of the office alone."""
    cycle.everybody()
    cycle.do("prepare_feedback")
    words = {"summary": "改写", "points": [{"item": ITEMS[0], "strengths": [], "improvements": ["补充"]}]}
    edited = cycle.do("edit_feedback", application_id="a1", revision=1, **words)
    assert (edited["revision"], edited["report"]["summary"]) == (2, "改写")
    with pytest.raises(Conflict) as stale:
        cycle.do("edit_feedback", application_id="a1", revision=1, **words)
    assert stale.value.code == "stale_draft"
    assert cycle.do("prepare_feedback") == {"gathered": 2, "kept": 1}
    assert _report(cycle)["summary"] == "改写"
    assert cycle.do("prepare_feedback", application_id="a1") == {"gathered": 1, "kept": 0}
    assert _report(cycle)["summary"] == ""
    with pytest.raises(NotFound):
        cycle.do("prepare_feedback", application_id="a99")


def test_an_item_that_is_none_is_refused(cycle: Reviewed) -> None:
    """By its place; so is one that is there twice."""
    cycle.everybody()
    cycle.do("prepare_feedback")
    point = {"strengths": [], "improvements": ["补充"]}
    points = [{"item": item, **point} for item in (ITEMS[0], "9.9", ITEMS[0])]
    with pytest.raises(Invalid) as refused:
        cycle.do("edit_feedback", application_id="a1", revision=1, summary="", points=points)
    assert [e.field for e in refused.value.errors] == ["points.1.item", "points.2.item"]


def test_all_reports_are_released_at_once_or_none(cycle: Reviewed) -> None:
    """One that is empty or names somebody keeps all back, and the error says which, where and why."""
    cycle.sheet("a1", FIRST, 50, {ITEMS[0]: ("有方法", f"{EXPERTS[SECOND][0]}也认为缺少对比")})
    cycle.sheet("a2", FIRST, 50, {ITEMS[1]: ("有方法", "请联系 13800138000")})
    cycle.do("prepare_feedback")
    assert _states(cycle) == [("a1", "drafted", 0, 1), ("a2", "drafted", 0, 1), ("a3", "drafted", 0, 1)]
    with pytest.raises(Invalid) as refused:
        cycle.do("release_feedback")
    assert refused.value.code == "identity_in_text"
    told = [(e.field, e.reason_zh) for e in refused.value.errors]
    assert told == [
        (f"reports.1.points.{ITEMS[0]}.improvements.0", "含有评审专家的姓名"),
        (f"reports.2.points.{ITEMS[1]}.improvements.0", "含有电话号码"),
        ("reports.3.points", "没有任何优势或改进意见"),
    ]
    assert EXPERTS[SECOND][0] not in str(refused.value.as_dict())
    assert {state for _, state, _, _ in _states(cycle)} == {"drafted"}
    for number, name in enumerate(cycle.names):
        words = {"summary": f"总评{number}", "points": []}
        cycle.do("edit_feedback", application_id=name, revision=1, **words)
    assert cycle.do("release_feedback") == {"released": 3}
    assert _states(cycle) == [(name, "released", 1, 0) for name in cycle.names]
    assert cycle.mine("a3")["summary"] == "总评2"


def test_after_the_release_nothing_changes(cycle: Reviewed) -> None:
    """No second release, no edit, no gathering; and the rows themselves take no change."""
    cycle.everybody()
    cycle.released()
    for method, data in (
        ("release_feedback", {}),
        ("prepare_feedback", {}),
        ("edit_feedback", {"application_id": "a1", "revision": 1, "summary": "x", "points": []}),
    ):
        with pytest.raises(Conflict) as refused:
            cycle.do(method, **data)
        assert refused.value.code == "released"
    with pytest.raises(DatabaseError), cycle.desk.work() as work:
        work.session.execute(update(models.feedback_versions).values(reason=None, version=1))


def test_a_correction_is_a_version_with_its_reason(cycle: Reviewed) -> None:
    """The applicant reads the last one and why; the office all; figures stay; names are looked for here too."""
    cycle.everybody()
    with pytest.raises(NotFound):
        cycle.do("correct_feedback", application_id="a1", version=1, reason="错", summary="甲", points=[])
    cycle.released()
    before = cycle.mine("a1")
    words = {"summary": "更正后的总评", "points": []}
    with pytest.raises(Invalid) as named:
        cycle.do("correct_feedback", application_id="a1", version=1, reason=f"{FIRST}写错", **words)
    assert [e.field for e in named.value.errors] == ["reason"]
    state = cycle.do("correct_feedback", application_id="a1", version=1, reason="条款写错", **words)
    assert [(v["version"], v["reason"]) for v in state["versions"]] == [(1, None), (2, "条款写错")]
    after = cycle.mine("a1")
    assert (after["version"], after["reason"], after["summary"]) == (2, "条款写错", "更正后的总评")
    assert after["categories"] == before["categories"]
    with pytest.raises(Conflict) as stale:
        cycle.do("correct_feedback", application_id="a1", version=1, reason="再错", **words)
    assert stale.value.code == "stale_version"
    assert cycle.mine("a2")["version"] == 1


def test_an_applicant_answers_once_and_the_office_reads_it(cycle: Reviewed) -> None:
    """The version that was read; whoever is on the dossier, once for all of them."""
    cycle.everybody()
    cycle.released()
    me, answer = "applicant/person-a1", {"application_id": "a1", "version": 1, "comment": "已收到"}
    assert cycle.do("feedback_report", application_id="a1")["answer"] is None
    with pytest.raises(Conflict):
        cycle.do("answer_feedback", me, **{**answer, "version": 2})
    cycle.do("answer_feedback", me, **answer)
    with pytest.raises(Conflict) as twice:
        cycle.do("answer_feedback", me, **answer)
    assert twice.value.code == "answered"
    told = cycle.do("feedback_report", "discipline/d1", application_id="a1")["answer"]
    assert (told["comment"], told["version"]) == ("已收到", 1)
    assert [line["answered"] for line in cycle.do("my_feedback_reports", me)["reports"]] == [True]
    assert [line["answered"] for line in cycle.do("feedback_reports")["reports"]] == [True, False, False]


def test_a_withdrawn_application_gets_no_report_and_holds_nobody_up(cycle: Reviewed) -> None:
    """Its draft is left where it is."""
    cycle.everybody()
    cycle.do("prepare_feedback")
    cycle.withdraw("a2")
    assert cycle.do("release_feedback") == {"released": 2}
    with pytest.raises(NotFound):
        cycle.mine("a2")


def test_no_reviewer_has_any_way_to_feedback() -> None:
    """Reports and answers are between the office and the applicants; discipline looks on."""
    names = [name for name in OPERATIONS if "feedback" in name or "digest" in name]
    assert len(names) == 13
    assert all(REVIEWER not in OPERATIONS[name].roles for name in names)


@pytest.fixture
def many(database_url: str) -> Iterator[Reviewed]:
    """Eleven applicants in two bands and one in a third; all but one were told what could be better in the first item."""
    made = Reviewed(database_url, number=12)
    for number, name in enumerate(made.names):
        percent = 20 if number < 6 else 60 if number < 11 else 100
        words = ("有方法", "缺少对比" if number < 11 else "无")
        made.sheet(name, FIRST, percent, {ITEMS[0]: words})
    yield made
    made.desk.close()


def test_the_digest_tells_nothing_of_few(many: Reviewed) -> None:
    """One of twelve is alone in its band, so another goes with it; eleven of twelve give the twelfth away."""
    many.released()
    (group,) = many.do("preview_digest")["groups"]
    first = group["categories"][0]
    cells = {cell["band"]: cell["share_zh"] for cell in first["bands"]}
    assert cells == {"0-25": "约半数", "30-65": None, "70-100": None}
    assert first["improvements_zh"] is None
    assert "12" not in str(group["categories"])


def test_the_digest_is_published_once_and_stands(many: Reviewed) -> None:
    """Only after the release, only with words that name nobody; a later correction or withdrawal changes nothing of it."""
    many.do("prepare_feedback")
    for method, data in (("preview_digest", {}), ("publish_digest", {"texts": []})):
        with pytest.raises(Conflict) as early:
            many.do(method, **data)
        assert early.value.code == "not_released"
    many.do("release_feedback")
    for text in ("申报单位03的结果缺少对比", f"{EXPERTS[FIRST][0]}的意见"):
        with pytest.raises(Invalid) as named:
            many.do("publish_digest", texts=[{"item": "", "zh": "结果"}, {"item": "", "zh": text}])
        assert [e.field for e in named.value.errors] == ["texts.1.zh"]
    with pytest.raises(NotFound):
        many.do("digest", "public/")
    assert many.digests() == []
    shown = many.do("publish_digest", texts=[{"item": "", "zh": "结果普遍缺少对比"}])
    assert many.do("digest", "public/") == shown
    (line,) = many.digests()
    assert line == {
        name: shown[name] for name in ("cycle_id", "award_zh", "award_en", "year", "published_on")
    }
    assert (shown["least"], [text["zh"] for text in shown["texts"]]) == (5, ["结果普遍缺少对比"])
    with pytest.raises(Conflict):
        many.do("publish_digest", texts=[])
    point = {"item": ITEMS[0], "strengths": [], "improvements": []}
    many.do("correct_feedback", application_id="a1", version=1, reason="更正", summary="无误", points=[point])
    many.withdraw("a2")
    assert many.do("digest", "public/") == shown == many.do("preview_digest")


def test_too_few_applicants_make_an_empty_digest(cycle: Reviewed) -> None:
    """Three of them: the standard's name and nothing else."""
    cycle.everybody()
    cycle.released()
    assert [group["categories"] for group in cycle.do("preview_digest")["groups"]] == [[]]


def test_a_report_is_dated_by_its_release(cycle: Reviewed) -> None:
    """The day of its files, so that they are the same bytes whenever they are made."""
    cycle.everybody()
    cycle.released()
    made_on = date.fromisoformat(cycle.mine("a1")["made_on"])
    assert (
        made_on.isoformat()
        == cycle.do("my_feedback_reports", "applicant/person-a1")["reports"][0]["released_on"]
    )


def test_a_threshold_that_hides_nobody_stops_the_start() -> None:
    """One applicant is as few as there can be."""
    with pytest.raises(ConfigurationError, match="FEEDBACK_LEAST"):
        Review.check(Settings(feedback_least=1))
    Review.check(Settings(feedback_least=2))
