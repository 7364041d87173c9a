"""PDF by pdfium: whether it opens, its text, pictures of its pages; and by its bytes, what in it would act. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from math import ceil
from pathlib import Path

import pypdfium2
from PIL import Image
from pypdfium2 import raw

from services.intake.inspection import words
from services.intake.inspection.characters import count
from services.intake.inspection.findings import Findings, Refused, decoding
from services.intake.inspection.report import Limits

_END = b"%%EOF"
_END_WITHIN = 1024  # bytes before the end, what only fills up left out
_TAIL = 1 << 16
_NO_PASSWORD = -1  # revision of the security handler of a file without any
_LOCKED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_DICTIONARY = 2000  # bytes before a stream in which its dictionary is looked for
_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")  # objects packed into a stream
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])")
_SCALE = 2.0  # 144 dots an inch, where the pixels allow


@contextmanager
def _opened(path: Path) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in _LOCKED
        raise Refused(words.reason("encrypted" if locked else "broken")) from error
    with document:
        yield document


def check(path: Path, findings: Findings, limits: Limits) -> None:
    """Opens every page. Active content is noted and not refused: what is shown of a PDF are pictures, and forms with a
    script that checks a field are common. Raises Refused.
    """
    data = path.read_bytes()
    if _END not in data[-_TAIL:].rstrip(b"\0 \t\r\n")[-_END_WITHIN:]:
        raise Refused(words.reason("broken"))  # cut off: pdfium would mend it, and pages would be missing
    with _opened(path) as document, decoding():
        findings.pages = len(document)
        for number in range(len(document)):
            document[number].close()
        if raw.FPDF_GetSecurityHandlerRevision(document) != _NO_PASSWORD:
            findings.note(words.note("owner_password"))
        acts = (
            raw.FPDFDoc_GetJavaScriptActionCount(document) > 0 or raw.FPDFDoc_GetAttachmentCount(document) > 0
        )
    if acts or any(_ACTIVE.search(part) for part in _objects(data, limits)):
        findings.note(words.note("active_content"))


def _objects(data: bytes, limits: Limits) -> Iterator[bytes]:
    """What of the file are objects and not content: the bytes between streams, and streams that pack objects."""
    left, at = limits.archive_bytes, 0
    for found in _STREAM.finditer(data):
        if found.start() < at:
            continue  # a word in a stream
        end = data.find(b"endstream", found.end())
        if end < 0:
            break
        between = data[at : found.start()]
        yield _plain(between)
        at = end
        if left > 0 and _OBJECTS.search(between[-_DICTIONARY:].rpartition(b"obj")[2]):
            packed = _unpacked(data[found.end() : end], left)
            left -= len(packed)
            yield _plain(packed)
    yield _plain(data[at:])


def _plain(objects: bytes) -> bytes:
    """Names may write any letter by its code: /J#53 is /JS."""
    return _ESCAPED.sub(lambda found: bytes((int(found.group(1), 16),)), objects)


def _unpacked(stream: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, limit)
    except zlib.error:
        return b""  # packed in another way


def read(path: Path, findings: Findings) -> None:
    """Counts the characters of all pages; says which have none to read."""
    total, without = 0, []
    with _opened(path) as document, decoding():
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            here = count(text.get_text_bounded())
            text.close()
            page.close()
            total += here
            without += [] if here else [number + 1]
    if total:
        findings.characters = total
        if without:
            findings.note(words.note("pages_without_text", pages=words.numbers(without)))
    else:
        findings.note(words.note("text_not_readable"))


def draw(path: Path, folder: Path, findings: Findings, limits: Limits) -> list[int]:
    """Draws the first pages as `page-N.png`; the answer: which. One that does not draw is noted."""
    drawn: list[int] = []
    failed: list[int] = []
    with _opened(path) as document:
        for number in range(min(len(document), limits.preview_pages)):
            picture = _picture(document, number, limits.preview_pixels)
            (failed if picture is None else drawn).append(number + 1)
            if picture is not None:
                picture.save(folder / f"page-{number + 1}.png", "PNG")
        if len(document) > limits.preview_pages:
            findings.note(words.note("preview_cut"))
    if failed:
        findings.note(words.note("preview_incomplete", pages=words.numbers(failed)))
    return drawn


def _picture(document: pypdfium2.PdfDocument, number: int, pixels: int) -> Image.Image | None:
    with suppress(pypdfium2.PdfiumError, ValueError), closing(document[number]) as page:
        width, height = page.get_size()
        picture: Image.Image = page.render(scale=_scale(width, height, pixels)).to_pil()
        return picture
    return None


def _scale(width: float, height: float, pixels: int) -> float:
    """Pixels for each point of the page so that the picture, rounded up, keeps within the limit. Raises ValueError for
    a page so narrow that no scale does.
    """
    scale: float = min(_SCALE, (pixels / max(width * height, 1e-9)) ** 0.5)
    for _ in range(1000):
        if ceil(width * scale) * ceil(height * scale) <= pixels:
            return scale
        scale *= 0.99
    raise ValueError("no picture of this page is small enough")
