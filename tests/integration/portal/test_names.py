"""People are called by their names on pages: by what services know an account is nothing that anybody reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import Context
from shared.contracts.operations import APPLICANT, MEMBER, OFFICE
from tests.support.browsing import Visitor
from tests.support.crawling import OPENED, address_of, said
from tests.support.gateway import PASSWORD, InProcess, make_bench

NAME = "王示例"
FIELDS = frozenset(
    {"proposed_by", "decided_by", "submitted_by", "added_by", "by", "actor", "subject", "chair", "witness"}
)


def _by(subject: str, value: Any, field: str = "") -> Any:
    """Everything was done by one person, but for a flag of the same name."""
    if isinstance(value, Mapping):
        return {name: _by(subject, each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_by(subject, each, field) for each in value]
    return subject if field in FIELDS and isinstance(value, str) else value


@pytest.mark.parametrize(
    ("role", "end"),
    [
        (OFFICE, "/announcements"), (OFFICE, "/a/<application_id>/enquiries"), (OFFICE, "/panel-history"),
        (OFFICE, "/scores/<stage>/reports"), (APPLICANT, "/my/a/<application_id>/done"),
        (APPLICANT, "/my/a/<application_id>/files/<file_id>"), (APPLICANT, "/my/a/<application_id>/people"),
        (OFFICE, "/defence/<stage>"), (OFFICE, "/cycles/<cycle_id>/committee"), (MEMBER, "/committee/<cycle_id>"),
    ],
)  # fmt: skip
def test_who_did_something_is_called_by_name(tmp_path: Path, role: str, end: str) -> None:
    known: list[str] = []

    def answer(service: str, method: str, data: Mapping[str, Any], context: Context) -> dict[str, Any]:
        found: dict[str, Any] = _by(known[0], said(service, method, data, context))
        return found

    bench = make_bench(tmp_path, InProcess(answer))
    account = bench.identity.create(
        None, username="wang", password=PASSWORD, display_name=NAME, roles=[OFFICE]
    )
    known.append(str(account["account_id"]))
    page = next(each for each in OPENED if each.rule.endswith(end) and role in each.roles)
    shown = Visitor(bench, role).open(address_of(page))
    assert shown.status == 200, shown.words
    assert NAME in shown.words
    assert known[0] not in shown.words
