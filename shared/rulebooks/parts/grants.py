"""What winners and members of the pool are given, and which exceptions there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from shared.money import FEN_PER_YUAN, format_wan, format_yuan
from shared.rulebooks import words as w
from shared.rulebooks.asked import fact_title
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.model import GrantException, GrantRule, Rulebook, Words
from shared.rulebooks.parts.entries import Entry, Raw, Value, entry_of, value_of, words_of


def money(fen: int) -> Words:
    """An amount as people write it."""
    return Words(format_wan(fen), f"{Decimal(fen) / FEN_PER_YUAN:,f} yuan")


def grants(book: Rulebook) -> Iterator[Entry]:
    for grant in book.grants:
        raw: Raw = book.raw["grants"][grant.id]
        title = (
            w.plain(f"{grant.level}（{grant.track}）")
            if grant.level
            else Words("入培育库", "membership of the pool")
        )
        key = "/".join(part for part in (grant.for_, grant.level, grant.track) if part)
        yield entry_of(key, title, raw, _grant(book, grant, raw))
    if "grant_use" in book.raw:
        raw = book.raw["grant_use"]
        yield entry_of("use", Words("用途", "what it is for"), raw, _use(raw))


def _use(raw: Raw) -> Iterator[Value]:
    yield value_of("says", "内容", "says", words_of(raw["says"]), wording=True)
    if "purposes" in raw:
        purposes = w.listed([words_of(each) for each in raw["purposes"].values()])
        yield value_of("purposes", "只能用于", "only for", purposes)


def _grant(book: Rulebook, grant: GrantRule, raw: Raw) -> Iterator[Value]:
    amount = money(grant.amount_fen)
    if grant.up_to:
        fact = fact_title(grant.cost_fact or "")
        amount = Words(
            f"最高 {amount.zh}，取上限与“{fact.zh}”中较小者",
            f"up to {amount.en}, the smaller of that and the “{fact.en}”",
        )
    yield value_of("amount", "金额", "amount", amount)
    if grant.once:
        yield value_of(
            "once", "次数", "how often", Words("每个组织只发放一次", "once for each organization, ever")
        )
    for each in grant.exceptions:
        body: Raw = raw["exceptions"][each.id]
        yield value_of(f"exception:{each.id}", "例外", "exception", _exception(book, each, body), body)


def _exception(book: Rulebook, each: GrantException, body: Raw) -> Words:
    if each.fact is not None:
        fact = fact_title(each.fact)
        when = Words(f"“{fact.zh}”的", f"where “{fact.en}”")
    else:
        levels = w.listed(map(w.plain, each.won_before))
        when = Words(f"曾获{levels.zh}的", f"having won {levels.en} before")
    if "kinds" in body:
        kinds = w.named(KIND_WORDS, body["kinds"])
        when = Words(f"{kinds.zh}{when.zh}", f"{kinds.en} {when.en}")
    paid = Words("只授予证书，不发放资金", "a certificate, no money")
    if each.amount_fen:
        instead = format_yuan(each.amount_fen)
        paid = Words(f"改发 {instead}", f"{instead} instead")
    quota = _PLACES[each.uses_quota]
    return Words(
        f"{when.zh}，{paid.zh}{quota.zh}（{book.label(each.rule)}）",
        f"{when.en}: {paid.en}{quota.en} ({each.rule})",
    )


_PLACES: Mapping[bool | None, Words] = {
    None: Words("", ""),
    True: Words("，占用名额", " and a place of the quota"),
    False: Words("，不占用名额", " and no use of the quota"),
}
