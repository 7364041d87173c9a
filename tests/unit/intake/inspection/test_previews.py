"""Previews: pictures and plain text, within their bounds, without what the original says beside."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support import uploads
from tests.support.uploads import limits
from tests.unit.intake.inspection.conftest import Look

pytestmark = pytest.mark.unit

_ORIENTATION, _MAKER = 0x0112, 0x010F


@pytest.mark.parametrize("size", [(595, 842), (20, 14400), (14400, 0.5), (3, 3)])
def test_pages_keep_within_their_pixels(size: tuple[float, float], look: Look, folder: Path) -> None:
    """Whatever shape a page has."""
    report = look(uploads.pdf("A", size=size), "a.pdf", limits=limits(preview_pixels=50_000))
    assert [preview.file for preview in report.previews] == ["page-1.png"]
    with Image.open(folder / "page-1.png") as image:
        assert image.width * image.height <= 50_000


def test_the_first_pages_of_a_pdf(look: Look, folder: Path) -> None:
    """As many as asked for, and it is said that there are more."""
    report = look(uploads.pdf("A", "B", "C"), "a.pdf", limits=limits(preview_pages=2))
    assert [(preview.page, preview.media_type) for preview in report.previews] == [
        (1, "image/png"),
        (2, "image/png"),
    ]
    assert sorted(path.name for path in folder.iterdir()) == ["page-1.png", "page-2.png"]
    assert [note.code for note in report.notes] == ["preview_cut"]
    with Image.open(folder / "page-1.png") as image:
        darkest, lightest = image.convert("L").getextrema()
        assert (darkest < 100, lightest) == (True, 255)  # letters on white


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "jpg"), ("PNG", "png")])
def test_pictures_lose_what_the_camera_wrote(kind: str, name: str, look: Look, folder: Path) -> None:
    """Upright, smaller, and nothing in the file but the picture."""
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKER] = 6, "SecretCamera"
    data = uploads.picture(kind, (400, 200), exif=exif)
    assert b"SecretCamera" in data
    report = look(data, f"a.{name}", limits=limits(preview_pixels=5_000))
    assert [note.code for note in report.notes] == ["metadata_removed"]
    shown = folder / report.previews[0].file
    assert b"SecretCamera" not in shown.read_bytes()
    with Image.open(shown) as image:
        assert (image.format, image.size, dict(image.getexif())) == (kind, (50, 100), {})


def test_a_comment_is_metadata_too(look: Look, folder: Path) -> None:
    """Whatever else a program wrote beside the picture."""
    report = look(uploads.picture("JPEG", comment=b"SecretPlace", icc_profile=b"SecretScreen"), "a.jpg")
    assert [note.code for note in report.notes] == ["metadata_removed"]
    assert b"Secret" not in (folder / report.previews[0].file).read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_shown(mode: str, look: Look, folder: Path, tmp_path: Path) -> None:
    """Grey, palette, transparent, sixteen bits."""
    Image.new(mode, (400, 400), 40_000 if mode == "I;16" else 0).save(tmp_path / "m.png")
    report = look((tmp_path / "m.png").read_bytes(), "a.png", limits=limits(preview_pixels=10_000))
    with Image.open(folder / report.previews[0].file) as image:
        assert image.size == (100, 100)
        assert image.convert("L").getextrema()[0] == (40_000 >> 8 if mode == "I;16" else 0)


def test_a_picture_for_print_is_shown(look: Look, folder: Path, tmp_path: Path) -> None:
    """Four colours become three."""
    Image.new("CMYK", (40, 40)).save(tmp_path / "m.jpg")
    report = look((tmp_path / "m.jpg").read_bytes(), "a.jpg")
    with Image.open(folder / report.previews[0].file) as image:
        assert image.mode == "RGB"


def test_the_text_of_a_docx(look: Look, folder: Path) -> None:
    """Paragraphs are lines, cells stand between tabs; no character turns the direction of reading."""
    body = "<w:p><w:r><w:t>一\u202e</w:t><w:tab/><w:t>二</w:t></w:r></w:p>"
    cell = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    body += f"<w:tbl><w:tr>{cell.format('甲')}{cell.format('乙')}</w:tr></w:tbl>"
    report = look(uploads.word_of(body), "a.docx")
    assert report.previews[0].media_type == "text/plain; charset=utf-8"
    assert (folder / "text.txt").read_text("utf-8") == "一\ufffd\t二\n甲 \t乙 \t\n"


def test_a_long_text_is_cut(look: Look, folder: Path) -> None:
    """The count is of the whole."""
    report = look(uploads.word("质" * 300), "a.docx", limits=limits(text_characters=100))
    assert (folder / "text.txt").read_text("utf-8") == "质" * 100
    assert ([note.code for note in report.notes], report.characters) == (["preview_cut"], 300)


def test_a_refused_file_has_no_preview(look: Look, folder: Path) -> None:
    """Nor has one of a kind that is not shown."""
    assert look(uploads.picture()[:-20], "a.png").previews == ()
    assert look(uploads.sheet([1]), "a.xlsx").previews == ()
    assert list(folder.iterdir()) == []
