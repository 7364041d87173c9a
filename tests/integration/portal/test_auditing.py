"""The auditor's first page: whole, or broken where, by the last check, which is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shared.contracts import Context
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, Bench, InProcess, answered, any_rulebook


class World:
    """Logs that are whole until a test breaks one."""

    def __init__(self) -> None:
        self.broken: str | None = None

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        if method == "cycles":
            reply["cycles"][0] |= {
                "cycle_id": REAL, "rehearsal": False, "state": "running", "rulebook": any_rulebook().id, "year": 2026,
            }  # fmt: skip
        if method == "audit":
            whole = service != self.broken
            reply |= {
                "intact": whole,
                "entries": 8,
                "unsealed": 0,
                "problems": [] if whole else ["seal 17: 断裂"],
            }
        return reply


@pytest.fixture
def world() -> World:
    return World()


def press(auditor: Visitor) -> str:
    """Check everything; what the first page says then."""
    page = auditor.open("/audit")
    form = next(form for form in page.forms if form["action"] == "/audit/checks")
    return auditor.follow(auditor.post("/audit/checks", form["fields"])).words


def test_nothing_is_called_whole_that_was_never_checked(bench: Bench) -> None:
    page = Visitor(bench, "auditor").open("/audit")
    assert "是否完整不得而知" in page.words
    assert any_rulebook().title.zh in page.words
    assert f">{any_rulebook().id}<" not in page.text


def test_a_check_is_kept_with_its_time_and_shown_first(bench: Bench) -> None:
    words = press(Visitor(bench, "auditor"))
    assert "已核验，结果已记录" in words
    assert words.index("记录链均完整。最近一次核验：") < words.index("评奖周期")
    assert "40 条" in words


def test_a_break_is_said_first_with_its_place_and_an_older_one_is_over(bench: Bench, world: World) -> None:
    auditor = Visitor(bench, "auditor")
    press(auditor)
    world.broken = "review"
    words = press(auditor)
    assert words.index("seal 17: 断裂") < words.index("评奖周期")
    assert "记录链均完整" not in words
    world.broken = None
    assert "记录链均完整" in press(auditor)


def test_a_cycle_is_checked_by_a_button_and_not_by_looking(bench: Bench, world: World) -> None:
    """What was found is shown service by service until the next check."""
    auditor = Visitor(bench, "auditor")
    page = auditor.open(f"/audit/{REAL}")
    assert "是否完整不得而知" in page.words
    assert "是否完整不得而知" in auditor.open("/audit").words
    world.broken = "review"
    found = auditor.follow(auditor.fill(page)).words
    assert "结果已记录" in found
    assert "seal 17: 断裂" in found
    world.broken = None
    page = auditor.open(f"/audit/{REAL}")
    assert "seal 17: 断裂" in page.words
    assert "共 40 条" in auditor.follow(auditor.fill(page)).words
    assert "最近一次核验：" in auditor.open("/audit").words


def test_a_check_that_a_silent_service_stopped_is_not_kept(bench: Bench, services: InProcess) -> None:
    services.missing = frozenset({"review"})
    auditor = Visitor(bench, "auditor")
    assert "部分周期没有核验" in press(auditor)
    assert "是否完整不得而知" in auditor.open("/audit").words


def test_only_an_auditor_s_checks_count(bench: Bench) -> None:
    headers = {"Authorization": f"Bearer {bench.token('award_office')}"}
    client = bench.app.test_client()
    assert client.get(f"/api/v1/cycles/{REAL}/audit", headers=headers).status_code == 200
    assert client.get("/api/v1/audit/checks", headers=headers).status_code == 403
    assert "是否完整不得而知" in Visitor(bench, "auditor").open("/audit").words
