"""Verify the sealed audit logs of services, and the links between them.

    python -m shared.store.verify --service NAME=URL … [--cycle ID] [--hears FILE] [--grace SECONDS] [--json]

NAME=@FILE reads the address from a file. FILE of --hears is JSON: `publisher/event` → list of the services that must
have received it. Ends with 1 where anything is broken, and says where.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from shared.store.handovers import HandoverReport, Hears, check_handovers
from shared.store.inspection import GRACE, AuditProblem, AuditReport
from shared.store.migrate import named_url
from shared.store.store import Store


@dataclass(frozen=True)
class SystemReport:
    """The verdict on all services and on the links between them."""

    services: tuple[AuditReport, ...]
    handovers: HandoverReport

    @property
    def intact(self) -> bool:
        return self.handovers.intact and all(report.intact for report in self.services)

    @property
    def problems(self) -> tuple[AuditProblem, ...]:
        """Every break, service by service, those between services last."""
        return tuple(each for report in self.services for each in report.problems) + self.handovers.problems


def verify_services(
    urls: Mapping[str, str],
    cycle_id: str | None = None,
    *,
    hears: Hears | None = None,
    grace: timedelta = GRACE,
) -> SystemReport:
    """Verify each service's log and compare both sides of every event, or of those of one cycle."""
    with ExitStack() as stack:
        stores = [Store.open(url, service=service) for service, url in urls.items()]
        for store in stores:
            stack.callback(store.close)
        reports = tuple(store.verify(cycle_id, grace=grace) for store in stores)
        return SystemReport(reports, check_handovers(stores, cycle_id, hears=hears, grace=grace))


def _read_hears(path: str | None) -> Hears | None:
    if path is None:
        return None
    found = json.loads(Path(path).read_text(encoding="utf-8"))
    return {str(name): frozenset(services) for name, services in found.items()}


def _print(report: SystemReport) -> None:
    for each in report.services:
        verdict = "完好" if each.intact else "已损坏"
        print(
            f"{each.service}\t{verdict}\t记录 {each.entries}\t已封存 {each.sealed}\t待封存 {each.unsealed}\t"
            f"批次 {each.seals}\t{each.head}"
        )
    links = report.handovers
    verdict = "完好" if links.intact else "已损坏"
    print(f"服务间交接\t{verdict}\t已核对 {links.compared}\t在途 {links.under_way}")
    for problem in report.problems:
        print(
            f"  {problem.service}\t{problem.kind}\t{problem.where}\t{problem.detail_zh} ({problem.detail_en})"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.store.verify")
    parser.add_argument("--service", action="append", metavar="NAME=URL", required=True)
    parser.add_argument("--cycle")
    parser.add_argument("--hears", metavar="FILE")
    parser.add_argument("--grace", type=float, default=GRACE.total_seconds(), metavar="SECONDS")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    report = verify_services(
        dict(named_url(each) for each in args.service),
        args.cycle,
        hears=_read_hears(args.hears),
        grace=timedelta(seconds=args.grace),
    )
    if args.json:
        print(json.dumps({"intact": report.intact, **asdict(report)}, ensure_ascii=False, indent=1))
    else:
        _print(report)
    return 0 if report.intact else 1


if __name__ == "__main__":
    sys.exit(main())
