"""检查文件: each file is looked into by a process of its own, outside any transaction, and what was found is written then.

The content is fetched to a private folder, scanned where a scanner is set up, inspected, and its previews are put into the
content store. A scanner or a store that is away is no finding, nor is an inspection that does not work: the bus brings the event
again later.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from services.intake import files, models, papers
from services.intake.inspection import words
from services.intake.inspection.report import Limits, Preview, Reason, Report
from services.intake.inspection.run import Unfit, inspect
from services.intake.inspection.scanner import Scan, ScannerUnavailable, open_scanner
from shared.bus.native import Native
from shared.config import Settings
from shared.content import CHUNK_SIZE, ContentError, ContentStore, open_store
from shared.problems import Transient
from shared.store import Store, Work

_FILES = models.files


@cache
def _threads(at_once: int) -> Native:
    return Native(at_once)


@cache
def _content(settings: Settings) -> ContentStore:
    return open_store(settings)


def check(store: Store, event: Any, settings: Settings) -> Callable[[Work], None]:
    """Look into one file. Gives what is to be written then. Raises Transient where something that is needed is away."""
    with store.read() as work:
        row = work.session.execute(select(_FILES).where(_FILES.c.id == event.data["file_id"])).one_or_none()
    if row is None or row.state != files.CHECKING:
        return _nothing_to_keep
    found = _threads(settings.inspections_at_once).run(look_into, row, _content(settings), settings)
    return partial(files.settle, file_id=row.id, found=found)


def check_paper(store: Store, event: Any, settings: Settings) -> Callable[[Work], None]:
    """Look into one paper, as into a file of a dossier; no previews are made. Raises Transient as `check` does."""
    paper_id = event.data["paper_id"]
    with store.read() as work:
        query = select(models.papers).where(models.papers.c.id == paper_id)
        row = work.session.execute(query).one_or_none()
    if row is None or row.state != files.CHECKING:
        return _nothing_to_keep
    bare = replace(settings, preview_pages=0)
    found = _threads(settings.inspections_at_once).run(look_into, row, _content(settings), bare)
    return partial(papers.settle, paper_id=row.id, found=found)


def _nothing_to_keep(work: Work) -> None:
    """It was looked into before."""


def look_into(row: Row[Any], content: ContentStore, settings: Settings) -> dict[str, Any]:
    """What is found in a file, as its columns hold it. Blocks; runs in a native thread. Raises Transient."""
    with tempfile.TemporaryDirectory(prefix="zhiheng-file-") as folder:
        path, previews = Path(folder, "content"), Path(folder, "previews")
        previews.mkdir()
        try:
            _fetch(content, row.digest, path)
            scan = open_scanner(settings).scan(path)
            if scan.state == "infected":
                return _infected(scan)
            report = inspect(path, row.file_name, settings.file_endings, previews, limits(settings))
            shown = report.previews if settings.preview_pages else ()
            return _columns(report, scan, [_keep(content, previews, each) for each in shown])
        except (ScannerUnavailable, ContentError, Unfit) as away:
            raise Transient(
                "文件暂时无法检查", "the file cannot be looked into just now", code="not_inspected"
            ) from away


def limits(settings: Settings) -> Limits:
    """How much one inspection may use."""
    return Limits(
        memory_bytes=settings.inspection_memory_bytes,
        cpu_seconds=settings.inspection_cpu_seconds,
        seconds=settings.inspection_seconds,
        file_bytes=settings.file_largest_bytes,
        archive_depth=settings.archive_depth,
        archive_entries=settings.archive_entries,
        archive_bytes=settings.archive_bytes,
        archive_ratio=settings.archive_ratio,
        preview_pages=settings.preview_pages,
        preview_pixels=settings.preview_pixels,
        text_characters=settings.preview_characters,
    )


def _fetch(content: ContentStore, digest: str, path: Path) -> None:
    with path.open("wb") as out:
        for chunk in content.read(digest):
            out.write(chunk)


def _keep(content: ContentStore, folder: Path, preview: Preview) -> dict[str, Any]:
    path = folder / preview.file
    stored = content.write(_chunks(path), limit=path.stat().st_size)
    return {
        "page": preview.page,
        "media_type": preview.media_type,
        "digest": stored.digest,
        "size": stored.size,
    }


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_SIZE):
            yield chunk


def _infected(scan: Scan) -> dict[str, Any]:
    return {
        "state": files.REFUSED,
        "scan": scan.state,
        "scanned_by": scan.engine,
        "signature": scan.signature,
        "reasons": [asdict(words.reason("infected", signature=scan.signature))],
    }


def _columns(report: Report, scan: Scan, previews: list[dict[str, Any]]) -> dict[str, Any]:
    def told(found: Iterable[Reason]) -> list[dict[str, str]]:
        return [asdict(each) for each in found]

    return {
        "state": files.ACCEPTED if report.accepted else files.REFUSED,
        "kind": report.kind,
        "reasons": told(report.reasons),
        "notes": told(report.notes),
        "pages": report.pages,
        "characters": report.characters,
        "previews": previews,
        "scan": scan.state,
        "scanned_by": scan.engine,
        "signature": None,
    }
