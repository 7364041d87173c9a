"""How a percent or a score is shown: as the rulebook's step has it, 85 or 85.5, never 85.000. Pure."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def figure(value: object) -> str:
    """A decimal text or number without noughts at its end; empty for none, and what is no number as it is."""
    if value is None or value == "":
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite():
        return str(value)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
