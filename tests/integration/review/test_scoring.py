"""Score sheets in real cycles, on both databases: drafts, locks, returns, consensus, who sees what, how scores come about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from services.review import experts, models
from services.review.conflicts import recorded
from services.review.scoring import consensus, drafts, explained, figures, reading, results, sheets
from services.review.stages import conductor
from shared.clock import SHANGHAI, FixedClock
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from shared.procedure import Conductor, Cycle
from tests.support.panels import declare, fill, report, seat
from tests.support.rooms import CHANGNING, CLOSES, CYCLE, Room

pytestmark = pytest.mark.integration

STAGE = "document_review"
NAMES = ("a1", "a2")
TREE = CHANGNING.criteria_for("organization", None)
assert TREE is not None
ITEMS = tuple(leaf.key for leaf in TREE.leaves)
NOON = datetime(2025, 6, 24, 12, tzinfo=SHANGHAI)  # of the first day of the document review
WORDS = {"strengths": "有方法", "improvements": "缺少对比", "rationale": "见自评报告"}


class Scoring:
    """A real cycle in which two applications are read by three reviewers, one of whom leads."""

    def __init__(self, url: str) -> None:
        self.room = Room("review", url, conductor, rehearsal=False, clock=FixedClock(NOON))
        for number, name in enumerate(NAMES, start=1):
            self.room.accept(name, number)
        self.register([{"expert_id": f"E{n}"} for n in range(1, 4)])
        declare(self.room, [f"E{n}" for n in range(1, 4)])
        for stage, on in (
            ("submission", CLOSES),
            ("qualification", date(2025, 6, 16)),
            ("notice:qualification", date(2025, 6, 23)),
        ):
            self.room.hand_over(stage, on, NAMES)
        self.leader, self.second, self.third = seat(self.room, STAGE)
        self.room.begin(STAGE, None)
        self.lead(self.leader)

    def register(self, pool: list[dict[str, Any]]) -> None:
        self.room.ask("register_experts", lambda w, d: experts.register(w, conductor, d), {"experts": pool})

    def close(self) -> None:
        report(self.room, STAGE, *NAMES)
        self.room.close(STAGE, None)

    def lead(self, expert_id: str | None) -> None:
        with self.room.desk.work() as work:
            work.session.execute(update(models.panels).values(leader=expert_id))

    def ask(self, method: str, handler: Any, actor: str, data: dict[str, Any], role: str = "reviewer") -> Any:
        given = {"stage": STAGE, **data}
        return self.room.ask(method, lambda w, d: handler(w, conductor, d), given, role, actor)

    def mine(self, actor: str, application: str = "a1") -> dict[str, Any]:
        found: dict[str, Any] = self.ask("my_sheet", drafts.mine, actor, {"application_id": application})
        return found

    def save(
        self, actor: str, item: str, revision: int, application: str = "a1", **content: Any
    ) -> dict[str, Any]:
        data = {"application_id": application, "item": item, "revision": revision, **content}
        found: dict[str, Any] = self.ask("save_sheet_item", drafts.save, actor, data)
        return found

    def fill(self, actor: str, percent: str, application: str = "a1") -> int:
        return fill(self.room, STAGE, actor, application, percent)

    def save_all(self, actor: str, percent: str, application: str = "a1") -> int:
        """Every item as it is saved, in one transaction."""
        revision: int = self.mine(actor, application)["revision"]
        content = {"percent": percent, "band": None, **WORDS}
        with self.room.desk.work("reviewer", actor) as work:
            for item in ITEMS:
                here = {"cycle_id": CYCLE, "stage": STAGE, "application_id": application, "item": item}
                revision = drafts.save(work, conductor, {**here, **content, "revision": revision})["revision"]
        return revision

    def hand_in(self, actor: str, revision: int, application: str = "a1") -> str:
        data = {"application_id": application, "revision": revision}
        total: str = self.ask("hand_in_sheet", sheets.hand_in, actor, data)["total"]
        return total

    def whole(self, actor: str, percent: str, application: str = "a1") -> str:
        return self.hand_in(actor, self.fill(actor, percent, application), application)

    def all_in(self, *percents: str, application: str = "a1") -> None:
        for actor, percent in zip((self.leader, self.second, self.third), percents, strict=True):
            self.whole(actor, percent, application)

    def give_back(self, actor: str, expert_id: str, application: str = "a1") -> Any:
        data = {"application_id": application, "expert_id": expert_id, "reason": "缺少依据"}
        return self.ask("return_sheet", reading.give_back, actor, data)

    def lines(self, actor: str, role: str = "reviewer") -> dict[tuple[str, str], str]:
        found = self.ask("sheet_lines", reading.states, actor, {}, role)["sheets"]
        return {(line["application_id"], line["expert_id"]): line["state"] for line in found}

    def read(self, actor: str, application: str = "a1") -> dict[str, str]:
        found = self.ask("read_sheets", reading.read, actor, {"application_id": application})["sheets"]
        return {sheet["expert_id"]: sheet["total"] for sheet in found}

    def open(self, actor: str, *participants: str) -> dict[str, Any]:
        data = {"application_id": "a1", "participants": list(participants)}
        found: dict[str, Any] = self.ask("open_consensus", consensus.open_, actor, data)
        return found

    def agree_on_all(self, percent: str, reason: str = "") -> None:
        with self.room.desk.work("reviewer", self.leader) as work:
            for item in ITEMS:
                here = {"cycle_id": CYCLE, "stage": STAGE, "application_id": "a1", "item": item}
                consensus.agree(work, conductor, {**here, "percent": percent, "reason": reason})

    def agree(self, item: str, percent: str, reason: str = "") -> dict[str, Any]:
        data = {"application_id": "a1", "item": item, "percent": percent, "reason": reason}
        found: dict[str, Any] = self.ask("agree_on_item", consensus.agree, self.leader, data)
        return found

    def end(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask(
            "close_consensus", consensus.close, self.leader, {"application_id": "a1"}
        )
        return found

    def let_go(self) -> None:
        """A supervisor lets the first application go on without a replacement of the third."""
        hold = {"application_id": "a1", "expert_id": self.third, "reason": "余下两份评分表足够"}
        self.ask("release_hold", recorded.release, "watcher", hold, "discipline")

    def look(self, actor: str, role: str = "reviewer") -> dict[str, Any]:
        found: dict[str, Any] = self.ask("consensus", consensus.look, actor, {"application_id": "a1"}, role)
        return found

    def spread(self, actor: str, role: str = "award_office") -> dict[str, Any]:
        found: dict[str, Any] = self.ask("spread", figures.spreads, actor, {}, role)
        return found

    def explain(self, actor: str, role: str = "award_office", application: str = "a1") -> dict[str, Any]:
        data = {"application_id": application}
        found: dict[str, Any] = self.ask("explained_score", explained.explain, actor, data, role)
        return found

    def scores(self) -> dict[str, tuple[str, int]]:
        found = self.room.ask("scores", lambda w, d: results.listed(w, conductor, d), {})["scores"]
        return {line["application_id"]: (line["score"], line["valid_sheets"]) for line in found}


@pytest.fixture
def cycle(database_url: str) -> Iterator[Scoring]:
    made = Scoring(database_url)
    yield made
    made.room.desk.close()


def test_a_sheet_is_written_item_by_item_and_locked(cycle: Scoring) -> None:
    """The running total is the server's; handed in, the sheet is what the draft was, and takes no more."""
    me = cycle.second
    assert (cycle.mine(me)["state"], cycle.mine(me)["revision"], cycle.mine(me)["total"]) == (
        "draft", 0, "0.000",
    )  # fmt: skip
    saved = cycle.save(me, "4.7.2", 0, percent="50", **WORDS)
    assert saved == {"revision": 1, "total": "4.000", "complete": 1, "items": len(ITEMS)}
    revision = cycle.save_all(me, "65")
    sheet = cycle.mine(me)
    assert sheet["lacking"] == []
    assert {line["band"] for line in sheet["items"]} == {"50-65"}
    assert next(line["points"] for line in sheet["items"] if line["item"] == "4.7.2") == "52"
    assert cycle.hand_in(me, revision) == "65.000"
    assert cycle.mine(me)["state"] == "submitted"
    with pytest.raises(Conflict) as locked:
        cycle.save(me, "4.7.2", revision, percent="100", **WORDS)
    assert locked.value.code == "sheet_locked"
    with pytest.raises(Conflict) as twice:
        cycle.hand_in(me, revision)
    assert twice.value.code == "sheet_locked"
    with cycle.room.desk.store.read() as work:
        rows = work.session.execute(select(models.sheet_items)).all()
    assert {(row.expert_id, row.thousandths, row.rationale) for row in rows} == {(me, 65_000, "见自评报告")}
    assert len(rows) == len(ITEMS)


def test_what_is_missing_is_named_by_item(cycle: Scoring) -> None:
    """A number without its words is kept in the draft and refused when the sheet is handed in."""
    me = cycle.second
    content = {"percent": "50", "strengths": "有", "improvements": " ", "rationale": ""}
    revision = cycle.save(me, "4.2.2", cycle.fill(me, "50"), **content)["revision"]
    told = [(line["item"], line["field"]) for line in cycle.mine(me)["lacking"]]
    assert told == [("4.2.2", "improvements"), ("4.2.2", "rationale")]
    with pytest.raises(Invalid) as refused:
        cycle.hand_in(me, revision)
    assert [e.field for e in refused.value.errors] == ["items.4.2.2.improvements", "items.4.2.2.rationale"]
    assert all("战略制定" in e.reason_zh for e in refused.value.errors)
    assert cycle.lines("office", "award_office")["a1", me] == "out"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"percent": "62"}, "percent"),
        ({"percent": "62.5"}, "percent"),
        ({"percent": "60", "band": "70-85"}, "band"),
        ({"band": "60-70"}, "band"),
    ],
)
def test_a_percent_keeps_to_the_step_and_its_band(
    cycle: Scoring, content: dict[str, str], field: str
) -> None:
    """What is no step, or lies in another band than was chosen, is refused by field; nothing is saved."""
    with pytest.raises(Invalid) as refused:
        cycle.save(cycle.second, "4.1.2", 0, **content)
    assert [e.field for e in refused.value.errors] == [field]
    assert cycle.mine(cycle.second)["revision"] == 0


def test_a_band_may_be_chosen_before_the_percent(cycle: Scoring) -> None:
    """And an item that does not exist is none."""
    cycle.save(cycle.second, "4.1.2", 0, band="70-85")
    (line, *_) = cycle.mine(cycle.second)["items"]
    assert (line["band"], line["percent"]) == ("70-85", None)
    with pytest.raises(Invalid):
        cycle.save(cycle.second, "4.1", 0, band="70-85")


def test_a_stale_save_is_told_and_overwrites_nothing(cycle: Scoring) -> None:
    """Two windows: different items both stay; the same item is refused with what stands there; the same text is no clash."""
    me = cycle.second
    cycle.save(me, "4.1.2", 0, strengths="第一个窗口")
    assert cycle.save(me, "4.1.3", 0, strengths="第二个窗口")["revision"] == 2
    with pytest.raises(Conflict) as stale:
        cycle.save(me, "4.1.2", 0, strengths="第二个窗口", percent="50")
    assert stale.value.code == "changed_meanwhile"
    assert [(e.field, e.reason_zh) for e in stale.value.errors] == [
        ("strengths", "现为 第一个窗口"),
        ("band", "现为空"),
        ("percent", "现为空"),
    ]
    assert cycle.save(me, "4.1.2", 0, strengths="第一个窗口")["revision"] == 2
    assert cycle.save(me, "4.1.2", 2, strengths="第二个窗口")["revision"] == 3
    with pytest.raises(Conflict) as unknown:
        cycle.save(me, "4.1.2", 9, strengths="x")
    assert unknown.value.code == "no_such_revision"


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each of several calls that begin together gives, a refusal by its code."""
    ready = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return call()
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(run, call) for call in calls]]


def test_saves_at_once_lose_nothing(cycle: Scoring) -> None:
    """Windows that save different items at the same time, the very first savings, are all kept, one after the other."""
    me, items = cycle.second, ITEMS[:4]
    _at_once(*(partial(cycle.save, me, item, 0, strengths=f"窗口 {item}") for item in items))
    sheet = cycle.mine(me)
    assert sheet["revision"] == len(items)
    assert [line["strengths"] for line in sheet["items"]][:5] == [*(f"窗口 {item}" for item in items), ""]


def test_of_saves_of_one_item_at_once_one_wins_and_the_others_are_told(cycle: Scoring) -> None:
    """Whichever it is, it stands; no other text overwrote it or was lost without a word."""
    me, texts = cycle.second, ("甲", "乙", "丙")
    found = _at_once(*(partial(cycle.save, me, ITEMS[0], 0, strengths=text) for text in texts))
    assert found.count("changed_meanwhile") == 2
    (winner,) = [text for text, answer in zip(texts, found, strict=True) if answer != "changed_meanwhile"]
    assert cycle.mine(me)["items"][0]["strengths"] == winner
    assert cycle.mine(me)["revision"] == 1


def test_a_sheet_handed_in_twice_at_once_is_in_once(cycle: Scoring) -> None:
    """The second is told that it is locked, and no item is there twice."""
    revision = cycle.fill(cycle.second, "50")
    found = _at_once(*(partial(cycle.hand_in, cycle.second, revision) for _ in range(2)))
    assert sorted(found) == ["50.000", "sheet_locked"]


def test_a_sheet_that_changed_after_it_was_read_over_is_not_handed_in(cycle: Scoring) -> None:
    """What is locked is what was seen."""
    me = cycle.second
    revision = cycle.fill(me, "50")
    cycle.save(me, "4.1.2", revision, percent="100", **WORDS)
    with pytest.raises(Conflict) as refused:
        cycle.hand_in(me, revision)
    assert refused.value.code == "changed_meanwhile"
    assert cycle.mine(me)["state"] == "draft"


def test_a_revision_that_is_not_the_sheets_is_refused_by_its_field(cycle: Scoring) -> None:
    """With the one that is, both where an item is saved and where the sheet is handed in."""
    me = cycle.second
    revision = cycle.fill(me, "60")
    for refused in (
        lambda: cycle.save(me, ITEMS[0], revision + 1, percent="50", **WORDS),
        lambda: cycle.hand_in(me, revision - 1),
    ):
        with pytest.raises(Conflict) as stale:
            refused()
        assert [(e.field, str(revision) in e.reason_zh, str(revision) in e.reason_en) for e in stale.value.errors] == [
            ("revision", True, True)
        ]  # fmt: skip


def test_a_real_cycle_takes_no_bare_percent_and_a_rehearsal_does(cycle: Scoring) -> None:
    """Where the rulebook names items; the refusal says what is asked."""
    data = {"application_id": "a1", "percent": "88.5"}
    with pytest.raises(Conflict) as refused:
        cycle.ask("submit_sheet", sheets.submit, cycle.second, data)
    assert refused.value.code == "sheet_needs_items"
    with cycle.room.desk.work() as work:
        work.session.execute(update(models.procedure.cycles).values(rehearsal=True))
    cycle.ask("submit_sheet", sheets.submit, cycle.second, data)
    assert cycle.lines("office", "award_office")["a1", cycle.second] == "submitted"


def test_only_the_one_assigned_writes_and_only_while_the_stage_runs(cycle: Scoring) -> None:
    """A stranger, a withdrawn application and a stage that has not begun are refused; an interest makes one a stranger."""
    for stranger in ("E9", "office"):
        with pytest.raises(NotFound):
            cycle.save(stranger, "4.1.2", 0, strengths="x")
        with pytest.raises(NotFound):
            cycle.mine(stranger)
    cycle.room.withdraw("a2")
    with pytest.raises(NotFound):
        cycle.save(cycle.second, "4.1.2", 0, "a2", strengths="x")
    cycle.save(cycle.second, "4.1.2", 0, strengths="x")
    cycle.register([{"expert_id": cycle.second, "kin_of": ["a1"]}])
    for ask in (cycle.mine, cycle.read, cycle.look):
        with pytest.raises(NotFound):
            ask(cycle.second)
    with pytest.raises(NotFound):
        cycle.save(cycle.second, "4.1.2", 1, strengths="y")


def test_a_returned_sheet_is_kept_as_it_was_and_written_on(cycle: Scoring) -> None:
    """Draft, in, returned, in again: the first version stays on record with the reason; its reviewer goes on with the draft."""
    me = cycle.second
    revision = cycle.fill(me, "50")
    cycle.hand_in(me, revision)
    with pytest.raises(Conflict) as first:
        cycle.give_back(cycle.leader, me)
    assert first.value.code == "own_sheet_first"
    cycle.whole(cycle.leader, "70")
    cycle.give_back(cycle.leader, me)
    sheet = cycle.mine(me)
    assert (sheet["state"], sheet["version"], sheet["total"]) == ("returned", 2, "50.000")
    (was,) = sheet["returned"]
    assert (was["version"], was["total"], was["reason"]) == (1, "50.000", "缺少依据")
    assert cycle.lines("office", "award_office")["a1", me] == "returned"
    with pytest.raises(NotFound):
        cycle.give_back(cycle.leader, me)
    later = cycle.save(me, "4.7.2", sheet["revision"], percent="100", **WORDS)["revision"]
    assert cycle.hand_in(me, later) == "54.000"
    with cycle.room.desk.store.read() as work:
        (kept,) = work.session.execute(select(models.returned_sheets)).all()
    assert (kept.thousandths, kept.returned_by, len(kept.items)) == (50_000, cycle.leader, len(ITEMS))
    assert {line["thousandths"] for line in kept.items} == {50_000}


def test_only_the_leader_of_that_panel_returns_and_never_its_own(cycle: Scoring) -> None:
    """Members, and a leader with an interest, are told that there is nothing; one's own sheet is refused by name."""
    cycle.all_in("50", "60", "70")
    with pytest.raises(NotFound):
        cycle.give_back(cycle.third, cycle.second)
    with pytest.raises(Forbidden) as own:
        cycle.give_back(cycle.leader, cycle.leader)
    assert own.value.code == "own_sheet"
    cycle.register([{"expert_id": cycle.leader, "kin_of": ["a1"]}])
    with pytest.raises(NotFound):
        cycle.give_back(cycle.leader, cycle.second)
    cycle.register([{"expert_id": cycle.leader}])
    cycle.lead(None)
    with pytest.raises(NotFound):
        cycle.give_back(cycle.leader, cycle.second)


def test_nobody_sees_anothers_sheet_before_its_own_is_in(cycle: Scoring) -> None:
    """Each marked by a figure of its own: a reviewer, the leader too, finds nothing of it, not even that it is there."""
    cycle.whole(cycle.second, "35")
    cycle.whole(cycle.third, "85")
    assert cycle.read(cycle.leader) == {}
    assert cycle.read(cycle.second) == {cycle.second: "35.000"}
    before = [cycle.mine(cycle.leader), cycle.look(cycle.leader), cycle.explain(cycle.leader, "reviewer")]
    assert not any(mark in str(before) for mark in ("35.000", "85.000"))
    with pytest.raises(NotFound):
        cycle.read("E9")
    cycle.whole(cycle.leader, "60")
    assert set(cycle.read(cycle.leader)) == {cycle.leader, cycle.second, cycle.third}
    assert cycle.read(cycle.second) == {cycle.second: "35.000"}
    cycle.open(cycle.leader, cycle.leader, cycle.second, cycle.third)
    assert set(cycle.read(cycle.second)) == {cycle.leader, cycle.second, cycle.third}
    assert cycle.read(cycle.second, "a2") == {}


def test_the_leader_sees_which_sheets_are_out_and_a_member_does_not(cycle: Scoring) -> None:
    """Without any figure; of a colleague who must stand aside it is told nothing, the office is."""
    cycle.whole(cycle.second, "35")
    found = cycle.lines(cycle.leader)
    assert found["a1", cycle.second] == "submitted"
    assert found["a1", cycle.leader] == found["a2", cycle.second] == "out"
    assert cycle.lines(cycle.second) == {}
    cycle.register([{"expert_id": cycle.third, "kin_of": ["a1"]}])
    assert ("a1", cycle.third) not in cycle.lines(cycle.leader)
    assert cycle.lines("office", "award_office")["a1", cycle.third] == "recused"
    cycle.register([{"expert_id": cycle.leader, "kin_of": ["a2"]}])
    assert {application for application, _ in cycle.lines(cycle.leader)} == {"a1"}


def test_figures_wait_for_the_last_sheet(cycle: Scoring) -> None:
    """Then mean, median, spread and who lies more than 15 points from the median; to a leader those of its panel."""
    cycle.whole(cycle.leader, "60")
    cycle.whole(cycle.second, "65")
    assert (cycle.spread("office")["applications"], cycle.spread("office")["waiting"]) == ([], 2)
    assert not any(mark in str(cycle.explain("office")) for mark in ("60.000", "65.000"))
    cycle.whole(cycle.third, "90")
    for found in (cycle.spread("office"), cycle.spread(cycle.leader, "reviewer")):
        (line,) = found["applications"]
        assert (line["mean"], line["median"], line["apart"]) == ("71.67", "65.000", "30.000")
        assert line["outliers"] == [{"expert_id": cycle.third, "apart": "25.000"}]
        assert (line["score"], found["outlier_points"], found["waiting"]) == ("71.67", 15, 1)
    assert cycle.spread(cycle.second, "reviewer")["applications"] == []


def test_a_recused_reviewers_sheet_is_kept_and_not_counted(cycle: Scoring) -> None:
    """The denominator shrinks; office and watchers are told who and why, a colleague learns of nobody. While the application
    is held no figure of it shows: a sheet is to come. Nobody replaces it: a supervisor lets the application go on.
    """
    cycle.all_in("50", "60", "100")
    cycle.all_in("50", "50", "50", application="a2")
    cycle.register([{"expert_id": cycle.third, "kin_of": ["a1"]}])
    held = cycle.explain("office")
    assert held["score"] is None
    assert {sheet["total"] for sheet in held["sheets"]} == {None}
    assert [line["application_id"] for line in cycle.spread("office")["applications"]] == ["a2"]
    with pytest.raises(Conflict, match="recused"):
        cycle.close()
    cycle.let_go()
    found = cycle.explain("watcher", "discipline")
    assert found["score"] == "55.00"
    (line,) = [sheet for sheet in found["sheets"] if sheet["expert_id"] == cycle.third]
    assert (line["counted"], line["total"]) == (False, "100.000")
    assert "亲属" in line["reason_zh"]
    for actor in (cycle.leader, cycle.second):
        told = [cycle.explain(actor, "reviewer"), cycle.read(actor), cycle.lines(actor)]
        assert cycle.third not in str([t for t in told if "a2" not in str(t)])
        assert "100.000" not in str(told)
    cycle.close()
    assert cycle.scores() == {"a1": ("55.00", 2), "a2": ("50.00", 3)}
    with cycle.room.desk.store.read() as work:
        assert len(work.session.execute(select(models.sheets)).all()) == 6


def test_the_explained_score_repeats_the_score_step_by_step(cycle: Scoring) -> None:
    """Items to categories, to the sheet, to the mean: each figure follows from those before, and the last is the score kept."""
    revision = cycle.fill(cycle.leader, "50")
    revision = cycle.save(cycle.leader, "4.4.3", revision, percent="55", **WORDS)["revision"]
    cycle.hand_in(cycle.leader, revision)
    cycle.whole(cycle.second, "65")
    cycle.whole(cycle.third, "70")
    cycle.all_in("50", "50", "50", application="a2")
    found = cycle.explain("office")
    totals = []
    for sheet in found["sheets"]:
        *categories, whole, percent = [Decimal(step["figure"]) for step in sheet["steps"]]
        items = [Decimal(line["points"]) for line in sheet["items"]]
        assert sum(categories) == sum(items) == whole
        assert whole / 10 == percent == Decimal(sheet["total"])
        totals.append(percent)
    assert sorted(totals) == [Decimal("50.075"), Decimal("65"), Decimal("70")]
    count, whole, mean = [step["figure"] for step in found["steps"]]
    assert (count, Decimal(whole), mean) == ("3", sum(totals), "61.69")
    assert all(step["zh"] and step["en"] for step in found["steps"])
    cycle.close()
    assert cycle.scores()["a1"] == (found["score"], 3) == ("61.69", 3)
    own = cycle.explain(cycle.leader, "reviewer")
    assert [sheet["expert_id"] for sheet in own["sheets"]] == [cycle.leader]
    assert (own["steps"], own["score"]) == ([], None)


def test_a_withdrawn_application_has_no_score_and_says_so(cycle: Scoring) -> None:
    """Its sheets are kept."""
    cycle.whole(cycle.leader, "60")
    cycle.room.withdraw("a1")
    found = cycle.explain("office")
    assert found["score"] is None
    assert not any(sheet["counted"] for sheet in found["sheets"])
    assert "撤回" in found["steps"][0]["zh"]


def test_a_consensus_meeting_leaves_the_sheets_as_they_are(cycle: Scoring) -> None:
    """Opened by the leader when all are in, a reason where it lies a step from the mean, closed with every item."""
    cycle.whole(cycle.leader, "50")
    cycle.whole(cycle.second, "60")
    everybody = (cycle.leader, cycle.second, cycle.third)
    with pytest.raises(Conflict) as early:
        cycle.open(cycle.leader, *everybody)
    assert early.value.code == "sheets_out"
    cycle.whole(cycle.third, "70")
    with pytest.raises(NotFound):
        cycle.open(cycle.second, *everybody)
    with pytest.raises(Invalid) as stranger:
        cycle.open(cycle.leader, cycle.leader, "E9")
    assert [e.field for e in stranger.value.errors] == ["participants.1"]
    assert cycle.look(cycle.second)["state"] == "none"
    with pytest.raises(Conflict):
        cycle.agree("4.1.2", "60")
    assert cycle.open(cycle.leader, *everybody)["state"] == "open"
    with pytest.raises(Conflict) as again:
        cycle.open(cycle.leader, *everybody)
    assert again.value.code == "consensus_opened"
    with pytest.raises(Conflict) as locked:
        cycle.give_back(cycle.leader, cycle.second)
    assert locked.value.code == "consensus_opened"
    for item in ITEMS[1:]:
        cycle.agree(item, "60")
    with pytest.raises(Conflict) as short:
        cycle.end()
    assert ITEMS[0] in short.value.detail_zh
    with pytest.raises(Invalid) as reason:
        cycle.agree(ITEMS[0], "80")
    assert [e.field for e in reason.value.errors] == ["reason"]
    state = cycle.agree(ITEMS[0], "80", "补充看了现场记录")
    (first, *others) = state["items"]
    assert (first["mean"], first["percent"], first["far"]) == ("60.000", "80.000", True)
    assert not any(line["far"] for line in others)
    ended = cycle.end()
    assert (ended["state"], ended["total"], ended["counts"]) == ("closed", "61.000", False)
    with pytest.raises(Conflict):
        cycle.agree(ITEMS[0], "60")
    assert cycle.look(cycle.second)["total"] == cycle.look("office", "award_office")["total"] == "61.000"
    cycle.all_in("50", "50", "50", application="a2")
    cycle.close()
    assert cycle.scores()["a1"] == ("60.00", 3)


def test_where_the_rulebook_counts_the_consensus_it_is_the_score(
    cycle: Scoring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stage waits for it; a participant who must stand aside unmakes it, and a new meeting takes its place."""
    pinned = Conductor.cycle

    def counting(self: Conductor, work: Any, cycle_id: str) -> Cycle:
        found = pinned(self, work, cycle_id)
        rule = replace(found.rulebook.score_rule, counts="consensus")
        return replace(found, rulebook=replace(found.rulebook, score_rule=rule))

    monkeypatch.setattr(Conductor, "cycle", counting)
    with cycle.room.desk.work() as work:
        found = counting(conductor, work, "c1")
    entrants = {}
    with cycle.room.desk.work() as work:
        entrants = {e.application_id: e for e in conductor.entrants(work, "c1", STAGE)}
    stage, first = found.rulebook.stage(STAGE), [entrants["a1"]]
    cycle.all_in("50", "60", "70")

    def agreed() -> tuple[list[str], dict[str, int]]:
        with cycle.room.desk.work() as work:
            return (
                consensus.waiting_for(work, found, stage, first),
                consensus.agreed_totals(work, found, STAGE, first),
            )

    waiting, totals = agreed()
    assert len(waiting) == 1
    assert "第 1 号" in waiting[0]
    assert totals == {}
    assert cycle.explain("office")["score"] is None
    cycle.open(cycle.leader, cycle.leader, cycle.second, cycle.third)
    cycle.agree_on_all("65", "合议一致")
    cycle.end()
    assert agreed() == ([], {"a1": 65_000})
    assert cycle.explain("office")["score"] == "65.00"
    cycle.register([{"expert_id": cycle.third, "kin_of": ["a1"]}])
    assert agreed()[1] == {}
    assert cycle.look("office", "award_office")["valid"] is False
    assert cycle.third not in cycle.look(cycle.second)["participants"]
    with pytest.raises(Conflict) as held:
        cycle.open(cycle.leader, cycle.leader, cycle.second)
    assert held.value.code == "sheets_out"
    assert cycle.third not in held.value.detail_zh
    cycle.let_go()
    assert cycle.open(cycle.leader, cycle.leader, cycle.second)["number"] == 2
    cycle.agree_on_all("55")
    cycle.end()
    assert agreed() == ([], {"a1": 55_000})


def test_in_a_rehearsal_the_mean_is_the_score_whatever_the_rulebook_says(cycle: Scoring) -> None:
    """Its sheets have no items that could be agreed on."""
    with cycle.room.desk.work() as work:
        found = conductor.cycle(work, "c1")
        (entrant, _) = conductor.entrants(work, "c1", STAGE)
    rule = replace(found.rulebook.score_rule, counts="consensus")
    counting = replace(found, rulebook=replace(found.rulebook, score_rule=rule))
    assert consensus.decides(counting, STAGE, entrant)
    assert not consensus.decides(replace(counting, rehearsal=True), STAGE, entrant)
    assert not consensus.decides(found, STAGE, entrant)


def test_calibration_says_when_there_is_too_little(cycle: Scoring) -> None:
    """Below the least number nothing is said; above it alpha and each reviewer's severity are."""
    cycle.all_in("50", "60", "70")
    cycle.all_in("40", "50", "60", application="a2")

    def calibrated(least: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        reply = cycle.room.ask(
            "calibration", lambda w, d: figures.calibration(w, conductor, d, least=least), data
        )
        (stage,) = reply["stages"]
        found: dict[str, Any] = stage
        return found

    few = calibrated(3)
    assert (few["applications"], few["alpha"], few["few"]) == (2, None, True)
    assert all(line["few"] and line["difference"] is line["share"] is None for line in few["reviewers"])
    found = calibrated(2)
    assert (found["few"], found["alpha"]) == (False, "0.091")  # 1 - 200 / 220, by hand
    said = {
        line["expert_id"]: (line["difference"], line["share"], line["group"]) for line in found["reviewers"]
    }
    assert said == {
        cycle.leader: ("-15.00", "-10.00", 1),
        cycle.second: ("0.00", "0.00", 1),
        cycle.third: ("15.00", "10.00", 1),
    }
