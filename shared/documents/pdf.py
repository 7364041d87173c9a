"""PDF/A of a document, by typst: no system library, the same bytes for the same document and fonts.

The document goes into the template as data. Nothing of it is ever part of the program that typst runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date
from pathlib import Path
from typing import Any, Final

from shared.documents import fonts as cjk
from shared.documents import pictures
from shared.documents.fonts import Fonts, NoFont
from shared.documents.model import Block, Document, Picture, written_at
from shared.documents.text import clean

STANDARD: Final = "a-2u"  # for keeping: fonts in it, every letter with its code
_TEMPLATE = Path(__file__).with_name("page.typ")
_PROBE = b"#set page(width: auto, height: auto)\n#let data = json(bytes(sys.inputs.document))\n" + (
    b"#set text(font: data.fonts.serif)\n#for each in data.each [#each ]"
)
_PICTURE = (
    b"#set page(width: auto, height: auto, margin: 0pt)\n"
    b'#image(bytes(sys.inputs.picture), format: "svg", width: 150mm)\n'
)


def write(document: Document, fonts: Fonts | None = None) -> bytes:
    """The PDF. What no font of this machine has a letter for is shown by its code, 〔U+1F3C6〕. Raises NoFont."""
    fonts = fonts or cjk.find()
    if fonts is None:
        raise NoFont
    return typeset(_TEMPLATE, _plain(document, fonts), fonts, document.made_on)


def typeset(
    path: Path,
    data: dict[str, Any],
    fonts: Fonts,
    day: date | None,
    *,
    as_they_are: dict[str, str] | None = None,
) -> bytes:
    """A template set with data; letters that no font has are shown by their codes. `as_they_are` is no text of people's."""
    import typst

    template, made = path.read_bytes(), as_they_are or {}
    data = _each_text(data, clean)
    try:
        return _set(template, data | made, fonts, day)
    except typst.TypstError:
        missing = _unshowable(sorted(_characters(data)), fonts)
        if not missing:
            raise
        shown = str.maketrans({letter: f"〔U+{ord(letter):04X}〕" for letter in missing})
        return _set(template, _each_text(data, lambda t: t.translate(shown)) | made, fonts, day)


def _set(template: bytes, data: Any, fonts: Fonts, day: date | None) -> bytes:
    import typst

    content = {**data, "fonts": {"serif": fonts.serif, "sans": fonts.sans}}
    return typst.compile(
        template,
        font_paths=fonts.listed,
        sys_inputs={"document": json.dumps(content)},
        pdf_standards=STANDARD,
        timestamp=written_at(day).replace(tzinfo=UTC),
    )


def picture(block: Picture, fonts: Fonts | None = None) -> bytes:
    """A block's picture as PNG, for what cannot hold it as lines. Raises NoFont."""
    import typst

    fonts = fonts or cjk.find()
    if fonts is None:
        raise NoFont
    return typst.compile(
        _PICTURE,
        format="png",
        ppi=144.0,
        font_paths=fonts.listed,
        sys_inputs={"picture": pictures.svg(block, fonts.sans)},
    )


def _plain(document: Document, fonts: Fonts) -> dict[str, Any]:
    """The document as the template reads it: JSON, with the kind of each block beside it."""
    parts = [
        {
            "language": part.language,
            "title": part.title,
            "subtitle": part.subtitle,
            "blocks": [_block(block, fonts) for block in part.blocks],
        }
        for part in document.parts
    ]
    return {"name": document.name, "running": document.running, "parts": parts}


def _block(block: Block, fonts: Fonts) -> dict[str, Any]:
    plain = asdict(block) | {"kind": type(block).__name__.lower()}
    if isinstance(block, Picture):
        plain |= {"kind": "picture", "picture": pictures.svg(block, fonts.sans)}
    if "figures" in plain:
        plain["figures"] = sorted(plain["figures"])
    return plain


def _each_text(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, change) for inner in value]
    return value


def _characters(value: Any) -> set[str]:
    found: set[str] = set()
    _each_text(value, found.update)
    return found - set("\n")


def _unshowable(letters: Sequence[str], fonts: Fonts) -> list[str]:
    """Those that typst will not set, found by halving: a letter without a shape is no PDF/A, and its refusal is the
    only word that there is about it.
    """
    import typst

    try:
        _set(_PROBE, {"each": list(letters)}, fonts, None)
    except typst.TypstError:
        if len(letters) == 1:
            return list(letters)
        half = len(letters) // 2
        return _unshowable(letters[:half], fonts) + _unshowable(letters[half:], fonts)
    return []
