"""What happens in one room of review while another is at work: seats, recusals, sheets, meetings and the clock, together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.review import conflicts, experts, models, reports
from services.review.conflicts import lists as conflict_lists
from services.review.conflicts import recorded, statements
from services.review.scoring import consensus, drafts, explained, figures, reading, results, sheets
from services.review.seating import answers, dissolving, draws, leaders, offers, releasing, replacing
from services.review.seating import drafts as panel_drafts
from services.review.seating import lists as panel_lists
from services.review.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.contracts.operations.review.recusals import RELATIONS
from shared.problems import Conflict, Invalid, NotFound
from tests.support.panels import TERMS, declare, draw, hand_in, report, seat, state_nothing
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, ORGANIZATION, Room

pytestmark = pytest.mark.integration

STAGE = "document_review"
NAMES = ("a1", "a2")
POOL = ("E1", "E2", "E3", "E4", "E5")
MORNING = datetime(2025, 6, 24, 9, tzinfo=SHANGHAI)
Data = dict[str, Any]

HANDLERS: dict[str, Callable[..., Data]] = {
    "answer_assignments": answers.answer,
    "awaiting_statement": statements.awaiting,
    "close_consensus": consensus.close,
    "conflicts": conflict_lists.listed,
    "confirm_recusal": recorded.confirm,
    "dossier": statements.dossier,
    "draw_panel": draws.prepare,
    "explained_score": explained.explain,
    "fill_panel": lambda w, c, d: replacing.fill(w, c, d, TERMS),
    "hand_in_sheet": sheets.hand_in,
    "inspect_panel": panel_drafts.inspect,
    "lift_conflict": conflict_lists.lift,
    "my_assignments": panel_lists.mine,
    "led_panel": leaders.led,
    "my_sheet": drafts.mine,
    "name_leader": leaders.name,
    "open_consensus": consensus.open_,
    "agree_on_item": consensus.agree,
    "panels": panel_lists.listed,
    "read_sheets": reading.read,
    "record_stage_report": reports.record,
    "recusals": recorded.listed,
    "register_experts": experts.register,
    "release_hold": recorded.release,
    "release_panel": lambda w, c, d: releasing.release(w, c, d, TERMS),
    "replace_reviewer": lambda w, c, d: replacing.replace(w, c, d, TERMS),
    "return_sheet": reading.give_back,
    "scores": results.listed,
    "sheet_lines": reading.states,
    "spread": figures.spreads,
    "stage_reports": reports.listed,
    "state_interests": statements.state,
    "witness_draw": draws.witness,
}
OF_THE_CYCLE = ("awaiting_statement", "conflicts", "dossier", "lift_conflict", "my_assignments", "panels", "recusals",
                "register_experts", "scores", "state_interests")  # fmt: skip


class Review:
    """A real cycle with two applications and five experts, of whom three are drawn."""

    def __init__(self, url: str) -> None:
        self.clock = FixedClock(MORNING)
        self.room = Room("review", url, conductor, rehearsal=False, clock=self.clock)
        for number, name in enumerate(NAMES, start=1):
            self.room.accept(name, number)
        self.ask("register_experts", {"experts": [self.line(name) for name in POOL]})
        self.room.hand_over("submission", CLOSES, NAMES)
        self.room.hand_over("qualification", date(2025, 6, 16), NAMES)
        self.room.hand_over("notice:qualification", date(2025, 6, 23), NAMES)

    @staticmethod
    def line(expert: str, **more: Any) -> Data:
        return {"expert_id": expert, "name": f"专家{expert[1:]}", **more}

    def seated(self, *, until: date | None = None, stated: bool = True) -> list[str]:
        """Declared, drawn, released, accepted, stated, begun. The leader comes first."""
        declare(self.room, POOL, until=until)
        members = seat(self.room, STAGE, stated=stated)
        self.room.begin(STAGE, None)
        leader = self.leader()
        return [leader, *(name for name in members if name != leader)]

    def declare_anew(self, *people: str) -> None:
        """A second declaration of each, in force from today."""
        with self.room.desk.work() as work:
            for name in people:
                row = {
                    "id": f"again-{name}", "world": "real", "expert_id": name, "number": 2, "declared_on": work.today(),
                    "declared_at": work.now(), "valid_until": work.today() + timedelta(days=364), "signed": "{}",
                    "digest": "sha256:0",
                }  # fmt: skip
                work.session.execute(models.declarations.insert().values(**row))

    def leader(self) -> str:
        return str(self.ask("panels")["panels"][0]["leader"])

    def ask(self, method: str, data: Data | None = None, who: str = "award_office/office") -> Data:
        role, _, actor = who.partition("/")
        about = {} if method in OF_THE_CYCLE else {"stage": STAGE}
        handler = HANDLERS[method]
        return self.room.ask(
            method, lambda w, d: handler(w, conductor, d), {**about, **(data or {})}, role, actor
        )

    def by(self, expert: str, method: str, application: str = "a1", **more: Any) -> Data:
        return self.ask(method, {"application_id": application, **more}, f"reviewer/{expert}")

    def say(self, expert: str, application: str, *relations: str) -> Data:
        answers_ = dict.fromkeys(RELATIONS, False) | dict.fromkeys(relations, True)
        return self.by(
            expert, "state_interests", application, answers=answers_, signed_by=f"专家{expert[1:]}"
        )

    def decline(self, expert: str, application: str, interest: str | None = None) -> Data:
        more = {"accept": False, "reason": "有事", "interest": interest}
        return self.by(expert, "answer_assignments", application, **more)

    def replace(self, expert: str, application: str | None = "a1", coming: str | None = None) -> str:
        data = {"expert_id": expert, "application_id": application, "coming": coming, "reason": "换人"}
        return str(self.ask("replace_reviewer", data)["replaced"][0]["coming"])

    def take_up(self, expert: str, application: str = "a1") -> None:
        self.by(expert, "answer_assignments", application, accept=True)
        state_nothing(self.room)

    def score(self, expert: str, application: str = "a1", percent: str = "80") -> None:
        hand_in(self.room, STAGE, expert, application, percent)

    def score_all(self, *people: str) -> None:
        for name in people:
            for application in NAMES:
                self.score(name, application)

    def bind(self, expert: str, application: str = "a1") -> None:
        """The office learns of kinship."""
        self.ask("register_experts", {"experts": [self.line(expert, kin_of=[application])]})

    def recusals(self) -> list[tuple[str, str]]:
        found = self.ask("recusals")["recusals"]
        return [(line["expert_id"], line["state"]) for line in found if line["application_id"] == "a1"]

    def let_go(self, expert: str) -> Data:
        data = {"application_id": "a1", "expert_id": expert, "reason": "余下的足够"}
        return self.ask("release_hold", data, "discipline/inspector")

    def close(self) -> None:
        report(self.room, STAGE, *NAMES)
        self.room.close(STAGE, None)

    def score_of(self, application: str = "a1") -> str:
        found = self.ask("scores")["scores"]
        return next(line["score"] for line in found if line["application_id"] == application)

    def explained(self) -> Data:
        return self.ask("explained_score", {"application_id": "a1"})

    def away(self, expert: str) -> None:
        row = {
            "id": f"away-{expert}", "world": "real", "expert_id": expert, "since": date(2025, 6, 1),
            "until": date(2025, 12, 31), "entered_by": expert,
        }  # fmt: skip
        with self.room.desk.work() as work:
            work.session.execute(models.absences.insert().values(**row))

    def retire(self, expert: str) -> None:
        row = {
            "world": "real", "expert_id": expert, "revision": 1, "state": "retired", "entered_on": CLOSES, "name": "x",
            "industry_expert": False, "may_lead": True,
        }  # fmt: skip
        with self.room.desk.work() as work:
            work.session.execute(models.expert_register.insert().values(**row))

    def tick(self, hours: float) -> list[Data]:
        """The clock goes on and chases; the reminders so far."""
        self.clock.move(timedelta(hours=hours))
        with self.room.desk.work() as work:
            offers.chase(work, TERMS)
        return [told for told in self.room.desk.told("assignment.offered") if told["occasion"] == "reminder"]


@pytest.fixture
def review(database_url: str) -> Iterator[Review]:
    made = Review(database_url)
    yield made
    made.room.desk.close()


# --- people who can serve no longer ---------------------------------------------------------------------------------


def test_who_left_the_register_is_drawn_no_more(review: Review) -> None:
    """Its declaration is still in force, and it is still in the cycle's pool."""
    review.retire("E2")
    declare(review.room, POOL)
    assert "E2" not in seat(review.room, STAGE)


def test_a_member_whose_declaration_is_over_is_told_of_and_replaced(review: Review) -> None:
    """All rules go on holding: nobody is given what it cannot take, the panel keeps a leader, and the office sees who it is."""
    leader, second, _ = review.seated(until=date(2025, 6, 30))
    review.clock.move(timedelta(days=10))
    review.declare_anew(*(name for name in POOL if name not in (leader, second)))
    faults = review.ask("inspect_panel")["faults"]
    assert [fault["rule"] for fault in faults] == ["unavailable"]
    assert all(name in faults[0]["reason_zh"] and name in faults[0]["reason_en"] for name in (leader, second))
    with pytest.raises(Conflict) as owing:
        review.by(second, "my_sheet")
    assert owing.value.code == "no_declaration"
    coming = review.replace(second)
    assert coming not in (leader, second)
    assert review.replace(leader, None) not in (leader, second)
    assert review.leader() not in (leader, None)


def test_one_who_is_away_takes_nothing_over_and_switches_no_rule_off(review: Review) -> None:
    """A member that enters an absence afterwards: the rules are held against the whole panel all the same."""
    leader, second, third = review.seated()
    joined = review.replace(second, "a2")
    (spare,) = {*POOL} - {leader, second, third, joined}
    review.away(second)
    with pytest.raises(Conflict) as away:
        review.replace(joined, "a2", second)
    assert (away.value.code, [e.field for e in away.value.errors]) == ("not_available", ["coming"])
    review.ask("register_experts", {"experts": [
        review.line(spare, employer="91310105MA1K300034"), review.line(third, employer="91310105MA1K300034"),
    ]})  # fmt: skip
    with pytest.raises(Conflict) as unlawful:
        review.replace(leader, "a1", spare)
    assert "panel.employer_max" in {error.field for error in unlawful.value.errors}


# --- recusal beside seats, sheets and meetings ----------------------------------------------------------------------


def test_an_interest_owned_to_with_a_refusal_is_a_recusal_like_any_other(review: Review) -> None:
    """A record, a hold, a replacement in it; the sheet that was in is kept and not counted."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    review.decline(third, "a1", "kin")
    assert review.recusals() == [(third, "open")]
    with pytest.raises(Conflict, match="recused"):
        review.close()
    (done,) = review.ask("fill_panel", {"reason": "补足"})["replaced"]
    assert review.recusals() == [(third, "named")]
    review.take_up(done["coming"])
    review.score(done["coming"], percent="50")
    assert review.recusals() == [(third, "scored")]
    review.close()
    assert review.score_of() == "70.00"


def test_a_refusal_for_an_interest_can_be_let_go_without_a_replacement(review: Review) -> None:
    """As with an interest stated otherwise, when enough sheets are in."""
    leader, second, third = review.seated()
    review.decline(third, "a1", "kin")
    review.score_all(leader, second)
    review.score(third, "a2")
    review.let_go(third)
    review.close()
    assert review.score_of() == "80.00"


def test_a_sheet_that_is_in_is_not_taken_back_by_declining(review: Review) -> None:
    """In is locked: only an interest ends it."""
    _, second, _ = review.seated()
    review.score(second)
    with pytest.raises(Conflict) as locked:
        review.decline(second, "a1")
    assert (locked.value.code, [e.field for e in locked.value.errors]) == ("sheet_locked", ["accept"])
    assert review.decline(second, "a2")["answered"] == 1


def test_a_hold_let_go_ends_with_its_ground_and_stands_once_confirmed(review: Review) -> None:
    """A mistake of the office: the reviewer is back and is waited for, and no record says otherwise. What a supervisor has
    confirmed is not lifted.
    """
    leader, second, third = review.seated()
    review.score_all(leader, second)
    review.score(third, "a2")
    review.bind(third)
    review.let_go(third)
    review.ask("register_experts", {"experts": [review.line(third)]})
    assert review.recusals() == [(third, "lapsed")]
    review.score(third, "a1", "50")
    assert review.explained()["score"] == "70.00"
    review.bind(third)
    review.let_go(third)
    about = {"application_id": "a1", "expert_id": third, "reason": "已核实"}
    review.ask("confirm_recusal", about, "discipline/another")
    kin = {"ground": "kin_of", "source": "office", **about}
    with pytest.raises(Conflict) as confirmed:
        review.ask("lift_conflict", kin, "discipline/inspector")
    assert confirmed.value.code == "recusal_confirmed"
    review.close()
    assert review.score_of() == "80.00"


def test_a_hold_let_go_does_not_wait_for_the_one_who_was_named(review: Review) -> None:
    """The replacement was named and does not score: the supervisor's word ends its work there, and the stage closes."""
    leader, second, third = review.seated()
    review.score_all(leader, second)
    review.score(third, "a2")
    review.bind(third)
    coming = review.replace(third)
    review.take_up(coming)
    review.let_go(third)
    with pytest.raises(NotFound):
        review.by(coming, "my_sheet")
    review.close()
    assert review.score_of() == "80.00"


def test_no_meeting_and_no_figure_before_the_replacement_has_scored(review: Review) -> None:
    """Whoever names the replacement does not know by then what its sheet would decide; a leader is told of nobody."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    review.bind(third)
    with pytest.raises(Conflict) as early:
        review.by(leader, "open_consensus", participants=[leader, second])
    assert early.value.code == "sheets_out"
    assert third not in str(early.value.as_dict())
    assert [line["application_id"] for line in review.ask("spread")["applications"]] == ["a2"]
    assert review.explained()["score"] is None
    coming = review.replace(third)
    review.take_up(coming)
    review.score(coming, percent="50")
    assert review.explained()["score"] == "70.00"
    assert review.by(leader, "open_consensus", participants=[leader, second, coming])["state"] == "open"


def test_a_meeting_that_is_open_when_a_participant_must_stand_aside_is_held_anew(review: Review) -> None:
    """It can neither go on nor be closed; once the replacement has scored, another one takes its place."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    review.by(leader, "open_consensus", participants=[leader, second, third])
    review.bind(third)
    with pytest.raises(Conflict) as void:
        review.by(leader, "agree_on_item", item="4.1.2", percent="80", reason="")
    assert void.value.code == "participant_recused"
    coming = review.replace(third)
    review.take_up(coming)
    review.score(coming)
    again = review.by(leader, "open_consensus", participants=[leader, second, coming])
    assert (again["number"], again["state"]) == (2, "open")


def test_what_becomes_known_after_the_stage_has_closed_changes_no_score_that_is_told(review: Review) -> None:
    """Neither in the explanation nor in the spread."""
    leader, second, third = review.seated()
    for name, percent in ((leader, "50"), (second, "60"), (third, "100")):
        review.score(name, "a1", percent)
        review.score(name, "a2")
    review.close()
    review.bind(third)
    found = review.explained()
    assert found["score"] == found["steps"][-1]["figure"] == review.score_of() == "70.00"
    lines = {line["application_id"]: line["score"] for line in review.ask("spread")["applications"]}
    assert lines["a1"] == "70.00"


def test_the_joint_score_locks_a_sheet_of_items_too_as_long_as_it_stands(review: Review) -> None:
    """Nothing is saved, handed in or returned; it stands as long as nobody who agreed on it must stand aside."""
    leader, second, third = review.seated()
    review.score(leader)
    review.score(second)
    row = {
        "cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "thousandths": 90_000, "rationale": "现场核实",
        "members": [{"expert_id": second, "assents": True, "note": None}], "recorded_by": leader,
    }  # fmt: skip
    with review.room.desk.work() as work:
        work.session.execute(models.joint_scores.insert().values(**row, recorded_at=work.now()))
    for refused in (
        lambda: review.score(third),
        lambda: review.by(third, "hand_in_sheet", revision=1),
        lambda: review.by(leader, "return_sheet", expert_id=second, reason="缺少依据"),
    ):
        with pytest.raises(Conflict) as locked:
            refused()
        assert locked.value.code == "sheets_locked"
    review.bind(second)
    review.score(third)


def test_where_the_score_of_before_serves_a_recusal_holds_nothing(review: Review) -> None:
    """Nobody need score in the comprehensive evaluation; the score is explained as it closes."""
    declare(review.room, POOL)
    carried = {name: {"score": "81.00"} for name in NAMES}
    for stage in ("document_review", "site_review"):
        review.room.hand_over(stage, date(2025, 6, 23), NAMES, carried)
    whole = "comprehensive"
    first, *_ = seat(review.room, whole)
    review.room.begin(whole, None)
    review.bind(first)
    assert review.recusals() == [(first, "open")]
    told = review.ask("explained_score", {"application_id": "a1", "stage": whole})
    report(review.room, whole, *NAMES)
    review.room.close(whole, None)
    scores = {line["application_id"]: line["score"] for line in review.ask("scores")["scores"]}
    assert scores == {"a1": "81.00", "a2": "81.00"}
    assert told["score"] == told["steps"][-1]["figure"] == "81.00"
    assert review.ask("explained_score", {"application_id": "a1", "stage": whole})["score"] == "81.00"


# --- what the office is told --------------------------------------------------------------------------------------------


def test_the_office_is_told_of_a_recusal_by_name_once_the_panel_is_released_and_never_what_was_stated(
    review: Review,
) -> None:
    """It has to replace the reviewer and to answer for it: ground and article, of the reviewer's own word that an interest was
    declared. Of a draft it is told nothing by name. Discipline reads all of it.
    """
    adviser = {"world": "real", "uscc": ORGANIZATION, "registered_on": CLOSES}
    _, second, third = review.seated()
    review.say(second, "a1", "kin")
    with review.room.desk.work() as work:
        work.session.execute(models.advisers.insert().values(**adviser, expert_id=third))
        conflicts.refresh(work, conductor, "real", [third])
    seen = {}
    for who in ("award_office/office", "discipline/inspector"):
        for method in ("conflicts", "recusals"):
            lines = review.ask(method, None, who)[method]
            seen[who, method] = {(each["expert_id"], each["ground"]) for each in lines}
            assert ("亲属" in str(lines)) == who.startswith("discipline")
    for method in ("conflicts", "recusals"):
        assert seen["award_office/office", method] == {(second, "declared"), (third, "advises")}
        assert seen["discipline/inspector", method] == {(second, "kin_of"), (third, "advises")}
    kin = {"ground": "kin_of"}
    assert review.ask("conflicts", kin)["total"] == 0
    assert review.ask("conflicts", kin, "discipline/inspector")["total"] == 1
    assignments = models.assignments
    with review.room.desk.work() as work:  # as they are while a panel is drafted
        work.session.execute(update(assignments).values(state="drafted"))
    for method in ("conflicts", "recusals"):
        assert review.ask(method)[method] == []


# --- leaders ------------------------------------------------------------------------------------------------------------


def test_nobody_is_told_by_any_figure_that_it_leads_a_draft(review: Review) -> None:
    """Assigning is not notifying, and leading is not either."""
    declare(review.room, POOL)
    about = {"share": "office", "witness": "inspector"}
    review.ask("draw_panel", about, "award_office/officer")
    review.ask("witness_draw", {"number": 1, "share": "seen"}, "discipline/inspector")
    given = {"cycle_id": CYCLE, "stage": STAGE, "category": None, "number": 1}
    keep = draws.perform(review.room.desk.store, conductor, given)
    with review.room.desk.work() as work:
        keep(work)
    leader = f"reviewer/{review.leader()}"
    stranger = next(f"reviewer/{name}" for name in POOL if name != review.leader())
    for method in ("spread", "sheet_lines"):
        assert review.ask(method, None, leader) == review.ask(method, None, stranger)
    with pytest.raises(NotFound):
        review.ask("read_sheets", {"application_id": "a1"}, leader)


def test_a_leader_states_its_interests_in_what_it_leads_and_does_not_review(review: Review) -> None:
    """It is asked before it sees a sheet; then it chairs the meeting. An interest keeps it away like any other."""
    leader, second, third = review.seated(stated=False)
    coming = review.replace(leader, "a1")
    assert review.leader() == leader
    review.by(coming, "answer_assignments", accept=True)
    for name in (second, third, coming):
        review.say(name, "a1")
        review.score(name)
    review.say(leader, "a2")
    with pytest.raises(Conflict) as owed:
        review.by(leader, "read_sheets")
    assert owed.value.code == "statement_required"
    about = f"reviewer/{leader}"
    assert [line["application_id"] for line in review.ask("sheet_lines", None, about)["sheets"]] == ["a2"] * 3
    assert review.ask("spread", None, about)["applications"] == []
    waiting = review.ask("awaiting_statement", None, f"reviewer/{leader}")["applications"]
    assert [line["application_id"] for line in waiting] == ["a1"]
    review.say(leader, "a1")
    assert len(review.by(leader, "read_sheets")["sheets"]) == 3
    assert len(review.ask("sheet_lines", None, about)["sheets"]) == 6
    assert [line["application_id"] for line in review.ask("spread", None, about)["applications"]] == ["a1"]
    with pytest.raises(NotFound):
        review.by(leader, "dossier")
    assert review.by(leader, "open_consensus", participants=[second, third, coming])["state"] == "open"
    review.say(leader, "a1", "kin")
    with pytest.raises(NotFound):
        review.by(leader, "read_sheets")


REPORT = {"summary": "体系完整", "strengths": ["衔接清楚"], "improvements": ["补充对比"]}


def test_a_deputy_leads_the_one_application_from_which_the_leader_is_kept(review: Review) -> None:
    """The next in the order of the draw returns sheets, holds the meeting and writes the report of it. The leader sees nothing of
    it, and leads the other one as before, which the deputy does not.
    """
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    review.bind(leader, "a1")
    assert review.ask("inspect_panel")["deputies"] == [{"application_id": "a1", "expert_id": second}]
    review.let_go(leader)
    assert len(review.by(second, "read_sheets")["sheets"]) == 2
    review.by(second, "return_sheet", expert_id=third, reason="缺少依据")
    review.score(third, percent="70")
    assert [
        line["application_id"] for line in review.ask("spread", None, f"reviewer/{second}")["applications"]
    ] == ["a1"]
    opened = review.by(second, "open_consensus", participants=[second, third])
    assert opened["state"] == "open"
    criteria = CHANGNING.criteria_for("organization", None)
    assert criteria is not None
    for item in criteria.leaves:
        review.by(second, "agree_on_item", item=item.key, percent="75", reason="合议一致")
    assert review.by(second, "close_consensus")["state"] == "closed"
    assert review.by(second, "record_stage_report", **REPORT)["by"] == second
    led = review.ask("led_panel", None, f"reviewer/{second}")["members"]
    assert {line["expert_id"]: line["assigned"] for line in led} == {leader: 1, second: 1, third: 1}
    for method, more in (
        ("read_sheets", {}),
        ("return_sheet", {"expert_id": third, "reason": "缺少依据"}),
        ("open_consensus", {"participants": [second, third]}),
        ("record_stage_report", REPORT),
    ):
        with pytest.raises(NotFound):
            review.by(leader, method, **more)
    about = f"reviewer/{leader}"
    assert {line["application_id"] for line in review.ask("sheet_lines", None, about)["sheets"]} == {"a2"}
    assert [line["application_id"] for line in review.ask("spread", None, about)["applications"]] == ["a2"]
    assert {line["assigned"] for line in review.ask("led_panel", None, about)["members"]} == {1}
    with pytest.raises(NotFound):
        review.by(second, "open_consensus", "a2", participants=[leader, second, third])
    everybody = [leader, second, third]
    assert review.by(leader, "open_consensus", "a2", participants=everybody)["state"] == "open"


def test_the_office_may_name_the_deputy_with_a_reason(review: Review) -> None:
    """One free of interests in that application, and only where the leader is kept from it; one who is kept from it later is
    followed by the next in the order of the draw, and the leader leads again once nothing keeps it away.
    """
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    name = {"expert_id": third, "application_id": "a1", "reason": "熟悉该行业"}
    with pytest.raises(Conflict) as idle:
        review.ask("name_leader", name)
    assert idle.value.code == "leader_leads"
    review.bind(leader, "a1")
    for wrong in ({"expert_id": leader}, {"application_id": "a9"}, {"expert_id": "E9"}):
        with pytest.raises((Invalid, Conflict)):
            review.ask("name_leader", {**name, **wrong})
    review.ask("name_leader", name)
    assert review.leader() == leader
    assert review.ask("inspect_panel")["deputies"] == [{"application_id": "a1", "expert_id": third}]
    review.by(third, "return_sheet", expert_id=second, reason="缺少依据")
    review.score(second)
    with pytest.raises(NotFound):
        review.by(second, "return_sheet", expert_id=third, reason="缺少依据")
    log = models.panel_log
    with review.room.desk.store.read() as work:
        (line,) = work.session.execute(select(log).where(log.c.entry == "deputy")).all()
    assert (line.expert_id, line.application_id, line.reason) == (third, "a1", "熟悉该行业")
    review.bind(third, "a1")
    review.by(second, "read_sheets")
    assert review.ask("inspect_panel")["deputies"] == [{"application_id": "a1", "expert_id": second}]
    review.ask("register_experts", {"experts": [review.line(leader)]})
    assert review.ask("inspect_panel")["deputies"] == []
    assert len(review.by(leader, "read_sheets")["sheets"]) == 2


def test_where_nobody_who_may_lead_is_free_the_office_is_told(review: Review) -> None:
    """No deputy; nobody is let near the sheets for want of one."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    for name in (leader, second, third):
        review.bind(name, "a1")
    assert review.ask("inspect_panel")["deputies"] == [{"application_id": "a1", "expert_id": None}]


def test_the_sheet_of_one_who_serves_no_longer_is_neither_read_nor_returned(review: Review) -> None:
    """It is kept as it was, for those who watch."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    review.replace(third)
    told = [sheet["expert_id"] for sheet in review.by(leader, "read_sheets")["sheets"]]
    assert sorted(told) == sorted([leader, second])
    with pytest.raises(NotFound):
        review.by(leader, "return_sheet", expert_id=third, reason="缺少依据")
    with review.room.desk.store.read() as work:
        kept = select(models.sheets.c.expert_id).where(models.sheets.c.application_id == "a1")
        assert set(work.session.execute(kept).scalars()) == {leader, second, third}


def test_a_report_that_is_being_written_leads_nobody_and_waits_for_the_statement(review: Review) -> None:
    """A reviewer reads it once its own sheet is in; without statement or declaration it reads no report at all."""
    leader, second, third = review.seated(until=date(2025, 6, 30), stated=False)
    report(review.room, STAGE, "a1")

    def read(expert: str) -> list[str]:
        return [
            line["summary"] for line in review.ask("stage_reports", None, f"reviewer/{expert}")["reports"]
        ]

    assert read(second) == []
    review.say(second, "a1")
    assert read(second) == []
    review.score(second)
    assert read(second) == ["体系完整"]
    for name in (leader, third):
        review.say(name, "a1")
        review.score(name)
    for name in (leader, second, third):
        review.say(name, "a2")
        review.score(name, "a2")
    review.close()
    assert len(read(third)) == 2
    review.clock.move(timedelta(days=10))
    with pytest.raises(Conflict) as owed:
        read(third)
    assert owed.value.code == "no_declaration"


# --- the clock and the end ----------------------------------------------------------------------------------------------


def test_no_reminder_tells_of_what_is_hidden(review: Review) -> None:
    """One who is kept from all that waits for its answer is not reminded; of one kept from a part the number is less."""
    declare(review.room, POOL)
    members = _offered(review)
    first, second, third = members
    review.bind(first, "a1")
    review.ask("register_experts", {"experts": [review.line(second, kin_of=["a1", "a2"])]})
    told = review.tick(49)
    assert {line["expert_id"]: line["applications"] for line in told} == {first: 1, third: 2}


def test_an_application_withdrawn_is_not_chased(review: Review) -> None:
    """Nobody could answer for it."""
    declare(review.room, POOL)
    _offered(review)
    review.room.withdraw("a1")
    assert {line["applications"] for line in review.tick(49)} == {1}


def _offered(review: Review) -> list[str]:
    return [member["expert_id"] for member in draw(review.room, STAGE)["members"]]


def test_with_its_panel_a_members_sight_of_dossiers_and_sheets_ends(review: Review) -> None:
    """Changning 10: the panel is dissolved with the cycle, and with it all that its members saw."""
    leader, second, third = review.seated()
    review.score_all(leader, second, third)
    assert review.by(second, "dossier")["application_id"] == "a1"
    with review.room.desk.work() as work:
        cycle = conductor.cycle(work, CYCLE)
        dissolving._dissolve(work, conductor, cycle)
    for refused in (
        lambda: review.by(second, "dossier"),
        lambda: review.by(second, "my_sheet"),
        lambda: review.by(leader, "read_sheets"),
    ):
        with pytest.raises(NotFound):
            refused()
    assert review.ask("awaiting_statement", None, f"reviewer/{second}")["applications"] == []
