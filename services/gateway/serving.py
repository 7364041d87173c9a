"""One request of one route, once it is known who asks for what: the API and the pages both come through here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import Response

from services.gateway import attempts
from services.gateway.circumstances import Asked
from services.gateway.local import LOCAL
from services.gateway.routes import Route, spec_of
from shared.problems import Problem

if TYPE_CHECKING:
    from services.gateway.app import Gateway


def answer(
    gateway: Gateway, route: Route, data: Mapping[str, Any], asked: Asked
) -> dict[str, Any] | Response:
    """What the route's operation answers: the gateway's own, or a service's. Raises its Problem.

    A refusal of what two people have to do is kept.
    """
    operation = spec_of(route)
    try:
        if operation.service == "gateway":
            return LOCAL[operation.method](gateway, data, asked)
        return gateway.dispatcher.send(route, data, asked)
    except Problem as problem:
        attempts.note(gateway, route, data, asked, problem)
        raise
