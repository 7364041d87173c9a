"""金额: money as integer fen (1 元 = 100 分, 1 万元 = 1,000,000 分); never a float.

Yuan and 万元 exist only at the edges: in a rulebook's quoted amounts and in what people read.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

FEN_PER_YUAN = 100
FEN_PER_WAN = 10_000 * FEN_PER_YUAN
_UNITS = {"分": 1, "元": FEN_PER_YUAN, "万元": FEN_PER_WAN, "亿元": 10_000 * FEN_PER_WAN}
_AMOUNT = re.compile(
    r"(?P<number>-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|-?[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[万亿]?元|分)?"
)


class AmountError(ValueError):
    """The text is no amount; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def parse_amount(text: str) -> int:
    """Fen of a text with its unit: `50 万元`, `500,000 元`, `1.5 万元`. Raises AmountError, also where
    the unit is left out.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        raise AmountError(f"“{text}”不是金额", f"{text!r} is no amount")
    if match["unit"] is None:
        raise AmountError(f"金额“{text}”没有写明单位（元、万元）", f"amount {text!r} has no unit (元, 万元)")
    return _whole_fen(Decimal(match["number"].replace(",", "")) * _UNITS[match["unit"]], text)


def yuan_to_fen(yuan: int | Decimal | str) -> int:
    """Fen of a number of yuan. Raises AmountError for more than two decimals or no number; floats are
    refused.
    """
    if isinstance(yuan, bool | float):
        raise AmountError("金额不得为浮点数", "an amount is never a float")
    try:
        return _whole_fen(Decimal(yuan) * FEN_PER_YUAN, str(yuan))
    except InvalidOperation:
        raise AmountError(f"“{yuan}”不是金额", f"{yuan!r} is no amount") from None


def _whole_fen(fen: Decimal, text: str) -> int:
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise AmountError(f"“{text}”不是整数分", f"{text!r} is no whole number of fen")
    return int(fen)


def fen_to_yuan(fen: int) -> Decimal:
    """Yuan, exact, with two decimals where there are fen."""
    yuan = Decimal(fen) / FEN_PER_YUAN
    return yuan.quantize(Decimal(1)) if fen % FEN_PER_YUAN == 0 else yuan.quantize(Decimal("0.01"))


def whole_yuan(fen: int) -> int:
    """Yuan as an integer. Raises AmountError where there are fen left over."""
    if fen % FEN_PER_YUAN:
        raise AmountError(f"{format_yuan(fen)}不是整元", f"{format_yuan(fen)} is no whole number of yuan")
    return fen // FEN_PER_YUAN


def format_yuan(fen: int) -> str:
    """`500,000 元`, `−20,000 元`, `0.50 元`: a true minus sign, thousands grouped."""
    sign = "−" if fen < 0 else ""
    return f"{sign}{abs(fen_to_yuan(fen)):,} 元"


def format_wan(fen: int) -> str:
    """`50 万元`, `1.5 万元`; below one 万 and for odd amounts all places are shown, nothing is rounded."""
    sign = "−" if fen < 0 else ""
    return f"{sign}{(Decimal(abs(fen)) / FEN_PER_WAN).normalize():,f} 万元"
