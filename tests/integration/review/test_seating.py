"""Panels of a real cycle on both databases: drawn before a witness, inspected, released, answered, chased, replaced."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.review import experts, models
from services.review.scoring import results, sheets
from services.review.seating import (
    answers,
    dissolving,
    drafts,
    draws,
    history,
    leaders,
    lists,
    offers,
    progress,
    records,
    releasing,
    replacing,
)
from services.review.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from tests.support.panels import declare, hand_in, report, state_nothing
from tests.support.rooms import CLOSES, CYCLE, Room

pytestmark = pytest.mark.integration

NAMES = ("a1", "a2", "a3")
POOL = tuple(f"E{n}" for n in range(1, 9))
STAGE = "document_review"
TERMS = offers.Terms()
WITNESS = "inspector"
DRAW = {"cycle_id": CYCLE, "stage": STAGE, "category": None}
Data = dict[str, Any]


class Office:
    """A real cycle whose document review is planned, and the people around it."""

    def __init__(self, url: str, pool: list[Data] | None = None) -> None:
        self.clock = FixedClock(datetime(2025, 6, 24, 9, tzinfo=SHANGHAI))
        self.room = Room("review", url, conductor, rehearsal=False, clock=self.clock)
        for number, name in enumerate(NAMES, start=1):
            self.room.accept(name, number)
        given = pool or [{"expert_id": name, "industry_expert": name < "E4"} for name in POOL]
        self.register(given)
        declare(self.room, [expert["expert_id"] for expert in given])
        self.room.hand_over("submission", CLOSES, NAMES)
        self.room.hand_over("qualification", date(2025, 6, 16), NAMES)
        self.room.hand_over("notice:qualification", date(2025, 6, 23), NAMES)

    def register(self, pool: list[Data]) -> None:
        self.room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})

    def ask(
        self, method: str, data: Data | None = None, role: str = "award_office", actor: str = "li"
    ) -> Data:
        """One call about the document review's panel."""
        handler = HANDLERS[method]
        about = {} if method in OF_THE_CYCLE else {"stage": STAGE}
        return self.room.ask(method, handler, {**about, **(data or {})}, role, actor)

    def prepare(self, **more: Any) -> Data:
        return self.ask("draw_panel", {"share": "office", "witness": WITNESS, **more})

    def witness(self, number: int = 1) -> None:
        self.ask("witness_draw", {"number": number, "share": "seen"}, "discipline", WITNESS)

    def compute(self, number: int = 1) -> None:
        """What the bus has review do when a draw was witnessed."""
        keep = draws.perform(self.room.desk.store, conductor, {**DRAW, "number": number})
        with self.room.desk.work() as work:
            keep(work)

    def draw(self, number: int = 1, **more: Any) -> Data:
        """A whole draw; the panel as the office then sees it."""
        self.prepare(**more)
        self.witness(number)
        self.compute(number)
        return self.panel()

    def panel(self) -> Data:
        return self.ask("inspect_panel")

    def release(self) -> Data:
        return self.ask("release_panel", {"revision": self.panel()["revision"]})

    def serve(self) -> list[str]:
        """A panel that was drawn and released; its members."""
        self.draw()
        return [member["expert_id"] for member in self.release()["members"]]

    def answer(self, expert: str, *, accept: bool = True, **more: Any) -> Data:
        return self.ask("answer_assignments", {"accept": accept, **more}, "reviewer", expert)

    def mine(self, expert: str) -> list[Data]:
        found: list[Data] = self.ask("my_assignments", None, "reviewer", expert)["panels"]
        return found

    def replace(self, expert: str, **more: Any) -> Data:
        found: Data = self.ask("replace_reviewer", {"expert_id": expert, "reason": "换人", **more})
        return found

    def submit(self, expert: str, application: str, percent: str = "80") -> None:
        state_nothing(self.room)
        hand_in(self.room, STAGE, expert, application, percent)

    def assigned(self, *states: str) -> list[Data]:
        """The assignments as the office sees them."""
        panels = self.ask("panels")["panels"]
        lines = [line for panel in panels for line in panel["assignments"]]
        return [line for line in lines if line["state"] in states]

    def begin(self) -> Data:
        return self.room.ask("begin_stage", conductor.begin_stage, {"stage": STAGE})

    def chase(self, hours: float) -> None:
        """The clock goes on, and ticks."""
        self.clock.move(timedelta(hours=hours))
        with self.room.desk.work() as work:
            offers.chase(work, TERMS)

    def entries(self, role: str = "discipline") -> list[Data]:
        found: list[Data] = self.ask("panel_history", None, role)["entries"]
        return found

    def spare(self) -> str:
        """One of the pool who has no seat."""
        seated = {member["expert_id"] for member in self.panel()["members"]}
        return next(name for name in POOL if name not in seated)


HANDLERS: dict[str, Callable[..., Data]] = {
    "draw_panel": lambda w, d: draws.prepare(w, conductor, d),
    "witness_draw": lambda w, d: draws.witness(w, conductor, d),
    "draws": lambda w, d: draws.listed(w, conductor, d),
    "draw_record": lambda w, d: draws.published(w, conductor, d),
    "inspect_panel": lambda w, d: drafts.inspect(w, conductor, d),
    "change_panel": lambda w, d: drafts.change(w, conductor, d),
    "release_panel": lambda w, d: releasing.release(w, conductor, d, TERMS),
    "answer_assignments": lambda w, d: answers.answer(w, conductor, d),
    "replace_reviewer": lambda w, d: replacing.replace(w, conductor, d, TERMS),
    "fill_panel": lambda w, d: replacing.fill(w, conductor, d, TERMS),
    "name_leader": lambda w, d: leaders.name(w, conductor, d),
    "led_panel": lambda w, d: leaders.led(w, conductor, d),
    "panel_progress": lambda w, d: progress.listed(w, conductor, d),
    "panel_history": lambda w, d: history.listed(w, conductor, d),
    "panels": lambda w, d: lists.listed(w, conductor, d),
    "my_assignments": lambda w, d: lists.mine(w, conductor, d),
    "submit_sheet": lambda w, d: sheets.submit(w, conductor, d),
    "scores": lambda w, d: results.listed(w, conductor, d),
}
OF_THE_CYCLE = ("draws", "panel_progress", "panel_history", "panels", "my_assignments", "scores")


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    made = Office(database_url)
    yield made
    made.room.desk.close()


# --- the draw -------------------------------------------------------------------------------------------------------


def test_a_draw_is_settled_by_a_witness_and_repeats_from_its_record(office: Office) -> None:
    """Until the witness acts nothing is drawn; the record alone, without a name in it, gives the same panel."""
    prepared = office.prepare()
    assert (prepared["state"], prepared["experts"], prepared["applications"]) == ("prepared", 8, 3)
    with pytest.raises(NotFound):
        office.panel()
    with pytest.raises(NotFound):
        office.ask("draw_record", {"number": 1})
    office.witness()
    office.compute()
    panel = office.panel()
    assert (panel["state"], panel["faults"]) == ("drafted", [])
    record = office.ask("draw_record", {"number": 1}, "auditor")["record"]
    assert records.repeat(record) == []
    assert record["draw"]["commitment"] == prepared["commitment"]
    text = json.dumps(record)
    assert not [name for name in (*POOL, *NAMES) if f'"{name}"' in text]


def test_who_is_away_or_has_not_declared_is_not_drawn(office: Office) -> None:
    """An absence on one of the stage's days; one that is over before the stage begins keeps nobody out."""
    with office.room.desk.work() as work:
        for number, (expert, day) in enumerate((("E1", date(2025, 6, 24)), ("E2", date(2025, 6, 23)))):
            row = {
                "id": f"absence-{number}",
                "world": "real",
                "expert_id": expert,
                "since": day,
                "until": day,
            }
            work.session.execute(models.absences.insert().values(**row, entered_by=expert))
    office.register([{"expert_id": "E9", "industry_expert": True}])
    assert office.prepare()["experts"] == 7
    office.witness()
    office.compute()
    drawn = {line["expert_id"] for line in office.panel()["members"]}
    assert not drawn & {"E1", "E9"}


def test_a_sealed_share_shows_nowhere_before_the_draw_has_ended(office: Office) -> None:
    """Neither in the list of draws nor in the history, whoever asks."""
    office.prepare(share="under-seal")
    office.witness()
    for role in ("award_office", "discipline", "auditor"):
        said = f"{office.ask('draws', None, role)} {office.ask('panel_history', None, role)}"
        assert "under-seal" not in said
    office.compute()
    assert office.ask("draw_record", {"number": 1})["record"]["draw"]["office_share"] == "under-seal"


def test_whoever_draws_cannot_be_the_witness_and_only_the_one_named_is(office: Office) -> None:
    """Nor can an expert of the pool; what is drawn once is not witnessed twice."""
    for witness in ("li", "E1"):
        with pytest.raises(Invalid) as refused:
            office.prepare(witness=witness)
        assert [error.field for error in refused.value.errors] == ["witness"]
    office.prepare()
    for role, actor in (("award_office", "li"), ("discipline", "another")):
        with pytest.raises(Forbidden):
            office.ask("witness_draw", {"number": 1, "share": "x"}, role, actor)
    office.witness()
    with pytest.raises(Conflict) as twice:
        office.witness()
    assert twice.value.code == "cannot_witness_witnessed"


def test_a_pool_that_changes_after_the_draw_was_prepared_changes_nothing(office: Office) -> None:
    """The inputs are frozen before anybody can know what they give."""
    before = office.prepare()
    office.register([{"expert_id": f"E{n}"} for n in range(20, 30)])
    office.witness()
    office.compute()
    assert office.ask("draws")["draws"][0]["inputs"] == before["inputs"]
    assert {member["expert_id"] for member in office.panel()["members"]} <= set(POOL)


def test_a_redraw_needs_a_reason_and_keeps_the_draw_before_it(office: Office) -> None:
    """Both records stay and repeat; a draw given up after its witness is seen as given up."""
    office.draw()
    with pytest.raises(Invalid) as refused:
        office.prepare()
    assert [error.field for error in refused.value.errors] == ["reason"]
    office.prepare(reason="专家名单有误")
    office.witness(2)
    late = draws.perform(office.room.desk.store, conductor, {**DRAW, "number": 2})
    office.prepare(reason="再次")
    with office.room.desk.work() as work:
        late(work)
    office.compute(2)  # brought once more
    assert office.panel()["draw"] == 1
    office.witness(3)
    office.compute(3)
    assert (office.panel()["draw"], office.panel()["revision"]) == (3, 2)
    states = [(draw["number"], draw["state"], draw["reason"]) for draw in office.ask("draws")["draws"]]
    assert states == [(1, "drawn", None), (2, "abandoned", "专家名单有误"), (3, "drawn", "再次")]
    for number in (1, 3):
        assert records.repeat(office.ask("draw_record", {"number": number})["record"]) == []
    assert [entry["entry"] for entry in office.entries()].count("drawn") == 2


def test_where_no_panel_is_lawful_the_draw_says_so_and_the_stage_is_not_blocked(database_url: str) -> None:
    """More experts, another draw, and it goes on."""
    office = Office(database_url, [{"expert_id": "E1"}, {"expert_id": "E2"}])
    office.prepare()
    office.witness()
    office.compute()
    (draw,) = office.ask("draws")["draws"]
    assert draw["state"] == "impossible"
    assert "需要 3 名" in draw["impossible_zh"]
    with pytest.raises(Conflict):
        office.begin()
    assert office.room.desk.told("cycle.blocked") == []
    office.register([{"expert_id": "E3"}])
    declare(office.room, ["E3"])
    assert office.draw(2, reason="补充专家")["state"] == "drafted"
    office.room.desk.close()


# --- the draft ------------------------------------------------------------------------------------------------------


def test_a_draft_is_invisible_to_experts_in_every_operation(office: Office) -> None:
    """No assignment, no panel to lead, nothing to answer, no sheet to hand in, and nobody is told."""
    seated = [member["expert_id"] for member in office.draw()["members"]]
    for name in seated:
        assert office.mine(name) == []
        for attempt in (
            lambda name=name: office.answer(name),
            lambda name=name: office.ask("led_panel", None, "reviewer", name),
            lambda name=name: office.submit(name, "a1"),
        ):
            with pytest.raises(NotFound):
                attempt()
    assert office.room.desk.told("assignment.offered") == []
    office.release()
    assert {told["expert_id"] for told in office.room.desk.told("assignment.offered")} == set(seated)
    assert [line["state"] for line in office.mine(seated[0])[0]["assignments"]] == ["released"] * 3


def test_a_change_by_hand_needs_to_be_lawful_and_known(office: Office) -> None:
    """An illegal one is refused by the name of its rule and leaves nothing; a stale one is refused; a good one is kept."""
    panel = office.draw()
    first, spare = panel["members"][0]["expert_id"], office.spare()
    office.register([{"expert_id": spare, "industry_expert": spare < "E4", "kin_of": ["a2"]}])
    swap = {"revision": 1, "changes": [{"leaving": first, "coming": spare}], "reason": "出国"}
    with pytest.raises(Conflict) as refused:
        office.ask("change_panel", swap)
    assert refused.value.code == "unlawful_panel"
    assert "panel.kept_from" in {error.field for error in refused.value.errors}
    assert office.panel() == panel
    one = {
        "revision": 1,
        "changes": [{"leaving": first, "coming": spare, "application_id": "a1"}],
        "reason": "出国",
    }
    changed = office.ask("change_panel", one)
    assert changed["revision"] == 2
    assert spare in {member["expert_id"] for member in changed["members"]}
    with pytest.raises(Conflict) as stale:
        office.ask("change_panel", one)
    assert stale.value.code == "stale_draft"
    (entry,) = [entry for entry in office.entries() if entry["entry"] == "changed"]
    assert (entry["reason"], entry["actor"]) == ("出国", "li")


def test_the_office_is_told_of_interests_by_number_and_its_watchers_by_reason(office: Office) -> None:
    """Also in the list of panels and in the history of what an expert declared."""
    office.register([{"expert_id": "E8", "kin_of": ["a1"]}])
    office.serve()
    seen = {role: office.ask("panels", None, role)["panels"][0] for role in ("award_office", "discipline")}
    assert (seen["award_office"]["grounds"], seen["award_office"]["recused"]) == ([], {})
    assert [ground["expert_id"] for ground in seen["discipline"]["grounds"]] == ["E8"]
    assert seen["discipline"]["recused"] == {"E8": ["a1"]}
    bound = office.assigned("released")[0]
    office.answer(bound["expert_id"], accept=False, application_id=bound["application_id"], reason="亲属",
                  interest="kin")  # fmt: skip
    (told,) = [entry for entry in office.entries() if entry["entry"] == "answered"]
    (hidden,) = [entry for entry in office.entries("award_office") if entry["entry"] == "answered"]
    assert told["detail"]["interest"] == "kin"
    assert "interest" not in hidden["detail"]


def test_a_panel_is_released_once_and_no_more_drawn_or_changed(office: Office) -> None:
    """And only as it was seen; an interest known by then keeps it from being released."""
    panel = office.draw()
    with pytest.raises(Conflict) as stale:
        office.ask("release_panel", {"revision": 7})
    assert stale.value.code == "stale_draft"
    first = panel["members"][0]
    office.register([{"expert_id": first["expert_id"], "kin_of": ["a1"]}])
    with pytest.raises(Conflict) as unlawful:
        office.release()
    assert unlawful.value.code == "unlawful_panel"
    office.register([{"expert_id": first["expert_id"]}])
    assert office.release()["state"] == "released"
    with pytest.raises(Conflict) as twice:
        office.release()
    assert twice.value.code == "cannot_release_released"
    with pytest.raises(Conflict):
        office.prepare(reason="又一次")
    with pytest.raises(Conflict):
        office.ask("change_panel", {"revision": 1, "changes": [], "reason": "x"})


def test_two_officers_who_release_at_once_release_once(office: Office) -> None:
    """One of them is refused, the experts are told once."""
    revision = office.draw()["revision"]
    refused: list[Problem] = []

    def press() -> None:
        try:
            office.ask("release_panel", {"revision": revision})
        except Conflict as problem:
            refused.append(problem)

    officers = [threading.Thread(target=press) for _ in range(2)]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join()
    assert [problem.code for problem in refused] == ["cannot_release_released"]
    told = [line["expert_id"] for line in office.room.desk.told("assignment.offered")]
    assert sorted(told) == sorted(set(told))


# --- the stage ------------------------------------------------------------------------------------------------------


def test_a_stage_waits_for_its_panel_and_begins_once_it_is_released(office: Office) -> None:
    """Refused with what is missing, shown as waited for, never blocked."""

    def waits() -> list[str]:
        found: list[str] = office.room.ask("stage", conductor.stage, {"stage": STAGE})["waiting_for"]
        return found

    for step in (lambda: None, office.draw):
        step()
        with pytest.raises(Conflict) as refused:
            office.begin()
        assert refused.value.code == "no_panel"
        assert len(waits()) == 1
    office.release()
    assert waits() == []
    state = office.begin()
    assert (state["state"], state["blocked"]) == ("begun", None)
    assert office.room.desk.told("cycle.blocked") == []


def test_a_refusal_leaves_a_gap_that_holds_the_stage_until_another_takes_over(office: Office) -> None:
    """The refusal names the application by its number."""
    first = office.serve()[0]
    office.answer(first, accept=False, application_id="a2", reason="时间不允许")
    with pytest.raises(Conflict) as refused:
        office.begin()
    assert "第 2 号" in refused.value.detail_zh
    (done,) = office.ask("fill_panel", {"reason": "补足"})["replaced"]
    assert (done["leaving"], done["applications"]) == (first, ["a2"])
    assert office.begin()["state"] == "begun"


def test_sheets_are_taken_from_those_who_accepted_and_counted_from_those_who_serve(office: Office) -> None:
    """One replaced after its sheet: kept, not counted; the newcomer is waited for."""
    seated = office.serve()
    office.begin()
    state_nothing(office.room)
    with pytest.raises(Conflict) as early:
        office.ask("submit_sheet", {"application_id": "a1", "percent": "80"}, "reviewer", seated[0])
    assert early.value.code == "not_accepted"
    for name in seated:
        office.answer(name)
    for name in seated:
        for application in NAMES:
            office.submit(name, application, "60")
    done = office.replace(seated[0], application_id="a1")["replaced"][0]
    with pytest.raises(Conflict) as waiting:
        office.room.ask("close_stage", conductor.close_stage, {"stage": STAGE})
    assert "第 1 号申报的 1 份" in waiting.value.detail_zh
    office.answer(done["coming"])
    office.submit(done["coming"], "a1", "90")
    report(office.room, STAGE, *NAMES)
    office.room.ask("close_stage", conductor.close_stage, {"stage": STAGE})
    scored = {line["application_id"]: line["score"] for line in office.ask("scores")["scores"]}
    assert scored == {"a1": "70.00", "a2": "60.00", "a3": "60.00"}
    with office.room.desk.store.read() as work:
        assert len(work.session.execute(select(models.sheets)).all()) == 10


# --- answers, silence, replacement ----------------------------------------------------------------------------------


def test_an_answer_is_given_once_and_by_nobody_else(office: Office) -> None:
    """Declining needs a reason; what was declined is not accepted; a stranger has nothing to answer."""
    first, second, _ = office.serve()
    with pytest.raises(Invalid):
        office.answer(first, accept=False)
    with pytest.raises(NotFound):
        office.answer(office.spare())
    office.answer(first, accept=False, application_id="a1", reason="有事")
    with pytest.raises(Conflict) as late:
        office.answer(first, application_id="a1")
    assert late.value.code == "cannot_accept_declined"
    assert office.answer(first)["answered"] == 2
    assert office.answer(second)["answered"] == 3
    with pytest.raises(NotFound):
        office.answer(second)
    assert [line["application_id"] for line in office.mine(first)[0]["assignments"]] == ["a2", "a3"]


def test_whoever_was_replaced_accepts_nothing_and_sees_nothing(office: Office) -> None:
    """The row stays as it is."""
    first = office.serve()[0]
    coming = office.replace(first)["replaced"][0]["coming"]
    assert office.mine(first) == []
    with pytest.raises(Conflict) as late:
        office.answer(first, application_id="a1")
    assert late.value.code == "cannot_accept_replaced"
    assert {line["expert_id"] for line in office.assigned("replaced")} == {first}
    assert len(office.mine(coming)[0]["assignments"]) == 3
    with pytest.raises(Conflict) as twice:
        office.replace(first, application_id="a1")
    assert twice.value.code == "cannot_replace_replaced"


def test_an_interest_declared_with_a_refusal_keeps_the_expert_away_from_then_on(office: Office) -> None:
    """From that application and from no other; and only a refusal can declare one."""
    first = office.serve()[0]
    with pytest.raises(Invalid):
        office.answer(first, application_id="a1", interest="kin")
    office.answer(first, accept=False, application_id="a1", reason="亲属", interest="kin")
    kept = {member["expert_id"]: member["kept_from"] for member in office.panel()["members"]}
    assert kept[first] == 1
    assert {line["application_id"] for line in office.mine(first)[0]["assignments"]} == {"a2", "a3"}


def test_a_replacement_passes_the_same_check(office: Office) -> None:
    """One with an interest, one who is there already and one who left are refused when named; the optimiser takes none of
    them, and says so where nobody is left.
    """
    seated = office.serve()
    first, second = seated[:2]
    others = [name for name in POOL if name not in seated]
    bound, free = others[0], others[1:]
    office.register([{"expert_id": bound, "industry_expert": bound < "E4", "kin_of": ["a1"]}])
    with pytest.raises(Conflict) as refused:
        office.replace(first, application_id="a1", coming=bound)
    assert "panel.kept_from" in {error.field for error in refused.value.errors}
    with pytest.raises(Conflict) as there:
        office.replace(first, application_id="a1", coming=second)
    assert there.value.code == "no_replacement"
    leaving = first
    for _ in free:
        leaving = office.replace(leaving, application_id="a1")["replaced"][0]["coming"]
        assert leaving in free
    with pytest.raises(Conflict) as nobody:
        office.replace(leaving, application_id="a1")
    assert nobody.value.code == "no_replacement"
    with pytest.raises(Conflict):
        office.replace(leaving, application_id="a1", coming=first)


def test_silence_is_chased_and_ends_with_the_office_never_as_acceptance(office: Office) -> None:
    """Two reminders, then silent; who answered is left alone; the office replaces the silent ones by force."""
    first, second, third = office.serve()
    office.answer(first)
    office.answer(second, application_id="a1")
    for hours, reminders in ((47, 0), (2, 2), (46, 2), (2, 4), (1, 4)):
        office.chase(hours)
        told = [
            line for line in office.room.desk.told("assignment.offered") if line["occasion"] == "reminder"
        ]
        assert len(told) == reminders
        assert {line["expert_id"] for line in told} <= {second, third}
    assert office.ask("panel_progress", {"show": "silent"})["reviewers"] == []
    office.chase(23)
    silent = office.ask("panel_progress", {"show": "silent"})["reviewers"]
    assert {(line["expert_id"], line["silent"]) for line in silent} == {(second, 2), (third, 3)}
    assert len(office.assigned("accepted")) == 4
    done = office.ask("fill_panel", {"silent": True, "reason": "逾期未答复"})
    assert {line["leaving"] for line in done["replaced"]} == {second, third}
    forced = [entry for entry in office.entries() if entry["entry"] == "replaced"]
    assert all(entry["detail"]["silent"] for entry in forced)
    assert office.ask("panel_progress", {"show": "silent"})["reviewers"] == []
    office.chase(0)
    assert len(office.assigned("accepted")) == 4


# --- leader, progress, end ------------------------------------------------------------------------------------------


def test_a_leader_sees_members_and_progress_and_follows_when_recused(office: Office) -> None:
    """Counts alone; nobody else sees them; the next in the order of the draw leads when it declines."""
    seated = office.serve()
    leader = office.panel()["leader"]
    assert leader == seated[0]
    office.begin()
    office.answer(seated[1])
    office.submit(seated[1], "a1", "35")
    led = office.ask("led_panel", None, "reviewer", leader)
    assert {line["expert_id"]: (line["assigned"], line["accepted"], line["sheets"]) for line in led["members"]} == {
        seated[0]: (3, 0, 0), seated[1]: (3, 3, 1), seated[2]: (3, 0, 0),
    }  # fmt: skip
    assert "35" not in str(led)
    assert [panel["leader"] for panel in office.mine(leader)] == [leader]
    assert [panel["leader"] for panel in office.mine(seated[1])] == [None]
    for other in (seated[1], office.spare()):
        with pytest.raises(NotFound):
            office.ask("led_panel", None, "reviewer", other)
    office.answer(leader, accept=False, application_id="a1", reason="亲属", interest="kin")
    assert office.panel()["leader"] == seated[1]
    with pytest.raises(NotFound):
        office.ask("led_panel", None, "reviewer", leader)
    office.ask("name_leader", {"expert_id": seated[2], "reason": "经验更多"})
    assert office.panel()["leader"] == seated[2]
    with pytest.raises(Invalid):
        office.ask("name_leader", {"expert_id": office.spare(), "reason": "x"})


def test_progress_adds_up_by_panel_and_by_reviewer(office: Office) -> None:
    """Of one withdrawn nothing is counted."""
    seated = office.serve()
    office.begin()
    office.answer(seated[0])
    office.submit(seated[0], "a1")
    office.answer(seated[1], accept=False, application_id="a2", reason="有事")
    found = office.ask("panel_progress", None, "auditor")
    (panel,) = found["panels"]
    names = ("assigned", "released", "accepted", "declined", "replaced", "silent", "sheets_in", "sheets_out")
    assert [panel[name] for name in names] == [8, 5, 3, 1, 0, 0, 1, 2]
    for name in names:
        assert sum(line[name] for line in found["reviewers"]) == panel[name]
    office.room.withdraw("a1")
    (panel,) = office.ask("panel_progress")["panels"]
    assert [panel[name] for name in names] == [5, 3, 2, 1, 0, 0, 0, 2]


def test_the_panel_is_dissolved_when_the_cycle_ends(office: Office) -> None:
    """Changning 10: its members see nothing more of it, what was done stays; before the end nothing happens."""
    seated = office.serve()
    for _ in range(2):
        with office.room.desk.work() as work:
            dissolving.dissolve(work, conductor)
    assert office.panel()["state"] == "released"
    for name in NAMES:
        office.room.withdraw(name)
    with office.room.desk.work() as work:
        dissolving.dissolve(work, conductor)
    assert office.panel()["state"] == "dissolved"
    assert office.mine(seated[0]) == []
    with pytest.raises(NotFound):
        office.answer(seated[0])
    with pytest.raises(NotFound):
        office.ask("led_panel", None, "reviewer", seated[0])
    office.chase(400)
    assert {line["occasion"] for line in office.room.desk.told("assignment.offered")} == {"release"}
    assert [entry["entry"] for entry in office.entries()][-1] == "dissolved"


def test_a_rehearsals_panels_cannot_be_drawn_by_hand(database_url: str) -> None:
    """They are formed when the stage begins, as ever."""
    room = Room("review", database_url, conductor)
    data = {"stage": STAGE, "share": "x", "witness": WITNESS}
    with pytest.raises(Conflict):
        room.ask("draw_panel", HANDLERS["draw_panel"], data)
    room.desk.close()


def test_every_step_is_in_the_audit_log(office: Office) -> None:
    """By its name."""
    seated = office.serve()
    office.answer(seated[0])
    office.replace(seated[1])
    assert {
        "panel:draw_prepared", "panel:draw_witnessed", "panel:drawn", "panel:released", "panel:answered",
        "panel:replaced",
    } <= set(office.room.desk.actions())  # fmt: skip
