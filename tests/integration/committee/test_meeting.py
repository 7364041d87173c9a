"""A real meeting on both databases: who came and went, who stands aside, the quorum, ballots that are voided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.committee import GOLD, MEMBER, MEMBERS, SCORES, TOP, RealHall, conductor_of
from tests.support.rooms import CHANGNING

pytestmark = pytest.mark.integration

FOR_ALL = dict.fromkeys(SCORES, "for")


@pytest.fixture
def real(database_url: str) -> Iterator[RealHall]:
    """Three before the committee; six members, of whom four make a quorum."""
    made = RealHall(database_url)
    made.enter(SCORES)
    yield made
    made.desk.close()


def test_nobody_is_present_before_the_office_recorded_it(real: RealHall) -> None:
    """Called is not come: no quorum until four have; each coming and going is kept with its time and who recorded it."""
    real.convene(absent=tuple(MEMBERS))
    for name in SCORES:
        real.confirm(name)
    assert "到会委员 0 名" in real.begin_committee()["blocked"]["reason_zh"]
    for member in MEMBERS[:3]:
        real.comes(member)
    assert real.begin_committee()["blocked"] is not None
    real.comes("M4")
    real.goes("M1")
    assert real.begin_committee()["blocked"] is not None
    real.comes("M1")
    assert real.begin_committee()["state"] == "begun"
    told = real.call("attendance")
    assert [(e["member"], e["event"]) for e in told["events"]][-3:] == [
        ("M4", "came"),
        ("M1", "left"),
        ("M1", "came"),
    ]
    assert {e["recorded_by"] for e in told["events"]} == {"somebody"}
    assert [m["member"] for m in told["members"] if m["present"]] == MEMBERS[:4]


def test_nobody_comes_or_goes_twice_and_nobody_by_a_way_that_the_rulebook_does_not_know(
    real: RealHall,
) -> None:
    """Nor a stranger; a real meeting has a chair."""
    real.convene(absent=("M6",))
    with pytest.raises(Conflict):
        real.comes("M1")
    with pytest.raises(Conflict):
        real.goes("M6")
    for member, mode, field in (("M9", "in_person", "member"), ("M6", "link", "mode")):
        with pytest.raises(Invalid) as wrong:
            real.comes(member, mode)
        assert [e.field for e in wrong.value.errors] == [field]
    for chair in (None, "M9"):
        with pytest.raises(Invalid) as wrong:
            real.call("convene", members=MEMBERS, chair=chair)
        assert [e.field for e in wrong.value.errors] == ["chair"]


def test_by_link_where_the_rulebook_lets_members_take_part_so(database_url: str) -> None:
    """They count and vote like the others."""
    book = replace(
        CHANGNING, id="made-up-1", votes=replace(CHANGNING.votes, attendance=("in_person", "link"))
    )
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter(SCORES)
    real.convene(absent=("M6",))
    told = real.comes("M6", "link")
    assert {m["member"]: m["mode"] for m in told["members"]}["M6"] == "link"
    real.start()
    real.cast("M6", 1, nonce=real.nonce(), **FOR_ALL)
    real.desk.close()


def test_who_comes_late_votes_from_the_next_ballot_on(database_url: str) -> None:
    """Not in the one that was open when it came; and who left is not counted in the next."""
    book = replace(CHANGNING, id="made-up-2", votes=replace(CHANGNING.votes, failed="next_level"))
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter({"a1": "70.00"})
    real.convene(absent=("M6",))
    real.start()
    real.comes("M6")
    assert "M6" in real.round()["present"]
    assert real.round()["voters"] == MEMBERS[:5]
    with pytest.raises(Forbidden):
        real.cast("M6", 1, nonce=real.nonce(), a1="for")
    real.vote(a1="aaaaa")
    real.goes("M1")
    now = real.close_round()
    assert (now["number"], now["voters"]) == (2, ["M2", "M3", "M4", "M5", "M6"])
    with pytest.raises(Forbidden):
        real.cast("M1", 2, nonce=real.nonce(), a1="for")
    real.cast("M6", 2, nonce=real.nonce(), a1="for")
    real.desk.close()


def test_who_leaves_without_having_cast_leaves_the_count(real: RealHall) -> None:
    """The others can be counted without it; come back while the ballot is open, it votes after all."""
    real.convene(absent=("M6",))
    real.start()
    for member in MEMBERS[:4]:
        real.cast(member, 1, nonce=real.nonce(), **FOR_ALL)
    with pytest.raises(Conflict, match="not all members"):
        real.close_round()
    real.goes("M5")
    real.comes("M5")
    with pytest.raises(Conflict, match="not all members"):
        real.close_round()
    real.goes("M5")
    real.goes("M1")  # it has cast: its slip stays, and it is counted
    assert real.close_round()["state"] == "finished"
    assert {(v["votes_for"], v["needed"]) for v in real.votes()} == {(4, 3)}
    assert real.call("recount")["agrees"]


def test_a_ballot_that_loses_its_quorum_is_not_counted_but_voided(real: RealHall) -> None:
    """Its slips are destroyed, a quorum is needed to open the next one, and the same candidates stand in it."""
    real.convene(absent=("M5", "M6"))
    real.start()
    with pytest.raises(Conflict, match="quorum"):
        real.call("void_round", reason="没有理由")
    real.cast("M1", 1, nonce=real.nonce(), **FOR_ALL)
    real.goes("M4")
    with pytest.raises(Conflict) as lost:
        real.close_round()
    assert lost.value.code == "no_quorum"
    assert real.call("void_round", reason="一名委员离会")["state"] == "closed"
    with pytest.raises(Conflict):
        real.call("slips", number=1)
    with pytest.raises(Conflict) as early:
        real.call("open_round")
    assert early.value.code == "no_quorum"
    with pytest.raises(Conflict):
        real.cast("M2", 1, nonce=real.nonce(), **FOR_ALL)
    real.comes("M4")
    again = real.call("open_round")
    assert (again["number"], again["state"], len(again["candidates"])) == (2, "open", 3)
    with pytest.raises(Conflict):
        real.call("open_round")
    real.vote()
    assert real.close_round()["state"] == "finished"
    assert {v["round"] for v in real.votes()} == {2}
    assert [line["number"] for line in real.call("recount")["rounds"]] == [2]


def test_a_ballot_that_was_voided_is_not_drawn_up_anew(real: RealHall) -> None:
    """Nobody had cast it; it stays on record all the same, with the reason, and the next one has its own number."""
    real.convene(absent=("M5", "M6"))
    real.start()
    real.goes("M4")
    real.call("void_round", reason="一名委员离会")
    real.comes("M4")
    with pytest.raises(Conflict, match="not possible now"):
        real.propose(("a1", GOLD), ("a2", TOP))
    assert real.call("open_round")["number"] == 2


def test_a_second_ballot_waits_for_its_quorum(database_url: str) -> None:
    """Equal ones vote again among those who are there then, and all counts hold with their slips."""
    book = replace(
        CHANGNING,
        id="made-up-3",
        quotas=tuple(replace(q, places=1) for q in CHANGNING.quotas),
        votes=replace(CHANGNING.votes, failed="next_level"),
    )
    real = RealHall(database_url, conductor_of(book), rulebook=book)
    real.enter({"a1": "80.00", "a2": "80.00"})
    real.convene(absent=("M5", "M6"))
    real.start()
    real.vote()
    real.goes("M1")
    assert real.close_round()["state"] == "closed"
    assert real.votes() == []
    with pytest.raises(Conflict) as missing:
        real.call("open_round")
    assert missing.value.code == "no_quorum"
    real.comes("M5")
    again = real.call("open_round")
    assert (again["number"], again["voters"], len(again["candidates"])) == (2, ["M2", "M3", "M4", "M5"], 2)
    real.vote(a1="faaa", a2="afff")
    below = real.close_round()
    assert (below["number"], [c["application_id"] for c in below["candidates"]]) == (3, ["a1"])
    real.vote()
    assert real.close_round()["state"] == "finished"
    assert [(v["round"], v["application_id"], v["votes_for"], v["awarded"]) for v in real.votes()] == [
        (1, "a1", 4, False), (1, "a2", 4, True), (2, "a1", 1, False), (2, "a2", 3, True), (3, "a1", 4, True),
    ]  # fmt: skip
    assert real.call("recount")["agrees"]
    real.desk.close()


def test_who_stands_aside_leaves_both_counts(real: RealHall) -> None:
    """Declared by the member or entered by the office, before the ballot; its ballot carries no choice on that one."""
    real.convene(absent=("M6",))
    real.stands_aside("M1", "a2")
    real.call("declare_recusal", member="M2", application_id="a2", ground="employer")
    for again in (("M1", "a2"), ("M2", "a2")):
        with pytest.raises(Conflict):
            real.stands_aside(*again)
    real.start()
    with pytest.raises(Invalid) as wrong:
        real.cast("M1", 1, nonce=real.nonce(), **FOR_ALL)
    assert [e.field.rpartition(".")[2] for e in wrong.value.errors] == ["choice"]
    with pytest.raises(Invalid) as undeclared:
        real.cast("M3", 1, nonce=real.nonce(), a1="for", a2="recused", a3="for")
    assert "before the ballot" in undeclared.value.detail_en
    with pytest.raises(Conflict) as late:
        real.stands_aside("M3", "a2")
    assert late.value.code == "ballot_open"
    for member in ("M1", "M2"):
        real.cast(member, 1, nonce=real.nonce(), a1="for", a3="for")
    real.cast("M3", 1, nonce=real.nonce(), **FOR_ALL)
    real.cast("M4", 1, nonce=real.nonce(), **FOR_ALL)
    real.cast("M5", 1, nonce=real.nonce(), **{**FOR_ALL, "a2": "against"})
    real.close_round()
    lines = {v["application_id"]: v for v in real.votes()}
    assert [lines["a2"][name] for name in ("votes_for", "votes_against", "recused", "needed", "passed")] == [
        2, 1, 2, 2, True,
    ]  # fmt: skip
    assert (lines["a1"]["votes_for"], lines["a1"]["needed"]) == (5, 3)
    again = real.call("recount")
    assert (again["agrees"], again["rounds"][0]["slips"], again["rounds"][0]["cast"]) == (True, 13, 5)


def test_a_member_declares_for_itself_alone_and_sees_its_own(real: RealHall) -> None:
    """Not for another, not on a ground that the rulebook does not know, not on who is not before the committee."""
    real.convene()
    real.stands_aside("M1", "a2")
    with pytest.raises(Forbidden):
        real.call("declare_recusal", MEMBER, "M1", member="M2", application_id="a1", ground="declared")
    for data, field in (
        ({"application_id": "a1", "ground": "advises"}, "ground"),
        ({"application_id": "a9", "ground": "declared"}, "application_id"),
    ):
        with pytest.raises(Invalid) as wrong:
            real.call("declare_recusal", MEMBER, "M1", **data)
        assert [e.field for e in wrong.value.errors] == [field]
    with pytest.raises(Invalid):
        real.call("declare_recusal", application_id="a1", ground="declared")
    assert [r["member"] for r in real.call("attendance", MEMBER, "M1")["recusals"]] == ["M1"]
    assert real.call("attendance", MEMBER, "M2")["recusals"] == []
    assert len(real.call("attendance", "discipline", "d-1")["recusals"]) == 1
    with pytest.raises(NotFound):
        real.call("attendance", MEMBER, "stranger")


def test_what_ties_a_member_to_an_applicant_is_encrypted(real: RealHall) -> None:
    """In the row, and in no audit entry; who watches over the meeting reads it."""
    real.convene()
    real.stands_aside("M1", "a2")
    assert real.call("attendance", "discipline", "d-1")["recusals"][0]["detail"] == "曾任职"
    with real.desk.store.read() as work:
        (stored,) = work.session.execute(text("SELECT detail FROM recusals")).scalars()
        reasons = work.session.execute(select(real.desk.store.tables.audit.c.reason)).scalars().all()
    assert "曾任职" not in stored
    assert "曾任职" not in reasons


def test_no_ballot_is_opened_while_nobody_takes_the_chair(real: RealHall) -> None:
    """A quorum without its chair waits for it, or for another."""
    real.convene(absent=("M1",))
    for name in SCORES:
        real.confirm(name)
    assert "主持人" in real.begin_committee()["blocked"]["reason_zh"]
    real.call("appoint_chair", member="M2", reason="原主持人因公出差")
    assert real.begin_committee()["state"] == "begun"


def test_the_chair_may_change_and_the_reason_stays(real: RealHall) -> None:
    """One takes the chair at any time."""
    real.convene()
    told = real.call("appoint_chair", member="M2", reason="原主持人因公出差")
    assert [m["member"] for m in told["members"] if m["chair"]] == ["M2"]
    assert real.round()["chair"] == "M2"
    with pytest.raises(Invalid):
        real.call("appoint_chair", member="M9", reason="不是委员")
    assert real.desk.actions()[-1] == "committee:chair_appointed"


def test_the_agenda_tells_levels_and_tracks_in_the_rulebooks_order(real: RealHall) -> None:
    """Before the meeting what rank and quota make, then what is open, then what is decided; and what nobody stands for."""
    items = real.call("agenda")["items"]
    order = [
        (level.name, t.name) for level in CHANGNING.levels for t in CHANGNING.tracks if t.name in level.tracks
    ]
    assert [(i["level"], i["track"]) for i in items] == order
    told = {
        (i["level"], i["track"]): (i["state"], [c["application_id"] for c in i["candidates"]]) for i in items
    }
    model = CHANGNING.tracks[0].name
    assert told[TOP, model] == ("ahead", ["a2", "a3"])
    assert told[GOLD, model] == ("ahead", ["a1"])
    assert {state for key, (state, _) in told.items() if key[1] != model} == {"empty"}
    real.convene()
    real.start()
    assert {i["state"] for i in real.call("agenda")["items"]} == {"open", "empty"}
    real.vote(a3="aaaaaa")
    real.close_round()
    first = real.call("agenda")["items"][0]
    assert (first["state"], first["number"], first["places"]) == ("decided", 1, 2)
