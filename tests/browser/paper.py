"""What a printed page says of itself: words, fonts, characters that no font has."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import dataclass

from playwright.sync_api import Page
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, DictionaryObject

_MARGIN = 18 / 25.4 * 72  # points: what _print.scss leaves free at the sides


@dataclass(frozen=True)
class Paper:
    """Sheets of A4, as the browser prints them."""

    sheets: list[PageObject]

    @classmethod
    def of(cls, page: Page) -> Paper:
        """Print what a browser shows."""
        return cls(list(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages))

    @property
    def texts(self) -> list[str]:
        """The words of each sheet; a reader gets some characters as the radicals that look the same."""
        return [unicodedata.normalize("NFKC", one.extract_text()) for one in self.sheets]

    @property
    def embedded(self) -> bool:
        """Whether all fonts come along."""
        return all(
            "/FontFile2" in font or "/FontFile3" in font for one in self.sheets for font in _described(one)
        )

    @property
    def beyond(self) -> list[str]:
        """Words that begin beyond the right edge of what a sheet may hold."""
        found: list[str] = []
        for one in self.sheets:
            edge = float(one.mediabox.width) - _MARGIN

            def look(text: str, cm: list[float], tm: list[float], *_: object, edge: float = edge) -> None:
                if text.strip() and tm[4] * cm[0] + tm[5] * cm[2] + cm[4] >= edge:
                    found.append(text)

            one.extract_text(visitor_text=look)
        return found

    @property
    def tofu(self) -> int:
        """How many characters are drawn as the box that stands for a character that no font has: glyph 0."""
        return sum(_missing(one) for one in self.sheets)


def _fonts(page: PageObject) -> dict[str, DictionaryObject]:
    found = {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
    assert found
    return found


def _described(page: PageObject) -> list[DictionaryObject]:
    """What the fonts say of themselves; one of type 3 is drawn by the page itself."""
    return [
        font.get("/DescendantFonts", [font])[0].get_object()["/FontDescriptor"].get_object()
        for font in _fonts(page).values()
        if font["/Subtype"] != "/Type3"
    ]


def _missing(page: PageObject) -> int:
    """Glyphs 0 of fonts whose codes are the numbers of glyphs, two bytes each."""
    fonts, two_bytes, found = _fonts(page), False, 0
    contents = page.get_contents()
    assert contents is not None
    for operands, operator in ContentStream(contents, page.pdf).operations:
        if operator == b"Tf":
            two_bytes = fonts[operands[0]]["/Subtype"] == "/Type0"
        elif operator in {b"Tj", b"TJ"} and two_bytes:
            pieces = operands[0] if operator == b"TJ" else operands
            codes = b"".join(piece.original_bytes for piece in pieces if hasattr(piece, "original_bytes"))
            found += sum(codes[at : at + 2] == b"\0\0" for at in range(0, len(codes), 2))
    return found
