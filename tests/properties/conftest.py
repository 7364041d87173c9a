"""Each example is a search of its own: fewer of them than hypothesis would try."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("properties", deadline=None, max_examples=40)
settings.load_profile("properties")
