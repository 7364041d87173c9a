"""预检: what the qualification would find in what is stated, condition by condition, without deciding anything. Pure.

Whoever asks states facts. Registers that only the services keep are not read: what rests on them is `known` to nobody here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shared.rulebooks.asked import APPLICATIONS, BANS, asked
from shared.rulebooks.case import Case
from shared.rulebooks.evaluator import findings_of
from shared.rulebooks.findings import Finding
from shared.rulebooks.model import Article, Rulebook, Words

_REGISTERS = frozenset({BANS, APPLICATIONS})


@dataclass(frozen=True)
class Expected:
    """One finding with the condition's words and its article. `known`: it rests on nothing but what was stated."""

    finding: Finding
    says: Words
    article: Article | None
    known: bool


def expected(rulebook: Rulebook, case: Case) -> Iterator[Expected]:
    """All findings of a case, in the rulebook's order."""
    for condition in rulebook.conditions:
        if not condition.addresses(case.kind, case.category):
            continue
        known = _REGISTERS.isdisjoint(asked(rulebook, condition).sources)
        for finding in findings_of(rulebook, condition, case):
            yield Expected(finding, condition.says, rulebook.articles.get(finding.rule), known)
