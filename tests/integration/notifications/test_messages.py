"""Messages from the event to the channel, on both databases: who is told what, when, in which order, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.notifications import (
    announcing,
    claims,
    contacts,
    heard,
    inbox,
    keeping,
    letters,
    models,
    sending,
    tasks,
    writing,
)
from services.notifications.channels import Channel
from services.notifications.schedule import Terms
from services.notifications.sending import Outside
from shared import contracts
from shared.bus import Received
from shared.clock import SHANGHAI, FixedClock
from shared.contracts import Context, dump, load, operation
from shared.contracts.events import (
    ApplicationAccepted,
    ApplicationWithdrawn,
    AwardApproved,
    CorrectionAsked,
    CorrectionSettled,
    CycleOpened,
    DossierPeopleChanged,
    RecordsDestroyed,
    StageBegun,
    StageClosed,
    TaskSettled,
    TaskWaiting,
)
from shared.identifiers import new_id
from shared.problems import Conflict, Forbidden, NotFound, Transient
from shared.rulebooks import library
from shared.store import Work
from shared.store.migrate import schema_differences
from tests.support.messages import MemoryChannel
from tests.support.works import Desk

pytestmark = pytest.mark.integration

BOOK = library().get("hangzhou-2025")
START = datetime(2025, 6, 16, 10, tzinfo=SHANGHAI)
TERMS = Terms(3, 60.0)
CHANNELS = frozenset({"mail", "sms"})
Handler = Callable[[Work, Received], None]


class Clock(FixedClock):
    """A clock that a test moves on."""

    def __init__(self) -> None:
        super().__init__(START)

    def goes_to(self, moment: datetime) -> None:
        self.instant = moment


class Post:
    """The service without a bus, one real cycle, and both ways out in memory."""

    def __init__(self, url: str) -> None:
        self.clock = Clock()
        self.desk = Desk("notifications", url, self.clock)
        self.mail, self.sms = MemoryChannel(), MemoryChannel(knows_again=True)
        channels: Mapping[str, Channel] = {"mail": self.mail, "sms": self.sms}
        self.outside = Outside(channels, TERMS, library(), "https://award.example.org")
        self.open("c1")

    def open(self, cycle: str, *, rehearsal: bool = False) -> None:
        opened = {
            "cycle_id": cycle,
            "rulebook": BOOK.id,
            "rulebook_sha256": BOOK.sha256,
            "rehearsal": rehearsal,
        }
        self.hear(heard.cycle_opened, CycleOpened, **opened)

    def hear(
        self,
        handler: Handler,
        event: type[contracts.Event],
        *,
        at: datetime | None = None,
        on: date | None = None,
        **data: Any,
    ) -> None:
        """One event, whose other fields are those of its example."""
        given = load(event(), {**event.EXAMPLE, "cycle_id": "c1", **data})
        context = Context(message_id=new_id(), rehearsal_date=on)
        moment = (at or self.clock.now()).isoformat()
        received = Received(given, event.NAME, event.VERSION, event.PUBLISHERS[0], "x", moment, context)
        with self.desk.work(on=on) as work:
            handler(work, received)

    def contact(
        self, subject: str, version: int = 1, roles: tuple[str, ...] = ("applicant",), **given: Any
    ) -> None:
        data = {
            "subject": subject, "version": version, "roles": list(roles), "email": f"{subject}@example.org",
            "language": "zh", **given,
        }  # fmt: skip
        self.ask("keep_contact", contacts.keep, data, "applicant", channels=CHANNELS)

    def accept(self, application: str, *people: str, cycle: str = "c1", version: str = "v1") -> None:
        told = [{"subject": name, "part": "lead"} for name in people]
        self.hear(
            heard.accepted, ApplicationAccepted, application_id=application, people=told, people_version=version,
            cycle_id=cycle,
        )  # fmt: skip

    def ask(
        self,
        method: str,
        handler: Callable[..., dict[str, Any]],
        data: Mapping[str, Any],
        role: str,
        actor: str = "somebody",
        on: date | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        contract = operation("notifications", method)
        assert role in contract.roles
        with self.desk.work(role, actor, on) as work:
            return dump(contract.reply(), handler(work, load(contract.request(), dict(data)), **more))

    def mine(self, actor: str, on: date | None = None, **asked: Any) -> dict[str, Any]:
        return self.ask("mine", inbox.mine, asked, "applicant", actor, on, library=library())

    def subjects(self, actor: str) -> list[str]:
        return [each["subject_zh"].partition("：")[2] for each in self.mine(actor)["messages"]]

    def tick(self) -> list[str]:
        """The clock's turn; the deliveries that it put on the bus."""
        before = len(self.desk.told("message.due"))
        with self.desk.work() as work:
            sending.dispatch(work, CHANNELS)
            claims.lapse(work, frozenset({"sms"}), TERMS.attempts)
            sending.take_up(work)
        return [told["delivery_id"] for told in self.desk.told("message.due")[before:]]

    def send(self, *deliveries: str) -> None:
        """What the bus does with them."""
        for delivery in deliveries:
            keep = sending.send(self.desk.store, delivery, self.outside)
            with self.desk.work() as work:
                keep(work)

    def deliver(self) -> None:
        self.send(*self.tick())

    def rows(self, table: Any) -> list[Any]:
        with self.desk.store.read() as work:
            return list(work.session.execute(table.select().order_by(table.c.id)).all())


@pytest.fixture
def post(database_url: str) -> Iterator[Post]:
    made = Post(database_url)
    yield made
    made.desk.close()


def test_the_models_are_what_the_migrations_make(database_url: str, post: Post) -> None:
    assert schema_differences("notifications", database_url) == []


def test_a_correction_reaches_its_people_and_reminds_them_until_it_is_settled(post: Post) -> None:
    """By mail and telephone now, again at nine on the days before its last; a message is in the portal when it is due."""
    post.contact("anna", phone="13800000000")
    people = [{"subject": "anna", "part": "lead"}, {"subject": "ben", "part": "reader"}]
    given = {"application_id": "a1", "due_on": "2025-06-20", "people": people}
    asked = lambda work, event: heard.correction_asked(work, event, (2, 0), 9)  # noqa: E731
    post.hear(asked, CorrectionAsked, **given)
    post.deliver()
    (mail,), (short,) = post.mail.sent, post.sms.sent
    assert (mail.to, short.to) == ("anna@example.org", "13800000000")
    assert "2025年6月20日" in mail.text
    assert "https://award.example.org" in mail.text
    assert post.subjects("anna") == post.subjects("ben") == ["申报退回补正"]
    assert post.tick() == []
    post.clock.goes_to(datetime(2025, 6, 18, 8, 59, tzinfo=SHANGHAI))
    assert post.tick() == []
    post.clock.goes_to(datetime(2025, 6, 18, 9, tzinfo=SHANGHAI))
    post.deliver()
    assert len(post.mail.sent) == 2
    assert post.subjects("anna") == ["补正即将到期", "申报退回补正"]
    post.hear(heard.correction_settled, CorrectionSettled, application_id="a1")
    post.clock.goes_to(datetime(2025, 6, 20, 12, tzinfo=SHANGHAI))
    assert post.tick() == []
    assert len(post.subjects("ben")) == 2


def test_a_settlement_that_overtakes_its_question_ends_it(post: Post) -> None:
    """They come by two queues."""
    post.hear(heard.correction_settled, CorrectionSettled, application_id="a1")
    post.hear(lambda w, e: heard.correction_asked(w, e, (0,), 9), CorrectionAsked, application_id="a1")
    assert post.mine("anna")["total"] == 0


def test_results_go_out_together_in_an_order_that_tells_nothing(post: Post) -> None:
    """One instant, one wording; by id or lot they stand in another order than the applications did; winners are not first."""
    names = [f"p{number:02d}" for number in range(40)]
    for number, name in enumerate(names):
        post.contact(name)
        post.accept(f"a{number:02d}", name)
    last = [stage.key for stage in BOOK.stages if stage.kind == "notice"][-1]
    others = [
        stage.key for stage in BOOK.stages if stage.kind in ("qualification", "notice") and stage.key != last
    ]
    closing = lambda work, event: heard.stage_closed(work, event, library())  # noqa: E731
    for stage in others:
        post.hear(closing, StageClosed, stage=stage, closed_on="2025-06-16")
    assert all(row.template == "application_accepted" for row in post.rows(models.messages))
    post.hear(closing, StageClosed, stage=last, closed_on="2025-06-16")
    if BOOK.approval is not None and BOOK.approval.when == "after_notice":
        assert all(row.template == "application_accepted" for row in post.rows(models.messages))
        post.hear(lambda w, e: heard.approved(w, e, library()), AwardApproved, when="after_notice")
    results = [row for row in post.rows(models.messages) if row.template == "results_released"]
    assert len(results) == 40
    assert len({row.due_at for row in results}) == 1
    assert len({str(row.data) for row in results}) == 1
    by_id = [row.recipient for row in results]
    by_lot = [row.recipient for row in sorted(results, key=lambda row: row.lot)]
    assert len({tuple(by_id), tuple(by_lot), tuple(names)}) == 3
    post.deliver()
    to = [each.to.partition("@")[0] for each in post.mail.sent if "结果" in each.subject]
    assert to == by_lot
    assert len({each.text for each in post.mail.sent if "结果" in each.subject}) == 1
    post.hear(closing, StageClosed, stage=last, closed_on="2025-06-16")
    assert len([row for row in post.rows(models.messages) if row.template == "results_released"]) == 40


def test_two_cycles_that_differ_in_who_won_alone_tell_the_same(post: Post) -> None:
    """Entrants, outcomes, reasons and scores of the one stand nowhere in what its people are told, nor in when."""
    post.open("c2")
    closing = lambda work, event: heard.stage_closed(work, event, library())  # noqa: E731
    worlds = {"c1": ("w1", ["w1", "l1"]), "c2": ("l2", ["w2", "l2"])}
    for cycle, (winner, everybody) in worlds.items():
        for name in everybody:
            post.accept(f"a-{name}", name, cycle=cycle)
        for stage in BOOK.stages:
            at = {"cycle_id": cycle, "stage": stage.key}
            if stage.owner == "eligibility":
                post.hear(heard.notice_begun, StageBegun, entrants=[f"a-{winner}"], **at)
            lines = [
                {
                    "application_id": f"a-{name}", "passed": name == winner, "reason_zh": f"得分{len(name)}", "reason_en": "",
                    "status": None if name == winner else "not_awarded", "stopped_at": None,
                    "carried": {"score": "90.00"} if name == winner else {},
                }
                for name in everybody
            ]  # fmt: skip
            if stage.owner in ("eligibility", "committee"):
                post.hear(closing, StageClosed, closed_on="2025-06-16", outcomes=lines, **at)
        post.hear(lambda w, e: heard.approved(w, e, library()), AwardApproved, cycle_id=cycle)
    told = {
        name: sorted(
            (each["at"], each["subject_zh"], each["text_zh"]) for each in post.mine(name)["messages"]
        )
        for _, everybody in worlds.values()
        for name in everybody
    }
    assert told["w1"] == told["l1"] == told["w2"] == told["l2"]
    assert any("结果" in subject for _, subject, _ in told["w1"])


def test_all_applicants_hear_of_a_notice_in_the_same_words(post: Post) -> None:
    """Those whom it names and those whom it does not; not those who took theirs back, and of no other stage."""
    post.accept("a1", "anna")
    post.accept("a2", "ben")
    post.accept("a3", "carl")
    post.hear(heard.withdrawn, ApplicationWithdrawn, application_id="a3")
    post.clock.goes_to(START + timedelta(days=1))
    post.hear(heard.notice_begun, StageBegun, stage="notice:qualification", entrants=["a1"])
    post.hear(heard.notice_begun, StageBegun, stage="qualification", entrants=["a1"])
    told = [post.mine(name)["messages"][0] for name in ("anna", "ben")]
    assert told[0]["text_zh"] == told[1]["text_zh"]
    assert told[0]["at"] == told[1]["at"]
    assert post.subjects("anna")[0] == "公示已发布"
    assert "公示已发布" not in post.subjects("carl")


def test_a_rehearsal_tells_nobody_anything(post: Post) -> None:
    """Nor does whoever plays one read what somebody of the same name was really told."""
    post.open("c2", rehearsal=True)
    post.accept("r1", "anna", cycle="c2")
    post.hear(heard.notice_begun, StageBegun, cycle_id="c2", on=date(2025, 6, 20))
    assert post.rows(models.messages) == []
    post.accept("a1", "anna")
    assert post.mine("anna")["total"] == 1
    assert post.mine("anna", on=date(2025, 6, 20)) == {
        "messages": [], "page": 1, "size": 50, "total": 0, "unread": 0,
    }  # fmt: skip


def test_what_overtook_its_cycle_waits_and_what_is_older_than_this_service_is_left(post: Post) -> None:
    with pytest.raises(Transient):
        post.accept("a9", "anna", cycle="c9")
    with pytest.raises(Transient):
        post.hear(heard.people_changed, DossierPeopleChanged, application_id="a9")
    old = post.clock.now() - timedelta(hours=2)
    post.hear(heard.people_changed, DossierPeopleChanged, application_id="a9", at=old)
    assert post.rows(models.messages) == []


def test_who_came_later_is_told_and_who_left_is_not(post: Post) -> None:
    """An older list of people that comes late changes nothing."""
    post.accept("a1", "anna", version="v1")
    ben = [{"subject": "ben", "part": "lead"}]
    post.hear(
        heard.people_changed, DossierPeopleChanged, application_id="a1", people=ben, people_version="v3"
    )
    post.hear(heard.people_changed, DossierPeopleChanged, application_id="a1", people=[], people_version="v2")
    post.hear(heard.notice_begun, StageBegun, stage="notice:award")
    assert (len(post.subjects("anna")), post.subjects("ben")) == (1, ["公示已发布"])


def test_roles_are_those_that_the_gateway_told_last(post: Post) -> None:
    """Who holds a role hears of what is the role's; an older version that comes late is no news; who is shut hears nothing."""
    post.contact("li", 2, ("award_office",))
    post.contact("li", 1, ("finance",))
    post.contact("wu", 1, ("award_office",))
    post.contact("wu", 2, (), email=None)
    with post.desk.work() as work:
        writing.write(work, letters.to_office("cycle_blocked", {"cycle_id": "c1"}))
    post.deliver()
    assert [each.to for each in post.mail.sent] == ["li@example.org"]
    assert post.mine("wu")["total"] == 0


def hear_task(post: Post, **data: Any) -> None:
    post.hear(lambda w, e: tasks.waiting(w, e, (1,), 9), TaskWaiting, **data)


def test_a_task_is_told_once_and_reminded_of_until_it_is_settled(post: Post) -> None:
    """To those named; a second telling, and a settling that came first, say nothing."""
    post.contact("E2", roles=("reviewer",))
    for _ in range(2):
        hear_task(post, due_on="2025-06-18")
    assert post.subjects("E2") == ["评审开始，请申明并评分"]
    post.clock.goes_to(datetime(2025, 6, 17, 9, tzinfo=SHANGHAI))
    assert post.subjects("E2") == ["评分表即将到期", "评审开始，请申明并评分"]
    hear_task(post, task="sheets/site_review/E2", due_on="2025-06-20")
    post.tick()
    post.hear(tasks.settled, TaskSettled, task="sheets/site_review/E2")
    post.clock.goes_to(datetime(2025, 6, 19, 9, tzinfo=SHANGHAI))
    assert post.mine("E2")["total"] == 3
    post.hear(tasks.settled, TaskSettled, task="early")
    hear_task(post, task="early")
    assert post.mine("E2")["total"] == 3


def test_a_role_s_task_is_told_to_its_holders_of_that_body_but_those_left_out(post: Post) -> None:
    """A clerk hears of its own department's enquiries; whoever made a batch is not told that it waits."""
    post.contact("zhu", roles=("department_clerk",), unit="safety")
    post.contact("qin", roles=("department_clerk",), unit="credit")
    post.contact("fan", roles=("finance",))
    post.contact("fu", roles=("finance",))
    hear_task(post, kind="enquiries_due", task="1", people=[], unit="safety", count=2, due_on="2025-06-17")
    hear_task(post, kind="batch_waiting", task="2", people=[], left_out=["fan"])
    totals = {name: post.mine(name)["total"] for name in ("zhu", "qin", "fan", "fu")}
    assert totals == {"zhu": 1, "qin": 0, "fan": 0, "fu": 1}
    assert "2025年6月17日" in post.mine("zhu")["messages"][0]["text_zh"]


def test_quiet_hours_hold_mail_back_and_not_the_portal(post: Post) -> None:
    post.clock.goes_to(datetime(2025, 6, 16, 23, tzinfo=SHANGHAI))
    post.contact("anna", quiet_from="22:00", quiet_until="07:00", language="en")
    post.accept("a1", "anna")
    post.deliver()
    assert post.mail.sent == []
    assert post.mine("anna")["unread"] == 1
    post.clock.goes_to(datetime(2025, 6, 17, 7, tzinfo=SHANGHAI))
    post.deliver()
    assert "was accepted" in post.mail.sent[0].subject


def test_what_was_due_after_an_address_was_written_goes_there_however_late_that_is_told(post: Post) -> None:
    """Not what was due before, not by a way that has no address, and nothing twice; what went to an older address stays there."""
    post.accept("a1", "anna", "ben")
    post.contact("ben", email="old@example.org")
    post.tick()
    post.clock.goes_to(START + timedelta(minutes=1))
    written = post.clock.now()
    post.clock.goes_to(START + timedelta(minutes=2))
    post.hear(heard.withdrawn, ApplicationWithdrawn, application_id="a1")
    post.send(*post.tick())
    assert {each.to for each in post.mail.sent} == {"old@example.org"}
    post.mail.sent.clear()
    post.contact("anna", email_since=written.isoformat(), phone_since=written.isoformat())
    post.contact("ben", 2, email="new@example.org", email_since=written.isoformat())
    post.send(*post.tick())
    assert [(each.to, "撤回" in each.subject) for each in post.mail.sent] == [("anna@example.org", True)]
    post.contact("anna", 2, ("applicant", "finance"), email_since=START.isoformat())
    post.contact("anna", 1, phone="13800000000", phone_since=START.isoformat())
    assert post.tick() == []


def test_an_address_that_is_told_while_messages_are_taken_up_is_not_missed(post: Post) -> None:
    """The one saw no address and is not done; the other waits for it, and sees what it left out."""
    post.accept("a1", "anna")
    with ThreadPoolExecutor(1) as pool:
        with post.desk.work() as work:
            sending.dispatch(work, CHANNELS)
            told = pool.submit(post.contact, "anna", email_since=START.isoformat())
            wait([told], timeout=0.5)  # as far as it comes meanwhile
        told.result(timeout=60)
    post.send(*post.tick())
    assert [each.to for each in post.mail.sent] == ["anna@example.org"]


def test_a_message_is_sent_once_whoever_asks_twice(post: Post) -> None:
    """The bus may tell twice, to two replicas at the same time."""
    post.contact("anna")
    post.accept("a1", "anna")
    (delivery,) = post.tick()
    post.send(delivery, delivery)
    assert len(post.mail.sent) == 1
    (row,) = post.rows(models.deliveries)
    assert (row.state, row.attempts, row.receipt) == ("sent", 1, f"M-{delivery}")
    post.accept("a2", "anna")
    (other,) = post.tick()
    keeps = [sending.send(post.desk.store, other, post.outside) for _ in range(2)]
    for keep in keeps:
        with post.desk.work() as work:
            keep(work)
    assert [each.id for each in post.mail.sent] == [delivery, other]
    assert len(post.rows(models.attempts)) == 2


def test_an_event_that_is_lost_is_told_again(post: Post) -> None:
    post.contact("anna")
    post.accept("a1", "anna")
    (delivery,) = post.tick()
    assert post.tick() == []
    post.clock.goes_to(START + timedelta(minutes=10))
    assert post.tick() == [delivery]


def test_silence_is_tried_again_and_given_up_where_operators_see_it(post: Post) -> None:
    """Later each time; every try is a row; an operator has it tried from the beginning, which works once."""
    post.contact("anna", email="away@example.org")
    post.accept("a1", "anna")
    post.deliver()
    for attempt, pause in ((1, 60), (2, 120)):
        (row,) = post.rows(models.deliveries)
        assert (row.state, row.attempts, row.failure) == ("waiting", attempt, "out of order")
        now = post.clock.now()
        assert timedelta(seconds=pause / 2) <= row.due_at - now <= timedelta(seconds=pause)
        assert post.tick() == []
        post.clock.goes_to(now + timedelta(seconds=pause))
        post.deliver()
    page = post.ask("failed", inbox.failed, {"channel": "mail"}, "operator")
    (failed,) = page["deliveries"]
    assert (failed["recipient"], failed["attempts"], page["total"]) == ("anna", 3, 1)
    assert "@" not in str(page)
    assert [row.outcome for row in post.rows(models.attempts)] == ["silent"] * 3
    post.contact("anna", 2)
    post.ask("again", sending.again, {"delivery_id": failed["delivery_id"]}, "operator")
    with pytest.raises(Conflict):
        post.ask("again", sending.again, {"delivery_id": failed["delivery_id"]}, "operator")
    post.deliver()
    assert [each.to for each in post.mail.sent] == ["anna@example.org"]
    assert post.ask("failed", inbox.failed, {}, "operator")["total"] == 0
    with pytest.raises(Conflict):
        post.ask("again", sending.again, {"delivery_id": failed["delivery_id"]}, "operator")
    with pytest.raises(NotFound):
        post.ask("again", sending.again, {"delivery_id": "nobody"}, "operator")


def test_a_refusal_and_an_address_that_is_gone_are_given_up_at_once(post: Post) -> None:
    post.contact("anna", email="refused@example.org")
    post.contact("ben")
    post.accept("a1", "anna", "ben")
    deliveries = post.tick()
    post.contact("ben", 2, email=None)
    post.send(*deliveries)
    assert {row.failure for row in post.rows(models.deliveries)} == {"no such address", "no address any more"}
    assert post.mail.sent == []


def test_one_s_own_messages_and_nobody_else_s(post: Post) -> None:
    """Pages, what is unread, marking as read; others' ids change nothing and tell nothing."""
    for number in range(3):
        post.clock.goes_to(START + timedelta(minutes=number))
        post.accept(f"a{number}", "anna")
    post.accept("b1", "ben")
    page = post.mine("anna")
    assert [each["application_id"] for each in page["messages"]] == ["a2", "a1", "a0"]
    assert (page["total"], page["unread"]) == (3, 3)
    ids = [each["message_id"] for each in page["messages"]]
    post.ask("read", inbox.read, {"message_ids": ids}, "applicant", "ben")
    assert post.mine("anna")["unread"] == 3
    post.ask("read", inbox.read, {"message_ids": ids[:2]}, "applicant", "anna")
    unread = post.mine("anna", unread="yes")
    assert ([each["message_id"] for each in unread["messages"]], unread["total"]) == (ids[2:], 1)
    assert post.mine("anna", unread="no")["total"] == 2
    assert post.mine("ben")["unread"] == 1


def test_an_announcement_is_sent_by_somebody_else_once(post: Post) -> None:
    post.accept("a1", "anna")
    texts = {
        "subject_zh": "安排",
        "subject_en": "Plans",
        "text_zh": "下周{year}开始。",
        "text_en": "Next week.",
    }
    made = post.ask("announce", announcing.announce, {"cycle_id": "c1", **texts}, "award_office", "li")
    decide = {"announcement_id": made["announcement_id"], "accept": True, "reason": "同意"}
    with pytest.raises(Forbidden):
        post.ask("decide_announcement", announcing.decide, decide, "award_office", "li")
    assert post.mine("anna")["total"] == 1
    post.clock.goes_to(START + timedelta(days=1))
    sent = post.ask("decide_announcement", announcing.decide, decide, "award_office", "wu")
    assert (sent["state"], sent["proposed_by"], sent["decided_by"]) == ("sent", "li", "wu")
    with pytest.raises(Conflict):
        post.ask("decide_announcement", announcing.decide, decide, "award_office", "wu")
    newest = post.mine("anna")["messages"][0]
    assert (newest["subject_zh"], newest["text_zh"]) == ("安排", "下周{year}开始。")
    assert (
        len(post.ask("announcements", announcing.listed, {"cycle_id": "c1"}, "auditor")["announcements"]) == 1
    )
    with pytest.raises(NotFound):
        post.ask("announce", announcing.announce, {"cycle_id": "c9", **texts}, "award_office", "li")


def test_helper_and_giver_of_a_lent_role_are_one_person(post: Post) -> None:
    """What a helper wrote in somebody's name is not sent by that somebody."""
    texts = {"subject_zh": "安排", "subject_en": "Plans", "text_zh": "下周开始。", "text_en": "Next week."}
    post.accept("a1", "anna")
    given = {"cycle_id": "c1", **texts}
    post.desk.lenders["wang"] = "li"
    made = post.ask("announce", announcing.announce, given, "award_office", "wang")
    del post.desk.lenders["wang"]
    decide = {"announcement_id": made["announcement_id"], "accept": True, "reason": "同意"}
    for who in ("li", "wang"):
        with pytest.raises(Forbidden) as refused:
            post.ask("decide_announcement", announcing.decide, decide, "award_office", who)
        assert refused.value.code == "same_person"
    sent = post.ask("decide_announcement", announcing.decide, decide, "award_office", "wu")
    assert sent["state"] == "sent"


def test_destroyed_records_take_their_messages_with_them(post: Post) -> None:
    """And what was under way: a delivery whose message is gone is nobody's."""
    post.contact("anna")
    post.accept("a1", "anna")
    post.accept("a2", "anna")
    deliveries = post.tick()
    post.send(*deliveries)
    post.hear(heard.records_destroyed, RecordsDestroyed, application_ids=["a1"])
    assert [each["application_id"] for each in post.mine("anna")["messages"]] == ["a2"]
    assert len(post.rows(models.deliveries)) == len(post.rows(models.attempts)) == 1
    post.send(*deliveries)
    assert len(post.rows(models.attempts)) == 1


def test_what_is_about_no_application_is_kept_for_a_time(post: Post) -> None:
    """With its deliveries and tries; what is about an application stays until that is destroyed."""
    post.contact("li", roles=("award_office",))
    post.accept("a1", "li")
    with post.desk.work() as work:
        writing.write(work, letters.to_office("cycle_blocked", {"cycle_id": "c1"}))
    post.deliver()
    for days, left in ((30, 2), (31, 1), (400, 1)):
        post.clock.goes_to(START + timedelta(days=days))
        with post.desk.work() as work:
            keeping.purge(work, 30)
        counts = [len(post.rows(table)) for table in (models.messages, models.deliveries, models.attempts)]
        assert counts == [left] * 3


def test_addresses_are_not_readable_in_the_database(post: Post) -> None:
    """Nor in the audit log's reasons; what leaves by the bus is an id."""
    post.contact("anna", phone="13800000000")
    post.accept("a1", "anna")
    post.tick()
    with post.desk.store.reading() as connection:
        raw = connection.exec_driver_sql("SELECT email, phone FROM contacts").all()
        assert all(value.startswith("v1.") for row in raw for value in row)
    assert all(set(told) == {"delivery_id"} for told in post.desk.told("message.due"))
