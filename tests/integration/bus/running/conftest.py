"""One running sample for all tests of a file, one on each kind of database: a process takes longer to start than most of these
tests to run. Each test finds it at rest and without a trace of the one before; a client of its own asks it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from deploy.local.broker import PrivateBroker
from tests.support.bus.harness import Client, Sample
from tests.support.databases import ROLE


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(
    request: pytest.FixtureRequest,
    broker: PrivateBroker,
    sample_topology: Mapping[str, list[dict[str, Any]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Sample]:
    """The sample service."""
    folder, name = tmp_path_factory.mktemp("running"), f"r_{secrets.token_hex(6)}"
    url = f"sqlite:///{folder / name}.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create_database(name, ROLE)
    vhost = broker.vhost(holding=sample_topology)
    sample = Sample(vhost, url, folder).start()
    yield sample
    sample.close()
    vhost.drop()
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop_database(name)


@pytest.fixture
def sample(running: Sample) -> Sample:
    """The sample service, as if it had just been started."""
    running.begin_anew()
    return running


@pytest.fixture
def client(sample: Sample) -> Iterator[Client]:
    """A client of the sample's virtual host."""
    client = Client(sample.vhost)
    yield client
    client.close()
