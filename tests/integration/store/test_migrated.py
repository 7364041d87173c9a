"""Databases that tests get by replaying a migration's statements are those that the migration makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.local.services import STORES
from shared.store.migrate import current, head, schema_differences
from tests.support.migrated import migrate


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("service", STORES)
def test_the_replayed_database_is_the_migrated_one(
    service: str, kind: str, new_database: Callable[[str], str]
) -> None:
    """Revision, tables and the audit log's guards are those of the models; the second database is a replayed one."""
    migrate(service, new_database(kind))
    replayed = new_database(kind)
    migrate(service, replayed)
    assert current(service, replayed) == head(service)
    assert schema_differences(service, replayed) == []
