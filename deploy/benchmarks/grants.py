"""How many grants with their explanation one core computes in a second, over all published rulebooks.

    python -m deploy.benchmarks.grants [--computations 200000]

Each computation finds the rule of a winner's level and track, its exceptions, what was paid before and the approved cost, and
says all of it line by line in both languages. Beside it: the same amounts without a word: what the words take.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from services.incentives.grants import Payment, award_grant
from shared.rulebooks import Rulebook, library
from shared.rulebooks.exceptions import Winner, live_exceptions

_SEED = 20_261
_BOOKS = ("changning-2023", "hangzhou-2025", "shenzhen-2020", "shenzhen-2023")
Case = tuple[Rulebook, str, str, dict[str, Any], tuple[str, ...], tuple[Payment, ...], int | None]


def cases(count: int) -> list[Case]:
    """Winners of all rulebooks in turn: a tenth is excepted, a tenth was paid before, a tenth has no approved cost."""
    pick = random.Random(_SEED)
    books = [library().get(name) for name in _BOOKS]
    awards = [(book, rule) for book in books for rule in book.grants if rule.for_ == "award"]
    made = []
    for number in range(count):
        book, rule = awards[number % len(awards)]
        assert rule.level is not None
        assert rule.track is not None
        facts = {"state_budget_funded": pick.random() < 0.05}
        won = (rule.level,) if pick.random() < 0.05 else ()
        paid = (Payment("award", rule.level, 1, date(2023, 5, 1)),) if pick.random() < 0.1 else ()
        cost = None if pick.random() < 0.1 else pick.randrange(1, 10**9)
        made.append((book, rule.level, rule.track, {"kind": "organization", "facts": facts}, won, paid, cost))
    return made


def explained(several: list[Case]) -> int:
    """All of it; the fen together."""
    total = 0
    for book, level, track, dossier, won, paid, cost in several:
        grant = award_grant(book, level, track, dossier, won, paid, cost)
        if grant is not None:
            total += grant.amount_fen + 0 * len(grant.explanation)
    return total


def bare(several: list[Case]) -> int:
    """The amounts alone."""
    total = 0
    for book, level, track, dossier, won, paid, cost in several:
        rule = book.grant_for(level, track)
        if rule is None or (rule.once and paid):
            continue
        live = live_exceptions(rule, Winner.of(dossier["kind"], dossier["facts"], won))
        if live:
            total += live[0].amount_fen
        elif not rule.up_to:
            total += rule.amount_fen
        else:
            total += 0 if cost is None else min(rule.amount_fen, cost)
    return total


def _rate(act: Callable[[list[Case]], int], several: list[Case]) -> tuple[float, int]:
    began = time.process_time()
    total = act(several)
    return len(several) / (time.process_time() - began), total


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--computations", type=int, default=200_000)
    options = parser.parse_args()
    print(machine(), flush=True)
    several = cases(options.computations)
    explained(several[:1000])
    with_words, total = _rate(explained, several)
    without, check = _rate(bare, several)
    assert total == check, "the words have changed an amount"
    lines = sum(len(g.lines) for g in (award_grant(*case) for case in several[:1000]) if g is not None)
    print(
        f"{options.computations:,} grants of {len(_BOOKS)} rulebooks, {lines / 1000:.1f} lines each in two languages, one core\n"
        f"with explanation {with_words:,.0f} a second; the amounts alone {without:,.0f}; both come to {total / 100:,.0f} yuan"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
