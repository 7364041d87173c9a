"""Reports to credit platforms, on both databases: delivered after the commit, tried again, acknowledged or brought by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.eligibility.credit import CreditPlatform
from services.eligibility.honours.credit_delivery import Terms, deliver, take_up
from services.eligibility.stages import conductor
from shared.clock import FixedClock
from shared.problems import Conflict, Invalid
from tests.support.credit import MemoryPlatform
from tests.support.honours import LATER, House

pytestmark = pytest.mark.integration

TERMS = Terms(attempts=3, backoff=60.0, poll=600.0)


class Delivering(House):
    """A house whose events reach a platform."""

    def run(self, platform: CreditPlatform) -> int:
        """Everything on the bus that was not handled yet; how many there were."""
        told = self.desk.told("credit_report.queued")[self.handled :]
        for event in told:
            keep = deliver(self.desk.store, event["report_id"], conductor, platform, TERMS)
            with self.desk.work("", "") as work:
                keep(work)
        self.handled += len(told)
        return len(told)

    handled = 0

    def after(self, seconds: float) -> None:
        """Some time later the clock takes up what is due."""
        clock = self.desk.store.clock
        assert isinstance(clock, FixedClock)
        clock.move(timedelta(seconds=seconds))
        with self.desk.work("", "") as work:
            take_up(work, TERMS)

    def reports(self, **data: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("credit_reports", "auditor", **data)["reports"]
        return found

    def order_state(self) -> tuple[str, str]:
        """Of the order to report, and of the case."""
        (case,) = self.call("revocation_cases")["cases"]
        (order,) = [each for each in case["orders"] if each["order"] == "report_to_credit_platform"]
        return order["state"], case["state"]


@pytest.fixture
def house(database_url: str) -> Iterator[Delivering]:
    found = Delivering(database_url)
    found.win()
    found.at(LATER)
    case = found.revoke()
    (recall,) = [each for each in case["orders"] if each["order"] == "recall_certificate"]
    found.call("settle_order", order_id=recall["order_id"], outcome="done", note="收回")
    yield found
    found.desk.close()


def test_from_queued_to_acknowledged(house: Delivering) -> None:
    """Sent, asked about until the receipt is there; the last receipt ends the order and the case."""
    platform = MemoryPlatform()
    assert house.run(platform) == 2
    assert [each["state"] for each in house.reports()] == ["sent", "sent"]
    first, second = house.reports()
    platform.receipts[first["report_id"]] = "XY-1"
    house.after(599)
    assert house.run(platform) == 0, "not due yet"
    house.after(1)
    assert house.run(platform) == 2
    assert {each["report_id"]: each["state"] for each in house.reports()} == {
        first["report_id"]: "acknowledged", second["report_id"]: "sent",
    }  # fmt: skip
    assert house.order_state() == ("issued", "decided")
    platform.receipts[second["report_id"]] = "XY-2"
    house.after(600)
    house.run(platform)
    assert house.order_state() == ("done", "executed")
    assert {each["receipt"] for each in house.reports()} == {"XY-1", "XY-2"}
    assert platform.taken[first["report_id"]].name == "示例1"
    house.after(100_000)
    assert house.run(platform) == 0, "what is settled is left alone"


def test_silence_is_tried_again_with_longer_pauses_and_then_fails(house: Delivering) -> None:
    """A minute, two minutes, then somebody has to see to it; sent again by hand it begins anew."""
    platform = MemoryPlatform(silent=1000)
    house.run(platform)
    for pause in (60, 120):
        house.after(pause - 1)
        assert house.run(platform) == 0
        house.after(1)
        assert house.run(platform) == 2
    assert [(each["state"], each["attempts"], each["last_failure"]) for each in house.reports()] == [
        ("failed", 3, "nobody there")
    ] * 2
    house.after(1_000_000)
    assert house.run(platform) == 0
    platform.silent, platform.at_once = 0, True
    for report in house.reports(state="failed"):
        house.call("send_credit_report_again", report_id=report["report_id"])
    house.run(platform)
    assert house.order_state() == ("done", "executed")


def test_a_refusal_is_for_a_person_at_once(house: Delivering) -> None:
    """Brought there by hand, with a receipt and a proof."""
    house.run(MemoryPlatform(refuses=True))
    first, second = house.reports(state="failed")
    data = {"report_id": first["report_id"], "receipt": "窗口-31", "note": "窗口报送"}
    with pytest.raises(Invalid, match="proof"):
        house.call("settle_credit_report", **data)
    done = house.call("settle_credit_report", **data, papers=["stamped"])
    assert (done["state"], done["receipt"], done["papers"]) == ("by_hand", "窗口-31", ["stamped"])
    with pytest.raises(Conflict):
        house.call("settle_credit_report", **data, papers=["stamped"])
    with pytest.raises(Conflict):
        house.call("send_credit_report_again", report_id=first["report_id"])
    house.call("settle_credit_report", report_id=second["report_id"], receipt="32", note="x", papers=["p"])
    assert house.order_state() == ("done", "executed")


def test_an_order_to_report_is_not_settled_by_word_alone(house: Delivering) -> None:
    """Only its reports settle it."""
    (case,) = house.call("revocation_cases")["cases"]
    (order,) = [each for each in case["orders"] if each["order"] == "report_to_credit_platform"]
    with pytest.raises(Conflict):
        house.call("settle_order", order_id=order["order_id"], outcome="done", note="已报送")


def test_two_deliveries_of_one_event_write_once(house: Delivering) -> None:
    """A delivery that came twice asks twice and writes once; the platform keeps one report."""
    platform = MemoryPlatform(at_once=True)
    report_id = house.reports()[0]["report_id"]
    keeps = [deliver(house.desk.store, report_id, conductor, platform, TERMS) for _ in range(2)]
    for keep in keeps:
        with house.desk.work() as work:
            keep(work)
    assert house.desk.actions().count("credit_report:acknowledged") == 1
    assert len(platform.taken) == 1


def test_a_report_whose_event_was_lost_is_taken_up(house: Delivering) -> None:
    """Nothing waits for ever on one message."""
    house.handled = 2
    house.after(6 * 3600 + 1)
    assert house.run(MemoryPlatform(at_once=True)) == 2
    assert [each["state"] for each in house.reports()] == ["acknowledged"] * 2
