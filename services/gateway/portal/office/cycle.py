"""周期概览: one sentence on what comes next and what blocks, the stage line, and a stage's beginning and end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, request
from markupsafe import Markup

from services.gateway.portal.calls import OVER
from services.gateway.portal.forms import Form
from services.gateway.portal.office.around import (
    AWAY,
    Fact,
    after_ways,
    decide,
    leads,
    show,
    stage_of,
    there,
    word,
)
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_cycle", WATCHERS)


@ROOM.page("/cycles/<cycle_id>")
def cycle(visit: Visit, cycle_id: str) -> Response:
    """Where a cycle stands."""
    found = visit.ask("gateway.desk", cycle_id=cycle_id)
    title = Text(f"{found['title_zh']}，{found['year']} 年度", f"{found['title_en']}, {found['year']}")
    return _standing(visit, "office/cycle.html", title, cycle_id, found)


@ROOM.page("/cycles/<cycle_id>/standing")
def standing(visit: Visit, cycle_id: str) -> Response:
    """The same without its frame, for the script that looks again every 15 seconds; unchanged, it is not sent again."""
    if request.headers.get("X-Partial") != "standing":
        return visit.go(f"/cycles/{cycle_id}")
    found = visit.ask("gateway.desk", cycle_id=cycle_id)
    response = _standing(visit, "office/standing.html", Text("概览", "Overview"), cycle_id, found)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _standing(visit: Visit, template: str, title: Text, cycle_id: str, found: Mapping[str, Any]) -> Response:
    return show(
        visit, template, title, at=cycle_id, desk=found, may_begin=visit.may("*.begin_stage"), leads=leads,
        may_close=visit.may("*.close_stage"), may_see=visit.may("gateway.picture"),
        after=after_ways(visit, cycle_id) if found["state"] in OVER else [],
    )  # fmt: skip


_PICTURES = (
    ("funnel", Text("各阶段进出", "In and out by stage")),
    ("workload", Text("评审员工作量", "Workload of reviewers")),
    ("severity", Text("评审员宽严", "Severity of reviewers")),
    ("levels", Text("各等次资助", "Money by level")),
    ("budget", Text("预算与资助", "Budget against grants")),
    ("indices", Text("跟踪指标", "Tracking indices")),
)


@ROOM.page("/cycles/<cycle_id>/pictures")
def pictures(visit: Visit, cycle_id: str) -> Response:
    """Pictures of a cycle, each with the table of its figures."""
    made = []
    for name, label in _PICTURES:
        found = there(visit, "gateway.picture", cycle_id=cycle_id, picture=name, language=visit.language)
        made.append((label, found if isinstance(found, dict) else None, found is AWAY))
    papers = [(f"/api/v1/cycles/{cycle_id}/report.{form}", form.upper()) for form in ("pdf", "docx")]
    return show(
        visit, "office/pictures.html", Text("统计图", "Pictures"), at=cycle_id, made=made, back=f"/cycles/{cycle_id}",
        papers=[(address, label) for address, label in papers if leads(address)], drawn=Markup,
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/stages/<stage>")
def stage(visit: Visit, cycle_id: str, stage: str) -> Response:
    """One stage: who is in it, what it waits for."""
    book = visit.rulebook(cycle_id)
    rule = stage_of(book, stage)
    found = visit.ask("*.stage", cycle_id=cycle_id, stage=stage)
    return show(
        visit, "office/stage.html", Text(rule.title.zh, rule.title.en), at=cycle_id, book=book, rule=rule,
        found=found, blocks=_waits(visit, cycle_id, stage), leads=leads, back=f"/cycles/{cycle_id}",
        may_begin=visit.may("*.begin_stage"), may_close=visit.may("*.close_stage"), today=visit.today().isoformat(),
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/stages/<stage>/begin", roles=(OFFICE,), methods=("GET", "POST"))
def begin(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Begin a stage."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    says = [Text("开始后不能撤回。", "This cannot be taken back.")]
    if rule.working_days:
        says.append(
            Text(
                f"自开始之日起不少于 {rule.working_days} 个工作日。",
                f"From then on it lasts at least {rule.working_days} working days.",
            )
        )
    return decide(
        visit, Form((), submit=Text(f"开始“{rule.title.zh}”", f"Begin “{rule.title.en}”")), "*.begin_stage",
        title=Text(f"开始“{rule.title.zh}”？", f"Begin “{rule.title.en}”?"), back=f"/cycles/{cycle_id}",
        done=Text("阶段已开始", "The stage has begun"), at=cycle_id, says=says,
        facts=_facts(visit, cycle_id, stage), cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/stages/<stage>/close", roles=(OFFICE,), methods=("GET", "POST"))
def close(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Close a stage."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    says = [
        Text(
            "结束后不能撤回，结果交给下一阶段。",
            "This cannot be taken back; the results go to the next stage.",
        ),
        Text(
            "尚有未完成的事项时系统会拒绝，并说明是哪些。",
            "Where something is not done yet it is refused, with what that is.",
        ),
        *_unanswered(visit, cycle_id, rule.kind),
    ]
    return decide(
        visit, Form((), submit=Text(f"结束“{rule.title.zh}”", f"Close “{rule.title.en}”")), "*.close_stage",
        title=Text(f"结束“{rule.title.zh}”？", f"Close “{rule.title.en}”?"), back=f"/cycles/{cycle_id}",
        done=Text("阶段已结束", "The stage is closed"), at=cycle_id, says=says,
        facts=_facts(visit, cycle_id, stage), danger=True, cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


def _unanswered(visit: Visit, cycle_id: str, kind: str) -> list[Text]:
    """What closing the qualification means for applications about which departments have not answered: they stop there."""
    told = visit.ask_or_none("intake.enquiries", cycle_id=cycle_id) if kind == "qualification" else None
    open_ones = sum(each["number"] for each in told["counts"] if each["state"] in _OPEN) if told else 0
    if not open_ones:
        return []
    return [
        Text(
            f"有 {open_ones} 项部门征询没有答复：现在结束，有关申报就停在本阶段，不再进入后续阶段。"
            "请先在“部门征询”再次征询或等待答复。",
            f"{open_ones} enquiries to departments are unanswered: closed now, those applications stop here for good. "
            "Ask again under “Departments”, or wait.",
        )
    ]  # fmt: skip


_OPEN = {"pending", "silent"}


def _waits(visit: Visit, cycle_id: str, stage: str) -> list[Any] | None:
    """What a stage waits for, in words; None where nobody could say."""
    desk = visit.ask_or_none("gateway.desk", cycle_id=cycle_id)
    return None if desk is None else [each for each in desk["blocks"] if each["stage"] == stage]


def _facts(visit: Visit, cycle_id: str, stage: str) -> list[Fact]:
    """What stands there now, where its owner answers."""
    found: Mapping[str, Any] | None = visit.ask_or_none("*.stage", cycle_id=cycle_id, stage=stage)
    away = Text("暂时取不到", "cannot be reached just now")
    waits = _waits(visit, cycle_id, stage)
    awaited: list[Fact] = [
        (Text("在等什么", "It waits for"), Text(each["reason_zh"], each["reason_en"])) for each in waits or ()
    ]
    if waits is None:
        awaited = [(Text("在等什么", "It waits for"), away)]
    if found is None:
        return [(Text("阶段的情况", "The stage"), away), *awaited]
    return [
        (Text("状态", "State"), word(visit, "stage", found["state"])),
        (Text("进入的申报", "Applications in it"), len(found["entrants"])),
        (Text("可开始之日", "May begin from"), written_day(found["begins_on"], visit.language)),
        (Text("已开始于", "Begun on"), written_day(found["begun_on"], visit.language)),
        (Text("可结束之日", "May be closed from"), written_day(found["ends_on"], visit.language)),
        *awaited,
    ]
