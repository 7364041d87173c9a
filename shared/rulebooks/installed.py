"""The rulebooks that this process serves: the published ones, and those of the folder that the operator
names.
"""

from __future__ import annotations

from functools import lru_cache

from shared.config import Settings
from shared.rulebooks.library import Library


@lru_cache(maxsize=1)
def library() -> Library:
    """Read once for the life of the process. Raises RulebookError, naming file and line."""
    return Library.load(Settings.from_env().rulebooks or None)
