"""合议: once all sheets of an application are in, its reviewers agree on each item. The sheets stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, and_, select, update

from services.review import conflicts, models
from services.review.conditions import is_
from services.review.scoring import access, reading, sheets
from services.review.scoring.access import Place
from services.review.scoring.scores import THOUSANDTHS, rounded_text, thousandths
from services.review.scoring.totals import percent_text, total
from services.review.sittings import Sitting
from shared.contracts.operations.roles import REVIEWER
from shared.problems import Conflict, NotFound, invalid_field
from shared.procedure import Conductor, Cycle, Entrant
from shared.procedure.records import of_stages
from shared.rulebooks import Stage
from shared.rulebooks.criteria import CriteriaTree, Criterion
from shared.store import Work

_MEETINGS, _ITEMS = models.consensus, models.consensus_items
_PLACES = 3  # decimals of a mean that is shown


def open_(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader opens the meeting. Raises Conflict while a sheet is out, or where one was held already."""
    where = access.place(work, conductor, data, leading=True, lock=True)
    access.require_begun(work, conductor, where)
    where.require_tree()
    meeting = latest(work, where)
    if meeting is not None and valid(work, where, meeting):
        zh, en = "该申报已经开过合议", "a meeting on this application was opened already"
        raise Conflict(zh, en, code="consensus_opened")
    lines = [line for line in _lines(work, where) if not line.recused]
    out = sum(line.thousandths is None for line in lines)
    if not out and where.entrant.application_id in conflicts.held(work, where.cycle, where.stage):
        out = 1  # somebody takes over from one who stood aside; which of them did is nobody's to be told
    if out or not lines:
        raise Conflict(
            f"还有 {out} 份评分表未提交，不能开始合议",
            f"{out} sheets are still out: the meeting cannot begin",
            code="sheets_out",
        )
    _require_participants(work, data["participants"], {line.expert_id for line in lines})
    row = {
        **where.application,
        "number": meeting.number + 1 if meeting else 1,
        "opened_by": work.context.actor,
        "opened_at": work.now(),
        "participants": sorted(set(data["participants"])),
    }
    work.session.execute(_MEETINGS.insert().values(**row))
    _tell(work, where, "consensus:opened", {"number": row["number"], "participants": row["participants"]})
    return _state(work, where)


def _require_participants(work: Work, named: list[str], reviewers: set[str]) -> None:
    allowed = {*reviewers, work.context.actor}
    for number, expert_id in enumerate(named):
        if expert_id not in allowed:
            zh, en = (
                "不是该申报的评审员，不能参加合议",
                "is no reviewer of this application and takes no part",
            )
            raise invalid_field(f"participants.{number}", zh, en)


def agree(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Record an item; recorded again it is replaced, while the meeting is open. Raises Invalid for a reason that is due."""
    where, meeting = _open_meeting(work, conductor, data)
    tree = where.require_tree()
    leaf, number = tree.leaf(data["item"]), thousandths(data["percent"])
    if leaf is None:
        raise invalid_field("item", "没有这一评分条款", "there is no such item")
    if not tree.in_step(number):
        raise invalid_field("percent", f"应为 {tree.step} 的倍数", f"must be a multiple of {tree.step}")
    means = _means(work, where)
    if leaf.key not in means or not valid(work, where, meeting):
        raise _unmade()
    if far(tree, means[leaf.key], number) and not data["reason"].strip():
        raise invalid_field(
            "reason",
            f"与个人评分平均值相差 {tree.step} 个百分点以上，须写明理由",
            f"lies {tree.step} percentage points or more from the mean of the sheets: give the reason",
        )
    band = tree.scale_of(leaf).band_of(number)
    assert band is not None  # the criteria have one for every step
    key = {**where.application, "number": meeting.number, "item": leaf.key}
    content = {"band": band.key, "thousandths": number, "reason": data["reason"]}
    here = is_(_ITEMS, key)
    if work.session.execute(select(_ITEMS.c.item).where(here)).one_or_none() is None:
        work.session.execute(_ITEMS.insert().values(**key, **content))
    else:
        work.session.execute(update(_ITEMS).where(here).values(**content))
    _tell(work, where, "consensus:recorded", {"number": meeting.number, "item": leaf.key, **content})
    return _state(work, where)


def close(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The leader closes the meeting, for good. Raises Conflict naming the items that are still open."""
    where, meeting = _open_meeting(work, conductor, data)
    tree, agreed = where.require_tree(), _agreed(work, where, meeting)
    short = [leaf.key for leaf in tree.leaves if leaf.key not in agreed]
    if short:
        names = "、".join(short)
        zh, en = f"以下条款尚未合议：{names}", f"still to be agreed on: {', '.join(short)}"
        raise Conflict(zh, en, code="items_open")
    if not valid(work, where, meeting):
        raise _unmade()
    percent = total(tree, {key: row.thousandths for key, row in agreed.items()})
    this = and_(is_(_MEETINGS, where.application), _MEETINGS.c.number == meeting.number)
    work.session.execute(update(_MEETINGS).where(this).values(closed_at=work.now(), thousandths=percent))
    _tell(work, where, "consensus:closed", {"number": meeting.number, "thousandths": percent})
    return _state(work, where)


def _unmade() -> Conflict:
    return Conflict(
        "合议参加人中有应当回避的，本次合议作废，请重新召开",
        "somebody who took part must stand aside: this meeting is void, open another one",
        code="participant_recused",
    )


def _open_meeting(work: Work, conductor: Conductor, data: dict[str, Any]) -> tuple[Place, Row[Any]]:
    where = access.place(work, conductor, data, leading=True, lock=True)
    access.require_begun(work, conductor, where)
    meeting = latest(work, where)
    if meeting is None or meeting.closed_at is not None:
        zh, en = "没有正在进行的合议", "no meeting is open"
        raise Conflict(zh, en, code="no_consensus_open")
    return where, meeting


def look(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The meeting as it stands: for the office and its watchers, the leader, and whoever takes part."""
    if work.context.role != REVIEWER:
        cycle, entrant = conductor.application(work, data["application_id"])
        if cycle.cycle_id != data["cycle_id"]:
            raise NotFound("没有这份申报", "no such application")
        return _state(work, Place(cycle, data["stage"], entrant))
    where = access.place(work, conductor, data, assigned=True, leading=True)
    meeting = latest(work, where)
    if meeting is None or (work.context.actor not in meeting.participants and not access.leads(work, where)):
        return _none(where)
    return _state(work, where)


def latest(work: Work, where: Place) -> Row[Any] | None:
    """The meeting that stands; those before it were ended by a recusal."""
    query = select(_MEETINGS).where(is_(_MEETINGS, where.application)).order_by(_MEETINGS.c.number.desc())
    return work.session.execute(query).first()


def valid(work: Work, where: Place, meeting: Row[Any]) -> bool:
    """Whether nobody who took part is kept from the application by now."""
    return not set(meeting.participants) & conflicts.recused(work, where.cycle, where.entrant.application_id)


def decides(cycle: Cycle, stage: str, entrant: Entrant) -> bool:
    """Whether what was agreed on is the score: never in a rehearsal, whose sheets have no items."""
    return _counts(cycle) and Place(cycle, stage, entrant).tree is not None


def _counts(cycle: Cycle) -> bool:
    return cycle.rulebook.score_rule.counts == "consensus" and not cycle.rehearsal


def agreed_totals(work: Work, cycle: Cycle, stage: str, entrants: list[Entrant]) -> dict[str, int]:
    """What closed and valid meetings came to, by application, where it decides."""
    (found,) = agreed_totals_of(work, [Sitting(cycle, stage, entrants)])
    return found


def agreed_totals_of(work: Work, sittings: Sequence[Sitting]) -> list[dict[str, int]]:
    """`agreed_totals` of each of several sittings, in as many statements as of one."""
    deciding = [each for each in sittings if _counts(each.cycle)]
    if not deciding:
        return [{} for _ in sittings]
    here = of_stages(_MEETINGS, [each.key for each in deciding])
    query = select(_MEETINGS).where(here).order_by(_MEETINGS.c.number)
    meetings = {(row.cycle_id, row.stage, row.application_id): row for row in work.session.execute(query)}
    entered = {entrant.application_id for each in deciding for entrant in each.entrants}
    recused = conflicts.pairs(work, sorted({each.cycle.cycle_id for each in deciding}), entered)
    found: dict[tuple[str, str], dict[str, int]] = {each.key: {} for each in sittings}
    for each in deciding:
        for entrant in each.entrants:
            name = entrant.application_id
            meeting = meetings.get((*each.key, name))
            if meeting is None or meeting.closed_at is None or not decides(each.cycle, each.stage, entrant):
                continue
            if not any((name, expert_id) in recused for expert_id in meeting.participants):
                found[each.key][name] = meeting.thousandths
    return [found[each.key] for each in sittings]


def waiting_for(work: Work, cycle: Cycle, stage: Stage, entrants: list[Entrant]) -> list[str]:
    """Which applications still lack a meeting that decides, in words; one without a valid sheet lacks sheets first."""
    due = [entrant for entrant in entrants if decides(cycle, stage.key, entrant)]
    if not due or stage.scoring is None:
        return []
    given, _ = sheets.counted(work, cycle, stage, due)
    agreed = agreed_totals(work, cycle, stage.key, due)
    return [
        f"第 {entrant.sequence} 号申报的合议 / the consensus meeting on application no. {entrant.sequence}"
        for entrant in due
        if entrant.application_id in given and entrant.application_id not in agreed
    ]


def far(tree: CriteriaTree, of_sheets: Fraction, agreed: int) -> bool:
    """Whether what was agreed on lies a step or more from the mean of the sheets."""
    return abs(agreed - of_sheets) >= tree.step * THOUSANDTHS


def _lines(work: Work, where: Place) -> list[sheets.Line]:
    return sheets.lines(work, where.cycle, where.stage, [where.entrant])


def _means(work: Work, where: Place) -> dict[str, Fraction]:
    """The mean of the valid sheets by item, in thousandths; nothing where there are none."""
    names = [x.expert_id for x in _lines(work, where) if not x.recused and x.thousandths is not None]
    given = list(reading.frozen(work, where, names).values())
    return {
        leaf.key: Fraction(sum(items[leaf.key].thousandths for items in given), len(given))
        for leaf in where.require_tree().leaves
        if given
    }


def _agreed(work: Work, where: Place, meeting: Row[Any]) -> dict[str, Row[Any]]:
    query = select(_ITEMS).where(is_(_ITEMS, where.application), _ITEMS.c.number == meeting.number)
    return {row.item: row for row in work.session.execute(query)}


def _none(where: Place) -> dict[str, Any]:
    return {
        "application_id": where.entrant.application_id,
        "stage": where.stage,
        "state": "none",
        "number": 0,
        "opened_at": None,
        "closed_at": None,
        "participants": [],
        "counts": decides(where.cycle, where.stage, where.entrant),
        "valid": True,
        "total": None,
        "items": [],
    }


def _state(work: Work, where: Place) -> dict[str, Any]:
    meeting = latest(work, where)
    if meeting is None:
        return _none(where)
    agreed, means, tree = _agreed(work, where, meeting), _means(work, where), where.require_tree()
    given = {key: row.thousandths for key, row in agreed.items()}
    return {
        **_none(where),
        "state": "open" if meeting.closed_at is None else "closed",
        "number": meeting.number,
        "opened_at": meeting.opened_at.isoformat(),
        "closed_at": meeting.closed_at.isoformat() if meeting.closed_at else None,
        "participants": _named(work, where, meeting),
        "valid": valid(work, where, meeting),
        "total": percent_text(total(tree, given)),
        "items": [_item(tree, leaf, means, agreed.get(leaf.key)) for leaf in tree.leaves if means],
    }


def _named(work: Work, where: Place, meeting: Row[Any]) -> list[str]:
    """Who took part; reviewers are not told of one who stood aside since."""
    if work.context.role != REVIEWER:
        return list(meeting.participants)
    recused = conflicts.recused(work, where.cycle, where.entrant.application_id)
    return [name for name in meeting.participants if name not in recused]


def _item(
    tree: CriteriaTree, leaf: Criterion, means: dict[str, Fraction], row: Row[Any] | None
) -> dict[str, Any]:
    of_sheets = means[leaf.key]
    shown = rounded_text(of_sheets, _PLACES)
    return {
        "item": leaf.key,
        "title_zh": leaf.title.zh,
        "title_en": leaf.title.en,
        "mean": shown,
        "band": row.band if row else None,
        "percent": percent_text(row.thousandths) if row else None,
        "far": row is not None and far(tree, of_sheets, row.thousandths),
        "reason": row.reason if row else "",
    }


def _tell(work: Work, where: Place, action: str, after: dict[str, Any]) -> None:
    subject = f"{where.stage}/{where.entrant.application_id}"
    work.audit(action, subject, after=after, cycle_id=where.cycle.cycle_id)
