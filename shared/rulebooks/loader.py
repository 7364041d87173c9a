"""From a checked document to a `Rulebook`. The form is the schema's, the sense is `checks`'; here it is
only built.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shared.money import parse_amount
from shared.rulebooks.criteria_files import Shelf
from shared.rulebooks.facts import KINDS
from shared.rulebooks.model import (
    Article,
    Assumed,
    BallotRule,
    Condition,
    Cut,
    GrantException,
    GrantRule,
    Guard,
    Index,
    Level,
    Material,
    Nominations,
    NotEncoded,
    ObjectionRule,
    OutlierRule,
    PanelRule,
    Phase,
    Quota,
    RecusalRule,
    RecusalTerms,
    Reserve,
    Rulebook,
    Sanction,
    ScoreRule,
    Source,
    Stage,
    Term,
    Track,
    Tracking,
    VoteRule,
    Words,
)
from shared.strict_yaml import Document, KeyPath, dotted

Raw = Mapping[str, Any]


def build(document: Document, sha256: str, shelf: Shelf | None = None) -> Rulebook:
    """The rulebook of a document that passed the schema and the checks; `shelf` is where its criteria lie."""
    raw: Raw = document.value
    in_force = raw["in_force"] or {}
    return Rulebook(
        id=raw["id"],
        jurisdiction=raw["jurisdiction"],
        government_level=raw["government_level"],
        title=_words(raw["title"]),
        sha256=sha256,
        status=raw["status"],
        in_force_from=_date(in_force.get("from")),
        in_force_to=_date(in_force.get("to")),
        kinds=tuple(raw["kinds"]),
        categories=tuple(raw.get("categories", ())),
        tracks=tuple(_track(name, value) for name, value in raw["tracks"].items()),
        levels=tuple(_level(rank, name, raw["levels"][name]) for rank, name in enumerate(raw["levels"])),
        quotas=tuple(_quota(key, value) for key, value in raw["quotas"].items()),
        period=_term(raw["period"]),
        nominations=_nominations(raw["nominations"]),
        departments=tuple(raw["departments"]["ask"]),
        all_materials=tuple(_material(name, value) for name, value in raw["materials"].items()),
        procedure=tuple(
            Phase(index, tuple(_stage(stage) for stage in phase["stages"]))
            for index, phase in enumerate(raw["procedure"])
        ),
        votes=_votes(raw["votes"]),
        score_rule=_score_rule(raw["scores"]),
        criteria=(shelf or Shelf()).rules(raw),
        outlier=_outlier(raw.get("criteria", {})),
        grants=tuple(_grant(key, value) for key, value in raw["grants"].items()),
        sanctions={event: _sanction(event, value) for event, value in raw["sanctions"].items()},
        objections=_objections(raw["objections"]),
        recusal=tuple(
            RecusalRule(ground, value["rule"], tuple(value["applies_to"]))
            for ground, value in raw["recusal"].items()
            if "applies_to" in value
        ),
        recusal_terms=RecusalTerms(
            raw["recusal"].get("look_back", {}).get("years"),
            raw["recusal"].get("least_sheets", {}).get("count"),
        ),
        retention=_term(raw["retention"]),
        tracking=_tracking(raw["tracking"]),
        readings={name: value["value"] for name, value in raw["readings"].items()},
        conditions=_conditions(raw["conditions"]),
        articles={
            rule: Article(
                rule, value["label"], value["title"], _words(value["gist"]) if "gist" in value else None
            )
            for rule, value in raw["articles"].items()
        },
        not_encoded=tuple(
            NotEncoded(rule, Words(entry["zh"], entry["en"]), entry.get("part"))
            for rule, entries in raw["not_encoded"].items()
            for entry in entries
        ),
        assumptions=tuple(_assumptions(document, raw, ())),
        raw=raw,
        document=document,
    )


def valued(value: Any) -> Any:
    """The value itself, where it may be written with a source and a note of its own."""
    return value["value"] if isinstance(value, Mapping) and "value" in value else value


def _words(raw: Raw) -> Words:
    return Words(raw["zh"], raw["en"])


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _source(raw: Raw) -> Source:
    source: Source = raw.get("source", "text")
    return source


def _fraction(text: str | None) -> Fraction | None:
    return Fraction(text) if text else None


def _term(raw: Raw) -> Term:
    return Term(raw["years"], raw["rule"], _source(raw))


def _tracking(raw: Raw) -> Tracking:
    return Tracking(
        raw["years"],
        raw["rule"],
        raw.get("report", {}).get("within_months"),
        raw.get("regression", {}).get("fall_percent"),
        tuple(_index(each) for each in raw.get("indices", ())),
        _source(raw),
    )


def _index(raw: Raw) -> Index:
    takes: Raw = raw["takes"]
    return Index(raw["key"], _words(raw), _words(takes["unit"]), takes["better"], _source(takes))


def _nominations(raw: Raw) -> Nominations:
    return Nominations(raw["allowed"], raw["rule"], _source(raw))


def _kinds(value: Any) -> tuple[str, ...]:
    return KINDS if value == "all" else tuple(value)


def _track(name: str, raw: Raw) -> Track:
    return Track(
        name,
        tuple(raw["kinds"]),
        tuple(raw.get("categories", ())),
        tuple(raw.get("aliases", ())),
        raw["rule"],
    )


def _level(rank: int, name: str, raw: Raw) -> Level:
    mark = raw.get("minimum_score")
    return Level(
        name=name,
        tracks=tuple(raw["tracks"]),
        rule=raw["rule"],
        minimum_score=None if mark is None else Decimal(mark),
        aliases=tuple(raw.get("aliases", ())),
        rank=rank,
    )


def _quota(key: str, raw: Raw) -> Quota:
    reserve = raw.get("reserve")
    return Quota(
        id=key,
        levels=tuple(raw["levels"]),
        tracks=tuple(raw["tracks"]),
        places=raw["places"],
        rule=raw["rule"],
        reserve=reserve
        and Reserve(reserve["fact"], Fraction(reserve["share"]), reserve["rule"], _source(reserve)),
        source=_source(raw),
    )


def _material(name: str, raw: Raw) -> Material:
    return Material(name, _words(raw["title"]), _kinds(raw["kinds"]), raw["rule"])


def _panel(raw: Raw) -> PanelRule:
    return PanelRule(
        reviewers_per_application=raw["reviewers_per_application"],
        size_min=raw.get("size_min"),
        odd=raw.get("odd", False),
        industry_share_min=_fraction(raw.get("industry_share_min")),
        employer_max=valued(raw.get("employer_max")),
        load_max=valued(raw.get("load_max")),
        leader=valued(raw.get("leader", False)),
        field_readers_min=valued(raw.get("field_readers_min")),
        language_readers_min=valued(raw.get("language_readers_min")),
        rule=raw["rule"],
        source=_source(raw),
    )


def _cut(raw: Raw) -> Cut:
    above = raw.get("above")
    return Cut(Fraction(raw["ratio"]), None if above is None else Decimal(above), raw["rule"])


def _ballot(raw: Raw) -> BallotRule:
    return BallotRule(raw["choices_at_most"], raw["rule"], _source(raw))


def _stage(raw: Raw) -> Stage:
    return Stage(
        key=raw["key"],
        kind=raw["kind"],
        owner=raw["owner"],
        rule=raw["rule"],
        title=_words(raw["title"]),
        categories=tuple(raw["categories"]) if "categories" in raw else None,
        working_days=raw.get("working_days"),
        entry=raw.get("entry", "all"),
        panel=_panel(raw["panel"]) if "panel" in raw else None,
        scoring=valued(raw.get("scoring")),
        cut=_cut(raw["cut"]) if "cut" in raw else None,
        report=_words(raw["report"]) if "report" in raw else None,
        limits={name: valued(most) for name, most in raw.get("limits", {}).items()},
        aggregation=valued(raw.get("aggregation", "mean")),
        vote=_ballot(raw["vote"]) if "vote" in raw else None,
        source=_source(raw),
    )


def _score_rule(raw: Raw) -> ScoreRule:
    return ScoreRule(raw["places"], raw["rounding"], _source(raw), raw.get("counts", "sheets"))


def _outlier(raw: Raw) -> OutlierRule | None:
    outlier = raw.get("outlier")
    return OutlierRule(outlier["points"], _source(outlier)) if outlier else None


def _votes(raw: Raw) -> VoteRule:
    return VoteRule(
        quorum=Fraction(raw["quorum"]),
        majority=Fraction(raw["majority"]),
        rule=raw["rule"],
        source=_source(raw),
        failed=raw.get("failed", "out"),
        order=tuple(raw.get("order", ("votes", "score", "second_ballot"))),
    )


def _grant(key: str, raw: Raw) -> GrantRule:
    return GrantRule(
        id=key,
        for_=raw["for"],
        level=raw.get("level"),
        track=raw.get("track"),
        amount_fen=parse_amount(raw["amount"]),
        up_to=raw.get("up_to", False),
        cost_fact=raw.get("cost_fact"),
        once=raw.get("once", False),
        exceptions=tuple(
            GrantException(
                name,
                value["rule"],
                value.get("fact"),
                tuple(value.get("won_before", ())),
                value.get("uses_quota"),
                tuple(value.get("kinds", ())),
                parse_amount(value["amount"]) if "amount" in value else 0,
            )
            for name, value in raw.get("exceptions", {}).items()
        ),
        rule=raw["rule"],
        source=_source(raw),
    )


def _sanction(event: str, raw: Raw) -> Sanction:
    return Sanction(
        event=event,
        rule=raw["rule"],
        orders=tuple(raw["orders"]),
        revokes=raw.get("revokes", False),
        ban_years=raw.get("ban_years"),
        report_to=tuple(raw.get("report_to", ())),
        source=_source(raw),
    )


def _objections(raw: Raw) -> ObjectionRule:
    return ObjectionRule(
        raw["real_name"], raw["evidence"], raw["rule"], tuple(raw["by"]), valued(raw["upheld_place"])
    )


def _guard(raw: Raw) -> Guard:
    if "is" in raw:
        return Guard(raw["fact"], "is", raw["is"])
    if "is_not" in raw:
        return Guard(raw["fact"], "is_not", raw["is_not"])
    return Guard(raw["fact"], "one_of", tuple(raw["one_of"]))


def _conditions(raw: Raw) -> tuple[Condition, ...]:
    return tuple(
        Condition(
            rule=rule,
            name=name,
            operator=value["operator"],
            parameters={key: valued(item) for key, item in value.get("with", {}).items()},
            kinds=_kinds(value["kinds"]),
            categories=tuple(value["categories"]) if "categories" in value else None,
            when=tuple(_guard(guard) for guard in value.get("when", ())),
            says=_words(value["says"]),
            note=_words(value["note"]) if "note" in value else None,
            source=_source(value),
        )
        for rule, named in raw.items()
        for name, value in named.items()
    )


def _assumptions(document: Document, value: Any, path: KeyPath) -> list[Assumed]:
    found: list[Assumed] = []
    if isinstance(value, Mapping):
        if value.get("source") == "assumed":
            note = value["note"]
            found.append(
                Assumed(dotted(path), _shown(value), Words(note["zh"], note["en"]), document.mark(path).line)
            )
        for key, item in value.items():
            found += _assumptions(document, item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += _assumptions(document, item, (*path, index))
    return found


def _shown(raw: Raw) -> str:
    """The assumed value in short, without its note, its citation and what is only for people."""
    if "value" in raw:
        return str(raw["value"])
    silent = {"source", "note", "rule", "title", "says", "sha256"}
    parts = [
        f"{key}={item}" for key, item in raw.items() if key not in silent and not isinstance(item, Mapping)
    ]
    return ", ".join(parts)
