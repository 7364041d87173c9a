"""Notices on both databases: drafted, approved by another officer, posted as approved, extended, ended with a proof."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.event import listen

from services.eligibility.notices import drafts, posting, verify
from services.eligibility.stages import conductor
from shared.calendar import CalendarNotPublished
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import dump, operation
from shared.identifiers import digest
from shared.problems import Conflict, Forbidden, Invalid, NotFound, Problem
from tests.support.rooms import CYCLE, Room

pytestmark = pytest.mark.integration

FIRST, LAST, AFTER = date(2025, 6, 17), date(2025, 6, 23), date(2025, 6, 24)
NOTICE, STAGE = "qualification", "notice:qualification"
CONTACT = "评审办公室，电话 010-00000000"
WORDS = {"introduction_zh": "现予公示。", "introduction_en": "These are announced.", "contact": None}
OFFICE, PUBLIC = "award_office", "public"


class Board(Room):
    """A real cycle up to its first notice; today is set by the test."""

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__("eligibility", url, conductor, **{"rehearsal": False, **options})
        self.at(FIRST)

    def at(self, day: date) -> None:
        self.desk.store.clock = FixedClock(datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI))

    def planned(self, *applications: str, on: date = date(2025, 6, 16), cycle_id: str = CYCLE) -> None:
        """The qualification is over, and these passed it."""
        for number, application in enumerate(applications, start=1):
            with self.desk.work() as work:
                self.conductor.application_accepted(
                    work, self.accepted(application, number, cycle_id=cycle_id)
                )
        self.hand_over("submission", on, applications, cycle_id=cycle_id)
        self.hand_over("qualification", on, applications, cycle_id=cycle_id)

    def draft(self, role: str = OFFICE) -> dict[str, Any]:
        return self.ask("notice_draft", lambda w, d: drafts.show(w, conductor, d), {"notice": NOTICE}, role)

    def edit(self, actor: str, contact: str = CONTACT, **changes: Any) -> dict[str, Any]:
        data = {"notice": NOTICE, "revision": self.draft()["revision"], **WORDS, **changes}
        return self.ask(
            "edit_notice", lambda w, d: drafts.edit(w, conductor, d, contact=contact), data, OFFICE, actor
        )

    def approve(self, actor: str, **changes: Any) -> dict[str, Any]:
        return self.approve_seen(actor, changes.get("revision", self.draft()["revision"]))

    def approve_seen(self, actor: str, revision: int) -> dict[str, Any]:
        data = {"notice": NOTICE, "revision": revision}
        return self.ask("approve_notice", lambda w, d: drafts.approve(w, conductor, d), data, OFFICE, actor)

    def posted(self, *applications: str) -> dict[str, Any]:
        """Prepared by Li, approved by Wang, begun."""
        self.planned(*applications)
        self.edit("li")
        self.approve("wang")
        return self.begin(STAGE, None)

    def fail(self, *days: date, reason: str = "机房停电") -> dict[str, Any]:
        data = {"notice": NOTICE, "days": [day.isoformat() for day in days], "failure": reason}
        return self.ask("report_posting_failure", lambda w, d: posting.report_failure(w, conductor, d), data)

    def read(self, role: str = PUBLIC, days: int = 365) -> dict[str, Any]:
        contract = operation("eligibility", "notice")
        with self.desk.work(role) as work:
            data = {"cycle_id": CYCLE, "notice": NOTICE}
            return dump(contract.reply(), posting.one(work, conductor, data, shown_days=days))

    def shown(self, days: int = 365) -> list[Any]:
        with self.desk.work(PUBLIC) as work:
            return [line["notice"] for line in posting.shown(work, {}, shown_days=days)["notices"]]

    def proof(self) -> dict[str, Any]:
        return self.ask("notice_proof", lambda w, d: posting.proven(w, conductor, d), {"notice": NOTICE})

    def write(self, statement: str, *values: Any) -> None:
        """Straight into the database, past everything."""
        with self.desk.store.engine.begin() as connection:
            marks = "?" if connection.dialect.name == "sqlite" else "%s"
            connection.exec_driver_sql(statement.replace("?", marks), values)


@pytest.fixture
def board(database_url: str) -> Iterator[Board]:
    made = Board(database_url)
    yield made
    made.desk.close()


def refused(problem: type[Problem], code: str, act: Any) -> None:
    with pytest.raises(problem) as found:
        act()
    assert found.value.code == code


# --- draft, approval, posting -------------------------------------------------------------------------------------


def test_a_real_notice_is_prepared_by_one_officer_and_approved_by_another(board: Board) -> None:
    """Nobody alone: not before somebody prepared it, not by that one, not without a place for objections."""
    board.planned("a", "b")
    assert [line["name"] for line in board.draft()["lines"]] == ["示例1", "示例2"]
    refused(Conflict, "notice_not_prepared", lambda: board.approve("wang"))
    board.edit("li", contact="")
    refused(Conflict, "notice_without_contact", lambda: board.approve("wang"))
    board.edit("li")
    refused(Forbidden, "prepared_by_the_same", lambda: board.approve("li"))
    approved = board.approve("wang")
    assert (approved["state"], approved["prepared_by"], approved["approved_by"]) == ("approved", "li", "wang")
    refused(Conflict, "cannot_approve_approved", lambda: board.approve("zhao"))
    begun = board.begin(STAGE, None)
    assert (begun["state"], begun["ends_on"]) == ("begun", "2025-06-23")
    read = board.read()
    assert (read["introduction_zh"], read["contact"]) == (WORDS["introduction_zh"], CONTACT)
    assert [line["name"] for line in read["lines"]] == ["示例1", "示例2"]
    assert board.draft()["state"] == "posted"


def test_a_real_notice_is_not_posted_without_approval(board: Board) -> None:
    """Neither as drafted nor as edited; the stage says what it lacks, and stays planned."""
    board.planned("a")
    refused(Conflict, "notice_not_approved", lambda: board.begin(STAGE, None))
    board.edit("li")
    refused(Conflict, "notice_not_approved", lambda: board.begin(STAGE, None))
    with board.desk.work(OFFICE) as work:
        stage = conductor.stage(work, {"cycle_id": CYCLE, "stage": STAGE})
    assert (stage["state"], stage["waiting_for"]) == ("planned", ["approval of notice qualification"])
    with pytest.raises(NotFound):
        board.read()


def test_an_edit_after_the_approval_takes_it_away(board: Board) -> None:
    """And an approval of words that somebody changed meanwhile is refused."""
    board.planned("a")
    seen = board.edit("li")["revision"]
    board.approve("wang")
    board.edit("wang", introduction_zh="改")
    refused(Conflict, "notice_not_approved", lambda: board.begin(STAGE, None))
    refused(Conflict, "stale_draft", lambda: board.approve("li", revision=seen))
    refused(Conflict, "stale_draft", lambda: board.edit("li", revision=seen))
    board.approve("li")
    assert board.begin(STAGE, None)["state"] == "begun"


def test_a_withdrawal_lists_the_draft_anew_and_takes_the_approval_away(board: Board) -> None:
    """What is posted is what was approved, and what was approved is who is in it."""
    board.planned("a", "b")
    board.edit("li")
    board.approve("wang")
    board.withdraw("b")
    draft = board.draft()
    assert ([line["application_id"] for line in draft["lines"]], draft["state"]) == (["a"], "draft")
    assert (draft["approved_by"], draft["stale"]) == (None, False)
    refused(Conflict, "notice_not_approved", lambda: board.begin(STAGE, None))
    board.approve("wang")
    board.begin(STAGE, None)
    assert [line["application_id"] for line in board.read()["lines"]] == ["a"]


def test_an_approved_list_that_is_not_the_entrants_any_more_is_not_posted(board: Board) -> None:
    """However one of them left: the draft says that it is stale, and neither approval nor begin takes it."""
    board.planned("a", "b")
    board.edit("li")
    board.approve("wang")
    with board.desk.work() as work:
        conductor.remove(work, CYCLE, STAGE, "b")
    assert board.draft()["stale"]
    refused(Conflict, "notice_stale", lambda: board.begin(STAGE, None))
    board.edit("li")
    board.approve("wang")
    assert board.begin(STAGE, None)["state"] == "begun"


def test_an_approval_waits_for_a_withdrawal_that_is_under_way(board: Board) -> None:
    """Whoever approves while an application is being taken back approves what is left, or nothing."""
    board.planned("a", "b")
    seen = board.edit("li")["revision"]
    with ThreadPoolExecutor() as pool:
        with board.desk.work() as work:
            data = {"cycle_id": CYCLE, "application_id": "b", "withdrawn_on": date(2025, 6, 16)}
            conductor.application_withdrawn(work, data)
            approving = pool.submit(board.approve_seen, "wang", seen)
            # It may have asked by now; it must not be answered before the withdrawal is written.
            wait([approving], timeout=0.5)
            assert not approving.done()
        with pytest.raises(Conflict) as found:
            approving.result()
    assert found.value.code == "stale_draft"
    assert board.draft()["state"] == "draft"


def test_a_draft_is_nobodys_after_the_posting(board: Board) -> None:
    """Frozen: no edit, no approval."""
    board.posted("a")
    refused(Conflict, "notice_not_planned", lambda: board.edit("li"))
    refused(Conflict, "notice_not_planned", lambda: board.approve("wang"))


def test_a_rehearsal_knows_no_drafts(database_url: str) -> None:
    """It posts straight, and there is nothing to approve; the public's list does not have it."""
    board = Board(database_url, rehearsal=True)
    board.planned("a")
    refused(Conflict, "no_drafts_in_rehearsals", board.draft)
    assert board.begin(STAGE, FIRST)["ends_on"] == "2025-06-23"
    assert board.read()["rehearsal"] is True
    assert board.shown() == []
    board.desk.close()


def test_an_unpublished_calendar_refuses_the_posting(board: Board) -> None:
    """Begun so late that its days would reach a year without an official calendar."""
    board.planned("a")
    board.edit("li")
    board.approve("wang")
    board.at(date(2026, 12, 29))
    with pytest.raises(CalendarNotPublished, match="2027"):
        board.begin(STAGE, None)
    assert board.draft()["state"] == "approved"


# --- extension ----------------------------------------------------------------------------------------------------


def test_a_failure_extends_the_notice_its_stage_and_everybodys_timeline(board: Board) -> None:
    """Two days lost, two more; the stage does not close before, it runs until then, the content stays."""
    board.posted("a")
    digest_before = board.read()["content_digest"]
    board.at(date(2025, 6, 20))
    state = board.fail(date(2025, 6, 18), date(2025, 6, 19))
    assert (state["last_day"], state["content_digest"]) == ("2025-06-25", digest_before)
    assert board.desk.told("stage.extended") == [
        {"cycle_id": CYCLE, "stage": STAGE, "ends_on": date(2025, 6, 25)}
    ]
    read = board.read()
    assert (read["posted_last_day"], read["last_day"]) == ("2025-06-23", "2025-06-25")
    assert [line["days"] for line in read["extensions"]] == [["2025-06-18", "2025-06-19"]]
    for day in (date(2025, 6, 24), date(2025, 6, 25)):
        board.at(day)
        with pytest.raises(Conflict, match="25 June 2025"):
            board.close(STAGE, None)
        assert board.read()["runs"]
    board.at(date(2025, 6, 26))
    assert board.close(STAGE, None)["closed_on"] == "2025-06-26"


def test_failures_add_up_and_none_counts_twice(board: Board) -> None:
    """A second report moves the end from where the first one moved it; the same day again is refused."""
    board.posted("a")
    board.at(LAST)
    assert board.fail(date(2025, 6, 18))["last_day"] == "2025-06-24"
    with pytest.raises(Invalid):
        board.fail(date(2025, 6, 18))
    board.at(date(2025, 6, 24))
    assert board.fail(date(2025, 6, 24), date(2025, 6, 17))["last_day"] == "2025-06-26"
    assert [line["number"] for line in board.proof()["windows"]] == [1, 2, 3]
    assert board.proof()["intact"]


def test_an_ended_notice_is_not_extended(board: Board) -> None:
    """The stage handed its winners on: it is too late."""
    board.posted("a")
    board.at(AFTER)
    board.close(STAGE, None)
    refused(Conflict, "cannot_extend_ended", lambda: board.fail(date(2025, 6, 18)))


def test_an_extension_into_an_unpublished_year_changes_nothing(board: Board) -> None:
    """Refused with the year named; the window is as before."""
    board.planned("a")
    board.edit("li")
    board.approve("wang")
    board.at(date(2026, 12, 25))
    assert board.begin(STAGE, None)["ends_on"] == "2026-12-31"
    with pytest.raises(CalendarNotPublished, match="2027"):
        board.fail(date(2026, 12, 25))
    assert board.read()["last_day"] == "2026-12-31"
    assert len(board.proof()["windows"]) == 1


# --- who sees it, and for how long ---------------------------------------------------------------------------------


def test_the_public_reads_a_notice_until_so_long_after_its_end(board: Board) -> None:
    """Running, ended, gone; the office reads it for ever."""
    board.posted("a")
    assert (board.read()["runs"], board.shown()) == (True, [NOTICE])
    board.at(AFTER)
    board.close(STAGE, None)
    ended = board.read()
    assert (ended["state"], ended["runs"]) == ("ended", False)
    board.at(date(2025, 7, 3))
    assert board.shown(days=10) == [NOTICE]
    board.at(date(2025, 7, 4))
    assert board.shown(days=10) == []
    for role in (PUBLIC, "applicant"):
        with pytest.raises(NotFound):
            board.read(role, days=10)
    assert board.read(OFFICE, days=10)["state"] == "ended"


def test_what_is_told_of_a_notice_holds_no_officer(board: Board) -> None:
    """Who prepared and approved it is in the proof and in nothing that the public reads."""
    board.posted("a")
    with board.desk.work(PUBLIC) as work:
        told = str(posting.shown(work, {}, shown_days=365))
    told += str(board.read())
    for officer in ("'li'", "'wang'", "'somebody'"):
        assert officer not in told
    assert [(line["what"], line["by"]) for line in board.proof()["log"]] == [
        ("prepared", "li"), ("approved", "wang"), ("posted", "somebody"),
    ]  # fmt: skip


# --- proof --------------------------------------------------------------------------------------------------------


def _ended(board: Board) -> None:
    board.posted("a", "b")
    board.at(date(2025, 6, 20))
    board.fail(date(2025, 6, 18))
    board.at(date(2025, 6, 25))
    board.close(STAGE, None)
    board.desk.store.sealer.seal_all()


def test_an_ended_notice_is_proven_by_its_record_and_by_sealed_entries(board: Board) -> None:
    """Anybody can hash the content and the record as they are given; every entry names its seal."""
    _ended(board)
    found = board.proof()
    assert (found["intact"], found["faults"]) == (True, [])
    assert digest(json.loads(found["content"])) == found["content_digest"]
    record = json.loads(found["record"])
    assert digest(record) == found["record_digest"]
    assert (record["ended_on"], len(record["windows"])) == ("2025-06-25", 2)
    assert [line["what"] for line in record["log"]] == ["prepared", "approved", "posted", "extended", "ended"]
    anchored = [line for line in found["entries"] if line["action"] in _ANCHORED]
    assert [line["action"] for line in anchored] == _ANCHORED
    assert all(line["seal"] and line["seal_digest"] for line in found["entries"])


def test_of_the_seals_no_more_are_read_than_are_needed(board: Board) -> None:
    """However many were made since: they list every entry of the service."""
    _ended(board)
    for number in range(3):
        with board.desk.work() as work:
            work.audit("something:else", str(number))
        board.desk.store.sealer.seal_all()
    read: list[str] = []
    listen(board.desk.store.engine, "before_cursor_execute", lambda *said: read.append(said[2]))
    assert board.proof()["intact"]
    seals = [statement for statement in read if "FROM audit_seals" in statement]
    assert 0 < len(seals) <= len(board.proof()["entries"])
    assert all("LIMIT" in statement for statement in seals)


_ANCHORED = ["notice:posted", "notice:extended", "notice:ended"]


def test_one_byte_changed_in_the_database_is_detected(board: Board) -> None:
    """In the content, in the record, or in the last day of the window that a reader sees."""
    _ended(board)
    with board.desk.store.engine.connect() as connection:
        content = connection.exec_driver_sql("SELECT content FROM notices").scalar_one()
        record = connection.exec_driver_sql("SELECT record FROM notices").scalar_one()
    content = content if isinstance(content, str) else json.dumps(content)
    record = record if isinstance(record, str) else json.dumps(record)
    cast = "" if board.desk.store.engine.dialect.name == "sqlite" else "::json"
    other = json.dumps(json.loads(content)).replace("\\u793a\\u4f8b1", "\\u793a\\u4f8b3")
    board.write(f"UPDATE notices SET content = ?{cast}", other)
    assert not board.proof()["intact"]
    board.write(f"UPDATE notices SET content = ?{cast}", content)
    assert board.proof()["intact"]
    board.write(f"UPDATE notices SET record = ?{cast}", record.replace("2025-06-25", "2025-06-26", 1))
    assert not board.proof()["intact"]
    board.write(f"UPDATE notices SET record = ?{cast}", record)
    board.write("UPDATE notices SET last_day = ?", date(2025, 6, 20).isoformat())
    assert not board.proof()["intact"]


def test_a_kept_proof_is_checked_by_itself_and_one_bit_of_it_is_found(board: Board, tmp_path: Path) -> None:
    """Every byte of content and record, one bit of each turned; then the parts beside them. The file alone is enough."""
    _ended(board)
    answer = board.proof()
    assert verify.faults(answer) == []
    for part in ("content", "record"):
        whole = answer[part].encode()
        for place in range(len(whole)):
            turned = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
            assert verify.faults({**answer, part: turned.decode("utf-8", "replace")}), f"{part} {place}"
    for name, value in (("title_zh", "别的公示"), ("last_day", "2025-06-23"), ("content_digest", "md5:00")):
        assert verify.faults({**answer, name: value}), name
    assert verify.faults({**answer, "lines": answer["lines"][:1]})
    assert verify.faults({**answer, "windows": answer["windows"][:1]})
    assert verify.faults({**answer, "record": None})
    file, other, none = (tmp_path / name for name in ("whole.json", "changed.json", "none.json"))
    file.write_text(json.dumps(answer))
    other.write_text(json.dumps(answer).replace("2025-06-18", "2025-06-19"))
    none.write_text("[]")
    assert [verify.main([str(path)]) for path in (file, other, none)] == [0, 1, 2]


def test_the_history_of_windows_is_only_added_to(board: Board) -> None:
    """By the database itself."""
    _ended(board)
    with pytest.raises(Exception, match="only ever added to"):
        board.write("UPDATE notice_windows SET number = 7 WHERE number = ?", 2)
