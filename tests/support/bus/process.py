"""The sample service for a process of its own: its contracts are known there from the start."""

from __future__ import annotations

from tests.support.bus.contracts import register_all
from tests.support.bus.sample import Sample

register_all()

__all__ = ["Sample"]
