"""通知 notifications on the bus: a table of contents of what it answers and what it hears."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.notifications import (
    announcing,
    claims,
    contacts,
    heard,
    inbox,
    keeping,
    letters,
    metrics,
    sending,
    tasks,
    writing,
)
from services.notifications.channels import channels_of
from services.notifications.schedule import Terms, claim_of
from services.notifications.sending import Outside
from shared.bus import Received, Service, command, every, on_event, query
from shared.config import ConfigurationError, Settings
from shared.contracts.events import (
    AnswerAsked,
    ApplicationAccepted,
    ApplicationWithdrawn,
    AssignmentOffered,
    AwardApproved,
    CorrectionAsked,
    CorrectionSettled,
    CycleBlocked,
    CycleOpened,
    DeclarationDue,
    DossierPeopleChanged,
    MessageDue,
    NoticeCorrected,
    PaybackReminded,
    RecordsDestroyed,
    RecordsDiffer,
    SanctionImposed,
    StageBegun,
    StageClosed,
    TaskSettled,
    TaskWaiting,
    TrackingFailed,
    TrackingOwed,
)
from shared.store import Store, Work

Data = dict[str, Any]


class Notifications(Service):
    """Tells people what they have to know and do."""

    name = "notifications"

    @classmethod
    def check(cls, settings: Settings) -> None:
        """A way out that is half set up, and reminders that are no numbers, stop the start."""
        channels_of(settings)
        if settings.messages_attempts < 1:
            raise ConfigurationError("ZHIHENG_MESSAGES_ATTEMPTS: at least one try")
        if not 0 <= settings.messages_hour <= 23:
            raise ConfigurationError("ZHIHENG_MESSAGES_HOUR: an hour from 0 to 23")
        if settings.messages_keep_days < 1:
            raise ConfigurationError("ZHIHENG_MESSAGES_KEEP_DAYS: at least one day")
        try:
            _ = settings.correction_reminder_days
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_CORRECTION_REMINDERS: {error}") from error
        try:
            _ = settings.task_reminder_days
        except ValueError as error:
            raise ConfigurationError(f"ZHIHENG_TASK_REMINDERS: {error}") from error

    # What is known of cycles and dossiers

    @on_event(CycleOpened)
    def cycle_opened(self, work: Work, event: Received) -> None:
        heard.cycle_opened(work, event)

    @on_event(ApplicationAccepted)
    def application_accepted(self, work: Work, event: Received) -> None:
        heard.accepted(work, event)

    @on_event(DossierPeopleChanged)
    def dossier_people_changed(self, work: Work, event: Received) -> None:
        heard.people_changed(work, event)

    @on_event(ApplicationWithdrawn)
    def application_withdrawn(self, work: Work, event: Received) -> None:
        heard.withdrawn(work, event)

    @on_event(StageBegun, publisher="eligibility")
    def stage_begun(self, work: Work, event: Received) -> None:
        heard.notice_begun(work, event)

    @on_event(NoticeCorrected)
    def notice_corrected(self, work: Work, event: Received) -> None:
        heard.notice_corrected(work, event)

    @on_event(StageClosed, publisher=("eligibility", "committee"))
    def stage_closed(self, work: Work, event: Received) -> None:
        heard.stage_closed(work, event, self.library)

    @on_event(AwardApproved)
    def award_approved(self, work: Work, event: Received) -> None:
        heard.approved(work, event, self.library)

    @on_event(RecordsDestroyed)
    def records_destroyed(self, work: Work, event: Received) -> None:
        heard.records_destroyed(work, event)

    # What is told at once

    @on_event(CorrectionAsked)
    def correction_asked(self, work: Work, event: Received) -> None:
        heard.correction_asked(
            work, event, self.settings.correction_reminder_days, self.settings.messages_hour
        )

    @on_event(CorrectionSettled)
    def correction_settled(self, work: Work, event: Received) -> None:
        heard.correction_settled(work, event)

    @on_event(AnswerAsked)
    def answer_asked(self, work: Work, event: Received) -> None:
        if heard.application_of(work, event) is not None:
            writing.write(work, letters.answer_asked(event.data))

    @on_event(SanctionImposed)
    def sanction_imposed(self, work: Work, event: Received) -> None:
        if heard.application_of(work, event) is not None:
            writing.write(work, letters.sanction(event.data))

    @on_event(TrackingOwed)
    def tracking_owed(self, work: Work, event: Received) -> None:
        if heard.application_of(work, event) is not None:
            writing.write(work, letters.tracking_owed(event.data))

    @on_event(PaybackReminded)
    def payback_reminded(self, work: Work, event: Received) -> None:
        if heard.application_of(work, event) is not None:
            writing.write(work, letters.payback(event.data))

    @on_event(AssignmentOffered)
    def assignment_offered(self, work: Work, event: Received) -> None:
        if heard.cycle_of(work, event) is not None:
            writing.write(work, letters.offered(event.data))

    @on_event(DeclarationDue)
    def declaration_due(self, work: Work, event: Received) -> None:
        writing.write(work, letters.declaration(event.data))

    @on_event(CycleBlocked)
    def cycle_blocked(self, work: Work, event: Received) -> None:
        if heard.cycle_of(work, event) is not None:
            writing.write(work, letters.to_office("cycle_blocked", event.data))

    @on_event(RecordsDiffer)
    def records_differ(self, work: Work, event: Received) -> None:
        if heard.cycle_of(work, event) is not None:
            writing.write(work, letters.records_differ(event.data))

    @on_event(TrackingFailed)
    def tracking_failed(self, work: Work, event: Received) -> None:
        if heard.cycle_of(work, event) is not None:
            writing.write(work, letters.to_office("tracking_failed", event.data))

    @on_event(TaskWaiting)
    def task_waiting(self, work: Work, event: Received) -> None:
        tasks.waiting(work, event, self.settings.task_reminder_days, self.settings.messages_hour)

    @on_event(TaskSettled)
    def task_settled(self, work: Work, event: Received) -> None:
        tasks.settled(work, event)

    # How it leaves the house

    @every(seconds=2.0)
    def send_what_is_due(self, work: Work) -> None:
        channels = channels_of(self.settings)
        sending.dispatch(work, frozenset(channels))
        known_again = frozenset(name for name, channel in channels.items() if channel.knows_again)
        claims.lapse(work, known_again, self.settings.messages_attempts)
        sending.take_up(work)

    @every(seconds=15.0)
    def count_messages(self, work: Work) -> None:
        metrics.measure(work)

    @every(seconds=3600.0)
    def forget_old_messages(self, work: Work) -> None:
        keeping.purge(work, self.settings.messages_keep_days)

    @on_event(MessageDue, outside=True)
    def message_due(self, store: Store, event: Received) -> Callable[[Work], None]:
        settings = self.settings
        timeout = max(settings.mail_timeout, settings.sms_timeout)
        terms = Terms(settings.messages_attempts, settings.messages_backoff, claim_of(timeout))
        outside = Outside(channels_of(settings), terms, self.library, settings.public_url)
        return sending.send(store, event.data["delivery_id"], outside)

    # What is asked

    @query("mine")
    def mine(self, work: Work, data: Data) -> Data:
        return inbox.mine(work, data, self.library)

    @command("read")
    def read(self, work: Work, data: Data) -> Data:
        return inbox.read(work, data)

    @query("failed")
    def failed(self, work: Work, data: Data) -> Data:
        return inbox.failed(work, data)

    @command("again")
    def again(self, work: Work, data: Data) -> Data:
        return sending.again(work, data)

    @command("arrived")
    def arrived(self, work: Work, data: Data) -> Data:
        return sending.arrived(work, data)

    @command("keep_contact")
    def keep_contact(self, work: Work, data: Data) -> Data:
        return contacts.keep(work, data, frozenset(channels_of(self.settings)))

    @command("announce")
    def announce(self, work: Work, data: Data) -> Data:
        return announcing.announce(work, data)

    @command("decide_announcement")
    def decide_announcement(self, work: Work, data: Data) -> Data:
        return announcing.decide(work, data)

    @query("announcements")
    def announcements(self, work: Work, data: Data) -> Data:
        return announcing.listed(work, data)
