"""An applicant's world for pages: one draft in one cycle, answered as intake would, small enough to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.gateway import published
from services.intake import parts as judged
from shared.contracts import Context
from shared.problems import Conflict, FieldError, NotFound
from shared.rulebooks import library
from tests.support.gateway import REAL, answered

BOOK = "changning-2023"
DRAFT = "0199a1b2c3d57e5f8a9b0c1d2e3f4a5c"
KINDS = ["pdf", "docx"]


@dataclass
class World:
    """What stands in it, and what came in: `refuse` an operation with a problem."""

    kind: str = "organization"
    status: str = "draft"
    revision: int = 3
    parts: dict[str, Any] = field(default_factory=lambda: {"name": "示例公司"})
    changed: dict[str, int] = field(default_factory=dict)
    correction: dict[str, Any] | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)
    decided: dict[str, Any] | None = None  # what the qualification came to, once it is public
    closes_on: str = "2025-06-13"
    refuse: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        name = f"{service}.{method}"
        self.asked.append((name, dict(data)))
        if name in self.refuse:
            raise self.refuse[name]
        own = getattr(self, f"_{method}", None)
        reply = answered(service, method, data, context)
        if own is not None:
            reply = own(data)
        return {**reply, **self.said.get(name, {})}

    def data_of(self, operation: str) -> dict[str, Any]:
        """What an operation got last."""
        return next(data for name, data in reversed(self.asked) if name == operation)

    def count(self, operation: str) -> int:
        """How often it was asked."""
        return sum(name == operation for name, _ in self.asked)

    @property
    def form(self) -> dict[str, Any]:
        return published.form_of(library(), BOOK, self.kind, None)

    def _draft(self, data: Mapping[str, Any]) -> dict[str, Any]:
        typed = {name: value for name, value in self.parts.items() if judged.judge(name, value)}
        return {
            "application_id": DRAFT, "cycle_id": REAL, "kind": self.kind, "status": self.status, "revision": self.revision,
            "parts": dict(self.parts), "faults": [fault.as_dict() for fault in judged.faults(typed)], "materials": [],
            "recommended_by": None, "correction": self.correction,
        }  # fmt: skip

    def _save_draft(self, data: Mapping[str, Any]) -> dict[str, Any]:
        stale = [name for name in data["parts"] if self.changed.get(name, 0) > data["revision"]]
        if stale:
            raise Conflict(
                "以下内容已被他人修改", "changed by somebody else", code="changed_meanwhile",
                errors=[FieldError(name, "现为", "is now") for name in stale],
            )  # fmt: skip
        self.parts |= {name: value for name, value in data["parts"].items() if value is not None}
        self.revision += 1
        return self._draft(data)

    def _cycle(self, data: Mapping[str, Any]) -> dict[str, Any]:
        book = library().get(BOOK)
        stages = [
            {
                "stage": stage.key, "kind": stage.kind, "owner": stage.owner, "rule": stage.rule, "state": "waiting",
                "begins_on": None, "begun_on": None, "ends_on": None, "closed_on": None, "blocked": None,
            }
            for stage in book.stages
        ]  # fmt: skip
        return {
            "cycle_id": REAL, "rulebook": BOOK, "rulebook_sha256": book.sha256, "year": 2025, "opens_on": "2025-05-12",
            "closes_on": self.closes_on, "budget_fen": None, "rehearsal": False, "state": "open", "blocked": None,
            "stages": stages, "applications": None,
        }  # fmt: skip

    def _cycles(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"cycles": [self._cycle(data)]}

    def _line(self) -> dict[str, Any]:
        return {
            "application_id": DRAFT, "cycle_id": REAL, "name": "示例公司", "kind": self.kind, "category": None,
            "status": self.status, "stopped_at": None, "submitted_on": None, "sequence": None, "public_number": None,
            "recommended_by": None, "receipt": None, "correction_due_on": None,
        }  # fmt: skip

    def _application(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return self._line()

    _create_application = _submit_application = _withdraw_application = _join = _application

    def _my_applications(self, data: Mapping[str, Any]) -> dict[str, Any]:
        more = {"rulebook": BOOK, "year": 2025, "opens_on": "2025-05-12", "closes_on": self.closes_on}
        return {"applications": [{**self._line(), **more}]}

    def _check_application(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "application_id": DRAFT, "ready": not self.faults, "faults": self.faults, "expected": [],
            "findings": self.findings, "applied_already": False,
        }  # fmt: skip

    def _my_findings(self, data: Mapping[str, Any]) -> dict[str, Any]:
        if self.decided is None:
            raise NotFound("没有可以查看的审查结论", "there are no findings to be read")
        return {"application_id": DRAFT, "cycle_id": REAL, "rulebook": BOOK, **self.decided}

    def _files(self, data: Mapping[str, Any]) -> dict[str, Any]:
        materials = [each["name"] for each in self.form["materials"]]
        terms = {
            "kinds": KINDS, "largest_bytes": 1 << 20, "most_files": 20, "most_bytes": 20 << 20,
            "may_add": materials if self.status == "draft" else [],
        }  # fmt: skip
        total = sum(each["size"] for each in self.files)
        return {
            "application_id": DRAFT,
            "cycle_id": REAL,
            "files": self.files,
            "total_bytes": total,
            "terms": terms,
        }

    def _may_add_file(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {"done": True}

    def _add_file(self, data: Mapping[str, Any]) -> dict[str, Any]:
        self.files.append(file_of(f"f{len(self.files)}", **{name: data[name] for name in ("file_name", "size", "digest")},
                                  use=data["use"], material=data.get("material")))  # fmt: skip
        return self.files[-1]


def finding_of(rule: str, outcome: str, **more: Any) -> dict[str, Any]:
    """A finding as an applicant is told of it."""
    return {
        "rule": rule, "article": f"第 {rule} 条", "gist_zh": f"{rule} 的大意", "gist_en": f"the gist of {rule}",
        "condition_zh": f"条件 {rule}", "condition_en": f"condition {rule}", "outcome": outcome, "reason_zh": f"理由 {rule}",
        "reason_en": f"reason {rule}", "evidence": [], "ground": "own", "confirmed": None, **more,
    }  # fmt: skip


def file_of(file_id: str, **more: Any) -> dict[str, Any]:
    """A file as intake tells of it."""
    return {
        "file_id": file_id, "application_id": DRAFT, "cycle_id": REAL, "use": "material", "material": "proofs",
        "file_name": "证书.pdf", "size": 2048, "digest": "sha256:" + "ab" * 32, "state": "checking", "kind": None,
        "reasons": [], "notes": [], "scan": None, "scanned_by": None, "signature": None, "pages": None, "characters": None,
        "previews": [], "replaces": None, "added_at": "2025-05-20T10:30:00+08:00", "added_by": "anna", "checked_at": None,
        "removed_at": None, **more,
    }  # fmt: skip
