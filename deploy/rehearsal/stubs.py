"""Sets up what the stub departments know of one cycle: the records and faults of the file."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import requests

from deploy.rehearsal.faults import NoAnswer
from deploy.rehearsal.reach import records_by_code
from deploy.rehearsal.scenario import Scenario
from deploy.stubs.signatures import signed
from shared.clock import Clock


def world(scenario: Scenario, ids: Mapping[str, str]) -> dict[str, Any]:
    """Records by code, faults by department; applicants by the ids of their applications."""
    faults: dict[str, dict[str, Any]] = {}
    for name, fault in scenario.departments.items():
        faults[name] = {"fail_first": fault.fail_first, "down": fault.down}
        if fault.only is not None:
            faults[name]["only"] = [ids[handle] for handle in fault.only]
    return {"records": records_by_code(scenario), "faults": faults}


class Stubs:
    """The stub departments' control."""

    def __init__(self, url: str, secret: str, clock: Clock, *, patience: float = 180.0) -> None:
        self._base = url.rstrip("/")
        self._secret = secret
        self._clock = clock
        self._patience = patience

    def put(self, cycle_id: str, content: Mapping[str, Any]) -> None:
        """Set up a cycle's world; the same again changes nothing. Raises NoAnswer."""
        path = f"/worlds/{cycle_id}"
        body = json.dumps(content, ensure_ascii=False).encode()
        until, why = time.monotonic() + self._patience, ""
        while time.monotonic() < until:
            headers = signed(self._secret, self._clock.now().timestamp(), "PUT", path, body)
            try:
                response = requests.put(self._base + path, data=body, headers=headers, timeout=10)
            except requests.RequestException as error:
                why = type(error).__name__
                time.sleep(0.2)
                continue
            if response.status_code == 200:
                return
            raise NoAnswer(f"the stub departments: HTTP {response.status_code} {response.text[:200]}")
        raise NoAnswer(f"the stub departments: {why}")
