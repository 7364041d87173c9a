"""字数: how long a text is, counted so that an applicant can count it again. Pure.

Every visible character counts one: 汉字, letters, digits, punctuation, symbols. White space of any width does not, nor do
control and format characters (a soft hyphen, a mark of direction). This is what Word shows as 字符数（不计空格） with text
boxes, footnotes and endnotes included, and the text of charts besides.

Of a DOCX: the body with its tables, text boxes, fields' results, formulas and hidden text; footnotes and endnotes; charts
and diagrams, as far as there are words in them. Not headers and footers (they come again on each page), comments, deleted
or moved-away text, the codes of fields, numbers of automatic lists, alternative texts, figures in charts. Of a PDF: the
text of all pages, which nobody can tell headers, page numbers and list numbers from. Of neither: text in pictures.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections import Counter
from dataclasses import dataclass, field

from services.intake.inspection import markup, office

_UNSEEN = ("Cc", "Cf", "Cs", "Cn")
_SKIPPED = ("del", "moveFrom", "delText", "instrText", "numCache", "numLit")
_NOTES = ("/footnotes", "/endnotes")
_DRAWN = ("/chart", "/chartEx", "/diagramData")
_SIGNS = {"noBreakHyphen": "-", "sym": "\ufffd"}  # a sign of another font has no letter of its own
_GAPS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n"}


def count(text: str) -> int:
    """The characters of a text that count, code point by code point."""
    return sum(times for letter, times in Counter(text).items() if _counts(letter))


def _counts(letter: str) -> bool:
    return not letter.isspace() and unicodedata.category(letter) not in _UNSEEN


@dataclass
class Text:
    """Gathers the text of one part while it is read. Choices between two forms of the same are made for the first."""

    words: tuple[str, ...] = ("t",)  # elements whose text it is
    pieces: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _skipping: int = 0  # depth of what is left out
    _chosen: list[bool] = field(default_factory=list)
    _cells: int = 0

    def start(self, tag: str, _: dict[str, str]) -> None:
        self._open.append(tag)
        if self._skipping or tag in _SKIPPED or self._is_second(tag):
            self._skipping += 1
            return
        if tag == "AlternateContent":
            self._chosen.append(False)
        elif tag == "tc":
            self._cells += 1
        elif tag == "p" and self._open.count("p") > 1:
            self.pieces.append("\n")  # a text box in a paragraph
        self.pieces.append(_SIGNS.get(tag, ""))
        if "tabs" not in self._open:  # where tabs stop is no tab
            self.pieces.append(_GAPS.get(tag, ""))

    def _is_second(self, tag: str) -> bool:
        if tag not in ("Choice", "Fallback") or not self._chosen:
            return False
        chosen, self._chosen[-1] = self._chosen[-1], True
        return chosen

    def text(self, data: str) -> None:
        if not self._skipping and self._open and self._open[-1] in self.words:
            self.pieces.append(data)

    def end(self, tag: str) -> None:
        self._open.pop()
        if self._skipping:
            self._skipping -= 1
            return
        if tag == "AlternateContent":
            self._chosen.pop()
        elif tag == "tc":
            self._cells -= 1
            self.pieces.append("\t")
        elif tag == "tr" or (tag == "p" and not self._cells):
            self.pieces.append("\n")
        elif tag == "p":
            self.pieces.append(" ")

    def all(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Written:
    """The text of a document's body with its notes, for a preview; and the characters of all that counts."""

    text: str
    characters: int


def of_docx(archive: zipfile.ZipFile) -> Written:
    """Of a DOCX whose archive was checked. Raises Refused: `broken`."""
    main = office.main_part(archive)
    read = [_of_part(archive, main)]
    drawn = []
    for link in office.links(archive, main):
        if link.outside or link.target not in archive.namelist():
            continue
        if link.type.endswith(_NOTES):
            read.append(_of_part(archive, link.target))
        elif link.type.endswith(_DRAWN):
            drawn.append(_of_part(archive, link.target, ("t", "v")))
    return Written("".join(read), sum(count(text) for text in (*read, *drawn)))


def _of_part(archive: zipfile.ZipFile, name: str, elements: tuple[str, ...] = ("t",)) -> str:
    gathered = Text(elements)
    with archive.open(name) as content:
        markup.read(content, gathered.start, gathered.end, gathered.text)
    return gathered.all()
