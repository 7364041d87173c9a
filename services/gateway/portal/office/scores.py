"""评分和排名: which sheets are in, how far they lie apart, the ranking with its cut, and whom the office lets in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.forms import Choice, Field, Form, Kind, Rows
from services.gateway.portal.office.around import (
    AWAY,
    decide,
    names_of,
    show,
    stage_of,
    there,
    word,
)
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_scores", WATCHERS)
_STAGE = "/cycles/<cycle_id>/scores/<stage>"


@ROOM.page("/cycles/<cycle_id>/scores")
def scores(visit: Visit, cycle_id: str) -> Response:
    """The stages that score, and decisions against rank."""
    book = visit.rulebook(cycle_id)
    found = visit.ask("review.scores", cycle_id=cycle_id)["scores"]
    deviations = there(visit, "review.deviations", cycle_id=cycle_id)
    against = deviations["deviations"] if isinstance(deviations, dict) else []
    return show(
        visit, "office/scores.html", Text("评分和排名", "Scores and ranking"), at=cycle_id, book=book,
        stages=[stage for stage in book.stages if stage.owner == "review"], counts=Counter(each["stage"] for each in found),
        deviations=against, deviations_away=deviations is AWAY,
        names=names_of(visit, cycle_id, [each["application_id"] for each in against]),
    )  # fmt: skip


@ROOM.page(_STAGE)
def stage(visit: Visit, cycle_id: str, stage: str) -> Response:
    """A stage's sheets, their spread and the ranking, each with what its operation gives at this time."""
    book = visit.rulebook(cycle_id)
    rule = stage_of(book, stage)
    asked = {"cycle_id": cycle_id, "stage": stage}
    sheets = there(visit, "review.sheet_lines", **asked)
    spread = there(visit, "review.spread", **asked)
    ranking = there(visit, "review.ranking", **asked)
    lines = ranking["tracks"] if isinstance(ranking, dict) else []
    ids = [line["application_id"] for track in lines for line in track["lines"]]
    ids += [line["application_id"] for line in spread["applications"]] if isinstance(spread, dict) else []
    ids += [line["application_id"] for line in sheets["sheets"]] if isinstance(sheets, dict) else []
    return show(
        visit, "office/score_stage.html", Text(f"{rule.title.zh}的评分", f"Scores of {rule.title.en}"), at=cycle_id,
        book=book, rule=rule, ranking=ranking if isinstance(ranking, dict) else None, ranking_away=ranking is AWAY,
        spread=spread if isinstance(spread, dict) else None, spread_away=spread is AWAY,
        sheets=_by_application(sheets["sheets"]) if isinstance(sheets, dict) else None, sheets_away=sheets is AWAY,
        counts=Counter(line["state"] for line in sheets["sheets"]) if isinstance(sheets, dict) else {},
        names=names_of(visit, cycle_id, ids), back=f"/cycles/{cycle_id}/scores",
        may_admit=rule.entry == "office" and visit.may("review.admit"), may_report=visit.may("review.stage_reports"),
    )  # fmt: skip


def _by_application(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The sheets that are not in, by application."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        if line["state"] in {"out", "returned"}:
            found.setdefault(line["application_id"], []).append(line)
    return found


@ROOM.page(_STAGE + "/a/<application_id>")
def explained(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """How a score comes about, step by step."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    asked = {"cycle_id": cycle_id, "stage": stage, "application_id": application_id}
    found = visit.ask("review.explained_score", **asked)
    agreed = there(visit, "review.consensus", **asked)
    return show(
        visit, "office/explained.html", Text("得分说明", "How a score comes about"), at=cycle_id, rule=rule, found=found,
        agreed=agreed if isinstance(agreed, dict) and agreed["state"] != "none" else None,
        name=names_of(visit, cycle_id, [application_id]).get(application_id, application_id),
        back=f"/cycles/{cycle_id}/scores/{stage}",
    )  # fmt: skip


@ROOM.page("/cycles/<cycle_id>/calibration")
def calibration(visit: Visit, cycle_id: str) -> Response:
    """How severe, and how much of one mind, reviewers are."""
    found = visit.ask("review.calibration", cycle_id=cycle_id)
    return show(
        visit, "office/calibration.html", Text("评分一致性", "How severe reviewers are"), at=cycle_id, found=found,
        back=f"/cycles/{cycle_id}/scores",
    )  # fmt: skip


# --- whom the office lets in ------------------------------------------------------------------------------------------


def _admission(entrants: list[str], names: Mapping[str, str]) -> Form:
    choices = tuple(Choice(each, Text(names.get(each, each), names.get(each, each))) for each in entrants)
    return Form(
        (
            Field("application_ids", Text("进入本阶段的申报", "Applications that enter"), Kind.CHECKS, choices=choices),
            Field("reason", Text("说明", "Note"), Kind.AREA, rows=3, needed=False),
            Rows(
                "deviations", Text("偏离排名的理由", "Reasons for deviating from rank"),
                (
                    Field("application_id", Text("未列入的申报", "Application left out"), Kind.SELECT, choices=choices),
                    Field("reason", Text("为什么排在前面而不列入", "Why it is left out above others"), Kind.AREA, rows=2),
                ),
            ),
        ),
        submit=Text("确定名单", "Settle the list"),
    )  # fmt: skip


@ROOM.page(_STAGE + "/admit", roles=(OFFICE,), methods=("GET", "POST"))
def admit(visit: Visit, cycle_id: str, stage: str) -> Response:
    """The office's list of those that enter a stage, once."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    found = visit.ask("*.stage", cycle_id=cycle_id, stage=stage)
    form = _admission(found["entrants"], names_of(visit, cycle_id, found["entrants"]))
    says = [
        Text("名单只能确定一次；未列入的申报到此为止。", "The list is settled once; what is not on it ends here."),
        Text("列入的排名低于未列入的，须逐一写明理由，监督方可见。",
            "Who is left out above others needs a reason each, which the watchers see."),
    ]  # fmt: skip
    return decide(
        visit, form, "review.admit", title=Text(f"确定“{rule.title.zh}”名单", f"Who enters “{rule.title.en}”"),
        back=f"/cycles/{cycle_id}/scores/{stage}", done=Text("名单已确定", "The list is settled"), at=cycle_id, says=says,
        facts=[
            (Text("状态", "State"), word(visit, "stage", found["state"])),
            (Text("可进入的申报", "Could enter"), len(found["entrants"])),
        ],
        danger=True, cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


# --- reports ----------------------------------------------------------------------------------------------------------


@ROOM.page(_STAGE + "/reports")
def reports(visit: Visit, cycle_id: str, stage: str) -> Response:
    """A stage's reports, and on which applications there is none."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    found = visit.ask("review.stage_reports", cycle_id=cycle_id, stage=stage)["reports"]
    at_hand = there(visit, "*.stage", cycle_id=cycle_id, stage=stage)
    entrants = at_hand["entrants"] if isinstance(at_hand, dict) and at_hand["state"] == "begun" else []
    written = {each["application_id"] for each in found}
    lacking = [each for each in entrants if each not in written]
    return show(
        visit, "office/reports.html", Text(f"{rule.title.zh}报告", f"Reports of {rule.title.en}"), at=cycle_id, rule=rule,
        found=found, lacking=lacking, names=names_of(visit, cycle_id, [*written, *lacking]),
        may_write=visit.may("review.record_stage_report"), back=f"/cycles/{cycle_id}/scores/{stage}",
    )  # fmt: skip


_REPORT = Form(
    (
        Field("summary", Text("综述", "Summary"), Kind.AREA, rows=8),
        Field("strengths", Text("优势", "Strengths"), Kind.LINES, rows=6, hint=Text("每行一条", "One a line")),
        Field("improvements", Text("改进空间", "Improvements"), Kind.LINES, rows=6, hint=Text("每行一条", "One a line")),
    ),
    submit=Text("保存报告", "Save the report"),
)  # fmt: skip


@ROOM.page(_STAGE + "/reports/<application_id>", roles=(OFFICE,), methods=("GET", "POST"))
def report(visit: Visit, cycle_id: str, stage: str, application_id: str) -> Response:
    """Write a stage's report on one application."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    values = None
    if request.method != "POST":
        found = visit.ask("review.stage_reports", cycle_id=cycle_id, stage=stage)["reports"]
        values = next((each for each in found if each["application_id"] == application_id), None)
    return decide(
        visit, _REPORT, "review.record_stage_report", title=Text("撰写评审报告", "Write a report"),
        back=f"/cycles/{cycle_id}/scores/{stage}/reports", done=Text("报告已保存", "The report is saved"), at=cycle_id,
        facts=[
            (Text("阶段", "Stage"), Text(rule.title.zh, rule.title.en)),
            (Text("申报", "Application"), names_of(visit, cycle_id, [application_id]).get(application_id, application_id)),
        ],
        values=values, cycle_id=cycle_id, stage=stage, application_id=application_id,
    )  # fmt: skip


# --- the public's vote ------------------------------------------------------------------------------------------------

_SOCIAL = "/cycles/<cycle_id>/social/<stage>"


@ROOM.page(_SOCIAL)
def social(visit: Visit, cycle_id: str, stage: str) -> Response:
    """The public's vote: where it is held, and after it its result. Before its end there are no counts."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    asked = {"cycle_id": cycle_id, "stage": stage}
    found = visit.ask("review.voting", **asked)
    over = found["state"] in {"over", "counted"}
    results = there(visit, "review.vote_results", **asked) if over else None
    patterns = there(visit, "review.vote_patterns", **asked) if over else None
    return show(
        visit, "office/social.html", Text(rule.title.zh, rule.title.en), at=cycle_id, rule=rule, found=found,
        results=results if isinstance(results, dict) else None, results_away=results is AWAY,
        patterns=patterns if isinstance(patterns, dict) else None,
        names={each["application_id"]: each["name"] for each in found["entries"]}, back=f"/cycles/{cycle_id}/scores",
        may={name: visit.may(f"review.{name}") for name in ("hold_vote", "record_social_votes")},
    )  # fmt: skip


_HOLD = Form(
    (
        Field(
            "held", Text("在哪里投票", "Where the public votes"), Kind.RADIOS,
            choices=(Choice("here", Text("本系统", "Here")), Choice("elsewhere", Text("其他平台", "Elsewhere"))),
        ),
        Field("reason", Text("理由", "Reason"), Kind.AREA, rows=3),
    ),
    submit=Text("确定", "Decide"),
)  # fmt: skip


@ROOM.page(_SOCIAL + "/hold", roles=(OFFICE,), methods=("GET", "POST"))
def hold(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Decide where the public votes."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    says = [
        Text(
            "在其他平台投票的，结束后由评审办录入票数。",
            "Where it is held elsewhere the office enters the votes afterwards.",
        )
    ]
    return decide(
        visit, _HOLD, "review.hold_vote", title=Text("确定投票方式", "Where the vote is held"), at=cycle_id, says=says,
        facts=[(Text("阶段", "Stage"), Text(rule.title.zh, rule.title.en))], back=f"/cycles/{cycle_id}/social/{stage}",
        done=Text("已确定", "Decided"), cycle_id=cycle_id, stage=stage,
    )  # fmt: skip


@ROOM.page(_SOCIAL + "/votes", roles=(OFFICE,), methods=("GET", "POST"))
def votes(visit: Visit, cycle_id: str, stage: str) -> Response:
    """Enter the votes that were cast elsewhere."""
    rule = stage_of(visit.rulebook(cycle_id), stage)
    found = visit.ask("*.stage", cycle_id=cycle_id, stage=stage)
    names = names_of(visit, cycle_id, found["entrants"])
    choices = tuple(
        Choice(each, Text(names.get(each, each), names.get(each, each))) for each in found["entrants"]
    )
    form = Form(
        (
            Rows(
                "votes", Text("票数", "Votes"),
                (
                    Field("application_id", Text("申报", "Application"), Kind.SELECT, choices=choices),
                    Field("votes", Text("得票", "Votes"), Kind.NUMBER, width=10),
                ),
                least=max(1, len(choices)),
            ),
        ),
        submit=Text("录入票数", "Enter the votes"),
    )  # fmt: skip
    given = [{"application_id": each} for each in found["entrants"]]
    return decide(
        visit, form, "review.record_social_votes", title=Text("录入社会评价票数", "Enter the public's votes"), at=cycle_id,
        facts=[(Text("阶段", "Stage"), Text(rule.title.zh, rule.title.en))], values={"votes": given},
        back=f"/cycles/{cycle_id}/social/{stage}", done=Text("票数已录入",
            "The votes are entered"), cycle_id=cycle_id, stage=stage,
    )  # fmt: skip
