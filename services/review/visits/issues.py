"""现场核实: issues raised at the consensus and closed by a finding on site, the end of a visit, the team's joint score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, and_, func, select, update

from services.review import models, plans, visibility
from services.review.conditions import is_
from services.review.scoring.scores import THOUSANDTHS, thousandths
from services.review.seating import leaders
from services.review.sittings import Sitting
from services.review.visits.routes import Fault
from shared.calendar import in_words
from shared.identifiers import Reason
from shared.problems import Conflict, Forbidden, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.records import of_stages
from shared.rulebooks import Stage
from shared.store import Work

_ISSUES, _CLOSINGS, _JOINT, _VISITS = (
    models.visit_issues,
    models.visit_closings,
    models.joint_scores,
    models.visits,
)
_LIMIT = "days_at_most"
NOTHING: Mapping[str, Any] = {"issues": [], "closed": False, "joint_score": None}


@dataclass(frozen=True)
class Known:
    """Issues, closings and joint scores by stage and application."""

    issues: Mapping[tuple[str, str], list[Row[Any]]]
    closed: Collection[tuple[str, str]]
    joint: Mapping[tuple[str, str], Row[Any]]

    def of(self, stage: str, application_id: str) -> dict[str, Any]:
        """The part of a visit's state that tells of them."""
        key = (stage, application_id)
        score = self.joint.get(key)
        return {
            "issues": [_issue(row) for row in self.issues.get(key, [])],
            "closed": key in self.closed,
            "joint_score": None if score is None else _joint_told(score),
        }


def known(work: Work, cycle: Cycle, applications: Collection[str]) -> Known:
    """All that is known of these applications' visits."""

    def of(table: Table) -> ColumnElement[bool]:
        return and_(table.c.cycle_id == cycle.cycle_id, table.c.application_id.in_(applications))

    by_visit: dict[tuple[str, str], list[Row[Any]]] = defaultdict(list)
    for row in work.session.execute(select(_ISSUES).where(of(_ISSUES)).order_by(_ISSUES.c.number)):
        by_visit[row.stage, row.application_id].append(row)
    ended = {
        (r.stage, r.application_id) for r in work.session.execute(select(_CLOSINGS).where(of(_CLOSINGS)))
    }
    joint = {(row.stage, row.application_id): row for row in _standing(work, of(_JOINT))}
    return Known(by_visit, ended, joint)


def closed(work: Work, cycle: Cycle, stage: str) -> frozenset[str]:
    """The applications whose visit is over."""
    here = and_(_CLOSINGS.c.cycle_id == cycle.cycle_id, _CLOSINGS.c.stage == stage)
    return frozenset(work.session.execute(select(_CLOSINGS.c.application_id).where(here)).scalars())


def raise_issue(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """One of the team wants something looked into. Raises NotFound for whoever is not on it, Conflict after the visit."""
    cycle, stage, entrant = _own(work, conductor, data)
    _require_open(work, cycle, stage, entrant)
    key = _key(cycle, stage, entrant)
    last = work.session.execute(select(func.max(_ISSUES.c.number)).where(is_(_ISSUES, key))).scalar_one()
    row = {
        **key, "number": (last or 0) + 1, "item": data["item"], "question": data["question"],
        "raised_by": work.context.actor, "raised_at": work.now(),
    }  # fmt: skip
    work.session.execute(_ISSUES.insert().values(**row))
    told = {name: row[name] for name in ("number", "item", "question", "raised_by")}
    work.audit(
        "visit:issue_raised", f"{stage.key}/{entrant.application_id}", after=told, cycle_id=cycle.cycle_id
    )
    return told


def verify(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What was found on site. Raises Conflict before the visit, and where the issue is closed already."""
    cycle, stage, entrant = _own(work, conductor, data)
    _require_open(work, cycle, stage, entrant)
    _require_day(work, _visit(work, cycle, stage, entrant))
    this = and_(is_(_ISSUES, _key(cycle, stage, entrant)), _ISSUES.c.number == data["number"])
    row = work.session.execute(select(_ISSUES).where(this)).one_or_none()
    if row is None:
        raise NotFound("没有这个核实事项", "no such issue")
    if row.finding is not None:
        raise Conflict("该事项已经核实", "the issue is closed already", code="verified_already")
    found = {"finding": data["finding"], "evidence": data["evidence"]}
    by = {"verified_by": work.context.actor, "verified_at": work.now()}
    work.session.execute(update(_ISSUES).where(this).values(**found, **by))
    where = f"{stage.key}/{entrant.application_id}/{data['number']}"
    work.audit("visit:issue_verified", where, after=found, cycle_id=cycle.cycle_id)
    return _issue(work.session.execute(select(_ISSUES).where(this)).one())


def close(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader ends a visit. Raises Conflict while an issue is open, Forbidden for another of the team."""
    cycle, stage, entrant = _own(work, conductor, data)
    visit = _require_leader(work, cycle, _visit(work, cycle, stage, entrant))
    _require_open(work, cycle, stage, entrant)
    _require_day(work, visit)
    key = _key(cycle, stage, entrant)
    still = select(_ISSUES.c.number).where(is_(_ISSUES, key), _ISSUES.c.finding.is_(None))
    left = sorted(work.session.execute(still).scalars())
    if left:
        numbers = "、".join(map(str, left))
        raise Conflict(
            f"尚有未核实的事项：{numbers}",
            f"issues are still open: {', '.join(map(str, left))}",
            code="issues_open",
        )
    by = {"closed_by": work.context.actor, "closed_at": work.now()}
    work.session.execute(_CLOSINGS.insert().values(**key, note=data["note"], **by))
    where = f"{stage.key}/{entrant.application_id}"
    work.audit("visit:closed", where, after={"note": data["note"]}, cycle_id=cycle.cycle_id)
    return {"done": True}


def record_joint(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """What the team agreed on: once, by its leader, after the visit and after all sheets; then the sheets are locked.

    One that somebody took part in who is not of the team any more is replaced. Raises Invalid unless each other member
    stands in it, one who dissents with a reason.
    """
    cycle, stage, entrant = _own(work, conductor, data)
    _require_leader(work, cycle, _visit(work, cycle, stage, entrant))
    key = _key(cycle, stage, entrant)
    if entrant.application_id not in closed(work, cycle, stage.key):
        raise Conflict("现场评审尚未结束", "the visit is not over yet", code="visit_open")
    if _standing(work, is_(_JOINT, key)):
        raise Conflict("合议分已经登记", "the joint score is recorded already", code="recorded_already")
    team = visibility.reviewers(work, cycle, stage.key, [entrant])[entrant.application_id]
    _require_sheets(work, key, team)
    _require_members(data["members"], [name for name in team if name != work.context.actor])
    row = {
        "thousandths": thousandths(data["percent"]),
        "rationale": data["rationale"],
        "members": data["members"],
    }
    by = {"recorded_by": work.context.actor, "recorded_at": work.now()}
    before = work.session.execute(select(_JOINT).where(is_(_JOINT, key))).one_or_none()
    if before is None:
        work.session.execute(_JOINT.insert().values(**key, **row, **by))
    else:  # one of those who agreed on it must stand aside since
        work.session.execute(update(_JOINT).where(is_(_JOINT, key)).values(**row, **by))
    work.audit(
        "visit:joint_score", f"{stage.key}/{entrant.application_id}",
        before=None if before is None else {name: getattr(before, name) for name in (*row, "recorded_by")},
        after=row, cycle_id=cycle.cycle_id,
    )  # fmt: skip
    return {"done": True}


def locked(work: Work, key: Mapping[str, str]) -> bool:
    """Whether the team's joint score stands, and with it everybody's sheet."""
    return bool(_standing(work, is_(_JOINT, key)))


def require_unlocked(work: Work, key: Mapping[str, str]) -> None:
    """Raises Conflict where the team's joint score stands."""
    if locked(work, key):
        raise Conflict(
            "合议分已经登记，评分表已锁定",
            "the joint score stands and sheets are locked",
            code="sheets_locked",
        )


def _standing(work: Work, which: ColumnElement[bool]) -> list[Row[Any]]:
    """The joint scores of which everybody who took part is of the team still: one who must stand aside since, or was
    replaced, unmakes what it agreed on.
    """
    rows = work.session.execute(select(_JOINT).where(which)).all()
    if not rows:
        return []
    teams = visibility.on_duty(work, {(row.cycle_id, row.stage) for row in rows})
    return [
        row
        for row in rows
        if _agreed(row) <= set(teams.get((row.cycle_id, row.stage, row.application_id), ()))
    ]


def _agreed(row: Row[Any]) -> set[str]:
    return {row.recorded_by, *(line["expert_id"] for line in row.members)}


def joint_scores(work: Work, cycle: Cycle, stage: Stage) -> dict[str, int]:
    """By application the team's score in thousandths, where it makes the stage's score; else nothing."""
    (found,) = joint_scores_of(work, [Sitting(cycle, stage.key, ())])
    return found


def joint_scores_of(work: Work, sittings: Sequence[Sitting]) -> list[dict[str, int]]:
    """`joint_scores` of each of several sittings, in as many statements as of one."""
    found: dict[tuple[str, str], dict[str, int]] = {each.key: {} for each in sittings}
    scored = [each.key for each in sittings if each.of.aggregation == "team"]
    for row in _standing(work, of_stages(_JOINT, scored)) if scored else ():
        found[row.cycle_id, row.stage][row.application_id] = row.thousandths
    return [found[each.key] for each in sittings]


def leader(work: Work, cycle: Cycle, stage: str, application_id: str, team: Sequence[str]) -> str | None:
    """Who leads those who review an application: whom the released plan names for its visit, as long as it is of the team, else
    who leads the application in the panel.
    """
    plan = plans.in_state(work, cycle, stage, plans.RELEASED)
    rows = plans.rows_of(work, _VISITS, plan) if plan else []
    named = next((row.leader for row in rows if row.application_id == application_id), None)
    return (
        named
        if named in team
        else leaders.of_team(leaders.of_stage(work, cycle, stage), application_id, team)
    )


def no_leader(application_id: str) -> Fault:
    """The fault of a visit whose leader is kept away by now."""
    return Fault("leader", application_id, Reason("组长已不在组内", "the leader is not of the team any more"))


def _own(work: Work, conductor: Conductor, data: dict[str, Any]) -> tuple[Cycle, Stage, Entrant]:
    cycle, stage = plans.stage_of(work, conductor, data, _LIMIT)
    return cycle, stage, visibility.require_own(work, cycle, stage.key, data["application_id"])


def _key(cycle: Cycle, stage: Stage, entrant: Entrant) -> dict[str, str]:
    return {"cycle_id": cycle.cycle_id, "stage": stage.key, "application_id": entrant.application_id}


def _visit(work: Work, cycle: Cycle, stage: Stage, entrant: Entrant) -> Row[Any]:
    """The released visit. Raises Conflict where it is not released, or was postponed."""
    plan = plans.require_released(work, cycle, stage.key)
    row = plans.line_of(work, _VISITS, plan, entrant.application_id)
    if row.postponed is not None:
        raise Conflict("现场评审已延期", "the visit was postponed", code="postponed")
    return row


def _require_open(work: Work, cycle: Cycle, stage: Stage, entrant: Entrant) -> None:
    if entrant.application_id in closed(work, cycle, stage.key):
        raise Conflict("现场评审已经结束", "the visit is over", code="visit_closed")


def _require_leader(work: Work, cycle: Cycle, visit: Row[Any]) -> Row[Any]:
    teams = visibility.on_duty(work, [(cycle.cycle_id, visit.stage)])
    team = teams.get((cycle.cycle_id, visit.stage, visit.application_id), [])
    if leader(work, cycle, visit.stage, visit.application_id, team) != work.context.actor:
        raise Forbidden("由组长办理", "this is for the leader of the team", code="leader_only")
    return visit


def _require_day(work: Work, visit: Row[Any]) -> None:
    if visit.day > work.today():
        raise Conflict(
            f"现场评审在 {in_words(visit.day).zh}",
            f"the visit is on {in_words(visit.day).en}",
            code="too_early",
        )


def _require_sheets(work: Work, key: Mapping[str, str], team: list[str]) -> None:
    sheets = models.sheets
    given = set(work.session.execute(select(sheets.c.expert_id).where(is_(sheets, key))).scalars())
    missing = [name for name in team if name not in given]
    if missing:
        raise Conflict(
            f"尚有 {len(missing)} 份评分表未提交",
            f"{len(missing)} sheets of the team are still out",
            code="sheets_out",
        )


def _require_members(given: list[dict[str, Any]], others: list[str]) -> None:
    if sorted(line["expert_id"] for line in given) != sorted(others):
        raise invalid_field(
            "members", f"应当逐一列出组内其他成员：{'、'.join(others)}",
            f"must name every other member once: {', '.join(others)}", code="not_the_team",
        )  # fmt: skip
    for number, line in enumerate(given):
        if not line["assents"] and not line["note"]:
            raise invalid_field(f"members.{number}.note", "保留意见须说明理由", "who dissents says why")


def _issue(row: Row[Any]) -> dict[str, Any]:
    names = ("number", "item", "question", "raised_by", "finding", "evidence", "verified_by")
    return {name: getattr(row, name) for name in names}


def _joint_told(row: Row[Any]) -> dict[str, Any]:
    whole, part = divmod(row.thousandths, THOUSANDTHS)
    percent = f"{whole}.{part:03}".rstrip("0").rstrip(".")
    return {"percent": percent, "rationale": row.rationale, "members": row.members}
