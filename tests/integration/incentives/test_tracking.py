"""Winners in the years after the award, on both databases: files, yearly reports, warnings, the figures of all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from services.incentives.tracking import owed
from shared.problems import Conflict, Invalid, NotFound, Transient
from shared.rulebooks import library
from tests.integration.incentives.followed import ANSWER_DAYS, AWARDED, FIGURES, Followed
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration

JANUARY = date(2026, 1, 10)
ONE = {"application_id": "a1", "year": 2025}


@pytest.fixture
def followed(database_url: str) -> Iterator[Followed]:
    made = Followed(database_url)
    made.award("a1", "a2")
    yield made
    made.desk.close()


def _states(file: dict[str, Any]) -> dict[int, str]:
    return {report["year"]: report["state"] for report in file["reports"]}


def test_a_file_for_each_winner_with_a_report_for_each_year(followed: Followed) -> None:
    """Who won nothing has none; the award's own year comes first and is due three months after its end."""
    lines = followed.office("tracking_files", {})["files"]
    assert [(line["application_id"], line["reports"], line["state"]) for line in lines] == [
        ("a1", 5, "open"),
        ("a2", 5, "open"),
    ]
    file = followed.file()
    assert (file["awarded_on"], file["ends_on"]) == (str(AWARDED), "2030-07-04")
    assert [(each["year"], each["due_on"]) for each in file["reports"]] == [
        (year, f"{year + 1}-03-31") for year in range(2025, 2030)
    ]
    with pytest.raises(NotFound):
        followed.file("a3")


def test_no_rehearsal_is_followed(database_url: str) -> None:
    """Nobody plays the years after it."""
    made = Followed(database_url, rehearsal=True)
    made.award("a1")
    assert made.office("tracking_files", {}) == {"files": []}
    made.desk.close()


def test_a_rulebook_without_reports_is_followed_by_visits_alone(database_url: str) -> None:
    """No report is due, and none can be written."""
    made = Followed(database_url, rulebook=library().get("shenzhen-2020"))
    made.award("a1")
    assert made.file()["reports"] == []
    with pytest.raises(NotFound):
        made.winner("save_tracking_text", {**ONE, "field": "summary", "text": "平稳。"})
    made.desk.close()


def test_from_the_empty_form_to_an_accepted_report(followed: Followed) -> None:
    """Due, draft, submitted, accepted; what was handed in stays as it was, with its digest."""
    followed.write(2025)
    assert _states(followed.own())[2025] == "draft"
    for papers in (["f1", "f3"], ["f2"]):
        followed.winner("add_tracking_papers", {**ONE, "papers": papers})
    followed.winner("drop_tracking_paper", {**ONE, "paper_id": "f3"})
    with pytest.raises(NotFound):
        followed.winner("drop_tracking_paper", {**ONE, "paper_id": "f3"})
    with pytest.raises(Invalid):
        followed.winner("add_tracking_papers", {**ONE, "papers": [f"g{n}" for n in range(19)]})
    followed.at(JANUARY)
    followed.winner("submit_tracking_report", ONE)
    report = followed.file()["reports"][0]
    assert (report["state"], report["owed_on"], report["overdue"]) == ("submitted", None, False)
    assert {each["index"]: each["value"] for each in report["content"]["figures"]} == FIGURES
    assert report["content"]["papers"] == ["f1", "f2"]
    followed.accept_report(2025)
    report = followed.file()["reports"][0]
    assert (report["state"], report["accepted_on"]) == ("accepted", str(JANUARY))
    assert [each["number"] for each in report["handed_in"]] == [1]
    assert {"tracking:report_handed_in", "tracking:report_accepted"} <= set(followed.desk.actions())


def test_all_that_is_missing_is_named(followed: Followed) -> None:
    """A summary, and a figure for every index of the rulebook."""
    followed.at(JANUARY)
    followed.winner("save_tracking_text", {**ONE, "field": "plans", "text": "继续。"})
    with pytest.raises(Invalid) as refused:
        followed.winner("submit_tracking_report", ONE)
    assert {each.field for each in refused.value.errors} == {
        "summary",
        *(f"figures.{key}" for key in FIGURES),
    }
    with pytest.raises(Invalid):
        followed.winner("save_tracking_figure", {**ONE, "index": "unknown", "value": "1"})


def test_a_year_is_handed_in_when_it_is_over(followed: Followed) -> None:
    """Refused on 31 December, taken on 1 January."""
    followed.at(date(2025, 12, 31))
    followed.write(2025)
    with pytest.raises(Conflict) as refused:
        followed.winner("submit_tracking_report", ONE)
    assert refused.value.code == "year_not_over"
    followed.at(date(2026, 1, 1))
    followed.winner("submit_tracking_report", ONE)


def test_returned_for_correction_once(followed: Followed) -> None:
    """The winner goes on from what it handed in; the corrected one can only be accepted."""
    followed.at(JANUARY)
    followed.hand_in(2025, market="99")
    with pytest.raises(Invalid):
        followed.office("return_tracking_report", {**ONE, "reason": "口径", "correct_by": str(JANUARY)})
    until = JANUARY + timedelta(days=10)
    back = {**ONE, "reason": "市场占有率口径不一致", "correct_by": str(until)}
    followed.office("return_tracking_report", back)
    report = followed.own()["reports"][0]
    assert (report["state"], report["owed_on"], report["return_reason"]) == (
        "returned",
        str(until),
        back["reason"],
    )
    followed.winner("save_tracking_figure", {**ONE, "index": "market", "value": "9.9"})
    followed.winner("submit_tracking_report", ONE)
    report = followed.file()["reports"][0]
    assert (report["state"], [each["number"] for each in report["handed_in"]]) == ("corrected", [1, 2])
    figures = {each["index"]: each["value"] for each in report["content"]["figures"]}
    assert figures == {**FIGURES, "market": "9.9"}
    with pytest.raises(Conflict) as refused:
        followed.office("return_tracking_report", back)
    assert refused.value.code == "cannot_become_returned_from_corrected"
    followed.accept_report(2025)
    points = {line["index"]: line["points"] for line in followed.file()["lines"]}
    assert points["market"] == [{"year": 2025, "figure": "9.9", "relative": "100.0"}]


def test_moves_that_the_table_has_not_are_refused(followed: Followed) -> None:
    """Nothing is accepted before it is handed in, handed in twice or written to afterwards."""
    followed.at(JANUARY)
    with pytest.raises(Conflict):
        followed.accept_report(2025)
    with pytest.raises(Conflict):
        followed.winner("submit_tracking_report", ONE)
    followed.hand_in(2025)
    for method, more in (
        ("submit_tracking_report", {}),
        ("save_tracking_text", {"field": "plans", "text": "继续。"}),
        ("add_tracking_papers", {"papers": []}),
    ):
        with pytest.raises(Conflict):
            followed.winner(method, {**ONE, **more})
    followed.accept_report(2025)
    with pytest.raises(Conflict):
        followed.accept_report(2025)


def test_a_draft_is_the_winners_alone(followed: Followed) -> None:
    """The office sees that there is one, nothing of what it says; nor does another winner see the file at all."""
    secret = "只有本单位知道的话"
    followed.winner("save_tracking_text", {**ONE, "field": "plans", "text": secret})
    assert secret in str(followed.own())
    assert secret not in str(followed.file())
    assert followed.file()["reports"][0]["draft"] is None
    for stranger in ("a2.lead", "a3.lead", "nobody"):
        with pytest.raises(NotFound):
            followed.own("a1", actor=stranger)
        with pytest.raises(NotFound):
            followed.winner("save_tracking_text", {**ONE, "field": "plans", "text": "改"}, actor=stranger)


def test_a_reader_looks_and_does_not_write(followed: Followed) -> None:
    """Somebody on the dossier who may only look at it."""
    assert followed.own("a1", actor="a1.reader")["application_id"] == "a1"
    with pytest.raises(NotFound):
        followed.winner("save_tracking_text", {**ONE, "field": "plans", "text": "改"}, actor="a1.reader")


def test_people_who_left_see_nothing_more(followed: Followed) -> None:
    """The newest list counts, in whatever order the lists come."""
    followed.change_people("a1", "3", "new.lead")
    followed.change_people("a1", "2", "a1.lead")
    assert followed.own("a1", actor="new.lead")["state"] == "open"
    with pytest.raises(NotFound):
        followed.own("a1", actor="a1.lead")


def test_what_is_owed_is_listed_with_its_reminders(followed: Followed) -> None:
    """The first report before and after its day; what is handed in is owed no more."""
    followed.at(date(2026, 3, 24))
    line = followed.office("tracking_due", {})["owed"][0]
    assert (line["what"], line["year"], line["owed_on"]) == ("report", 2025, "2026-03-31")
    assert (line["overdue"], line["remind_on"], line["reminders"]) == (False, "2026-03-24", 2)
    followed.at(date(2026, 4, 1))
    line = followed.office("tracking_due", {})["owed"][0]
    assert (line["overdue"], line["remind_on"], line["reminders"]) == (True, "2026-04-07", 3)
    assert followed.office("tracking_files", {})["files"][0]["reports_overdue"] == 1
    followed.hand_in(2025)
    owed = followed.office("tracking_due", {})["owed"]
    assert [(each["application_id"], each["year"]) for each in owed][:2] == [("a2", 2025), ("a1", 2026)]
    assert followed.office("tracking_files", {})["files"][0]["reports_overdue"] == 0


def test_what_fell_is_warned_of_and_answered(followed: Followed) -> None:
    """By a fifth and more in a year, and below the award's year; the winner answers each once."""
    followed.report(2025)
    followed.report(2026, economic="28", quality="2.1")
    found = {(each["index"], each["kind"]): each for each in followed.file()["warnings"]}
    assert {key: each["percent"] for key, each in found.items()} == {
        ("economic", "fall"): "21.1",
        ("economic", "below_base"): "21.1",
        ("quality", "below_base"): "5.0",
    }
    one = found["economic", "fall"]
    assert one["answer_by"] == str(date(2027, 1, 10) + timedelta(days=ANSWER_DAYS))
    mine = {"application_id": "a1", "warning_id": one["warning_id"], "answer": "一次性搬迁。"}
    with pytest.raises(NotFound):
        followed.winner("answer_tracking_warning", {**mine, "application_id": "a2"}, actor="a2.lead")
    followed.winner("answer_tracking_warning", mine)
    with pytest.raises(Conflict):
        followed.winner("answer_tracking_warning", mine)
    found = {each["warning_id"]: each for each in followed.own()["warnings"]}
    assert (found[one["warning_id"]]["state"], found[one["warning_id"]]["answer"]) == (
        "answered",
        "一次性搬迁。",
    )
    assert followed.office("tracking_files", {})["files"][0]["warnings_open"] == 2


def test_a_year_that_is_accepted_late_shows_what_fell_in_the_next_one(followed: Followed) -> None:
    """Each fall once, whichever report came first."""
    followed.report(2026, market="6")
    assert followed.file()["warnings"] == []
    followed.report(2025, market="12")
    found = [(each["year"], each["kind"]) for each in followed.file()["warnings"]]
    assert found == [(2026, "fall"), (2026, "below_base")]
    followed.report(2027, market="13")
    assert len(followed.file()["warnings"]) == 2


def test_the_line_of_an_index_begins_at_100(followed: Followed) -> None:
    """Upwards is better for the rate of loss as well."""
    followed.report(2025)
    followed.report(2026, overall="704", quality="1.6")
    lines = {line["index"]: line["points"] for line in followed.own()["lines"]}
    assert [each["relative"] for each in lines["overall"]] == ["100.0", "110.0"]
    assert [each["relative"] for each in lines["quality"]] == ["100.0", "125.0"]


def test_figures_below_nothing_are_told_as_they_are(database_url: str) -> None:
    """A loss is a figure like any other, of one winner and of all; below the base it is warned of."""
    made = Followed(database_url)
    made.award("a1", "a2", "a3")
    for name in ("a1", "a2", "a3"):
        made.report(2025, name)
        made.report(2026, name, economic="-7.1")
    points = {line["index"]: line["points"] for line in made.file()["lines"]}
    assert points["economic"][1] == {"year": 2026, "figure": "-7.1", "relative": "-20.0"}
    economic = made.office("tracking_overview", {})["indices"][1]
    assert economic["years"][1] == {"year": 2026, "winners": 3, "lower": -20, "median": -20, "upper": -20}
    assert {(each["kind"], each["percent"]) for each in made.file()["warnings"]} == {
        ("fall", "120.0"),
        ("below_base", "120.0"),
    }
    made.desk.close()


def test_all_winners_together_are_told_of_where_they_are_enough(database_url: str) -> None:
    """Below the least nothing; a revoked winner's figures are left out; one who won nothing gets nothing."""
    made = Followed(database_url, applicants=5)
    made.award("a1", "a2", "a3", "a4")
    for name, second in (("a1", "640"), ("a2", "672"), ("a3", "704")):
        made.report(2025, name)
        made.report(2026, name, overall=second)
    found = made.office("tracking_overview", {})
    overall = next(each for each in found["indices"] if each["index"] == "overall")
    assert overall["years"] == [
        {"year": 2025, "winners": 3, "lower": 100, "median": 100, "upper": 100},
        {"year": 2026, "winners": 3, "lower": 103, "median": 105, "upper": 108},
    ]
    assert made.winner("tracking_overview", {}) == found
    assert made.winner("tracking_overview", {}, actor="a4.lead") == found
    with pytest.raises(NotFound):
        made.winner("tracking_overview", {}, actor="a5.lead")
    made.revoke("a3", date(2027, 2, 1))
    found = made.office("tracking_overview", {})
    assert {each["median"] for index in found["indices"] for each in index["years"]} == {None}
    made.desk.close()


def test_a_revoked_winner_is_followed_no_more(followed: Followed) -> None:
    """What was handed in stays; nothing more is owed, written or accepted; a second sanction ends nothing again."""
    followed.report(2025)
    followed.at(date(2027, 1, 10))
    followed.hand_in(2026)
    day = date(2027, 2, 1)
    followed.at(day)
    followed.revoke("a1", day)
    followed.revoke("a1", day)
    file = followed.file()
    assert (file["state"], file["ended_on"], file["ended_rule"]) == ("ended", str(day), "34")
    assert _states(file)[2025] == "accepted"
    for call in (
        lambda: followed.accept_report(2026),
        lambda: followed.winner("add_tracking_papers", {**ONE, "year": 2027, "papers": []}),
    ):
        with pytest.raises(Conflict) as refused:
            call()
        assert refused.value.code == "tracking_ended"
    assert {line["application_id"] for line in followed.office("tracking_due", {})["owed"]} == {"a2"}
    assert followed.desk.actions().count("tracking:ended") == 1


def test_a_sanction_that_overtakes_the_award_waits(database_url: str) -> None:
    """The two events come by queues of their own."""
    made = Followed(database_url)
    with pytest.raises(Transient):
        made.revoke("a1", AWARDED)
    made.desk.close()


def test_one_index_in_points_where_the_text_speaks_of_quality_alone(database_url: str) -> None:
    """Another rulebook, another form: the file holds what its rulebook asks."""
    made = Followed(database_url, rulebook=CHANGNING)
    made.award("a1")
    made.report(2025)
    (line,) = made.file()["lines"]
    assert (line["index"], line["better"]) == ("quality_performance", "higher")
    assert made.file()["cycle_id"] == CYCLE
    made.desk.close()


def test_of_two_officers_at_once_one_is_heard(database_url: str) -> None:
    """One accepts, one returns: whoever comes second is told what the report has become."""
    made = Followed(database_url)
    made.award("a1")
    made.at(JANUARY)
    made.hand_in(2025)
    back = {**ONE, "reason": "口径", "correct_by": "2026-02-10"}

    def told(method: str, data: dict[str, Any], actor: str) -> str:
        try:
            made.office(method, data, actor)
        except Conflict as refused:
            return refused.code
        return method

    calls = [
        ("accept_tracking_report", ONE, "li.office"),
        ("return_tracking_report", back, "wang.office"),
    ] * 3
    with ThreadPoolExecutor(len(calls)) as pool:
        found = list(pool.map(lambda call: told(*call), calls))
    (heard,) = [each for each in found if each.endswith("_report")]
    state = "accepted" if heard.startswith("accept") else "returned"
    assert _states(made.file())[2025] == state
    assert {each for each in found if each != heard} <= {
        f"cannot_become_{wanted}_from_{state}" for wanted in ("accepted", "returned")
    }
    made.desk.close()


def test_a_winner_is_reminded_once_of_each_day_that_comes(followed: Followed) -> None:
    """Also of one that came while the house was dark; what is handed in, and who is followed no more, is left alone."""

    def told() -> list[tuple[str, str, str]]:
        with followed.desk.work() as work:
            owed.remind(work, (30, 7, 0, -7))
        return [
            (each["application_id"], each["what"], each["owed_on"].isoformat())
            for each in followed.desk.told("tracking.owed")
        ]

    followed.at(date(2026, 3, 1))
    report = "report", "2026-03-31"
    once = [("a1", *report), ("a2", *report)]
    assert told() == once
    assert told() == once
    followed.at(date(2026, 3, 23))
    assert told() == once
    followed.revoke("a2", date(2026, 3, 23))
    followed.at(date(2026, 4, 2))
    assert told() == [*once, ("a1", *report)]
    assert followed.desk.actions().count("tracking:reminded") == 3
