"""Finance's pages: each form gives its operation what was typed, two people stay two, amounts stand in capitals too."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from shared.contracts import Context
from shared.problems import Forbidden, invalid_field
from tests.support.browsing import Shown, Visitor
from tests.support.gateway import REAL, Bench, InProcess, answered, any_rulebook

ID = "0199a1b2c3d47e5f8a9b0c1d2e3f4a5b"
HERE = f"/finance/{REAL}"
GOLD = 50_000_000
LINE = {
    "line_id": ID, "batch_id": ID, "application_id": ID, "grant_for": "award", "attempt": 1, "replaces": None,
    "amount_fen": GOLD, "state": "intent", "reason_zh": None, "reason_en": None, "bank_reference": None, "settled_on": None,
}  # fmt: skip
BATCH = {
    "batch_id": ID, "cycle_id": REAL, "year": 2026, "channel": "file", "state": "assembled", "held_zh": None, "held_en": None,
    "made_by": "fang", "decided_by": None, "reason": None, "total_fen": GOLD, "paid_fen": 0, "lines": [LINE],
}  # fmt: skip
GRANT = {
    "application_id": ID, "grant_for": "award", "level": "示例等次", "amount_fen": GOLD, "rule": "16.3",
    "explanation_zh": "按规定", "explanation_en": "by the rule", "lines": [], "state": "held",
    "held_zh": "超出预算", "held_en": "over the budget",
}  # fmt: skip
OWED = {
    "application_id": ID, "amount_fen": GOLD, "received_fen": 0, "due_on": "2026-07-01", "instalments": [], "state": "open",
    "overdue_fen": 0, "next_due_on": "2026-07-01", "receipts": [], "reminders": [],
    "proposals": [
        {
            "proposal_id": ID, "kind": "instalments", "instalments": [{"due_on": "2026-08-01", "amount_fen": GOLD}],
            "amount_fen": None, "papers": [], "reason": "经营困难", "state": "proposed", "proposed_by": "fang",
            "decided_by": None,
        }
    ],
}  # fmt: skip


FUNDS = {
    "page": 1, "size": 50, "total": 1, "budget_fen": GOLD - 1, "granted_fen": GOLD, "paid_fen": 7, "waits_left_out": 0,
    "cycles": [
        {
            "cycle_id": REAL, "rulebook": any_rulebook().id, "year": 2026, "budget_fen": GOLD - 1, "granted_fen": GOLD,
            "over_budget_fen": 1, "paid_fen": 7, "back_fen": 0,
        }
    ],
    "waits": [],
}  # fmt: skip


class Treasury:
    """The services behind the pages, with what a test wants of them."""

    def __init__(self) -> None:
        self.said: dict[str, dict[str, Any]] = {
            "batch": BATCH,
            "batches": {"batches": [BATCH]},
            "receivables": {"receivables": [OWED]},
            "grants": {
                "grants": [GRANT], "clawbacks": [], "budget_fen": GOLD - 1, "granted_fen": GOLD, "over_budget_fen": 1,
            },
        }  # fmt: skip
        self.refused: dict[str, Exception] = {}

    def __call__(
        self, service: str, method: str, data: Mapping[str, Any], context: Context
    ) -> dict[str, Any]:
        reply = answered(service, method, data, context)
        if method in self.refused:
            raise self.refused[method]
        if method == "cycles":
            book = any_rulebook().id
            reply["cycles"][0] |= {"cycle_id": REAL, "rehearsal": False, "state": "running", "rulebook": book}
        return self.said.get(method, reply)


@pytest.fixture
def treasury() -> Treasury:
    return Treasury()


@pytest.fixture
def services(treasury: Treasury) -> InProcess:
    return InProcess(treasury)


@pytest.fixture
def finance(bench: Bench) -> Visitor:
    return Visitor(bench, "finance")


def _got(services: InProcess, operation: str) -> dict[str, Any]:
    (found,) = [call.data for call in services.calls if call.operation == operation]
    return dict(found)


def _upload(visitor: Visitor, page: Shown, **values: Any) -> Shown:
    return visitor.fill(page, paper_1=(io.BytesIO(b"%PDF-1.7 proof"), "证明.pdf"), **values)


def test_over_the_budget_all_is_held_and_said_in_capitals(finance: Visitor) -> None:
    page = finance.open(HERE)
    assert "全部暂缓" in page.words
    assert "超出预算" in page.words
    assert "伍拾万元整" in page.words
    assert "壹分" in page.words


def test_a_silent_service_shows_no_figures(finance: Visitor, services: InProcess) -> None:
    services.missing = frozenset({"incentives"})
    page = finance.open(HERE)
    assert page.status == 200
    assert page.words.count("暂时取不到") == 3
    assert "没有待办" not in page.words


def test_a_cycles_money_is_asked_for_at_once(
    bench: Bench, finance: Visitor, services: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each list once, whatever several parts of the page need of it; what never changes of the cycle was asked before."""
    finance.open(HERE)
    services.calls.clear()
    rounds: list[int] = []
    gather = bench.gateway.dispatcher.gather

    def note(questions: Any, *rest: Any) -> Any:
        several = list(questions)
        rounds.append(len(several))
        return gather(several, *rest)

    monkeypatch.setattr(bench.gateway.dispatcher, "gather", note)
    assert finance.open(HERE).status == 200
    asked = [call.operation for call in services.calls]
    assert rounds == [len(asked)] == [9]
    assert len(set(asked)) == len(asked)


def test_rehearsals_are_no_matter_of_finance(finance: Visitor, treasury: Treasury) -> None:
    treasury.said["funds"] = FUNDS
    assert HERE in finance.open("/finance").links
    treasury.said |= {"cycles": {"cycles": []}, "funds": {**FUNDS, "total": 0, "cycles": []}}
    assert "还没有评奖周期" in finance.open("/finance").words


def _wait(kind: str, number: int = 1, amount: int | None = GOLD, day: str | None = None) -> dict[str, Any]:
    return {"cycle_id": REAL, "kind": kind, "number": number, "amount_fen": amount, "day": day}


def test_the_first_page_names_the_regulation_and_says_totals_in_capitals(
    finance: Visitor, treasury: Treasury
) -> None:
    treasury.said["funds"] = {**FUNDS, "waits": [_wait("over_budget", amount=1)]}
    page = finance.open("/finance")
    assert any_rulebook().title.zh in page.words
    assert f">{any_rulebook().id}<" not in page.text
    assert "核算资助合计 50 万元 伍拾万元整" in page.words
    assert "核算资助超出预算 0.01 元，全部暂缓" in page.words
    assert "没有待办" not in page.words
    finance.open("/?lang=en")
    assert any_rulebook().title.en in finance.open("/finance").words


def test_what_waits_comes_as_it_is_told_and_says_for_whom(finance: Visitor, treasury: Treasury) -> None:
    treasury.said["funds"] = {
        **FUNDS,
        "waits": [
            _wait("receivables_overdue", day="2026-03-01"), _wait("batches_held"), _wait("lines_returned"),
            _wait("receivables_due", day="2026-07-01"), _wait("batches_to_decide"), _wait("payees_to_check", 3, None),
        ],
        "waits_left_out": 4,
    }  # fmt: skip
    page = finance.open("/finance")
    words = page.words
    order = (
        "逾期应收款", "付款批次超出预算，已暂缓", "银行退回的付款", "将到期的应收款", "付款批次待复核", "收款账户待核对",
    )  # fmt: skip
    found = [words.index(each) for each in order]
    assert found == sorted(found)
    assert "付款结果不明" not in words
    assert "另一名财务人员" in words
    assert "2026年3月1日" in words
    assert "另有 4 项没有列出" in words
    assert {f"{HERE}/receivables", f"{HERE}/batches", f"{HERE}/payees"} <= set(page.links)


def test_nothing_waits(finance: Visitor, treasury: Treasury) -> None:
    treasury.said["funds"] = FUNDS
    assert "没有待办" in finance.open("/finance").words


def test_the_first_page_asks_each_service_once(
    finance: Visitor, treasury: Treasury, services: InProcess
) -> None:
    """However many cycles there are; which page of them is asked for goes along."""
    several = [{**FUNDS["cycles"][0], "cycle_id": f"c{number}"} for number in range(50)]
    treasury.said["funds"] = {**FUNDS, "page": 2, "total": 160, "cycles": several}
    page = finance.open("/finance?page=2")
    assert [call.operation for call in services.calls] == ["intake.cycles", "incentives.funds"]
    assert _got(services, "incentives.funds") == {"page": 2, "size": 50}
    assert "共 160 项，第 2 / 4 页" in page.words
    assert {"/finance/c0", "/finance/c49", "/finance?size=50&page=3"} <= set(page.links)


def test_the_first_page_knows_no_figure_of_a_silent_service(finance: Visitor, services: InProcess) -> None:
    services.missing = frozenset({"incentives"})
    page = finance.open("/finance")
    assert page.status == 200
    assert "暂时取不到" in page.words
    assert "没有待办" not in page.words
    assert "合计" not in page.words
    assert HERE in page.links


def test_a_cycle_that_incentives_has_not_heard_of_hides_nothing_else(
    finance: Visitor, treasury: Treasury
) -> None:
    treasury.said["funds"] = {**FUNDS, "total": 0, "cycles": [], "granted_fen": 0, "paid_fen": 0}
    page = finance.open("/finance")
    assert page.status == 200
    assert HERE in page.links
    assert "有 1 个周期资金服务还没有收到" in page.words
    assert "全部周期合计" not in page.words


@pytest.mark.parametrize(("chosen", "whole"), [("yes", True), ("no", False)])
def test_a_budget_is_set_in_yuan(finance: Visitor, services: InProcess, chosen: str, whole: bool) -> None:
    page = finance.open(f"{HERE}/budget")
    done = finance.fill(page, whole_year=chosen, year="2026", amount_fen="5,000,000.50", reason="年度批复")
    assert "预算已下达" in finance.follow(done).words
    assert _got(services, "incentives.set_budget") == {
        "cycle_id": REAL, "year": 2026, "whole_year": whole, "amount_fen": 500_000_050, "reason": "年度批复",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("whole_year", ""), ("whole_year", "maybe"), ("year", ""), ("year", "二〇二六"), ("year", "1999"), ("amount_fen", ""),
        ("amount_fen", "1.234"), ("amount_fen", "=1+1"), ("amount_fen", "-5"), ("reason", ""), ("reason", "长" * 501),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_budget_stands_at_its_field(
    finance: Visitor, services: InProcess, field: str, value: str
) -> None:
    given = {"whole_year": "yes", "year": "2026", "amount_fen": "100", "reason": "<b>批复</b>"}
    shown = finance.fill(finance.open(f"{HERE}/budget"), **{**given, field: value})
    assert shown.status == 422
    assert f'href="#f-{field}' in shown.text
    assert "<b>批复" not in shown.text
    assert not [call for call in services.calls if call.operation == "incentives.set_budget"]


def test_a_cost_goes_item_by_item_with_its_paper(finance: Visitor, services: InProcess) -> None:
    page = finance.open(f"{HERE}/costs/for/{ID}")
    items = {"items.0.name": "咨询费", "items.0.claimed_fen": "40000", "items.0.approved_fen": "35000"}
    done = _upload(finance, page, reason="按发票", **items)
    assert done.status == 303, done.words
    told = _got(services, "incentives.prepare_cost")
    assert told["items"] == [{"name": "咨询费", "claimed_fen": 4_000_000, "approved_fen": 3_500_000}]
    assert len(told["papers"]) == 1
    added = _got(services, "intake.add_paper")
    assert (added["purpose"], added["file_name"], added["size"]) == ("cost", "证明.pdf", 14)


def test_a_form_sent_twice_keeps_one_paper(finance: Visitor, services: InProcess) -> None:
    page = finance.open(f"{HERE}/costs/for/{ID}")
    items = {"items.0.name": "咨询费", "items.0.claimed_fen": "1", "items.0.approved_fen": "1"}
    for _ in range(2):
        _upload(finance, page, reason="按发票", **items)
    ids = [call.context.message_id for call in services.calls if call.operation == "intake.add_paper"]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_paper_that_is_refused_is_so_at_its_field(
    finance: Visitor, services: InProcess, treasury: Treasury
) -> None:
    treasury.refused["may_add_paper"] = invalid_field("file_name", "不接受这种文件", "no such kind of file")
    page = finance.open(f"{HERE}/receivables/{ID}/write-off")
    shown = _upload(finance, page, reason="企业已注销")
    assert shown.status == 422
    assert 'href="#f-paper_1"' in shown.text
    assert "企业已注销" in shown.text
    assert not [call for call in services.calls if call.operation == "incentives.propose_write_off"]


def test_proof_that_is_missing_is_asked_for_at_the_first_paper(finance: Visitor, treasury: Treasury) -> None:
    treasury.refused["propose_write_off"] = invalid_field("papers", "须附证明材料", "needs papers")
    shown = finance.fill(finance.open(f"{HERE}/receivables/{ID}/write-off"), reason="企业已注销")
    assert 'href="#f-paper_1"' in shown.text
    assert "须附证明材料" in shown.words


@pytest.mark.parametrize(
    ("address", "operation", "named"),
    [
        (f"{HERE}/costs/{ID}", "incentives.decide_cost", "proposal_id"),
        (f"{HERE}/payees/{ID}", "incentives.check_payee", "payee_id"),
        (f"{HERE}/batches/{ID}", "incentives.decide_batch", "batch_id"),
        (f"{HERE}/outcomes/{ID}", "incentives.decide_outcome", "proposal_id"),
        (f"{HERE}/receivables/{ID}/decide/{ID}", "incentives.decide_instalments", "proposal_id"),
        (f"{HERE}/use/{ID}", "incentives.decide_use", "report_id"),
    ],
)
def test_every_decision_needs_an_answer_and_a_reason(
    finance: Visitor, services: InProcess, address: str, operation: str, named: str
) -> None:
    page = finance.open(address)
    assert page.status == 200, page.words
    wrong = finance.fill(page, reason="已复核")
    assert wrong.status == 422
    assert 'href="#f-accept' in wrong.text
    assert "已复核" in wrong.text
    assert finance.fill(page, accept="yes").status == 422
    assert finance.fill(page, accept="no", reason="不符").status == 303
    assert _got(services, operation) == {named: ID, "accept": False, "reason": "不符"}


def test_nobody_decides_on_what_is_their_own(finance: Visitor, bench: Bench, treasury: Treasury) -> None:
    """The page does not offer it; where somebody sends it anyway, the service's word stands on the page."""
    page = finance.open(f"{HERE}/receivables/{ID}/decide/{ID}")
    subject = next(each for each in bench.identity.accounts() if each["username"] == "user.finance")[
        "subject"
    ]
    proposals = [{**OWED["proposals"][0], "proposed_by": subject}]  # type: ignore[index]
    treasury.said["receivables"] = {"receivables": [{**OWED, "proposals": proposals}]}
    own = finance.open(f"{HERE}/receivables/{ID}/decide/{ID}")
    assert "须由另一名财务人员决定" in own.words
    assert not [form for form in own.forms if any(name == "accept" for name, _ in form["fields"])]
    said = Forbidden("须由另一人决定", "another person has to decide", code="same_person")
    treasury.refused["decide_instalments"] = said
    shown = finance.fill(page, accept="yes", reason="同意")
    assert (shown.status, "须由另一人决定" in shown.words) == (403, True)


def test_what_a_batch_leaves_out_is_told_with_its_reason(finance: Visitor, treasury: Treasury) -> None:
    skipped = {
        "application_id": ID, "grant_for": "award", "amount_fen": GOLD, "code": "no_account", "reason_zh": "没有核对过的账户",
        "reason_en": "no account was checked",
    }  # fmt: skip
    treasury.said["assemble_batch"] = {"batch": None, "skipped": [skipped]}
    shown = finance.fill(finance.open(f"{HERE}/batches"))
    assert "未编制批次" in shown.words
    assert "没有核对过的账户" in shown.words
    treasury.said["assemble_batch"] = {"batch": BATCH, "skipped": []}
    done = finance.fill(finance.open(f"{HERE}/batches"))
    assert done.response.headers["Location"] == f"{HERE}/batches/{ID}"


def test_a_held_batch_says_why_and_gives_no_file(finance: Visitor, treasury: Treasury) -> None:
    treasury.said["batch"] = {
        **BATCH,
        "state": "held",
        "held_zh": "超出全年预算",
        "held_en": "over the year's budget",
    }
    page = finance.open(f"{HERE}/batches/{ID}")
    assert "超出全年预算" in page.words
    assert "伍拾万元整" in page.words
    assert not [link for link in page.links if "file.xlsx" in link]


def test_a_banks_file_is_read_and_told_line_by_line(
    finance: Visitor, services: InProcess, treasury: Treasury
) -> None:
    treasury.said["batch"] = {**BATCH, "state": "approved"}
    report = [
        {"number": 2, "line_id": ID, "outcome": "taken"},
        {"number": 3, "line_id": None, "outcome": "malformed"},
    ]
    treasury.said["read_bank_file"] = {"report": report, "unanswered": [ID]}
    page = finance.open(f"{HERE}/batches/{ID}")
    assert f"/api/v1/payment-batches/{ID}/file.xlsx" in page.links
    sent = finance.fill(page, content=(io.BytesIO("付款编号".encode()), "回执.csv"), last="yes")
    assert "已采纳" in sent.words
    assert "格式有误" in sent.words
    assert "1 笔" in sent.words
    assert _got(services, "incentives.read_bank_file") == {
        "batch_id": ID, "content": base64.b64encode("付款编号".encode()).decode(), "last": True,
    }  # fmt: skip


def test_without_a_file_nothing_is_read(finance: Visitor, services: InProcess, treasury: Treasury) -> None:
    treasury.said["batch"] = {**BATCH, "state": "approved"}
    shown = finance.fill(finance.open(f"{HERE}/batches/{ID}"))
    assert shown.status == 422
    assert 'href="#f-content"' in shown.text
    assert not [call for call in services.calls if call.operation == "incentives.read_bank_file"]


@pytest.mark.parametrize(("length", "status"), [(3 << 19 | 1, 422), (3 << 20, 413)])
def test_a_banks_file_that_is_too_large_is_refused_with_the_limit_that_holds(
    finance: Visitor, services: InProcess, treasury: Treasury, length: int, status: int
) -> None:
    """Not with that of papers: by the file's length, and where the whole form is too long to be read."""
    treasury.said["batch"] = {**BATCH, "state": "approved"}
    form = finance.open(f"{HERE}/batches/{ID}").form("_key")
    address = next(
        each["action"] for each in finance.open(f"{HERE}/batches/{ID}").forms if "/answers" in each["action"]
    )
    given = {**dict(form["fields"]), "content": FileStorage(io.BytesIO(b"x" * length), "回执.csv")}
    boundary, body = encode_multipart(given)  # in memory: the client would leave a temporary file open
    kind = f"multipart/form-data; boundary={boundary}"
    sent = Shown(
        address, finance.client.post(address, base_url="https://localhost", data=body, content_type=kind)
    )
    assert (sent.status, "超过 1.5 MB" in sent.words) == (status, True), sent.words
    assert "50 MB" not in sent.words
    assert not [call for call in services.calls if call.operation == "incentives.read_bank_file"]


def test_an_outcome_is_proposed_with_reference_and_day(finance: Visitor, services: InProcess) -> None:
    page = finance.open(f"{HERE}/unknown/{ID}")
    given = {"outcome": "confirmed", "reference": "B1", "on": "2026-05-01", "reason": "对账单"}
    assert _upload(finance, page, **given).status == 303
    told = _got(services, "incentives.propose_outcome")
    assert {name: told[name] for name in given} == given
    assert told["line_id"] == ID


def test_what_came_back_and_what_is_parted(finance: Visitor, services: InProcess) -> None:
    receipt = finance.open(f"{HERE}/receivables/{ID}/receipt")
    assert finance.fill(receipt, amount_fen="100", received_on="2026-06-01", reference="R-1").status == 303
    assert _got(services, "incentives.record_receipt")["amount_fen"] == 10_000
    parts = finance.open(f"{HERE}/receivables/{ID}/instalments")
    more = finance.fill(
        parts,
        **{"instalments.0.due_on": "2026-08-01", "instalments.0.amount_fen": "1", "_more": "instalments"},
    )
    done = finance.fill(
        more, **{"instalments.1.due_on": "2026-09-01", "instalments.1.amount_fen": "2", "reason": "经营困难"}
    )  # fmt: skip
    assert done.status == 303, done.words
    assert _got(services, "incentives.propose_instalments")["instalments"] == [
        {"due_on": "2026-08-01", "amount_fen": 100}, {"due_on": "2026-09-01", "amount_fen": 200},
    ]  # fmt: skip
    assert finance.open(f"{HERE}/receivables/{ID}/anything").status == 404


def test_what_was_paid_before_is_recorded(finance: Visitor, services: InProcess) -> None:
    given = {
        "application_id": ID,
        "grant_for": "pool",
        "level": "",
        "amount_fen": "150000",
        "paid_on": "2025-12-10",
    }
    assert finance.fill(finance.open(f"{HERE}/earlier"), **given).status == 303
    assert _got(services, "incentives.record_paid")["amount_fen"] == 15_000_000


NUMBERED = {"application_id": ID, "name": "示例精密仪器有限公司", "public_number": "2026-017"}


def test_whose_the_money_is_is_said_by_number_and_name(finance: Visitor, treasury: Treasury) -> None:
    """No id of the system stands on a page of finance; behind the name is the account."""
    payee = {
        "payee_id": ID, "application_id": ID, "account_name": "示例**公司", "bank": "示例银行", "account_number": "****3333",
        "state": "accepted", "entered_by": "anna", "decided_by": "fang", "reason": None,
    }  # fmt: skip
    treasury.said |= {"recipients": {"recipients": [NUMBERED]}, "payees": {"payees": [payee]}}
    for address in (HERE, f"{HERE}/payees", f"{HERE}/batches/{ID}", f"{HERE}/receivables"):
        shown = finance.open(address)
        assert shown.status == 200
        assert ID not in shown.words
    shown = finance.open(f"{HERE}/payees")
    assert "2026-017 示例精密仪器有限公司" in shown.words
    assert f"{HERE}/payees/{ID}" in shown.links


def test_what_was_paid_before_is_recorded_by_the_number_of_the_lists(
    finance: Visitor, treasury: Treasury, services: InProcess
) -> None:
    treasury.said["recipients"] = {"recipients": [NUMBERED]}
    given = {"application_id": "2026-017", "grant_for": "pool", "amount_fen": "1", "paid_on": "2025-12-10"}
    assert finance.fill(finance.open(f"{HERE}/earlier"), **given).status == 303
    assert _got(services, "incentives.record_paid")["application_id"] == ID


def test_nobody_else_comes_to_the_money(bench: Bench) -> None:
    for role in ("award_office", "discipline", "applicant", "auditor"):
        assert Visitor(bench, role).open(HERE).status == 404
