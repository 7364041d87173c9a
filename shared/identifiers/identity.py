"""公民身份号码: identity numbers of GB 11643.

A county that no list knows is never a ground to refuse: lists lag behind, and people keep the codes of
counties that no longer exist.
"""

from __future__ import annotations

from datetime import date

from stdnum.cn import ric as _stdnum

from shared.identifiers.reason import Reason

LENGTH = 18


def check_id_number(text: str) -> Reason | None:
    """None if form, date of birth and check character fit; else the reason, which never repeats the
    number.
    """
    if len(text) != LENGTH:
        return Reason(
            f"身份号码应为 18 位，实为 {len(text)} 位",
            f"an identity number has 18 characters, not {len(text)}",
        )
    if not (text[:17].isascii() and text[:17].isdigit()):
        return Reason("身份号码前 17 位应为数字", "the first 17 characters must be digits")
    if text[17] not in "0123456789X":
        return Reason("身份号码末位应为数字或大写 X", "the last character must be a digit or a capital X")
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return Reason("身份号码中的出生日期不存在", "the date of birth in it does not exist")
    if text[17] != _stdnum.calc_check_digit(text):
        return Reason("身份号码校验码不符", "the check character is wrong")
    return None
