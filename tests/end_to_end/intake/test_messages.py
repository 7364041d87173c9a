"""What somebody has to do comes by mail, by telephone and into the portal, over all the processes there are."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import requests

from deploy.stubs.signatures import signed
from tests.end_to_end.intake.conftest import CODES, City, Dossier, until

pytestmark = pytest.mark.e2e


def test_a_correction_reaches_whoever_has_to_make_it(city: City, cycle: str) -> None:
    """By the address that its holder wrote, and nobody else; the portal has it for those without one; unread until it is read."""
    post = city.post
    assert post is not None
    paul, quinn = city.person("paul", "applicant"), city.person("quinn", "applicant")
    given = {"email": "paul@example.org", "phone": "13800000001", "language": "zh"}
    assert paul.ok("PUT", "/me/addresses", given)["email"] == "paul@example.org"
    assert quinn.ok("GET", "/me/addresses")["email"] is None
    dossier = Dossier(city, cycle, paul)
    code = paul.ok("POST", f"{dossier.path}/invitations", {"role": "reader"})["code"]
    quinn.ok("POST", "/invitations/acceptance", {"code": code})
    parts = {"uscc": next(CODES), "facts.region": "杭州市西湖区"}
    paul.ok("PATCH", dossier.path, {"revision": 1, "parts": parts})
    paul.ok("POST", f"{dossier.path}/submission")
    items = [{"field": "facts.region", "reason": "请填写完整地址"}]
    due_on = city.office.ok("POST", f"{dossier.path}/return", {"items": items})["correction_due_on"]

    (got,) = until("the mail comes", lambda: [m for m in post.mails if "paul@example.org" in m.recipients])
    mail = message_from_bytes(got.content, policy=default)
    year, month, day = (int(part) for part in due_on.split("-"))
    assert f"{year}年{month}月{day}日" in mail.get_content()
    assert "补正" in mail["Subject"]
    assert "完整地址" not in mail.get_content()
    assert got.recipients == ["paul@example.org"]
    for person in (paul, quinn):
        page = person.ok("GET", "/me/notifications?unread=yes")
        (message,) = page["messages"]
        assert (message["application_id"], page["unread"]) == (dossier.id, 1)
        person.ok("PUT", "/me/notifications/read", {"message_ids": [message["message_id"]]})
        assert person.ok("GET", "/me/notifications")["unread"] == 0
    assert city.person("eve", "applicant").ok("GET", "/me/notifications")["total"] == 0
    taken = until("the telephone rings", lambda: _short_messages(city))
    assert [message["to"] for message in taken] == ["13800000001"]


def _short_messages(city: City) -> list[dict[str, Any]]:
    """What the stub of the telephone operator was given."""
    secret, path = city.stack.secrets.departments.read_text(encoding="utf-8").strip(), "/sms/messages"
    headers = signed(secret, city.stack.clock.now().timestamp(), "GET", path, b"")
    answer = requests.get(city.stack.stubs_url + path, headers=headers, timeout=10)
    return list(answer.json()["messages"])
