"""What a service class declares, and the topology that follows from it."""

from __future__ import annotations

import pytest

from shared.bus import Service, command, every, on_event, query, topology, wire
from shared.bus.address import Address
from shared.bus.declarations import ServiceDeclaration
from shared.bus.service import declaration
from shared.contracts import UnknownContract
from tests.support.bus.contracts import ThingHappened
from tests.support.bus.sample import Sample

TIERS = (1.0, 5.0)


def planned() -> topology.Plan:
    """The sample's topology."""
    return topology.plan(declaration(Sample), TIERS)


def queue(name: str) -> topology.Queue:
    """One queue of it."""
    return next(q for q in planned().queues if q.name == name)


def test_a_declaration_reads_like_a_table_of_contents() -> None:
    """Queues, commands and queries of the sample, with what every service answers to an operator."""
    assert declaration(Sample) == ServiceDeclaration(
        "intake",
        declaration(Sample).subscriptions,
        ("discard_parked", "replay_parked", "wish"),
        ("count", "echo", "health", "replica"),
    )
    assert declaration(Sample).queues == ("intake.intake.thing.asked", "intake.intake.thing.happened")


def test_work_queues_lose_nothing() -> None:
    """Quorum, at-least-once dead-lettering to parking, a delivery limit, publishes refused when full."""
    work = queue("intake.intake.thing.happened")
    assert work.arguments == {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": "intake.parking",
        "x-dead-letter-routing-key": "intake.intake.thing.happened",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
        "x-delivery-limit": 50,
    }
    bound = {(b.exchange, b.key) for b in planned().bindings if b.queue == work.name}
    assert bound == {("intake.events", "thing.happened")}


def test_parking_outlives_any_number_of_looks() -> None:
    """RabbitMQ 4 would drop a message after 20 deliveries from a queue without a limit of its own."""
    parking = queue("intake.intake.thing.happened.parking")
    assert parking.arguments["x-delivery-limit"] > 10**6
    assert parking.arguments["x-queue-type"] == "quorum"
    assert "x-message-ttl" not in parking.arguments


def test_tiers_have_one_time_each_and_give_back_through_the_default_exchange() -> None:
    """The time stands on the queue, never on a message, and the routing key (the work queue) is kept."""
    tier = queue("intake.retry.5s")
    assert tier.arguments["x-message-ttl"] == 5000
    assert tier.arguments["x-dead-letter-exchange"] == ""
    assert "x-dead-letter-routing-key" not in tier.arguments
    assert tier.arguments["x-dead-letter-strategy"] == "at-least-once"


def test_the_marker_follows_every_argument() -> None:
    """Another tier, another marker; the same plan, the same marker."""
    assert planned().marker == planned().marker
    assert planned().marker != topology.plan(declaration(Sample), (1.0, 6.0)).marker


def test_events_that_nobody_takes_are_named() -> None:
    """The sample publishes one event that no queue is bound to."""
    assert "intake thing.unheard" in topology.unheard([declaration(Sample)])
    assert "intake thing.happened" not in topology.unheard([declaration(Sample)])


def test_two_handlers_of_one_event_are_refused() -> None:
    """One queue has one handler."""

    class Twice(Service):
        name = "review"

        @on_event(ThingHappened, publisher="intake")
        def one(self, work: object, event: object) -> None: ...

        @on_event(ThingHappened)
        def two(self, work: object, event: object) -> None: ...

    with pytest.raises(ValueError, match=r"review\.intake\.thing\.happened"):
        declaration(Twice)


def test_a_command_is_not_a_query() -> None:
    """The contract says which it is."""

    class Confused(Service):
        name = "intake"

        @query("wish")
        def wish(self, work: object, data: object) -> dict[str, object]: ...

    with pytest.raises(ValueError, match="is a command"):
        declaration(Confused)


def test_an_unknown_call_is_refused() -> None:
    """What the contracts do not know cannot be answered."""

    class Inventive(Service):
        name = "intake"

        @command("conjure")
        def conjure(self, work: object, data: object) -> dict[str, object]: ...

    with pytest.raises(UnknownContract):
        declaration(Inventive)


def test_a_stranger_cannot_be_listened_to() -> None:
    """Only the publishers of the contract."""
    with pytest.raises(ValueError, match="not published by review"):
        on_event(ThingHappened, publisher="review")


def test_a_period_is_longer_than_nothing() -> None:
    """A timer of zero seconds would be a hot loop."""
    with pytest.raises(ValueError, match="period"):
        every(seconds=0)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("amqp://u:p%40x@h:1234/v%2Fw", ("h", 1234, "u", "p@x", "v/w", False)),
        ("amqp://h", ("h", 5672, "guest", "guest", "/", False)),
        ("amqps://u:p@h/", ("h", 5671, "u", "p", "/", True)),
    ],
)
def test_addresses(uri: str, expected: tuple[object, ...]) -> None:
    """URIs with escapes, defaults and TLS."""
    found = Address.parse(uri)
    assert (found.host, found.port, found.user, found.password, found.virtual_host, found.tls) == expected


def test_an_address_hides_its_password() -> None:
    """Neither repr nor error shows it."""
    assert "s3cret" not in repr(Address.parse("amqp://u:s3cret@h/"))
    with pytest.raises(ValueError) as caught:
        Address.parse("http://u:s3cret@h/")
    assert "s3cret" not in str(caught.value)


def test_queues_fit_the_permission_of_their_service() -> None:
    """Everything that a service reads or writes is named after it, so that a pattern can allow just that."""
    for one in planned().queues:
        assert one.name.startswith("intake.")
    assert wire.events_exchange("intake") in {e.name for e in planned().exchanges}
