"""One contract for every way out: mail against a server that captures, short messages against the stub's own server, the fake."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest

from deploy.stubs.server import Departments, Server
from deploy.stubs.worlds import Worlds
from services.notifications.channels import (
    Channel,
    ChannelRefused,
    ChannelSilent,
    ChannelUnsure,
    Mail,
    MailSettings,
    Outgoing,
    Sms,
    SmsSettings,
    channels_of,
)
from shared.clock import SHANGHAI, SystemClock
from shared.config import ConfigurationError, Settings
from tests.support.messages import CaptureServer, MemoryChannel

pytestmark = pytest.mark.contract

SECRET = "a secret of the tests"
MESSAGE = Outgoing(
    id="0199a1b2c3d47e5f8a9b0c1d2e3f4a5b", to="", language="zh", subject="示例奖：申报退回补正",
    text="您的申报已退回补正，请于2025年6月20日前办理。\n", short="申报已退回补正，请登录系统办理。" * 5,
    at=datetime(2025, 6, 16, 10, tzinfo=SHANGHAI),
)  # fmt: skip


@pytest.fixture(scope="module")
def stub() -> Iterator[Server]:
    """The stub of the operator's gateway, on a port of its own."""
    with Server(("127.0.0.1", 0), Departments(Worlds(), SystemClock(), SECRET)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


@pytest.fixture(scope="module")
def post() -> Iterator[CaptureServer]:
    """A mail server, which keeps what it is given."""
    with CaptureServer() as server:
        yield server


@dataclass
class Way:
    """A channel; an address that is taken, one that is refused, one that gets no answer."""

    channel: Channel
    good: str
    refused: str
    away: str


def mail(server: CaptureServer, **changes: Any) -> Mail:
    given = MailSettings("127.0.0.1", server.port, "none", "质衡 <award@example.org>", timeout=2.0)
    return Mail(replace(given, **changes))


def sms(stub: Server, **changes: Any) -> Sms:
    given = SmsSettings(f"http://127.0.0.1:{stub.port}/sms", SECRET, 2.0)
    return Sms(replace(given, **changes), SystemClock())


@pytest.fixture(params=["mail", "sms", "fake"])
def way(request: pytest.FixtureRequest, stub: Server, post: CaptureServer) -> Way:
    """Every way there is."""
    if request.param == "sms":
        return Way(sms(stub), "13800000000", "19900000000", "19800000000")
    addresses = ("anna@example.org", "refused@example.org", "away@example.org")
    return Way(mail(post) if request.param == "mail" else MemoryChannel(), *addresses)


def test_what_is_taken_has_a_receipt(way: Way) -> None:
    """And the same message again is the same message, with the same receipt."""
    first = way.channel.send(replace(MESSAGE, to=way.good))
    assert 0 < len(first) <= 200
    assert way.channel.send(replace(MESSAGE, to=way.good)) == first


def test_a_refusal_is_for_good(way: Way) -> None:
    """Its reason says nothing of the address."""
    with pytest.raises(ChannelRefused) as refused:
        way.channel.send(replace(MESSAGE, id="r1", to=way.refused))
    assert way.refused not in refused.value.reason


def test_silence_may_pass(way: Way) -> None:
    """A server that cannot just now is no refusal."""
    with pytest.raises(ChannelSilent) as silent:
        way.channel.send(replace(MESSAGE, id="s1", to=way.away))
    assert way.away not in silent.value.reason


# --- mail -----------------------------------------------------------------------------------------------------------


def test_a_mail_is_plain_text_with_the_delivery_s_id(post: CaptureServer) -> None:
    """Chinese survives; nothing in it is remote, nobody else is named, no absence note answers it."""
    post.clear()
    mail(post).send(replace(MESSAGE, to="anna@example.org"))
    (got,) = post.mails
    read = message_from_bytes(got.content, policy=default)
    assert (got.sender, got.recipients) == ("award@example.org", ["anna@example.org"])
    assert (read["Subject"], read.get_content_type()) == (MESSAGE.subject, "text/plain")
    assert read.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert read["Message-ID"] == f"<{MESSAGE.id}@example.org>"
    assert (read["Auto-Submitted"], read["Content-Language"]) == ("auto-generated", "zh-Hans")
    assert read["Date"].datetime == MESSAGE.at


@pytest.mark.parametrize("conduct", ["slow", "drop"])
def test_a_mail_without_an_answer_may_have_been_taken(post: CaptureServer, conduct: str) -> None:
    """It was said as a whole; then there was nothing for longer than the time-out, or the line was cut."""
    channel = mail(post, timeout=0.3)
    with post.behaving(conduct), pytest.raises(ChannelUnsure) as unsure:
        channel.send(replace(MESSAGE, to="anna@example.org"))
    assert "anna" not in unsure.value.reason


def test_a_mail_that_was_taken_is_sent_whatever_the_farewell(post: CaptureServer) -> None:
    """A server that has enough after it took a mail has taken it."""
    post.clear()
    with post.behaving("rude"):
        assert mail(post).send(replace(MESSAGE, to="anna@example.org"))
    assert len(post.mails) == 1


@pytest.mark.parametrize("conduct", ["busy", "gone"])
def test_a_server_in_trouble_is_silence(post: CaptureServer, conduct: str) -> None:
    """It cannot just now, or is not there."""
    channel = mail(post, timeout=0.3, **({"port": 1} if conduct == "gone" else {}))
    with post.behaving(conduct), pytest.raises(ChannelSilent):
        channel.send(replace(MESSAGE, to="anna@example.org"))


def test_a_server_that_refuses_the_mail_itself_refuses_it(post: CaptureServer) -> None:
    with post.behaving("refuse"), pytest.raises(ChannelRefused, match="554"):
        mail(post).send(replace(MESSAGE, to="anna@example.org"))


def test_nothing_is_said_before_the_line_is_secure(post: CaptureServer) -> None:
    """A server without STARTTLS, or that answers a TLS handshake with a greeting, gets no mail."""
    post.clear()
    for security in ("starttls", "tls"):
        with pytest.raises(ChannelSilent):
            mail(post, security=security, timeout=0.5).send(replace(MESSAGE, to="anna@example.org"))
    assert post.mails == []


def test_a_sign_in_that_is_refused_is_not_the_message_s_fault(post: CaptureServer) -> None:
    with pytest.raises(ChannelSilent):
        mail(post, user="zhiheng", password="wrong").send(replace(MESSAGE, to="anna@example.org"))


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@example.org\r\nBcc: eve@example.org", "a b@example.org"]
)
def test_no_address_and_no_header_comes_out_of_an_address(post: CaptureServer, address: str) -> None:
    post.clear()
    with pytest.raises(ChannelRefused):
        mail(post).send(replace(MESSAGE, to=address))
    assert post.mails == []


# --- short messages -------------------------------------------------------------------------------------------------


def test_a_short_message_goes_in_parts(stub: Server) -> None:
    """Of at most 70 characters, of which nothing is lost."""
    sms(stub).send(replace(MESSAGE, id="p1", to="13800000001"))
    _, told = stub.departments._sms.shown()
    (taken,) = [each for each in told["messages"] if each["reference"] == "p1"]
    assert "".join(taken["parts"]) == MESSAGE.short
    assert max(map(len, taken["parts"])) <= 70


def test_a_request_signed_with_another_secret_is_refused(stub: Server) -> None:
    with pytest.raises(ChannelRefused, match="401"):
        sms(stub, secret="another").send(replace(MESSAGE, id="x1", to="13800000000"))


def test_nothing_to_say_is_not_said(stub: Server) -> None:
    with pytest.raises(ChannelRefused):
        sms(stub).send(replace(MESSAGE, id="n1", to="13800000000", short=""))


def test_nobody_at_home_is_silence(stub: Server) -> None:
    with pytest.raises(ChannelSilent):
        sms(stub, url="http://127.0.0.1:1/sms").send(replace(MESSAGE, id="h1", to="13800000000"))


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"mail_host": "mail.example.org"},
        {"mail_host": "mail.example.org", "mail_from": "质衡"},
        {"mail_host": "mail.example.org", "mail_from": "award@example.org", "mail_security": "none"},
        {"mail_host": "mail.example.org", "mail_from": "award@example.org", "mail_user": "award"},
        {"sms_url": "https://sms.example.org"},
    ],
)
def test_what_is_half_set_up_stops_the_start(settings: dict[str, Any]) -> None:
    """No sender, one without an address, no TLS in production, a name without a password, no secret."""
    with pytest.raises(ConfigurationError):
        channels_of(Settings(environment="production", **settings))


def test_without_settings_nothing_leaves_the_house() -> None:
    assert channels_of(Settings()) == {}
    both = Settings(
        mail_host="mail.example.org", mail_from="award@example.org", sms_url="https://sms.example.org",
        sms_secret="hush",
    )  # fmt: skip
    assert set(channels_of(both)) == {"mail", "sms"}
