"""现场评审和答辩: plans of visits and of hearings, their release, what is moved or postponed, and who came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Choice, Field, Form, Kind, Rows
from services.gateway.portal.office.around import Fact, decide, names_of, show, stage_of
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_day
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS
from shared.rulebooks import Stage

ROOM = Room("office_visits", WATCHERS)
_VISITS = "/cycles/<cycle_id>/visits/<stage>"
_DEFENCE = "/cycles/<cycle_id>/defence/<stage>"
_REASON = Field(
    "reason", Text("理由", "Reason"), Kind.AREA, rows=3, hint=Text("有关各方会看到", "Those concerned see it")
)
_DAYS = Field(
    "days", Text("可用的日期", "Days"), Kind.LINES, rows=5, hint=Text("每行一个，例如 2026-04-20",
        "One a line, such as 2026-04-20")
)  # fmt: skip
_HALVES = (Choice("morning", Text("上午", "Morning")), Choice("afternoon", Text("下午", "Afternoon")))


def _last(plans: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The plan that counts: the one of the newest version."""
    return max(plans, key=lambda plan: plan["version"], default=None)


def _choices(visit: Visit, cycle_id: str, stage: str) -> tuple[Choice, ...]:
    """The applications of a stage."""
    entrants = visit.ask("*.stage", cycle_id=cycle_id, stage=stage)["entrants"]
    names = names_of(visit, cycle_id, entrants)
    return tuple(Choice(each, Text(names.get(each, each), names.get(each, each))) for each in entrants)


def _case(choices: tuple[Choice, ...]) -> Field:
    return Field("application_id", Text("申报", "Application"), Kind.SELECT, choices=choices)


def _about(visit: Visit, cycle_id: str, rule: Stage, application_id: str | None = None) -> list[Fact]:
    found: list[Fact] = [(Text("阶段", "Stage"), Text(rule.title.zh, rule.title.en))]
    if application_id is not None:
        name = names_of(visit, cycle_id, [application_id]).get(application_id, application_id)
        found.append((Text("申报", "Application"), name))
    return found


# --- visits -----------------------------------------------------------------------------------------------------------


@ROOM.page(_VISITS)
def visits(visit: Visit, cycle_id: str, stage: str) -> Response:
    """The plan of the visits, with what is wrong in it and what each has come to."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    plan = _last(visit.ask("review.visits", cycle_id=cycle_id, stage=stage)["plans"])
    names = names_of(visit, cycle_id, [each["application_id"] for each in plan["visits"]] if plan else [])
    return show(
        visit, "office/visits.html", Text(f"{rule.title.zh}：现场安排", f"{rule.title.en}: visits"), at=cycle_id, rule=rule,
        plan=plan, names=names, back=f"/cycles/{cycle_id}/scores", may={name: visit.may(f"review.{name}") for name in (
            "plan_visits", "release_visits", "move_visit", "postpone_visit"
        )},
    )  # fmt: skip


@ROOM.page(_VISITS + "/plan", roles=(OFFICE,), methods=("GET", "POST"))
def plan_visits(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Plan the visits: days and halves, who is away, how far apart places are, who leads."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    case = _case(_choices(visit, cycle_id, stage))
    expert = Field("expert_id", Text("专家编号", "Expert"), width=20)
    form = Form(
        (
            _DAYS,
            Field("halves", Text("每次几个半天", "Half days each takes"), Kind.NUMBER, width=4),
            Rows("away", Text("不能参加的专家", "Experts who are away"), (expert, Field("day", Text("日期", "Day"), Kind.DAY))),
            Rows("regions", Text("所在地", "Places"), (case, Field("region", Text("所在地", "Place")))),
            Rows(
                "distances", Text("两地距离", "Distances"),
                (
                    Field("one", Text("一地", "One place")), Field("other", Text("另一地", "The other")),
                    Field("km", Text("公里", "Kilometres"), Kind.NUMBER, width=5),
                ),
            ),
            Rows("leaders", Text("指定组长", "Leaders"), (case, expert)),
        ),
        submit=Text("编排", "Plan"),
    )  # fmt: skip
    return decide(
        visit, form, "review.plan_visits", title=Text("编排现场评审",
            "Plan the visits"), back=f"/cycles/{cycle_id}/visits/{stage}",
        done=Text("已编排，发布前可重新编排", "Planned; until its release it may be planned anew"), at=cycle_id,
        facts=_about(visit, cycle_id, rule), cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


@ROOM.page(_VISITS + "/release", roles=(OFFICE,), methods=("GET", "POST"))
def release_visits(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Release the visits."""
    return _release(
        visit,
        cycle_id,
        stage,
        "visits",
        "review.release_visits",
        Text("发布现场评审安排", "Release the visits"),
    )


def _release(visit: Visit, cycle_id: str, stage: str, where: str, operation: str, title: Text) -> Response:
    rule = stage_of(visit.rulebook(cycle_id), stage)
    return decide(
        visit, Form((), submit=Text("发布", "Release")), operation, title=title, back=f"/cycles/{cycle_id}/{where}/{stage}",
        done=Text("已发布", "Released"), at=cycle_id, facts=_about(visit, cycle_id, rule),
        says=[Text("发布后评审员和申报人都能看到自己的时间；此后只能逐一调整或延期。",
            "Reviewers and applicants see their times; then each can only be moved or postponed.")],
        cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


_MOVE = Form(
    (
        Field("day", Text("改到的日期", "New day"), Kind.DAY, width=10),
        Field("half", Text("半天", "Half"), Kind.RADIOS, choices=_HALVES),
        _REASON,
    ),
    submit=Text("调整", "Move"),
)
_WHY = Form((_REASON,), submit=Text("延期", "Postpone"))


@ROOM.page(_VISITS + "/<application_id>/move", roles=(OFFICE,), methods=("GET", "POST"))
def move_visit(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Move one visit."""
    return _one(
        visit,
        cycle_id,
        stage,
        application_id,
        "visits",
        _MOVE,
        "review.move_visit",
        Text("调整现场评审", "Move a visit"),
    )


@ROOM.page(_VISITS + "/<application_id>/postpone", roles=(OFFICE,), methods=("GET", "POST"))
def postpone_visit(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Postpone one visit."""
    return _one(
        visit, cycle_id, stage, application_id, "visits", _WHY, "review.postpone_visit", Text("延期现场评审",
            "Postpone a visit")
    )  # fmt: skip


def _one(
    visit: Visit,
    cycle_id: str,
    stage: str,
    application_id: str,
    where: str,
    form: Form,
    operation: str,
    title: Text,
) -> Response:
    rule = stage_of(visit.rulebook(cycle_id), stage)
    return decide(
        visit, form, operation, title=title, back=f"/cycles/{cycle_id}/{where}/{stage}", done=Text("已登记",
            "Done"), at=cycle_id,
        facts=_about(visit, cycle_id, rule, application_id), cycle_id=cycle_id, stage=stage, application_id=application_id,
    )  # fmt: skip


# --- hearings ---------------------------------------------------------------------------------------------------------


@ROOM.page(_DEFENCE)
def defence(visit: Visit, cycle_id: str, stage: str) -> Response:
    """The timetable of the hearings, in the order drawn by lot."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    plan = _last(visit.ask("review.defence", cycle_id=cycle_id, stage=stage)["plans"])
    names = names_of(visit, cycle_id, [each["application_id"] for each in plan["slots"]] if plan else [])
    return show(
        visit, "office/defence.html", Text(f"{rule.title.zh}：答辩日程", f"{rule.title.en}: hearings"), at=cycle_id, rule=rule,
        plan=plan, names=names, back=f"/cycles/{cycle_id}/scores", may={name: visit.may(f"review.{name}") for name in (
            "plan_defence", "release_defence", "move_defence", "postpone_defence", "record_attendance"
        )},
    )  # fmt: skip


_CLOCK = Text("例如 09:00", "Such as 09:00")
_TIMETABLE = Form(
    (
        Field("rooms", Text("会场", "Rooms"), Kind.LINES, rows=3, hint=Text("每行一个", "One a line")),
        _DAYS,
        Rows(
            "sessions", Text("时段", "Sessions"),
            (
                Field("begins", Text("开始", "Begins"), width=5, hint=_CLOCK),
                Field("ends", Text("结束", "Ends"), width=5, hint=_CLOCK),
            ),
        ),
        Field("minutes", Text("每家分钟", "Minutes each"), Kind.NUMBER, width=4),
        Field("gap_minutes", Text("间隔分钟", "Minutes between"), Kind.NUMBER, width=4),
        Rows(
            "absences", Text("不能参加的专家", "Experts who are away"),
            (
                Field("expert_id", Text("专家编号", "Expert"), width=20),
                Field("day", Text("日期", "Day"), Kind.DAY),
                Field("begins", Text("起", "From"), needed=False, width=5),
                Field("ends", Text("止", "Until"), needed=False, width=5),
            ),
        ),
        Field("speakers_due", Text("答辩人员填报截止", "Speakers named until"), Kind.DAY, width=10),
        Field("witness", Text("抽签见证人", "Witness of the lots"), needed=False, width=20),
        Field("drawn_number", Text("当场抽出的号码", "Number drawn in public"), needed=False, width=20),
    ),
    submit=Text("抽签并编排", "Draw lots and plan"),
)  # fmt: skip


@ROOM.page(_DEFENCE + "/plan", roles=(OFFICE,), methods=("GET", "POST"))
def plan_defence(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Plan the hearings; the order within a category is drawn by lot."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    return decide(
        visit, _TIMETABLE, "review.plan_defence", title=Text("编排答辩日程", "Plan the hearings"), at=cycle_id,
        back=f"/cycles/{cycle_id}/defence/{stage}", done=Text("已编排，发布前可重新编排",
            "Planned; until its release it may be planned anew"),
        facts=_about(visit, cycle_id, rule), cycle_id=cycle_id, stage=stage,
        says=[Text("次序由抽签决定，种子和结果留存。", "The order is drawn by lot; seed and outcome are kept.")],
    )  # fmt: skip


@ROOM.page(_DEFENCE + "/release", roles=(OFFICE,), methods=("GET", "POST"))
def release_defence(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Release the timetable."""
    return _release(
        visit,
        cycle_id,
        stage,
        "defence",
        "review.release_defence",
        Text("发布答辩日程", "Release the timetable"),
    )


@ROOM.page(_DEFENCE + "/move", roles=(OFFICE,), methods=("GET", "POST"))
def move_defence(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Move slots, several at once where they change places."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    form = Form(
        (
            Rows(
                "moves", Text("调整", "Moves"),
                (
                    _case(_choices(visit, cycle_id, stage)), Field("room", Text("会场", "Room")),
                    Field("day", Text("日期", "Day"), Kind.DAY), Field("begins", Text("开始", "Begins"), width=5, hint=_CLOCK),
                ),
            ),
            _REASON,
        ),
        submit=Text("调整", "Move"),
    )  # fmt: skip
    return decide(
        visit, form, "review.move_defence", title=Text("调整答辩时段",
            "Move hearings"), back=f"/cycles/{cycle_id}/defence/{stage}",
        done=Text("已调整", "Moved"), at=cycle_id, facts=_about(visit, cycle_id, rule), cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


@ROOM.page(_DEFENCE + "/<application_id>/postpone", roles=(OFFICE,), methods=("GET", "POST"))
def postpone_defence(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Postpone one hearing."""
    return _one(
        visit, cycle_id, stage, application_id, "defence", _WHY, "review.postpone_defence", Text("延期答辩",
            "Postpone a hearing")
    )  # fmt: skip


@ROOM.page(_DEFENCE + "/<application_id>/attendance", roles=(OFFICE,), methods=("GET", "POST"))
def attendance(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Record who was there, of those who were planned."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    plan = _last(visit.ask("review.defence", cycle_id=cycle_id, stage=stage)["plans"])
    slot = (
        next((each for each in plan["slots"] if each["application_id"] == application_id), None)
        if plan
        else None
    )
    reviewers = slot["reviewers"] if slot else []
    speakers = [each["name"] for each in slot["speakers"]] if slot else []
    form = Form(
        (
            Field("reviewers", Text("到场的评审员",
                "Reviewers who came"), Kind.CHECKS, choices=_as_choices(reviewers), needed=False),
            Field("speakers", Text("到场的答辩人员",
                "Speakers who came"), Kind.CHECKS, choices=_as_choices(speakers), needed=False),
            Field("note", Text("说明", "Note"), Kind.AREA, rows=3, needed=False),
        ),
        submit=Text("登记到场", "Record"),
    )  # fmt: skip
    # Nobody is ticked beforehand; nobody ticked means that nobody came, which is a statement too.
    absent: dict[str, Any] = {
        name: []
        for name in ("reviewers", "speakers")
        if request.method == "POST" and not request.form.get(name)
    }
    return decide(
        visit, form, "review.record_attendance", title=Text("登记到场", "Record who was there"), at=cycle_id,
        back=f"/cycles/{cycle_id}/defence/{stage}", done=Text("已登记", "Recorded"),
        facts=[*_about(visit, cycle_id, rule, application_id), *(_when(visit, slot) if slot else [])],
        cycle_id=cycle_id, stage=stage, application_id=application_id, **absent,
    )  # fmt: skip


def _as_choices(names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(each, Text(each, each)) for each in dict.fromkeys(names))


def _when(visit: Visit, slot: Mapping[str, Any]) -> list[Fact]:
    day = written_day(slot["day"], visit.language)
    return [
        (Text("时间", "When"), f"{day} {slot['begins']}–{slot['ends']}"),
        (Text("会场", "Room"), slot["room"]),
    ]
