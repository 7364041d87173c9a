"""The published language: every example of every version is held against today's schema, and everything said is heard."""

from __future__ import annotations

import importlib

import pytest

from shared import contracts
from shared.bus.service import Service, declaration
from shared.problems import Invalid

pytestmark = pytest.mark.contract

SERVICES = {
    "intake": "Intake",
    "eligibility": "Eligibility",
    "review": "Review",
    "committee": "Committee",
    "incentives": "Incentives",
    "notifications": "Notifications",
}


def _service(name: str) -> type[Service]:
    found: type[Service] = getattr(importlib.import_module(f"services.{name}.service"), SERVICES[name])
    return found


@pytest.mark.parametrize("event", contracts.events(), ids=lambda e: f"{e.NAME}.v{e.VERSION}")
def test_every_event_example_survives_the_wire(event: type[contracts.Event]) -> None:
    """An example loads, dumps to the same plain values, and loads again to the same python values."""
    schema = event()
    loaded = contracts.load(schema, dict(event.EXAMPLE))
    assert contracts.load(schema, contracts.dump(schema, loaded)) == loaded


@pytest.mark.parametrize("event", contracts.events(), ids=lambda e: f"{e.NAME}.v{e.VERSION}")
def test_an_unknown_field_is_refused_by_name(event: type[contracts.Event]) -> None:
    """A field that the contract does not know is refused, and the refusal names it."""
    with pytest.raises(Invalid) as refused:
        contracts.load(event(), {**event.EXAMPLE, "surprise": 1})
    assert [error.field for error in refused.value.errors] == ["surprise"]


@pytest.mark.parametrize("operation", contracts.operations(), ids=lambda o: o.name)
def test_every_operation_example_is_a_valid_request(operation: contracts.Operation) -> None:
    """What the documentation shows would be taken."""
    contracts.load(operation.request(), dict(operation.example))


def test_a_newer_version_is_told_from_an_unknown_event() -> None:
    """Both are refused; the words say which it is."""
    name = contracts.events()[0].NAME
    with pytest.raises(contracts.NewerVersion, match="newer"):
        contracts.event(name, 99)
    with pytest.raises(contracts.UnknownContract, match="no event"):
        contracts.event("nobody.said_this", 1)


def test_every_event_of_every_publisher_is_heard() -> None:
    """An event that nobody takes could not be routed and would never leave the outbox."""
    heard = {
        (subscription.event.NAME, subscription.publisher)
        for name in SERVICES
        for subscription in declaration(_service(name)).subscriptions
    }
    said = {(event.NAME, publisher) for event in contracts.events() for publisher in event.PUBLISHERS}
    assert said == heard


@pytest.mark.parametrize("name", SERVICES)
def test_every_operation_is_answered(name: str) -> None:
    """A service answers all that the contracts say of it, and nothing else."""
    declared = declaration(_service(name))
    promised = {o.method for o in contracts.operations() if o.service == name}
    assert promised == {*declared.commands, *declared.queries}
