"""Properties are run without a deadline: how fast a busy machine is, is no property of the code."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=40)
settings.load_profile("unit")
