"""统一社会信用代码: the unified social credit code of GB 32100-2015.

python-stdnum refuses letters in the first two places, which the standard allows (authority and kind of
body), so only its check character is used here. The inner check of the organization code (GB 11714) is
reported as a warning: codes given out before the change-over exist whose inner character does not fit.
"""

from __future__ import annotations

from stdnum.cn import uscc as _stdnum

from shared.identifiers.reason import Reason

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
LENGTH = 18
_DIGITS = frozenset("0123456789")
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_character(first_seventeen: str) -> str:
    """The 18th character for the 17 before it; these must be of the code's alphabet."""
    found: str = _stdnum.calc_check_digit(first_seventeen)
    return found


def check_uscc(text: str) -> Reason | None:
    """None if the code is well formed and its check character fits; else the reason."""
    if len(text) != LENGTH:
        return Reason(
            f"统一社会信用代码应为 18 位，实为 {len(text)} 位",
            f"a credit code has 18 characters, not {len(text)}",
        )
    for place, character in enumerate(text, start=1):
        if character not in ALPHABET:
            return Reason(
                f"第 {place} 位“{character}”不是代码字符",
                f"character {place}, {character!r}, is not allowed in a credit code",
            )
    if not set(text[2:8]) <= _DIGITS:
        return Reason(
            "第 3 至 8 位（登记管理机关行政区划码）应为数字",
            "characters 3 to 8 (the administrative division) must be digits",
        )
    expected = check_character(text[:17])
    if text[17] != expected:
        return Reason(f"校验码不符：应为 {expected}", f"the check character is wrong: {expected} expected")
    return None


def organization_code_warning(text: str) -> Reason | None:
    """A warning, never a refusal, where places 9–17 fail the organization code's own check (GB 11714)."""
    body, given = text[8:16], text[16:17]
    if len(body) != len(_ORG_WEIGHTS) or any(c not in _ORG_ALPHABET for c in body):
        return Reason("组织机构代码部分格式不符", "the organization code inside is malformed")
    total = sum(_ORG_ALPHABET.index(c) * weight for c, weight in zip(body, _ORG_WEIGHTS, strict=True))
    expected = "0123456789X0"[(11 - total % 11)]
    if given != expected:
        return Reason(
            f"组织机构代码校验码不符（GB 11714）：应为 {expected}，请核对",
            f"the organization code's own check character (GB 11714) should be {expected}: please compare",
        )
    return None
