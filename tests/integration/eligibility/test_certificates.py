"""Certificates and the register, on both databases: numbers, signatures, what the public may read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from services.eligibility.honours.certificates import key_ring
from shared.config import ConfigurationError, Settings
from shared.problems import Conflict, Forbidden, NotFound, Problem, Unavailable
from shared.signatures import KeyRing, make_private
from shared.signatures.certificates import address
from tests.support.honours import AWARDED, LATER, House
from tests.support.rooms import CHANGNING, CYCLE

pytestmark = pytest.mark.integration

TOP, GOLD = (level.name for level in CHANGNING.levels)
MODELS, RESULTS = (track.name for track in CHANGNING.tracks)


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    found = House(database_url)
    yield found
    found.desk.close()


def four(house: House) -> None:
    """Four winners, entered in no order."""
    for number, (name, more) in enumerate(
        {
            "g1": {}, "t2": {"kind": "individual", "name": "王芳"}, "g2": {"uscc": "91310105MAXY500219"}, "t1": {},
        }.items(), start=1,
    ):  # fmt: skip
        house.enter(name, number, **more)
    house.confer(("g2", GOLD, MODELS), ("g1", GOLD, MODELS), ("t2", TOP, RESULTS), ("t1", TOP, MODELS))


def numbers(house: House) -> dict[str, Any]:
    return {
        each["application_id"]: each["number"]
        for each in house.call("honours", "public", "", cycle_id=CYCLE)["honours"]
    }


def test_numbers_follow_the_rulebook(house: House) -> None:
    """By level, then track, then submission; a later closing and another cycle of the year go on counting."""
    four(house)
    assert numbers(house) == {
        "t1": "CHANGNING-2025-1-001", "t2": "CHANGNING-2025-1-002",
        "g1": "CHANGNING-2025-2-001", "g2": "CHANGNING-2025-2-002",
    }  # fmt: skip
    house.open_cycle("c2", budget_fen=None, rehearsal=False, year=2025)
    house.enter("x1", 1, cycle_id="c2")
    house.confer(("x1", TOP, MODELS), cycle_id="c2")
    (other,) = house.call("honours", "public", "", cycle_id="c2")["honours"]
    assert other["number"] == "CHANGNING-2025-1-003"


def test_the_public_register_finds_and_pages(house: House) -> None:
    """By part of a name, code, year, level; individuals by name without their employer's code; a page at a time."""
    four(house)
    house.enter("_", 9, name="100%_示例")
    house.confer(("_", GOLD, MODELS))
    everything = house.call("award_register", "public", "", size=200)
    assert (len(everything["entries"]), everything["total"], everything["next"]) == (5, 5, None)
    (person,) = house.call("award_register", "public", "", name="王")["entries"]
    assert (person["name"], person["uscc"], person["level"], person["year"]) == ("王芳", None, TOP, 2025)
    assert person["title"] == "长宁区区长质量奖"
    assert house.call("award_register", "public", "", name="%_")["total"] == 1, "a filter is no pattern"
    assert house.call("award_register", "public", "", uscc="91310105MAXY500219")["total"] == 1
    assert house.call("award_register", "public", "", year=2024)["total"] == 0
    assert house.call("award_register", "public", "", number=person["number"])["total"] == 1
    seen, after = [], None
    while True:
        page = house.call("award_register", "public", "", size=2, after=after)
        seen += [entry["number"] for entry in page["entries"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(entry["number"] for entry in everything["entries"])
    with pytest.raises(Problem):
        house.call("award_register", "public", "", after="nonsense")


def test_the_register_marks_what_was_revoked(house: House) -> None:
    """It stays in it, with the day and the article."""
    house.win()
    house.at(LATER)
    house.revoke()
    (entry,) = house.call("award_register", "public", "", revoked=True)["entries"]
    assert (entry["revoked_on"], entry["revoked_under"]) == (str(LATER), "34")
    assert house.call("award_register", "public", "", revoked=False)["total"] == 0


def test_a_certificate_from_award_to_revocation(house: House) -> None:
    """Issued once, verified as it stands: valid, replaced, revoked."""
    house.win()
    with pytest.raises(NotFound):
        house.call("certificate", application_id="a1")
    (first,) = house.call("issue_certificates", cycle_id=CYCLE)["certificates"]
    again = house.call("issue_certificates", cycle_id=CYCLE)["certificates"]
    assert again == [first], "asking again issues nothing"
    assert (first["number"], first["title"], first["issue"], first["algorithm"]) == (
        "CHANGNING-2025-1-001", "长宁区区长质量奖", 1, "ed25519",
    )  # fmt: skip
    said = house.call("verify_certificate", "public", "", text=address("https://example.org", first["token"]))
    assert (said["genuine"], said["standing"], said["certificate"]["name"]) == (True, "valid", "示例1")
    second = house.call("reissue_certificate", application_id="a1", reason="证书遗失")
    assert (second["issue"], second["number"]) == (2, first["number"])
    assert house.call("verify_certificate", "public", "", text=first["token"])["standing"] == "replaced"
    assert house.call("verify_certificate", "public", "", text=second["token"])["standing"] == "valid"
    house.at(LATER)
    house.revoke()
    said = house.call("verify_certificate", "public", "", text=second["token"])
    assert (said["genuine"], said["standing"], said["revoked_on"]) == (True, "revoked", str(LATER))
    with pytest.raises(Conflict):
        house.call("reissue_certificate", application_id="a1", reason="证书遗失")


def test_a_changed_certificate_is_not_genuine(house: House) -> None:
    """Any letter of the text changed: nothing is said of whose it was, and its reason is told."""
    house.win()
    (issued,) = house.call("issue_certificates", cycle_id=CYCLE)["certificates"]
    token = issued["token"]
    for at in range(0, len(token), 9):
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        said = house.call("verify_certificate", "public", "", text=changed)
        assert (said["genuine"], said["standing"], said["certificate"]) == (False, "not_genuine", None), at
    house.ring = KeyRing(make_private("ed25519"))
    assert "公钥" in house.call("verify_certificate", "public", "", text=token)["reason_zh"]


def test_keys_are_changed_and_old_certificates_stay_good(house: House) -> None:
    """From Ed25519 to SM2: the former public key stays published, new certificates are signed with the new one."""
    house.win()
    (old,) = house.call("issue_certificates", cycle_id=CYCLE)["certificates"]
    former = house.call("certificate_keys", "public", "")["keys"][0]
    import json

    house.ring = KeyRing(make_private("sm2"), json.dumps({"keys": [former]}))
    new = house.call("reissue_certificate", application_id="a1", reason="更换密钥")
    assert (new["algorithm"], old["algorithm"]) == ("sm2", "ed25519")
    assert house.call("verify_certificate", "public", "", text=new["token"])["standing"] == "valid"
    assert house.call("verify_certificate", "public", "", text=old["token"])["standing"] == "replaced"
    assert len(house.call("certificate_keys", "public", "")["keys"]) == 2


def test_a_certificate_that_the_register_does_not_know(house: House, database_url: str) -> None:
    """Signed with our key but never issued: genuine as a text, unknown as a certificate."""
    from shared.signatures.certificates import Certificate, signed

    assert house.ring is not None
    invented = Certificate("CHANGNING-2025-1-009", "示例", TOP, TOP, MODELS, 2025, AWARDED)
    said = house.call("verify_certificate", "public", "", text=signed(invented, house.ring.current))
    assert (said["genuine"], said["standing"]) == (True, "unknown")


def test_a_rehearsals_certificate_says_so(database_url: str) -> None:
    """It is never taken for a real one."""
    house = House(database_url, rehearsal=True)
    house.enter("a1", 1)
    house.confer(("a1", TOP, MODELS), on=AWARDED)
    (issued,) = house.call("issue_certificates", cycle_id=CYCLE)["certificates"]
    assert issued["rehearsal"]
    assert house.call("verify_certificate", "public", "", text=issued["token"])["standing"] == "rehearsal"
    house.desk.close()


def test_who_gets_a_certificate(house: House) -> None:
    """The office and its watchers any, a winner its own: its readers too, nobody else's people."""
    four(house)
    house.call("issue_certificates", cycle_id=CYCLE)
    assert house.call("certificate", "applicant", "g1.reader", application_id="g1")["application_id"] == "g1"
    assert house.call("certificate", "auditor", application_id="t2")["name"] == "王芳"
    with pytest.raises(NotFound):
        house.call("certificate", "applicant", "g1.lead", application_id="g2")


def test_without_a_key_nothing_is_issued(house: House) -> None:
    """And nothing verifies; wrong keys stop the start."""
    house.win()
    house.ring = None
    with pytest.raises(Unavailable):
        house.call("issue_certificates", cycle_id=CYCLE)
    assert house.call("certificate_keys", "public", "")["keys"] == []
    assert key_ring(Settings()) is None
    with pytest.raises(ConfigurationError, match="CERTIFICATE_SIGNING_KEY"):
        key_ring(Settings(certificate_signing_key="no key"))


# --- the use of the title -----------------------------------------------------------------------------------------


def breach(house: House) -> str:
    found: str = house.call(
        "record_title_breach",
        application_id="a1",
        on=str(house.day),
        place="产品包装",
        found_by="巡查",
        papers=["photo"],
    )["breach_id"]
    return found


def test_a_breach_is_ordered_corrected_and_confirmed(house: House) -> None:
    """Article 33: an order, no revocation; the winner sees the order, not who found it."""
    house.win()
    house.at(LATER)
    breach_id = breach(house)
    assert house.call("my_title_breaches", "applicant", "a1.lead")["breaches"] == []
    ordered = house.call("order_correction", breach_id=breach_id, ordered="撤下称号")
    assert (ordered["state"], ordered["correct_by"], ordered["rule"]) == ("ordered", "2026-03-09", "33")
    (own,) = house.call("my_title_breaches", "applicant", "a1.lead")["breaches"]
    assert "巡查" not in str(own)
    assert "photo" not in str(own)
    house.call(
        "report_correction",
        "applicant",
        "a1.lead",
        breach_id=breach_id,
        correction="已撤下",
        papers=["after"],
    )
    again = house.call("settle_title_breach", breach_id=breach_id, outcome="order_again", note="仍有库存")
    assert again["state"] == "ordered"
    house.call("report_correction", "applicant", "a1.lead", breach_id=breach_id, correction="全部撤下")
    assert (
        house.call("settle_title_breach", breach_id=breach_id, outcome="confirm", note="核实")["state"]
        == "confirmed"
    )
    (honour,) = house.call("honours", "public", "", cycle_id=CYCLE)["honours"]
    assert ([order["order"] for order in honour["orders"]], honour["revoked_on"]) == (
        ["correct_title_use"],
        None,
    )
    with pytest.raises(Conflict):
        house.call("settle_title_breach", breach_id=breach_id, outcome="dismiss", note="迟了")


def test_an_order_that_nobody_follows_is_overdue(house: House) -> None:
    """The day after its last one; a late correction is taken all the same."""
    from services.eligibility.honours import breaches

    house.win()
    house.at(LATER)
    breach_id = breach(house)
    house.call("order_correction", breach_id=breach_id, ordered="撤下称号")
    for day, state in ((date(2026, 3, 9), "ordered"), (date(2026, 3, 10), "overdue")):
        house.at(day)
        with house.desk.work() as work:
            breaches.let_lapse(work)
            breaches.let_lapse(work)
        assert house.call("title_breaches")["breaches"][0]["state"] == state
    assert house.desk.actions().count("breach:overdue") == 1
    done = house.call("report_correction", "applicant", "a1.lead", breach_id=breach_id, correction="已撤下")
    assert done["state"] == "corrected"


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("settle_title_breach", {"outcome": "confirm", "note": "x"}),
        ("settle_title_breach", {"outcome": "order_again", "note": "x"}),
    ],
)
def test_what_was_only_recorded_is_ordered_or_dismissed(
    house: House, method: str, more: dict[str, Any]
) -> None:
    """Nothing else becomes of it, and a dismissed one is over."""
    house.win()
    breach_id = breach(house)
    with pytest.raises(Conflict):
        house.call(method, breach_id=breach_id, **more)
    with pytest.raises(NotFound):
        house.call("report_correction", "applicant", "a1.lead", breach_id=breach_id, correction="x")
    assert (
        house.call("settle_title_breach", breach_id=breach_id, outcome="dismiss", note="合规")["state"]
        == "dismissed"
    )
    with pytest.raises(Conflict):
        house.call("order_correction", breach_id=breach_id, ordered="撤下")


def test_only_the_winner_reports_its_correction(house: House) -> None:
    """Not its readers, and nobody else's people."""
    house.win()
    house.enter("a2", 2)
    breach_id = breach(house)
    house.call("order_correction", breach_id=breach_id, ordered="撤下")
    with pytest.raises(NotFound):
        house.call("report_correction", "applicant", "a2.lead", breach_id=breach_id, correction="x")
    with pytest.raises(Forbidden):
        house.call("report_correction", "applicant", "a1.reader", breach_id=breach_id, correction="x")
