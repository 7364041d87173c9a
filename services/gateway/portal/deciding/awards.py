"""获奖与证书: a cycle's certificates, and the ways into the years after."""

from __future__ import annotations

from typing import Any

from flask import Response

from services.gateway.portal.deciding.around import AWAY, at_hand, board, decide, pen_of
from services.gateway.portal.deciding.blocks import Away, Block, Facts, Heading, Pen, Table, Ways
from services.gateway.portal.deciding.telling import heads_of
from services.gateway.portal.forms import Field, Form, Kind
from services.gateway.portal.office.around import leads
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from shared.contracts.operations import OFFICE, WATCHERS

ROOM = Room("office_awards", WATCHERS)
_HERE = "/cycles/<cycle_id>/awards"
_BOTH = ("GET", "POST")
_AFTER = (
    ("breaches", Text("违规使用称号", "Breaches of the title")),
    ("cases", Text("撤销案件", "Revocation cases")),
    ("credit-reports", Text("信用报送", "Reports to credit platforms")),
    ("tracking", Text("获奖后跟踪", "Tracking")),
    ("records", Text("档案：归档、冻结、销毁", "Records: packages, holds, destruction")),
)


@ROOM.page(_HERE)
def awards(visit: Visit, cycle_id: str) -> Response:
    """Certificates in the order of their numbers, and what comes after an award."""
    book, pen = visit.rulebook(cycle_id), pen_of(visit)
    found = at_hand(visit, "eligibility.certificates", cycle_id=cycle_id)
    ways = [
        (f"/cycles/{cycle_id}/{name}", label) for name, label in _AFTER if leads(f"/cycles/{cycle_id}/{name}")
    ]
    blocks: list[Block | None] = [
        Heading(Text("获奖之后", "After the award")),
        Ways(ways),
        Heading(Text("证书", "Certificates")),
    ]
    if found is AWAY:
        blocks.append(Away(Text("证书", "Certificates")))
    else:
        blocks += _certificates(visit, pen, cycle_id, found["certificates"] if found else [])
    return board(visit, Text("获奖与证书", "Awards and certificates"), blocks, at=cycle_id, book=book)


def _certificates(visit: Visit, pen: Pen, cycle_id: str, found: list[dict[str, Any]]) -> list[Block | None]:
    may = visit.may("eligibility.issue_certificates")
    rows = []
    for each in found:
        papers = f"/api/v1/applications/{each['application_id']}/certificate"
        state = (
            pen.lines([pen.tag(Text("已撤销", "revoked"), "red"), pen.day(each["revoked_on"])])
            if each["revoked_on"]
            else pen.tag(Text("有效", "valid"), "green")
        )
        again = f"/cycles/{cycle_id}/awards/{each['application_id']}/reissue"
        acts = [
            pen.link(f"{papers}/certificate.pdf", Text("证书 PDF", "certificate")),
            pen.link(f"{papers}/plaque.pdf", Text("奖牌 PDF", "plaque")),
        ]
        if may and not each["revoked_on"]:
            acts.append(pen.link(again, Text("补发", "issue anew")))
        rows.append(
            (each["number"], each["name"], each["level"], each["track"], pen.day(each["awarded_on"]),
             pen.row([each["issue"], pen.day(each["issued_on"])]), state, pen.lines(acts))
        )  # fmt: skip
    heads = (
        "编号|Number", "名称|Name", "等次|Level", "类别|Track", "授予|Awarded", "第几次颁发|Issue", "状态|State", "文件|Papers",
    )  # fmt: skip
    table = Table(
        Text("证书", "Certificates"), heads_of(heads), rows, Text("按编号", "by number"),
        Text("还没有颁发证书。公示结束、获奖名单确定后颁发。", "None is issued yet; that is done when the last notice is over."),
        hidden=True,
    )  # fmt: skip
    issue = [(f"/cycles/{cycle_id}/awards/issue", Text("颁发证书", "Issue the certificates"))]
    return [Ways(issue, main=not found) if may else None, table]


@ROOM.page(_HERE + "/issue", roles=(OFFICE,), methods=_BOTH)
def issue(visit: Visit, cycle_id: str) -> Response:
    """Issue what is not issued yet."""
    says = [
        Text("为每个获奖者颁发一份带签名的证书，登记簿随即公开；已颁发的保持不变。",
            "Each winner gets a signed certificate and the public register shows it; those issued stay as they are."),
        Text("颁发不能撤回；有误的补发新证书，旧证书随即失效。",
            "It cannot be taken back; a wrong one is issued anew, and the old one no longer holds."),
    ]  # fmt: skip
    return decide(
        visit, Form((), submit=Text("颁发", "Issue")), "eligibility.issue_certificates", at=cycle_id, says=says,
        title=Text("颁发证书？", "Issue the certificates?"), back=f"/cycles/{cycle_id}/awards",
        done=Text("证书已颁发", "The certificates are issued"), cycle_id=cycle_id,
    )  # fmt: skip


REISSUE = Form(
    (Field("reason", Text("补发理由", "Why"), Kind.AREA, rows=3),), submit=Text("补发", "Issue anew")
)


@ROOM.page(_HERE + "/<application_id>/reissue", roles=(OFFICE,), methods=_BOTH)
def reissue(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Another certificate in the place of one that was lost or spoilt."""
    found = visit.ask("eligibility.certificate", application_id=application_id)
    facts = [
        (Text("编号", "Number"), found["number"]),
        (Text("名称", "Name"), found["name"]),
        (Text("现为第几次颁发", "Issue"), found["issue"]),
    ]
    says = [
        Text("新证书颁发后，旧证书核验为“已被替换”。", "Once it is issued the old one is told as replaced.")
    ]
    return decide(
        visit, REISSUE, "eligibility.reissue_certificate", at=cycle_id, says=says, facts=facts,
        title=Text("补发证书", "Issue a certificate anew"), back=f"/cycles/{cycle_id}/awards",
        done=Text("证书已补发", "The certificate is issued anew"), application_id=application_id,
    )  # fmt: skip


def winners(visit: Visit, cycle_id: str) -> dict[str, str]:
    """The names of the cycle's winners by their ids, from its certificates."""
    found = visit.ask("eligibility.certificates", cycle_id=cycle_id)["certificates"]
    return {each["application_id"]: f"{each['name']}（{each['number']}）" for each in found}


def about(pen: Pen, rows: list[tuple[Text, object]]) -> Facts:
    """Facts without those that are not there yet."""
    empty = (None, "", pen.papers([]), pen.day(None))
    return Facts([row for row in rows if row[1] not in empty])
