"""证书与奖牌: one landscape page, PDF/A, with the QR code of the signed text. The same bytes for the same certificate."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from shared.documents import fonts as cjk
from shared.documents import pdf
from shared.documents.fonts import Fonts, NoFont

_TEMPLATE = Path(__file__).with_name("certificate.typ")


@dataclass(frozen=True)
class Page:
    """What stands on it. `signed` is who gives it and when, `small` beside the code, `mark` across the whole page (a
    rehearsal, a revoked award), `scanned` what the code holds.
    """

    kind: Literal["certificate", "plaque"]
    name: str
    heading: str
    heading_en: str
    holder: str
    title: str
    subtitle: str
    says: str
    says_en: str
    signed: str
    small: str
    scanned: str
    mark: str = ""
    made_on: date | None = None


def write(page: Page, fonts: Fonts | None = None) -> bytes:
    """The PDF. What no font of this machine has a letter for is shown by its code. Raises NoFont."""
    fonts = fonts or cjk.find()
    if fonts is None:
        raise NoFont
    given = {name: value for name, value in asdict(page).items() if name not in {"scanned", "made_on"}}
    said = "二维码：证书的签名文本 QR code: the signed text of the certificate"
    return pdf.typeset(
        _TEMPLATE, given, fonts, page.made_on, as_they_are={"code": qr(page.scanned), "code_says": said}
    )


def qr(text: str) -> str:
    """A QR code as SVG, error correction M; as large as the text needs."""
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, scale=4)
    return out.getvalue().decode("utf-8")
