"""回避事由: what ties a person to applications, each tie with its ground and where it is known from. Pure.

A tie names an organization's code or one application. Which of them hold is a matter of days: all are looked at as they
stand on the day applications close, so that a cycle's conflicts change with what is known and never with the calendar.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from shared.calendar import look_back

EMPLOYER, ADVISES, KIN = "employer", "advises", "kin_of"
FORMER, GROUP, CONSULTED = "former_employer", "group", "consulted"
SHAREHOLDING, COMPETITOR, DECLARED = "shareholding", "competitor", "declared"
GROUNDS = (EMPLOYER, ADVISES, KIN, FORMER, GROUP, CONSULTED, SHAREHOLDING, COMPETITOR, DECLARED)

REGISTER, DECLARATION, ADVISERS = "register", "declaration", "adviser_register"
STATEMENT, OFFICE = "own_statement", "office"
SOURCES = (REGISTER, DECLARATION, ADVISERS, STATEMENT, OFFICE)
LONGEST_GROUP = 200  # characters

# The relations that a person declares and that hold as long as they last; being employed and consulting are looked back for.
_WHILE_THEY_LAST = {
    "kin": KIN,
    "shareholding": SHAREHOLDING,
    "competitor": COMPETITOR,
    "other": DECLARED,
}
# Under which of the rulebook's grounds a finer one falls; a regulation names few.
_ARTICLE_OF = {
    EMPLOYER: EMPLOYER,
    FORMER: EMPLOYER,
    GROUP: EMPLOYER,
    ADVISES: ADVISES,
    KIN: KIN,
    CONSULTED: DECLARED,
    SHAREHOLDING: DECLARED,
    COMPETITOR: DECLARED,
    DECLARED: DECLARED,
}


@dataclass(frozen=True)
class Employment:
    """Employed by an organization from a day to a day, both included; None where it is not known, or not over."""

    uscc: str
    since: date | None = None
    until: date | None = None
    source: str = REGISTER


@dataclass(frozen=True)
class Interest:
    """A relation to an organization or to one application: employed, advised, consulted, kin, shareholding, competitor,
    other.
    """

    relation: str
    uscc: str | None = None
    application_id: str | None = None
    since: date | None = None
    until: date | None = None
    source: str = DECLARATION


@dataclass(frozen=True)
class Person:
    """An expert with all that may keep it from an application."""

    expert_id: str
    employments: tuple[Employment, ...] = ()
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True)
class Terms:
    """The day that counts, how many years before it what is over still counts (None: not at all), and whether an employer's
    group counts.
    """

    closes_on: date
    look_back_years: int | None = None
    grouped: bool = True

    def lasts(self, until: date | None) -> bool:
        """Whether something is not over on the day that counts."""
        return until is None or until >= self.closes_on

    def recent(self, until: date | None) -> bool:
        """Whether it lasts, or was over so lately that it still counts."""
        if until is None or until >= self.closes_on:
            return True
        return (
            self.look_back_years is not None
            and until >= look_back(self.closes_on, self.look_back_years).first
        )


@dataclass(frozen=True)
class Tie:
    """A person tied to an organization's code, to those of its group (ground `group`), or to one application."""

    ground: str
    source: str
    uscc: str | None = None
    application_id: str | None = None
    since: date | None = None


@dataclass(frozen=True)
class Party:
    """An application as conflicts see it: the applicant's code (of an individual the employer's) and the group that its
    facts name.
    """

    application_id: str
    uscc: str
    group: str | None = None


def article_of(ground: str) -> str:
    """The ground under which the rulebook names an article for this one."""
    return _ARTICLE_OF[ground]


def group_key(told: str | None) -> str | None:
    """A group's name as it is compared: without spaces, width and case. None where nothing is left."""
    key = "".join(unicodedata.normalize("NFKC", told or "").split()).casefold()
    return key[:LONGEST_GROUP] or None


def ties(person: Person, terms: Terms) -> tuple[Tie, ...]:
    """All ties of a person that count, each once, in the order in which they are known."""
    found = [*_employed(person, terms), *_interested(person, terms)]
    return tuple(dict.fromkeys(found))


class Parties:
    """Applications, to be asked for by id, by code and by the group of a code.

    A code is of every group that any application of that code names.
    """

    def __init__(self, parties: Iterable[Party]) -> None:
        self._ids: set[str] = set()
        self._by_code: dict[str, list[str]] = defaultdict(list)
        self._groups: dict[str, set[str]] = defaultdict(set)
        self._codes: dict[str, set[str]] = defaultdict(set)
        for party in parties:
            self._ids.add(party.application_id)
            self._by_code[party.uscc].append(party.application_id)
            if party.group is not None:
                self._groups[party.uscc].add(party.group)
                self._codes[party.group].add(party.uscc)

    def of(self, tie: Tie) -> Iterator[str]:
        """The applications that a tie leads to. The same code is its own employer, not its group."""
        if tie.application_id is not None:
            yield from {tie.application_id} & self._ids
        elif tie.uscc is not None and tie.ground != GROUP:
            yield from self._by_code.get(tie.uscc, ())
        elif tie.uscc is not None:
            codes = {code for group in self._groups.get(tie.uscc, ()) for code in self._codes[group]}
            for code in codes - {tie.uscc}:
                yield from self._by_code[code]


def met(found: Iterable[Tie], parties: Parties) -> frozenset[tuple[str, str, str]]:
    """The conflicts that ties make with applications: application, ground, source."""
    return frozenset(
        (application, tie.ground, tie.source) for tie in found for application in parties.of(tie)
    )


def _employed(person: Person, terms: Terms) -> Iterator[Tie]:
    stated = (
        Employment(each.uscc, each.since, each.until, each.source)
        for each in person.interests
        if each.relation == "employed" and each.uscc is not None
    )
    for job in (*person.employments, *stated):
        if terms.lasts(job.until):
            yield Tie(EMPLOYER, job.source, job.uscc, since=job.since)
            if terms.grouped:
                yield Tie(GROUP, job.source, job.uscc, since=job.since)
        elif terms.recent(job.until):
            yield Tie(FORMER, job.source, job.uscc, since=job.since)


def _interested(person: Person, terms: Terms) -> Iterator[Tie]:
    for each in person.interests:
        ground = _ground(each, terms)
        if ground is not None and (each.uscc or each.application_id):
            yield Tie(ground, each.source, each.uscc, each.application_id, each.since)


def _ground(interest: Interest, terms: Terms) -> str | None:
    """The ground of a relation, None where it no longer counts. Advice that has ended keeps away all the same."""
    if interest.relation == "advised":
        return ADVISES
    if interest.relation == "consulted":
        return CONSULTED if terms.recent(interest.until) else None
    if interest.relation == "employed":  # of an organization: see _employed
        return EMPLOYER if interest.application_id is not None and terms.lasts(interest.until) else None
    return _WHILE_THEY_LAST[interest.relation] if terms.lasts(interest.until) else None
