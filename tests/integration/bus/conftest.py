"""Fixtures of the bus's tests."""

from tests.support.bus.fixtures import client, declared, make_sample, sample

__all__ = ["client", "declared", "make_sample", "sample"]
