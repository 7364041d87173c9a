"""Mail 邮件 over SMTP: plain text alone, TLS before anything is said, one connection a message.

Its Message-ID is the delivery's, and the same each time. That lets mailboxes and people see a second copy for what it is, but no
server has to look at it; so what may have been taken is not sent again by itself (RFC 5321, 4.5.3.2.6, names the case).

What a server says in words is not kept: it may hold an address. Codes from 400 on may pass, from 500 on they are for good, but
for a sign-in that is refused: that is the installation's fault, not the message's.
"""

from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from services.notifications.channels.port import ChannelRefused, ChannelSilent, ChannelUnsure, Outgoing

_FOR_GOOD = 500


@dataclass(frozen=True)
class MailSettings:
    """The server. `security`: `starttls`, `tls` from the first byte, or `none`; `authority`: PEM beside the system's; the timeout
    is in seconds, of each step; `at_once` connections at most.
    """

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    timeout: float = 10.0
    at_once: int = 4


class _Post(smtplib.SMTP):
    """Tells a line that broke before the mail was all said from one that broke when only its answer was missing."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        """The mail itself. Raises ChannelUnsure where it went out and no answer came."""
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise  # an answer, and no
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise ChannelUnsure(f"no answer to the mail: {type(error).__name__}") from None


class _SecurePost(_Post, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class Mail:
    """The port over SMTP. Safe to share between threads."""

    knows_again = False

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._places = threading.BoundedSemaphore(settings.at_once)
        self._domain = parseaddr(settings.sender)[1].rpartition("@")[2] or "localhost"

    def place(self) -> AbstractContextManager[object]:
        """One of the connections that this process may have at once."""
        return self._places

    def send(self, message: Outgoing) -> str:
        """Hand a mail over; the receipt is its Message-ID."""
        mail = self._written(message)
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise _failure(code, "the address") from None
        except smtplib.SMTPAuthenticationError as refused:
            raise ChannelSilent(f"the server refuses our sign-in: {refused.smtp_code}") from None
        except smtplib.SMTPResponseException as refused:
            raise _failure(refused.smtp_code, "the mail") from None
        except smtplib.SMTPNotSupportedError:
            raise ChannelSilent("the server lacks what was asked of it") from None
        except (smtplib.SMTPException, OSError) as error:
            raise ChannelSilent(type(error).__name__) from None
        return str(mail["Message-ID"])

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        given = self._settings
        server: smtplib.SMTP
        if given.security == "tls":
            server = _SecurePost(
                given.host, given.port, self._domain, timeout=given.timeout, context=self._context()
            )
        else:
            server = _Post(given.host, given.port, self._domain, timeout=given.timeout)
        try:
            if given.security == "starttls":
                server.starttls(context=self._context())
            if given.user:
                server.login(given.user, given.password)
            yield server
            with suppress(smtplib.SMTPException, OSError):
                server.quit()  # whatever becomes of the farewell, the mail was taken
        finally:
            server.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._settings.authority:
            context.load_verify_locations(cadata=self._settings.authority)
        return context

    def _written(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage(policy=SMTP)
        name, address = parseaddr(self._settings.sender)
        try:
            mail["From"] = Address(name, addr_spec=address)
            mail["To"] = Address(addr_spec=message.to)
            mail["Subject"] = message.subject
        except (ValueError, IndexError) as error:
            raise ChannelRefused(f"not an address: {type(error).__name__}") from None
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note answers it
        mail.set_content(message.text, cte="base64")
        mail["Content-Language"] = "zh-Hans" if message.language == "zh" else "en"
        return mail


def fit_sender(text: str) -> bool:
    """Whether a sender is one that a mail can bear; else every mail would be refused for a reason that is not its own."""
    name, address = parseaddr(text)
    try:
        Address(name, addr_spec=address)
    except (ValueError, IndexError):
        return False
    return "@" in address


def _failure(code: int, what: str) -> ChannelSilent | ChannelRefused:
    if code >= _FOR_GOOD:
        return ChannelRefused(f"{what} is refused: {code}")
    return ChannelSilent(f"{what} is not taken now: {code}")
