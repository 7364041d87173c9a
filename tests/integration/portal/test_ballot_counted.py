"""From a page to the count: a ballot cast by a browser, through a real box, in review's log on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.review.votes import log
from tests.integration.review.test_votes import CYCLE, VOTE, Hall
from tests.support.boxes import KEY
from tests.support.polling import City
from tests.unit.gateway.ballot_box.test_box import Broker

pytestmark = pytest.mark.integration


def test_a_ballot_of_a_page_is_counted_once_and_its_receipt_is_in_the_log(
    database_url: str, tmp_path: Path
) -> None:
    """Also where the box of the second try is another one: review's log knows who has voted."""
    hall, broker = Hall(database_url), Broker()
    hall.open()

    async def ask(method: str, data: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        return {**hall.state(), "key_id": None}

    async def known(voters: Sequence[str]) -> frozenset[str]:
        return frozenset(hall.ask("counted", log.counted, {"receipts": ",".join(voters)})["counted"])

    city = City(tmp_path, broker, ask, known, hall.clock.now())
    try:
        address = f"/vote/{CYCLE}/{VOTE.key}"
        entry = next(each for each in hall.state()["entries"] if each["number"] == 2)
        visitor, done = city.cast(address, "citizen-01", entry["application_id"])
        receipt = visitor.follow(done).text.split('id="receipt">')[1][:32]
        deliver(hall, broker)
        assert hall.ask("counted", log.counted, {"receipts": receipt})["counted"] == [receipt]
        city.box.box.urn._remembered._young.clear()  # a box that has just been started
        visitor, again = city.cast(address, "citizen-01", hall.state()["entries"][0]["application_id"])
        assert "您的选票已在册" in visitor.follow(again).words
        deliver(hall, broker)
        hall.end()
        results = hall.results()
        assert results["turnout"] == 1
        votes = {each["application_id"]: each["votes"] for each in results["votes"]}
        assert {name for name, count in votes.items() if count} == {entry["application_id"]}
        assert votes[entry["application_id"]] == 1
    finally:
        city.end()
        hall.desk.close()


def deliver(hall: Hall, broker: Broker) -> None:
    """The broker brings review what the box gave it."""
    for message in broker.messages:
        data = json.loads(message.body)
        assert KEY not in message.body.decode()
        hall.cast(
            *data.pop("ballots"), box=data.pop("box"), number=data.pop("number"), message=message.id, **data
        )
    broker.messages.clear()
