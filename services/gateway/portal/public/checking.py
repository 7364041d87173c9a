"""预检: whether one would qualify, by a few questions a page, without an account. Answers travel in the form, kept nowhere.

The qualification's own evaluator answers (`gateway.self_check`); what departments and registers say is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from services.gateway.portal.applicant import sections
from services.gateway.portal.forms import Choice, Field, Filled, Form, Kind, Part, Rows
from services.gateway.portal.public.regulations import anchor
from services.gateway.portal.room import Room
from services.gateway.portal.text import Text
from services.gateway.portal.visit import Visit
from services.gateway.portal.words import CHECKED, word
from shared.contracts import load
from shared.contracts.dossier import Facts
from shared.contracts.operations import PUBLIC
from shared.identifiers import new_id
from shared.problems import Invalid
from shared.rulebooks.facts import KIND_WORDS
from shared.rulebooks.words import CATEGORIES

ROOM = Room("checking", (PUBLIC,))
TITLE = Text("申报条件预检", "Check yourself against the conditions")
EACH = 5  # questions a page
_AT, _TO = "_at", "_to"  # the page that was filled in; another one that is asked for
_FACT = "facts."
_NEXT = Text("下一步", "Next")
Said = Mapping[str, Any]
Texts = Mapping[str, list[str]]
# The order in which findings are read: what is not met, what is missing, what people decide, what is in order.
_GROUPS = (
    (("fail",), Text("不符合", "Not met")),
    (("missing",), Text("缺少", "Missing")),
    (("needs_judgement",), Text("由人员判断", "For an officer to judge")),
    (("awaiting", "not_known"), Text("看部门记录和登记", "By records of departments and registers")),
)
_FINE = ("pass", "not_applicable")


@dataclass(frozen=True)
class Question:
    """One question with its fields; `part` is the form's part where it is a fact."""

    name: str
    fields: tuple[Part, ...]
    rules: tuple[str, ...]
    part: Said | None = None


@dataclass(frozen=True)
class Page:
    """A few questions."""

    questions: tuple[Question, ...]

    @property
    def form(self) -> Form:
        """Their fields."""
        return Form(tuple(field for each in self.questions for field in each.fields), submit=_NEXT)

    def names(self, texts: Texts) -> set[str]:
        """The names under which its answers travel."""
        rows = {f"{part.name}._rows" for part in self.form.parts if isinstance(part, Rows)}
        return {each.name for each in self.form.all_fields(texts)} | rows


@ROOM.page("/check/<rulebook>", methods=("GET", "POST"))
def check(visit: Visit, rulebook: str) -> Response:
    """First who applies, then the questions, then what was found."""
    book = visit.ask("gateway.rulebook", rulebook=rulebook)
    start = _start(book)
    if request.method != "POST":
        return _asked(visit, book, start.filled({}), at=0, pages=None, texts={})
    texts = {name: values for name, values in request.form.lists() if not name.startswith("_")}
    first, at, to = start.posted(request.form), _number(_AT), _number(_TO)
    if to == 0 or not first.ok:
        return _asked(
            visit,
            book,
            first if first.errors and to != 0 else start.typed(texts),
            at=0,
            pages=None,
            texts=texts,
        )
    asked = visit.ask(
        "gateway.form", rulebook=rulebook, kind=first.data["kind"], category=first.data.get("category")
    )
    pages = _pages(asked)
    at = min(at or 0, len(pages))
    if at and to is None:
        filled = _read(pages[at - 1], texts)
        if not filled.ok:
            return _asked(visit, book, filled, at=at, pages=pages, texts=texts)
    place = min(to if to is not None else at + 1, len(pages) + 1)
    if place <= len(pages):
        return _asked(visit, book, pages[place - 1].form.typed(texts), at=place, pages=pages, texts=texts)
    return _result(visit, book, first, pages, texts)


def _number(name: str) -> int | None:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _start(book: Said) -> Form:
    """Who applies, and for which category where the regulation has any."""
    kinds = tuple(Choice(name, word(KIND_WORDS, name)) for name in book["kinds"])
    fields = [Field("kind", Text("谁申报", "Who applies"), Kind.RADIOS, choices=kinds)]
    if book["categories"]:
        named = tuple(Choice(name, word(CATEGORIES, name)) for name in book["categories"])
        fields.append(Field("category", Text("申报类别", "Category"), Kind.RADIOS, choices=named))
    return Form(tuple(fields), submit=_NEXT)


def _pages(form: Said) -> list[Page]:
    questions = list(_questions(form))
    return [Page(tuple(questions[n : n + EACH])) for n in range(0, len(questions), EACH)]


def _questions(form: Said) -> Iterator[Question]:
    """What the regulation asks to be stated: facts, what others say, the pool, what is handed in."""
    articles = form["articles"]
    for part in form["facts"]:
        fields = sections.form_of([part], articles).parts[1:]  # without the revision of a draft
        yield Question(part["name"], fields, tuple(part["rules"]), part)
    for part in form["by_others"]:
        cited = sections.cited_by(part, articles)
        field = Field(part["name"], sections.title_of(part), Kind.LINE, cited, needed=False, later=True)
        yield Question(part["name"], (field,), tuple(part["rules"]))
    if form["pool"]:
        cited = sections.cited_by({"rules": form["pool"]}, articles)
        since = Text("入培育库的日期（未入库不填）", "In the cultivation pool since (empty: not in it)")
        yield Question(
            "pool_since",
            (Field("pool_since", since, Kind.DAY, cited, needed=False, later=True),),
            tuple(form["pool"]),
        )
    if form["materials"]:
        choices = tuple(
            Choice(each["name"], sections.title_of(each), sections.cited_by(each, articles))
            for each in form["materials"]
        )
        there = Text("已经备齐的材料", "Materials that are ready")
        rules = tuple(each["rule"] for each in form["materials"])
        yield Question(
            "materials",
            (Field("materials", there, Kind.CHECKS, choices=choices, needed=False, later=True),),
            rules,
        )


# --- reading -------------------------------------------------------------------------------------------------------------------


def _read(page: Page, texts: Texts) -> Filled:
    """A page's answers; `data` has the facts as the operation takes them. What is nothing of its kind is refused at its field."""
    filled = page.form.posted(request.form)
    if filled.rows_changed:
        return filled
    parts = [each.part for each in page.questions if each.part is not None]
    typed = sections.typed(parts, page.form, filled) if parts else {}
    facts = {name.removeprefix(_FACT): value for name, value in typed.items() if value is not None}
    try:
        load(Facts(only=tuple(name.removeprefix(_FACT) for name in typed)) if typed else Facts(), facts)
    except Invalid as wrong:
        for error in wrong.errors:
            name = _field_of(page, f"{_FACT}{error.field}")
            filled.errors.setdefault(name, Text(error.reason_zh, error.reason_en))
    more = {name: value for name, value in filled.data.items() if name != _FACT[:-1]}
    filled.data = {**more, "facts": facts}
    return filled


def _field_of(page: Page, path: str) -> str:
    """The field that a refusal's path means; of rows the first one."""
    names = [field.name for field in page.form.all_fields(request.form.to_dict(flat=False))]
    exact = next((name for name in names if name == path), None)
    fact = ".".join(path.split(".")[:2])
    return exact or next((name for name in names if name == fact or name.startswith(f"{fact}.")), names[0])


# --- showing -------------------------------------------------------------------------------------------------------------------


def _asked(
    visit: Visit, book: Said, filled: Filled, *, at: int, pages: list[Page] | None, texts: Texts
) -> Response:
    """One page of questions; what other pages were answered goes along."""
    own = {each.name for each in filled.form.all_fields(texts)}
    own |= {f"{part.name}._rows" for part in filled.form.parts if isinstance(part, Rows)}
    return visit.page(
        "public/check.html", TITLE, form=filled, book=book, at=at, of=len(pages) if pages is not None else None,
        along=_along(book, pages, texts, own),
    )  # fmt: skip


def _along(
    book: Said, pages: Sequence[Page] | None, texts: Texts, left_out: set[str]
) -> list[tuple[str, str]]:
    """Answers of other pages. Before it is known which questions there are, all of them; else no name that is none of theirs."""
    names = {"kind", "category"} if pages is not None else set(texts)
    for page in pages or ():
        names |= page.names(texts)
    return [(name, value) for name, values in texts.items() if name in names - left_out for value in values]


def _result(visit: Visit, book: Said, first: Filled, pages: list[Page], texts: Texts) -> Response:
    """What is found in all answers; the first page with something wrong on it is shown instead."""
    data: dict[str, Any] = {"facts": {}}
    for place, page in enumerate(pages, 1):
        filled = _read(page, texts)
        if filled.errors:
            return _asked(visit, book, filled, at=place, pages=pages, texts=texts)
        facts = filled.data.pop("facts")
        data |= filled.data
        data["facts"] |= facts
    call = _call(visit, book["rulebook"])
    today = visit.today()
    days = (
        {"year": call["year"], "closes_on": call["closes_on"]}
        if call
        else {"year": today.year, "closes_on": f"{today}"}
    )
    who = {"kind": first.data["kind"], "category": first.data.get("category")}
    found = visit.do("gateway.self_check", new_id(), rulebook=book["rulebook"], **who, **days, **data)
    told = [{**each, "pages": _pages_on(pages, each["rule"])} for each in found["findings"]]
    return visit.page(
        "public/checked.html", Text("预检结果", "What the check found"), book=book, call=call, closes_on=found["closes_on"],
        groups=[(title, [each for each in told if each["outcome"] in outcomes]) for outcomes, title in _GROUPS],
        fine=[each for each in told if each["outcome"] in _FINE], along=_along(book, pages, texts, set()), of=len(pages),
        word=lambda outcome: word(CHECKED, outcome), anchor=anchor,
    )  # fmt: skip


def _pages_on(pages: Sequence[Page], rule: str) -> list[int]:
    return [
        place for place, page in enumerate(pages, 1) if any(rule in each.rules for each in page.questions)
    ]


def _call(visit: Visit, rulebook: str) -> Said | None:
    """The open call by this regulation, whose last day counts; None where there is none, or nobody can say."""
    cycles = visit.ask_or_none("intake.cycles")
    calls: list[Said] = [] if cycles is None else cycles["cycles"]
    return next(
        (
            each
            for each in calls
            if each["rulebook"] == rulebook and each["state"] == "open" and not each["rehearsal"]
        ),
        None,
    )
