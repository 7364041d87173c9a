"""一份申报: what was handed in, the findings by article, and what the office decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from services.gateway.portal.applicant.files import size
from services.gateway.portal.forms import Choice, Field, Form, Kind, Rows
from services.gateway.portal.office.around import AWAY, decide, show, there
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text, written_time
from services.gateway.portal.visit import Visit
from services.gateway.stated import facts_in_words
from shared.contracts.operations import OFFICE, WATCHERS
from shared.contracts.operations.operation import CYCLE
from shared.problems import NotFound
from shared.rulebooks import Rulebook
from shared.rulebooks.explained import cited
from shared.rulebooks.facts import FACTS
from shared.rulebooks.form import form as form_of

ROOM = Room("office_application", WATCHERS)
_HERE = "/cycles/<cycle_id>/a/<application_id>"
_SAMPLE = {"cycle_id": CYCLE}
# What is not met comes first, then what is missing, then what somebody has to judge or to answer; the rest is folded.
_ORDER = {"fail": 0, "missing": 1, "needs_judgement": 2, "awaiting": 3}
_FOLDED = {"pass", "not_applicable"}


def line_of(visit: Visit, cycle_id: str, application_id: str) -> dict[str, Any]:
    """The application. Raises NotFound where it is one of another cycle."""
    line = visit.ask("intake.application", application_id=application_id)
    if line["cycle_id"] != cycle_id:
        raise NotFound("没有这份申报", "there is no such application")
    return line


@ROOM.page(_HERE, sample=_SAMPLE)
def application(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """The dossier and its findings. No findings are not clean ones: it is said which of the two it is."""
    book = visit.rulebook(cycle_id)
    line = line_of(visit, cycle_id, application_id)
    receipt = there(visit, "intake.receipt", application_id=application_id)
    files = there(visit, "intake.files", application_id=application_id)
    found = there(visit, "eligibility.findings", cycle_id=cycle_id, application_id=application_id)
    known = None if found is AWAY or not found else next(iter(found["applications"]), None)
    return show(
        visit, "office/application.html", Text("申报卷宗", "Dossier of an application"), at=cycle_id, book=book, line=line,
        receipt=None if receipt is AWAY else receipt, receipt_away=receipt is AWAY,
        files=None if files is AWAY else files, files_away=files is AWAY, found=known,
        findings_away=found is AWAY, open_findings=_open(known), folded=_folded(known),
        facts=_facts(visit, _last(receipt)), materials=_materials(book, line["kind"], _last(receipt)),
        titles={each.name: Text(each.title.zh, each.title.en) for each in book.all_materials},
        says=_says(book), back=f"/cycles/{cycle_id}/applications", sized=size,
        parts={each.value: each.label for each in _parts(book, line)},
        may={name: visit.may(f"{service}.{name}") for service, name in (
            ("intake", "accept_application"), ("intake", "return_application"), ("eligibility", "judge"),
            ("intake", "application_enquiries"), ("intake", "contact"), ("gateway", "dossier_zip"), ("gateway", "file_content"),
        )},
    )  # fmt: skip


def _last(receipt: Any) -> Mapping[str, Any]:
    """What was handed in last."""
    if receipt is AWAY or not receipt or not receipt["submissions"]:
        return {}
    dossier: Mapping[str, Any] = receipt["submissions"][-1]["dossier"]
    return dossier


def _open(found: Mapping[str, Any] | None) -> list[Any]:
    lines = [each for each in found["findings"] if each["outcome"] not in _FOLDED] if found else []
    return sorted(lines, key=lambda each: (_ORDER.get(each["outcome"], 9), each["confirmed"] is not None))


def _folded(found: Mapping[str, Any] | None) -> list[Any]:
    return [each for each in found["findings"] if each["outcome"] in _FOLDED] if found else []


def _says(book: Rulebook) -> dict[str, Text]:
    """What each condition asks, by its name."""
    return {each.name: Text(each.says.zh, each.says.en) for each in book.conditions}


def _facts(visit: Visit, dossier: Mapping[str, Any]) -> list[tuple[Text, str]]:
    facts = dossier.get("facts")
    if not isinstance(facts, Mapping):
        return []
    return [(Text(title.zh, title.en), value) for title, value in facts_in_words(facts, visit.language)]


def _materials(book: Rulebook, kind: str, dossier: Mapping[str, Any]) -> list[tuple[Text, str, bool]]:
    """Each material that the regulation asks of this kind, its article, and whether it was handed in."""
    handed = dossier.get("materials")
    given = set(handed) if isinstance(handed, list) else set()
    return [
        (Text(each.title.zh, each.title.en), cited(book, each.rule), each.name in given)
        for each in book.all_materials
        if kind in each.kinds
    ]


@ROOM.page(_HERE + "/contact", roles=(OFFICE,), sample=_SAMPLE)
def contact(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Whom to ring up, and who it was before; that somebody looked is in the audit log."""
    line = line_of(visit, cycle_id, application_id)
    now = visit.ask("intake.contact", application_id=application_id)
    if visit.session is not None:
        visit.gateway.identity.record(
            visit.session, "contact:shown", reason=str(application_id), cycle_id=cycle_id
        )
    title = Text("联系人", "Whom to ring up")
    return show(
        visit,
        "office/contact.html",
        title,
        at=cycle_id,
        now=now,
        line=line,
        back=f"/cycles/{cycle_id}/a/{application_id}",
    )


# --- acceptance and return ------------------------------------------------------------------------------------------

_ACCEPT = Form((Field("digest", Text("摘要", "Digest"), Kind.HIDDEN),), submit=Text("签收", "Sign for it"))


@ROOM.page(_HERE + "/accept", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def accept(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Sign for what was handed in, by its digest."""
    line = line_of(visit, cycle_id, application_id)
    receipt = visit.ask("intake.receipt", application_id=application_id)
    last = receipt["submissions"][-1] if receipt["submissions"] else None
    if last is None:
        raise NotFound("尚未提交", "nothing was handed in yet")
    facts = [
        (Text("申报主体", "Applicant"), line["name"]),
        (Text("第几次提交", "Version"), last["version"]),
        (Text("提交于", "Handed in at"), written_time(last["submitted_at"], visit.language)),
        (Text("摘要", "Digest"), last["digest"]),
    ]
    says = [
        Text(
            "签收的是以上摘要所指的内容；签收后申报人不能再修改。",
            "You sign for what that digest stands for; the applicant can change nothing afterwards.",
        ),
        Text("签收后进入资格审查，不能撤回签收。", "It goes on to the qualification; a signature cannot be taken back."),
    ]  # fmt: skip
    return decide(
        visit, _ACCEPT, "intake.accept_application", title=Text("签收申报", "Sign for an application"),
        back=f"/cycles/{cycle_id}/a/{application_id}", done=Text("已签收", "Signed for"), at=cycle_id, facts=facts,
        says=says, values={"digest": last["digest"]}, application_id=application_id,
    )  # fmt: skip


def _parts(book: Rulebook, line: Mapping[str, Any]) -> tuple[Choice, ...]:
    """What can be returned for correction, in words."""
    asked = form_of(book, line["kind"], line["category"])
    parts = [Choice(part.name, Text(part.title.zh, part.title.en)) for part in asked.identity]
    parts += [Choice(_named(part.name), Text(part.title.zh, part.title.en)) for part in asked.facts]
    parts += [
        Choice(f"materials.{each.name}", Text(f"材料：{each.title.zh}", f"Material: {each.title.en}"))
        for each in asked.materials
    ]
    return tuple(parts)


def _returning(book: Rulebook, line: Mapping[str, Any]) -> Form:
    field = Field(
        "field", Text("要补正的项", "What is to be mended"), Kind.SELECT, choices=_parts(book, line)
    )
    reason = Field(
        "reason", Text("原因和要求", "Why, and what is asked"), Kind.AREA, rows=3,
        hint=Text("申报人照此改正，写清缺什么、依据哪一条", "The applicant goes by this: say what lacks and by which article"),
    )  # fmt: skip
    return Form(
        (
            Rows("items", Text("补正内容", "What is returned"), (field, reason)),
            Field(
                "due_on", Text("补正截止日", "Last day of the correction"), Kind.DAY, needed=False, width=10,
                hint=Text("不填则按规定的工作日数计算", "Left empty, the usual working days are counted"),
            ),
        ),
        submit=Text("退回补正", "Return for correction"),
    )  # fmt: skip


def _named(part: str) -> str:
    return f"facts.{part}" if part in FACTS else part


@ROOM.page(_HERE + "/return", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def send_back(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Return an application once, with what is to be mended and until when."""
    line = line_of(visit, cycle_id, application_id)
    says = [
        Text("每份申报只能退回补正一次。", "An application is returned only once."),
        Text(
            "申报人只能修改列明的各项；截止日当日仍可重新提交。",
            "The applicant can change what is named and nothing else, until the end of the last day.",
        ),
    ]  # fmt: skip
    return decide(
        visit, _returning(visit.rulebook(cycle_id), line), "intake.return_application",
        title=Text("退回补正", "Return for correction"), back=f"/cycles/{cycle_id}/a/{application_id}",
        done=Text("已退回补正", "Returned for correction"), at=cycle_id,
        facts=[(Text("申报主体", "Applicant"), line["name"])], says=says, application_id=application_id,
    )  # fmt: skip


# --- judgements -----------------------------------------------------------------------------------------------------

_JUDGE = Form(
    (
        Field("rule", Text("条款", "Rule"), Kind.HIDDEN),
        Field("condition", Text("条件", "Condition"), Kind.HIDDEN),
        Field(
            "confirmed", Text("认定结论", "Judgement"), Kind.RADIOS,
            choices=(
                Choice("true", Text("符合：确认满足该条件", "Met: the condition is confirmed")),
                Choice("false", Text("不符合：该条件不满足", "Not met: the condition is rejected")),
            ),
        ),
        Field(
            "reason", Text("理由", "Reason"), Kind.AREA,
            hint=Text("写明依据的材料和事实，记入档案", "Name the papers and facts it rests on; it is kept on record"),
        ),
    ),
    submit=Text("作出认定", "Decide"),
)  # fmt: skip


@ROOM.page(_HERE + "/judge", roles=(OFFICE,), methods=("GET", "POST"), sample=_SAMPLE)
def judge(visit: Visit, cycle_id: str, application_id: str) -> Response:
    """Confirm or reject what the regulation leaves to judgement."""
    line = line_of(visit, cycle_id, application_id)
    book = visit.rulebook(cycle_id)
    rule = request.values.get("rule", "")[:200]
    condition = request.values.get("condition", "")[:200]
    back = f"/cycles/{cycle_id}/a/{application_id}"
    if request.method == "POST":
        filled = _JUDGE.posted(request.form)
        if filled.ok:
            data = {**filled.data, "confirmed": filled.data["confirmed"] == "true"}
            filled.attempt(
                lambda: visit.do("eligibility.judge", filled.key, application_id=application_id, **data)
            )
        if filled.ok:
            return visit.go(back, Text("认定已记录", "The judgement is recorded"))
    else:
        filled = visit.form(_JUDGE, {"rule": rule, "condition": condition})
    found = there(visit, "eligibility.findings", cycle_id=cycle_id, application_id=application_id)
    lines = found["applications"] if found and found is not AWAY else []
    finding = next(
        (each for line_ in lines for each in line_["findings"] if (each["rule"], each["condition"]) == (rule, condition)),
        None,
    )  # fmt: skip
    return show(
        visit, "office/judge.html", Text("作出认定", "Decide a judgement"), at=cycle_id, book=book, line=line, form=filled,
        finding=finding, rule=rule, asks=_says(book).get(condition), back=back, stale=filled.status == 409,
    )  # fmt: skip


# --- a file ---------------------------------------------------------------------------------------------------------

_PAGES = 10  # pictures on one page


@ROOM.page(_HERE + "/files/<file_id>", sample=_SAMPLE)
def file(visit: Visit, cycle_id: str, application_id: str, file_id: str) -> Response:
    """A file's preview: pictures of its pages, some at a time."""
    line_of(visit, cycle_id, application_id)
    found = visit.ask("intake.file", application_id=application_id, file_id=file_id)
    pictures = [each["page"] for each in found["previews"] if each["media_type"].startswith("image/")]
    start = request.args.get("from", "1")
    first = int(start) if start.isdecimal() and 0 < len(start) < 6 and int(start) else 1
    return show(
        visit, "office/file.html", Text("申报的文件", "A file of an application"), at=cycle_id, found=found,
        pictures=pictures[first - 1 : first - 1 + _PAGES], first=first, count=len(pictures), step=_PAGES,
        back=f"/cycles/{cycle_id}/a/{application_id}", source=f"/api/v1/applications/{application_id}/files/{file_id}",
    )  # fmt: skip
