"""Looking into a file outside any transaction: what is found is written once, and what is away is no finding."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.intake import file_checks, files, papers
from services.intake.inspection import run
from shared.config import Settings
from shared.content import open_store
from shared.problems import Transient
from tests.integration.intake.desk import APPLICANT, RealDesk
from tests.support import uploads
from tests.support.clamd import EICAR, FakeClamd

pytestmark = pytest.mark.integration


class Inspector(RealDesk):
    """A real cycle, a store of content, and the event of each file that comes."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url)
        self.settings = Settings(content_url=(folder / "content").as_uri())
        self.content = open_store(self.settings)
        self.application = self.drafted()

    def add(self, content: bytes, name: str = "证书.pdf", digest: str = "") -> str:
        stored = self.content.write([content], limit=len(content))
        data = {
            "application_id": self.application, "use": "material", "material": "proofs", "file_name": name,
            "digest": digest or stored.digest, "size": stored.size,
        }  # fmt: skip

        def add(work: Any, request: dict[str, Any]) -> dict[str, Any]:
            return files.add(work, request, files.FileTerms.of(self.settings))

        return str(self.ask("add_file", add, APPLICANT, "anna", **data)["file_id"])

    def look(self, file_id: str, settings: Settings | None = None) -> dict[str, Any]:
        """The event is dealt with as the bus deals with it; gives the file as it stands then."""
        event = SimpleNamespace(data={"file_id": file_id})
        keep = file_checks.check(self.store, event, settings or self.settings)
        with self.work() as work:
            keep(work)
        return self.ask(
            "file", files.one, APPLICANT, "anna", application_id=self.application, file_id=file_id
        )


@pytest.fixture
def inspector(database_url: str, tmp_path: Path) -> Iterator[Inspector]:
    made = Inspector(database_url, tmp_path)
    yield made
    made.close()


def test_what_is_found_is_written_with_previews_in_the_store(inspector: Inspector) -> None:
    """Kind, pages, characters, pictures under their digests; without a scanner it says so, never `clean`."""
    file = inspector.look(inspector.add(uploads.pdf("one", "two")))
    assert (file["state"], file["kind"], file["pages"], file["characters"]) == ("accepted", "pdf", 2, 6)
    assert file["scan"] == "not_scanned"
    assert [preview["page"] for preview in file["previews"]] == [1, 2]
    for preview in file["previews"]:
        picture = b"".join(inspector.content.read(preview["digest"]))
        assert picture.startswith(b"\x89PNG")
        assert len(picture) == preview["size"]


def test_what_was_looked_into_is_not_looked_into_again(inspector: Inspector) -> None:
    """The event may come twice: the second time the content is not even asked for."""
    file_id = inspector.add(uploads.pdf("one"))
    first = inspector.look(file_id)
    gone = Settings(content_url=(Path("/nonexistent-store")).as_uri())
    assert inspector.look(file_id, gone) == first


def test_a_file_that_holds_malware_is_refused_by_its_name(inspector: Inspector, tmp_path: Path) -> None:
    """And is not opened by anything else; one without is said to be clean, by whom."""
    scanner = FakeClamd("unix", tmp_path).start()
    settings = Settings(content_url=inspector.settings.content_url, scanner_url=scanner.url)
    bad = inspector.look(inspector.add(uploads.pdf("x") + EICAR), settings)
    good = inspector.look(inspector.add(uploads.pdf("y"), "另一份.pdf"), settings)
    scanner.end()
    assert (bad["state"], bad["scan"], bad["reasons"][0]["code"]) == ("refused", "infected", "infected")
    assert bad["signature"] in bad["reasons"][0]["zh"]
    assert bad["kind"] is None
    assert (good["state"], good["scan"]) == ("accepted", "clean")
    assert good["scanned_by"].startswith("ClamAV")


@pytest.mark.parametrize("away", ["scanner", "content"])
def test_what_is_away_is_no_finding(inspector: Inspector, tmp_path: Path, away: str) -> None:
    """The event comes again later; the file is being checked until then."""
    digest = "sha256:" + "0" * 64 if away == "content" else ""
    file_id = inspector.add(uploads.pdf("x"), digest=digest)
    url = f"unix://{tmp_path / 'nobody'}" if away == "scanner" else ""
    settings = Settings(content_url=inspector.settings.content_url, scanner_url=url)
    with pytest.raises(Transient):
        inspector.look(file_id, settings)
    state = inspector.ask(
        "file", files.one, APPLICANT, "anna", application_id=inspector.application, file_id=file_id
    )
    assert state["state"] == "checking"


def test_an_inspection_that_does_not_work_is_no_finding(
    inspector: Inspector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It breaks on a sound file too: nobody's file is refused for it, and the event comes again."""
    monkeypatch.setattr(run, "COMMAND", (sys.executable, "-c", "raise SystemExit(1)"))
    file_id = inspector.add(uploads.pdf("x"))
    with pytest.raises(Transient):
        inspector.look(file_id)
    monkeypatch.undo()
    assert inspector.look(file_id)["state"] == "accepted"


def test_nothing_is_left_of_a_look(
    inspector: Inspector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy that was looked into, and what was unpacked beside it, is gone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    inspector.look(inspector.add(uploads.zipped({"a.pdf": uploads.pdf("x")}), "证书.zip"))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("sound", "state"), [(True, "accepted"), (False, "refused")])
def test_a_paper_is_looked_into_as_a_file_is(inspector: Inspector, sound: bool, state: str) -> None:
    content = uploads.pdf("a page") if sound else b"no PDF at all"
    stored = inspector.content.write([content], limit=len(content))
    data = {"purpose": "cost", "file_name": "决算.pdf", "size": stored.size, "digest": stored.digest}
    terms = papers.PaperTerms.of(inspector.settings)
    with inspector.work(APPLICANT, "anna") as work:
        paper = papers.add(work, data, terms)["paper_id"]
    keep = file_checks.check_paper(
        inspector.store, SimpleNamespace(data={"paper_id": paper}), inspector.settings
    )
    with inspector.work() as work:
        keep(work)
    with inspector.work(APPLICANT, "anna") as work:
        found = papers.one(work, {"paper_id": paper})
    assert (found["state"], bool(found["reasons"])) == (state, not sound)
