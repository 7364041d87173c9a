"""What every list is asked for by: which page, how many lines."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from shared.contracts.base import Told

SIZES = (50, 100, 200, 500)  # lines of a page; 500 of them are about 250 kB
START = "start"
_WHOLE = re.compile(r"[1-9][0-9]{0,5}")


class Whole(fields.Integer):
    """A positive whole number below a million that may come as text, as the query string of an address gives it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str):
            if not _WHOLE.fullmatch(value):
                raise ValidationError([Told("应为正整数", "to be a positive whole number")])
            value = int(value)
        found: int | None = super()._deserialize(value, attr, data, **kwargs)
        if found is None or not 0 < found < 1_000_000:
            raise ValidationError([Told("应为正整数", "to be a positive whole number")])
        return found


def page() -> fields.Integer:
    """Which page, from 1."""
    return Whole(strict=True, load_default=1)


def size() -> fields.Integer:
    """How many lines a page holds."""
    return Whole(strict=True, load_default=SIZES[0], validate=validate.OneOf(SIZES))
