"""A notice without a database: its states, its days, its digests."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.eligibility.notices import changes, content, proof, states, windows
from services.eligibility.notices.proof import Anchor, Kept
from services.eligibility.notices.states import MOVES, Notice
from shared.calendar import CalendarNotPublished, Window, work_calendar
from shared.identifiers import digest
from shared.problems import Conflict, Invalid
from shared.procedure import Entrant
from shared.rulebooks import library

pytestmark = pytest.mark.unit

CALENDAR = work_calendar()
LAWFUL = {
    ("edit", "draft"), ("edit", "approved"), ("list", "draft"), ("list", "approved"), ("approve", "draft"),
    ("post", "approved"), ("extend", "posted"), ("end", "posted"), ("correct", "posted"), ("drop", "draft"),
    ("edit", "dropped"),
}  # fmt: skip


@pytest.mark.parametrize("move", sorted(MOVES))
@pytest.mark.parametrize("state", [state.value for state in Notice])
def test_every_move_that_the_table_does_not_have_is_refused(move: str, state: str) -> None:
    """Never from posted back to a draft, never approved without a draft, never out of the end."""
    if (move, state) in LAWFUL:
        assert state in states.before(move)
        states.after(move, state)
    else:
        assert state not in states.before(move)
        with pytest.raises(Conflict) as refused:
            states.after(move, state)
        assert refused.value.code == f"cannot_{move}_{state}"


# --- days ---------------------------------------------------------------------------------------------------------


def _working_days(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if CALENDAR.is_working_day(day)]


@given(
    posted=st.dates(date(2019, 1, 1), date(2026, 6, 30)),
    length=st.integers(1, 20),
    picks=st.sets(st.integers(0, 19), min_size=1),
    late=st.integers(0, 40),
)
def test_an_extension_never_shortens_and_counts_working_days(
    posted: date, length: int, picks: set[int], late: int
) -> None:
    """The days on which it could be read are as many as prescribed, whenever the failure is reported."""
    window = CALENDAR.window(posted, length)
    days = _working_days(*window)
    lost = [days[n] for n in sorted(picks) if n < len(days)]
    today = (lost[-1] if lost else window.last) + timedelta(days=late)
    longer = windows.extended(CALENDAR, window, lost, today)
    assert longer.first == window.first
    assert longer.last >= window.last
    made_up = _working_days(max(window.last + timedelta(days=1), today), longer.last)
    assert len(made_up) == len(lost)
    assert len(days) - len(lost) + len(made_up) == length
    if lost:
        assert longer.last > window.last
        assert CALENDAR.is_working_day(longer.last)
    else:
        assert longer == window


def test_a_failure_found_when_the_window_is_over_is_made_up_for_from_today() -> None:
    """A day that nobody knew to be one of the notice's does not count."""
    window = Window(date(2025, 6, 17), date(2025, 6, 23))
    longer = windows.extended(CALENDAR, window, [date(2025, 6, 20)], date(2025, 6, 28))  # a Saturday
    assert longer.last == date(2025, 6, 30)


def test_year_end_leap_day_and_a_make_up_working_day_count() -> None:
    """Over New Year 2025; onto 29 February 2024; onto a Sunday that the State Council made a working day."""
    over = windows.extended(
        CALENDAR, Window(date(2025, 12, 25), date(2025, 12, 31)), [date(2025, 12, 31)], date(2025, 12, 31)
    )
    assert over.last == date(2026, 1, 4)  # a Sunday that works; the first three days are a holiday
    leap = windows.extended(
        CALENDAR, Window(date(2024, 2, 22), date(2024, 2, 28)), [date(2024, 2, 23)], date(2024, 2, 26)
    )
    assert leap.last == date(2024, 2, 29)
    sunday = windows.extended(
        CALENDAR, Window(date(2026, 9, 14), date(2026, 9, 18)), [date(2026, 9, 15)], date(2026, 9, 16)
    )
    assert sunday.last == date(2026, 9, 20)


def test_a_year_without_an_official_calendar_is_no_guess() -> None:
    """The extension would lead into 2027, of which nothing is published."""
    window = Window(date(2026, 12, 25), date(2026, 12, 31))
    with pytest.raises(CalendarNotPublished, match="2027"):
        windows.extended(CALENDAR, window, [date(2026, 12, 28)], date(2026, 12, 29))


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        ([date(2025, 6, 16)], "not within"),
        ([date(2025, 6, 24)], "not within"),
        ([date(2025, 6, 21)], "no working day"),
        ([date(2025, 6, 20)], "still to come"),
        ([date(2025, 6, 18), date(2025, 6, 18)], "already"),
        ([date(2025, 6, 17)], "already"),
    ],
)
def test_a_day_that_cannot_have_been_lost_is_refused_by_name(lost: list[date], words: str) -> None:
    """Outside the window, a weekend, the future, twice in one report, reported before."""
    window = Window(date(2025, 6, 17), date(2025, 6, 23))
    with pytest.raises(Invalid) as refused:
        windows.check_lost(CALENDAR, window, lost, {date(2025, 6, 17)}, date(2025, 6, 19))
    (fault,) = refused.value.errors
    assert fault.field == f"days.{len(lost) - 1}"
    assert words in fault.reason_en


@given(
    posted=st.dates(date(2019, 1, 1), date(2026, 5, 31)),
    length=st.integers(1, 20),
    longer=st.integers(0, 30),
    later=st.integers(0, 40),
)
def test_a_correction_stands_its_full_days_anew_and_shortens_nothing(
    posted: date, length: int, longer: int, later: int
) -> None:
    """Day one is no day before today; as many working days as any notice has; never over before the old one would have been."""
    old = CALENDAR.window(posted, length)
    old = Window(old.first, old.last + timedelta(days=longer))
    today = posted + timedelta(days=later)
    new = windows.anew(CALENDAR, old, length, today)
    assert new.first >= today
    assert new.last >= old.last
    assert len(_working_days(*new)) >= length
    assert new.last == old.last or len(_working_days(*new)) == length


# --- corrections --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "after", "slot"),
    [
        ("award", "award.2", "award"),
        ("award.2", "award.3", "award"),
        ("first_review.9", "first_review.10", "first_review"),
    ],
)
def test_a_correction_is_named_after_what_it_corrects(name: str, after: str, slot: str) -> None:
    """And both stand in the place of one notice of the rulebook, whose names hold no such mark."""
    assert (changes.next_name(name), changes.slot_of(name), changes.slot_of(after)) == (after, slot, slot)
    named = {
        stage.notice for book in map(library().get, library().ids()) for stage in book.stages if stage.notice
    }
    assert all(changes.slot_of(each) == each for each in named)


LISTED = [
    {"application_id": "a1", "name": "示例甲", "level": "一等"},
    {"application_id": "a2", "name": "示例乙"},
]


def test_names_are_corrected_and_nobody_comes_or_goes() -> None:
    """Order, level and track stay; what was before is told beside what is now."""
    now = changes.renamed(LISTED, [{"application_id": "a2", "name": " 示例乙公司 "}])
    assert [line["name"] for line in now] == ["示例甲", "示例乙公司"]
    assert [{**line, "name": ""} for line in now] == [{**line, "name": ""} for line in LISTED]
    old = {"introduction_zh": "甲", "introduction_en": "A", "contact": "电话 1", "listed": LISTED}
    found = changes.between(old, content.Words("甲", "A", "电话 2"), now)
    assert [(each["what"], each["application_id"], each["before"], each["after"]) for each in found] == [
        ("contact", None, "电话 1", "电话 2"), ("name", "a2", "示例乙", "示例乙公司"),
    ]  # fmt: skip
    assert changes.between(old, content.Words("甲", "A", "电话 1"), LISTED) == []


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ([{"application_id": "a9", "name": "外人"}], "names.0.application_id"),
        (
            [{"application_id": "a1", "name": "甲"}, {"application_id": "a1", "name": "乙"}],
            "names.1.application_id",
        ),
    ],
)
def test_who_is_not_on_the_list_is_not_corrected_onto_it(names: list[dict[str, str]], field: str) -> None:
    """Nor is anybody named in two ways."""
    with pytest.raises(Invalid) as refused:
        changes.renamed(LISTED, names)
    assert [error.field for error in refused.value.errors] == [field]


# --- digests ------------------------------------------------------------------------------------------------------


def _kept() -> tuple[Kept, list[Anchor]]:
    rulebook = library().get(sorted(library().ids())[0])
    stage = next(stage for stage in rulebook.stages if stage.kind == "notice")
    entrants = [Entrant(f"a{n}", n, {"name": f"示例{n}公司"}, {"level": "甲"}) for n in (1, 2, 3)]
    window = Window(date(2025, 6, 17), date(2025, 6, 23))
    words = content.Words("引言", "Introduction", "评审办公室")
    said = content.frozen(rulebook, 2025, stage, words, content.lines_of(entrants), window)
    first = windows.entry(1, window, (), "", date(2025, 6, 17), digest(said))
    longer = Window(window.first, date(2025, 6, 24))
    second = windows.entry(2, longer, [date(2025, 6, 18)], "停电", date(2025, 6, 19), str(first["digest"]))
    kept = Kept(said, digest(said), content.line_digests(said), [first, second], None, None, "2025-06-24")
    log = [{"what": "posted", "by": "li", "at": "2025-06-17T09:00:00+08:00"}]
    record = proof.record("c1", "award", kept, log, date(2025, 6, 24))
    kept = Kept(
        kept.content, kept.content_digest, kept.lines, kept.history, record, digest(record), "2025-06-24"
    )
    anchors = [
        Anchor("notice:posted", digest(said), True),
        Anchor("notice:extended", digest(second), True),
        Anchor("notice:ended", digest(record), True),
    ]
    return kept, anchors


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [place for key, inner in value.items() for place in _places(inner, (*path, key))]
    if isinstance(value, list):
        return [place for number, inner in enumerate(value) for place in _places(inner, (*path, number))]
    return [path]


def _changed(value: Any, path: tuple[Any, ...]) -> Any:
    found = copy.deepcopy(value)
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    old = inner[path[-1]]
    inner[path[-1]] = old + 1 if isinstance(old, int) else (old[:-1] + chr(ord(old[-1]) ^ 1) if old else "x")
    return found


def test_a_whole_notice_has_no_fault() -> None:
    """What was kept as it was made agrees with itself and with the audit log."""
    assert proof.faults(*_kept()) == []


@pytest.mark.parametrize("part", ["content", "lines", "history", "record"])
def test_one_byte_that_was_changed_is_found_wherever_it_is(part: str) -> None:
    """Every single value of what is kept, changed by one character."""
    kept, anchors = _kept()
    places = _places(getattr(kept, part))
    assert len(places) >= 3
    for place in places:
        other = Kept(**{**vars(kept), part: _changed(getattr(kept, part), place)})
        assert proof.faults(other, anchors), f"{part} {place}"


def test_a_forger_who_recomputes_every_digest_is_found_by_the_audit_log() -> None:
    """Content, lines, windows and record all agree with each other, and with nothing that was sealed."""
    kept, anchors = _kept()
    said = _changed(kept.content, ("listed", 0, "name"))
    first = {name: value for name, value in kept.history[0].items() if name != "digest"}
    forged_first = {**first, "previous": digest(said)}
    forged_first["digest"] = digest(forged_first)
    second = {name: value for name, value in kept.history[1].items() if name != "digest"}
    forged_second = {**second, "previous": forged_first["digest"]}
    forged_second["digest"] = digest(forged_second)
    lines = content.line_digests(said)
    forged = Kept(said, digest(said), lines, [forged_first, forged_second], None, None, "2025-06-24")
    record = proof.record("c1", "award", forged, kept.record["log"] if kept.record else [], date(2025, 6, 24))
    forged = Kept(
        forged.content,
        forged.content_digest,
        forged.lines,
        forged.history,
        record,
        digest(record),
        "2025-06-24",
    )
    assert proof.faults(forged, [Anchor(a.action, None, True) for a in anchors])
    found = proof.faults(forged, anchors)
    assert {fault.en for fault in found} == {
        f"it is not what the audit log has of notice:{verb}" for verb in ("posted", "extended", "ended")
    }


def test_the_record_of_a_corrected_notice_names_the_new_one_and_is_found_changed() -> None:
    """It stands in the audit log as a correction, not as an end."""
    kept, anchors = _kept()
    new = {"notice": "award.2", "content_digest": "sha256:00"}
    record = proof.record("c1", "award", kept, [], date(2025, 6, 20), new)
    corrected = Kept(**{**vars(kept), "record": record, "record_digest": digest(record)})
    there = [*anchors[:2], Anchor("notice:corrected", digest(record), True)]
    assert proof.faults(corrected, there) == []
    assert proof.faults(corrected, anchors)
    assert proof.faults(Kept(**{**vars(corrected), "record": {**record, "corrected_by": {}}}), there)


def test_a_missing_entry_a_broken_seal_and_a_lost_window_are_found() -> None:
    """The audit log has one entry for each change, as it was sealed; the history loses no line."""
    kept, anchors = _kept()
    assert proof.faults(kept, anchors[:-1])
    assert proof.faults(kept, [Anchor(a.action, a.after_digest, False) for a in anchors])
    assert proof.faults(Kept(**{**vars(kept), "history": kept.history[:1]}), anchors)
    assert proof.faults(kept, [Anchor(a.action, a.after_digest, None) for a in anchors]) == []


def test_what_an_objection_needs_stands_in_the_notice() -> None:
    """With the article of the rulebook that asks it."""
    for rulebook in map(library().get, library().ids()):
        zh, en = content.how_to_object(rulebook)
        assert ("实名" in zh) == rulebook.objections.real_name
        assert ("evidence" in en) == rulebook.objections.evidence
