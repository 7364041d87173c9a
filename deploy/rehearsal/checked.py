"""From files to scenarios that can be played: reading and every check, before anything is started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.rehearsal import against, checks, limits
from deploy.rehearsal.faults import FileFault, Wrong, WrongFile
from deploy.rehearsal.loading import Source, read
from deploy.rehearsal.reach import reaching_scores
from deploy.rehearsal.scenario import Scenario, build
from shared.calendar import WorkCalendar, work_calendar
from shared.problems import Problem
from shared.rulebooks import Library, Rulebook, UnknownRulebook, library


@dataclass(frozen=True)
class Installed:
    """The rulebooks and the calendar that files are held against."""

    rulebooks: Library
    calendar: WorkCalendar

    @classmethod
    def here(cls) -> Installed:
        """Those of this installation."""
        return cls(library(), work_calendar())


@dataclass(frozen=True)
class Playable:
    """A file with nothing wrong in it, as it is to be played."""

    file: str
    scenario: Scenario
    rulebook: Rulebook


def check_all(
    files: Sequence[Path | str], rulebook: str | None = None, installed: Installed | None = None
) -> list[Playable]:
    """Every file ready to be played, under its own rulebook or another. Raises WrongFile with the faults of all."""
    installed = installed or Installed.here()
    faults: list[FileFault] = []
    found: list[Playable] = []
    for file in files:
        try:
            found.append(check_one(read(file), rulebook, installed))
        except WrongFile as wrong:
            faults += wrong.faults
    faults += _same_names(found)
    if faults:
        raise WrongFile(faults)
    return found


def check_one(source: Source, rulebook: str | None, installed: Installed) -> Playable:
    """One file. Raises WrongFile."""
    scenario = build(source.value)
    wrongs = checks.check(scenario, source.value)
    book = _rulebook(rulebook or scenario.rulebook, installed.rulebooks, wrongs)
    if book is not None:
        what_if = rulebook is not None and rulebook != scenario.rulebook
        if what_if:
            scenario = replace(against.without_unknown(scenario, book), rulebook=book.id)
        wrongs += against.check(scenario, book, what_if=what_if)
        if not wrongs:
            wrongs += limits.check(scenario, book)
        if not wrongs:
            reaching = reaching_scores(scenario, book, installed.calendar)
            wrongs += against.unscored(scenario, book, reaching)
        if not wrongs:
            return Playable(
                source.file, replace(scenario, notes=scenario.notes + _not_in_force(scenario, book)), book
            )
    raise WrongFile(source.faults(list(dict.fromkeys(wrongs))))


def _rulebook(name: str, rulebooks: Library, wrongs: list[Wrong]) -> Rulebook | None:
    try:
        return rulebooks.get(name)
    except UnknownRulebook:
        known = ", ".join(rulebooks.ids())
        wrongs.append(
            Wrong(
                ("rulebook",),
                f"没有安装规则 {name}，已安装：{known}",
                f"no rulebook {name} is installed; there are {known}",
            )
        )
        return None


def _not_in_force(scenario: Scenario, book: Rulebook) -> tuple[str, ...]:
    """A rehearsal may use a rulebook outside its time in force; the result says so."""
    try:
        book.in_force_on(scenario.opens_on)
    except Problem as problem:
        return (f"{problem.detail_zh} / {problem.detail_en}",)
    return ()


def _same_names(found: Sequence[Playable]) -> list[FileFault]:
    """Two files of one name would write one result."""
    first: dict[str, str] = {}
    faults = []
    for playable in found:
        name = playable.scenario.name
        if name in first:
            faults.append(
                FileFault(
                    playable.file,
                    1,
                    "scenario",
                    f"与 {first[name]} 同名：{name}",
                    f"has the name of {first[name]}: {name}",
                )
            )
        first.setdefault(name, playable.file)
    return faults
