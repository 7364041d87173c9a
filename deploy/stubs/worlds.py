"""What the stub departments hold on record, and their faults, per rehearsal. Nothing here is part of the product.

A world is the cycle of one rehearsal. Records belong to a code. Worlds are kept in a folder, so that a stub that is
killed comes back knowing what it has failed already.
"""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path
from typing import Any

_NAME = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


class DepartmentDownError(Exception):
    """The department's system does not answer this enquiry."""


class Worlds:
    """All worlds; safe to share between threads."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._worlds: dict[str, dict[str, Any]] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for file in folder.glob("*.json"):
                self._worlds[file.stem] = json.loads(file.read_text(encoding="utf-8"))

    def put(self, world: str, records: dict[str, Any], faults: dict[str, Any]) -> None:
        """Set a world: records by code and department; faults by department: fail_first, down, only (references)."""
        if not _NAME.match(world):
            raise ValueError("a world is named by an id")
        with self._lock:
            self._worlds[world] = {"records": records, "faults": faults, "failed": {}}
            self._keep(world)

    def ask(self, world: str, department: str, reference: str, uscc: str) -> list[dict[str, Any]]:
        """The records of a code, none where the world or the code is not known. Raises DepartmentDownError."""
        with self._lock:
            known = self._worlds.get(world)
            if known is None:
                return []
            self._fail(world, known, department, reference)
            found: list[dict[str, Any]] = known["records"].get(uscc, {}).get(department, [])
            return found

    def _fail(self, world: str, known: dict[str, Any], department: str, reference: str) -> None:
        fault = known["faults"].get(department, {})
        concerned = fault.get("only")
        if concerned is not None and reference not in concerned:
            return
        if fault.get("down"):
            raise DepartmentDownError
        failed = known["failed"].get(department, 0)
        if failed < fault.get("fail_first", 0):
            known["failed"][department] = failed + 1
            self._keep(world)
            raise DepartmentDownError

    def _keep(self, world: str) -> None:
        if self._folder is None:
            return
        fresh = self._folder / f".{world}.new"
        fresh.write_text(json.dumps(self._worlds[world], ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, self._folder / f"{world}.json")
