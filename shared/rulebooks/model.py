"""What a rulebook says, as frozen data. Built by the loader, read by services; no I/O, no clock.

Amounts are integer fen, shares and majorities exact fractions, marks are percent of full marks.
Rules are the article and item as in the text, in digits: `16.6`, or `assumed:<name>` where no text gives one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from shared.problems import Conflict, Invalid
from shared.rulebooks.after import Index as Index
from shared.rulebooks.after import Tracking as Tracking
from shared.rulebooks.criteria import CriteriaRule, CriteriaTree
from shared.rulebooks.saying import Source as Source
from shared.rulebooks.saying import Words as Words
from shared.strict_yaml import Document

StageKind = Literal[
    "submission", "qualification", "notice", "review", "social_evaluation", "committee", "grants"
]


@dataclass(frozen=True)
class Article:
    """One article or item of the source text: the label that people cite it by, 第十六条（六）, and what it says in our
    own words; a heading whose items stand under it may have no gist.
    """

    rule: str
    label: str
    title: str
    gist: Words | None = None


@dataclass(frozen=True)
class NotEncoded:
    """An article, or a part of one, that no data stands for, and why."""

    rule: str
    reason: Words
    part: str | None = None


@dataclass(frozen=True)
class Assumed:
    """A value that is not in the text: where it stands in the file, what it is, and on what ground."""

    path: str
    value: str
    note: Words
    line: int


@dataclass(frozen=True)
class Track:
    """奖项类别: what a level is awarded for, and who can apply for it."""

    name: str
    kinds: tuple[str, ...]
    categories: tuple[str, ...]  # empty: all, or the rulebook has none
    aliases: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Level:
    """奖项等次. Levels stand in order of weight, the highest first."""

    name: str
    tracks: tuple[str, ...]
    rule: str
    minimum_score: Decimal | None = None
    aliases: tuple[str, ...] = ()
    rank: int = 0


@dataclass(frozen=True)
class Reserve:
    """A share of a quota's places, rounded up, kept for applicants with a fact, as long as there are any."""

    fact: str
    share: Fraction
    rule: str
    source: Source = "text"


@dataclass(frozen=True)
class Quota:
    """名额: the places that the levels and tracks named share; None: not limited."""

    id: str
    levels: tuple[str, ...]
    tracks: tuple[str, ...]
    places: int | None
    rule: str
    reserve: Reserve | None = None
    source: Source = "text"


@dataclass(frozen=True)
class PanelRule:
    """评审组: how many read or visit each application, and what the whole panel of a category must be.

    `employer_max`: the most members from one employer. `load_max`: the most applications one member takes. `leader`: a
    member heads it who may. `field_readers_min`, `language_readers_min`: of those who read an application, how many know
    a field or industry of it, and how many read every language that it is written in. None, False: not asked.
    """

    reviewers_per_application: int
    size_min: int | None = None
    odd: bool = False
    industry_share_min: Fraction | None = None
    employer_max: int | None = None
    load_max: int | None = None
    leader: bool = False
    field_readers_min: int | None = None
    language_readers_min: int | None = None
    rule: str = ""
    source: Source = "text"


@dataclass(frozen=True)
class Cut:
    """入围: at most `ratio` times the places go on, rounded down, and only with a score strictly above
    `above`.
    """

    ratio: Fraction
    above: Decimal | None
    rule: str


@dataclass(frozen=True)
class BallotRule:
    """网络投票: how many entries the public may choose on one ballot, at most."""

    choices_at_most: int
    rule: str
    source: Source = "text"


@dataclass(frozen=True)
class Stage:
    """阶段: one step of the procedure, owned by one service.

    `entry`: `all` that passed the phase before, or those whom the `office` picks. `scoring`: `sheets` must be
    given, or `carried_or_sheets` (without sheets the figure of the stage before is carried on), or None.
    `working_days` is the length prescribed, None where the text prescribes none. `limits` holds at most how long and how
    many (`minutes_at_most` and `speakers_at_most` of a defence, `days_at_most` of a visit). `aggregation`: the score is the
    `mean` of the sheets, or what the `team` agrees on under its leader. `vote` where the public votes online under this
    system; a vote without it is held elsewhere.
    """

    key: str
    kind: StageKind
    owner: str
    rule: str
    title: Words
    categories: tuple[str, ...] | None = None
    working_days: int | None = None
    entry: Literal["all", "office"] = "all"
    panel: PanelRule | None = None
    scoring: Literal["sheets", "carried_or_sheets"] | None = None
    cut: Cut | None = None
    report: Words | None = None
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)
    aggregation: Literal["mean", "team"] = "mean"
    vote: BallotRule | None = None
    source: Source = "text"

    @property
    def notice(self) -> str | None:
        """The notice's name, for a stage `notice:<name>`."""
        return self.key.partition(":")[2] if self.kind == "notice" else None

    def takes(self, category: str | None) -> bool:
        """Whether applications of a category come to this stage."""
        return self.categories is None or category in self.categories


@dataclass(frozen=True)
class Phase:
    """Stages that run beside each other; the next phase starts when all of them are closed."""

    index: int
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class VoteRule:
    """表决. Quorum: members present of all members, at least. Majority: votes for, of the members
    present without the recused, strictly more than. `failed`: one who fails at its level is `out`, or
    stands for the `next_level` whose mark it reaches. `order`: who gets the places where more pass than
    there are. `ballots`: secret, or open with each member's choices kept. `attendance`: how a member may
    take part, `in_person` or by `link`.
    """

    quorum: Fraction
    majority: Fraction
    rule: str
    source: Source
    failed: Literal["out", "next_level"] = "out"
    order: tuple[str, ...] = ("votes", "score", "second_ballot")
    ballots: Literal["secret", "open"] = "secret"
    attendance: tuple[str, ...] = ("in_person",)


@dataclass(frozen=True)
class ApprovalRule:
    """批准: who approves the committee's list, and whether before its notice or after it."""

    by: Words
    when: Literal["before_notice", "after_notice"]
    rule: str
    source: Source = "text"


@dataclass(frozen=True)
class GrantException:
    """When an award brings other money than its grant, mostly none: a fact holds, or (`won_before`) one of these
    levels was won before. `uses_quota` None: it says nothing of the place. `kinds` empty: whoever the winner is.
    """

    id: str
    rule: str
    fact: str | None = None
    won_before: tuple[str, ...] = ()
    uses_quota: bool | None = None
    kinds: tuple[str, ...] = ()
    amount_fen: int = 0


@dataclass(frozen=True)
class GrantRule:
    """奖金或资助. `up_to`: the smaller of the amount and the approved cost (`cost_fact`). `once`: once per
    organization, ever. `for_` `pool`: for membership of the cultivation pool, then level and track are None.
    """

    id: str
    for_: Literal["award", "pool"]
    level: str | None
    track: str | None
    amount_fen: int
    up_to: bool
    cost_fact: str | None
    once: bool
    exceptions: tuple[GrantException, ...]
    rule: str
    source: Source = "text"


@dataclass(frozen=True)
class Sanction:
    """What follows an event after the award. Orders are named in the order in which they are given."""

    event: str
    rule: str
    orders: tuple[str, ...]
    revokes: bool
    ban_years: int | None
    report_to: tuple[str, ...]
    source: Source = "text"


@dataclass(frozen=True)
class ObjectionRule:
    """异议: what an objection must have to be accepted, and what becomes of the place of one upheld."""

    real_name: bool
    evidence: bool
    rule: str
    by: tuple[str, ...] = ("person", "unit")
    upheld_place: Literal["vacant"] = "vacant"


@dataclass(frozen=True)
class RecusalRule:
    """回避: a ground on which an expert, a member or an officer is kept from an applicant."""

    ground: str  # advises | employer | kin_of | declared
    rule: str
    applies_to: tuple[str, ...]


@dataclass(frozen=True)
class RecusalTerms:
    """回避期限: how long what is over still counts, and how few sheets will do without a replacement.

    Without `look_back_years` only what lasts counts; without `least_sheets` no application goes on without its replacement.
    """

    look_back_years: int | None = None
    least_sheets: int | None = None


@dataclass(frozen=True)
class Material:
    """材料: one thing to hand in."""

    name: str
    title: Words
    kinds: tuple[str, ...]
    rule: str


@dataclass(frozen=True)
class Nominations:
    """提名: whether others may nominate an applicant before it applies, beside own application."""

    allowed: bool
    rule: str
    source: Source = "text"


@dataclass(frozen=True)
class ScoreRule:
    """How sheets become a score: mean of the valid ones, rounded to `places` decimals, half up; or, where `counts` is
    `consensus`, what the panel agreed on, rounded in the same way.
    """

    places: int
    rounding: Literal["half_up"]
    source: Source
    counts: Literal["sheets", "consensus"] = "sheets"


@dataclass(frozen=True)
class OutlierRule:
    """离群: a sheet whose percent lies further than this from the median of its application is shown to people; nothing
    is decided by it.
    """

    points: int
    source: Source


@dataclass(frozen=True)
class Guard:
    """When a condition applies: a test on one fact of the case. Unknown is neither true nor false."""

    fact: str
    test: Literal["is", "is_not", "one_of"]
    value: Any


@dataclass(frozen=True)
class Condition:
    """申报条件: one thing asked of an applicant, decided by one operator."""

    rule: str
    name: str
    operator: str
    parameters: Mapping[str, Any]
    kinds: tuple[str, ...]
    categories: tuple[str, ...] | None
    when: tuple[Guard, ...]
    says: Words
    note: Words | None = None
    source: Source = "text"

    def __hash__(self) -> int:
        return hash((self.rule, self.name))

    def addresses(self, kind: str, category: str | None) -> bool:
        """Whether an applicant of this kind and category gets a finding at all."""
        return kind in self.kinds and (self.categories is None or category in self.categories)


@dataclass(frozen=True)
class Term:
    """A parameter that is no more than a number of years, with its article."""

    years: int
    rule: str
    source: Source = "text"


class NotYetInForce(Conflict):
    """The day lies before the first day in force."""

    default_code = "rulebook_not_yet_in_force"


class EndedOn(Conflict):
    """The day lies after the last day in force."""

    default_code = "rulebook_ended"


class NeverInForce(Conflict):
    """A draft: it is kept to rehearse and to compare."""

    default_code = "rulebook_never_in_force"


class NoSuchTrack(Invalid):
    """The rulebook has no track for an applicant of this kind and category."""

    default_code = "no_such_track"


@dataclass(frozen=True, eq=False)  # one object a version: what is worked out from it is kept by the object
class Rulebook:
    """One regulation, one version."""

    id: str
    jurisdiction: str
    government_level: str  # district | city | nation
    title: Words
    sha256: str
    status: Literal["published", "draft"]
    in_force_from: date | None
    in_force_to: date | None
    kinds: tuple[str, ...]
    categories: tuple[str, ...]
    tracks: tuple[Track, ...]
    levels: tuple[Level, ...]
    quotas: tuple[Quota, ...]
    period: Term
    nominations: Nominations
    departments: tuple[str, ...]
    all_materials: tuple[Material, ...]
    procedure: tuple[Phase, ...]
    votes: VoteRule
    approval: ApprovalRule | None
    score_rule: ScoreRule
    criteria: tuple[CriteriaRule, ...]
    outlier: OutlierRule | None
    grants: tuple[GrantRule, ...]
    sanctions: Mapping[str, Sanction]
    objections: ObjectionRule
    recusal: tuple[RecusalRule, ...]
    recusal_terms: RecusalTerms
    retention: Term
    tracking: Tracking
    readings: Mapping[str, Any]
    conditions: tuple[Condition, ...]
    articles: Mapping[str, Article]
    not_encoded: tuple[NotEncoded, ...]
    assumptions: tuple[Assumed, ...]
    raw: Mapping[str, Any] = field(repr=False, compare=False, hash=False)
    document: Document = field(repr=False, compare=False, hash=False)  # knows the line of everything in `raw`

    def in_force_on(self, day: date) -> None:
        """Return only if the text is in force on the day. Raises NeverInForce, NotYetInForce, EndedOn."""
        if self.status == "draft" or self.in_force_from is None:
            raise NeverInForce(
                f"“{self.title.zh}”是草案，从未施行",
                f"rulebook {self.id} is a draft and was never in force",
            )
        if day < self.in_force_from:
            raise NotYetInForce(
                f"“{self.title.zh}”自 {self.in_force_from} 起施行，{day} 尚未施行",
                f"rulebook {self.id} is in force from {self.in_force_from}, not yet on {day}",
            )
        if self.in_force_to is not None and day > self.in_force_to:
            raise EndedOn(
                f"“{self.title.zh}”有效期至 {self.in_force_to}，{day} 已经失效",
                f"rulebook {self.id} ended on {self.in_force_to}, before {day}",
            )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages in the order of the procedure."""
        return tuple(stage for phase in self.procedure for stage in phase.stages)

    def stage(self, key: str) -> Stage:
        """The stage of that key. Raises KeyError."""
        for stage in self.stages:
            if stage.key == key:
                return stage
        raise KeyError(f"{self.id} has no stage {key!r}")

    @property
    def last_notice(self) -> str | None:
        """The key of the last notice, that of the list which the committee settled; None where there is no notice."""
        return next((stage.key for stage in reversed(self.stages) if stage.kind == "notice"), None)

    def phase_index(self, key: str) -> int:
        """The position of the phase that holds a stage, from 0. Raises KeyError."""
        for phase in self.procedure:
            if any(stage.key == key for stage in phase.stages):
                return phase.index
        raise KeyError(f"{self.id} has no stage {key!r}")

    def phase_after(self, key: str) -> Phase | None:
        """The phase after the one that holds a stage; None after the last. Raises KeyError."""
        following = self.phase_index(key) + 1
        return self.procedure[following] if following < len(self.procedure) else None

    def materials(self, kind: str) -> tuple[str, ...]:
        """The names of what an applicant of a kind hands in."""
        return tuple(material.name for material in self.all_materials if kind in material.kinds)

    def track_of(self, kind: str, category: str | None = None) -> str:
        """The track that an applicant stands for. Raises NoSuchTrack."""
        for track in self.tracks:
            if kind in track.kinds and (not track.categories or category in track.categories):
                return track.name
        raise NoSuchTrack(
            f"“{self.title.zh}”没有供此类申报主体申报的奖项（{kind}，{category or '不分类别'}）",
            f"rulebook {self.id} has no track for kind {kind}, category {category or 'none'}",
        )

    def track(self, name: str) -> Track:
        """The track of that name. Raises KeyError."""
        for track in self.tracks:
            if track.name == name:
                return track
        raise KeyError(f"{self.id} has no track {name!r}")

    def level(self, name: str) -> Level:
        """The level of that name. Raises KeyError."""
        for level in self.levels:
            if level.name == name:
                return level
        raise KeyError(f"{self.id} has no level {name!r}")

    def levels_of(self, track: str) -> tuple[Level, ...]:
        """The levels that a track can win, the highest first."""
        return tuple(level for level in self.levels if track in level.tracks)

    def quota_of(self, level: str, track: str) -> Quota:
        """The quota that an award of this level and track takes its place from. Raises KeyError."""
        for quota in self.quotas:
            if level in quota.levels and track in quota.tracks:
                return quota
        raise KeyError(f"{self.id} states no quota for {level!r} in {track!r}")

    def grant_for(self, level: str, track: str) -> GrantRule | None:
        """The grant of an award, None where the text gives none."""
        for grant in self.grants:
            if grant.for_ == "award" and grant.level == level and grant.track == track:
                return grant
        return None

    def sanction(self, event: str) -> Sanction | None:
        """What follows an event after the award, None where nothing does."""
        return self.sanctions.get(event)

    def recusal_rule(self, ground: str) -> str | None:
        """The article under which a ground keeps somebody away, None where it is no ground here."""
        for rule in self.recusal:
            if rule.ground == ground:
                return rule.rule
        return None

    def criteria_for(self, kind: str, category: str | None) -> CriteriaTree | None:
        """What an applicant of this kind and category is scored by, None where the rulebook names no items for it.

        Raises StrictYamlError where the file is no longer the one that was read when the rulebook was.
        """
        for rule in self.criteria:
            if rule.addresses(kind, category):
                return rule.read()
        return None

    @property
    def retention_years(self) -> int:
        """How long materials are kept, in years."""
        return self.retention.years

    @property
    def tracking_years(self) -> int:
        """How long winners are tracked, in years."""
        return self.tracking.years

    def label(self, rule: str) -> str:
        """How people cite a rule: 第十六条（六）; the rule itself where the text has no such article."""
        article = self.articles.get(rule)
        return article.label if article else rule

    def assumed(self) -> tuple[Assumed, ...]:
        """Every value that is not in the text, in the file's order."""
        return self.assumptions
