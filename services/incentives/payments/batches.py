"""付款批次: made by one person of finance, approved by another; what cannot be paid is left out and says why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from services.incentives import budgets, models
from services.incentives.payments import fitness, lines
from services.incentives.payments.fitness import Obstacle
from services.incentives.payments.states import LIVE, Batch, Line, before_batch
from services.incentives.payments.terms import Terms
from services.incentives.two_people import require_other
from shared.calendar import in_words
from shared.contracts.events import PaymentOrdered
from shared.money import format_yuan
from shared.problems import Conflict, NotFound
from shared.procedure import Conductor, Cycle, tasks
from shared.store import Work

_BATCHES, _LINES, _GRANTS = models.batches, models.lines, models.grants


def assemble(work: Work, conductor: Conductor, data: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """A batch of all grants of a cycle, or of those of some applications, that can be paid now.

    Raises Conflict in a rehearsal, which pays nothing.
    """
    cycle = _lock(work, conductor, data["cycle_id"])
    if cycle.rehearsal:
        raise Conflict("演练不付款", "a rehearsal pays nothing", code="rehearsal")
    asked = data["application_ids"]
    query = select(_GRANTS).where(_GRANTS.c.cycle_id == cycle.cycle_id)
    if asked:
        query = query.where(_GRANTS.c.application_id.in_(asked))
    grants = list(work.session.execute(query.order_by(_GRANTS.c.application_id, _GRANTS.c.grant_for)))
    known, live = fitness.of(work, cycle, grants if asked else None), lines.live_ones(work, cycle.cycle_id)
    skipped, taken = [], []
    for grant in grants:
        obstacle = known.obstacle(grant) or _under_way(live.get((grant.application_id, grant.grant_for)))
        if obstacle is None:
            taken.append(grant)
        else:
            skipped.append(_skipped(grant, obstacle))
    batch_id = None
    if taken:
        batch_id = _make(work, cycle, taken, known, terms)
        tasks.waits(work, cycle, "batch_waiting", f"batch/{batch_id}", left_out=[work.by])
        settle(work, cycle.rulebook.jurisdiction, work.today().year)
    return {
        "batch": None if batch_id is None else state_of(work, _find(work, batch_id)),
        "skipped": skipped,
    }


def _make(work: Work, cycle: Cycle, taken: list[Row[Any]], known: fitness.Fitness, terms: Terms) -> str:
    batch: dict[str, Any] = {
        "id": work.new_id(), "cycle_id": cycle.cycle_id, "jurisdiction": cycle.rulebook.jurisdiction,
        "year": work.today().year, "channel": terms.channel, "state": Batch.ASSEMBLED.value, "made_by": work.by,
        "made_at": work.now(),
    }  # fmt: skip
    work.session.execute(_BATCHES.insert().values(**batch))
    rows = []
    before: dict[tuple[str, str], list[Row[Any]]] = {}
    for line in lines.of(work, _LINES.c.cycle_id == cycle.cycle_id):
        before.setdefault((line.application_id, line.grant_for), []).append(line)
    for grant in taken:
        earlier = before.get((grant.application_id, grant.grant_for), [])
        failed = [row.id for row in earlier if row.state == Line.FAILED]
        rows.append({
            "id": work.new_id(), "batch_id": batch["id"], "cycle_id": grant.cycle_id,
            "application_id": grant.application_id, "grant_for": grant.grant_for, "attempt": len(earlier) + 1,
            "replaces": failed[-1] if failed else None, "amount_fen": grant.amount_fen,
            "payee_id": known.payees[grant.application_id], "state": Line.INTENT.value, "tries": 0,
        })  # fmt: skip
    work.session.execute(_LINES.insert(), rows)
    told = {"lines": rows, "channel": batch["channel"], "year": batch["year"]}
    work.audit("batch:assembled", batch["id"], after=told, cycle_id=cycle.cycle_id)
    return str(batch["id"])


def decide(work: Work, conductor: Conductor, data: dict[str, Any], terms: Terms) -> dict[str, Any]:
    """Another person approves: each line is looked at once more and leaves; or refuses, which gives the batch up.

    Raises Forbidden for who made it, Conflict while it is held or where it is decided.
    """
    row = _find(work, data["batch_id"])
    cycle = _lock(work, conductor, row.cycle_id)
    if data["accept"]:
        require_other(same=work.same_person(row.made_by, about=row.id))
        row = _into_this_year(work, row)
        _decide(work, row, Batch.APPROVED, data["reason"])
        _let_go(work, cycle, row, terms)
    else:
        _decide(work, row, Batch.CANCELLED, data["reason"])
        for line in lines.of(work, _LINES.c.batch_id == row.id):
            lines.move(work, line, Line.STOPPED, reason_zh="批次已取消", reason_en="the batch was given up")
        settle(work, row.jurisdiction, row.year)
    kind = "batch_approved" if data["accept"] else "batch_returned"
    tasks.waits(work, cycle, kind, f"batch/{row.id}/decided", people={row.made_by} - {work.by})
    return state_of(work, _find(work, row.id))


def _into_this_year(work: Work, row: Row[Any]) -> Row[Any]:
    """What leaves now is paid from this year's budget, whenever it was assembled."""
    year = work.today().year
    if year != row.year:
        work.session.execute(update(_BATCHES).where(_BATCHES.c.id == row.id).values(year=year))
        work.audit(
            "batch:year", row.id, before={"year": row.year}, after={"year": year}, cycle_id=row.cycle_id
        )
    for each in sorted({row.year, year}):
        settle(work, row.jurisdiction, each)
    return _find(work, row.id)


def _decide(work: Work, row: Row[Any], state: Batch, reason: str) -> None:
    this = and_(_BATCHES.c.id == row.id, _BATCHES.c.state.in_(before_batch(state)))
    moved = work.session.execute(
        update(_BATCHES)
        .where(this)
        .values(state=state.value, decided_by=work.by, decided_at=work.now(), reason=reason)
    )
    if not getattr(moved, "rowcount", 0):
        now = _find(work, row.id)
        held_zh, held_en = (f"：{now.held_zh}", f": {now.held_en}") if now.state == Batch.HELD else ("", "")
        raise Conflict(f"批次当前为 {now.state}{held_zh}", f"the batch is {now.state}{held_en}")
    work.audit(
        f"batch:{state}", row.id, before={"state": row.state}, after={"state": state.value}, reason=reason,
        cycle_id=row.cycle_id,
    )  # fmt: skip


def _let_go(work: Work, cycle: Cycle, batch: Row[Any], terms: Terms) -> None:
    """By file the lines leave with the file, so now; over HTTP each is put on the bus and leaves by itself."""
    several = lines.of(work, _LINES.c.batch_id == batch.id)
    grants = _grants_of(work, several)
    known = fitness.of(work, cycle, grants.values())
    now = work.now()
    for line in several:
        obstacle = obstacle_to(known, line, grants[line.application_id, line.grant_for])
        if obstacle is not None:
            stop(work, line, obstacle)
        elif batch.channel == "file":
            due_at = now + terms.file_patience
            lines.move(work, line, Line.SENT, tries=1, first_sent_at=now, sent_at=now, due_at=due_at)
        else:
            put_on_the_bus(work, line, now, terms)


def put_on_the_bus(work: Work, line: Row[Any], now: datetime, terms: Terms) -> None:
    """Have some replica take the line further; should all of them fail to, the clock finds it again."""
    work.session.execute(update(_LINES).where(_LINES.c.id == line.id).values(due_at=now + terms.again))
    work.publish(PaymentOrdered, {"cycle_id": line.cycle_id, "line_id": line.id}, subject=line.id)


def obstacle_to(known: fitness.Fitness, line: Row[Any], grant: Row[Any]) -> Obstacle | None:
    """What stands against a line that is about to leave: its winner's case, or what has changed since it was made."""
    found = known.obstacle(grant)
    if found is not None:
        return found
    if grant.amount_fen != line.amount_fen:
        return Obstacle("amount_changed", "应发金额已变更", "the amount has changed")
    if known.payees[line.application_id] != line.payee_id:
        return Obstacle("payee_changed", "收款账户已变更", "the account has changed")
    return None


def stop(work: Work, line: Row[Any], obstacle: Obstacle) -> bool:
    """Stop a line before anything of it leaves."""
    return lines.move(work, line, Line.STOPPED, reason_zh=obstacle.zh, reason_en=obstacle.en, due_at=None)


def settle(work: Work, jurisdiction: str, year: int) -> None:
    """Hold the batches that would take a year's payments over its budget, the later ones first; let go those that fit again."""
    budget = budgets.of_year(work, jurisdiction, year, lock=True)
    waiting = and_(
        _BATCHES.c.jurisdiction == jurisdiction, _BATCHES.c.year == year,
        _BATCHES.c.state.in_((Batch.ASSEMBLED.value, Batch.HELD.value)),
    )  # fmt: skip
    spent = committed(work, jurisdiction, year, (Batch.APPROVED.value,))
    for row in work.session.execute(select(_BATCHES).where(waiting).order_by(_BATCHES.c.id)).all():
        total = _total(work, row.id)
        over = budget is not None and spent + total > budget
        state = Batch.HELD if over else Batch.ASSEMBLED
        if not over:
            spent += total
        if row.state == state:
            continue
        missing = format_yuan(spent + total - budget) if over and budget is not None else ""
        held = (f"超出全年预算 {missing}", f"{missing} over the year's budget") if over else (None, None)
        this = and_(_BATCHES.c.id == row.id, _BATCHES.c.state.in_(before_batch(state)))
        work.session.execute(
            update(_BATCHES).where(this).values(state=state.value, held_zh=held[0], held_en=held[1])
        )
        work.audit(
            f"batch:{state}",
            row.id,
            before={"state": row.state},
            after={"total_fen": total},
            cycle_id=row.cycle_id,
        )


def committed(work: Work, jurisdiction: str, year: int, states: tuple[str, ...] | None = None) -> int:
    """What a year's batches have paid or may still pay, in fen; held ones do not count."""
    wanted = states or (Batch.APPROVED.value, Batch.ASSEMBLED.value)
    query = (
        select(func.coalesce(func.sum(_LINES.c.amount_fen), 0))
        .join(_BATCHES, _BATCHES.c.id == _LINES.c.batch_id)
        .where(
            and_(
                _BATCHES.c.jurisdiction == jurisdiction, _BATCHES.c.year == year, _BATCHES.c.state.in_(wanted),
                _LINES.c.state.in_(LIVE),
            )
        )
    )  # fmt: skip
    return int(work.session.execute(query).scalar_one())


def listed(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A cycle's batches in the order in which they were made, each with its lines."""
    cycle = conductor.cycle(work, data["cycle_id"])
    query = select(_BATCHES).where(_BATCHES.c.cycle_id == cycle.cycle_id).order_by(_BATCHES.c.id)
    of_batch: dict[str, list[Row[Any]]] = {}
    for line in lines.of(work, _LINES.c.cycle_id == cycle.cycle_id):
        of_batch.setdefault(line.batch_id, []).append(line)
    return {"batches": [_told(row, of_batch.get(row.id, [])) for row in work.session.execute(query).all()]}


def one(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """A batch with its lines. Raises NotFound."""
    row = _find(work, data["batch_id"])
    conductor.cycle(work, row.cycle_id)
    return state_of(work, row)


def payment_file(work: Work, conductor: Conductor, data: dict[str, Any]) -> dict[str, Any]:
    """The rows of a batch's file, accounts in full: what finance carries to the bank. Only lines that are not answered yet.

    The file is the moment of payment: whoever fell out since the approval is not in it. Its line has left by then, so that it
    becomes unknown with the bank's last file, or with time, and two people say that it was not paid.
    """
    from services.incentives.payments.files import PAYMENT_HEADINGS, payment_rows

    row = _find(work, data["batch_id"])
    cycle = conductor.cycle(work, row.cycle_id)
    if row.channel != "file" or row.state != Batch.APPROVED:
        raise Conflict("该批次没有付款文件", "this batch has no payment file")
    left = lines.of(work, _LINES.c.batch_id == row.id, _LINES.c.state == Line.SENT.value)
    grants = _grants_of(work, left)
    known = fitness.of(work, cycle, grants.values())
    orders = [
        lines.order_of(work, line)
        for line in left
        if obstacle_to(known, line, grants[line.application_id, line.grant_for]) is None
    ]
    total = sum(order.amount_fen for order in orders)
    return {
        "batch_id": row.id,
        "cycle_id": row.cycle_id,
        "headings": list(PAYMENT_HEADINGS),
        "rows": [list(cells) for cells in payment_rows(orders)],
        "total_fen": total,
    }


def state_of(work: Work, row: Row[Any]) -> dict[str, Any]:
    """A batch as it is told."""
    return _told(row, lines.of(work, _LINES.c.batch_id == row.id))


def _told(row: Row[Any], several: list[Row[Any]]) -> dict[str, Any]:
    names = ("cycle_id", "year", "channel", "state", "held_zh", "held_en", "made_by", "decided_by", "reason")
    return {
        "batch_id": row.id,
        **{name: getattr(row, name) for name in names},
        "total_fen": sum(line.amount_fen for line in several),
        "paid_fen": sum(line.amount_fen for line in several if line.state == Line.CONFIRMED),
        "lines": [lines.state_of(line) for line in several],
    }


def _under_way(line: Row[Any] | None) -> Obstacle | None:
    if line is None:
        return None
    if line.state == Line.CONFIRMED:
        return Obstacle(
            "paid", f"已于 {in_words(line.settled_on).zh} 付款", f"was paid on {in_words(line.settled_on).en}"
        )
    return Obstacle("under_way", "已在另一批次付款", "is being paid in another batch")


def _skipped(grant: Row[Any], obstacle: Obstacle) -> dict[str, Any]:
    told = {name: getattr(grant, name) for name in ("application_id", "grant_for", "amount_fen")}
    return {**told, "code": obstacle.code, "reason_zh": obstacle.zh, "reason_en": obstacle.en}


def _grants_of(work: Work, several: list[Row[Any]]) -> dict[tuple[str, str], Row[Any]]:
    cycles = {line.cycle_id for line in several}
    applications = {line.application_id for line in several}
    query = select(_GRANTS).where(
        and_(_GRANTS.c.cycle_id.in_(cycles), _GRANTS.c.application_id.in_(applications))
    )
    wanted = {(line.application_id, line.grant_for) for line in several}
    return {
        (row.application_id, row.grant_for): row
        for row in work.session.execute(query)
        if (row.application_id, row.grant_for) in wanted
    }


def _total(work: Work, batch_id: str) -> int:
    query = select(func.coalesce(func.sum(_LINES.c.amount_fen), 0)).where(
        and_(_LINES.c.batch_id == batch_id, _LINES.c.state.in_(LIVE))
    )
    return int(work.session.execute(query).scalar_one())


def _find(work: Work, batch_id: str) -> Row[Any]:
    row = work.session.execute(select(_BATCHES).where(_BATCHES.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound("没有这个付款批次", "no such batch")
    return row


def _lock(work: Work, conductor: Conductor, cycle_id: str) -> Cycle:
    conductor.records.cycle(work, cycle_id, lock=True)
    return conductor.cycle(work, cycle_id)
