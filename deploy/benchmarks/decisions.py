"""How many applications are decided in a second on one core, against the same conditions written by hand and a rule engine.

    python -m deploy.benchmarks.decisions [--applicants 100000] [--cycle-size 20] [--seed 1]

Rulebook `shenzhen-2020`, applicants made up from a seed (decisions_applicants). Each decision begins with the plain data of
an application and of the others of its cycle. *ours*: every finding with its reason in Chinese and English, its evidence and
its article, the levels barred, and the receipt. *by hand* and *zen-engine*: an outcome and a reason in Chinese for each
condition. They take turns, block by block, in one process; processor time is counted. All outcomes of all applicants must
agree, else it ends with 1.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from deploy.benchmarks import decisions_by_hand
from deploy.benchmarks.decisions_applicants import CYCLE, Applicant, Cycle, cycles
from shared.rulebooks import Ban, Case, Evaluation, Library, Peer, evaluate, standing
from shared.rulebooks.evaluator import find

BLOCK = 1_000  # applicants after which the next takes its turn
HAND, OURS, BARE, ENGINE = "by hand", "ours", "ours, no receipt", "zen-engine"

Outcomes = dict[tuple[str, str], str]  # rule and condition → outcome


def case_of(application: Applicant, others: Sequence[Peer]) -> Case:
    """An application as the evaluator takes it."""
    return Case(
        kind=application["kind"],
        category=application["category"],
        applicant_key=application["applicant_key"],
        uscc=application["uscc"],
        submitted_on=date.fromisoformat(application["submitted_on"]),
        cycle_year=CYCLE["year"],
        opens_on=CYCLE["opens_on"],
        closes_on=CYCLE["closes_on"],
        recommended_by=application["recommended_by"],
        nominated_by=application["nominated_by"],
        facts=application["facts"],
        materials=frozenset(application["materials"]),
        records=application["records"],
        bans=[Ban(ban["rule"], date.fromisoformat(ban["until"])) for ban in application["bans"]],
        others=others,
        sequence=application["sequence"],
    )


def cases(cycle: Cycle) -> Iterator[Case]:
    """As the qualification makes them: the peers once a cycle, a case for each application."""
    peers = [Peer(**peer) for peer in cycle.peers]
    for application in cycle.applications:
        number = application["application_id"]
        yield case_of(application, [peer for peer in peers if peer.application_id != number])


def by_hand(cycle: Cycle) -> list[list[decisions_by_hand.Decided]]:
    return [
        decisions_by_hand.decide(application, others, CYCLE["closes_on"], CYCLE["year"])
        for application, others in cycle.each()
    ]


def outcomes(found: Evaluation | Iterable[decisions_by_hand.Decided]) -> Outcomes:
    """What each condition came to, whoever decided it."""
    if isinstance(found, Evaluation):
        return {(finding.rule, finding.condition): finding.outcome.value for finding in found.findings}
    return {(decided.rule, decided.condition): decided.outcome for decided in found}


class Run:
    """The contenders, their seconds block by block, and what became of the applicants."""

    def __init__(self) -> None:
        from deploy.benchmarks.decisions_engine import Engine  # not among the pinned packages

        rulebook = Library.load().get("shenzhen-2020")
        engine = Engine(CYCLE["closes_on"], CYCLE["year"])
        self._contenders: list[tuple[str, Callable[[Cycle], list[Any]]]] = [
            (HAND, by_hand),
            (OURS, lambda cycle: [evaluate(rulebook, case) for case in cases(cycle)]),
            (BARE, lambda cycle: [find(rulebook, case) for case in cases(cycle)]),
            (ENGINE, lambda cycle: [engine.decide(*one) for one in cycle.each()]),
        ]
        self.seconds: Mapping[str, list[float]] = defaultdict(list)
        self.standings: Counter[str] = Counter()
        self.disagreeing: list[str] = []
        self.conditions = 0

    def block(self, block: Sequence[Cycle]) -> None:
        """Everybody decides the same applicants; the first turn goes round."""
        results: dict[str, list[Any]] = {}
        for name, decide in self._contenders:
            gc.collect()
            gc.disable()  # what it costs hangs on everything else that lives in the process
            began = time.process_time()
            results[name] = [one for cycle in block for one in decide(cycle)]
            self.seconds[name].append(time.process_time() - began)
            gc.enable()
        self._contenders.append(self._contenders.pop(0))
        self._compare(block, results)

    def _compare(self, block: Sequence[Cycle], results: Mapping[str, list[Any]]) -> None:
        applications = [application for cycle in block for application in cycle.applications]
        lines = zip(applications, results[OURS], results[HAND], results[ENGINE], strict=True)
        for application, evaluation, hand, engine in lines:
            found = outcomes(evaluation)
            self.conditions += len(found)
            self.standings[standing(evaluation.findings, {}).value] += 1
            if not found == outcomes(hand) == outcomes(engine):
                self.disagreeing.append(application["application_id"])


def show(run: Run, count: int) -> None:
    """Rates, and each block's ratio to the one by hand."""
    kinds = ", ".join(f"{name} {number:,}" for name, number in run.standings.most_common())
    print(f"{count:,} applicants, {run.conditions / count:.1f} conditions each: {kinds}")
    agreed = count - len(run.disagreeing)
    print(f"all outcomes agree for {agreed:,} of {count:,} applicants")
    print("| | decisions/s | µs each | × time by hand | block by block |\n|---|--:|--:|--:|--:|")
    for name in (HAND, OURS, BARE, ENGINE):
        seconds = run.seconds[name]
        ratios = [mine / hand for mine, hand in zip(seconds, run.seconds[HAND], strict=True)]
        low, middle, high = quartiles(ratios)
        total = sum(seconds)
        print(
            f"| {name} | {count / total:,.0f} | {total / count * 1e6:.0f} | {total / sum(run.seconds[HAND]):.2f} "
            f"| {middle:.2f} ({low:.2f} to {high:.2f}) |"
        )


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The middle and the ends of the middle half."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4)
    return low, middle, high


def main() -> int:
    from deploy.benchmarks.events import machine  # it brings the servers' libraries along

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--applicants", type=int, default=100_000)
    parser.add_argument("--cycle-size", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    run = Run()
    drawn = cycles(options.applicants, options.cycle_size, options.seed)
    while block := list(islice(drawn, max(1, BLOCK // options.cycle_size))):
        run.block(block)
    show(run, options.applicants)
    for applicant in run.disagreeing[:10]:
        print(f"no agreement: {applicant}", file=sys.stderr)
    return int(bool(run.disagreeing))


if __name__ == "__main__":
    sys.exit(main())
