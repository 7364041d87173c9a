"""Social credit codes (GB 32100-2015) and identity numbers (GB 11643)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.identifiers import check_id_number, check_uscc, organization_code_warning
from shared.identifiers.uscc import ALPHABET, check_character

SAMPLES = (  # every code of the sample scenarios
    "11440307MAXY50232B",
    "12440303MAXY50291H",
    "12440304MAXY502167",
    "52440304MAXY50224X",
    "91310105MAXY50013E",
    "91310105MAXY500219",
    "91310105MAXY5003X1",
    "91310105MAXY500481",
    "91310105MAXY50056U",
    "91310105MAXY50064N",
    "91310105MAXY50072H",
    "91310105MAXY50080C",
    "91330108MAXY50099W",
    "91330108MAXY501288",
    "91330109MAXY5011XN",
    "91330110MAXY50101C",
    "91330111MAXY50136D",
    "91330206MAXY501446",
    "91440303MAXY50208Q",
    "91440304MAXY502830",
    "91440305MAXY50160D",
    "91440305MAXY501950",
    "91440305MAXY502401",
    "91440306MAXY50187K",
    "91440306MAXY502677",
    "91440307MAXY501797",
    "91440307MAXY50275G",
    "91440309MAXY50259P",
)
IDENTITY_NUMBERS = (
    "11010519491231002X",
    "110105195108260038",
    "310105194703120024",
    "310105195304170045",
)


@pytest.mark.parametrize("code", SAMPLES)
def test_codes_of_the_samples_hold(code: str) -> None:
    """Form, check character and the organization code inside all fit."""
    assert check_uscc(code) is None
    assert organization_code_warning(code) is None


def _with_check(first_seventeen: str) -> str:
    return first_seventeen + check_character(first_seventeen)


@pytest.mark.parametrize("start", ["Y1", "A1", "N2", "1Y", "93"])
def test_letters_in_the_first_two_places_are_lawful(start: str) -> None:
    """GB 32100 gives letters to authorities and kinds of bodies; python-stdnum alone would refuse them."""
    assert check_uscc(_with_check(start + "310105" + "MAXY50013")) is None


@given(st.text(ALPHABET, min_size=17, max_size=17), st.sampled_from(ALPHABET))
def test_only_the_right_check_character_is_accepted(first: str, last: str) -> None:
    """For any seventeen characters exactly one eighteenth holds."""
    first = first[:2] + "310105" + first[8:]
    assert (check_uscc(first + last) is None) == (last == check_character(first))


@given(st.sampled_from(SAMPLES), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_changed_character_is_noticed(code: str, place: int, character: str) -> None:
    """The check finds every single mistyped character."""
    changed = code[:place] + character + code[place + 1 :]
    assert (check_uscc(changed) is None) == (changed == code)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("", "18"),
        (SAMPLES[0][:17], "18"),
        (SAMPLES[0] + "0", "18"),
        (SAMPLES[0].lower(), "不是代码字符"),
        ("9131010IMAXY500132", "不是代码字符"),
        ("91A10105MAXY500132", "应为数字"),
        (SAMPLES[0][:17] + "0", "校验码"),
    ],
)
def test_a_refused_code_says_why(code: str, word: str) -> None:
    """The reason comes in Chinese and in English."""
    reason = check_uscc(code)
    assert reason is not None
    assert word in reason.zh
    assert reason.en


def test_the_inner_check_only_warns() -> None:
    """A code whose organization code fails GB 11714 is accepted all the same."""
    code = _with_check("91310105MAXY50010")
    assert check_uscc(code) is None
    assert organization_code_warning(code) is not None


@pytest.mark.parametrize("number", IDENTITY_NUMBERS)
def test_identity_numbers_of_the_samples_hold(number: str) -> None:
    """Form, date of birth and check character fit."""
    assert check_id_number(number) is None


def test_an_unknown_county_is_no_ground_to_refuse() -> None:
    """999999 is no county on any list; only the check character decides."""
    first = "99999919900228001"
    assert [check_id_number(first + c) is None for c in "0123456789X"].count(True) == 1


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("1101051949123100", "18"),
        ("11010519491231A02X", "数字"),
        ("11010519491231002x", "大写"),
        ("110105194902290026", "不存在"),
        ("110105194912310021", "校验码"),
    ],
)
def test_a_refused_identity_number_says_why_and_is_not_repeated(number: str, word: str) -> None:
    """Reasons end up in logs and answers: the number itself is never in them."""
    reason = check_id_number(number)
    assert reason is not None
    assert word in reason.zh
    assert number not in reason.zh + reason.en
