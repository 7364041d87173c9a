"""A delivery is in one worker's hands, on both databases: two at once, a worker that dies or speaks late, and operators."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from services.notifications import claims, inbox, letters, models, sending, writing
from services.notifications.channels import Mail, MailSettings
from services.notifications.sending import Outside
from shared.problems import Conflict, NotFound
from shared.rulebooks import library
from tests.faults.bus.test_crash_points import DELIVERY_POINTS
from tests.integration.notifications.test_messages import START, TERMS, Post
from tests.support.bus.harness import ROOT
from tests.support.messages import CaptureServer
from tests.support.works import RING

pytestmark = pytest.mark.integration

LAPSED = timedelta(seconds=TERMS.claim)
_WORKER = """
import sys
from datetime import datetime
from services.notifications.channels import Mail, MailSettings
from services.notifications.schedule import Terms
from services.notifications.sending import Outside, send
from shared.bus import crash
from shared.clock import FixedClock
from shared.rulebooks import library
from shared.store import Store

url, keys, now, port, delivery, place = sys.argv[1:]
if place:
    crash.arm(place, environment="test")
store = Store.open(url, service="notifications", clock=FixedClock(datetime.fromisoformat(now)), field_keys=keys)
mail = Mail(MailSettings("127.0.0.1", int(port), "none", "award@example.org", timeout=30.0))
keep = send(store, delivery, Outside({"mail": mail}, Terms(3, 60.0), library()))
"""


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    made = Post(database_url)
    yield made
    made.desk.close()


@pytest.fixture
def server() -> Iterator[CaptureServer]:
    """A mail server, which keeps what it is given."""
    with CaptureServer() as capturing:
        yield capturing


def one_waits(post: Post, *, to: str = "anna@example.org", phone: str | None = None) -> list[str]:
    """The deliveries of one message, put on the bus."""
    post.contact("anna", email=to, phone=phone)
    post.accept("a1", "anna")
    return post.tick()


@pytest.mark.parametrize("place", ["in the middle", *DELIVERY_POINTS])
def test_a_worker_that_dies_makes_no_second_mail(
    post: Post, server: CaptureServer, database_url: str, tmp_path: Path, place: str
) -> None:
    """Before anything has left, after the server had the whole mail, after its answer: nothing is sent by itself after it.

    The claim is over after its time; then the delivery is uncertain, and an operator who looked into the server's log decides.
    """
    (delivery,) = one_waits(post)
    point = "" if place == "in the middle" else place
    arguments = [
        database_url, RING, START.isoformat(), str(server.port), delivery, point,
    ]  # fmt: skip
    log = tmp_path / "worker.log"
    with log.open("wb") as output, server.behaving("slow" if place == "in the middle" else "good"):
        child = subprocess.Popen(
            [sys.executable, "-c", _WORKER, *arguments], cwd=ROOT, stdout=output, stderr=output
        )
        if place == "in the middle":
            assert server.has_heard(90), log.read_text()
            child.kill()
        assert child.wait(90) == -signal.SIGKILL, log.read_text()
    (row,) = post.rows(models.deliveries)
    assert (row.state, row.attempts, row.claimed_at) == ("sending", 1, START)
    taken = len(server.mails)
    assert taken == (1 if place == "delivery_answered" else 0)
    ours = Mail(MailSettings("127.0.0.1", server.port, "none", "award@example.org", timeout=20.0))
    post.outside = Outside({"mail": ours}, TERMS, library())
    post.send(delivery)  # the broker gives it to somebody else
    post.clock.goes_to(START + LAPSED - timedelta(seconds=1))
    assert post.tick() == []
    post.clock.goes_to(START + LAPSED)
    assert post.tick() == []
    (row,) = post.rows(models.deliveries)
    assert (row.state, row.failure) == ("uncertain", "the worker said nothing more")
    post.send(delivery)
    assert len(server.mails) == taken
    (listed,) = post.ask("failed", inbox.failed, {"state": "uncertain"}, "operator")["deliveries"]
    if taken:
        told = {"delivery_id": delivery, "reason": "found in the server's log"}
        post.ask("arrived", sending.arrived, told, "operator")
        assert post.tick() == []
    else:
        post.ask("again", sending.again, {"delivery_id": listed["delivery_id"]}, "operator")
        post.deliver()
    assert len(server.mails) == 1
    assert [row.state for row in post.rows(models.deliveries)] == ["sent"]


def test_of_two_workers_the_second_finds_nothing(post: Post, database_url: str) -> None:
    """Even while the first has not committed; on SQLite it waits its turn, on PostgreSQL it passes by."""
    (delivery,) = one_waits(post)
    with post.desk.work() as first:
        assert claims.claim(first, delivery, TERMS) is not None
        if database_url.startswith("postgresql"):
            with ThreadPoolExecutor(1) as other:
                assert other.submit(_claims, post, delivery).result(10) is False
    assert _claims(post, delivery) is False
    assert post.desk.actions().count("delivery:sending") == 1


def _claims(post: Post, delivery: str) -> bool:
    with post.desk.work() as work:
        return claims.claim(work, delivery, TERMS) is not None


def test_a_late_word_counts_until_somebody_claims_it_anew(post: Post) -> None:
    """A worker that was only slow: it was sent, so nobody has to look for it."""
    (delivery,) = one_waits(post)
    keep = sending.send(post.desk.store, delivery, post.outside)
    post.clock.goes_to(START + LAPSED)
    assert post.tick() == []
    assert [row.state for row in post.rows(models.deliveries)] == ["uncertain"]
    with post.desk.work() as work:
        keep(work)
    (row,) = post.rows(models.deliveries)
    assert (row.state, row.receipt) == ("sent", f"M-{delivery}")
    with pytest.raises(Conflict):
        post.ask("again", sending.again, {"delivery_id": delivery}, "operator")


def test_a_word_of_an_earlier_claim_changes_nothing(post: Post) -> None:
    """An operator had it sent again; what the first worker says then is about another try."""
    (delivery,) = one_waits(post, to="away@example.org")
    keep = sending.send(post.desk.store, delivery, post.outside)
    post.clock.goes_to(START + LAPSED)
    post.tick()
    post.contact("anna", 2)
    post.ask("again", sending.again, {"delivery_id": delivery}, "operator")
    post.deliver()
    with post.desk.work() as work:
        keep(work)
    assert [(row.state, row.attempts) for row in post.rows(models.deliveries)] == [("sent", 1)]


def test_a_short_message_is_sent_again_under_its_reference(post: Post) -> None:
    """Whoever takes short messages takes a reference once; so nobody has to look for one, as long as there are tries left."""
    post.contact("anna", email=None, phone="13800000000")
    asked = {"world": "real", "due_on": START.date(), "expert_id": "anna"}
    with post.desk.work() as work:
        writing.write(work, letters.declaration(asked))
    (delivery,) = post.tick()
    sending.send(post.desk.store, delivery, post.outside)
    for attempts in (2, 3):
        post.clock.goes_to(post.clock.now() + LAPSED)
        assert post.tick() == [delivery]
        sending.send(post.desk.store, delivery, post.outside)
        assert [row.attempts for row in post.rows(models.deliveries)] == [attempts]
    post.clock.goes_to(post.clock.now() + LAPSED)
    assert post.tick() == []
    assert {each.id for each in post.sms.sent} == {delivery}
    assert [row.state for row in post.rows(models.deliveries)] == ["uncertain"]


def test_a_mail_without_an_answer_waits_for_an_operator(post: Post) -> None:
    """It is not tried again by itself, however often the bus tells of it; what is certain is no operator's to say."""
    (delivery,) = one_waits(post, to="mute@example.org")
    post.send(delivery, delivery)
    assert len(post.mail.sent) == 1
    post.clock.goes_to(START + timedelta(days=2))
    assert post.tick() == []
    assert post.ask("failed", inbox.failed, {"state": "failed"}, "operator")["total"] == 0
    (listed,) = post.ask("failed", inbox.failed, {}, "operator")["deliveries"]
    assert (listed["state"], listed["failure"], listed["attempts"]) == ("uncertain", "no answer", 1)
    told = {"delivery_id": delivery, "reason": "in the log"}
    post.ask("arrived", sending.arrived, told, "operator")
    for refused in (told, {**told, "delivery_id": "nobody"}):
        with pytest.raises((Conflict, NotFound)):
            post.ask("arrived", sending.arrived, refused, "operator")
    assert post.desk.actions()[-2:] == ["delivery:sent", "delivery:found_sent"]


def test_the_database_keeps_claims_whole(post: Post) -> None:
    """No state of being sent without a worker, no worker without a time."""
    one_waits(post)
    for wrong in ({"state": "sending"}, {"worker": "w"}, {"state": "uncertain"}):
        with pytest.raises(IntegrityError), post.desk.work() as work:
            work.session.execute(models.deliveries.update().values(**wrong))
