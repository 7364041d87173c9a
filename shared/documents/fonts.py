"""中文字体: typst sets a text in whatever it has and says nothing where Chinese letters are missing, so they are looked
for before anything is set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

PACKAGE = "fonts-noto-cjk"  # Debian's
SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "SimSun", "Songti SC")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "FandolHei", "SimHei", "WenQuanYi Zen Hei", "PingFang SC")


class NoFont(Exception):
    """This machine has no Chinese font; the message says what to install."""

    def __init__(self) -> None:
        super().__init__(
            f"没有中文字体，无法生成 PDF，请安装 {PACKAGE} · no Chinese font, so no PDF can be made: install {PACKAGE}"
        )


@dataclass(frozen=True)
class Fonts:
    """The two families that documents are set in, and typst's own list of what is there."""

    serif: str
    sans: str
    listed: typst.Fonts = field(repr=False)


def find() -> Fonts | None:
    """The fonts of this machine, None where there is none for Chinese. Once found they are not looked for again: reading
    them takes several times as long as setting a page.
    """
    found = _look(SERIF, SANS)
    if found is None:
        _look.cache_clear()  # they may be installed meanwhile
    return found


@cache
def _look(serifs: tuple[str, ...], sans_serifs: tuple[str, ...]) -> Fonts | None:
    import typst

    listed = typst.Fonts()
    families = set(listed.families())
    serif = next((name for name in serifs if name in families), None)
    sans = next((name for name in sans_serifs if name in families), None)
    if serif is None and sans is None:
        return None
    return Fonts(serif or str(sans), sans or str(serif), listed)
