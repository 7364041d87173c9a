"""What the portal's benchmark says of each page."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.benchmarks import portal


def _lines(route: str, *milliseconds: float) -> list[dict[str, Any]]:
    return [{"route": route, "milliseconds": each} for each in milliseconds]


def test_every_page_has_a_line_and_those_beyond_the_bound_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Also one that was opened seldom; but it alone does not fail a measurement, as a first page that nobody saw does."""
    homes = [part.home for part in portal.USERS.values()]
    lines = [line for home in homes[1:] for line in _lines(home, 20.0)]
    lines += _lines("/slow", *[10.0] * 30, 151.0) + _lines("/rare", 200.0)
    missed = portal.show(portal.by_page(lines), portal.counts(lines))
    assert missed == ["/slow", homes[0]] or missed == ["all pages", "/slow", homes[0]]
    told = capsys.readouterr().out
    assert "| `/slow` | 31 | 10 | **151** | 151 |" in told
    assert "| `/rare` | 1 | 200 | **200** | 200 |" in told
    assert "of fewer than 20 requests: /rare (1)" in told
    assert f"never opened: {homes[0]}" in told


def test_everybody_of_the_demo_who_clicks_may_sign_in_there() -> None:
    from deploy.demo import cast

    named = {name for part in portal.USERS.values() for name in part.names if name}
    assert named <= set(cast.people().accounts)
    assert sum(part.share for part in portal.USERS.values()) >= 18
