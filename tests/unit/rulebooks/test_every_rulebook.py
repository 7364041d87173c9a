"""What holds of every rulebook that is installed: all of its text is accounted for, and nothing is assumed in silence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.rulebooks import Rulebook
from tests.unit.rulebooks.cases import installed

each = pytest.mark.parametrize("book", installed(), ids=lambda book: book.id)


def _cited(value: object, key: str = "") -> set[str]:
    """The rules that a part of a file names, outside its articles."""
    if isinstance(value, dict):
        return set().union(
            *(_cited(inner, name) for name, inner in value.items() if name != "articles"), set()
        )
    if isinstance(value, list):
        return set().union(*(_cited(inner, key) for inner in value), set())
    return {value} if key in {"rule", "rules"} and isinstance(value, str) else set()


def _known(book: Rulebook) -> set[str]:
    return _cited(book.raw) | set(book.raw["conditions"]) | set(book.raw["not_encoded"])


@each
def test_every_article_is_a_rule_a_judgement_a_parameter_or_listed_with_its_reason(book: Rulebook) -> None:
    """Taken apart here anew, without the loader's own check; what is left over heads items and does no more."""
    for rule in set(book.articles) - _known(book):
        items = {other for other in book.articles if other.startswith(f"{rule}.")}
        heads = {other for other in items if any(each.startswith(f"{other}.") for each in items)}
        assert items, f"{rule} is forgotten"
        assert items - heads <= _known(book)
    assert all(entry.reason.zh and entry.reason.en for entry in book.not_encoded)


@each
def test_nothing_is_cited_that_is_neither_in_the_text_nor_said_to_be_assumed(book: Rulebook) -> None:
    """A number stands for a passage that is there; anything else bears the name of an assumption."""
    assert {rule for rule in _known(book) if not rule.startswith("assumed:")} <= set(book.articles)


@each
def test_every_article_says_in_our_own_words_what_it_asks(book: Rulebook) -> None:
    """In both languages, not as a repeated heading; only what heads items and is itself cited nowhere may have none."""
    gists = {rule: article.gist for rule, article in book.articles.items()}
    assert {rule for rule, gist in gists.items() if gist is None} <= set(book.articles) - _known(book)
    for rule, gist in gists.items():
        if gist is not None:
            assert gist.zh.endswith("。"), rule
            assert gist.en.endswith("."), rule
            assert gist.zh.rstrip("。") != book.articles[rule].title


def _marked(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Where a file says `source: assumed`."""
    if isinstance(value, dict):
        if value.get("source") == "assumed":
            yield path
        for key, inner in value.items():
            yield from _marked(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _marked(inner, (*path, index))


@each
def test_every_assumed_value_can_be_listed_with_its_ground(book: Rulebook) -> None:
    """As many as the file marks, each with a value, a line and a note in both languages."""
    assumed = book.assumed()
    assert len(assumed) == len(list(_marked(book.raw))) > 0
    assert all(a.note.zh and a.note.en and a.value and a.line > 0 for a in assumed)


@each
def test_everybody_who_may_apply_has_an_award_to_win_and_a_place(book: Rulebook) -> None:
    """Each kind and category has a track, each track a level, each of them a quota."""
    for kind in book.kinds:
        tracks = [track for track in book.tracks if kind in track.kinds]
        assert tracks, kind
        for track in tracks:
            assert book.levels_of(track.name)
    for level in book.levels:
        for track_name in level.tracks:
            assert level.name in book.quota_of(level.name, track_name).levels


@each
def test_every_notice_lasts_five_working_days_at_least(book: Rulebook) -> None:
    """All texts that name a number name this one, and where none does it is assumed."""
    notices = [stage for stage in book.stages if stage.kind == "notice"]
    assert [stage.notice for stage in notices][-1] == "award"
    assert all(stage.working_days == 5 for stage in notices)


def test_one_text_alone_knows_nominations() -> None:
    """Changning 20 and Shenzhen 2020 (1.6): own application, recommended; the revision of 2023 adds nomination."""
    said = {
        book.id: (book.nominations.allowed, book.nominations.rule, book.nominations.source)
        for book in installed()
    }
    assert said == {
        "changning-2023": (False, "20", "text"),
        "changning-2023-draft": (False, "20", "text"),
        "hangzhou-2025": (False, "assumed:nominations", "assumed"),
        "shenzhen-2020": (False, "1.6", "text"),
        "shenzhen-2023": (True, "assumed:procedure", "text"),
    }


def test_who_approves_and_when_stands_in_every_text() -> None:
    """Changning 25: before the notice. Shenzhen 2020 (2.9): after it. The others are silent: after it, assumed."""
    said = {
        book.id: (book.approval.when, book.approval.rule, book.approval.source)
        for book in installed()
        if book.approval is not None
    }
    assert said == {
        "changning-2023": ("before_notice", "25", "text"),
        "changning-2023-draft": ("before_notice", "25", "text"),
        "hangzhou-2025": ("after_notice", "assumed:approval", "assumed"),
        "shenzhen-2020": ("after_notice", "2.9", "text"),
        "shenzhen-2023": ("after_notice", "assumed:approval", "assumed"),
    }


@each
def test_ballots_are_secret_and_cast_in_person_which_is_assumed(book: Rulebook) -> None:
    """No text says how the committee votes."""
    assert (book.votes.ballots, book.votes.attendance, book.votes.source) == (
        "secret", ("in_person",), "assumed",
    )  # fmt: skip
