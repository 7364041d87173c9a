"""The service as a process on a real broker, on both databases: an event in, a mail out, under its own user's rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pika
import pytest

from deploy.local.broker import PrivateBroker, VirtualHost
from deploy.local.files import keep_secret
from deploy.local.processes import Port
from services.notifications import contacts
from services.notifications.service import Notifications
from shared import contracts
from shared.bus import topology, wire
from shared.bus.address import connect_plainly
from shared.bus.service import declaration
from shared.clock import SystemClock
from shared.contracts import Context
from shared.contracts.events import ApplicationAccepted, CorrectionAsked, CycleOpened
from shared.identifiers import new_id
from shared.store import Store
from shared.store.migrate import upgrade
from tests.support.bus.harness import python, until
from tests.support.messages import CaptureServer

pytestmark = pytest.mark.integration

TIERS = (0.1, 0.5)


@pytest.fixture
def declared(broker: PrivateBroker) -> Iterator[VirtualHost]:
    vhost = broker.vhost()
    connection = connect_plainly(vhost.topology_uri, "topology")
    topology.declare(connection, topology.plan(declaration(Notifications), TIERS))
    connection.close()
    yield vhost
    vhost.drop()


class Publisher:
    """Intake, as far as its events go."""

    def __init__(self, vhost: VirtualHost) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(vhost.uri_for("intake")))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()

    def tell(self, event: type[contracts.Event], *, message_id: str | None = None, **changes: Any) -> str:
        """Publish an event's example with changes, as the relay would; its id."""
        data = contracts.dump(event(), contracts.load(event(), {**event.EXAMPLE, **changes}))
        told = message_id or new_id()
        attributes = wire.EventAttributes(
            told, event.NAME, event.VERSION, "intake", "x", SystemClock().now().isoformat()
        )
        self._channel.basic_publish(
            wire.events_exchange("intake"), event.NAME, wire.encode(data),
            pika.BasicProperties(
                message_id=told, delivery_mode=2, type=event.NAME, content_type=wire.CONTENT_TYPE,
                headers=attributes.to_headers(),
            ),
            mandatory=True,
        )  # fmt: skip
        return told

    def close(self) -> None:
        self._connection.close()


def _contact(store: Store, subject: str) -> None:
    data: Mapping[str, Any] = {
        "subject": subject, "version": 1, "roles": ["applicant"], "unit": None, "email": f"{subject}@example.org",
        "phone": None, "language": "zh", "quiet_from": None, "quiet_until": None, "email_since": None, "phone_since": None,
    }  # fmt: skip
    with store.transaction() as tx, tx.savepoint():
        contacts.keep(tx.work(Context(message_id=new_id())), dict(data), frozenset({"mail"}))


def test_an_event_becomes_one_mail(declared: VirtualHost, database_url: str, tmp_path: Path) -> None:
    """Told in the wrong order and twice; a server that is busy at first gets it later, under one Message-ID."""
    upgrade("notifications", database_url)
    keep_secret(tmp_path / "ring", "ring")
    keys = (tmp_path / "ring").read_text(encoding="utf-8")
    store = Store.open(database_url, service="notifications", field_keys=keys)
    _contact(store, "anna")
    port, log = Port(), tmp_path / "notifications.log"
    with CaptureServer() as post:
        env = {
            "ZHIHENG_ENVIRONMENT": "test", "ZHIHENG_AMQP_URI": declared.uri_for("notifications"),
            "ZHIHENG_DATABASE_URL": database_url, "ZHIHENG_FIELD_KEYS": keys, "ZHIHENG_HEALTH_PORT": str(port.number),
            "ZHIHENG_RETRY_TIERS": ",".join(map(str, TIERS)), "ZHIHENG_MAIL_HOST": "127.0.0.1",
            "ZHIHENG_MAIL_PORT": str(post.port), "ZHIHENG_MAIL_SECURITY": "none", "ZHIHENG_MESSAGES_BACKOFF": "0.2",
            "ZHIHENG_MAIL_FROM": "award@example.org",
        }  # fmt: skip
        module = "services.notifications.service:Notifications"
        child = python("-m", "shared.bus.run", module, env=env, log=log)
        publisher = Publisher(declared)
        try:
            with post.behaving("busy"):
                publisher.tell(ApplicationAccepted)
                asked = publisher.tell(CorrectionAsked)
                publisher.tell(CorrectionAsked, message_id=asked)
                cycle = {"rulebook": "changning-2023", "rehearsal": False}
                publisher.tell(CycleOpened, **cycle)
                until(lambda: post.refusals >= 2, f"both are tried\n{log.read_text()[-2000:]}")
            until(lambda: len(post.mails) >= 2, "both mails come")
            subjects = sorted(str(message_from_bytes(mail.content)["Message-ID"]) for mail in post.mails)
            assert len(set(subjects)) == len(post.mails) == 2
            assert {tuple(mail.recipients) for mail in post.mails} == {("anna@example.org",)}
        finally:
            publisher.close()
            code = child.terminate(20)
            store.close()
            port.release()
    assert code == 0, log.read_text()[-2000:]
    assert {name: n for name, n in declared.queues().items() if n and name.endswith(".parking")} == {}
