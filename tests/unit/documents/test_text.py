"""What no document may hold is shown as replaced, and all else stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.documents.text import REPLACED, clean
from tests.unit.documents.hostile import UNFIT

_XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029"))


def test_unfit_characters_are_seen_to_be_gone() -> None:
    """Control characters, halves, non-characters and marks that turn the direction of reading."""
    assert clean(UNFIT) == "a�b�c�d�e��f"


def test_line_ends_are_line_feeds() -> None:
    """However they came."""
    assert clean("a\r\nb\rc\u2028d\ne\tf") == "a\nb\nc\nd\ne\tf"


@given(st.text(st.characters()))
def test_cleaned_text_can_be_written_as_xml(text: str) -> None:
    """No character is left that XML 1.0 refuses, and cleaning again changes nothing."""
    cleaned = clean(text)
    for letter in cleaned:
        number = ord(letter)
        assert (
            number in {0x9, 0xA} or 0x20 <= number <= 0xD7FF or 0xE000 <= number <= 0xFFFD or number > 0xFFFF
        )
    assert clean(cleaned) == cleaned


@given(_XML_TEXT)
def test_plain_text_stays(text: str) -> None:
    """Except where it turns the direction of reading, nothing of a text that can be written is touched."""
    assert len(clean(text)) == len(text)
    assert all(a == b or b == REPLACED for a, b in zip(text, clean(text), strict=True))
