"""What the stub departments know: for each cycle a world of its own, with records and faults. No network here.

A world is never guessed: for a cycle without one the departments do not answer, unless the stub was told that it plays
departments which hold nothing of anybody (`blank`), as it does where rehearsals are allowed,
and in the demo.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from shared.contracts.dossier import DEPARTMENTS, Record
from shared.identifiers import digest

_WORLD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEPT = 10_000  # worlds in memory; the oldest go first

Wire = dict[str, Any]


class WrongWorld(ValueError):
    """The description of a world is malformed; the message says where."""


class NoAnswer(Exception):
    """The department does not answer this enquiry."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one department's system; `only` holds the references that it concerns, None: all.

    `slow`: seconds until it says anything; `wrong`: what its answers are instead of right; `contradictory`: it says
    something else each time; `fail_every`: each so-manieth enquiry finds it out of order, 0: none.
    """

    fail_first: int = 0
    down: bool = False
    only: frozenset[str] | None = None
    slow: float = 0.0
    wrong: str | None = None
    contradictory: bool = False
    fail_every: int = 0

    def concerns(self, reference: str) -> bool:
        """Whether an enquiry meets the fault."""
        return self.only is None or reference in self.only


_SOUND = Fault()
_SLOWEST = 60.0  # seconds
_LONG_AGO = date(2020, 1, 1)
WRONG = ("malformed", "other_organization", "other_reference")


@dataclass
class World:
    """Records by code and department, faults by department, and how many enquiries each fault has met."""

    records: Mapping[str, Mapping[str, Sequence[Wire]]]
    faults: Mapping[str, Fault]
    source: Wire = field(repr=False)
    met: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)  # enquiries since the process began, by department

    def fault(self, department: str, reference: str) -> Fault:
        """What is wrong where an enquiry comes in."""
        fault = self.faults.get(department)
        return fault if fault is not None and fault.concerns(reference) else _SOUND

    def ask(self, department: str, reference: str, uscc: str) -> list[Wire]:
        """The department's records of a code, an empty list for a clean one. Raises NoAnswer."""
        fault = self.fault(department, reference)
        asked = self.asked[department] = self.asked.get(department, 0) + 1
        if fault.down or fault.fail_first:
            met = self.met[department] = self.met.get(department, 0) + 1
            if fault.down or met <= fault.fail_first:
                raise NoAnswer("the department's system is out of order")
        if fault.fail_every and asked % fault.fail_every == 0:
            raise NoAnswer("the department's system stumbled")
        found = [dict(record) for record in self.records.get(uscc, {}).get(department, ())]
        if fault.contradictory and asked > 1:
            found.append({"kind": "administrative_penalty", "on": str(_LONG_AGO + timedelta(days=asked))})
        return found


def build(source: object) -> World:
    """A world from its description. Raises WrongWorld."""
    top = _mapping(source, "world", {"records", "faults"})
    records = {
        uscc: {
            _department(department, f"records.{uscc}"): _records(found, f"records.{uscc}.{department}")
            for department, found in _mapping(departments, f"records.{uscc}").items()
        }
        for uscc, departments in _mapping(top.get("records", {}), "records").items()
    }
    faults = {
        _department(department, "faults"): _fault(found, f"faults.{department}")
        for department, found in _mapping(top.get("faults", {}), "faults").items()
    }
    return World(records, faults, dict(top))


class Worlds:
    """All worlds, shared between threads; with a folder they outlive the process."""

    def __init__(self, folder: Path | None = None, *, blank: bool = False) -> None:
        self._folder = folder
        self._blank = blank
        self._worlds: OrderedDict[str, World] = OrderedDict()
        self._lock = threading.Lock()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in sorted(folder.glob("*.json")):
                kept = json.loads(path.read_text(encoding="utf-8"))
                world = build(kept["world"])
                world.met.update(kept["met"])
                self._worlds[path.stem] = world

    def put(self, world_id: str, source: object) -> None:
        """Set up a world. The same again changes nothing; another one replaces it. Raises WrongWorld."""
        if not _WORLD_ID.fullmatch(world_id):
            raise WrongWorld("no name for a world")
        world = build(source)
        with self._lock:
            known = self._worlds.get(world_id)
            if known is not None and digest(known.source) == digest(world.source):
                return
            self._worlds[world_id] = world
            while len(self._worlds) > _KEPT:
                self._worlds.popitem(last=False)
            self._save(world_id, world)

    def knows(self, world_id: str) -> bool:
        """Whether the world was set up."""
        with self._lock:
            return world_id in self._worlds

    def fault(self, world_id: str, department: str, reference: str) -> Fault:
        """What is wrong with a department's system for this enquiry."""
        with self._lock:
            world = self._worlds.get(world_id)
            return _SOUND if world is None else world.fault(department, reference)

    def ask(self, world_id: str, department: str, reference: str, uscc: str) -> list[Wire]:
        """What a department says in a world. Raises NoAnswer."""
        with self._lock:
            world = self._worlds.get(world_id)
            if world is None:
                if self._blank:
                    return []
                raise NoAnswer("nothing is known of this cycle")
            before = world.met.get(department, 0)
            try:
                return world.ask(department, reference, uscc)
            finally:
                if world.met.get(department, 0) != before:
                    self._save(world_id, world)

    def _save(self, world_id: str, world: World) -> None:
        if self._folder is None:
            return
        path = self._folder / f"{world_id}.json"
        beside = path.with_suffix(".new")
        beside.write_text(
            json.dumps({"world": world.source, "met": world.met}, ensure_ascii=False), encoding="utf-8"
        )
        os.replace(beside, path)


def _mapping(found: object, where: str, keys: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise WrongWorld(f"{where} must be a mapping")
    unknown = set(found) - keys if keys is not None else set()
    if unknown:
        raise WrongWorld(f"{where}: unknown {', '.join(sorted(unknown))}")
    return found


def _department(name: str, where: str) -> str:
    if name not in DEPARTMENTS:
        raise WrongWorld(f"{where}: no department {name}")
    return name


def _records(found: object, where: str) -> list[Wire]:
    if not isinstance(found, list):
        raise WrongWorld(f"{where} must be a list")
    try:
        Record(many=True).load(found)
    except ValidationError as error:
        raise WrongWorld(f"{where}: {error.messages}") from None
    return found


def _fault(found: object, where: str) -> Fault:
    entry = _mapping(found, where, {each.name for each in fields(Fault)})
    only = entry.get("only")
    for name in ("fail_first", "fail_every"):
        number = entry.get(name, 0)
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise WrongWorld(f"{where}: {name} is a number")
    for name in ("down", "contradictory"):
        if not isinstance(entry.get(name, False), bool):
            raise WrongWorld(f"{where}: {name} is a boolean")
    slow = entry.get("slow", 0.0)
    if not isinstance(slow, int | float) or isinstance(slow, bool) or not 0 <= slow <= _SLOWEST:
        raise WrongWorld(f"{where}: slow is a number of seconds, at most {_SLOWEST}")
    if entry.get("wrong") not in (None, *WRONG):
        raise WrongWorld(f"{where}: wrong is one of {', '.join(WRONG)}")
    if only is not None and not (isinstance(only, list) and all(isinstance(name, str) for name in only)):
        raise WrongWorld(f"{where}: only is a list of references")
    return Fault(**{**entry, "only": None if only is None else frozenset(only)})
