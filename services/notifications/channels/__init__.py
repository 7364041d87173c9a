"""渠道: the port to the ways by which messages leave the house, and its adapters."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from services.notifications.channels.mail import Mail, MailSettings, fit_sender
from services.notifications.channels.port import (
    Channel,
    ChannelRefused,
    ChannelSilent,
    ChannelUnsure,
    Outgoing,
)
from services.notifications.channels.sms import Sms, SmsSettings
from shared.clock import open_clock
from shared.config import ConfigurationError, Settings

__all__ = [
    "Channel",
    "ChannelRefused",
    "ChannelSilent",
    "ChannelUnsure",
    "Mail",
    "MailSettings",
    "Outgoing",
    "Sms",
    "SmsSettings",
    "channels_of",
]

_SECURE = ("starttls", "tls")


@lru_cache(maxsize=4)
def channels_of(settings: Settings) -> Mapping[str, Channel]:
    """The ways that the settings describe, by name; those that are not set up are not there. Raises ConfigurationError."""
    found: dict[str, Channel] = {}
    if settings.mail_host:
        found["mail"] = Mail(_mail(settings))
    if settings.sms_url:
        settings.require("sms_secret")
        given = SmsSettings(settings.sms_url, settings.sms_secret, settings.sms_timeout)
        found["sms"] = Sms(given, open_clock(settings))
    return found


def _mail(settings: Settings) -> MailSettings:
    settings.require("mail_from")
    if not fit_sender(settings.mail_from):
        raise ConfigurationError("ZHIHENG_MAIL_FROM: name <address>")
    if settings.environment == "production" and settings.mail_security not in _SECURE:
        raise ConfigurationError("ZHIHENG_MAIL_SECURITY: in production mail goes out by starttls or tls")
    if bool(settings.mail_user) != bool(settings.mail_password):
        raise ConfigurationError("ZHIHENG_MAIL_USER and ZHIHENG_MAIL_PASSWORD: both or none")
    return MailSettings(
        host=settings.mail_host, port=settings.mail_port, security=settings.mail_security, sender=settings.mail_from,
        user=settings.mail_user, password=settings.mail_password, authority=settings.mail_authority,
        timeout=settings.mail_timeout, at_once=settings.mail_at_once,
    )  # fmt: skip
