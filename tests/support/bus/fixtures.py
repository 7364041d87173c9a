"""Fixtures of the bus's tests: the sample service and a client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from tests.support.bus.harness import Client, Sample, declare

MakeSample = Callable[..., Sample]


@pytest.fixture(scope="session")
def sample_topology(
    broker: PrivateBroker, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, list[dict[str, Any]]]:
    """What the command declares for the sample, declared once."""
    log = tmp_path_factory.mktemp("topology") / "topology.log"
    first = broker.vhost()
    assert declare(first, log) == 0, log.read_text()
    return first.held()


@pytest.fixture
def declared(
    broker: PrivateBroker, sample_topology: Mapping[str, list[dict[str, Any]]]
) -> Iterator[VirtualHost]:
    """A virtual host with the sample's topology, copied: the command itself takes a second of work."""
    vhost = broker.vhost(holding=sample_topology)
    yield vhost
    vhost.drop()  # idle queues cost the broker more than their end does


@pytest.fixture
def make_sample(tmp_path: Path) -> Iterator[MakeSample]:
    """Makes sample services and ends them after the test."""
    made: list[Sample] = []

    def make(vhost: VirtualHost, url: str, **settings: str) -> Sample:
        made.append(Sample(vhost, url, tmp_path, **settings))
        return made[-1]

    yield make
    for sample in made:
        sample.close()


@pytest.fixture
def sample(declared: VirtualHost, database_url: str, make_sample: MakeSample) -> Sample:
    """The sample service, running, on each kind of database."""
    return make_sample(declared, database_url).start()


@pytest.fixture
def client(declared: VirtualHost) -> Iterator[Client]:
    """A client of the sample's virtual host."""
    client = Client(declared)
    yield client
    client.close()
