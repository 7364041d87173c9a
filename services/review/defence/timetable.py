"""答辩日程: which application is heard when and in which room, and every rule that a timetable breaks. Pure.

Times are minutes from midnight. A hearing needs all who review the application, as many as the rulebook asks for at least,
none of them elsewhere or away; a panel hears one after another in the order that was drawn. Who is kept from an application is
not among its reviewers, and so neither in the room nor waited for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.review.placing import UNPROVED, Job, place
from shared.calendar import in_words
from shared.identifiers import Reason, digest

DAY = 24 * 60
_NAMED_AT_MOST = 5


@dataclass(frozen=True)
class Span:
    """A part of one day, from `begins` up to but not including `ends`."""

    day: date
    begins: int
    ends: int

    def meets(self, other: Span, gap: int = 0) -> bool:
        """Whether the two overlap, or lie nearer to each other than `gap` minutes."""
        return self.day == other.day and self.begins < other.ends + gap and other.begins < self.ends + gap


@dataclass(frozen=True)
class Terms:
    """What the office gives: rooms, days, the hours of each day (breaks lie between them), and how long a hearing is.

    `quorum`: how many reviewers must be there; `gap`: minutes from one hearing to the next in a room.
    """

    rooms: tuple[str, ...]
    days: tuple[date, ...]
    hours: tuple[tuple[int, int], ...]
    minutes: int
    gap: int
    quorum: int

    def grid(self) -> tuple[Span, ...]:
        """Every span in which a hearing may lie, the earliest first."""
        return tuple(
            Span(day, begins, begins + self.minutes)
            for day in sorted(self.days)
            for opens, closes in sorted(self.hours)
            for begins in range(opens, closes - self.minutes + 1, self.minutes + self.gap)
        )


@dataclass(frozen=True)
class Hearing:
    """An application that is to be heard: its panel, and who reviews it, those kept from it left out."""

    application_id: str
    sequence: int
    panel: str
    reviewers: frozenset[str]


@dataclass(frozen=True)
class Absence:
    """An expert who is away for a time."""

    expert_id: str
    span: Span


@dataclass(frozen=True)
class Slot:
    """Where and when an application is heard."""

    application_id: str
    room: str
    span: Span


@dataclass(frozen=True)
class Timetable:
    """Slots by time. `loosened`: who could not be held to the order of the draw, since a reviewer of theirs alone is away."""

    slots: tuple[Slot, ...]
    loosened: tuple[str, ...]
    proved: bool


@dataclass(frozen=True)
class Fault:
    """A rule that a timetable breaks, by name and in words, and at which application."""

    rule: str
    application_id: str
    reason: Reason


class NoTimetableError(Exception):
    """None exists; the reason says which panel lacks how many slots, and whose absence is in the way."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.en)
        self.reason = reason


def drawn(seed: str, sequences: Iterable[int]) -> tuple[int, ...]:
    """The order in which a panel hears its applications, by their numbers; the seed alone decides it."""
    return tuple(sorted(sequences, key=lambda sequence: (digest([seed, sequence]), sequence)))


def fit(
    terms: Terms,
    hearings: Sequence[Hearing],
    order: Sequence[str],
    absences: Sequence[Absence] = (),
    before: Sequence[Slot] = (),
    heard: Mapping[str, tuple[Slot, frozenset[str]]] | None = None,
) -> Timetable:
    """A timetable for all hearings that keeps as much as it can of the one `before`, and else ends early.

    `order`: applications as drawn; one that is not among them (it was postponed) has lost its turn. `heard`: slots that are
    over, with who was there; nobody is moved into them. First the order binds everybody; where that cannot be, it no longer
    binds those who have fewer times to choose from than their panel.
    Raises NoTimetableError.
    """
    grid, gone = terms.grid(), heard or {}
    busy = [*absences, *(Absence(name, slot.span) for slot, there in gone.values() for name in there)]
    capacity = {
        unit: len(terms.rooms) - sum(slot.span.meets(span, terms.gap) for slot, _ in gone.values())
        for unit, span in enumerate(grid)
    }
    free = {h.application_id: _starts(terms, h, grid, busy) for h in hearings}
    loose = _with_less_choice(hearings, free)
    placed = place(_jobs(hearings, order, free, before, grid, frozenset()), capacity)
    left, loosened = _missing(hearings, placed.starts), frozenset[str]()
    if left and loose:
        placed = place(_jobs(hearings, order, free, before, grid, loose), capacity)
        left, loosened = _missing(hearings, placed.starts), loose
    if left:
        raise NoTimetableError(
            UNPROVED if not placed.proved else _why(terms, hearings, left, free, grid, busy)
        )
    spans = {application: grid[unit] for application, unit in placed.starts.items()}
    slots = _rooms(terms, hearings, spans, before, [slot for slot, _ in gone.values()])
    astray = out_of_order(slots, order, hearings)
    return Timetable(slots, tuple(sorted(loosened)) if astray else (), placed.proved)


def faults(
    terms: Terms, hearings: Sequence[Hearing], slots: Sequence[Slot], absences: Sequence[Absence] = ()
) -> tuple[Fault, ...]:
    """Every rule that these slots break; the order of the draw is no such rule, see `out_of_order`."""
    known = {hearing.application_id: hearing for hearing in hearings}
    slots = [slot for slot in slots if slot.application_id in known]
    found: list[Fault] = []
    for slot in slots:
        found += _of_one(terms, known[slot.application_id], slot, absences)
    for number, one in enumerate(slots):
        for other in slots[number + 1 :]:
            found += _of_two(terms, known, one, other, absences)
    times = Counter(slot.application_id for slot in slots)
    for hearing in hearings:
        if times[hearing.application_id] != 1:
            found.append(
                _fault(
                    "once", hearing.application_id, f"应当恰好安排一次，现为 {times[hearing.application_id]} 次",
                    f"must have one slot and has {times[hearing.application_id]}",
                )
            )  # fmt: skip
    return tuple(found)


def out_of_order(slots: Sequence[Slot], order: Sequence[str], hearings: Sequence[Hearing]) -> tuple[str, ...]:
    """Those heard before somebody of the same panel who was drawn earlier."""
    panel = {hearing.application_id: hearing.panel for hearing in hearings}
    turn = {application: number for number, application in enumerate(order)}
    when = {s.application_id: (s.span.day, s.span.begins) for s in slots if s.application_id in panel}
    return tuple(
        one
        for one in when
        if one in turn
        and any(
            panel[one] == panel[other] and turn[other] < turn[one] and when[one] < when[other]
            for other in turn.keys() & when.keys()
        )
    )


def _starts(
    terms: Terms, hearing: Hearing, grid: Sequence[Span], absences: Sequence[Absence]
) -> dict[int, frozenset[str]]:
    """By unit of the grid in which the quorum is there: who is."""
    found = {}
    for unit, span in enumerate(grid):
        there = _there(hearing, span, absences)
        if len(there) >= terms.quorum:
            found[unit] = there
    return found


def _there(hearing: Hearing, span: Span, absences: Iterable[Absence]) -> frozenset[str]:
    return hearing.reviewers - {absence.expert_id for absence in absences if absence.span.meets(span)}


def _with_less_choice(
    hearings: Sequence[Hearing], free: Mapping[str, Mapping[int, frozenset[str]]]
) -> frozenset[str]:
    """Those who cannot be heard at every time at which somebody of their panel can."""
    any_of: dict[str, set[int]] = defaultdict(set)
    for hearing in hearings:
        any_of[hearing.panel] |= free[hearing.application_id].keys()
    return frozenset(h.application_id for h in hearings if free[h.application_id].keys() != any_of[h.panel])


def _jobs(
    hearings: Sequence[Hearing],
    order: Sequence[str],
    free: Mapping[str, Mapping[int, frozenset[str]]],
    before: Sequence[Slot],
    grid: Sequence[Span],
    loose: frozenset[str],
) -> list[Job]:
    turn = {application: number for number, application in enumerate(order)}
    unit_of = {span: unit for unit, span in enumerate(grid)}
    was = {slot.application_id: unit_of.get(slot.span) for slot in before}
    return [
        Job(
            key=h.application_id,
            starts=free[h.application_id],
            group=f"panel:{h.panel}",
            turn=None if h.application_id in loose else turn.get(h.application_id),
            kept=was.get(h.application_id),
            costs={unit: unit for unit in free[h.application_id]},  # the earlier the better
        )
        for h in hearings
    ]


def _missing(hearings: Sequence[Hearing], starts: Mapping[str, int]) -> list[Hearing]:
    return [hearing for hearing in hearings if hearing.application_id not in starts]


def _rooms(
    terms: Terms,
    hearings: Sequence[Hearing],
    spans: Mapping[str, Span],
    before: Sequence[Slot],
    gone: Sequence[Slot],
) -> tuple[Slot, ...]:
    """A room for each: the one it had, else the one that its panel was in last, else the first that is free."""
    panel = {hearing.application_id: hearing.panel for hearing in hearings}
    had = {slot.application_id: slot.room for slot in before if spans.get(slot.application_id) == slot.span}
    last: dict[str, str] = {}
    slots: list[Slot] = []
    by_time = sorted(spans, key=lambda a: (spans[a].day, spans[a].begins, had.get(a) is None, panel[a]))
    for application in by_time:
        span = spans[application]
        taken = {slot.room for slot in (*slots, *gone) if slot.span.meets(span, terms.gap)}
        wished = [had.get(application), last.get(panel[application]), *terms.rooms]
        room = next(name for name in wished if name in terms.rooms and name not in taken)
        assert room is not None
        last[panel[application]] = room
        slots.append(Slot(application, room, span))
    return tuple(slots)


def _of_one(terms: Terms, hearing: Hearing, slot: Slot, absences: Sequence[Absence]) -> Iterable[Fault]:
    span, application = slot.span, slot.application_id
    if slot.room not in terms.rooms:
        yield _fault("room", application, f"没有会场 {slot.room}", f"there is no room {slot.room}")
    if span.ends - span.begins > terms.minutes:
        yield _fault(
            "length", application, f"答辩至多 {terms.minutes} 分钟", f"a hearing lasts {terms.minutes} minutes at most"
        )  # fmt: skip
    if span.day not in terms.days:
        yield _fault(
            "day",
            application,
            f"{in_words(span.day).zh} 不是答辩日",
            f"{in_words(span.day).en} is no day of the defence",
        )
    if not any(opens <= span.begins and span.ends <= closes for opens, closes in terms.hours):
        yield _fault(
            "hours", application, f"{clock(span.begins)} 至 {clock(span.ends)} 不在答辩时间内",
            f"{clock(span.begins)} to {clock(span.ends)} lies outside the hours",
        )  # fmt: skip
    there = _there(hearing, span, absences)
    if len(there) < terms.quorum:
        away = _few(sorted(hearing.reviewers - there)) or "-"
        yield _fault(
            "quorum", application, f"到场评审员 {len(there)} 名，需要 {terms.quorum} 名（缺席 {away}）",
            f"{len(there)} reviewers are there, {terms.quorum} are needed (away: {away})",
        )  # fmt: skip


def _of_two(
    terms: Terms, known: Mapping[str, Hearing], one: Slot, other: Slot, absences: Sequence[Absence]
) -> Iterable[Fault]:
    first, second = known[one.application_id], known[other.application_id]
    if one.room == other.room and one.span.meets(other.span, terms.gap):
        yield _fault(
            "room_twice", one.application_id, f"会场 {one.room} 同时安排了第 {second.sequence} 号申报",
            f"room {one.room} is taken by application no. {second.sequence}",
        )  # fmt: skip
    if first is second or not one.span.meets(other.span):
        return
    if first.panel == second.panel:
        yield _fault(
            "panel_twice", one.application_id, f"同一评审组此时在听取第 {second.sequence} 号申报",
            f"the panel hears application no. {second.sequence} at that time",
        )  # fmt: skip
    both = sorted(_there(first, one.span, absences) & _there(second, other.span, absences))
    if both and first.panel != second.panel:
        yield _fault(
            "person_twice", one.application_id, f"{_few(both)} 此时在听取第 {second.sequence} 号申报",
            f"{_few(both)} hears application no. {second.sequence} at that time",
        )  # fmt: skip


def _why(
    terms: Terms,
    hearings: Sequence[Hearing],
    left: Sequence[Hearing],
    free: Mapping[str, Mapping[int, frozenset[str]]],
    grid: Sequence[Span],
    absences: Sequence[Absence],
) -> Reason:
    """Which panel lacks how many slots; and of those who fit into no slot at all, who is away."""
    zh = [f"共 {len(terms.rooms)} 个会场、{len(grid)} 个时段，须安排 {len(hearings)} 场"]
    en = [f"{len(terms.rooms)} rooms and {len(grid)} times for {len(hearings)} hearings"]
    needed, lacking = Counter(h.panel for h in hearings), Counter(h.panel for h in left)
    for panel, count in sorted(lacking.items()):
        zh.append(f"评审组 {panel or '（不分类别）'} 需要 {needed[panel]} 个时段，至少缺 {count} 个")
        en.append(f"panel {panel or '(no category)'} needs {needed[panel]} slots and lacks at least {count}")
    for hearing in [h for h in left if not free[h.application_id]][:_NAMED_AT_MOST]:
        most = max((len(_there(hearing, span, absences)) for span in grid), default=0)
        away = _few(sorted(hearing.reviewers & {absence.expert_id for absence in absences}))
        zh.append(
            f"第 {hearing.sequence} 号申报任何时段到场评审员至多 {most} 名，需要 {terms.quorum} 名"
            + (f"（缺席 {away}）" if away else "")
        )
        en.append(
            f"application no. {hearing.sequence} has {most} reviewers at any time and needs {terms.quorum}"
            + (f" (away: {away})" if away else "")
        )
    return Reason("；".join(zh), "; ".join(en))


def clock(minutes: int) -> str:
    """Minutes from midnight as 09:30."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def minutes_of(text: str) -> int:
    """09:30 as minutes from midnight."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _few(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 名" if len(names) > _NAMED_AT_MOST else ""
    return "、".join(names[:_NAMED_AT_MOST]) + more


def _fault(rule: str, application_id: str, zh: str, en: str) -> Fault:
    return Fault(rule, application_id, Reason(zh, en))
