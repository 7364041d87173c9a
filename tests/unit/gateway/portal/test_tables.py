"""Small parts of templates that people's own words go through."""

from __future__ import annotations

from types import SimpleNamespace

from markupsafe import Markup

from services.gateway.portal.frame import _environment
from services.gateway.portal.text import own

_TABLE = (
    "{% from 'components/page.html' import table with context %}{% call table(caption, ['a']) %}{% endcall %}"
)


def test_a_caption_that_is_marked_as_chinese_does_not_break_its_region() -> None:
    """On an English page a name is marked in the caption, and the region goes by the caption: no mark-up is in an attribute."""
    caption = own("先进质量管理模式", "en")
    assert isinstance(caption, Markup)
    page = (
        _environment()
        .from_string(_TABLE)
        .render(caption=caption, visit=SimpleNamespace(next_id=lambda: "part-1"))
    )
    assert 'aria-labelledby="part-1"' in page
    assert '<span id="part-1"><span lang="zh-Hans">先进质量管理模式</span></span>' in page
