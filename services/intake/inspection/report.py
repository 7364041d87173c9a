"""What an inspection may use, and what it says of a file: plain data that crosses the border to its process. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Limits:
    """What a file may cost. The process is held to the first four by the kernel, to the rest by itself."""

    memory_bytes: int  # address space of the process
    cpu_seconds: int
    seconds: float  # by the clock on the wall; the parent waits no longer
    file_bytes: int  # the largest file that the process may write: a preview, or an unpacked member
    archive_depth: int  # 1: an archive; 2: an archive in an archive
    archive_entries: int  # of all archives in a file together
    archive_bytes: int  # unpacked, of all archives in a file together
    archive_ratio: int  # unpacked bytes for each byte of the file
    preview_pages: int
    preview_pixels: int  # width × height of one picture
    text_characters: int  # of the preview of a text


@dataclass(frozen=True)
class Reason:
    """Why a file is refused, or what is to be known of one that is not."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Preview:
    """One preview: the name of its file in the folder of previews, and the page that it shows, counted from 1."""

    file: str
    media_type: str
    page: int


@dataclass(frozen=True)
class Report:
    """The outcome. `kind` is the real one by content, None where there is none to tell; `pages` is known of a PDF,
    `characters` of a PDF with text and of a DOCX (counted as `characters.py` says).
    """

    accepted: bool
    kind: str | None = None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    pages: int | None = None
    characters: int | None = None
    previews: tuple[Preview, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Raises ValueError, TypeError or KeyError for anything but what `as_dict` writes."""
        report = cls(
            _typed(data["accepted"], bool),
            _typed(data["kind"], str, None),
            tuple(_reason(item) for item in _typed(data["reasons"], list)),
            tuple(_reason(item) for item in _typed(data["notes"], list)),
            _typed(data["pages"], int, None),
            _typed(data["characters"], int, None),
            tuple(_preview(item) for item in _typed(data["previews"], list)),
        )
        if report.accepted == bool(report.reasons) or (report.accepted and report.kind is None):
            raise ValueError("a file is refused for a reason, and accepted as some kind and without one")
        return report


def _reason(data: Any) -> Reason:
    return Reason(*(_typed(data[key], str) for key in ("code", "zh", "en")))


def _preview(data: Any) -> Preview:
    return Preview(_typed(data["file"], str), _typed(data["media_type"], str), _typed(data["page"], int))


def _typed(value: Any, wanted: type, *also: None) -> Any:
    if type(value) is not wanted and not (also and value is None):
        raise TypeError(f"{wanted.__name__} is wanted here, not {type(value).__name__}")
    return value
