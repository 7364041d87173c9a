"""Every rule of a panel, held where the office acts: what the register tells, each illegal panel refused by name, late comers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select, update

from services.review import models
from services.review.seating import draws, records
from services.review.stages import conductor
from shared.identifiers import new_id
from shared.problems import Conflict, Invalid
from shared.rulebooks import PanelRule
from tests.integration.review.test_seating import DRAW, POOL, STAGE, Office
from tests.support.rooms import CYCLE

pytestmark = pytest.mark.integration
Data = dict[str, Any]
EVERYBODY = [{"expert_id": name, "industry_expert": True} for name in POOL]
EMPLOYER = "91310000MA1FL00099"  # of no applicant


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """All of its pool are of the industry."""
    made = Office(database_url, EVERYBODY)
    yield made
    made.room.desk.close()


@pytest.fixture
def rule(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Gives the stage's panel a rule that asks for three readers, and what is given."""
    load = conductor.cycle

    def ask(**given: Any) -> None:
        asked = PanelRule(reviewers_per_application=3, **given)

        def with_rule(stage: Any) -> Any:
            return dataclasses.replace(stage, panel=asked) if stage.key == STAGE else stage

        def cycle(work: Any, cycle_id: str) -> Any:
            found = load(work, cycle_id)
            phases = tuple(
                dataclasses.replace(phase, stages=tuple(with_rule(stage) for stage in phase.stages))
                for phase in found.rulebook.procedure
            )
            return dataclasses.replace(found, rulebook=dataclasses.replace(found.rulebook, procedure=phases))

        monkeypatch.setattr(conductor, "cycle", cycle)

    return ask


def declare(office: Office, *experts: str) -> None:
    """A declaration of nothing, in force; of whoever has one it is the later one."""
    with office.room.desk.work() as work:
        world = conductor.cycle(work, CYCLE).world
        for expert in experts:
            row = {
                "id": new_id(), "world": world, "expert_id": expert, "number": 9, "declared_on": work.today(),
                "declared_at": work.now(), "valid_until": work.today() + timedelta(days=300), "signed": "{}",
                "digest": "sha256:0",
            }  # fmt: skip
            work.session.execute(models.declarations.insert().values(**row))


def enter(
    office: Office, expert: str, employer: str | None = None, *, may_lead: bool = True, **tags: list[str]
) -> None:
    """An entry of the register, as it keeps it."""
    with office.room.desk.work() as work:
        key = {"world": conductor.cycle(work, CYCLE).world, "expert_id": expert}
        entry = {"revision": 1, "state": "active", "name": expert, "industry_expert": True, "may_lead": may_lead,
                 "entered_on": work.today()}  # fmt: skip
        work.session.execute(models.expert_register.insert().values(**key, **entry))
        for kind, values in tags.items():
            for number, value in enumerate(values):
                row = {**key, "kind": kind, "value": value, "position": number}
                work.session.execute(models.expert_tags.insert().values(**row))
        if employer:
            since = {"position": 0, "uscc": employer, "name": None, "since": date(2020, 1, 1), "until": None}
            work.session.execute(models.expert_employments.insert().values(**key, **since))


def industry(office: Office, name: str) -> None:
    """All applications say that they are of it."""
    dossiers = models.procedure.dossiers
    with office.room.desk.work() as work:
        for row in work.session.execute(select(dossiers)).all():
            told = {**row.dossier, "facts": {**row.dossier["facts"], "industry": name}}
            this = dossiers.c.application_id == row.application_id
            work.session.execute(update(dossiers).where(this).values(dossier=told))


def busy(office: Office, expert: str) -> None:
    """It has one application on another panel of the stage."""
    row = {"cycle_id": CYCLE, "stage": STAGE, "application_id": "another", "expert_id": expert, "category": "other",
           "position": 1, "state": "accepted"}  # fmt: skip
    with office.room.desk.work() as work:
        work.session.execute(models.assignments.insert().values(**row))


# --- each illegal panel ---------------------------------------------------------------------------------------------


def members(office: Office) -> list[str]:
    return [member["expert_id"] for member in office.panel()["members"]]


def first_for(office: Office, coming: str) -> list[Data]:
    return [{"leaving": members(office)[0], "coming": coming, "application_id": None}]


def _colleague(office: Office) -> list[Data]:
    spare = office.spare()
    enter(office, spare, EMPLOYER)
    enter(office, members(office)[1], EMPLOYER)
    return first_for(office, spare)


def _stranger_to_the_trade(office: Office) -> list[Data]:
    spare = office.spare()
    enter(office, spare, industries=["纺织"])
    return first_for(office, spare)


def _not_of_the_industry(office: Office) -> list[Data]:
    spare = office.spare()
    office.register([{"expert_id": spare}])
    return first_for(office, spare)


def _full(office: Office) -> list[Data]:
    spare = office.spare()
    busy(office, spare)
    return first_for(office, spare)


def _kin(office: Office) -> list[Data]:
    spare = office.spare()
    office.register([{"expert_id": spare, "industry_expert": True, "kin_of": ["a2"]}])
    return first_for(office, spare)


def _unknown(office: Office) -> list[Data]:
    return first_for(office, "E99")


def _one_more(office: Office) -> list[Data]:
    """The one who comes joins, and the one who gives an application away stays."""
    read = readings(office)
    leaving = next(name for name, mine in read.items() if len(mine) > 1)
    return [{"leaving": leaving, "coming": office.spare(), "application_id": read[leaving][0]}]


def _one_fewer(office: Office) -> list[Data]:
    """One gives everything away to other members, and has no seat any more."""
    read = readings(office)
    leaving = min(read, key=lambda name: len(read[name]))
    changes = []
    for application in read[leaving]:
        coming = next(name for name, mine in read.items() if application not in mine and name != leaving)
        read[coming].append(application)
        changes.append({"leaving": leaving, "coming": coming, "application_id": application})
    return changes


def readings(office: Office) -> dict[str, list[str]]:
    read: dict[str, list[str]] = {name: [] for name in members(office)}
    for line in office.assigned("drafted", "released"):
        read[line["expert_id"]].append(line["application_id"])
    return read


ILLEGAL: list[tuple[str, Data, Callable[[Office], list[Data]]]] = [
    ("employer_max", {"employer_max": 1}, _colleague),
    ("field_readers_min", {"field_readers_min": 3}, _stranger_to_the_trade),
    ("industry_share_min", {"industry_share_min": Fraction(1)}, _not_of_the_industry),
    ("industry_readers", {"industry_share_min": Fraction(1)}, _not_of_the_industry),
    ("load_max", {"load_max": 3}, _full),
    ("kept_from", {}, _kin),
    ("unknown_expert", {}, _unknown),
    ("odd", {"size_min": 5, "odd": True}, _one_more),
    ("size_min", {"size_min": 4}, _one_fewer),
]


@pytest.mark.parametrize(("name", "asked", "propose"), ILLEGAL, ids=[case[0] for case in ILLEGAL])
@pytest.mark.parametrize("of", ["draft", "released"])
def test_each_illegal_panel_that_the_office_proposes_is_refused_by_the_name_of_its_rule(
    office: Office,
    rule: Callable[..., None],
    of: str,
    name: str,
    asked: Data,
    propose: Callable[[Office], list[Data]],
) -> None:
    """A draft changed by hand, and a reviewer replaced by one who is named; nothing of what is refused is kept."""
    rule(**asked)
    industry(office, "化工")
    assert office.draw()["faults"] == []
    if of == "released":
        office.release()
    *lawful, last = changes = propose(office)
    if of == "released":
        for change in lawful:
            office.ask("replace_reviewer", {**named(change), "reason": "调整"})
        before, method, proposed = office.panel(), "replace_reviewer", {**named(last), "reason": "调整"}
    else:
        before, method = office.panel(), "change_panel"
        proposed = {"revision": 1, "changes": changes, "reason": "调整"}
    with pytest.raises(Conflict) as refused:
        office.ask(method, proposed)
    assert refused.value.code == "unlawful_panel"
    assert f"panel.{name}" in {error.field for error in refused.value.errors}
    assert office.panel() == before


def named(change: Data) -> Data:
    return {
        "expert_id": change["leaving"],
        "coming": change["coming"],
        "application_id": change["application_id"],
    }


def test_who_may_not_lead_leads_neither_by_hand_nor_by_taking_over(
    office: Office, rule: Callable[..., None]
) -> None:
    """A draft is refused by the rule's name; in a panel that serves the lead goes to another member."""
    rule(leader=True)
    leader, spare = office.draw()["leader"], office.spare()
    enter(office, spare, may_lead=False)
    change = {"leaving": leader, "coming": spare, "application_id": None}
    with pytest.raises(Conflict) as refused:
        office.ask("change_panel", {"revision": 1, "changes": [change], "reason": "调整"})
    assert {error.field for error in refused.value.errors} == {"panel.leader"}
    office.release()
    office.ask("replace_reviewer", {**named(change), "reason": "调整"})
    assert spare in members(office)
    assert office.panel()["leader"] not in (leader, spare)
    with pytest.raises(Invalid) as unfit:
        office.ask("name_leader", {"expert_id": spare, "reason": "调整"})
    assert [error.field for error in unfit.value.errors] == ["expert_id"]


# --- what the register tells ----------------------------------------------------------------------------------------


def test_where_all_read_all_the_refusal_counts_who_fails_and_a_whole_member_can_be_replaced(
    office: Office, rule: Callable[..., None]
) -> None:
    """A panel whose number must be odd, each of whom reads everything: nobody of it is left for one application, and whoever
    joined for that one would make it even. One from outside in the member's whole place is lawful.
    """
    rule(size_min=3, odd=True)
    first, *others = office.serve()
    office.register([{"expert_id": first, "industry_expert": True, "kin_of": ["a1"]}])
    with pytest.raises(Conflict) as refused:
        office.replace(first, application_id="a1")
    said = refused.value.detail_en
    assert f"{len(others)} already read it" in said
    assert f"{len(POOL) - 3} would join and make the panel's number even" in said
    assert "replace the member as a whole" in said
    assert "with 2 valid sheets" in said
    assert "2 名已在评审该申报" in refused.value.detail_zh
    coming = office.replace(first)["replaced"][0]
    assert sorted(coming["applications"]) == ["a1", "a2", "a3"]
    assert len(members(office)) == 3
    assert first not in members(office)
    assert {fault["rule"] for fault in office.panel()["faults"]} == set()


def test_where_nobody_outside_will_do_more_experts_are_entered(
    office: Office, rule: Callable[..., None]
) -> None:
    """Every other expert is kept from it: the refusal says so of each, and a new one takes the whole place."""
    rule(size_min=3, odd=True)
    first, *_ = office.serve()
    outside = [name for name in POOL if name not in members(office)]
    office.register(
        [{"expert_id": name, "industry_expert": True, "kin_of": ["a1"]} for name in (first, *outside)]
    )
    for which in ({"application_id": "a1"}, {}):
        with pytest.raises(Conflict) as refused:
            office.replace(first, **which)
        assert f"{len(outside)} are kept from an application" in refused.value.detail_en
        assert "enter experts" in refused.value.detail_en
    office.register([{"expert_id": "E9", "industry_expert": True}])
    declare(office, "E9")
    assert office.replace(first)["replaced"][0]["coming"] == "E9"


def test_without_a_rule_for_the_number_one_from_outside_takes_one_application(
    office: Office, rule: Callable[..., None]
) -> None:
    """It joins the panel for that application; the member keeps the others."""
    rule(size_min=3)
    first, *others = office.serve()
    office.register([{"expert_id": first, "industry_expert": True, "kin_of": ["a1"]}])
    taken = office.replace(first, application_id="a1")["replaced"][0]
    assert taken["coming"] not in (first, *others)
    assert len(members(office)) == 4
    assert {line["application_id"] for line in office.mine(first)[0]["assignments"]} == {"a2", "a3"}


def test_the_draw_knows_what_the_register_knows(office: Office, rule: Callable[..., None]) -> None:
    """Of who may lead, employers and industries; whoever is busy elsewhere is given less; the record repeats it."""
    rule(employer_max=1, leader=True, field_readers_min=1, load_max=3)
    industry(office, "化工")
    enter(office, "E1", EMPLOYER, industries=["化工"])
    enter(office, "E2", EMPLOYER, industries=["化工"])
    for name in POOL[2:]:
        enter(office, name, may_lead=False, industries=["纺织"])
    busy(office, "E3")
    panel = office.draw()
    seated = members(office)
    assert len({"E1", "E2"} & set(seated)) == 1
    assert panel["leader"] in ("E1", "E2")
    assert panel["optimum"]["proved"]
    assert (panel["optimum"]["gap"], panel["optimum"]["size"]) == ("0.000000", len(seated))
    assert panel["faults"] == []
    record = office.ask("draw_record", {"number": 1})["record"]
    assert records.repeat(record) == []
    assert "化工" not in str(record)
    assert EMPLOYER not in str(record)


def test_what_nobody_knows_is_not_demanded_and_the_draft_says_so(
    office: Office, rule: Callable[..., None]
) -> None:
    """With numbers, in both languages; once everything is known, nothing is said."""
    rule(field_readers_min=3, employer_max=1)
    enter(office, "E1", EMPLOYER, industries=["纺织"])
    notes = office.draw()["notes"]
    said = " ".join(note["reason_en"] for note in notes)
    assert "of 7 of 8 experts no fields and industries are known" in said
    assert "3 of 3 applications name no field or industry" in said
    assert "of 7 of 8 experts no employer is known" in said
    assert all("7 名" in note["reason_zh"] or "3 份" in note["reason_zh"] for note in notes)
    record = office.ask("draw_record", {"number": 1})["record"]
    assert [note["en"] for note in record["outcome"]["notes"]] == [note["reason_en"] for note in notes]
    industry(office, "纺织")
    for number, name in enumerate(POOL[1:]):
        enter(office, name, f"9131010500000000{number:02d}", industries=["纺织"])
    assert office.panel()["notes"] == []


def test_where_no_panel_exists_the_office_reads_which_rule_and_by_how_many(
    office: Office, rule: Callable[..., None]
) -> None:
    """By the rule's name and with the numbers, in the panel's place."""
    rule(size_min=9, industry_share_min=Fraction(1, 3))
    office.prepare()
    office.witness()
    office.compute()
    with pytest.raises(Conflict) as none:
        office.panel()
    assert none.value.code == "no_lawful_panel"
    assert [error.field for error in none.value.errors] == ["panel.size_min"]
    assert "9 reviewers, 8 available" in none.value.detail_en
    assert office.ask("draws")["draws"][0]["state"] == "impossible"


def test_a_draw_that_runs_out_of_time_claims_nothing(office: Office) -> None:
    """Neither a panel nor that there is none; another draw goes on from there."""
    office.prepare()
    office.witness()
    keep = draws.perform(office.room.desk.store, conductor, {**DRAW, "number": 1}, seconds=0.0)
    with office.room.desk.work() as work:
        keep(work)
    (draw,) = office.ask("draws")["draws"]
    assert draw["state"] == "undecided"
    assert "nor was it proved" in draw["impossible_en"]
    with pytest.raises(Conflict) as undecided:
        office.panel()
    assert undecided.value.code == "panel_undecided"
    assert undecided.value.errors == ()
    assert office.draw(2, reason="延长时间")["state"] == "drafted"


def test_a_draw_that_is_repeated_changes_as_little_as_it_can(office: Office) -> None:
    """Of the draft before only whoever has an interest by now is exchanged, and the record shows against what it was held."""
    before = {member["expert_id"] for member in office.draw()["members"]}
    bound = min(before)
    office.register([{"expert_id": bound, "industry_expert": True, "kin_of": ["a1"]}])
    panel = office.draw(2, reason="出现利害关系")
    after = {member["expert_id"] for member in panel["members"]}
    assert before - after == {bound}
    assert panel["optimum"]["seats_changed"] == 2
    record = office.ask("draw_record", {"number": 2})["record"]
    assert len(record["problem"]["former"]["members"]) == 3
    assert records.repeat(record) == []


# --- late comers ----------------------------------------------------------------------------------------------------


def late(office: Office) -> None:
    """A fourth application comes into the stage after the panel was released."""
    office.room.accept("a4", 4)
    with office.room.desk.work() as work:
        conductor.records.add_entrants(work, CYCLE, STAGE, ["a4"])


def test_an_application_that_comes_after_the_draw_is_given_reviewers_and_nothing_else_changes(
    office: Office,
) -> None:
    """By the members where they can; they are told, and it is written down."""
    seated = office.serve()
    office.answer(seated[0])
    before = office.assigned("released", "accepted")
    late(office)
    with pytest.raises(Conflict) as waits:
        office.begin()
    assert "第 4 号" in waits.value.detail_zh
    done = office.ask("fill_panel", {"reason": "复议后进入"})
    assert [(line["application_id"], set(line["reviewers"])) for line in done["added"]] == [
        ("a4", set(seated))
    ]
    after = office.assigned("released", "accepted")
    assert [line for line in after if line["application_id"] != "a4"] == before
    assert {line["expert_id"] for line in after if line["application_id"] == "a4"} == set(seated)
    assert office.panel()["faults"] == []
    told = [line for line in office.room.desk.told("assignment.offered") if line["occasion"] == "addition"]
    assert {line["expert_id"] for line in told} == set(seated)
    (entry,) = [entry for entry in office.entries() if entry["entry"] == "added"]
    assert entry["reason"] == "复议后进入"
    assert office.ask("fill_panel", {"reason": "再次"})["added"] == []
    assert office.begin()["state"] == "begun"


def test_where_a_member_is_kept_from_it_the_fewest_join_who_are_needed(
    office: Office, rule: Callable[..., None]
) -> None:
    """One for the member who is kept from it, and as the number must be odd, one more."""
    rule(odd=True)
    seated = office.serve()
    late(office)
    office.register([{"expert_id": seated[0], "industry_expert": True, "kin_of": ["a4"]}])
    (line,) = office.ask("fill_panel", {"reason": "复议后进入"})["added"]
    assert len(line["reviewers"]) == 3
    assert seated[0] not in line["reviewers"]
    assert len(members(office)) == 5
    assert office.panel()["faults"] == []


def test_where_nobody_can_read_a_late_one_the_office_is_told_why(office: Office) -> None:
    """It stays without reviewers; more experts, and it goes on."""
    office.serve()
    late(office)
    office.register([{"expert_id": name, "industry_expert": True, "kin_of": ["a4"]} for name in POOL[:6]])
    done = office.ask("fill_panel", {"reason": "复议后进入"})
    assert done["added"] == []
    (unfilled,) = done["unfilled"]
    assert unfilled["application_id"] == "a4"
    assert "3 reviewers without an interest, 2 available" in unfilled["reason_en"]
    office.register([{"expert_id": "E20"}])
    declare(office, "E20")
    assert len(office.ask("fill_panel", {"reason": "补充专家"})["added"]) == 1
