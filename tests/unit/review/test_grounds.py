"""What ties a person to an application, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.review.conflicts import grounds as g
from services.review.conflicts.recusals import article, worded
from shared.rulebooks import library

pytestmark = pytest.mark.unit

CLOSES = date(2025, 6, 13)
TERMS = g.Terms(CLOSES, 3)
MINE, SISTER, STRANGER = "91310105MAXY50013E", "91310105MA1K300034", "91310000MA1K35XXXX"
PARTIES = (
    g.Party("whole", MINE, "海光"),
    g.Party("person", MINE),
    g.Party("sister", SISTER, "海光"),
    g.Party("other", STRANGER),
)
DAYS = st.none() | st.dates(date(2015, 1, 1), date(2027, 12, 31))
CODES = st.sampled_from([MINE, SISTER, STRANGER])
RELATIONS = ("employed", "advised", "consulted", "kin", "shareholding", "competitor", "other")
JOBS = st.builds(g.Employment, CODES, DAYS, DAYS)
INTERESTS = st.builds(
    g.Interest, st.sampled_from(RELATIONS), st.none() | CODES, st.none() | st.sampled_from(["whole", "other"]), DAYS, DAYS,
)  # fmt: skip
PERSONS = st.builds(
    g.Person,
    st.just("E1"),
    st.lists(JOBS, max_size=4).map(tuple),
    st.lists(INTERESTS, max_size=4).map(tuple),
)


def conflicts(person: g.Person, terms: g.Terms = TERMS) -> set[tuple[str, str]]:
    """Application and ground."""
    return {(a, ground) for a, ground, _ in g.met(g.ties(person, terms), g.Parties(PARTIES))}


def interested(relation: str, until: date | None = None) -> set[tuple[str, str]]:
    return conflicts(g.Person("E1", interests=(g.Interest(relation, STRANGER, until=until),)))


def test_an_employer_keeps_from_all_of_its_code_and_from_its_group() -> None:
    """The organization and its individuals; and the sister, whose own application tells the group."""
    assert conflicts(g.Person("E1", (g.Employment(MINE),))) == {
        ("whole", "employer"), ("person", "employer"), ("sister", "group"),
    }  # fmt: skip
    assert conflicts(g.Person("E1", (g.Employment(STRANGER),))) == {("other", "employer")}


def test_a_group_is_known_from_any_application_of_the_code() -> None:
    """The individual's dossier names no group; its employer's does."""
    assert ("person", "group") in conflicts(g.Person("E1", (g.Employment(SISTER),)))


@pytest.mark.parametrize(
    ("until", "ground"),
    [
        (None, "employer"),
        (CLOSES, "employer"),
        (CLOSES - timedelta(days=1), "former_employer"),
        (date(2022, 6, 13), "former_employer"),
        (date(2022, 6, 12), None),
    ],
)
def test_a_former_employer_counts_for_the_look_back_both_ends_included(
    until: date | None, ground: str | None
) -> None:
    """Three years before applications close; a day earlier it is over."""
    found = conflicts(g.Person("E1", (g.Employment(STRANGER, until=until),)))
    assert found == (set() if ground is None else {("other", ground)})


@pytest.mark.parametrize(
    ("relation", "ground", "lasting_only"),
    [
        ("kin", "kin_of", True),
        ("shareholding", "shareholding", True),
        ("competitor", "competitor", True),
        ("other", "declared", True),
        ("advised", "advises", False),
    ],
)
def test_declared_relations(relation: str, ground: str, lasting_only: bool) -> None:
    """A relation that is over no longer counts; advice does for good."""
    assert interested(relation) == {("other", ground)}
    over = interested(relation, until=date(2020, 1, 1))
    assert over == (set() if lasting_only else {("other", ground)})


def test_paid_consulting_is_looked_back_for() -> None:
    """As an employment is."""
    assert interested("consulted", date(2022, 6, 13)) == {("other", "consulted")}
    assert interested("consulted", date(2022, 6, 12)) == set()


def test_without_a_look_back_only_what_lasts_counts() -> None:
    """A rulebook may say nothing of it."""
    over = g.Person("E1", (g.Employment(STRANGER, until=date(2025, 1, 1)),))
    assert conflicts(over, g.Terms(CLOSES)) == set()


@given(PERSONS, JOBS | INTERESTS)
def test_an_interest_more_never_frees(person: g.Person, more: g.Employment | g.Interest) -> None:
    """Whoever is kept from an application stays kept from it, on every ground it was."""
    if isinstance(more, g.Employment):
        richer = replace(person, employments=(*person.employments, more))
    else:
        richer = replace(person, interests=(*person.interests, more))
    assert conflicts(person) <= conflicts(richer)


@given(PERSONS, st.integers(0, 10), st.integers(0, 10))
def test_a_longer_look_back_never_frees(person: g.Person, years: int, more: int) -> None:
    """The applications that one is kept from only grow."""
    shorter, longer = g.Terms(CLOSES, years), g.Terms(CLOSES, years + more)
    assert conflicts(person, shorter) <= conflicts(person, longer)


@pytest.mark.parametrize("told", [" 海光 ", "海　光", "海光"])
def test_a_groups_name_is_compared_without_spaces(told: str) -> None:
    """Full-width ones too."""
    assert g.group_key(told) == "海光"


@pytest.mark.parametrize(("told", "key"), [("ＡＢＣ group", "abcgroup"), ("  ", None), (None, None)])
def test_a_groups_name_is_compared_without_width_and_case(told: str | None, key: str | None) -> None:
    """Nothing left is no group."""
    assert g.group_key(told) == key


@pytest.mark.parametrize("ground", g.GROUNDS)
def test_every_ground_has_words_and_the_article_where_there_is_one(ground: str) -> None:
    """15 for advisers, 28 (3) for the rest; a silent rulebook names none."""
    book = library().get("changning-2023")
    rule = article(book, ground)
    told = worded("E1", "a", ground, rule)
    assert rule == ("15" if ground == "advises" else "28.3")
    assert rule in told.reason_zh
    assert rule in told.reason_en
    assert article(replace(book, recusal=()), ground) is None
    assert "依据" not in worded("E1", "a", ground, None).reason_zh
