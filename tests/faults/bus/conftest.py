"""Fixtures of the bus's tests."""

from tests.support.bus.fixtures import client, declared, make_sample, sample, sample_topology

__all__ = ["client", "declared", "make_sample", "sample", "sample_topology"]
