"""The one work that `deploy.benchmarks.events` gives to every consumer, and how each of them reports what it did.

A message is an accepted application of about 600 bytes. Two of its fields are the benchmark's own: `sequence` is the
moment of its making (microseconds of the monotonic clock, one for all processes of a machine) and `facts.project_cost_yuan`
how many messages its phase has, so that a consumer knows by itself when to report.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

EXCHANGE, KEY = "bench.events", "application.accepted"
NAMEKO = f"evt-bench-{KEY}--peer.take"  # what nameko calls its queue
REPORT = "figures "

TABLES = """
CREATE TABLE IF NOT EXISTS inbox (
    consumer text NOT NULL, message_id text NOT NULL, claimed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, message_id));
CREATE TABLE IF NOT EXISTS taken (
    application_id text PRIMARY KEY, cycle_id text NOT NULL, name text NOT NULL, category text,
    dossier_digest text NOT NULL);
"""
CLAIM = "INSERT INTO inbox (consumer, message_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
TAKE = (
    "INSERT INTO taken (application_id, cycle_id, name, category, dossier_digest) VALUES (%s, %s, %s, %s, %s)"
)

_CYCLE = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_DOSSIER = {
    "name": "示例精密仪器有限公司",
    "kind": "organization",
    "uscc": "91310105MAXY50013E",
    "applicant_key": "organization:91310105MAXY50013E",
    "category": "economic",
    "submitted_on": "2025-05-19",
    "recommended_by": "示例街道",
    "nominated_by": None,
    "materials": ["application_form", "self_assessment", "proofs"],
}


def stamp() -> int:
    """Now, in microseconds of the clock that all processes of this machine share."""
    return time.monotonic_ns() // 1000


def message(message_id: str, of: int) -> dict[str, Any]:
    """The plain data of one message of a phase of so many."""
    return {
        "cycle_id": _CYCLE,
        "application_id": message_id,
        "sequence": stamp(),
        "dossier": {**_DOSSIER, "facts": {"region": "示例市示例区", "project_cost_yuan": of}},
        "dossier_digest": "sha256:" + "cd" * 32,
    }


def encode(data: Mapping[str, Any]) -> bytes:
    """As it goes over the wire."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def phase_of(data: Mapping[str, Any]) -> tuple[int, int]:
    """When a message was made, and how many its phase has."""
    return data["sequence"], data["dossier"]["facts"]["project_cost_yuan"]


def rows_of(data: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parameters of CLAIM and TAKE."""
    application = data["application_id"]
    return ("peer", application), (
        application, data["cycle_id"], data["dossier"]["name"], data["dossier"]["category"], data["dossier_digest"],
    )  # fmt: skip


class Meter:
    """Counts messages whose transaction is committed, and prints one line when a phase is through."""

    def __init__(self) -> None:
        self._waits: list[float] = []

    def handled(self, messages: Sequence[tuple[int, int]]) -> None:
        """These (made at, phase's size) are committed now."""
        now = stamp()
        self._waits += [(now - made) / 1000 for made, _ in messages]
        if messages and len(self._waits) >= messages[-1][1]:
            waits, self._waits = sorted(self._waits), []
            middle, late = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
            report = {"handled": len(waits), "last": now / 1e6, "p50": middle, "p99": late}
            print(REPORT + json.dumps(report), flush=True)
