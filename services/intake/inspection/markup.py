"""XML that strangers wrote, read as a stream: no tree, no DTD, so no entity to expand and nothing to fetch. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from services.intake.inspection import words
from services.intake.inspection.findings import Refused, decoding

_CHUNK = 1 << 16
_BETWEEN = " "  # a namespace and a local name

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def local(name: str) -> str:
    """The name without its namespace: both editions of the standard (transitional, strict) differ in that alone."""
    return name.rpartition(_BETWEEN)[2]


def read(
    source: IO[bytes], start: Start | None = None, end: End | None = None, text: Text | None = None
) -> None:
    """Reads to the end and tells of each element by its local name. Raises Refused: broken, also for a DTD."""
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    if start:
        parser.StartElementHandler = lambda name, given: start(
            local(name), {local(key): value for key, value in given.items()}
        )
    if end:
        parser.EndElementHandler = lambda name: end(local(name))
    if text:
        parser.CharacterDataHandler = text
    with decoding():
        while chunk := source.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise Refused(words.reason("broken"))  # no Office file has a DTD
