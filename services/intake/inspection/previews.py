"""What a browser may show of a file without opening it: pictures of pages, a picture drawn again, plain text. Pure."""

from __future__ import annotations

from pathlib import Path

from services.intake.inspection import images, pdf, words
from services.intake.inspection.findings import Findings
from services.intake.inspection.report import Limits, Preview
from shared.documents import clean

_PICTURES = {"png": "image/png", "jpg": "image/jpeg"}


def of_pdf(path: Path, folder: Path, findings: Findings, limits: Limits) -> tuple[Preview, ...]:
    """A PNG for each of the first pages."""
    drawn = pdf.draw(path, folder, findings, limits)
    return tuple(Preview(f"page-{number}.png", "image/png", number) for number in drawn)


def of_image(path: Path, folder: Path, kind: str, findings: Findings, limits: Limits) -> tuple[Preview, ...]:
    """The picture without metadata, upright, in the format that it came in."""
    name = f"picture.{kind}"
    if images.redrawn(path, folder / name, kind, limits):
        findings.note(words.note("metadata_removed"))
    return (Preview(name, _PICTURES[kind], 1),)


def of_text(text: str, folder: Path, findings: Findings, limits: Limits) -> tuple[Preview, ...]:
    """The text in UTF-8, up to the limit of characters."""
    if len(text) > limits.text_characters:
        findings.note(words.note("preview_cut"))
    (folder / "text.txt").write_bytes(clean(text[: limits.text_characters]).encode("utf-8"))
    return (Preview("text.txt", "text/plain; charset=utf-8", 1),)
