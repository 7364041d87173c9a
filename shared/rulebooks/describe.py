"""A whole rulebook as Markdown that a lawyer can read against the text, in Chinese, English or both. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from shared.rulebooks.checks import cited
from shared.rulebooks.model import Rulebook, Words
from shared.rulebooks.parts import Entry, Part, Value, parts

Language = Literal["zh", "en", "both"]
LANGUAGES: tuple[Language, ...] = ("zh", "en", "both")
_SPECIAL = re.compile(r"([\\`*_<>\[\]|#])")

ASSUMED = Words("假定", "assumed")
_GROUND, _READING = Words("依据", "ground"), Words("理解", "reading")
_CONDITIONS = "conditions"
_ARTICLES = Words("条文对照", "article by article")
_BECOMES, _LEFT_OUT = Words("编入", "became"), Words("未编入", "not encoded")
_SUMMARY = Words(
    "由规则文件 {id}（SHA-256 {sha}）生成：{conditions} 项条件，{articles} 条（项），{assumed} 个假定的值。",
    "Made from the rulebook {id} (SHA-256 {sha}): {conditions} conditions, {articles} articles and items, "
    "{assumed} assumed values.",
)
# Which part tells of what a top-level key of the file says.
_PART_OF: Mapping[str, str] = {
    "in_force": "text",
    "period": "text",
    "criteria": "text",
    "tracks": "applicants",
    "nominations": "applicants",
    "quotas": "places",
    "scores": "votes",
    "approval": "votes",
    "grant_use": "grants",
    "sanctions": "after",
    "tracking": "after",
    "retention": "after",
    "objections": "fairness",
    "recusal": "fairness",
    "uploads": "materials",
    "bodies": "people",
    "pool": "people",
    "duties": "people",
}


@dataclass(frozen=True)
class Tongue:
    """How words come out in a language; in both, Chinese stands first."""

    language: Language

    def label(self, words: Words) -> str:
        """A title or a label."""
        return self._joined(words, " · ")

    def text(self, words: Words) -> str:
        """A sentence."""
        return self._joined(words, " / ")

    def _joined(self, words: Words, between: str) -> str:
        if self.language == "zh" or words.zh == words.en:
            return words.zh
        return words.en if self.language == "en" else f"{words.zh}{between}{words.en}"

    @property
    def colon(self) -> str:
        return ": " if self.language == "en" else "："


def describe(rulebook: Rulebook, language: Language = "both") -> str:
    """The rulebook as a Markdown document."""
    return "\n".join(_Page(rulebook, Tongue(language)).lines()) + "\n"


class _Page:
    """One document in one language."""

    def __init__(self, rulebook: Rulebook, tongue: Tongue) -> None:
        self._book = rulebook
        self._say = tongue
        self._parts = parts(rulebook)

    def lines(self) -> Iterator[str]:
        book, say = self._book, self._say
        counts = {
            "id": f"`{book.id}`",
            "sha": f"`{book.sha256}`",
            "conditions": len(book.conditions),
            "articles": len(book.articles),
            "assumed": len(book.assumed()),
        }
        yield f"# {_plain(say.label(book.title))}"
        yield ""
        yield say.text(Words(_SUMMARY.zh.format(**counts), _SUMMARY.en.format(**counts)))
        for part in self._parts:
            yield from ("", f"## {say.label(part.title)}", "")
            yield from self._conditions(part) if part.key == _CONDITIONS else self._entries(part)
        yield from ("", f"## {say.label(_ARTICLES)}", "")
        yield from self._articles()

    def _entries(self, part: Part) -> Iterator[str]:
        stages = {stage.key for stage in self._book.stages} if part.key == "procedure" else set()
        for entry in part.entries:
            key = f" (`{entry.key}`)" if entry.key in stages else ""
            title = f"**{_plain(self._say.label(entry.title))}**"
            yield f"- {title}{key}{self._citation(entry.rule)}{self._mark(entry.assumed)}"
            yield from self._values(entry)

    def _values(self, entry: Entry) -> Iterator[str]:
        for value in entry.values:
            yield f"  - {self._value(value)}{self._mark(value.assumed)}"
            if value.note is not None:
                yield f"    - {self._note(value.note, value.assumed)}"
        if entry.note is not None:
            yield f"  - {self._note(entry.note, entry.assumed)}"

    def _value(self, value: Value) -> str:
        return f"{self._say.label(value.label)}{self._say.colon}{_plain(self._say.text(value.text))}"

    def _note(self, note: Words, assumed: bool) -> str:
        label = self._say.label(_GROUND if assumed else _READING)
        return f"*{label}*{self._say.colon}{_plain(self._say.text(note))}"

    def _mark(self, assumed: bool) -> str:
        return f" 〔{self._say.label(ASSUMED)}〕" if assumed else ""

    def _citation(self, rule: str | None) -> str:
        if rule is None:
            return ""
        label = self._book.label(rule)
        if label == rule or self._say.language == "en":
            return f" 〔{rule}〕"
        return f" {_plain(label)}〔{rule}〕"

    def _conditions(self, part: Part) -> Iterator[str]:
        for rule, entries in groupby(part.entries, key=lambda entry: entry.rule):
            article = self._book.articles.get(rule or "")
            title = f" {_plain(article.title)}" if article and self._say.language != "en" else ""
            yield from (f"###{self._citation(rule)}{title}", "")
            if article and article.gist:
                yield from (f"> {_plain(self._say.text(article.gist))}", "")
            for entry in entries:
                name = entry.key.rpartition("/")[2]
                yield f"- **{_plain(self._say.text(entry.title))}** (`{name}`){self._mark(entry.assumed)}"
                yield from self._values(entry)
            yield ""

    def _articles(self) -> Iterator[str]:
        became = self._became()
        left_out = {rule: list(each) for rule, each in groupby(self._book.not_encoded, key=lambda n: n.rule)}
        for rule, article in self._book.articles.items():
            gist = f"{self._say.colon}{_plain(self._say.text(article.gist))}" if article.gist else ""
            title = f" {_plain(article.title)}" if self._say.language != "en" else ""
            yield f"-{self._citation(rule)}{title}{gist}"
            if rule in became:
                names = "；".join(dict.fromkeys(_plain(self._say.text(words)) for words in became[rule]))
                yield f"  - {self._say.label(_BECOMES)}{self._say.colon}{names}"
            for each in left_out.get(rule, ()):
                part = f"（{_plain(each.part)}）" if each.part else ""
                reason = _plain(self._say.text(each.reason))
                yield f"  - {self._say.label(_LEFT_OUT)}{part}{self._say.colon}{reason}"

    def _became(self) -> dict[str, list[Words]]:
        """What was made of each article: the entries that cite it, else the part in which it is cited."""
        found: dict[str, list[Words]] = {}
        titles = {part.key: part.title for part in self._parts}
        for part in self._parts:
            if part.key in {"not_encoded", "assumed"}:
                continue
            for entry in part.entries:
                if entry.rule is not None:
                    said = Words(f"{part.title.zh}“{entry.title.zh}”", f"{part.title.en} “{entry.title.en}”")
                    found.setdefault(entry.rule, []).append(said)
        for path, rule in cited(self._book.document):
            key = _PART_OF.get(str(path[0]), str(path[0]))
            if rule not in found and key in titles:
                found[rule] = [titles[key]]
        return found


def _plain(text: str) -> str:
    """Data's own words, with what Markdown would take for marks set off."""
    return _SPECIAL.sub(r"\\\1", text)
