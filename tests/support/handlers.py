"""The services' own handlers on stores of a test, without a bus: every request and reply is held to its contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from shared.bus import Service
from shared.bus.declarations import Answering
from shared.bus.service import entrypoints
from shared.clock import Clock
from shared.config import Settings
from shared.contracts import Context, dump, load, operation
from shared.identifiers import new_id
from shared.problems import NotFound
from shared.rulebooks import library
from shared.store import Store
from tests.support.works import Desk, once


@cache
def _handlers(service: type[Service]) -> Mapping[str, str]:
    """By the method that is asked: the handler's name."""
    return {
        entrypoint.declared.method: name
        for name, entrypoint in entrypoints(service)
        if isinstance(entrypoint.declared, Answering)
    }


class _UndoneError(Exception):
    """Ends a unit of work without a trace."""


class RealServices:
    """Services by name, each on the store of its desk; `answer` is what tests.support.gateway.InProcess takes."""

    _keeps = True

    def __init__(
        self, classes: tuple[type[Service], ...], desks: Mapping[str, Desk], clock: Clock, settings: Settings
    ) -> None:
        self.made: dict[str, Any] = {}
        for each in classes:
            service: Any = each.__new__(each)  # its start would look for a bus
            service.store, service.clock = desks[each.name].store, clock
            service.settings, service.library = settings, library()
            self.made[each.name] = service

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """What the service itself answers: a question reads, a command is one transaction."""
        made = self.made[service]
        name = _handlers(made.__class__).get(method)
        if name is None:
            raise NotFound("没有操作", "no operation", code="unknown_operation")
        contract = operation(service, method)
        request = load(once(contract.request), dict(data))
        store: Store = made.store
        if contract.kind == "query":
            with store.read(context) as work:
                return dump(once(contract.reply), getattr(made, name)(work, request))
        reply: dict[str, Any] = {}
        try:
            with store.transaction() as tx, tx.savepoint():
                reply = dump(once(contract.reply), getattr(made, name)(tx.work(context), request))
                if not self._keeps:
                    raise _UndoneError
        except _UndoneError:
            pass
        return reply

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Meanwhile every command is answered as one that was done, and nothing of it stays."""
        self._keeps = False
        try:
            yield
        finally:
            self._keeps = True

    def do(self, asked: str, role: str, actor: str, /, **data: Any) -> dict[str, Any]:
        """A command or a question of somebody, past the gateway."""
        service, _, method = asked.partition(".")
        assert role in operation(service, method).roles
        return self.answer(service, method, data, Context(message_id=new_id(), actor=actor, role=role))
