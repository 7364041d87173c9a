"""Who can win what, and how many."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shared.rulebooks import words as w
from shared.rulebooks.asked import fact_title
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.model import Quota, Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, value_of


def applicants(book: Rulebook) -> Iterator[Entry]:
    values = [value_of("kinds", "类型", "kinds", w.named(KIND_WORDS, book.kinds))]
    if book.categories:
        values.append(value_of("categories", "类别", "categories", w.named(w.CATEGORIES, book.categories)))
    yield Entry("kinds", Words("申报主体", "applicants"), None, tuple(values))
    for track in book.tracks:
        raw: Raw = book.raw["tracks"][track.name]
        yield entry_of(
            track.name,
            w.plain(track.name),
            raw,
            [
                value_of("kinds", "申报主体", "for", w.named(KIND_WORDS, track.kinds)),
                value_of("categories", "类别", "categories", w.named(w.CATEGORIES, track.categories))
                if track.categories
                else None,
                _aliases(track.aliases),
            ],
        )

    allowed = value_of("allowed", "可以提名", "allowed", w.yes_or_no(book.nominations.allowed))
    yield entry_of("nominations", Words("提名", "nominations"), book.raw["nominations"], [allowed])


def _aliases(names: tuple[str, ...]) -> Value | None:
    return value_of("aliases", "又称", "also called", w.listed(map(w.plain, names))) if names else None


def levels(book: Rulebook) -> Iterator[Entry]:
    for level in book.levels:
        mark = level.minimum_score
        yield entry_of(
            level.name,
            w.plain(level.name),
            book.raw["levels"][level.name],
            [
                value_of("rank", "位次", "rank", w.plain(level.rank + 1)),
                value_of("tracks", "授予", "awarded for", w.listed(map(w.plain, level.tracks))),
                value_of("mark", "分数线（百分制）", "mark, in percent", _number(mark))
                if mark is not None
                else None,
                _aliases(level.aliases),
            ],
        )


def _number(value: Decimal) -> Words:
    return w.plain(f"{value.normalize():f}")


def places(book: Rulebook) -> Iterator[Entry]:
    for quota in book.quotas:
        raw: Raw = book.raw["quotas"][quota.id]
        covered = sorted((level, track) for level in quota.levels for track in quota.tracks)
        places = Words("不限", "unlimited") if quota.places is None else w.plain(quota.places)
        yield entry_of(
            ", ".join("/".join(pair) for pair in covered),
            _covered(quota),
            raw,
            [value_of("places", "名额", "places", places), _reserve(quota, raw)],
        )


def _covered(quota: Quota) -> Words:
    return w.plain(f"{'、'.join(quota.levels)}（{'、'.join(quota.tracks)}）")


def _reserve(quota: Quota, raw: Raw) -> Value | None:
    if quota.reserve is None:
        return None
    fact, part = fact_title(quota.reserve.fact), w.share(quota.reserve.share)
    text = Words(
        f"{part.zh}（向上取整）留给“{fact.zh}”（{quota.reserve.rule}）",
        f"{part.en}, rounded up, kept for “{fact.en}” ({quota.reserve.rule})",
    )
    return value_of("reserve", "保留名额", "kept places", text, raw["reserve"])
