"""Tables in which Chinese and Latin letters line up."""

from __future__ import annotations

from deploy.local.terminal import table, width


def test_a_chinese_character_takes_two_columns() -> None:
    """What a terminal shows, not what len() counts."""
    assert width("质衡 ok") == 7


def test_columns_begin_at_the_same_place_in_every_row() -> None:
    """The second column starts after the widest first cell, in display columns."""
    lines = table(("项", "b"), [("一二三", "x"), ("abc", "y")]).splitlines()
    assert lines == ["项      b", "------  -", "一二三  x", "abc     y"]
