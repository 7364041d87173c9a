"""Intake's desk with a cycle that is over: two applications with files, and calls of those who see to the records."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from services.intake import files, progress
from services.intake.archive import due, holds, lists, packages
from services.intake.files import FileTerms
from services.intake.keeping import keeping
from services.intake.stages import conductor
from shared.config import Settings
from shared.procedure import outcome
from shared.records import answering
from tests.integration.intake.desk import AFTER, APPLICANT, OFFICE, RealDesk
from tests.support.intake import CODE, OTHER_CODE

DISCIPLINE, AUDITOR = "discipline", "auditor"
OVER, KEPT_UNTIL, DUE = date(2025, 6, 17), date(2035, 12, 31), date(2036, 1, 4)
TERMS = FileTerms.of(Settings())
BOTH = "both.pdf"  # a file that both applications hold


def sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


class Archive(RealDesk):
    """Applications a and b of two organizations; neither is eligible, which ends the cycle."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.a = self.handed_in_with("anna", "示例公司甲", CODE, "甲.pdf", BOTH)
        self.b = self.handed_in_with("bela", "示例公司乙", OTHER_CODE, BOTH)

    def handed_in_with(self, owner: str, name: str, uscc: str, *names: str) -> str:
        application = self.drafted(owner, name=name, uscc=uscc)
        for each in (*names, f"{owner}-1.pdf", f"{owner}-2.pdf"):
            material = {"1.pdf": "application_form", "2.pdf": "self_assessment"}.get(each[-5:], "proofs")
            self.file(application, owner, material, each)
        return application

    def file(self, application: str, owner: str, material: str, name: str) -> None:
        """A file that was accepted, with a preview of one page."""

        def add(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return files.add(work, data, TERMS)

        data = {"application_id": application, "material": material, "use": "material", "file_name": name}
        content = {"digest": sha256(name), "size": len(name.encode())}
        file_id = self.ask("add_file", add, APPLICANT, owner, **data, **content)["file_id"]
        preview = {"page": 1, "media_type": "image/png", "digest": sha256(f"preview of {name}"), "size": 10}
        with self.work() as work:
            found = {"state": "accepted", "reasons": [], "kind": "pdf", "previews": [preview]}
            files.settle(work, file_id, found)

    def end(self) -> None:
        """The submission closes with what is handed in, and the next stage lets nobody on."""
        for application, owner in ((self.a, "anna"), (self.b, "bela")):
            self.submit(application, owner)
        self.day(AFTER)
        self.close_submission()
        lines = [
            outcome(each, passed=False, status="ineligible", reason_zh="不符合", reason_en="not eligible")
            for each in (self.a, self.b)
        ]
        self.day(OVER)
        with self.work() as work:
            data = {"cycle_id": self.cycle, "stage": "qualification", "closed_on": OVER, "outcomes": lines}
            progress.stage_closed(work, data)

    # --- calls ------------------------------------------------------------------------------------------------

    def due(self) -> dict[str, Any]:
        (line,) = self.ask("records_due", due.listed, OFFICE, cycle_id=self.cycle)["cycles"]
        assert isinstance(line, dict)
        return line

    def hold(self, application: str | None, who: str = "zhao", role: str = DISCIPLINE) -> str:
        data = {"cycle_id": self.cycle, "application_id": application, "reason": "诉讼"}
        return str(self.ask("place_hold", holds.place, role, who, **data)["hold_id"])

    def lift(self, hold_id: str, who: str = "qian", role: str = AUDITOR) -> dict[str, Any]:
        return self.ask("lift_hold", holds.lift, role, who, hold_id=hold_id, reason="已结案")

    def prepare(self, *applications: str, who: str = "li") -> dict[str, Any]:
        data = {
            "cycle_id": self.cycle,
            "application_ids": list(applications) or None,
            "reason": "保管期限届满",
        }
        return self.ask("prepare_destruction", lists.prepare, OFFICE, who, **data)

    def sign(self, made: dict[str, Any], who: str, role: str) -> dict[str, Any]:
        data = {"list_id": made["list_id"], "digest": made["digest"]}
        return self.ask("sign_destruction", lists.sign, role, who, **data)

    def signed(self, *applications: str) -> dict[str, Any]:
        made = self.prepare(*applications)
        self.sign(made, "wang", OFFICE)
        return self.sign(made, "zhao", DISCIPLINE)

    def execute(self, made: dict[str, Any], who: str = "li") -> dict[str, Any]:
        return self.ask("execute_destruction", lists.execute, OFFICE, who, list_id=made["list_id"])

    def withdraw(self, made: dict[str, Any]) -> dict[str, Any]:  # type: ignore[override]
        data = {"list_id": made["list_id"], "reason": "有冻结"}
        return self.ask("withdraw_destruction", lists.withdraw, OFFICE, "li", **data)

    def list_state(self, made: dict[str, Any]) -> dict[str, Any]:
        return self.ask("destruction_list", lists.one, AUDITOR, list_id=made["list_id"])

    def rows(self, application: str | None, after: str = "") -> dict[str, Any]:
        def rows(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return answering.rows(work, conductor, keeping, data)

        data = {"cycle_id": self.cycle, "application_id": application, "after": after}
        return self.ask("archive", rows, AUDITOR, **data)

    def entries(self, application: str | None) -> dict[str, Any]:
        def entries(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return answering.entries(work, self.store, conductor, data)

        data = {"cycle_id": self.cycle, "application_id": application}
        return self.ask("archive_audit", entries, AUDITOR, **data)

    def register(self, application: str | None, payload: str = "payload") -> dict[str, Any]:
        data = {
            "cycle_id": self.cycle, "application_id": application, "digest": sha256("package"),
            "payload": sha256(payload), "files": 3, "size": 1000,
        }  # fmt: skip
        return self.ask("register_package", packages.register, OFFICE, "li", **data)
