"""Accounts that notifications has not been told of are found by an index; which accounts have a password of their holder's."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("has_password", sa.Boolean(), nullable=False, server_default=sa.true()))
    _made_by_providers()
    with op.batch_alter_table("told_contacts") as told:
        told.drop_column("state")
    untold = sa.text("told IS FALSE")
    op.create_index(
        "ix_told_contacts_untold",
        "told_contacts",
        ["account_id"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    # Everybody is told once more: what changed just before is not known any more.
    op.execute("UPDATE told_contacts SET told = FALSE, version = version + 1")
    op.execute(
        "INSERT INTO told_contacts (account_id, version, told)"
        " SELECT id, 1, FALSE FROM accounts"
        " WHERE id NOT IN (SELECT account_id FROM told_contacts)"
        " AND id IN (SELECT account_id FROM account_roles WHERE role NOT IN ('agency', 'rehearser'))"
    )


def _made_by_providers() -> None:
    """Their user names end in a digest of the identity that made them, and nobody knows a password of theirs."""
    connection = op.get_bind()
    query = sa.text(
        "SELECT accounts.id, accounts.username, linked_identities.issuer, linked_identities.subject"
        " FROM accounts JOIN linked_identities ON linked_identities.account_id = accounts.id"
    )
    for account_id, username, issuer, subject in connection.execute(query).all():
        if username.endswith("." + hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()[:20]):
            made = sa.text("UPDATE accounts SET has_password = FALSE WHERE id = :account")
            connection.execute(made, {"account": account_id})
