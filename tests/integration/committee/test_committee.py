"""Committee's handlers on both databases: meeting, proposal, secret ballots, ties, levels, outcomes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import MetaData, select

from services.committee import models, records
from shared.contracts import load
from shared.contracts.events import ApplicationStopped
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.committee import (
    GOLD,
    MEETS,
    MEMBERS,
    MODEL,
    NAMES,
    SCORES,
    TOP,
    Hall,
    RealHall,
    conductor_of,
)  # fmt: skip
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration


@pytest.fixture
def hall(database_url: str) -> Iterator[Hall]:
    made = Hall(database_url)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    made.hand_over_all({name: {"score": SCORES[name]} for name in NAMES})
    yield made
    made.desk.close()


def test_a_meeting_from_call_to_outcome(hall: Hall) -> None:
    """By rank and quota two top awards and one gold; one fails and nobody moves up."""
    assert hall.round()["state"] == "none"
    called = hall.convene(absent=("M6",))
    assert (called["members"], called["present"], called["number"]) == (6, MEMBERS[:5], 0)
    assert hall.begin("committee", MEETS)["state"] == "begun"
    now = hall.round("committee_member", "M1")
    assert (now["number"], now["state"], now["cast"]) == (1, "open", None)
    assert [(c["application_id"], c["level"], c["score"]) for c in now["candidates"]] == [
        ("a2", TOP, "90.00"), ("a3", TOP, "80.00"), ("a1", GOLD, "70.00"),
    ]  # fmt: skip
    hall.vote(a3="ffaa-", a1="fffrr")
    assert hall.close_round()["state"] == "finished"
    lines = {line["application_id"]: line for line in hall.votes()}
    assert {a: (v["votes_for"], v["needed"], v["passed"], v["awarded"]) for a, v in lines.items()} == {
        "a2": (5, 3, True, True), "a3": (2, 3, False, False), "a1": (3, 2, True, True),
    }  # fmt: skip
    assert (lines["a3"]["votes_against"], lines["a3"]["abstained"], lines["a1"]["recused"]) == (2, 1, 2)
    ended = hall.outcomes()
    assert ended["a2"]["carried"] == {"level": TOP, "track": MODEL, "uses_quota": True, "award_rule": "2.1"}
    assert ended["a1"]["carried"]["level"] == GOLD
    assert (ended["a3"]["passed"], ended["a3"]["status"], ended["a3"]["stopped_at"]) == (
        False, "not_awarded", "committee",
    )  # fmt: skip
    assert "2 票" in ended["a3"]["reason_zh"]


def test_without_a_quorum_the_stage_is_blocked_until_more_come(hall: Hall) -> None:
    """Four of six are needed; the reason holds the numbers; called anew with more, it begins."""
    hall.convene(absent=("M1", "M2", "M3"))
    reply = hall.begin("committee", MEETS)
    assert reply["state"] == "planned"
    assert "到会委员 3 名，全体委员 6 名，法定人数为 4 名" in reply["blocked"]["reason_zh"]
    assert hall.round()["state"] == "none"
    hall.convene(absent=("M1", "M2"))
    assert hall.begin("committee", MEETS)["state"] == "begun"
    with pytest.raises(Conflict):
        hall.convene()


def test_a_meeting_must_be_called_first(hall: Hall) -> None:
    """Neither proposal nor beginning before; a member is listed once, and only members are absent."""
    for early in (
        lambda: hall.propose(("a1", TOP)),
        lambda: hall.begin("committee", MEETS),
        hall.close_round,
    ):
        with pytest.raises(Conflict):
            early()
    with pytest.raises(Invalid) as wrong:
        hall.convene(["M1", "M2", "M1"], absent=("M9",))
    assert [e.field for e in wrong.value.errors] == ["members.2", "absent.0"]


def test_the_offices_proposal_decides_who_stands(hall: Hall) -> None:
    """Those it leaves out are not proposed; it may be shorter than the quota."""
    hall.convene()
    shown = hall.propose(("a1", TOP))
    assert [(c["application_id"], c["level"]) for c in shown["candidates"]] == [("a1", TOP)]
    hall.begin("committee", MEETS)
    hall.vote()
    hall.close_round()
    ended = hall.outcomes()
    assert ended["a1"]["passed"]
    assert "建议名单" in ended["a2"]["reason_zh"]
    assert (ended["a2"]["status"], ended["a2"]["stopped_at"]) == ("not_awarded", "committee")


def test_a_proposal_above_a_quota_names_the_line(hall: Hall) -> None:
    """Two top models are allowed, the third is refused by its field, and nothing is kept."""
    hall.convene()
    with pytest.raises(Invalid) as wrong:
        hall.propose(("a1", TOP), ("a2", TOP), ("a3", TOP))
    assert [e.field for e in wrong.value.errors] == ["proposals.2.level"]
    assert hall.round()["candidates"] == []


def test_a_barred_level_cannot_be_proposed(database_url: str) -> None:
    """18: the bar comes with what is carried from the qualification; by default the next level is proposed."""
    hall = Hall(database_url)
    hall.accept("a1", 1)
    hall.hand_over_all({"a1": {"score": "90.00", "barred_levels": [TOP]}})
    hall.convene()
    with pytest.raises(Invalid) as wrong:
        hall.propose(("a1", TOP))
    assert [e.field for e in wrong.value.errors] == ["proposals.0.level"]
    hall.begin("committee", MEETS)
    assert [c["level"] for c in hall.round()["candidates"]] == [GOLD]
    hall.desk.close()


def test_a_proposal_may_change_until_the_first_ballot_is_cast(hall: Hall) -> None:
    """The open ballot is drawn up anew; after a vote it stands."""
    hall.convene()
    hall.begin("committee", MEETS)
    hall.propose(("a1", TOP), ("a2", GOLD))
    now = hall.round()
    assert (now["number"], [c["application_id"] for c in now["candidates"]]) == (1, ["a1", "a2"])
    hall.cast("M1", 1, a1="for", a2="for")
    with pytest.raises(Conflict):
        hall.propose(("a1", GOLD))


def test_a_ballot_is_cast_once_by_a_member_present_on_every_candidate(hall: Hall) -> None:
    """Not by the absent or strangers, not twice, not in part, not on others, not in another round."""
    hall.convene(absent=("M6",))
    hall.begin("committee", MEETS)
    full = dict.fromkeys(NAMES, "for")
    for stranger in ("M6", "M7"):
        with pytest.raises(Forbidden):
            hall.cast(stranger, 1, **full)
    with pytest.raises(Invalid) as wrong:
        hall.cast("M1", 1, a1="for", a2="for")
    assert [e.field for e in wrong.value.errors] == ["choices"]
    with pytest.raises(Invalid) as wrong:
        hall.cast("M1", 1, a9="for", **full)
    assert [e.field for e in wrong.value.errors] == ["choices.0.application_id"]
    with pytest.raises(Conflict):
        hall.cast("M1", 2, **full)
    assert hall.cast("M1", 1, **full)["number"] == 1
    with pytest.raises(Conflict):
        hall.cast("M1", 1, **dict.fromkeys(NAMES, "against"))
    with pytest.raises(NotFound):
        hall.round("committee_member", "M7")
    assert hall.round("committee_member", "M1")["voted"]


def test_a_ballot_ends_when_all_present_have_cast(hall: Hall) -> None:
    """Until then neither the ballot nor the stage can be closed, and nothing of the count is shown."""
    hall.convene()
    hall.begin("committee", MEETS)
    hall.cast("M1", 1, **dict.fromkeys(NAMES, "for"))
    with pytest.raises(Conflict) as early:
        hall.close_round()
    assert early.value.code == "votes_outstanding"
    with pytest.raises(Conflict):
        hall.close("committee", MEETS)
    assert hall.votes() == []


def test_the_box_pairs_no_member_with_a_choice(hall: Hall) -> None:
    """Whoever reads the whole database finds who cast and how many chose what, and no row that holds both."""
    hall.convene()
    hall.begin("committee", MEETS)
    hall.vote(a1="fa-rff", a2="ffffaa", a3="aaafff")
    reflected = MetaData()
    with hall.desk.store.read() as work:
        reflected.reflect(bind=work.connection)
        assert set(reflected.tables["roll"].columns.keys()) == {"cycle_id", "number", "member"}
        assert set(reflected.tables["tallies"].columns.keys()) == {
            "cycle_id", "number", "application_id", "level", "votes_for", "votes_against", "abstained", "recused",
        }  # fmt: skip
        assert set(reflected.tables["boxes"].columns.keys()) == {
            "cycle_id",
            "number",
            "application_id",
            "slips",
        }
        assert len(work.session.execute(select(models.roll)).all()) == 6
        assert len(work.session.execute(select(models.tallies)).all()) == 3
        audit = hall.desk.store.tables.audit
        cast = work.session.execute(select(audit).where(audit.c.action == "ballot:cast")).all()
    assert len(cast) == 6
    assert {(row.before_digest, row.after_digest, row.reason or None) for row in cast} == {(None, None, None)}


def test_one_withdrawn_during_the_ballot_is_not_counted(hall: Hall) -> None:
    """Those who voted on it before keep their ballots; those who come after need not answer it."""
    hall.convene()
    hall.begin("committee", MEETS)
    for member in MEMBERS[:3]:
        hall.cast(member, 1, **dict.fromkeys(NAMES, "for"))
    hall.withdraw("a2")
    hall.cast("M4", 1, a1="for", a3="for", a2="for")
    for member in MEMBERS[4:]:
        hall.cast(member, 1, a1="for", a3="for")
    hall.close_round()
    assert {line["application_id"] for line in hall.votes()} == {"a1", "a3"}
    assert set(hall.outcomes()) == {"a1", "a3"}


def test_where_nobody_can_stand_the_meeting_is_over_at_once(database_url: str) -> None:
    """No ballot, and the reason says what kept each away."""
    levels = tuple(replace(level, minimum_score=Decimal(60)) for level in CHANGNING.levels)
    book = replace(CHANGNING, id="made-up-1", levels=levels)
    hall = Hall(database_url, conductor_of(book), rulebook=book)
    hall.accept("a1", 1)
    hall.hand_over_all({"a1": {"score": "59.99"}})
    hall.convene()
    hall.begin("committee", MEETS)
    assert (hall.round()["state"], hall.round()["number"]) == ("finished", 0)
    assert "59.99" in hall.outcomes()["a1"]["reason_zh"]
    hall.desk.close()


def test_equal_ones_at_the_edge_vote_again_in_a_real_cycle(database_url: str) -> None:
    """One place, two equal by votes and score: a second ballot between the two decides, and both counts are kept."""
    book = replace(CHANGNING, id="made-up-1", quotas=tuple(replace(q, places=1) for q in CHANGNING.quotas))
    hall = RealHall(database_url, conductor_of(_by_level(book)), rulebook=_by_level(book))
    for number, name in enumerate(("a1", "a2"), start=1):
        hall.accept(name, number)
    hall.hand_over_all({name: {"score": "80.00"} for name in ("a1", "a2")})
    hall.convene()
    for name in ("a1", "a2"):
        hall.confirm(name)
    hall.begin_committee()
    hall.vote()
    again = hall.close_round()
    assert (again["number"], again["state"], again["cast"]) == (2, "open", None)
    assert [c["application_id"] for c in again["candidates"]] == ["a1", "a2"]
    hall.vote(a1="faaaaa", a2="afffff")
    below = hall.close_round()
    assert (below["number"], [(c["application_id"], c["level"]) for c in below["candidates"]]) == (
        3,
        [("a1", GOLD)],
    )
    hall.vote()
    assert hall.close_round()["state"] == "finished"
    found = [
        (v["round"], v["application_id"], v["level"], v["votes_for"], v["awarded"]) for v in hall.votes()
    ]
    assert found == [
        (1, "a1", TOP, 6, False), (1, "a2", TOP, 6, True),
        (2, "a1", TOP, 1, False), (2, "a2", TOP, 5, True),
        (3, "a1", GOLD, 6, True),
    ]  # fmt: skip
    hall.desk.close()


def test_in_a_rehearsal_equal_ones_go_by_submission(database_url: str) -> None:
    """The same without a second ballot."""
    book = _by_level(replace(CHANGNING, quotas=tuple(replace(q, places=1) for q in CHANGNING.quotas)))
    hall = Hall(database_url, conductor_of(book), rulebook=book)
    for number, name in enumerate(("b", "a"), start=1):
        hall.accept(name, number)
    hall.hand_over_all({name: {"score": "80.00"} for name in ("a", "b")})
    hall.convene()
    hall.begin("committee", MEETS)
    hall.vote()
    assert [(c["application_id"], c["level"]) for c in hall.close_round()["candidates"]] == [("a", GOLD)]
    hall.vote()
    hall.close_round()
    assert {a: line["carried"]["level"] for a, line in hall.outcomes().items()} == {"b": TOP, "a": GOLD}
    hall.desk.close()


def test_every_change_is_audited(hall: Hall) -> None:
    """From the call to the outcome, and each ballot that was cast by the name of the member alone."""
    hall.convene()
    hall.propose(("a1", TOP), ("a2", GOLD))
    hall.begin("committee", MEETS)
    hall.vote()
    hall.close_round()
    hall.outcomes()
    done = [
        a for a in hall.desk.actions() if a.partition(":")[0] in ("committee", "proposal", "ballot", "stage")
    ]
    assert done[-14:] == [
        "committee:convened", "proposal:made", "ballot:opened", "stage:begun", *["ballot:cast"] * 6,
        "ballot:closed", "ballot:counted", "committee:finished", "stage:closed",
    ]  # fmt: skip
    assert [told["stage"] for told in hall.desk.told("stage.begun")] == ["committee"]
    assert hall.desk.told("stage.planned")[0]["cycle_id"] == CYCLE


def _by_level(book: Any) -> Any:
    return replace(book, id="made-up-2", votes=replace(book.votes, failed="next_level"))


def test_ballots_cast_at_the_same_time_all_count(hall: Hall) -> None:
    """Twelve members at once, each twice: twelve votes for, and every second ballot refused."""
    many = [f"M{n}" for n in range(1, 13)]
    hall.convene(many)
    hall.begin("committee", MEETS)

    def cast(member: str) -> bool:
        try:
            hall.cast(member, 1, **dict.fromkeys(NAMES, "for"))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(max_workers=8) as people:
        taken = list(people.map(cast, many * 2))
    with hall.desk.store.read() as work:
        rows = work.session.execute(select(models.roll)).all()
    assert (taken.count(True), len(rows)) == (12, 12)
    hall.close_round()
    assert {line["votes_for"] for line in hall.votes()} == {12}


@pytest.fixture
def real(database_url: str) -> Iterator[RealHall]:
    """A real cycle with two before the committee, which has been called."""
    made = RealHall(database_url)
    for number, name in enumerate(("a1", "a2"), start=1):
        made.accept(name, number)
    made.hand_over_all({name: {"score": "80.00"} for name in ("a1", "a2")})
    made.convene()
    yield made
    made.desk.close()


def test_nobody_is_put_to_the_vote_without_confirmed_records(real: RealHall) -> None:
    """The stage says which are outstanding, and stays blocked until the last one is confirmed."""
    assert len(real.ask("stage", real.conductor.stage, {"stage": "committee"})["waiting_for"]) == 2
    reply = real.begin_committee()
    assert reply["state"] == "planned"
    assert "2 份申报" in reply["blocked"]["reason_zh"]
    real.confirm("a1")
    assert "a2" in real.begin_committee()["blocked"]["reason_en"]
    real.confirm("a2")
    assert real.begin_committee()["state"] == "begun"


def test_a_planned_meeting_says_what_it_lacks(database_url: str) -> None:
    """To be called, then to have a quorum and its chair; a rehearsal lacks nothing of it."""
    real = RealHall(database_url)
    real.accept("a1", 1)
    real.hand_over_all({"a1": {"score": "80.00"}})
    real.confirm("a1")

    def awaits() -> list[tuple[str, int, str]]:
        stage = {"stage": "committee"}
        told = real.ask("stage", real.conductor.stage, stage)["awaits"]
        audit = real.desk.store.tables.audit
        for _ in range(2):  # worked out and remembered, and never older than what was done last
            again = real.ask("stage_awaits", lambda w, d: real.conductor.awaits(w, d, audit), stage)
            assert again["awaits"] == told
        return [(each["what"], each["count"], each["reason_zh"]) for each in told]

    assert awaits() == [("meeting", 1, "召集评审会")]
    real.convene(absent=MEMBERS[:3])
    assert awaits() == [("meeting", 2, "到会委员 3 名，全体委员 6 名，法定人数为 4 名；主持人到会")]
    real.comes(MEMBERS[0])
    assert awaits() == []
    assert real.begin_committee()["state"] == "begun"
    assert awaits() == [("ballots", 1, "表决结束")]
    real.desk.close()


def test_a_member_is_told_of_its_own_ballot_alone(hall: Hall) -> None:
    """Whether it has cast the open ballot; the office and other members are not told of it."""
    hall.convene()
    hall.begin("committee", MEETS)
    assert hall.round("committee_member", "M1")["voted"] is False
    hall.cast("M1", 1, **dict.fromkeys((c["application_id"] for c in hall.round()["candidates"]), "for"))
    assert hall.round("committee_member", "M1")["voted"] is True
    assert hall.round("committee_member", "M2")["voted"] is False
    assert hall.round()["voted"] is None


def test_a_difference_blocks_with_its_reason_until_it_is_decided(real: RealHall) -> None:
    """What overtook is told by its number: an older word changes nothing."""
    real.confirm("a1")
    real.differ("a2", revision=2, reason_zh="环境部门答复不一致")
    real.confirm("a2", revision=1)
    assert "环境部门答复不一致" in real.begin_committee()["blocked"]["reason_zh"]
    real.confirm("a2", revision=3, decided_by="office-1", reason="已核实")
    real.differ("a2", revision=2)
    assert real.begin_committee()["state"] == "begun"


def test_a_confirmation_of_something_else_or_that_has_ended_is_none(real: RealHall) -> None:
    """One for the payment is not one for the committee; the last day of one is the last day of it."""
    today = real.desk.store.clock.today()
    real.confirm("a1", valid_until=str(today))
    real.confirm("a2", purpose="payment")
    assert "1 份申报" in real.begin_committee()["blocked"]["reason_zh"]
    real.confirm("a2", valid_until=str(today - timedelta(days=1)))
    assert "到期" in real.begin_committee()["blocked"]["reason_zh"]


def test_one_stopped_on_its_records_is_not_there(real: RealHall) -> None:
    """The other goes on; nothing is asked of the one that is gone."""
    stopped = {
        **ApplicationStopped.EXAMPLE,
        "cycle_id": CYCLE,
        "application_id": "a2",
        "status": "ineligible",
    }
    with real.desk.work() as work:
        records.stopped(work, real.conductor, load(ApplicationStopped(), stopped))
    real.confirm("a1")
    reply = real.begin_committee()
    assert (reply["state"], reply["entrants"]) == ("begun", ["a1"])


@pytest.fixture
def ranked(database_url: str) -> Iterator[RealHall]:
    """A real cycle with three before the committee, of different scores."""
    made = RealHall(database_url)
    for number, name in enumerate(NAMES, start=1):
        made.accept(name, number)
    made.hand_over_all({name: {"score": SCORES[name]} for name in NAMES})
    made.convene()
    yield made
    made.desk.close()


def test_a_proposal_that_leaves_the_order_of_rank_needs_a_reason(ranked: RealHall) -> None:
    """The refusal names who was passed over and for whom, and leaves no proposal behind; a reason for one who was not passed
    over is refused too.
    """
    with pytest.raises(Invalid) as without:
        ranked.propose(("a1", TOP), ("a3", GOLD))
    assert without.value.code == "deviation_without_reason"
    said = {(e.field, e.reason_en.partition(" ranks")[0]) for e in without.value.errors}
    assert said == {("deviations", "a2"), ("deviations", "a3")}
    assert "a1" in without.value.detail_en
    told = ranked.proposal()
    assert (told["by_office"], told["candidates"], told["deviations"]) == (False, [], [])
    before = told["entrants"]
    assert [each["score"] for each in before] == sorted((each["score"] for each in before), reverse=True)
    assert all(each["name"] and TOP in each["levels"] for each in before)
    with pytest.raises(Invalid) as idle:
        ranked.propose(("a2", TOP), a3="没有必要")
    assert [e.field for e in idle.value.errors] == ["deviations.0.application_id"]


def test_the_reason_stays_in_the_proposal_for_all_who_watch(ranked: RealHall) -> None:
    """Discipline reads it, and a member of the meeting, nobody of another; a new proposal takes its place."""
    ranked.propose(("a3", TOP), ("a1", GOLD), a2="公示前查实重大质量投诉")
    for role, actor in (("discipline", "d-1"), ("committee_member", MEMBERS[0])):
        told = ranked.proposal(role, actor)
        assert told["by_office"] is True
        (line,) = told["deviations"]
        assert (line["application_id"], line["rank"], line["reason"]) == ("a2", 1, "公示前查实重大质量投诉")
        assert [each["application_id"] for each in line["preferred"]] == ["a3", "a1"]
    with pytest.raises(NotFound):
        ranked.proposal("committee_member", "somebody-else")
    ranked.propose(("a2", TOP), ("a3", TOP), ("a1", GOLD))
    assert ranked.proposal()["deviations"] == []


def test_a_rehearsal_proposes_as_it_likes(hall: Hall) -> None:
    """Its file has no reasons; one that is given is kept."""
    hall.convene()
    hall.propose(("a1", TOP), ("a3", GOLD))
    assert hall.proposal()["deviations"] == []
    hall.propose(("a1", TOP), ("a3", GOLD), a2="说明")
    assert [line["application_id"] for line in hall.proposal()["deviations"]] == ["a2"]


def test_a_rehearsal_needs_no_confirmation(hall: Hall) -> None:
    """Its records cannot change."""
    hall.convene()
    assert hall.begin("committee", MEETS)["state"] == "begun"
