"""What the office's pages share: the cycle they are about, its ways, words for codes, and pages that are one decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, current_app, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from services.gateway.portal.forms import Filled, Form
from services.gateway.portal.office import words
from services.gateway.portal.text import Text, own
from services.gateway.portal.visit import Visit
from shared.contracts.operations import DISCIPLINE, FINANCE
from shared.problems import NotFound, Unavailable
from shared.rulebooks import Rulebook, Stage
from shared.rulebooks.explained import cited

Fact = tuple[Text, object]

# Where a cycle's pages are: the end of the address, words, and the operation that says who may go there.
_WAYS: Sequence[tuple[str, Text, str]] = (
    ("", Text("概览", "Overview"), "*.stage"),
    ("/applications", Text("申报", "Applications"), "intake.applications"),
    ("/enquiries", Text("部门征询", "Enquiries"), "intake.enquiries"),
    ("/panels", Text("评审组", "Panels"), "review.panels"),
    ("/scores", Text("评分排名", "Scores"), "review.scores"),
    ("/proposal", Text("建议名单", "Proposal"), "committee.proposal"),
    ("/committee", Text("审定会", "Committee"), "committee.agenda"),
    ("/notices", Text("公示", "Notices"), "eligibility.notice_draft"),
    ("/objections", Text("异议", "Objections"), "eligibility.objections"),
    ("/awards", Text("获奖与证书", "Awards"), "eligibility.certificates"),
    ("/feedback", Text("反馈报告", "Feedback"), "review.feedback_reports"),
    ("/pool", Text("培育库", "Pool"), "intake.pool_members"),
    ("/announcements", Text("通告", "Announcements"), "notifications.announcements"),
)


def stage_of(book: Rulebook, key: str) -> Stage:
    """A stage of the rulebook. Raises NotFound."""
    for stage in book.stages:
        if stage.key == key:
            return stage
    raise NotFound("没有这个阶段", "there is no such stage")


def show(
    visit: Visit,
    template: str,
    title: Text,
    *,
    at: str | None = None,
    book: Rulebook | None = None,
    **values: Any,
) -> Response:
    """A page of the office. `at` a cycle it has the ways of that cycle, and titles and articles of its rulebook."""
    if at is not None and book is None:
        book = visit.rulebook(at)
    given: dict[str, Any] = {
        "cycle_id": at,
        "book": book,
        "ways": _ways(visit, at) if at else [],
        "cycle_name": visit.cycle_name(at) if at else None,
        "word": lambda table, code: word(visit, table, code),
        "colour": words.colour,
        "stage_title": lambda key: stage_title(visit, book, key),
        "article": lambda rule: own(cited(book, rule), visit.language) if book and rule else "",
        "C": f"/cycles/{at}",
        "is_text": lambda value: isinstance(value, Text),
    }
    return visit.page(template, title, **given, **values)


def word(visit: Visit, table: str, code: object) -> Markup | str:
    """A code in words; an unknown one as it is, none as a dash."""
    if code is None or code == "":
        return "—"
    pair = words.found(table, str(code))
    return own(code, visit.language) if pair is None else visit.say(pair.zh, pair.en)


def stage_title(visit: Visit, book: Rulebook | None, key: object) -> Markup | str:
    """A stage's title in the rulebook."""
    for stage in book.stages if book else ():
        if stage.key == key:
            return visit.say(stage.title.zh, stage.title.en)
    return "—" if key is None else own(key, visit.language)


def _ways(visit: Visit, cycle_id: str) -> list[tuple[str, str]]:
    found = []
    for ending, label, operation in _WAYS:
        address = f"/cycles/{cycle_id}{ending}"
        if visit.may(operation) and leads(address):
            found.append((address, label.at(visit.language)))
    return found


# What is done when the stages of a cycle are over: the page, its words, the operation that says who may go there, and whose it is
# besides (the pages of money are finance's alone).
_AFTER: Sequence[tuple[str, Text, str, str]] = (
    ("/cycles/{}/awards", Text("证书：签发、名册和公告", "Certificates: issue them, the register"),
     "eligibility.certificates", ""),
    ("/finance/{}", Text("资助：核对账户、编制和复核付款批次", "Grants: accounts, batches and payments"),
     "incentives.money", FINANCE),
    ("/cycles/{}/feedback", Text("评审反馈报告：发布和送达", "Feedback reports: release them"), "review.feedback_reports", ""),
    ("/cycles/{}/tracking", Text("获奖后跟踪：年度报告、回访和整改", "Tracking: yearly reports, visits, orders"),
     "incentives.tracking_files", ""),
    ("/cycles/{}/breaches", Text("奖项称号使用：违规登记", "Use of the title: breaches"), "eligibility.title_breaches", ""),
    ("/cycles/{}/cases", Text("撤销案件", "Revocation cases"), "eligibility.revocation_cases", ""),
    ("/cycles/{}/records", Text("归档：归档包、冻结和销毁", "Archive: packages, holds, destruction"), "intake.records_due", ""),
    ("/discipline/{}", Text("监督总览", "Supervision of the cycle"), "gateway.supervision", DISCIPLINE),
)  # fmt: skip


def after_ways(visit: Visit, cycle_id: str) -> list[tuple[str, Text]]:
    """Where whoever looks goes on when the stages of a cycle are over."""
    return [
        (page.format(cycle_id), words)
        for page, words, operation, role in _AFTER
        if visit.may(operation) and (not role or role in visit.roles) and leads(page.format(cycle_id))
    ]


def leads(address: str) -> bool:
    """Whether there is a page at an address; others write some of those that are offered here."""
    try:
        current_app.url_map.bind("localhost").match(address.partition("?")[0], method="GET")
    except HTTPException:
        return False
    return True


def decide(
    visit: Visit,
    form: Form,
    operation: str,
    *,
    title: Text,
    back: str,
    done: Text,
    at: str | None = None,
    says: Iterable[Text] = (),
    facts: Iterable[Fact] = (),
    danger: bool = False,
    values: Mapping[str, Any] | None = None,
    person: str = "",
    people: Iterable[str] = (),
    hindered: Text | None = None,
    **data: Any,
) -> Response:
    """A page that is one decision: what will happen, the form, and what stands there now. Done, it leads `back` and says so.
    `hindered`: what stands in the form's place, for whoever may not decide this.

    `person` is the field with somebody's user name, if there is one; `people` are fields in which user names may stand for
    subjects.
    """
    if request.method == "POST":
        filled = form.posted(request.form)
        if person:
            as_subject(visit, filled, person)
        as_subjects(visit, filled, people)
        if filled.ok:
            filled.attempt(lambda: visit.do(operation, filled.key, **{**filled.data, **data}))
        if filled.ok:
            return visit.go(back, done)
    else:
        filled = visit.form(form, values)
    return decision(
        visit, filled, title=title, back=back, at=at, says=says, facts=facts, danger=danger, hindered=hindered
    )


def as_subject(visit: Visit, filled: Filled, name: str) -> None:
    """Put the account's subject in the place of the user name that was typed; one that nobody has is refused at its field.

    People of a rehearsal have no accounts: they are named by their subjects.
    """
    typed = filled.data.get(name)
    if typed is None or (visit.session is not None and visit.session.rehearsal):
        return
    subject = visit.gateway.identity.subject_of(typed)
    if subject is None:
        filled.errors.setdefault(
            name, Text("没有使用这个用户名的账号", "Nobody signs in with this user name")
        )
    else:
        filled.data[name] = subject


def as_subjects(visit: Visit, filled: Filled, names: Iterable[str]) -> None:
    """Put subjects in the place of user names, one a field or a list of them; whatever is no user name stays as it is."""
    if visit.session is not None and visit.session.rehearsal:
        return
    subject_of = visit.gateway.identity.subject_of
    for name in names:
        typed = filled.data.get(name)
        if isinstance(typed, list):
            filled.data[name] = [subject_of(each) or each for each in typed]
        elif isinstance(typed, str):
            filled.data[name] = subject_of(typed) or typed


def renewed(filled: Filled, name: str, now: object) -> None:
    """Where somebody was faster (409): what stands there now was shown, so what is sent once more goes over that."""
    if filled.status == 409:
        filled.texts[name] = [str(now)]


def decision(
    visit: Visit,
    filled: Filled,
    *,
    title: Text,
    back: str,
    at: str | None = None,
    says: Iterable[Text] = (),
    facts: Iterable[Fact] = (),
    danger: bool = False,
    hindered: Text | None = None,
) -> Response:
    """The page of a decision with its form as it is now."""
    return show(
        visit, "office/decision.html", title, at=at, form=filled, back=back, says=list(says),
        hindered=None if filled.was_posted else hindered, facts=list(facts), danger=danger, stale=filled.status == 409,
    )  # fmt: skip


# An answer that did not come, as against one that there is not.
AWAY = object()


def there(visit: Visit, operation: str, **data: Any) -> Any:
    """What an operation answers: None where nothing is there yet, AWAY where its service does not answer."""
    try:
        return visit.ask(operation, **data)
    except NotFound:
        return None
    except Unavailable:
        return AWAY


_MOST_PAGES = 10  # of 500 lines, looked through for names


def names_of(visit: Visit, cycle_id: str, wanted: Iterable[str]) -> dict[str, str]:
    """The names of applications by their ids, as far as intake tells them; who is not among them is shown by its id."""
    left, after = set(wanted), "start"
    found: dict[str, str] = {}
    if len(left) == 1 and visit.may("intake.application"):
        (single,) = left
        line = there(visit, "intake.application", application_id=single)
        return {single: line["name"]} if isinstance(line, dict) else {}
    for _ in range(_MOST_PAGES if left and visit.may("intake.applications") else 0):
        answer = there(visit, "intake.applications", cycle_id=cycle_id, after=after, size=500)
        if not isinstance(answer, dict):
            break
        known = {line["application_id"]: line["name"] for line in answer["applications"]}
        found |= {each: known[each] for each in left & known.keys()}
        left -= known.keys()
        after = answer["next"]
        if not left or after is None:
            break
    return found


def numbered(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """With a hidden number of the form as a number: a revision, a version. Raises NotFound for what is none."""
    text = str(data.get(name, ""))
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise NotFound("没有这个版本", "there is no such version")
    return {**data, name: int(text)}
