"""Every number of every rulebook, changed in turn. Ten seconds of work, so it stands beside the sweep."""

from __future__ import annotations

from pathlib import Path

from shared.rulebooks.describe import describe
from tests.unit.rulebooks.mutations import every_shape, numbers_changed


def test_every_number_of_the_file_stands_in_the_document(tmp_path: Path) -> None:
    """Another number, amount, share, or yes for no, makes another document, in each language."""
    for book in every_shape(tmp_path):
        texts = {language: describe(book, language) for language in ("zh", "en")}
        tried = 0
        for path, other in numbers_changed(book):
            for language, text in texts.items():
                assert describe(other, language) != text, (book.id, path, language)
            tried += 1
        assert tried > 20
