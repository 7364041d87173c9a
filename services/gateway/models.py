"""The gateway's tables: who may sign in, with which roles, and which tokens are out; agencies' programs."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from shared.store import EncryptedText, Instant, platform_tables

_NOT_TOLD = text("told IS FALSE")

metadata = MetaData()
tables = platform_tables(metadata)


class Base(DeclarativeBase):
    """Base of the gateway's own tables."""

    metadata = metadata


class Account(Base):
    """账号: somebody who can sign in. `subject` is by what the services know this person or body, `unit` the body that it
    acts for: a department's key, a recommending body's name.
    """

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    subject: Mapped[str] = mapped_column(String(120), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    has_password: Mapped[bool] = mapped_column(
        Boolean, server_default=true()
    )  # its holder's: not where a provider's first sign-in made it
    created_at: Mapped[datetime] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    roles: Mapped[list[AccountRole]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountRole.role"
    )


class AccountRole(Base):
    """角色: one role of one account."""

    __tablename__ = "account_roles"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class Token(Base):
    """令牌: SHA-256 of a bearer token. With a persona it acts in rehearsals only, for its issuer's account."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("(persona_role IS NULL) = (persona_subject IS NULL)", name="tokens_persona_whole"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    persona_role: Mapped[str | None] = mapped_column(String(40))
    persona_subject: Mapped[str | None] = mapped_column(String(120))
    issued_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    scope: Mapped[str | None] = mapped_column(
        String(200)
    )  # of an agency: what it asked for, parted by spaces
    acting_for: Mapped[str | None] = mapped_column(String(32))  # the account whose lent roles it acts in


class SecondFactor(Base):
    """第二因素: the secret that an account shares with an authenticator; it counts once a first code has confirmed it.

    `last_step` is the last half minute of which a code was taken: no code counts twice.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(EncryptedText())
    made_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """恢复码: SHA-256 of 128 random bits that stand in for a code once."""

    __tablename__ = "recovery_codes"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class PendingSignIn(Base):
    """待验证的登录: somebody who has shown the first factor and owes the second; SHA-256 of the ticket for it."""

    __tablename__ = "pending_sign_ins"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class LinkedIdentity(Base):
    """统一身份: a person or body as an agency's identity provider knows it, and the account that it is here."""

    __tablename__ = "linked_identities"

    issuer: Mapped[str] = mapped_column(String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    uscc: Mapped[str | None] = mapped_column(
        String(18)
    )  # of an organization, where the provider vouches for it
    linked_at: Mapped[datetime] = mapped_column(Instant)


class ProviderSignIn(Base):
    """在外登录: a browser that was sent to an identity provider and is to come back with this state, once.

    State, browser and nonce are digests; the verifier is what the provider was given the digest of.
    """

    __tablename__ = "provider_sign_ins"

    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64))
    provider: Mapped[str] = mapped_column(String(40))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(EncryptedText())
    account_id: Mapped[str | None] = mapped_column(String(32))  # whose holder adds an identity to it
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)


class Delegation(Base):
    """代办: an account lends one of its roles to another account for some days."""

    __tablename__ = "delegations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    giver: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    helper: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(500))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(120))
    ended_reason: Mapped[str | None] = mapped_column(String(500))


class AgencyClient(Base):
    """部门接口用户: a program of an agency. Its account holds name, department and whether it is shut."""

    __tablename__ = "agency_clients"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    purposes: Mapped[list[str]] = mapped_column(JSON)


class AgencySecret(Base):
    """部门接口密钥: SHA-256 of a client's secret; at most two are valid at once, while one replaces the other."""

    __tablename__ = "agency_secrets"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("agency_clients.account_id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)


class AgencyUsage(Base):
    """部门接口用量: how many requests a client made in one window, counted where every replica sees it."""

    __tablename__ = "agency_usage"

    account_id: Mapped[str] = mapped_column(ForeignKey("agency_clients.account_id"), primary_key=True)
    begun: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False
    )  # seconds since 1970
    requests: Mapped[int] = mapped_column(Integer)


class Upload(Base):
    """续传: a file that comes in parts. `owner` is account and subject; `digest` is there once it is whole, `file_id` once
    intake has taken note of it.
    """

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(240))
    application_id: Mapped[str] = mapped_column(String(64))
    use: Mapped[str] = mapped_column(String(10))
    material: Mapped[str | None] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    replaces: Mapped[str | None] = mapped_column(String(64))
    length: Mapped[int] = mapped_column(BigInteger)  # bytes
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
    writer: Mapped[str | None] = mapped_column(String(64))  # who writes to it just now, until when
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    digest: Mapped[str | None] = mapped_column(String(100))
    file_id: Mapped[str | None] = mapped_column(String(64))


class FailedLogin(Base):
    """登录失败: failed sign-ins in a row for one name or one address, kept as digests."""

    __tablename__ = "failed_logins"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)


class BrowserSession(Base):
    """会话: a token that is a browser's cookie; when it was used last, and what its next page shows once (sealed)."""

    __tablename__ = "browser_sessions"

    digest: Mapped[str] = mapped_column(ForeignKey("tokens.digest", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Instant, index=True)
    carried: Mapped[str | None] = mapped_column(Text)


class Addresses(Base):
    """联系方式: where the holder of an account wants to be told, as the holder wrote it; encrypted. Times are HH:MM."""

    __tablename__ = "addresses"

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    email: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(2))
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    version: Mapped[int] = mapped_column(Integer)  # of what the holder wrote, from 1
    email_since: Mapped[datetime | None] = mapped_column(Instant)  # what is due from then on goes there
    phone_since: Mapped[datetime | None] = mapped_column(Instant)


class ToldContact(Base):
    """已告知: of an account, whether notifications was told of it as it is. `version` grows with each change that it has to hear.

    Written in the transaction of the change itself, so that a look finds those who changed and reads nobody else.
    """

    __tablename__ = "told_contacts"
    __table_args__ = (
        Index("ix_told_contacts_untold", "account_id", sqlite_where=_NOT_TOLD, postgresql_where=_NOT_TOLD),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    told: Mapped[bool] = mapped_column(Boolean)
