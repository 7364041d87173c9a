"""What an operation gives that answers with bytes."""

from __future__ import annotations

from shared.contracts.base import Strict


class Content(Strict):
    """The bytes."""
