"""得分说明: every step from items to sheet to the score of a stage, in exact figures and in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select

from services.review import conflicts, models
from services.review.scoring import access, consensus, drafts, reading, results, sheets
from services.review.scoring.access import Place
from services.review.scoring.scores import mean
from services.review.scoring.totals import percent_text, points_given
from shared.contracts.operations.roles import REVIEWER
from shared.problems import NotFound
from shared.procedure import Conductor, Entrant
from shared.rulebooks import words
from shared.rulebooks.criteria import CriteriaTree
from shared.store import Work

_DOSSIERS = models.procedure.dossiers
Step = dict[str, Any]


def explain(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """For the office and its watchers the whole; for a reviewer its own sheet, and nothing of anybody else."""
    if work.context.role == REVIEWER:
        return _own(work, access.place(work, conductor, data, assigned=True))
    cycle = conductor.cycle(work, data["cycle_id"])
    conductor.own_stage(cycle, data["stage"])
    row = work.session.execute(
        select(_DOSSIERS).where(
            _DOSSIERS.c.cycle_id == cycle.cycle_id, _DOSSIERS.c.application_id == data["application_id"]
        )
    ).one_or_none()
    if row is None:
        raise NotFound("没有这份申报", "no such application")
    where = Place(cycle, data["stage"], Entrant(row.application_id, row.sequence, row.dossier))
    return _whole(work, conductor, where, withdrawn=row.withdrawn_on is not None)


def _step(zh: str, en: str, figure: str | None = None) -> Step:
    return {"zh": zh, "en": en, "figure": figure}


def _own(work: Work, where: Place) -> dict[str, Any]:
    me = work.context.actor
    lines = [line for line in _lines(work, where) if line.expert_id == me]
    return {
        **_head(where),
        "sheets": [_sheet(work, where, line, {}, shown=line.thousandths is not None) for line in lines],
        "steps": [],
        "score": None,
    }


def _head(where: Place) -> dict[str, Any]:
    tree = where.tree
    return {
        "application_id": where.entrant.application_id,
        "stage": where.stage,
        "criteria": tree.id if tree else None,
    }


def _lines(work: Work, where: Place) -> list[sheets.Line]:
    return sheets.lines(work, where.cycle, where.stage, [where.entrant])


def _whole(work: Work, conductor: Conductor, where: Place, *, withdrawn: bool) -> dict[str, Any]:
    lines = _lines(work, where)
    reasons = {
        recusal.expert_id: (recusal.reason_zh, recusal.reason_en)
        for recusal in conflicts.recusals(work, where.cycle, [where.entrant])
    }
    out = sum(line.thousandths is None and not line.recused for line in lines)
    held = where.entrant.application_id in conflicts.held(work, where.cycle, where.stage)
    stage = where.cycle.rulebook.stage(where.stage)
    closed_with = results.standing(work, where.cycle, stage).get(where.entrant.application_id)
    shown = (not out and not held) or withdrawn or closed_with is not None
    steps, score = _reckoning(work, conductor, where, lines, out, held=held, withdrawn=withdrawn)
    if closed_with is not None and closed_with != score:
        zh = "阶段结束时的得分；此后知悉的事项不改变得分"
        en = "the score that the stage closed with; what became known later changes none"
        steps, score = [*steps, _step(zh, en, closed_with)], closed_with
    gone = sheets.replaced(work, where.cycle, where.stage, where.entrant)
    if gone and not withdrawn:
        zh, en = "已被替换而不计入的评分表份数", "sheets of those who were replaced, not counted"
        steps.insert(1, _step(zh, en, str(len(gone))))
    return {
        **_head(where),
        "sheets": [
            *(_sheet(work, where, line, reasons, shown=shown, withdrawn=withdrawn) for line in lines),
            *(
                _sheet(work, where, line, reasons, shown=shown, withdrawn=withdrawn, replaced=True)
                for line in gone
            ),
        ],
        "steps": steps,
        "score": score,
    }


def _sheet(
    work: Work,
    where: Place,
    line: sheets.Line,
    reasons: dict[str, tuple[str, str]],
    *,
    shown: bool,
    withdrawn: bool = False,
    replaced: bool = False,
) -> dict[str, Any]:
    """The reply `SheetExplained`; `shown`: with its figures."""
    zh = en = None
    if withdrawn:
        zh, en = "申报已撤回，评分保留而不计入", "the application was withdrawn: kept, and not counted"
    elif replaced and line.expert_id not in reasons:
        zh, en = "已由他人接替，评分保留而不计入", "another one took over: kept, and not counted"
    elif line.recused or replaced:
        because_zh, because_en = reasons[line.expert_id]
        zh = f"应当回避，评分保留而不计入：{because_zh}"
        en = f"must stand aside: kept, and not counted: {because_en}"
    elif line.thousandths is None:
        zh, en = "尚未提交", "not in yet"
    given = line.thousandths is not None and shown
    rows = reading.frozen(work, where, [line.expert_id]).get(line.expert_id, {}) if given else {}
    tree = where.tree
    return {
        "expert_id": line.expert_id,
        "counted": zh is None,
        "reason_zh": zh,
        "reason_en": en,
        "total": percent_text(line.thousandths) if given and line.thousandths is not None else None,
        "returned": drafts.returned(work, where.sheet(line.expert_id)) if shown else [],
        "items": reading.shown(tree, rows),
        "steps": _of_sheet(tree, rows) if tree and rows else [],
    }


def _of_sheet(tree: CriteriaTree, rows: dict[str, Row[Any]]) -> list[Step]:
    """From items to the sheet's percent."""
    found, whole = [], Decimal(0)
    for item in tree.children:
        points = sum((points_given(leaf, rows[leaf.key].thousandths) for leaf in item.leaves()), Decimal(0))
        whole += points
        found.append(
            _step(
                f"{item.key} {item.title.zh}：各条分值乘以百分比之和，满分 {item.points} 分",
                f"{item.key} {item.title.en}: the points of its items times their percents, of {item.points}",
                f"{points:f}",
            )
        )
    percent = whole * 100 / tree.points
    found.append(_step("各类之和", "all of them together", f"{whole:f}"))
    found.append(
        _step(
            f"除以总分 {tree.points} 分，化为百分比", f"in percent of {tree.points} points", f"{percent:.3f}"
        )
    )
    return found


def _reckoning(
    work: Work,
    conductor: Conductor,
    where: Place,
    lines: list[sheets.Line],
    out: int,
    *,
    held: bool,
    withdrawn: bool,
) -> tuple[list[Step], str | None]:
    """From the sheets to the score."""
    if withdrawn:
        return [_step("申报已撤回，没有得分", "the application was withdrawn and has no score")], None
    valid = [line.thousandths for line in lines if line.thousandths is not None and not line.recused]
    kept = sum(line.recused and line.thousandths is not None for line in lines)
    steps = _counted(len(valid), kept, out, held=held)
    if not valid:
        carried, score = _carried(work, conductor, where)
        if score is not None or not (out or held):
            return [*steps, carried], score
    if out or held:
        return steps, None
    places = where.cycle.rulebook.score_rule.places
    rounding = words.word(words.ROUNDINGS, where.cycle.rulebook.score_rule.rounding)
    by_sheets = f"{mean(valid, places):f}"
    steps.append(_step("各份百分比之和", "the sum of their percents", percent_text(sum(valid))))
    steps.append(
        _step(
            f"除以 {len(valid)} 份，{rounding.zh}至 {places} 位小数",
            f"divided by {len(valid)}, {rounding.en} to {places} decimals",
            by_sheets,
        )
    )
    return _agreed(work, where, steps, by_sheets)


def _counted(valid: int, kept: int, out: int, *, held: bool) -> list[Step]:
    """How many sheets there are of which kind, and what is waited for."""
    steps = [_step("计入的评分表份数", "sheets that count", str(valid))]
    if kept:
        zh, en = "应当回避而不计入的评分表份数", "sheets of those who must stand aside, not counted"
        steps.append(_step(zh, en, str(kept)))
    if out:
        steps.append(_step("尚未提交的评分表份数", "sheets that are still out", str(out)))
    if held:
        zh, en = (
            "有评审员回避，待替补评审员评分",
            "a reviewer stood aside, and its replacement is still to score",
        )
        steps.append(_step(zh, en))
    return steps


def _agreed(work: Work, where: Place, steps: list[Step], by_sheets: str) -> tuple[list[Step], str | None]:
    """Where the score is what reviewers agreed on, that; else the mean of the sheets."""
    cycle, stage = where.cycle, where.cycle.rulebook.stage(where.stage)
    total = results.agreed(work, cycle, stage, [where.entrant]).get(where.entrant.application_id)
    if consensus.decides(cycle, where.stage, where.entrant):
        what_zh, what_en, state_en = "合议结果", "the consensus", "closed"
    elif results.by_team(cycle, stage) or total is not None:
        what_zh, what_en, state_en = "现场评审组的合议分", "the team's joint score", "recorded"
    else:
        return steps, by_sheets
    if total is None:
        zh, en = f"规则以{what_zh}为得分，尚无结果", f"the rulebook counts {what_en}, which is not {state_en}"
        return [*steps, _step(zh, en)], None
    score = f"{mean([total], cycle.rulebook.score_rule.places):f}"
    zh, en = f"规则以{what_zh}为得分，平均值不计", f"the rulebook counts {what_en}, and not the mean"
    return [*steps, _step(zh, en, score)], score


def _carried(work: Work, conductor: Conductor, where: Place) -> tuple[Step, str | None]:
    """Where nobody scored: what the stage before handed on, if this stage takes that."""
    here = conductor.entrants(work, where.cycle.cycle_id, where.stage)
    entrant = next((e for e in here if e.application_id == where.entrant.application_id), None)
    takes = where.cycle.rulebook.stage(where.stage).scoring == "carried_or_sheets"
    if entrant is None or not takes or "score" not in entrant.carried:
        return _step("没有计入的评分表，没有得分", "no sheet counts, and there is no score"), None
    zh, en = "没有另行评分，沿用上一阶段得分", "without sheets of its own the score before is carried on"
    score = str(entrant.carried["score"])
    return _step(zh, en, score), score
