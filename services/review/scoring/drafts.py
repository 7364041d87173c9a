"""评分表草稿: written item by item, saved as it is typed; nobody overwrites what another window changed meanwhile."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.exc import IntegrityError

from services.review import models
from services.review.conditions import is_
from services.review.scoring import access
from services.review.scoring.access import Place
from services.review.scoring.scores import thousandths
from services.review.scoring.totals import Entry, lacking, percent_text, points_given, total
from services.review.visits import issues
from shared.identifiers import digest
from shared.problems import Conflict, FieldError, invalid_field
from shared.procedure import Conductor
from shared.rulebooks.criteria import CriteriaTree, Criterion
from shared.store import Work

_DRAFTS, _ITEMS, _SHEETS = models.sheet_drafts, models.sheet_draft_items, models.sheets
_RETURNED = models.returned_sheets
WRITTEN = ("strengths", "improvements", "rationale")
_CONTENT = (*WRITTEN, "band", "thousandths")
_SHOWN = 300  # characters of what stands there now, in a refusal


def save(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """Keep one item as it stands. Raises Conflict where somebody changed that item since `revision` was read."""
    where = access.place(work, conductor, data, assigned=True)
    access.require_begun(work, conductor, where)
    tree = where.require_tree()
    leaf = tree.leaf(data["item"])
    if leaf is None:
        raise invalid_field("item", "没有这一评分条款", "there is no such item")
    given = _content(tree, leaf, data)
    head = _locked(work, where)
    _require_open(work, where)
    _write(work, where, head, leaf, given, data["revision"])
    return _saved(work, where, tree)


def _content(tree: CriteriaTree, leaf: Criterion, data: dict[str, Any]) -> dict[str, Any]:
    given = {name: data[name] for name in WRITTEN}
    scale = tree.scale_of(leaf)
    number = None if data["percent"] is None else thousandths(data["percent"])
    if number is not None and not tree.in_step(number):
        step = tree.step
        raise invalid_field("percent", f"应为 {step} 的倍数", f"must be a multiple of {step}")
    band = None if number is None else scale.band_of(number)
    chosen = data["band"]
    if chosen is not None and chosen not in {each.key for each in scale.bands}:
        raise invalid_field("band", "没有这一等级", "there is no such band")
    if chosen is not None and band is not None and band.key != chosen:
        zh, en = f"百分比属于 {band.key} 等级", f"the percent lies in band {band.key}"
        raise invalid_field("band", zh, en)
    return {**given, "band": band.key if band else chosen, "thousandths": number}


def head_of(work: Work, where: Place, *, lock: bool = False) -> Row[Any] | None:
    """The draft of whoever asks."""
    query = select(_DRAFTS).where(is_(_DRAFTS, where.sheet(work.context.actor)))
    return work.session.execute(query.with_for_update() if lock else query).one_or_none()


def _locked(work: Work, where: Place) -> Row[Any]:
    """The draft, made where there is none; two windows that save at once come one after the other."""
    if head_of(work, where) is None:
        key = where.sheet(work.context.actor)
        try:
            with work.session.begin_nested():
                work.session.execute(
                    _DRAFTS.insert().values(**key, revision=0, version=1, saved_at=work.now())
                )
        except IntegrityError:
            pass  # the other window was first
    head = head_of(work, where, lock=True)
    assert head is not None
    return head


def _require_open(work: Work, where: Place) -> None:
    issues.require_unlocked(work, where.application)
    key = where.sheet(work.context.actor)
    if work.session.execute(select(_SHEETS.c.stage).where(is_(_SHEETS, key))).one_or_none() is not None:
        raise Conflict("评分表已提交，不能更改", "the sheet is in and cannot be changed", code="sheet_locked")


def _write(
    work: Work, where: Place, head: Row[Any], leaf: Criterion, given: dict[str, Any], seen: int
) -> None:
    if seen > head.revision:
        now = FieldError("revision", f"现为第 {head.revision} 版", f"is now {head.revision}")
        raise Conflict(
            "没有这个版本的评分表", "the sheet has no such revision", code="no_such_revision", errors=[now]
        )
    key = {**where.sheet(work.context.actor), "item": leaf.key}
    row = work.session.execute(select(_ITEMS).where(is_(_ITEMS, key))).one_or_none()
    changed = [name for name in _CONTENT if row is None or getattr(row, name) != given[name]]
    if not changed:
        return
    if row is not None and row.revision > seen:
        raise _stale(leaf, row, changed)
    revision = head.revision + 1
    if row is None:
        work.session.execute(_ITEMS.insert().values(**key, **given, revision=revision))
    else:
        work.session.execute(update(_ITEMS).where(is_(_ITEMS, key)).values(**given, revision=revision))
    this = is_(_DRAFTS, where.sheet(work.context.actor))
    work.session.execute(update(_DRAFTS).where(this).values(revision=revision, saved_at=work.now()))
    work.audit(
        "sheet:saved",
        f"{where.stage}/{where.entrant.application_id}/{work.context.actor}",
        after={"revision": revision, "item": leaf.key, "content": digest(given)},
        cycle_id=where.cycle.cycle_id,
    )


def _stale(leaf: Criterion, row: Row[Any], changed: list[str]) -> Conflict:
    """Both stay: what stands there is told, and what was sent is still in the window that sent it."""
    names = {"thousandths": "percent"}
    return Conflict(
        f"条款 {leaf.key} 已在别处被修改，未予覆盖",
        f"item {leaf.key} was changed elsewhere meanwhile, and not overwritten",
        code="changed_meanwhile",
        errors=[FieldError(names.get(name, name), *_now_is(name, getattr(row, name))) for name in changed],
    )


def _now_is(name: str, value: Any) -> tuple[str, str]:
    if value in (None, ""):
        return "现为空", "is now empty"
    shown = percent_text(value) if name == "thousandths" else value[:_SHOWN]
    return f"现为 {shown}", f"is now {shown}"


def items_of(work: Work, where: Place) -> dict[str, Row[Any]]:
    """What whoever asks has written, by item."""
    query = select(_ITEMS).where(is_(_ITEMS, where.sheet(work.context.actor)))
    return {row.item: row for row in work.session.execute(query)}


def entries(rows: dict[str, Row[Any]]) -> dict[str, Entry]:
    """For the pure modules."""
    return {
        key: Entry(row.strengths, row.improvements, row.thousandths, row.rationale)
        for key, row in rows.items()
    }


def running(tree: CriteriaTree, rows: dict[str, Row[Any]]) -> str:
    """The running total in percent."""
    given = {key: row.thousandths for key, row in rows.items() if row.thousandths is not None}
    return percent_text(total(tree, given))


def _saved(work: Work, where: Place, tree: CriteriaTree) -> dict[str, Any]:
    rows, head = items_of(work, where), head_of(work, where)
    assert head is not None
    short = {each.item for each in lacking(tree, entries(rows))}
    return {
        "revision": head.revision,
        "total": running(tree, rows),
        "complete": len(tree.leaves) - len(short),
        "items": len(tree.leaves),
    }


def mine(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The sheet of whoever asks, with what it lacks and what was returned of it."""
    where = access.place(work, conductor, data, assigned=True)
    tree = where.require_tree()
    key = where.sheet(work.context.actor)
    rows, head = items_of(work, where), head_of(work, where)
    is_in = work.session.execute(select(_SHEETS.c.stage).where(is_(_SHEETS, key))).one_or_none() is not None
    version = head.version if head else 1
    return {
        "application_id": where.entrant.application_id,
        "stage": where.stage,
        "state": "submitted" if is_in else "returned" if version > 1 else "draft",
        "revision": head.revision if head else 0,
        "version": version,
        "criteria": tree.id,
        "step": tree.step,
        "total": running(tree, rows),
        "items": [shown(leaf, rows.get(leaf.key)) for leaf in tree.leaves],
        "lacking": [
            {"item": each.item, "field": each.field, "reason_zh": each.zh, "reason_en": each.en}
            for each in lacking(tree, entries(rows))
        ],
        "returned": returned(work, key),
    }


def returned(work: Work, key: dict[str, str]) -> list[dict[str, Any]]:
    """What a leader returned of a sheet, the oldest first."""
    query = select(_RETURNED).where(is_(_RETURNED, key)).order_by(_RETURNED.c.version)
    return [
        {
            "version": row.version,
            "total": percent_text(row.thousandths),
            "submitted_at": row.submitted_at.isoformat(),
            "returned_at": row.returned_at.isoformat(),
            "reason": row.reason,
        }
        for row in work.session.execute(query)
    ]


def shown(leaf: Criterion, row: Row[Any] | None) -> dict[str, Any]:
    """The reply `ItemWritten`."""
    number = row.thousandths if row else None
    return {
        "item": leaf.key,
        "title_zh": leaf.title.zh,
        "title_en": leaf.title.en,
        **{name: getattr(row, name) if row else "" for name in WRITTEN},
        "band": row.band if row else None,
        "percent": None if number is None else percent_text(number),
        "points": None if number is None else f"{points_given(leaf, number):f}",
        "points_most": leaf.points,
    }
