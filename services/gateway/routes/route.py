"""A route: which HTTP method and path stand for which operation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from marshmallow import Schema

from services.gateway.own import OWN
from shared.contracts.events import STAGE_OWNERS
from shared.contracts.operations import OPERATIONS, Operation
from shared.contracts.papers import PaperList

PREFIX = "/api/v1"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
NOTHING = ""  # an answer without a body
SERVICES = STAGE_OWNERS
ASKED = (*SERVICES, "notifications")  # all that answer
OWNER = "*"
_FIELDS = re.compile(r"{([a-z_]+)}")


@dataclass(frozen=True)
class Route:
    """One way in. `operation` is `service.method`; the service is `*` for a stage's owner, `gateway` for our own.

    `takes` and `gives` are media types. Only an operation of our own may take or give another one than JSON: it reads
    the request's stream itself, and answers with a response of its own.
    """

    verb: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    path: str
    operation: str
    tag: str
    status: int = 200
    takes: str = JSON
    gives: str = JSON
    headers: tuple[tuple[str, str, str, str], ...] = ()  # name, in both languages what it says, an example
    behind: tuple[str, ...] = ()  # of an operation of our own: what it asks of services

    def __post_init__(self) -> None:
        if (self.takes, self.gives) != (JSON, JSON) and not self.operation.startswith("gateway."):
            raise ValueError(
                f"{self.operation}: only the gateway's own operations take or give other than JSON"
            )

    @property
    def in_path(self) -> tuple[str, ...]:
        """The fields of the request that stand in the path."""
        return tuple(_FIELDS.findall(self.path))

    @property
    def in_rest(self) -> tuple[str, ...]:
        """The fields of the request that stand in the body or the query string."""
        return tuple(name for name in _fields_of(spec_of(self).request) if name not in self.in_path)

    @property
    def takes_body(self) -> bool:
        """Whether fields come as JSON."""
        return self.takes == JSON and self.verb in {"POST", "PUT", "PATCH"} and bool(self.in_rest)

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return PREFIX + _FIELDS.sub(r"<\1>", self.path)

    @property
    def name(self) -> str:
        """A name of its own, for logs and for the document."""
        return self.operation.replace("*", "stages").replace(".", "_")


@cache
def _fields_of(request: type[Schema]) -> tuple[str, ...]:
    """The names of a schema's fields; making a schema is too dear to do it with every request."""
    return tuple(request().fields)


def spec_of(route: Route) -> Operation:
    """The operation of a route; for a stage's owner the one of any owner, they are the same."""
    service, _, method = route.operation.partition(".")
    if service == OWNER:
        service = SERVICES[0]
    return OWN[method] if service == "gateway" else OPERATIONS[f"{service}.{method}"]


def roles_of(route: Route) -> tuple[str, ...]:
    """Who may take this way."""
    return spec_of(route).roles


def operations_behind(route: Route) -> tuple[str, ...]:
    """All operations of services that a route may ask."""
    service, _, method = route.operation.partition(".")
    if service == "gateway":
        return route.behind
    if any(isinstance(field, PaperList) for field in spec_of(route).request().fields.values()):
        return (route.operation, "intake.claim_papers", "intake.release_papers")
    return tuple(f"{each}.{method}" for each in SERVICES) if service == OWNER else (route.operation,)
