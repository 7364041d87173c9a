"""Incentives' handlers on both databases: grants, budget, earlier payments, the pool, clawbacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from services.incentives import awards, clawbacks, costs, ledger, models, pool, records
from services.incentives.stages import IncentivesHooks, conductor
from shared.contracts import Event, load
from shared.contracts.events import (
    ApplicationNotAccepted,
    PoolCostApproved,
    PoolJoined,
    PoolLeft,
    RecordsConfirmed,
    RecordsDiffer,
    SanctionImposed,
)
from shared.problems import Invalid, NotFound, Transient
from shared.procedure import Conductor
from shared.rulebooks import GrantRule, Library, Rulebook
from shared.rulebooks.exceptions import ConflictingExceptions
from shared.rulebooks.model import GrantException
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, ORGANIZATION, Carried, Room

pytestmark = pytest.mark.integration

TOP, GOLD = (level.name for level in CHANGNING.levels)
MODEL, RESULT = (track.name for track in CHANGNING.tracks)
ENDS = date(2025, 7, 4)
AFTER = date(2026, 5, 1)
_BEFORE = (
    ("submission", CLOSES), ("qualification", date(2025, 6, 16)), ("notice:qualification", date(2025, 6, 23)),
    ("document_review", date(2025, 6, 24)), ("site_review", date(2025, 6, 25)), ("comprehensive", date(2025, 6, 26)),
    ("committee", date(2025, 6, 27)),
)  # fmt: skip


class Treasury(Room):
    """The room with the calls of the people of finance, and the events that reach them."""

    def __init__(self, url: str, conductor: Conductor = conductor, **options: Any) -> None:
        super().__init__("incentives", url, conductor, **options)

    def accept(self, application: str, sequence: int, **dossier: Any) -> None:
        with self.desk.work() as work:
            data = self.accepted(application, sequence, **dossier)
            self.conductor.application_accepted(work, data)
            pool.accepted(work, self.conductor, data)

    def award(self, won: Carried, *, cycle_id: str = CYCLE) -> None:
        """The last notice is over; the winners hold what the committee carried."""
        for stage, on in _BEFORE:
            carried = won if stage == "committee" else None
            self.hand_over(stage, on, list(won), carried, cycle_id=cycle_id)
        self.hand_over("notice:award", ENDS, list(won), cycle_id=cycle_id)

    def join(self, uscc: str = ORGANIZATION, cost: int | None = 35_000_000) -> None:
        data = {"cycle_id": CYCLE, "uscc": uscc, "joined_on": "2025-03-01", "project_cost_fen": cost}
        with self.desk.work() as work:
            pool.joined(work, self.conductor, load(PoolJoined(), data))

    def not_accepted(self, application: str, uscc: str = ORGANIZATION, status: str = "late") -> None:
        data = {
            "cycle_id": CYCLE, "application_id": application, "applicant_key": f"organization:{uscc}", "uscc": uscc,
            "status": status,
        }  # fmt: skip
        with self.desk.work() as work:
            pool.not_accepted(work, self.conductor, load(ApplicationNotAccepted(), data))

    def sanction(self, application: str, *, claws_back: bool = True, rule: str = "34") -> None:
        data = {
            "cycle_id": CYCLE, "application_id": application, "event": "fraud", "on": str(AFTER), "rule": rule,
            "orders": [], "revokes": claws_back, "claws_back": claws_back, "banned_until": None,
        }  # fmt: skip
        with self.desk.work(on=AFTER) as work:
            clawbacks.sanction_imposed(work, self.conductor, load(SanctionImposed(), data))

    def approve_cost(self, application: str, fen: int) -> None:
        items = [{"name": "咨询", "claimed_fen": fen, "approved_fen": fen}]
        with self.desk.work("award_office", "anna") as work:
            data = {"application_id": application, "items": items, "papers": ["p1"], "reason": "r"}
            proposed = costs.prepare(work, self.conductor, data)
        with self.desk.work("finance", "bea") as work:
            costs.decide(work, self.conductor, {**proposed, "accept": True, "reason": "r"})

    def paid(
        self, application: str, grant_for: str, level: str | None, fen: int, on: str = "2023-12-10"
    ) -> None:
        data = {
            "application_id": application, "grant_for": grant_for, "level": level, "amount_fen": fen, "paid_on": on,
        }  # fmt: skip
        self.ask("record_paid", lambda w, d: awards.record_paid(w, self.conductor, d), data, "finance")

    def grants(self, cycle_id: str = CYCLE) -> dict[str, Any]:
        return self.ask(
            "grants", lambda w, d: ledger.listed(w, self.conductor, d), {}, "finance", cycle_id=cycle_id
        )

    def amounts(self, cycle_id: str = CYCLE) -> dict[tuple[str, str], int]:
        lines = self.grants(cycle_id)["grants"]
        return {(line["application_id"], line["grant_for"]): line["amount_fen"] for line in lines}


def won(level: str, track: str = MODEL) -> dict[str, Any]:
    return {"level": level, "track": track, "uses_quota": True, "award_rule": "2.1"}


def generous() -> Rulebook:
    """Made up: one-off grants up to a cap for the top level and for the pool."""
    rules = (
        GrantRule("top", "award", TOP, MODEL, 60_000_000, True, "project_cost_yuan", True, (), "4.6"),
        GrantRule("pool", "pool", None, None, 20_000_000, True, None, True, (), "4.5"),
    )
    return replace(CHANGNING, id="made-up-1", grants=rules)


def other(book: Rulebook) -> Conductor:
    return Conductor("incentives", models.procedure, IncentivesHooks(), rulebooks=Library({book.id: book}))


@pytest.fixture
def treasury(database_url: str) -> Iterator[Treasury]:
    made = Treasury(database_url, budget_fen=100_000_000)
    for number, name in enumerate(("a1", "a2", "a3"), start=1):
        made.accept(name, number)
    yield made
    made.desk.close()


@pytest.fixture
def generosity(database_url: str) -> Iterator[Treasury]:
    book = generous()
    made = Treasury(database_url, other(book), rulebook=book)
    yield made
    made.desk.close()


def test_the_grants_follow_the_last_notice_at_once(treasury: Treasury) -> None:
    """26: amounts by level, the stage planned, begun and closed on the notice's last day, winners awarded."""
    treasury.award({"a1": won(TOP), "a3": won(GOLD)})
    found = treasury.grants()
    assert treasury.amounts() == {("a1", "award"): 50_000_000, ("a3", "award"): 10_000_000}
    assert [line["rule"] for line in found["grants"]] == ["26", "26"]
    assert {line["state"] for line in found["grants"]} == {"computed"}
    assert (found["granted_fen"], found["over_budget_fen"]) == (60_000_000, 0)
    (closing,) = treasury.closings("grants")
    assert {a: (line["passed"], line["status"]) for a, line in closing.items()} == {
        "a1": (True, "awarded"), "a3": (True, "awarded"),
    }  # fmt: skip
    assert treasury.desk.told("stage.closed")[0]["closed_on"] == ENDS
    assert [told["stage"] for told in treasury.desk.told("stage.begun")] == ["grants"]


@pytest.mark.parametrize(("level", "over"), [(GOLD, 0), (TOP, 50_000_000)])
def test_a_batch_over_budget_is_held_and_never_cut(treasury: Treasury, level: str, over: int) -> None:
    """Two top grants fill the budget; with a third of the same size all are held, each at its full amount."""
    winners = (
        {"a1": won(TOP), "a2": won(TOP), "a3": won(level)} if over else {"a1": won(TOP), "a3": won(level)}
    )
    treasury.award(winners)
    found = treasury.grants()
    assert found["over_budget_fen"] == over
    assert {line["state"] for line in found["grants"]} == {"held" if over else "computed"}
    assert found["granted_fen"] - 100_000_000 == over or not over
    assert ("grants:held" in treasury.desk.actions()) == bool(over)


def test_a_clawback_is_the_awards_grant_once(treasury: Treasury) -> None:
    """A second sanction, or the same event again, claims nothing more; one without clawback claims nothing."""
    treasury.award({"a1": won(TOP), "a2": won(GOLD)})
    treasury.sanction("a2", claws_back=False, rule="33")
    treasury.sanction("a1")
    treasury.sanction("a1", rule="35")
    (line,) = treasury.grants()["clawbacks"]
    assert line == {"application_id": "a1", "amount_fen": 50_000_000, "rule": "34", "raised_on": "2026-05-01"}
    assert treasury.amounts()["a1", "award"] == 50_000_000
    assert [a for a in treasury.desk.actions() if a.startswith("clawback:")] == ["clawback:raised"]


def test_a_sanction_that_overtakes_its_award_waits(treasury: Treasury) -> None:
    """The events travel on queues of their own: it goes to a retry tier, and nothing is kept meanwhile."""
    with pytest.raises(Transient):
        treasury.sanction("a1")
    assert treasury.grants()["clawbacks"] == []
    treasury.award({"a1": won(TOP)})
    treasury.sanction("a1")
    assert [line["amount_fen"] for line in treasury.grants()["clawbacks"]] == [50_000_000]


def test_a_winner_without_money_has_a_clawback_of_nothing(database_url: str) -> None:
    """The order to give back is given all the same; the row says 0."""
    book = replace(CHANGNING, id="made-up-1", grants=())
    treasury = Treasury(database_url, other(book), rulebook=book)
    treasury.accept("a1", 1)
    treasury.award({"a1": won(TOP)})
    treasury.sanction("a1")
    assert treasury.amounts() == {}
    assert [line["amount_fen"] for line in treasury.grants()["clawbacks"]] == [0]
    treasury.desk.close()


def test_a_closing_heard_again_makes_no_second_grant(treasury: Treasury) -> None:
    """Told twice in spite of the inbox, the second telling breaks on the closing's key and leaves nothing."""
    treasury.award({"a1": won(TOP)})
    with pytest.raises(IntegrityError):
        treasury.hand_over("notice:award", ENDS, ["a1"])
    assert treasury.amounts() == {("a1", "award"): 50_000_000}
    assert len(treasury.closings("grants")) == 1


@pytest.mark.parametrize("member_first", [True, False])
def test_the_pools_grant_whatever_comes_first(generosity: Treasury, member_first: bool) -> None:
    """Membership and application travel on queues of their own; whatever becomes of the application."""
    if member_first:
        generosity.join()
    generosity.accept("a1", 1)
    generosity.accept("a2", 2, uscc="91310105MA1K300034")
    if not member_first:
        generosity.join()
    assert generosity.amounts() == {("a1", "pool"): 20_000_000}


def test_pool_and_award_add_up_each_to_its_cap_or_cost(generosity: Treasury) -> None:
    """Different projects: the pool's cost for the pool, the award's for the award."""
    generosity.accept("a1", 1, facts={"project_cost_yuan": 450_000})
    generosity.join(cost=15_000_000)
    generosity.award({"a1": won(TOP)})
    assert generosity.amounts() == {("a1", "award"): 45_000_000, ("a1", "pool"): 15_000_000}
    generosity.sanction("a1")
    assert [line["amount_fen"] for line in generosity.grants()["clawbacks"]] == [45_000_000]


def test_without_an_approved_cost_nothing_is_payable_yet(generosity: Treasury) -> None:
    """The row is there with 0 and its reason; a cost approved later brings the grant."""
    generosity.accept("a1", 1)
    generosity.join(cost=None)
    (line,) = generosity.grants()["grants"]
    assert (line["amount_fen"], "尚无核定费用" in line["explanation_zh"]) == (0, True)
    generosity.join(cost=12_000_000)
    assert generosity.amounts() == {("a1", "pool"): 12_000_000}


def _told(treasury: Treasury, event: type[Event], **data: Any) -> None:
    """What intake tells of a membership."""
    handler = {PoolJoined: pool.joined, PoolLeft: pool.left, PoolCostApproved: pool.cost_approved}[event]
    full = {"cycle_id": CYCLE, "membership_id": "m1", "uscc": ORGANIZATION, **data}
    with treasury.desk.work() as work:
        handler(work, treasury.conductor, load(event(), full))


def test_a_cost_that_is_approved_later_brings_the_grant(generosity: Treasury) -> None:
    """The approval may overtake the joining, and then waits for it."""
    approved = {"project_cost_fen": 12_000_000, "approved_on": "2025-06-02"}
    with pytest.raises(Transient):
        _told(generosity, PoolCostApproved, **approved)
    _told(generosity, PoolJoined, joined_on="2025-03-01")
    generosity.accept("a1", 1)
    assert generosity.amounts() == {("a1", "pool"): 0}
    _told(generosity, PoolCostApproved, **approved)
    assert generosity.amounts() == {("a1", "pool"): 12_000_000}


def test_a_member_that_does_not_apply_gets_its_grant_once(generosity: Treasury) -> None:
    """It is given for membership; an application that follows finds it made."""
    _told(generosity, PoolJoined, joined_on="2025-03-01")
    _told(generosity, PoolCostApproved, project_cost_fen=12_000_000, approved_on="2025-06-02")
    assert generosity.amounts() == {("m1", "pool"): 12_000_000}
    generosity.accept("a1", 1, applicant_key=f"organization:{ORGANIZATION}")
    assert generosity.amounts() == {("m1", "pool"): 12_000_000, ("a1", "pool"): 0}


def test_from_a_membership_that_was_left_nothing_new_follows(generosity: Treasury) -> None:
    """What was granted stays; one who joined again is a member again."""
    _told(generosity, PoolJoined, joined_on="2025-03-01", project_cost_fen=12_000_000)
    generosity.accept("a1", 1)
    _told(generosity, PoolLeft, left_on="2025-05-20", by="member")
    generosity.accept("a2", 2)
    assert generosity.amounts() == {("a1", "pool"): 12_000_000}
    _told(generosity, PoolJoined, joined_on="2025-05-21", project_cost_fen=5_000_000, membership_id="m2")
    assert generosity.amounts()["a2", "pool"] == 5_000_000


def test_what_an_earlier_cycle_paid_is_not_paid_again(generosity: Treasury) -> None:
    """Put on record before or after the grant was computed; the award of another level stays."""
    generosity.accept("a1", 1, facts={"project_cost_yuan": 450_000})
    generosity.join()
    assert generosity.amounts() == {("a1", "pool"): 20_000_000}
    generosity.paid("a1", "pool", None, 15_000_000)
    assert generosity.amounts() == {("a1", "pool"): 0}
    generosity.paid("a1", "award", GOLD, 1)
    generosity.award({"a1": won(TOP)})
    assert generosity.amounts()["a1", "award"] == 45_000_000
    generosity.paid("a1", "award", TOP, 45_000_000)
    assert generosity.amounts()["a1", "award"] == 0


def test_a_payment_is_recorded_in_full(generosity: Treasury) -> None:
    """An award's level is needed, the pool has none; instalments of one day both count; strangers are not found."""
    generosity.accept("a1", 1)
    for for_, level in [("award", None), ("pool", TOP)]:
        with pytest.raises(Invalid) as wrong:
            generosity.paid("a1", for_, level, 1)
        assert [e.field for e in wrong.value.errors] == ["level"]
    generosity.join()
    for _ in range(2):
        generosity.paid("a1", "pool", None, 5_000_000)
    (line,) = generosity.grants()["grants"]
    assert line["explanation_zh"].count("50,000 元") == 2
    with pytest.raises(NotFound):
        generosity.paid("a9", "pool", None, 1)


def test_what_is_made_once_is_made_once_over_all_real_cycles(database_url: str) -> None:
    """The next real cycle knows of the grant; a rehearsal beside it is a world of its own."""
    book = generous()
    treasury = Treasury(database_url, other(book), rulebook=book, rehearsal=False)
    treasury.open_cycle("c2", budget_fen=None, rehearsal=False, year=2027)
    treasury.open_cycle("c3", budget_fen=None, rehearsal=True, year=2027)
    for cycle_id, application in ((CYCLE, "a1"), ("c2", "b1"), ("c3", "d1")):
        facts = {"project_cost_yuan": 450_000}
        treasury.accept(application, 1, cycle_id=cycle_id, applicant_key="organization:one", facts=facts)
        treasury.award({application: won(TOP)}, cycle_id=cycle_id)
        if cycle_id != "c3":  # a rehearsal's file states what was approved
            treasury.approve_cost(application, 45_000_000)
    assert treasury.amounts() == {("a1", "award"): 45_000_000}
    assert treasury.amounts("c2") == {("b1", "award"): 0}
    assert treasury.amounts("c3") == {("d1", "award"): 45_000_000}
    treasury.desk.close()


def test_the_database_itself_refuses_a_second_grant_of_a_kind_made_once(generosity: Treasury) -> None:
    """Two replicas that computed at the same time could not both commit."""
    generosity.accept("a1", 1, applicant_key="organization:one")
    generosity.accept("a2", 2, applicant_key="organization:one")
    generosity.join()
    assert sorted(generosity.amounts().values()) == [0, 20_000_000]
    grants = models.grants
    with pytest.raises(IntegrityError), generosity.desk.work() as work:
        work.session.execute(grants.update().values(once_key="pool:"))


def test_every_change_is_audited(treasury: Treasury) -> None:
    """Each grant, the payment, the clawback; every event keeps its contract."""
    treasury.paid("a1", "award", TOP, 1)
    treasury.award({"a1": won(TOP)})
    treasury.sanction("a1")
    done = treasury.desk.actions()
    for action in ("payment:recorded", "grant:computed", "stage:closed", "clawback:raised"):
        assert action in done
    assert len(treasury.desk.told("stage.planned")) == 1


@pytest.mark.parametrize("status", ["late", "withdrawn"])
@pytest.mark.parametrize("pool_first", [True, False])
def test_the_pools_grant_does_not_depend_on_the_application(
    generosity: Treasury, status: str, pool_first: bool
) -> None:
    """Late, or taken back before it was submitted: whichever is heard first, membership is paid for, and listed last."""
    generosity.accept("a1", 1, uscc="91310105MA1K300034")
    for step in ("join", "apply") if pool_first else ("apply", "join"):
        generosity.join() if step == "join" else generosity.not_accepted("z9", status=status)
    generosity.join("91310105MA1K300034", 5_000_000)
    assert generosity.amounts() == {("a1", "pool"): 5_000_000, ("z9", "pool"): 20_000_000}
    assert [line["application_id"] for line in generosity.grants()["grants"]] == ["a1", "z9"]


def test_a_payment_counts_for_every_application_of_the_applicant(generosity: Treasury) -> None:
    """Recorded at one of two, it keeps back the grant of the other, which was there before."""
    for number, name in enumerate(("a1", "a2"), start=1):
        generosity.accept(name, number, applicant_key=f"organization:{ORGANIZATION}")
    generosity.join()
    assert generosity.amounts() == {("a1", "pool"): 20_000_000, ("a2", "pool"): 0}
    generosity.paid("a2", "pool", None, 15_000_000)
    assert generosity.amounts() == {("a1", "pool"): 0, ("a2", "pool"): 0}


def test_an_earlier_pool_grant_of_one_who_came_late_is_known(generosity: Treasury) -> None:
    """Once per organization, ever: nothing more is payable, and why is said."""
    generosity.join()
    generosity.not_accepted("z9")
    generosity.paid("z9", "pool", None, 15_000_000)
    (line,) = generosity.grants()["grants"]
    assert line["amount_fen"] == 0
    assert "只发放一次" in line["explanation_zh"]


def excepting(*exceptions: GrantException) -> Rulebook:
    """Made up: the top level's grant with exceptions."""
    rule = GrantRule("top", "award", TOP, MODEL, 50_000_000, False, None, False, exceptions, "26")
    return replace(CHANGNING, id="made-up-2", grants=(rule,))


AGAIN = GrantException("again", "3.3", None, (TOP,), uses_quota=False)


def test_who_won_before_is_told_by_the_qualification(database_url: str) -> None:
    """What the applicant stated and what this system itself conferred come the same way, carried from stage to stage."""
    book = excepting(AGAIN)
    made = Treasury(database_url, other(book), rulebook=book)
    for number, name in enumerate(("a1", "a2"), start=1):
        made.accept(name, number)
    made.award({"a1": won(TOP) | {"won_levels": [TOP]}, "a2": won(TOP) | {"won_levels": [GOLD]}})
    assert made.amounts() == {("a1", "award"): 0, ("a2", "award"): 50_000_000}
    made.paid("a1", "award", GOLD, 1)  # computed anew, and still known to have won
    assert made.amounts()["a1", "award"] == 0
    made.desk.close()


def test_exceptions_that_contradict_each_other_stop_the_grant_and_name_both(database_url: str) -> None:
    """Nothing is paid on a guess: the message is refused whole, so that it waits for a person."""
    half = GrantException("half", "3.5", "innovative_sme", amount_fen=100)
    book = excepting(AGAIN, half)
    made = Treasury(database_url, other(book), rulebook=book)
    made.accept("a1", 1, facts={"innovative_sme": True})
    with pytest.raises(ConflictingExceptions, match=r"again .*half"):
        made.award({"a1": won(TOP) | {"won_levels": [TOP]}})
    assert made.grants()["grants"] == []
    made.desk.close()


def _told_of_records(
    treasury: Treasury, event: Any, handler: Any, application: str, revision: int, **changes: Any
) -> None:
    data = {**event.EXAMPLE, "cycle_id": CYCLE, "application_id": application, "purpose": "payment"}
    with treasury.desk.work() as work:
        handler(work, treasury.conductor, load(event(), data | {"revision": revision, **changes}))


def _lines(treasury: Treasury) -> dict[str, tuple[str, str | None]]:
    reply = treasury.ask("grants", lambda w, d: ledger.listed(w, treasury.conductor, d), {}, "finance")
    return {line["application_id"]: (line["state"], line["held_zh"]) for line in reply["grants"]}


def test_a_grant_of_a_real_cycle_is_held_until_the_records_are_confirmed(database_url: str) -> None:
    """Each line by itself: one confirmed is payable, one that differs is held and says why, one not told of is held too."""
    treasury = Treasury(database_url, rehearsal=False)
    for number, name in enumerate(("a1", "a2", "a3"), start=1):
        treasury.accept(name, number)
    treasury.award({name: {"level": GOLD, "track": MODEL} for name in ("a1", "a2", "a3")})
    assert {state for state, _ in _lines(treasury).values()} == {"held"}
    _told_of_records(treasury, RecordsConfirmed, records.confirmed, "a1", 1, valid_until=None)
    _told_of_records(treasury, RecordsDiffer, records.differ, "a2", 1, reason_zh="安全部门答复不一致")
    assert _lines(treasury) == {
        "a1": ("computed", None), "a2": ("held", "安全部门答复不一致"), "a3": ("held", "部门记录尚未复核"),
    }  # fmt: skip
    _told_of_records(
        treasury,
        RecordsConfirmed,
        records.confirmed,
        "a2",
        2,
        valid_until=None,
        decided_by="office",
        reason="已核实",
    )
    assert _lines(treasury)["a2"] == ("computed", None)
    _told_of_records(
        treasury, RecordsConfirmed, records.confirmed, "a3", 1, valid_until=None, purpose="committee"
    )
    assert _lines(treasury)["a3"][0] == "held", "the committee's confirmation is not that of the payment"
    treasury.desk.close()


def _stopped(treasury: Treasury, application: str, revision: int) -> None:
    """An officer has decided so, and intake tells it."""
    said = {"reason_zh": "事故调查未结", "decided_by": "li"}
    _told_of_records(treasury, RecordsDiffer, records.differ, application, revision, **said)


def test_a_grant_that_an_officer_stops_is_stopped_for_good(database_url: str) -> None:
    """With the reason. It is not computed anew, takes nobody's budget, and nothing that is told later lets it go."""
    treasury = Treasury(database_url, rehearsal=False, budget_fen=15_000_000)
    for number, name in enumerate(("a1", "a2"), start=1):
        treasury.accept(name, number)
    treasury.award({name: {"level": GOLD, "track": MODEL} for name in ("a1", "a2")})
    _told_of_records(treasury, RecordsConfirmed, records.confirmed, "a2", 1, valid_until=None)
    assert {state for state, _ in _lines(treasury).values()} == {"held"}
    _told_of_records(treasury, RecordsDiffer, records.differ, "a1", 1)
    _stopped(treasury, "a1", 2)
    assert _lines(treasury) == {"a1": ("stopped", "事故调查未结"), "a2": ("computed", None)}
    _told_of_records(treasury, RecordsConfirmed, records.confirmed, "a1", 1, valid_until=None)
    treasury.paid("a1", "award", GOLD, 1)
    assert _lines(treasury)["a1"] == ("stopped", "事故调查未结")
    assert treasury.desk.actions().count("grants:stopped") == 1
    treasury.desk.close()


def test_what_is_given_once_may_be_given_for_another_award_where_it_was_stopped(database_url: str) -> None:
    """It never was paid: neither the sum over other applications nor the key of what is paid once holds it."""
    book = generous()
    treasury = Treasury(database_url, other(book), rulebook=book, rehearsal=False)
    for number, name in enumerate(("a1", "a2"), start=1):
        treasury.accept(name, number, applicant_key="organization:same")
    treasury.award({name: won(TOP) for name in ("a1", "a2")})
    treasury.approve_cost("a1", 45_000_000)
    treasury.approve_cost("a2", 30_000_000)
    assert treasury.amounts() == {("a1", "award"): 45_000_000, ("a2", "award"): 0}
    _stopped(treasury, "a1", 1)
    treasury.approve_cost("a2", 30_000_000)
    assert treasury.amounts() == {("a1", "award"): 45_000_000, ("a2", "award"): 30_000_000}
    treasury.desk.close()


def test_over_the_budget_a_confirmed_grant_is_held_too(database_url: str) -> None:
    """Two reasons to hold are independent: the budget holds all."""
    treasury = Treasury(database_url, rehearsal=False, budget_fen=1)
    treasury.accept("a1", 1)
    treasury.award({"a1": {"level": GOLD, "track": MODEL}})
    _told_of_records(treasury, RecordsConfirmed, records.confirmed, "a1", 1, valid_until=None)
    assert _lines(treasury) == {"a1": ("held", None)}
    treasury.desk.close()
