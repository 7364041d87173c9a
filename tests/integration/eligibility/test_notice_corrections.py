"""A posted notice is corrected by a new one, on both databases: drafted, confirmed by another officer, told to all it regards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.eligibility import standing
from services.eligibility.notices import corrections, posting, verify
from services.eligibility.objections import raising, shown
from services.eligibility.objections.clock import Terms
from services.eligibility.stages import conductor
from shared.calendar import CalendarNotPublished
from shared.contracts import dump, operation
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.integration.eligibility.test_notices import (
    CONTACT,
    FIRST,
    NOTICE,
    OFFICE,
    PUBLIC,
    STAGE,
    WORDS,
    Board,
    refused,
)
from tests.support.rooms import CYCLE, ORGANIZATION

pytestmark = pytest.mark.integration

NEW, NEWER = f"{NOTICE}.2", f"{NOTICE}.3"
DAY, NEW_LAST = (
    date(2025, 6, 19),
    date(2025, 6, 25),
)  # the third day of the old one, and the last of the new one
TERMS = Terms(acceptance=5, inquiry=10, answer=5, ruling=10, appeal=5, decision=10)


class Corrected(Board):
    """A posted notice of two, and what is done with its correction."""

    def correction(self, of: str = NOTICE) -> dict[str, Any]:
        return self.ask("notice_correction", lambda w, d: corrections.show(w, conductor, d), {"notice": of})

    def write_correction(self, actor: str = "li", of: str = NOTICE, **given: Any) -> dict[str, Any]:
        data = {
            "notice": of, "revision": self.correction(of)["revision"], **WORDS, "reason": "单位名称有误",
            "names": [{"application_id": "a", "name": "示例甲公司"}], **given,
        }  # fmt: skip
        return self.ask(
            "edit_notice_correction",
            lambda w, d: corrections.edit(w, conductor, d, contact=CONTACT),
            data,
            OFFICE,
            actor,
        )

    def settle(
        self, method: str, actor: str, of: str = NOTICE, revision: int | None = None
    ) -> dict[str, Any]:
        handler = {"approve": corrections.approve, "drop": corrections.drop}[method]
        seen = self.correction(of)["revision"] if revision is None else revision
        data = {"notice": of, "revision": seen}
        return self.ask(
            f"{method}_notice_correction", lambda w, d: handler(w, conductor, d), data, OFFICE, actor
        )

    def correct(self, of: str = NOTICE, **given: Any) -> dict[str, Any]:
        self.write_correction("li", of, **given)
        return self.settle("approve", "wang", of)

    def notice(self, name: str, role: str = PUBLIC, days: int = 365) -> dict[str, Any]:
        contract = operation("eligibility", "notice")
        with self.desk.work(role) as work:
            data = {"cycle_id": CYCLE, "notice": name}
            return dump(contract.reply(), posting.one(work, conductor, data, shown_days=days))

    def proof_of(self, name: str) -> dict[str, Any]:
        return self.ask("notice_proof", lambda w, d: posting.proven(w, conductor, d), {"notice": name})

    def object(self, notice: str = NOTICE, application: str = "a") -> dict[str, Any]:
        data = {
            "notice": notice, "application_id": application, "source": "public", "evidence": True, "statement": "材料不实",
            "by": {"name": "王芳", "id_number": "11010519491231002X"},
        }  # fmt: skip
        return self.ask("object", lambda w, d: raising.object_(w, conductor, d, TERMS), data, PUBLIC)


@pytest.fixture
def board(database_url: str) -> Iterator[Corrected]:
    made = Corrected(database_url)
    made.posted("a", "b")
    made.at(DAY)
    yield made
    made.desk.close()


def test_a_correction_is_a_new_notice_that_names_the_old_and_runs_its_full_days(board: Corrected) -> None:
    """The old one stays as it was, is over, and names the new one; the stage lasts as long as that."""
    before = board.notice(NOTICE)
    begun = board.correction()
    assert (begun["state"], begun["revision"], begun["name"], begun["changes"]) == ("none", 0, NEW, [])
    draft = board.write_correction()
    assert (draft["state"], draft["prepared_by"], draft["last_day"]) == ("draft", "li", NEW_LAST.isoformat())
    assert [line["what"] for line in draft["changes"]] == ["name"]
    posted = board.settle("approve", "wang")
    assert (posted["state"], posted["approved_by"]) == ("posted", "wang")

    old, new = board.notice(NOTICE), board.notice(NEW)
    assert (old["state"], old["runs"], old["corrected_by"], old["corrected_on"]) == (
        "corrected", False, NEW, DAY.isoformat(),
    )  # fmt: skip
    frozen = (
        "introduction_zh",
        "introduction_en",
        "contact",
        "lines",
        "content_digest",
        "first_day",
        "last_day",
    )
    assert {name: old[name] for name in frozen} == {name: before[name] for name in frozen}
    assert (new["state"], new["runs"], new["corrects"], new["working_days"]) == ("posted", True, NOTICE, 5)
    assert (new["first_day"], new["last_day"]) == (DAY.isoformat(), NEW_LAST.isoformat())
    assert [line["name"] for line in new["lines"]] == ["示例甲公司", "示例2"]
    told = new["correction"]
    assert (told["notice"], told["content_digest"], told["reason"]) == (
        NOTICE, before["content_digest"], "单位名称有误",
    )  # fmt: skip
    assert told["changes"] == draft["changes"]
    assert board.desk.told("stage.extended") == [{"cycle_id": CYCLE, "stage": STAGE, "ends_on": NEW_LAST}]
    (event,) = board.desk.told("notice.corrected")
    assert (event["notice"], event["corrected_by"], event["ends_on"]) == (NOTICE, NEW, NEW_LAST)
    assert board.shown() == [NEW, NOTICE]
    with pytest.raises(Conflict, match="25 June 2025"):
        board.close(STAGE, None)
    board.at(date(2025, 6, 26))
    assert board.close(STAGE, None)["closed_on"] == "2025-06-26"
    assert [board.notice(name)["state"] for name in (NOTICE, NEW)] == ["corrected", "ended"]


def test_nobody_corrects_alone(board: Corrected) -> None:
    """Whoever wrote it last does not confirm it; what somebody else changed meanwhile is not confirmed unseen."""
    seen = board.write_correction()["revision"]
    refused(Forbidden, "prepared_by_the_same", lambda: board.settle("approve", "li"))
    board.write_correction("wang")
    refused(Conflict, "stale_draft", lambda: board.settle("approve", "li", revision=seen))
    refused(Conflict, "stale_draft", lambda: board.write_correction("li", revision=seen))
    refused(Conflict, "stale_draft", lambda: board.settle("drop", "li", revision=seen))
    assert board.notice(NOTICE)["state"] == "posted"
    assert board.settle("approve", "li")["state"] == "posted"


def test_what_is_corrected_cannot_be_corrected_extended_or_objected_to_any_more(board: Corrected) -> None:
    """The new one can: a correction of it is the third notice."""
    board.correct()
    refused(Conflict, "cannot_correct_corrected", lambda: board.write_correction())
    refused(Conflict, "cannot_correct_corrected", lambda: board.settle("approve", "li"))
    refused(Conflict, "cannot_drop_posted", lambda: board.settle("drop", "li"))
    refused(Conflict, "cannot_extend_corrected", lambda: board.fail(date(2025, 6, 18)))
    refused(Conflict, "notice_corrected", lambda: board.object())
    board.at(date(2025, 6, 20))
    third = board.correct(NEW, names=[{"application_id": "b", "name": "示例乙公司"}])
    assert (third["name"], third["last_day"]) == (NEWER, "2025-06-26")
    assert [line["name"] for line in board.notice(NEWER)["lines"]] == ["示例甲公司", "示例乙公司"]
    assert (board.notice(NEW)["corrected_by"], board.notice(NEW)["corrects"]) == (NEWER, NOTICE)


def test_an_ended_notice_is_not_corrected(board: Corrected) -> None:
    """Its outcomes were handed on; nor is one that is not posted."""
    board.at(date(2025, 6, 24))
    board.close(STAGE, None)
    refused(Conflict, "cannot_correct_ended", board.correction)
    with pytest.raises(NotFound):
        board.correction("award")


def test_a_notice_is_not_closed_over_a_correction_that_somebody_has_begun(board: Corrected) -> None:
    """Until it is posted or given up; given up it may be taken up again."""
    board.write_correction()
    board.at(date(2025, 6, 24))
    with pytest.raises(Conflict, match=NEW):
        board.close(STAGE, None)
    assert board.settle("drop", "wang")["state"] == "dropped"
    refused(Conflict, "cannot_approve_dropped", lambda: board.settle("approve", "wang"))
    assert board.write_correction()["state"] == "draft"
    board.settle("drop", "li")
    assert board.close(STAGE, None)["closed_on"] == "2025-06-24"


def test_a_correction_says_what_it_corrects_and_corrects_something(board: Corrected) -> None:
    """The very words that stand there are no correction; who is not on the list does not come onto it."""
    refused(Invalid, "nothing_corrected", lambda: board.write_correction(names=[]))
    with pytest.raises(Invalid):
        board.write_correction(names=[{"application_id": "z", "name": "外人"}])
    with pytest.raises(Invalid):
        board.write_correction(reason=" ")
    assert board.correction()["state"] == "none"
    draft = board.write_correction(names=[], contact="电话 1", introduction_zh="改")
    assert [line["what"] for line in draft["changes"]] == ["introduction_zh", "contact"]


def test_a_correction_shortens_nothing_of_an_extended_notice(board: Corrected) -> None:
    """The old one was to stand longer than the days of a new one: it stands as long, and the stage is told nothing."""
    board.fail(FIRST, date(2025, 6, 18), DAY)
    assert board.notice(NOTICE)["last_day"] == "2025-06-26"
    posted = board.correct()
    assert (posted["last_day"], posted["working_days"]) == ("2025-06-26", 6)
    assert len(board.desk.told("stage.extended")) == 1
    board.at(date(2025, 6, 26))
    state = board.ask(
        "report_posting_failure",
        lambda w, d: posting.report_failure(w, conductor, d),
        {"notice": NEW, "days": ["2025-06-24"], "failure": "停电"},
    )
    assert state["last_day"] == "2025-06-27"


def test_a_correction_into_an_unpublished_year_changes_nothing(board: Corrected) -> None:
    """What would be its days is not guessed, and the old one stands."""
    board.at(date(2026, 12, 29))
    assert board.write_correction()["first_day"] is None
    with pytest.raises(CalendarNotPublished, match="2027"):
        board.settle("approve", "wang")
    assert (board.correction()["state"], board.notice(NOTICE, OFFICE)["state"]) == ("draft", "posted")


def test_objections_stay_with_the_matter_and_are_told(board: Corrected) -> None:
    """One that was raised before the correction goes on and knows of it; a later one is raised against the new notice."""
    raised = board.object()
    assert raised["notice_corrected_by"] is None
    board.correct()
    own = _own(board, raised)
    assert (own["state"], own["notice"]) == ("received", NOTICE)
    assert (own["notice_corrected_by"], own["notice_corrected_on"]) == (NEW, DAY.isoformat())
    later = board.object(NEW, "b")
    assert (later["notice"], later["notice_corrected_by"]) == (NOTICE, None)
    found = board.ask("objections", lambda w, d: shown.listed(w, conductor, d, TERMS), {})["objections"]
    assert [each["notice_corrected_by"] for each in found] == [NEW, None]
    board.at(date(2025, 6, 26))
    with pytest.raises(Conflict, match=raised["objection_id"]):
        board.close(STAGE, None)


def _own(board: Corrected, raised: dict[str, Any]) -> dict[str, Any]:
    contract = operation("eligibility", "objection_state")
    with board.desk.work(PUBLIC) as work:
        data = {"receipt": raised["receipt"], "secret": raised["secret"]}
        return dump(contract.reply(), shown.of_receipt(work, conductor, data, TERMS))


def test_both_notices_are_proven(board: Corrected) -> None:
    """The old one's record names the new one and its digest; both check without a database, and one byte is found."""
    board.correct()
    board.at(date(2025, 6, 26))
    board.close(STAGE, None)
    board.desk.store.sealer.seal_all()
    old, new = board.proof_of(NOTICE), board.proof_of(NEW)
    for answer in (old, new):
        assert (answer["intact"], verify.faults(answer)) == (True, [])
        assert all(line["seal"] for line in answer["entries"])
    record = json.loads(old["record"])
    assert record["corrected_by"] == {"notice": NEW, "content_digest": new["content_digest"]}
    assert (record["ended_on"], old["ended_on"]) == (DAY.isoformat(), DAY.isoformat())
    assert [line["what"] for line in record["log"]] == ["prepared", "approved", "posted", "corrected"]
    log = [(line["what"], line["by"]) for line in json.loads(new["record"])["log"]]
    assert log == [("prepared", "li"), ("approved", "wang"), ("posted", "wang"), ("ended", "somebody")]
    assert json.loads(new["content"])["correction"]["notice"] == NOTICE
    other = {**old, "record": old["record"].replace(NEW, NEWER)}
    assert verify.faults(other)
    board.write("UPDATE notices SET content_digest = ? WHERE notice = ?", "sha256:00", NEW)
    assert not board.proof_of(NEW)["intact"]


def test_what_was_corrected_is_read_as_long_as_what_corrects_it(board: Corrected) -> None:
    """And an organization's standing names the new notice alone."""
    with board.desk.work() as work:
        standing.keep_applicant(work, conductor, board.accepted("a", 1))
    board.correct()
    board.at(date(2025, 6, 30))
    assert board.notice(NOTICE, days=6)["state"] == "corrected"
    board.at(date(2025, 7, 2))
    for name in (NOTICE, NEW):
        with pytest.raises(NotFound):
            board.notice(name, days=6)
        assert board.notice(name, OFFICE, days=6)
    with board.desk.work(OFFICE) as work:
        named = standing.standing(work, {"uscc": ORGANIZATION})["named"]
    assert [line["notice"] for line in named] == [NEW]


def test_a_rehearsal_corrects_nothing(database_url: str) -> None:
    """Its notices are as its file says."""
    board = Corrected(database_url, rehearsal=True)
    board.planned("a")
    board.begin(STAGE, FIRST)
    refused(Conflict, "no_drafts_in_rehearsals", board.correction)
    board.desk.close()


def test_who_withdraws_stays_on_the_correction_as_on_the_notice(board: Corrected) -> None:
    """A correction's draft is not listed anew: it holds the list that was posted."""
    board.write_correction()
    board.withdraw("b")
    assert [line["application_id"] for line in board.correction()["lines"]] == ["a", "b"]
    assert board.settle("approve", "wang")["state"] == "posted"
