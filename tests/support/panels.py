"""People of a real cycle's review, seated the lawful way: declared, drawn before a witness, released, accepted, stated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from services.review import models, reports
from services.review.conditions import is_
from services.review.scoring import drafts as drafts_of
from services.review.scoring import sheets
from services.review.scoring.scores import thousandths
from services.review.seating import answers, drafts, draws, lists, offers, releasing
from services.review.stages import conductor
from shared.contracts.operations.review.recusals import RELATIONS
from shared.identifiers import new_id
from tests.support.rooms import CYCLE, Room

Data = dict[str, Any]
TERMS = offers.Terms()
WORDS = {"strengths": "有方法", "improvements": "缺少对比", "rationale": "见自评报告"}


def declare(room: Room, experts: Iterable[str], *, until: date | None = None) -> None:
    """A yearly declaration of nothing for each, in force from today. Written as review keeps it: what signing one demands is
    tested with the register.
    """
    with room.desk.work() as work:
        cycle = conductor.cycle(work, CYCLE)
        for expert in experts:
            row = {
                "id": new_id(), "world": cycle.world, "expert_id": expert, "number": 1, "declared_on": work.today(),
                "declared_at": work.now(), "valid_until": until or work.today() + timedelta(days=364),
                "signed": "{}", "digest": "sha256:0",
            }  # fmt: skip
            work.session.execute(models.declarations.insert().values(**row))


def state_nothing(room: Room) -> None:
    """Every reviewer says of each application assigned to it that nothing binds it, unless it has spoken already."""
    assignments, statements = models.assignments, models.case_statements
    said = select(statements.c.application_id, statements.c.expert_id)
    query = select(assignments.c.application_id, assignments.c.expert_id).distinct()
    with room.desk.work() as work:
        known = {(row[0], row[1]) for row in work.session.execute(said)}
        for application, expert in sorted({(row[0], row[1]) for row in work.session.execute(query)} - known):
            row = {
                "cycle_id": CYCLE, "application_id": application, "expert_id": expert, "number": 1, "interest": False,
                "relations": [], "signed": str(dict.fromkeys(RELATIONS, False)), "digest": "sha256:0",
                "signed_at": work.now(),
            }  # fmt: skip
            work.session.execute(statements.insert().values(**row))


def draw(room: Room, stage: str, category: str | None = None) -> Data:
    """A panel drawn before a witness and released; the members have not answered."""
    about = {"stage": stage, "category": category}
    asked = {**about, "share": "office", "witness": "inspector"}
    room.ask("draw_panel", lambda w, d: draws.prepare(w, conductor, d), asked, "award_office", "officer")
    room.ask(
        "witness_draw", lambda w, d: draws.witness(w, conductor, d), {**about, "number": 1, "share": "seen"},
        "discipline", "inspector",
    )  # fmt: skip
    keep = draws.perform(room.desk.store, conductor, {"cycle_id": CYCLE, **about, "number": 1})
    with room.desk.work() as work:
        keep(work)
    panel = room.ask("inspect_panel", lambda w, d: drafts.inspect(w, conductor, d), about)
    released = {**about, "revision": panel["revision"]}
    return room.ask("release_panel", lambda w, d: releasing.release(w, conductor, d, TERMS), released)


def fill(room: Room, stage: str, expert: str, application: str, percent: str = "80") -> int:
    """A draft with this percent for every item: its revision. The first item is saved, and what a save is held to is seen by
    it; the others are written as review keeps them.
    """
    here = {"cycle_id": CYCLE, "stage": stage, "application_id": application}
    key = {**here, "expert_id": expert}
    with room.desk.work("reviewer", expert) as work:
        entrant = conductor.application(work, application)[1]
        tree = conductor.cycle(work, CYCLE).rulebook.criteria_for(entrant.dossier["kind"], entrant.category)
        assert tree is not None
        revision = drafts_of.mine(work, conductor, here)["revision"]
        first, *others = tree.leaves
        item = {**here, "item": first.key, "percent": percent, "band": None, **WORDS, "revision": revision}
        revision = drafts_of.save(work, conductor, item)["revision"]
        number = thousandths(percent)
        rows = [
            {
                **key, **WORDS, "item": leaf.key, "thousandths": number, "revision": revision + place,
                "band": band.key if (band := tree.scale_of(leaf).band_of(number)) else None,
            }
            for place, leaf in enumerate(others, start=1)
        ]  # fmt: skip
        items, kept = models.sheet_draft_items, models.sheet_drafts
        work.session.execute(delete(items).where(is_(items, key), items.c.item != first.key))
        work.session.execute(items.insert(), rows)
        revision += len(rows)
        work.session.execute(update(kept).where(is_(kept, key)).values(revision=revision))
    return int(revision)


def hand_in(room: Room, stage: str, expert: str, application: str, percent: str = "80") -> str:
    """A sheet with this percent for every item, handed in. Its total."""
    revision = fill(room, stage, expert, application, percent)
    asked = {"stage": stage, "application_id": application, "revision": revision}
    reply = room.ask("hand_in_sheet", lambda w, d: sheets.hand_in(w, conductor, d), asked, "reviewer", expert)
    return str(reply["total"])


def report(room: Room, stage: str, *applications: str) -> None:
    """The office records a report of each application, without which a stage that asks for them does not close."""
    for application in applications:
        data = {"stage": stage, "application_id": application, "summary": "体系完整", "strengths": ["衔接清楚"],
                "improvements": ["补充对比数据"]}  # fmt: skip
        room.ask("record_stage_report", lambda w, d: reports.record(w, conductor, d), data)


def seat(room: Room, stage: str, category: str | None = None, *, stated: bool = True) -> list[str]:
    """The same with every member's acceptance and, with `stated`, its statements. The members in their order."""
    draw(room, stage, category)
    panels = room.ask("panels", lambda w, d: lists.listed(w, conductor, d), {})["panels"]
    (panel,) = (p for p in panels if (p["stage"], p["category"]) == (stage, category))
    for member in panel["members"]:
        data = {"stage": stage, "category": category, "accept": True}
        room.ask("answer_assignments", lambda w, d: answers.answer(w, conductor, d), data, "reviewer", member)
    if stated:
        state_nothing(room)
    return list(panel["members"])
