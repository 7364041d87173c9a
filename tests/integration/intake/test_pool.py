"""The cultivation pool on both databases: three ways in, reviews, leaving, projects, advisers, and who sees what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from services.intake import cycles, pool, pool_advisers, pool_projects, pool_requests
from shared.contracts import Context, dump, load, operation
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.store.migrate import schema_differences
from tests.support.intake import IntakeDesk
from tests.support.works import Desk

pytestmark = pytest.mark.integration

OFFICE, APPLICANT, RECOMMENDER, REVIEWER = "award_office", "applicant", "recommending_body", "reviewer"
ONE, OTHER = "91310105MAXY50013E", "91310105MA1K300034"
OPENS, TODAY, LATER = date(2025, 5, 12), date(2025, 5, 20), date(2025, 9, 30)
WITH_GRANT, WITHOUT = "hangzhou-2025", "changning-2023"
HANDLERS = {
    "join_pool": pool.join, "ask_for_pool": pool_requests.ask, "pool_requests": pool_requests.listed,
    "decide_pool_request": pool_requests.decide, "pool_members": pool.members, "entrust_pool_member": pool.entrust,
    "review_pool_member": pool.review, "leave_pool": pool.leave, "ask_for_pool_project": pool_projects.ask,
    "decide_pool_project": pool_projects.decide, "register_adviser": pool_advisers.register,
    "pool_advisers": pool_advisers.listed,
}  # fmt: skip


class Pool:
    """The office's desk with one rehearsal, whose pool is a world of its own; every call is held to its contract."""

    def __init__(self, url: str, rulebook: str = WITHOUT) -> None:
        self.desk = Desk("intake", url)
        self.cycle = self.open_cycle(rulebook)

    def open_cycle(self, rulebook: str) -> str:
        data = {
            "rulebook": rulebook, "year": 2025, "opens_on": OPENS, "closes_on": date(2025, 6, 13), "budget_fen": None,
            "rehearsal": True,
        }  # fmt: skip
        with self.desk.work(OFFICE, on=OPENS) as work:
            return str(cycles.open_cycle(work, data, rehearsals=True)["cycle_id"])

    def ask(
        self,
        method: str,
        role: str,
        actor: str = "li",
        *,
        on: date | None = TODAY,
        unit: str = "",
        **data: Any,
    ) -> dict[str, Any]:
        contract = operation("intake", method)
        assert role in contract.roles
        if "cycle_id" in contract.request().fields:
            data = {"cycle_id": self.cycle, **data}
        request = load(contract.request(), data)
        context = Context(message_id=new_id(), actor=actor, role=role, rehearsal_date=on, on_behalf_of=unit)
        with self.desk.store.transaction() as tx, tx.savepoint():
            return dump(contract.reply(), HANDLERS[method](tx.work(context), request))

    def request(self, role: str, actor: str, uscc: str = ONE, **more: Any) -> str:
        contact = {"name": "陈晨", "phone": "021-5555 0100"}
        asked = self.ask(
            "ask_for_pool", role, actor, uscc=uscc, name="示例公司", reason="有意", contact=contact, **more
        )
        return str(asked["request_id"])

    def admit(self, request_id: str, **more: Any) -> str:
        decided = self.ask("decide_pool_request", OFFICE, request_id=request_id, admitted=True, **more)
        return str(decided["membership_id"])

    def member(self, actor: str = "anna", uscc: str = ONE) -> str:
        return self.admit(self.request(APPLICANT, actor, uscc))


@pytest.fixture
def world(database_url: str) -> Iterator[Pool]:
    made = Pool(database_url)
    yield made
    made.desk.close()


@pytest.fixture
def paying(database_url: str) -> Iterator[Pool]:
    """A rulebook that gives money for membership."""
    made = Pool(database_url, WITH_GRANT)
    yield made
    made.desk.close()


def test_the_migration_makes_what_the_models_say(database_url: str) -> None:
    assert schema_differences("intake", database_url) == []


@pytest.mark.parametrize(
    ("role", "way", "unit"),
    [(APPLICANT, "own", ""), (RECOMMENDER, "industry", "某行业协会"), (REVIEWER, "expert", "")],
)
def test_the_three_ways_in(world: Pool, role: str, way: str, unit: str) -> None:
    """Changning 13: the role says the way; a named officer decides; the other services are told once."""
    request = world.request(role, "wang", unit=unit)
    (line,) = world.ask("pool_requests", OFFICE)["requests"]
    assert (line["way"], line["asked_by"], line["body"], line["state"]) == (
        way,
        "wang",
        unit or None,
        "waiting",
    )
    assert line["contact"] == {"name": "陈晨", "phone": "021-5555 0100"}
    membership = world.admit(request)
    (member,) = world.ask("pool_members", OFFICE)["members"]
    assert (member["membership_id"], member["way"], member["name"]) == (membership, way, "示例公司")
    assert member["account"] == ("wang" if way == "own" else None)
    (told,) = world.desk.told("pool.joined")
    assert (told["membership_id"], told["uscc"], told["joined_on"]) == (membership, ONE, TODAY)
    (line,) = world.ask("pool_requests", OFFICE, state="admitted")["requests"]
    assert (line["decided_by"], line["decided_on"]) == ("li", str(TODAY))


def test_an_organization_is_in_once(world: Pool) -> None:
    """Several may ask for it, each once; when it is in, all have their answer, and nobody can ask or enter it again."""
    own, industry = world.request(APPLICANT, "anna"), world.request(RECOMMENDER, "town", unit="某镇")
    with pytest.raises(Conflict):
        world.request(APPLICANT, "anna")
    membership = world.admit(industry)
    (mine,) = world.ask("pool_requests", APPLICANT, "anna")["requests"]
    assert (mine["request_id"], mine["state"], mine["membership_id"]) == (own, "admitted", membership)
    for again in (
        lambda: world.request(REVIEWER, "E1"),
        lambda: world.admit(own),
        lambda: world.ask("join_pool", OFFICE, uscc=ONE, joined_on=str(TODAY)),
    ):
        with pytest.raises(Conflict):
            again()
    assert len(world.desk.told("pool.joined")) == 1


def test_nobody_joins_on_a_day_to_come(database_url: str) -> None:
    """In a real cycle: it would be a member that cannot leave. A rehearsal's file says beforehand who joins when."""
    desk = IntakeDesk(database_url)
    cycle = desk.open()

    def join(on: date) -> Any:
        return desk.ask("join_pool", pool.join, OFFICE, cycle_id=cycle, uscc=ONE, joined_on=str(on))

    today = desk.clock.today()
    with pytest.raises(Invalid) as refused:
        join(today + timedelta(days=1))
    assert [error.field for error in refused.value.errors] == ["joined_on"]
    assert join(today) == {"done": True}
    desk.close()


def test_a_refusal_needs_its_reason_and_is_final(world: Pool) -> None:
    """Without a reason it is no refusal; after it the organization may ask again."""
    request = world.request(APPLICANT, "anna")
    with pytest.raises(Invalid) as wrong:
        world.ask("decide_pool_request", OFFICE, request_id=request, admitted=False)
    assert [error.field for error in wrong.value.errors] == ["reason"]
    world.ask("decide_pool_request", OFFICE, request_id=request, admitted=False, reason="材料不足")
    with pytest.raises(Conflict):
        world.admit(request)
    assert world.desk.told("pool.joined") == []
    world.admit(world.request(APPLICANT, "anna"))


def test_who_asked_sees_its_own_requests_and_nobody_elses(world: Pool) -> None:
    """Also with the leakable one beside it, and whatever the role."""
    world.request(APPLICANT, "anna")
    world.request(APPLICANT, "ben", OTHER)
    world.request(RECOMMENDER, "town", unit="某镇")
    for role, actor in ((APPLICANT, "anna"), (APPLICANT, "ben"), (RECOMMENDER, "town")):
        seen = world.ask("pool_requests", role, actor)["requests"]
        assert [line["asked_by"] for line in seen] == [actor]
    assert world.ask("pool_requests", REVIEWER, "E9")["requests"] == []
    watched = world.ask("pool_requests", "auditor")["requests"]
    assert [line["contact"] for line in watched] == [None] * 3


def test_a_member_sees_itself_alone_and_another_is_not_found(world: Pool) -> None:
    """The query holds the account; every act on another's membership says that there is none."""
    hers, his = world.member("anna"), world.member("ben", OTHER)
    (line,) = world.ask("pool_members", APPLICANT, "anna")["members"]
    assert line["membership_id"] == hers
    assert len(world.ask("pool_members", OFFICE)["members"]) == 2
    with pytest.raises(NotFound):
        world.ask("leave_pool", APPLICANT, "anna", membership_id=his, reason="x")
    with pytest.raises(NotFound):
        project = {"title": "某项目", "summary": "s", "cost_fen": 1}
        world.ask("ask_for_pool_project", APPLICANT, "anna", membership_id=his, **project)


def test_the_office_says_who_acts_for_a_member_that_others_recommended(world: Pool) -> None:
    """Until then no account sees it."""
    membership = world.admit(world.request(REVIEWER, "E1"))
    assert world.ask("pool_members", APPLICANT, "anna")["members"] == []
    world.ask("entrust_pool_member", OFFICE, membership_id=membership, account="anna")
    (line,) = world.ask("pool_members", APPLICANT, "anna")["members"]
    assert line["membership_id"] == membership


def test_the_contact_is_stored_encrypted(world: Pool) -> None:
    """Neither name nor number of the contact is in the table."""
    world.request(APPLICANT, "anna")
    with world.desk.store.engine.connect() as connection:
        row = "".join(str(v) for v in connection.exec_driver_sql("SELECT * FROM pool_requests").one())
    assert "5555" not in row
    assert "陈晨" not in row


def test_who_has_no_review_of_a_year_is_listed(world: Pool) -> None:
    """Kept with year, result, officer and note; a second one of a year replaces the first; others years are refused."""
    first, second = world.member("anna"), world.member("ben", OTHER)
    review = {"membership_id": first, "result": "satisfactory", "note": "按计划"}
    assert world.ask("pool_members", OFFICE, year=2025)["without_review"] == [first, second]
    world.ask("review_pool_member", OFFICE, year=2025, **review)
    state = world.ask(
        "review_pool_member", OFFICE, "zhou", year=2025, **{**review, "result": "unsatisfactory"}
    )
    (line,) = state["reviews"]
    assert (line["year"], line["result"], line["reviewed_by"], line["note"]) == (
        2025,
        "unsatisfactory",
        "zhou",
        "按计划",
    )
    assert world.ask("pool_members", OFFICE, year="2025")["without_review"] == [second]
    assert world.ask("pool_members", OFFICE, year=2024)["without_review"] == []
    for year in (2024, 2026):
        with pytest.raises(Invalid):
            world.ask("review_pool_member", OFFICE, year=year, **review)


def test_who_leaves_owes_no_review_and_may_join_again(world: Pool) -> None:
    """Leaving is told with its membership; joining again is another one, not before the day of leaving."""
    first = world.member()
    state = world.ask("leave_pool", APPLICANT, "anna", on=LATER, membership_id=first, reason="迁出")
    assert (state["left_on"], state["left_by"], state["left_reason"]) == (str(LATER), "member", "迁出")
    (told,) = world.desk.told("pool.left")
    assert (told["membership_id"], told["left_on"], told["by"]) == (first, LATER, "member")
    with pytest.raises(Conflict):
        world.ask("leave_pool", OFFICE, on=LATER, membership_id=first, reason="again")
    assert world.ask("pool_members", OFFICE, on=LATER, year=2025)["without_review"] == []
    again = world.request(APPLICANT, "anna", on=LATER)
    with pytest.raises(Invalid):
        world.admit(again, joined_on=str(TODAY))
    second = world.ask("decide_pool_request", OFFICE, on=LATER, request_id=again, admitted=True)
    assert second["membership_id"] != first
    assert len(world.ask("pool_members", APPLICANT, "anna", on=LATER)["members"]) == 2


def test_the_office_removes_a_member_with_its_reason(world: Pool) -> None:
    """Not before it joined, not in the future."""
    membership = world.member()
    for day in ("2025-05-01", "2025-05-21"):
        with pytest.raises(Invalid):
            world.ask("leave_pool", OFFICE, membership_id=membership, reason="r", left_on=day)
    assert world.ask("leave_pool", OFFICE, membership_id=membership, reason="r")["left_by"] == "office"


def test_a_project_is_asked_for_and_its_cost_approved_once(paying: Pool) -> None:
    """Not above what was asked for; a refusal needs its reason, and after it the member may ask again."""
    membership = paying.member()
    project = {
        "membership_id": membership,
        "title": "卓越绩效导入",
        "summary": "流程",
        "cost_fen": 36_000_000,
    }
    (line,) = paying.ask("ask_for_pool_project", APPLICANT, "anna", **project)["projects"]
    with pytest.raises(Conflict):
        paying.ask("ask_for_pool_project", APPLICANT, "anna", **project)
    for decision, field in (({}, "reason"), ({"approved_cost_fen": 36_000_001}, "approved_cost_fen")):
        with pytest.raises(Invalid) as wrong:
            paying.ask("decide_pool_project", OFFICE, project_id=line["project_id"], **decision)
        assert [error.field for error in wrong.value.errors] == [field]
    paying.ask("decide_pool_project", OFFICE, project_id=line["project_id"], reason="预算不明")
    assert paying.desk.told("pool.cost_approved") == []
    again = paying.ask("ask_for_pool_project", APPLICANT, "anna", **project)["projects"][-1]
    decision = {"project_id": again["project_id"], "approved_cost_fen": 32_000_000}
    state = paying.ask("decide_pool_project", OFFICE, **decision)
    assert state["project_cost_fen"] == 32_000_000
    assert [p["state"] for p in state["projects"]] == ["refused", "approved"]
    (told,) = paying.desk.told("pool.cost_approved")
    assert (told["membership_id"], told["project_cost_fen"]) == (membership, 32_000_000)
    for act in (
        lambda: paying.ask("decide_pool_project", OFFICE, **decision),
        lambda: paying.ask("ask_for_pool_project", APPLICANT, "anna", **project),
    ):
        with pytest.raises(Conflict):
            act()


def test_no_project_where_the_rulebook_gives_no_money_for_membership(world: Pool) -> None:
    with pytest.raises(Conflict):
        project = {"title": "某项目", "summary": "s", "cost_fen": 1}
        world.ask("ask_for_pool_project", APPLICANT, "anna", membership_id=world.member(), **project)


def test_an_adviser_registers_itself_or_by_the_office(world: Pool) -> None:
    """Changning 15: of a member, once, not for another expert; an expert sees its own."""
    with pytest.raises(Invalid) as wrong:
        world.ask("register_adviser", REVIEWER, "E1", uscc=ONE, since="2025-02-01")
    assert [error.field for error in wrong.value.errors] == ["uscc"]
    world.member()
    world.ask("register_adviser", REVIEWER, "E1", uscc=ONE, since="2025-02-01")
    world.ask("register_adviser", OFFICE, uscc=ONE, expert_id="E2", since="2025-03-01")
    for role, actor, data in (
        (REVIEWER, "E1", {"expert_id": "E3"}),
        (OFFICE, "li", {}),
        (REVIEWER, "E4", {"since": "2025-06-01"}),
    ):
        with pytest.raises(Invalid):
            world.ask("register_adviser", role, actor, **{"uscc": ONE, "since": "2025-02-01", **data})
    with pytest.raises(Conflict):
        world.ask("register_adviser", REVIEWER, "E1", uscc=ONE, since="2025-04-01")
    assert [told["expert_id"] for told in world.desk.told("pool.adviser_registered")] == ["E1", "E2"]
    assert [a["expert_id"] for a in world.ask("pool_advisers", REVIEWER, "E2")["advisers"]] == ["E2"]
    assert [a["expert_id"] for a in world.ask("pool_advisers", OFFICE)["advisers"]] == ["E1", "E2"]


def test_each_rehearsal_has_a_pool_of_its_own(world: Pool) -> None:
    """And a rehearsal's day is not taken for a real one."""
    world.member()
    world.cycle = world.open_cycle(WITHOUT)
    assert world.ask("pool_members", OFFICE)["members"] == []
    world.member("ben")
    real = {
        "rulebook": WITHOUT, "year": 2025, "opens_on": OPENS, "closes_on": date(2025, 6, 13), "budget_fen": None,
        "rehearsal": False,
    }  # fmt: skip
    with world.desk.work(OFFICE) as work:
        world.cycle = cycles.open_cycle(work, real, rehearsals=True)["cycle_id"]
    with pytest.raises(Forbidden):
        world.ask("pool_members", OFFICE)
    with pytest.raises(Forbidden):
        world.request(RECOMMENDER, "town", on=None)  # of a real cycle, for no body


def test_every_step_is_audited(paying: Pool) -> None:
    """What was asked, decided, reviewed and left stands in the log."""
    membership = paying.member()
    paying.ask("review_pool_member", OFFICE, membership_id=membership, year=2025, result="satisfactory")
    paying.ask("register_adviser", OFFICE, uscc=ONE, expert_id="E2", since="2025-03-01")
    paying.ask("leave_pool", OFFICE, membership_id=membership, reason="r")
    assert paying.desk.actions()[1:] == [
        "pool:asked", "pool:joined", "pool:request_decided", "pool:reviewed", "pool:adviser_registered", "pool:left",
    ]  # fmt: skip
