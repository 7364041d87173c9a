"""Where each thing is done: the page, and the operation that does it. Pure.

Paths are templates; `{cycle_id}`, `{stage}` and `{notice}` are filled in. Operations are those of the contract, and the
office may ask them (both tested).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.rulebooks import Rulebook

CYCLE = "/cycles/{cycle_id}"
STAGE = CYCLE + "/stages/{stage}"
BEGIN, CLOSE = STAGE + "/begin", STAGE + "/close"
NOTICE = CYCLE + "/notices/{notice}"
CALENDAR = "/office/calendar"


@dataclass(frozen=True)
class Place:
    """`path`: the page; `operation`: what the office does there, "" where others have to act. `zh` and `en` name the act."""

    path: str
    operation: str = ""
    zh: str = "查看进展"
    en: str = "see how far it is"


_ALL = CYCLE + "/applications"
PLACES: Mapping[str, Place] = {
    "closing_day": Place(_ALL, "", "等待申报截止", "wait for the last day for applications"),
    "signatures": Place(
        _ALL + "?status=submitted", "intake.accept_application", "签收申报", "sign for applications"
    ),
    "records": Place(
        _ALL + "?missing=departments", "intake.ask_again", "催办部门答复", "press departments to answer"
    ),
    "silences": Place(
        _ALL + "?missing=departments", "intake.ask_again", "再次征询部门", "ask departments once more"
    ),
    "judgements": Place(_ALL + "?status=in_progress", "eligibility.judge", "作出认定", "judge conditions"),
    "confirmations": Place(
        CYCLE + "/enquiries", "intake.recheck_records", "复核部门记录", "check the records again"
    ),
    "admission": Place(CYCLE + "/scores", "review.admit", "确定进入名单", "settle who enters"),
    "panels": Place(CYCLE + "/panels", "review.draw_panel", "抽取并下达评审组", "draw and release panels"),
    "seats": Place(CYCLE + "/panels", "review.fill_panel", "补足评审员", "fill what is vacant"),
    "recusals": Place(CYCLE + "/panels", "review.replace_reviewer", "指定替补评审员", "name replacements"),
    "sheets": Place(CYCLE + "/scores", "", "催办评分表", "press for score sheets"),
    "consensus": Place(CYCLE + "/scores", "", "等待小组合议", "wait for the panels' meetings"),
    "attendance": Place(
        CYCLE + "/defence/{stage}", "review.record_attendance", "登记答辩到场", "record who came"
    ),
    "visits": Place(CYCLE + "/visits/{stage}", "review.plan_visits", "安排现场评审", "plan the visits"),
    "joint_scores": Place(CYCLE + "/scores", "", "等待合议分", "wait for the joint scores"),
    "reports": Place(
        CYCLE + "/scores/{stage}/reports", "review.record_stage_report", "补齐评审报告", "enter the reports"
    ),
    "vote": Place(
        CYCLE + "/social/{stage}", "", "等待投票和清点", "wait for the public's vote and its count"
    ),
    "notice_draft": Place(
        NOTICE, "eligibility.approve_notice", "拟定并批准公示稿", "write and approve the notice's draft"
    ),
    "notice_correction": Place(
        NOTICE, "eligibility.approve_notice_correction", "办理更正稿", "settle the correction"
    ),
    "notice_days": Place(STAGE, "", "等待公示期满", "wait for the end of the notice"),
    "objections": Place(
        CYCLE + "/objections", "eligibility.rule_on_objection", "办理异议", "settle the objections"
    ),
    "meeting": Place(CYCLE + "/committee", "committee.convene", "召集评审会", "call the committee"),
    "ballots": Place(CYCLE + "/committee", "committee.close_round", "组织表决", "hold the ballots"),
    "minutes": Place(CYCLE + "/committee", "committee.draft_minutes", "起草会议纪要", "draft the minutes"),
    "approval": Place(CYCLE + "/committee", "committee.record_approval", "登记批准", "record the approval"),
    "other": Place(STAGE),
}
# What a planned stage does not strictly need: the office may begin it all the same.
ADVICE = frozenset({"records", "silences", "admission"})


def path(template: str, cycle_id: str, stage: str = "") -> str:
    """A page of a cycle, or of a stage of it; the stage `notice:award` has the notice `award`."""
    notice = stage.partition(":")[2]
    return template.replace("{cycle_id}", cycle_id).replace("{stage}", stage).replace("{notice}", notice)


def rule_of(rulebook: Rulebook, what: str, rule: str) -> str:
    """The article that asks for a thing; without one of its own that of the stage."""
    own = {
        "objections": rulebook.objections.rule,
        "approval": rulebook.approval.rule if rulebook.approval else None,
        "recusals": next((each.rule for each in rulebook.recusal if "expert" in each.applies_to), None),
    }
    return own.get(what) or rule
