"""待办: what waits for a person in each of its roles, the most pressing first. Pure.

Each role has questions, one of each cycle, all asked at once; and a reader that makes tasks of an answer. A service that did
not answer is a task of its own, "unavailable": nobody is told that nothing waits where nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from services.gateway.desk.levels import Left, left
from services.gateway.desk.stages import UNAVAILABLE
from shared.calendar import WorkCalendar
from shared.clock import SHANGHAI
from shared.contracts.operations import (
    APPLICANT,
    CLERK,
    DISCIPLINE,
    FINANCE,
    MEMBER,
    OFFICE,
    RECOMMENDER,
    REVIEWER,
)

Reply = Mapping[str, Any]
Level = Literal["grey", "amber", "red"]
_PRESSING: Mapping[str, int] = {"red": 0, "amber": 1, "grey": 2}
_RUNNING = frozenset({"open", "running", "blocked"})


@dataclass(frozen=True)
class Task:
    """One thing to do. `count`: how many of the kind; `level` grey, amber or red by the working days left, grey without a day."""

    role: str
    what: str
    zh: str
    en: str
    path: str
    cycle_id: str | None = None
    count: int = 1
    due: Left | None = None
    unavailable: bool = False

    @property
    def level(self) -> Level:
        """How much it presses."""
        return "grey" if self.due is None else self.due.level


@dataclass(frozen=True)
class Asker:
    """Who asks, on which day."""

    subject: str
    today: date
    calendar: WorkCalendar

    def left(self, due_on: str | date | None) -> Left | None:
        """What is left until a day, given as a date, as text, or as a moment in text."""
        if due_on is None:
            return None
        if isinstance(due_on, str):
            moment = datetime.fromisoformat(due_on)
            due_on = moment.astimezone(SHANGHAI).date() if moment.tzinfo else moment.date()
        return left(self.calendar, self.today, due_on)


Reader = Callable[[Reply, Reply, Asker], Iterator[Task]]


@dataclass(frozen=True)
class Question:
    """What one service is asked of a cycle for a role. `running`: only of cycles that go on; `data`: beside the cycle's id."""

    service: str
    method: str
    read: Reader
    running: bool = False
    data: Mapping[str, Any] | None = None

    def asked_of(self, cycle: Reply) -> bool:
        """Whether the question makes sense of a cycle."""
        return not self.running or cycle["state"] in _RUNNING


# --- applicants and those who recommend them --------------------------------------------------------------------------


def _applications(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """Drafts until the last day of the call, returned ones until their own."""
    for line in reply["applications"]:
        path = f"/my/a/{line['application_id']}"
        if line["status"] == "draft" and cycle["state"] == "open":
            due = asker.left(cycle["closes_on"])
            yield Task(APPLICANT, "draft", f"填写并提交：{line['name']}", f"complete and submit: {line['name']}",
                       path, cycle["cycle_id"], due=due)  # fmt: skip
        if line["status"] == "returned":
            due = asker.left(line["correction_due_on"])
            yield Task(APPLICANT, "correction", f"补正后重新提交：{line['name']}",
                       f"correct and submit again: {line['name']}", path, cycle["cycle_id"], due=due)  # fmt: skip


def _objections(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    for line in reply["objections"]:
        if line["awaits"] == "answer":
            yield Task(APPLICANT, "objection", "就异议作出陈述", "answer an objection",
                       f"/my/objections/{line['objection_id']}", cycle["cycle_id"], due=asker.left(line["due_on"]))  # fmt: skip


def _recommendations(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    waiting = reply["counts"].get("waiting", 0)
    if waiting:
        yield Task(RECOMMENDER, "recommendation", f"签署推荐意见（{waiting} 份）", f"sign opinions ({waiting})", "/rec",
                   cycle["cycle_id"], waiting, asker.left(reply["closes_on"]))  # fmt: skip


# --- reviewers, members, departments ----------------------------------------------------------------------------------


def _statements(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """Recusal comes first: the yearly declaration, then a statement for each application."""
    if not reply["declared"] and reply["applications"]:
        yield Task(REVIEWER, "declaration", "签署年度利害关系申报", "sign the yearly declaration of interests",
                   "/review/declaration", cycle["cycle_id"])  # fmt: skip
    many = len(reply["applications"])
    if many:
        first = reply["applications"][0]["application_id"]
        yield Task(REVIEWER, "statement", f"逐件申报利害关系（{many} 件）", f"state your interests ({many})",
                   f"/review/{cycle['cycle_id']}/{first}/declare", cycle["cycle_id"], many)  # fmt: skip


def _assignments(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    ends = {line["stage"]: line["ends_on"] for line in cycle["stages"] if line["state"] == "begun"}
    for panel in reply["panels"]:
        mine = [each for each in panel["assignments"] if each["expert_id"] == asker.subject]
        answer = [each for each in mine if each["state"] == "released"]
        score = [
            each
            for each in mine
            if each["state"] in (None, "accepted") and not each["submitted"] and panel["stage"] in ends
        ]
        due = asker.left(ends.get(panel["stage"]))
        if answer:
            yield Task(REVIEWER, "answer", f"答复评审任务（{len(answer)} 件）", f"accept or decline ({len(answer)})",
                       "/review", cycle["cycle_id"], len(answer))  # fmt: skip
        if score:
            yield Task(REVIEWER, "sheet", f"评分（{len(score)} 件）", f"score ({len(score)})",
                       f"/review/{cycle['cycle_id']}/{panel['stage']}/{score[0]['application_id']}/sheet",
                       cycle["cycle_id"], len(score), due)  # fmt: skip


def _round(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    if reply["state"] == "open" and asker.subject in reply["voters"] and reply["voted"] is False:
        yield Task(MEMBER, "ballot", f"第 {reply['number']} 轮表决：投票", f"cast ballot {reply['number']}",
                   f"/committee/{cycle['cycle_id']}", cycle["cycle_id"], due=asker.left(asker.today))  # fmt: skip


def _minutes(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """The newest version waits for whoever took the chair, as it says itself."""
    latest = reply["minutes"][0] if reply["minutes"] else None
    if latest is None or latest["state"] != "draft":
        return
    if any(
        m["chair"] and m["attended"] and m["member"] == asker.subject for m in latest["content"]["members"]
    ):
        yield Task(MEMBER, "minutes", "主持人确认会议纪要", "confirm the minutes as the chair",
                   f"/committee/{cycle['cycle_id']}", cycle["cycle_id"])  # fmt: skip


def _enquiries(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """The page begins with what is due soonest; how many there are is said of all."""
    waiting = reply["total"]
    if waiting:
        due = asker.left(reply["enquiries"][0]["due_at"])
        yield Task(CLERK, "enquiry", f"答复征询（{waiting} 项）", f"answer enquiries ({waiting})", "/dept",
                   cycle["cycle_id"], waiting, due)  # fmt: skip


# --- money and supervision --------------------------------------------------------------------------------------------


def _batches(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """Batches that another person assembled wait for one's approval; held ones for the budget."""
    others = [b for b in reply["batches"] if b["state"] == "assembled" and b["made_by"] != asker.subject]
    held = [b for b in reply["batches"] if b["state"] == "held"]
    for what, some, zh, en in (
        ("batch", others, "复核付款批次", "decide on payment batches"),
        ("held", held, "处理超预算的付款批次", "see to batches over the budget"),
    ):
        if some:
            yield Task(FINANCE, what, f"{zh}（{len(some)} 批）", f"{en} ({len(some)})", "/finance", cycle["cycle_id"],
                       len(some))  # fmt: skip


def _payees(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    waiting = [p for p in reply["payees"] if p["state"] == "proposed" and p["entered_by"] != asker.subject]
    if waiting:
        yield Task(FINANCE, "payee", f"核对收款账户（{len(waiting)} 个）", f"check accounts ({len(waiting)})", "/finance",
                   cycle["cycle_id"], len(waiting))  # fmt: skip


def _unknown(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    if reply["lines"]:
        many = len(reply["lines"])
        yield Task(FINANCE, "unknown_payment", f"查明付款结果（{many} 笔）", f"find out what became of payments ({many})",
                   "/finance", cycle["cycle_id"], many)  # fmt: skip


def _recusals(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    if reply["recusals"]:
        many = len(reply["recusals"])
        yield Task(DISCIPLINE, "recusal", f"审核回避（{many} 项）", f"look into recusals ({many})", "/discipline",
                   cycle["cycle_id"], many)  # fmt: skip


def _forms(role: str, side: str) -> Reader:
    """Forms to and from discipline inspection: what was asked waits for the other side."""

    def read(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
        waiting = [
            each
            for each in reply["forms"]
            if each["state"] in ("open", "reopened") and each["opened_by_side"] != side
        ]
        if waiting:
            first = min(waiting, key=lambda each: str(each["due_on"]))
            yield Task(role, "form", f"答复监督反馈表（{len(waiting)} 份）", f"answer supervision forms ({len(waiting)})",
                       f"/supervision/forms/{first['form_id']}", cycle["cycle_id"], len(waiting),
                       asker.left(first["due_on"]))  # fmt: skip

    return read


def _to_sign_for(cycle: Reply, reply: Reply, asker: Asker) -> Iterator[Task]:
    """Applications that were handed in and that nobody has signed for, while more may come; then it is the cycle's next step."""
    many = reply["total"]
    if many and cycle["closes_on"] >= asker.today.isoformat():
        yield Task(OFFICE, "acceptance", f"签收申报（{many} 份）", f"sign for applications ({many})",
                   f"/cycles/{cycle['cycle_id']}/applications?status=submitted", cycle["cycle_id"], many)  # fmt: skip


def _asked(role: str, side: str = "party") -> Question:
    return Question("eligibility", "forms", _forms(role, side))


QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    APPLICANT: (
        Question("intake", "applications", _applications, data={"size": 50}),
        Question("eligibility", "my_objections", _objections, running=True),
        _asked(APPLICANT),
    ),
    RECOMMENDER: (
        Question("intake", "recommendation_queue", _recommendations, running=True, data={"opinion": "waiting"}),
        _asked(RECOMMENDER),
    ),
    REVIEWER: (
        Question("review", "awaiting_statement", _statements, running=True),
        Question("review", "my_assignments", _assignments, running=True),
        _asked(REVIEWER),
    ),
    MEMBER: (
        Question("committee", "round", _round, running=True),
        Question("committee", "minutes_versions", _minutes, running=True),
        _asked(MEMBER),
    ),
    CLERK: (Question("intake", "to_answer", _enquiries, running=True, data={"size": 50}), _asked(CLERK)),
    FINANCE: (
        Question("incentives", "batches", _batches),
        Question("incentives", "payees", _payees),
        Question("incentives", "unknown_payments", _unknown),
        _asked(FINANCE),
    ),
    OFFICE: (
        Question("intake", "applications", _to_sign_for, running=True, data={"status": "submitted", "size": 50}),
        _asked(OFFICE),
    ),
    DISCIPLINE: (
        Question("review", "recusals", _recusals, running=True, data={"open": True}),
        _asked(DISCIPLINE, "discipline"),
    ),
}  # fmt: skip


def of_desk(desk: Reply, asker: Asker) -> list[Task]:
    """The office's own: the next lawful step of a cycle, with the day until which its stage runs."""
    if any(block["what"] == "unavailable" for block in desk["blocks"]) and desk["next"] is None:
        return [unavailable(OFFICE, desk["cycle_id"])]
    step = desk["next"]
    if step is None or not step["possible"]:
        return []
    stage = next(line for line in desk["stages"] if line["stage"] == step["stage"])
    due = asker.left(stage["due"]["due_on"]) if stage["due"] else None
    zh, en = (
        f"{desk['title_zh']}，{desk['year']} 年度：{step['zh']}",
        f"{desk['title_en']}, {desk['year']}: {step['en']}",
    )
    return [Task(OFFICE, "step", zh, en, step["path"], desk["cycle_id"], due=due)]


def unavailable(role: str, cycle_id: str | None) -> Task:
    """Nobody knows what waits."""
    zh, en = UNAVAILABLE
    return Task(role, "unavailable", f"待办{zh}", f"your work is {en}", "/me", cycle_id, unavailable=True)


def in_order(tasks: Sequence[Task]) -> list[Task]:
    """What presses most comes first: by level, then by day, those without a day last; what nobody knows before all."""
    return sorted(
        tasks,
        key=lambda task: (
            not task.unavailable,
            _PRESSING[task.level],
            task.due.due_on if task.due else date.max,
            task.what,
        ),
    )
