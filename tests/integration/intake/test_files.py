"""材料与证据 on both databases: what counts, who sees what, what a correction may change, and what a receipt covers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.intake import checking, drafts, enquiries, files, lists, submissions
from services.intake.files import FileTerms
from services.intake.stages import conductor
from shared.config import Settings
from shared.problems import Conflict, Forbidden, Invalid, NotFound
from tests.integration.intake.desk import AFTER, APPLICANT, OFFICE, RealDesk
from tests.support.intake import listing

pytestmark = pytest.mark.integration

TERMS = FileTerms.of(Settings())
SMALL = FileTerms(kinds=("pdf",), largest_bytes=100, most_files=2, most_bytes=150)
CLERK, AUDITOR = "department_clerk", "auditor"
WORD = {"code": "broken", "zh": "文件已损坏", "en": "the file is broken"}


class Shelf(RealDesk):
    """A real cycle, and files that are found to be whatever the test says."""

    def add(
        self, application: str, material: str | None = "proofs", name: str = "证书.pdf", who: str = "anna",
        role: str = APPLICANT, unit: str = "", terms: FileTerms = TERMS, **given: Any,
    ) -> str:  # fmt: skip
        """A file comes; its content is what its name says, where the test does not say otherwise."""
        named = {"material": material, "use": "material" if material else "evidence", "file_name": name}
        content = {"digest": f"sha256:{hashlib.sha256(name.encode()).hexdigest()}", "size": 10}
        data = {"application_id": application, **named, **content, **given}

        def add(work: Any, request: dict[str, Any]) -> dict[str, Any]:
            return files.add(work, request, terms)

        return str(self.ask("add_file", add, role, who, unit=unit, **data)["file_id"])

    def found(self, file_id: str, *, accepted: bool = True, **more: Any) -> None:
        """What the inspection said."""
        found = {"state": "accepted" if accepted else "refused", "reasons": [] if accepted else [WORD]}
        with self.work() as work:
            files.settle(work, file_id, found | {"kind": "pdf"} | more)

    def handed(self, application: str, material: str = "proofs", name: str = "证书.pdf", **more: Any) -> str:
        """A file that was accepted."""
        file_id = self.add(application, material, name)
        self.found(file_id, **more)
        return file_id

    def remove(self, application: str, file_id: str, who: str = "anna") -> dict[str, Any]:
        return self.ask(
            "remove_file", files.remove, APPLICANT, who, application_id=application, file_id=file_id
        )

    def listed(self, application: str, role: str = APPLICANT, who: str = "anna") -> dict[str, Any]:
        def listed(work: Any, data: dict[str, Any]) -> dict[str, Any]:
            return files.listed(work, data, TERMS)

        return self.ask("files", listed, role, who, application_id=application)

    def names(self, application: str, role: str = APPLICANT, who: str = "anna") -> list[str]:
        return [file["file_name"] for file in self.listed(application, role, who)["files"]]

    def materials(self, application: str) -> list[str]:
        with self.work(APPLICANT, "anna") as work:
            found: list[str] = drafts.one(work, {"application_id": application})["materials"]
            return found

    def missing(self, application: str) -> list[str]:
        """What the office's list says is missing."""
        with self.work(OFFICE) as work:
            lines = lists.listed(work, listing(self.cycle))["applications"]
        (line,) = [line for line in lines if line["application_id"] == application]
        found: list[str] = line["missing_materials"]
        return found

    def faults(self, application: str) -> list[str]:
        with self.work(APPLICANT, "anna") as work:
            found = checking.check(work, {"application_id": application})["faults"]
        return [fault["field"] for fault in found]

    def frozen(self, application: str) -> dict[str, Any]:
        with self.work(APPLICANT, "anna") as work:
            receipt = submissions.receipt(work, {"application_id": application})
        dossier: dict[str, Any] = receipt["submissions"][-1]["dossier"]
        return dossier


@pytest.fixture
def shelf(database_url: str) -> Iterator[Shelf]:
    made = Shelf(database_url)
    yield made
    made.close()


def test_a_file_counts_when_it_has_been_accepted(shelf: Shelf) -> None:
    """Checked: not yet. Accepted: the draft has the material, and the office's list no longer says that it lacks it."""
    application = shelf.drafted()
    file_id = shelf.add(application)
    assert [event["file_id"] for event in shelf.told("file.received")] == [file_id]
    assert (shelf.materials(application), shelf.faults(application)) == ([], ["materials.proofs"])
    assert "proofs" in shelf.missing(application)
    shelf.found(file_id, pages=3)
    assert (shelf.materials(application), shelf.faults(application)) == (["proofs"], [])
    assert "proofs" not in shelf.missing(application)
    (file,) = shelf.listed(application)["files"]
    assert (file["state"], file["kind"], file["pages"], file["added_by"]) == ("accepted", "pdf", 3, "anna")


def test_one_that_was_refused_says_why_and_keeps_the_dossier_back(shelf: Shelf) -> None:
    """Until it is removed, so that nobody hands in a dossier and believes that the file is in it."""
    application = shelf.drafted()
    file_id = shelf.add(application)
    shelf.found(file_id, accepted=False)
    assert shelf.listed(application)["files"][0]["reasons"] == [WORD]
    with pytest.raises(Invalid) as refusal:
        shelf.hand_in(application)
    assert [error.field for error in refusal.value.errors] == ["materials.proofs"]
    assert shelf.remove(application, file_id)["removed_at"]
    assert shelf.faults(application) == []
    assert shelf.hand_in(application)["status"] == "submitted"


def test_what_was_found_first_stands(shelf: Shelf) -> None:
    """An inspection that is done twice, since a process died, changes nothing the second time."""
    application = shelf.drafted()
    file_id = shelf.add(application)
    shelf.found(file_id)
    shelf.found(file_id, accepted=False)
    assert shelf.listed(application)["files"][0]["state"] == "accepted"


def test_the_same_content_stands_in_a_dossier_once(shelf: Shelf) -> None:
    """Whoever sends it again is told under which name it is there; what was refused or removed may be sent again."""
    application = shelf.drafted()
    same = {"digest": "sha256:" + "ab" * 32}
    first = shelf.add(application, **same)
    with pytest.raises(Conflict, match=r"证书\.pdf") as refusal:
        shelf.add(application, name="又一份.pdf", **same)
    assert refusal.value.code == "duplicate_file"
    shelf.found(first, accepted=False)
    second = shelf.add(application, name="又一份.pdf", **same)
    shelf.remove(application, second)
    shelf.add(application, name="第三份.pdf", **same)


def test_a_file_is_replaced_when_the_new_one_is_accepted(shelf: Shelf) -> None:
    """Not before: one whose new version is refused still has the old one."""
    application = shelf.drafted()
    old = shelf.handed(application)
    bad = shelf.add(application, name="新证书.pdf", replaces=old)
    shelf.found(bad, accepted=False)
    assert shelf.names(application) == ["证书.pdf", "新证书.pdf"]
    shelf.remove(application, bad)
    good = shelf.add(application, name="新证书二.pdf", replaces=old)
    shelf.found(good)
    assert shelf.names(application) == ["新证书二.pdf"]
    with pytest.raises(Invalid) as refusal:
        shelf.add(application, name="再一份.pdf", replaces=old)
    assert refusal.value.errors[0].field == "replaces"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"material": "a_wish"}, "material"),
        ({"name": "证书.exe"}, "file_name"),
        ({"name": "证书"}, "file_name"),
        ({"size": 0}, "size"),
        ({"size": 101, "terms": SMALL}, "size"),
    ],
)
def test_what_cannot_be_taken_names_the_field(shelf: Shelf, given: dict[str, Any], field: str) -> None:
    application = shelf.drafted()
    with pytest.raises(Invalid) as refusal:
        shelf.add(application, **given)
    assert [error.field for error in refusal.value.errors] == [field]
    assert shelf.names(application) == []


@pytest.mark.parametrize(
    "name", ["../证书.pdf", "C:\\证书.pdf", "证书.pdf\x00", "证\u202efdp.exe", " 证书.pdf", "证书.pdf."]
)
def test_a_name_is_no_path(shelf: Shelf, name: str) -> None:
    """Nor does it turn around what a reader sees of its ending."""
    with pytest.raises(Invalid) as refusal:
        shelf.add(shelf.drafted(), name=name)
    assert [error.field for error in refusal.value.errors] == ["file_name"]


def test_there_is_room_for_so_much(shelf: Shelf) -> None:
    """Number and size of all files of an application are bounded; what was removed no longer counts."""
    application = shelf.drafted()
    first = shelf.add(application, name="a.pdf", size=90, terms=SMALL)
    with pytest.raises(Conflict) as refusal:
        shelf.add(application, name="b.pdf", size=70, terms=SMALL)
    assert refusal.value.code == "no_room"
    shelf.add(application, name="b.pdf", size=60, terms=SMALL)
    with pytest.raises(Conflict):
        shelf.add(application, name="c.pdf", size=1, terms=SMALL)
    shelf.remove(application, first)
    shelf.add(application, name="c.pdf", size=1, terms=SMALL)


def test_after_the_last_day_no_file_is_taken(shelf: Shelf) -> None:
    """Nor once the dossier was handed in; the list says so before anybody tries."""
    application, other = shelf.drafted(), shelf.drafted("ben", uscc="91310105MA1K300034")
    assert shelf.listed(application)["terms"]["may_add"] == [
        "application_form",
        "self_assessment",
        "proofs",
    ]
    shelf.hand_in(application)
    with pytest.raises(Conflict, match="handed in"):
        shelf.add(application)
    shelf.day(AFTER)
    with pytest.raises(Conflict) as refusal:
        shelf.add(other, who="ben")
    assert refusal.value.code == "closed"
    assert shelf.listed(other, who="ben")["terms"]["may_add"] == []


def test_only_the_people_of_a_dossier_add_and_remove(shelf: Shelf) -> None:
    """Strangers do not see that there is one; a reader sees the files and may not change them; nor may the office."""
    application = shelf.drafted()
    file_id = shelf.handed(application)
    for attempt in (
        lambda: shelf.add(application, who="ben"),
        lambda: shelf.listed(application, who="ben"),
        lambda: shelf.remove(application, file_id, "ben"),
    ):
        with pytest.raises(NotFound):
            attempt()
    shelf.joined(application, "rita", "reader")
    assert shelf.names(application, who="rita") == ["证书.pdf"]
    assert shelf.listed(application, who="rita")["terms"]["may_add"] == []
    with pytest.raises(Forbidden):
        shelf.add(application, name="另一份.pdf", who="rita")
    with pytest.raises(Forbidden):
        shelf.add(application, name="另一份.pdf", who="li", role=OFFICE)
    with pytest.raises(NotFound):
        shelf.ask("file", files.one, APPLICANT, "ben", application_id=application, file_id=file_id)


def test_a_receipt_covers_the_files(shelf: Shelf) -> None:
    """By name, kind, size and digest; another file is another digest."""
    application = shelf.drafted()
    file_id = shelf.handed(application)
    line = shelf.hand_in(application)
    (file,) = shelf.frozen(application)["files"]
    digest = f"sha256:{hashlib.sha256('证书.pdf'.encode()).hexdigest()}"
    assert file == {
        "material": "proofs", "file_id": file_id, "file_name": "证书.pdf", "kind": "pdf", "size": 10, "digest": digest,
    }  # fmt: skip
    accepted = shelf.accept(application, line["receipt"])
    assert accepted["receipt"] == line["receipt"]
    (told,) = shelf.told("application.accepted")
    assert told["dossier"]["materials"] == ["proofs"]


def test_a_correction_changes_the_materials_that_it_named(shelf: Shelf) -> None:
    """And no others, until its day; the new version has the new file, the old one the old."""
    application = shelf.drafted()
    old = shelf.handed(application)
    form = shelf.handed(application, "application_form", "表.pdf")
    shelf.hand_in(application)
    shelf.send_back(application, "materials.proofs")
    assert shelf.listed(application)["terms"]["may_add"] == ["proofs"]
    with pytest.raises(Conflict) as refusal:
        shelf.remove(application, form)
    assert refusal.value.code == "not_returned"
    shelf.found(shelf.add(application, name="新证书.pdf", replaces=old))
    line = shelf.hand_in(application)
    assert [file["file_name"] for file in shelf.frozen(application)["files"]] == ["表.pdf", "新证书.pdf"]
    shelf.accept(application, line["receipt"])
    assert shelf.names(application) == ["表.pdf", "新证书.pdf"]


def test_a_correction_that_is_not_handed_in_is_undone(shelf: Shelf) -> None:
    """What was removed and added on the way is put back to what the office signs for."""
    application = shelf.drafted()
    old = shelf.handed(application)
    line = shelf.hand_in(application)
    shelf.send_back(application, "materials.proofs", due_on=date(2025, 5, 20))
    shelf.handed(application, name="新证书.pdf")
    shelf.remove(application, old)
    assert shelf.names(application) == ["新证书.pdf"]
    shelf.day(date(2025, 5, 21))
    shelf.accept(application, line["receipt"])
    assert shelf.names(application) == ["证书.pdf"]
    assert shelf.materials(application) == ["proofs"]


def test_the_self_assessment_is_counted_from_the_documents(shelf: Shelf) -> None:
    """All of them together, whatever was typed; where one cannot be counted, what was typed stands."""
    application = shelf.drafted()
    shelf.save(application, 1, facts__self_assessment_chars=5)
    shelf.handed(application, "self_assessment", "自评.pdf", characters=20_000)
    shelf.handed(application, "self_assessment", "自评附录.pdf", characters=11_000)
    shelf.handed(application, "proofs", "证书.pdf", characters=7)
    shelf.hand_in(application)
    assert shelf.frozen(application)["facts"]["self_assessment_chars"] == 31_000

    scanned = shelf.drafted("ben", uscc="91310105MA1K300034")
    shelf.save(scanned, 1, "ben", facts__self_assessment_chars=5)
    shelf.found(shelf.add(scanned, "self_assessment", "扫描.pdf", "ben"), characters=None)
    shelf.hand_in(scanned, "ben")
    with shelf.work(OFFICE) as work:
        frozen = submissions.receipt(work, {"application_id": scanned})["submissions"][-1]["dossier"]
    assert frozen["facts"]["self_assessment_chars"] == 5


def test_a_rehearsal_takes_no_files(shelf: Shelf) -> None:
    """Its file says what was handed in."""
    cycle = shelf.open(rehearsal=True)
    application = shelf.draft(cycle, on=date(2025, 5, 13))
    data = {
        "application_id": application, "use": "material", "material": "proofs", "file_name": "证书.pdf",
        "digest": "sha256:" + "0" * 64, "size": 1, "replaces": None,
    }  # fmt: skip
    with shelf.work(APPLICANT, "anna", on=date(2025, 5, 13)) as work, pytest.raises(Conflict) as refusal:
        files.add(work, data, TERMS)
    assert refusal.value.code == "rehearsal"


def test_evidence_is_seen_by_whoever_brought_it_and_by_the_watchers(shelf: Shelf) -> None:
    """A clerk adds it where the own department was asked, and sees nothing else; it is no material."""
    application = shelf.drafted()
    shelf.handed(application)
    with pytest.raises(NotFound):
        shelf.add(application, None, "复函.pdf", "chen", CLERK, "safety")
    with shelf.work() as work:
        enquiries.raise_all(work, conductor.cycle(work, shelf.cycle), application)
    reply = shelf.add(application, None, "复函.pdf", "chen", CLERK, "safety")
    report = shelf.add(application, None, "信用报告.pdf")
    shelf.found(reply)
    assert shelf.names(application) == ["证书.pdf", "信用报告.pdf"]
    assert shelf.names(application, AUDITOR, "au") == ["证书.pdf", "复函.pdf", "信用报告.pdf"]
    assert shelf.materials(application) == ["proofs"]

    def seen(file_id: str, who: str) -> bool:
        try:
            shelf.ask("file", files.one, CLERK, who, application_id=application, file_id=file_id)
        except NotFound:
            return False
        return True

    assert [seen(file_id, "chen") for file_id in (reply, report)] == [True, False]
    assert not seen(reply, "other")
    with shelf.work(CLERK, "chen") as work:
        assert files.evidence(work, application, reply)["name"] == "复函.pdf"
    with shelf.work(APPLICANT, "anna") as work, pytest.raises(Conflict) as refusal:
        files.evidence(work, application, report)
    assert refusal.value.code == "file_checking"
    with pytest.raises(Invalid):
        shelf.add(application, "proofs", "复函二.pdf", "chen", CLERK, "safety", use="evidence")


def test_what_may_not_be_added_is_said_before_the_first_byte(shelf: Shelf) -> None:
    """By the same words as afterwards."""
    application = shelf.drafted()

    def may(work: Any, data: dict[str, Any]) -> dict[str, Any]:
        return files.may_add(work, data, SMALL)

    wanted = {"application_id": application, "use": "material", "material": "proofs", "file_name": "a.pdf"}
    assert shelf.ask("may_add_file", may, APPLICANT, "anna", **wanted, size=100) == {"done": True}
    with pytest.raises(Invalid, match="at most"):
        shelf.ask("may_add_file", may, APPLICANT, "anna", **wanted, size=101)
    with pytest.raises(NotFound):
        shelf.ask("may_add_file", may, APPLICANT, "ben", **wanted, size=1)


def test_a_file_of_a_withdrawn_application_is_looked_into_without_harm(shelf: Shelf) -> None:
    """The event may come when all is over."""
    application = shelf.drafted()
    file_id = shelf.add(application)
    shelf.withdraw(application)
    shelf.found(file_id)
    assert shelf.listed(application, OFFICE, "li")["files"][0]["state"] == "accepted"
