"""周期概览: one sentence on what comes next and what blocks, the stage line, and a stage's beginning and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from services.gateway.portal.forms import Form
from services.gateway.portal.office.around import book_of, decide, show, stage_of, word
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_cycle", WATCHERS)


@ROOM.page("/cycles/<cycle_id>")
def cycle(visit: Visit, cycle_id: str) -> Response:
    """Where a cycle stands."""
    book = book_of(visit, cycle_id)
    found = visit.ask("intake.cycle", cycle_id=cycle_id)
    title = Text(f"{book.title.zh}（{found['year']}）", f"{book.title.en} ({found['year']})")
    hand = [line for line in found["stages"] if line["state"] in {"planned", "begun"}]
    return show(
        visit, "office/cycle.html", title, at=cycle_id, book=book, cycle=found,
        hand=hand, may_begin=visit.may("*.begin_stage"), may_close=visit.may("*.close_stage"),
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/stages/<stage>")
def stage(visit: Visit, cycle_id: str, stage: str) -> Response:
    """One stage: who is in it, what it waits for."""
    book = book_of(visit, cycle_id)
    rule = stage_of(book, stage)
    found = visit.ask("*.stage", cycle_id=cycle_id, stage=stage)
    return show(
        visit, "office/stage.html", Text(rule.title.zh, rule.title.en), at=cycle_id, book=book, rule=rule,
        found=found, back=f"/cycles/{cycle_id}", may_begin=visit.may("*.begin_stage"),
        may_close=visit.may("*.close_stage"),
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/stages/<stage>/begin", roles=(OFFICE,), methods=("GET", "POST"))
def begin(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Begin a stage."""
    rule = stage_of(book_of(visit, cycle_id), stage)
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
    rule = stage_of(book_of(visit, cycle_id), stage)
    says = [
        Text(
            "结束后不能撤回，结果交给下一阶段。",
            "This cannot be taken back; the results go to the next stage.",
        ),
        Text(
            "尚有未完成的事项时系统会拒绝，并说明是哪些。",
            "Where something is not done yet it is refused, with what that is.",
        ),
    ]
    return decide(
        visit, Form((), submit=Text(f"结束“{rule.title.zh}”", f"Close “{rule.title.en}”")), "*.close_stage",
        title=Text(f"结束“{rule.title.zh}”？", f"Close “{rule.title.en}”?"), back=f"/cycles/{cycle_id}",
        done=Text("阶段已结束", "The stage is closed"), at=cycle_id, says=says,
        facts=_facts(visit, cycle_id, stage), danger=True, cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


def _facts(visit: Visit, cycle_id: str, stage: str) -> list[tuple[Text, object]]:
    """What stands there now, where its owner answers."""
    found: Mapping[str, Any] | None = visit.ask_or_none("*.stage", cycle_id=cycle_id, stage=stage)
    if found is None:
        away = Text("暂时取不到", "cannot be reached just now")
        return [(Text("阶段的情况", "The stage"), away)]
    return [
        (Text("状态", "State"), word(visit, "stage", found["state"])),
        (Text("进入的申报", "Applications in it"), len(found["entrants"])),
        (Text("尚在等待", "It waits for"), "、".join(found["waiting_for"]) or "—"),
        (Text("可开始之日", "May begin from"), written_day(found["begins_on"], visit.language)),
        (Text("已开始于", "Begun on"), written_day(found["begun_on"], visit.language)),
        (Text("可结束之日", "May be closed from"), written_day(found["ends_on"], visit.language)),
    ]
