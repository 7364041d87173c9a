"""身份: what in a text tells who somebody is: names, accounts and employers of experts, phones, addresses, numbers. Pure.

What is found is never repeated in words about it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from shared.identifiers import check_id_number
from shared.rulebooks import Words

REASONS = {
    "name": Words("含有评审专家的姓名", "holds the name of an expert"),
    "account": Words("含有评审专家的账号或编号", "holds the account or number of an expert"),
    "employer": Words("含有评审专家工作单位的名称", "holds the name of an expert’s employer"),
    "code": Words(
        "含有评审专家工作单位的统一社会信用代码", "holds the social credit code of an expert’s employer"
    ),
    "applicant": Words("含有申报主体的名称或代码", "holds the name or code of an applicant"),
    "phone": Words("含有电话号码", "holds a phone number"),
    "email": Words("含有电子邮箱", "holds an e-mail address"),
    "id_number": Words("含有公民身份号码", "holds an identity number"),
    "number": Words(
        "含有十五位以上的数字，可能是账号", "holds fifteen digits or more, perhaps of an account"
    ),
}
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_BETWEEN = re.compile(
    r"[\s·•‧・\u200b-\u200f\u2060\ufeff_*-]+"
)  # what may stand in a name; no end of a sentence
_WORD = re.compile(r"[a-z0-9\u00c0-\u024f]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"  # mobile
    r"|(?<!\d)\(?0\d{2,3}\)?[ -]?\d{3,4}[ -]?\d{4}(?!\d)"  # with an area's code
    r"|(?<!\d)[48]00[ -]?\d{3}[ -]?\d{4}(?!\d)"
)
_DIGITS = re.compile(r"(?<![0-9a-z])\d(?:[ -]?\d){13,}[\dx](?![0-9a-z])")
_LEAST = 2  # letters of a name that can be looked for: it is found by the pair that it begins with
_LEAST_DIGITS = 6  # of one that is digits alone: a shorter one is in every text


@dataclass(frozen=True)
class Needle:
    """One thing to look for, and what it would tell."""

    kind: str
    text: str


class Known:
    """Everything to look for, found by its beginning: a text is walked once, however much there is to find."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._chinese: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
        self._words: dict[str, set[tuple[tuple[str, ...], str]]] = defaultdict(set)
        for needle in needles:
            plain = _plain(needle.text)
            if _CHINESE.search(plain):
                squeezed = _BETWEEN.sub("", plain)
                if len(squeezed) >= _LEAST:
                    self._chinese[tuple(squeezed[:_LEAST])].add((squeezed, needle.kind))
            elif words := tuple(_WORD.findall(plain)):
                joined = "".join(words)
                if len(joined) >= (_LEAST_DIGITS if joined.isdigit() else _LEAST):
                    self._words[words[0]].add((words, needle.kind))

    def find(self, text: str, spared: str = "") -> list[str]:
        """The kinds of what a text tells, each once. `spared`: an applicant's own name and code, which its report may hold."""
        plain = _plain(text)
        own = _BETWEEN.sub("", _plain(spared))
        found = {*self._named(_BETWEEN.sub("", plain), own), *self._spelt(plain, _plain(spared))}
        return sorted(found | set(_patterns(plain)), key=list(REASONS).index)

    def _named(self, squeezed: str, own: str) -> Iterator[str]:
        if self._chinese.keys().isdisjoint(pairwise(squeezed)):
            return
        for place, begin in enumerate(pairwise(squeezed)):
            for name, kind in self._chinese.get(begin, ()):
                if squeezed.startswith(name, place) and name not in own:
                    yield kind

    def _spelt(self, plain: str, own: str) -> Iterator[str]:
        words = _WORD.findall(plain)
        of_own = " ".join(["", *_WORD.findall(own), ""])
        for place, word in enumerate(words):
            for name, kind in self._words.get(word, ()):
                if tuple(words[place : place + len(name)]) == name and f" {' '.join(name)} " not in of_own:
                    yield kind


def _plain(text: str) -> str:
    """As it is compared: wide and narrow letters, great and small ones are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def _patterns(plain: str) -> Iterator[str]:
    if _EMAIL.search(plain):
        yield "email"
    numbers = [re.sub(r"[ -]", "", found) for found in _DIGITS.findall(plain)]
    for number in numbers:
        yield "number" if check_id_number(number.upper()) else "id_number"
    if _PHONE.search(_DIGITS.sub(" ", plain)):
        yield "phone"
