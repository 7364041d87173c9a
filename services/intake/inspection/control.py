"""对照文件: a sound file, of one small page. Where its inspection fails, the fault is ours and not any file's. Pure."""

from __future__ import annotations

from typing import Final

NAME: Final = "control.pdf"
KIND: Final = "pdf"

_OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
)


def _written() -> bytes:
    content, places = b"%PDF-1.4\n", []
    for number, each in enumerate(_OBJECTS, start=1):
        places.append(len(content))
        content += b"%d 0 obj%b endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(_OBJECTS) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%btrailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            table,
            size,
            len(content),
        )
    )


CONTENT: Final = _written()
