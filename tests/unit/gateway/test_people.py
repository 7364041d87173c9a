"""What people are called on paper: by their account's name, by a name that is known otherwise, or as services write them."""

from __future__ import annotations

from typing import Any, cast

from services.gateway.identity import Identity
from services.gateway.packages.describing import destruction_list
from services.gateway.people import called, named, said_of
from shared.documents import Entries

_LIST = {
    "list_id": "l1", "cycle_id": "c1", "keep_until": "2036-07-01", "reason": "期满", "digest": "sha256:abc", "state": "executed",
    "lines": [], "prepared_by": "office-1", "prepared_on": "2036-07-02", "first_by": "mei", "first_role": "award_office",
    "first_on": "2036-07-03", "second_by": "zhang", "second_role": "auditor", "second_on": "2036-07-04",
    "executed_by": "office-1", "executed_on": "2036-07-05", "withdrawn_by": None, "withdrawn_on": None,
}  # fmt: skip


class _Accounts:
    """Two accounts, and how often was asked for one."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def name_of_subject(self, subject: str) -> str | None:
        self.asked.append(subject)
        return {"office-1": "陈明", "mei": "梅青"}.get(subject)


def test_each_is_looked_up_once_and_the_unknown_stay() -> None:
    """An account's name, what is known otherwise, and the subject itself."""
    accounts = _Accounts()
    name = named(cast(Identity, accounts), {"a1b2c3d4e5": "示例公司"})
    assert [name(each) for each in ("mei", "mei", "a1b2c3d4e5", "E9")] == ["梅青", "梅青", "示例公司", "E9"]
    assert accounts.asked == ["mei", "E9"]


def test_an_alert_says_names() -> None:
    """In its subject and in its sentence; a short subject may be a word of the sentence and is left there."""
    name = named(cast(Identity, _Accounts()), {"a1b2c3d4e5": "示例公司"})
    alert = {
        "subject": "mei/a1b2c3d4e5",
        "reason_zh": "mei 参与了 a1b2c3d4e5",
        "reason_en": "mei took part in a1b2c3d4e5",
    }
    assert called(name, "mei/a1b2c3d4e5") == "梅青 / 示例公司"
    assert said_of(name, alert) == ("mei 参与了 示例公司", "mei took part in 示例公司")


def test_a_destruction_list_is_signed_by_name() -> None:
    """Who prepared, signed and carried it out, on days as people write them."""
    document = destruction_list(_LIST, named(cast(Identity, _Accounts())))
    rows: dict[str, Any] = dict(next(b for b in document.parts[0].blocks if isinstance(b, Entries)).rows)
    assert rows["编制"] == "陈明，2036年7月2日"
    assert rows["签字一"] == "梅青（评审办公室），2036年7月3日"
    assert rows["签字二"] == "zhang（审计），2036年7月4日"
    assert rows["执行"] == "陈明，2036年7月5日"
