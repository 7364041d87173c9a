"""The published language: versioned schemas of every event and every command, with an example of each."""

from __future__ import annotations

from shared.contracts import operations as _operations
from shared.contracts.base import Event, Strict, dump, load, refusal
from shared.contracts.context import Context
from shared.contracts.events import ALL
from shared.contracts.operations import Operation
from shared.problems import Problem

__all__ = [
    "Context",
    "Event",
    "NewerVersion",
    "Operation",
    "Strict",
    "UnknownContract",
    "dump",
    "event",
    "events",
    "load",
    "operation",
    "operations",
    "refusal",
    "register",
]


class UnknownContract(Problem):
    """A message of a name that this version of the system does not know."""

    default_code = "unknown_contract"


class NewerVersion(Problem):
    """An event of a version newer than the newest known here: it is parked until the service is upgraded."""

    default_code = "newer_version"


_EVENTS: dict[tuple[str, int], type[Event]] = {}


def register(*classes: type[Event]) -> None:
    """Make event classes known. Raises ValueError for a second class of one name and version."""
    for cls in classes:
        key = (cls.NAME, cls.VERSION)
        if _EVENTS.setdefault(key, cls) is not cls:
            raise ValueError(f"two contracts for {cls.NAME} version {cls.VERSION}")


register(*ALL)


def events() -> tuple[type[Event], ...]:
    """All versions of all events."""
    return tuple(_EVENTS.values())


def event(name: str, version: int) -> type[Event]:
    """The contract of one version. Raises NewerVersion or UnknownContract, naming both versions."""
    found = _EVENTS.get((name, version))
    if found is not None:
        return found
    known = [v for (n, v) in _EVENTS if n == name]
    if known and version > max(known):
        raise NewerVersion(
            f"事件 {name} 的版本 {version} 比本系统所知的版本 {max(known)} 新",
            f"event {name}: version {version} is newer than {max(known)}, the newest known here",
        )
    raise UnknownContract(
        f"未知事件 {name} 版本 {version}", f"no event {name} of version {version} is known here"
    )


def operations() -> tuple[Operation, ...]:
    """Every question and command of every service."""
    return tuple(_operations.OPERATIONS.values())


def operation(service: str, method: str) -> Operation:
    """One operation. Raises UnknownContract."""
    found = _operations.of_service(service).get(f"{service}.{method}")
    if found is None:
        raise UnknownContract(f"没有操作 {service}.{method}", f"no operation {service}.{method}")
    return found
