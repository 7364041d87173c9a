"""From the notice to the money and the years after, by the documented API alone: an objection is heard and dismissed, the
certificate is verified without a network, the money is paid by two, a later record opens a case that takes the award back, and
what is kept of it all is packed so that anybody can check it.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.services import ROOT
from shared.calendar import work_calendar
from tests.end_to_end.intake.award import YUAN, Award
from tests.end_to_end.intake.conftest import City, Person, until
from tests.support import uploads

pytestmark = pytest.mark.e2e

OBJECTOR, NUMBER = "王芳芳", "11010519491231002X"


@pytest.fixture(scope="module")
def award(city: City) -> Award:
    """A cycle whose committee has decided on two applicants."""
    award = Award(city, city.open_cycle(), experts=("Y1", "Y2", "Y3"))
    applications = [award.apply("lasting"), award.apply("fallen")]
    award.to_the_first_review(applications)
    award.review("site_review", applications)
    award.settled("committee", dict.fromkeys(applications, "confirmed"))
    award.convene()
    award.arrive("committee")
    until("the committee hears", lambda: not award.outstanding())
    begun = award.begin("committee")
    assert begun["state"] == "begun", begun
    award.decide_by_vote(set(applications))
    return award


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of the launcher, in a process of its own without a stack."""
    code = "import sys; from deploy.local.cli import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip


def _public(city: City, verb: str, path: str, **more: Any) -> requests.Response:
    return requests.request(verb, f"{city.stack.gateway_url}{path}", timeout=30, **more)


def test_from_the_notice_to_the_packed_records(city: City, award: Award, tmp_path: Path) -> None:
    """One way through; each step is a function below."""
    lasting, fallen = award.codes
    award.post("award")
    _read_by_the_public(city, award)
    _heard_and_dismissed(city, award, fallen)
    award.approve()
    award.close("notice:award")
    award.settled("payment", dict.fromkeys((lasting, fallen), "confirmed"))
    award.paying(dict.fromkeys((lasting, fallen), "computed"))
    _certified(city, award, tmp_path)
    _paid(award, (lasting, fallen))
    _followed(award, lasting)
    _taken_back(city, award, fallen)
    _watched_over(city, award)
    _packed(city, award, fallen, tmp_path)
    award.intact()


def _read_by_the_public(city: City, award: Award) -> None:
    """The page and the feed name both, nothing else is needed to read them."""
    page = _public(city, "GET", f"/notices/{award.cycle}/award")
    assert page.status_code == 200
    feed = _public(city, "GET", "/notices/feed.atom")
    assert award.cycle in feed.text
    for name in ("lasting", "fallen"):
        assert f"示例{name}有限公司" in page.text


def _heard_and_dismissed(city: City, award: Award, application: str) -> None:
    """The objector is known to the officer of the case alone; the applicant answers; another officer rules."""
    uploaded = _public(
        city, "POST", "/api/v1/papers", params={"purpose": "objection", "file_name": "举证.pdf"}, data=uploads.pdf("proof"),
    ).json()  # fmt: skip
    raised = _public(
        city, "POST", f"/api/v1{award.path}/notices/award/objections",
        json={
            "application_id": application, "source": "public", "by": {"name": OBJECTOR, "id_number": NUMBER}, "evidence": True,
            "statement": "利润数据与公开年报不符", "papers": [f"{uploaded['paper_id']}:{uploaded['token']}"],
        },
    )  # fmt: skip
    assert raised.status_code == 201, raised.text
    told = raised.json()
    one = f"/objections/{told['objection_id']}"
    inquirer, ruler = city.person("wen", "award_office"), city.person("sun", "award_office")
    award.office.ok("PUT", f"{one}/officers/inquiry", {"officer": inquirer.name})
    award.office.ok("PUT", f"{one}/officers/ruling", {"officer": ruler.name})
    assert award.office("POST", f"{one}/objector").status_code in {403, 404}
    assert inquirer.ok("POST", f"{one}/objector")["name"] == OBJECTOR
    inquirer.ok("POST", f"{one}/acceptance", {"accepted": True, "reason": "实名且有证据"})
    inquirer.ok("POST", f"{one}/inquiry", {"facts": "有反映称利润数据与年报不符，请说明。"})
    applicant = city.person("fallen", "applicant")
    (mine,) = applicant.ok("GET", f"{award.path}/my-objections")["objections"]
    assert OBJECTOR not in json.dumps(mine, ensure_ascii=False)
    assert city.person("lasting", "applicant").ok("GET", f"{award.path}/my-objections")["objections"] == []
    applicant.ok("POST", f"{one}/answer", {"text": "以审计报告为准。"})
    own = inquirer("POST", f"{one}/ruling", {"ruling": "dismissed", "reason": "自查自裁"})
    assert own.status_code in {403, 404, 409}, own.text
    ruled = ruler.ok("POST", f"{one}/ruling", {"ruling": "dismissed", "reason": "审计报告相符"})
    assert ruled["state"] == "dismissed"
    state = _public(
        city,
        "POST",
        "/api/v1/objections/by-receipt",
        json={"receipt": told["receipt"], "secret": told["secret"]},
    ).json()
    assert (state["ruling"], state["may_appeal"]) == ("dismissed", True)
    waiting = award.office.ok("GET", f"{award.path}/stages/notice:award")["waiting_for"]
    assert [text for text in waiting if told["objection_id"] in text]
    days = work_calendar()
    last = date.fromisoformat(state["due_on"])
    award.travel(days.next_working_day(last + timedelta(days=1)))


def _certified(city: City, award: Award, folder: Path) -> None:
    """Certificates are numbered and signed; one is verified offline by the published key, and one changed character fails."""
    issued = award.office.ok("POST", f"{award.path}/certificates", {})["certificates"]
    assert len(issued) == 2
    text = issued[0]["token"]
    keys = _public(city, "GET", "/.well-known/certificate-keys.json").text
    Path(folder, "keys.json").write_text(keys, encoding="utf-8")
    good = _command("certificates", "verify", text, "--key", str(folder / "keys.json"))
    assert good.returncode == 0, good.stdout + good.stderr
    other = "A" if text[-8] != "A" else "B"
    forged = _command(
        "certificates", "verify", text[:-8] + other + text[-7:], "--key", str(folder / "keys.json")
    )
    assert forged.returncode == 1, forged.stdout + forged.stderr
    page = _public(city, "GET", "/verify", params={"c": text})
    assert page.status_code == 200
    assert issued[0]["number"] in page.text
    register = _public(city, "GET", "/api/v1/awards").json()
    assert {one["number"] for one in issued} <= {entry["number"] for entry in register["entries"]}
    own = city.person("lasting", "applicant")
    pdf = own("GET", f"/applications/{next(iter(award.codes))}/certificate/certificate.pdf")
    assert pdf.content.startswith(b"%PDF"), pdf.text


def _paid(award: Award, applications: tuple[str, str]) -> None:
    """Costs, accounts, a batch made by one and approved by another, the bank's answers read back from its file."""
    maker, checker = award.finance()
    for application in applications:
        award.approve_cost(application, 900_000)
    for name, application in zip(("lasting", "fallen"), applications, strict=True):
        account = {
            "account_name": f"示例{name}有限公司",
            "bank": "示例银行示例支行",
            "account_number": "6222000011112222",
        }
        entered = award.city.person(name, "applicant").ok(
            "PUT", f"/applications/{application}/payee", account
        )
        assert "6222000011112222" not in json.dumps(entered)
        checker.ok(
            "POST", f"/payees/{entered['payee_id']}/check", {"accept": True, "reason": "与开户证明一致"}
        )
    year = {
        "year": award.city.today().year,
        "whole_year": True,
        "amount_fen": 5_000_000 * YUAN,
        "reason": "预算批复",
    }
    maker.ok("POST", f"{award.path}/budgets", year)
    made = maker.ok("POST", f"{award.path}/payment-batches", {})
    assert {(line["grant_for"], line["code"]) for line in made["skipped"]} == {("pool", "nothing_payable")}
    batch = f"/payment-batches/{made['batch']['batch_id']}"
    assert maker("POST", f"{batch}/decision", {"accept": True, "reason": "自编自批"}).status_code == 403
    checker.ok("POST", f"{batch}/decision", {"accept": True, "reason": "已复核"})
    orders = list(csv.reader(io.StringIO(maker("GET", f"{batch}/file.csv").content.decode("utf-8-sig"))))
    answers = [
        ["付款编号 Key", "金额（元） Amount", "结果 Result", "流水号 Reference", "日期 Day", "原因 Reason"]
    ]
    today = award.city.today().isoformat()
    answers += [
        [order[0].lstrip("'"), order[4], "成功", f"R{number}", today, ""]
        for number, order in enumerate(orders[1:])
    ]
    told = io.StringIO()
    csv.writer(told).writerows(answers)
    content = base64.b64encode(told.getvalue().encode()).decode()
    report = maker.ok("POST", f"{batch}/answers", {"content": content, "last": True})
    assert report["unanswered"] == [], report
    assert maker.ok("GET", batch)["paid_fen"] == 2 * 600_000 * YUAN
    again = maker.ok("POST", f"{award.path}/payment-batches", {})
    assert again["batch"] is None
    assert {line["code"] for line in again["skipped"] if line["grant_for"] == "award"} == {"paid"}


def _followed(award: Award, application: str) -> None:
    """The winner's file is open, with its first report; nobody else sees it."""
    own = f"{award.path}/my-tracking/{application}"
    mine = award.city.person("lasting", "applicant").ok("GET", own)
    assert mine["reports"], mine
    assert award.city.person("fallen", "applicant")("GET", own).status_code == 404


def _taken_back(city: City, award: Award, application: str) -> None:
    """A department's record opens a case by itself; heard, proposed by one, decided by another; money, title and ban follow."""
    code = award.codes[application]
    _reported(city, code)

    def cases() -> list[dict[str, Any]]:
        listed = award.office.ok("GET", f"/revocation-cases?cycle_id={award.cycle}")["cases"]
        return [case for case in listed if case["application_id"] == application]

    (case,) = until("the record opens a case", cases)
    assert case["source"] == "record"
    path = f"/revocation-cases/{case['case_id']}"
    proposer, decider = city.person("wen", "award_office"), city.person("sun", "award_office")
    proposer.ok("POST", f"{path}/notice", {})
    city.person("fallen", "applicant").ok("POST", f"{path}/answer", {"answer": "事故已整改"})
    proposer.ok("POST", f"{path}/proposal", {"proposal": "revoke", "reason": "事实清楚"})
    decision = {"decision": "confirm", "reason": "同意"}
    assert proposer("POST", f"{path}/decision", decision).status_code == 403
    decided = decider.ok("POST", f"{path}/decision", decision)
    assert decided["banned_until"] == str(award.city.today().replace(year=award.city.today().year + 5))
    finance = award.finance()[0]

    def owed() -> list[dict[str, Any]]:
        return list(finance.ok("GET", f"{award.path}/receivables")["receivables"])

    (receivable,) = until("what was paid is claimed back", owed)
    assert (receivable["application_id"], receivable["amount_fen"]) == (application, 600_000 * YUAN)
    entries = _public(city, "GET", "/api/v1/awards", params={"uscc": code}).json()["entries"]
    assert [entry["revoked_on"] for entry in entries] == [str(award.city.today())]


def _reported(city: City, code: str) -> None:
    """The department of safety reports a major accident."""
    admin = city.people["admin"]
    given = admin.ok(
        "POST", "/agencies/clients",
        {"client_id": "safety-office", "agency": "应急管理局", "department": "safety", "scopes": ["records:report"],
         "purposes": ["supervision"]},
    )  # fmt: skip
    token = _public(
        city, "POST", "/api/v1/oauth/token",
        data={"grant_type": "client_credentials", "client_id": "safety-office", "client_secret": given["secret"],
              "scope": "records:report"},
    ).json()["access_token"]  # fmt: skip
    record = {
        "reference": "AJ-1", "uscc": code, "kind": "accident", "on": city.today().isoformat(), "severity": "重大",
        "liable": True, "evidence": "事故调查报告",
    }  # fmt: skip
    headers = {
        "Authorization": f"Bearer {token}",
        "Zhiheng-Purpose": "supervision",
        "Idempotency-Key": "AJ-1",
    }
    answer = _public(city, "POST", "/api/v1/agencies/records", json=record, headers=headers)
    assert answer.status_code == 201, answer.text


def _watched_over(city: City, award: Award) -> None:
    """Discipline inspection sees the cycle in one view and asks; the office answers; nobody else reads it."""
    inspector: Person = city.person("ji", "discipline")
    seen = inspector.ok("GET", f"{award.path}/supervision")
    assert seen["stages"], seen
    asked = {"kind": "order", "title": "请说明", "text": "请说明异议办理情况。", "to_role": "award_office"}
    form = inspector.ok("POST", f"{award.path}/supervision/forms", asked)["form_id"]
    award.office.ok("POST", f"/supervision/forms/{form}/answer", {"text": "已依规办理。"})
    inspector.ok("POST", f"/supervision/forms/{form}/closing", {"text": "已知悉。"})
    assert award.finance()[0]("GET", f"/supervision/forms/{form}").status_code == 404


def _packed(city: City, award: Award, application: str, folder: Path) -> None:
    """A package of the application is checked offline; with one byte changed it is not whole."""
    answer = award.office("POST", f"{award.path}/applications/{application}/package")
    assert answer.status_code == 200, answer.text
    path = folder / "package.zip"
    path.write_bytes(answer.content)
    assert OBJECTOR.encode() not in answer.content
    whole = _command("records", "verify", str(path))
    assert whole.returncode == 0, whole.stdout + whole.stderr
    at = (
        answer.content.index("事故已整改".encode())
        if "事故已整改".encode() in answer.content
        else len(answer.content) // 2
    )
    broken = bytearray(answer.content)
    broken[at] ^= 1
    path.write_bytes(broken)
    assert _command("records", "verify", str(path)).returncode != 0
