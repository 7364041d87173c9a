"""Forms: texts to JSON and back, refusals at their fields, rows."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from services.gateway.portal.forms import KEY, Choice, Field, Form, Kind, Rows
from services.gateway.portal.text import Text
from shared.problems import Conflict, Forbidden, NotFound, Problem, Unavailable, invalid_field

NAME = Text("名称", "Name")
CHOICES = (Choice("a", NAME), Choice("b", NAME))


def one(kind: Kind, **more: Any) -> Form:
    return Form((Field("it", NAME, kind, **more),))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        (Kind.LINE, "  示例  ", "示例"),
        (Kind.AREA, "一\r\n二", "一\n二"),
        (Kind.LINES, "一\n\n 二 ", ["一", "二"]),
        (Kind.NUMBER, "1,200", 1200),
        (Kind.DECIMAL, "12.5", 12.5),
        (Kind.DECIMAL, "12.0", 12),
        (Kind.MONEY, "500000", 50_000_000),
        (Kind.MONEY, "12.50", 1250),
        (Kind.DAY, "2026-04-11", "2026-04-11"),
        (Kind.MOMENT, "2026-04-11T09:30", "2026-04-11T09:30:00+08:00"),
        (Kind.YES_NO, "no", False),
        (Kind.TICK, "yes", True),
        (Kind.CODE, "123 456", "123456"),
    ],
)
def test_what_is_typed_becomes_json(kind: Kind, typed: str, value: object) -> None:
    assert one(kind).posted(MultiDict({"it": typed})).data == {"it": value}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (Kind.NUMBER, "zwölf"),
        (Kind.NUMBER, "1.5"),
        (Kind.DECIMAL, "NaN"),
        (Kind.DECIMAL, "1e400"),
        (Kind.MONEY, "1.005"),
        (Kind.DAY, "2026-02-30"),
        (Kind.MOMENT, "tomorrow"),
        (Kind.YES_NO, "maybe"),
        (Kind.LINE, "x" * 100_001),
    ],
)
def test_what_is_none_of_its_kind_is_refused_and_kept(kind: Kind, typed: str) -> None:
    filled = one(kind).posted(MultiDict({"it": typed}))
    assert (filled.ok, filled.status, filled.text("it")) == (False, 422, typed)
    assert "it" in filled.errors


@pytest.mark.parametrize("kind", [Kind.RADIOS, Kind.SELECT, Kind.CHECKS])
def test_only_what_is_offered_is_chosen(kind: Kind) -> None:
    form = one(kind, choices=CHOICES)
    assert form.posted(MultiDict({"it": "a"})).ok
    assert "it" in form.posted(MultiDict({"it": "c"})).errors
    assert form.posted(MultiDict()).errors["it"].en == "Choose one"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FILE])
def test_what_is_written_is_read_back(kind: Kind) -> None:
    """Values of an operation's reply, shown and posted untouched, are the same again."""
    values: dict[Kind, Any] = {
        Kind.NUMBER: 7, Kind.DECIMAL: 7.5, Kind.MONEY: 1250, Kind.DAY: "2026-04-11", Kind.YES_NO: True, Kind.TICK: True,
        Kind.MOMENT: "2026-04-11T09:30:00+08:00", Kind.LINES: ["一", "二"], Kind.CHECKS: ["a", "b"], Kind.RADIOS: "b",
        Kind.SELECT: "a", Kind.CODE: "123456",
    }  # fmt: skip
    given = {"it": values.get(kind, "示例")}
    form = one(kind, choices=CHOICES)
    shown = form.filled(given)
    assert (
        form.posted(MultiDict([(name, text) for name, texts in shown.texts.items() for text in texts])).data
        == given
    )


def test_names_with_dots_are_objects() -> None:
    form = Form((Field("facts.staff", NAME, Kind.NUMBER), Field("facts.place", NAME)))
    posted = form.posted(MultiDict({"facts.staff": "12", "facts.place": "示例"}))
    assert posted.data == {"facts": {"staff": 12, "place": "示例"}}
    assert form.filled(posted.data).text("facts.staff") == "12"


def test_rows_are_a_list_without_the_empty_ones() -> None:
    rows = Rows("items", NAME, (Field("field", NAME), Field("reason", NAME)), least=2)
    form = Form((rows,))
    posted = form.posted(
        MultiDict(
            {"items._rows": "3", "items.0.field": "name", "items.0.reason": "x", "items.2.field": "uscc"}
        )
    )
    assert set(posted.errors) == {"items.2.reason"}
    assert [sorted(entry) for entry in posted.data["items"]] == [["field", "reason"], ["field"]]


def test_one_more_row_is_no_attempt() -> None:
    form = Form((Rows("items", NAME, (Field("field", NAME),)), Field("note", NAME)))
    posted = form.posted(MultiDict({"_more": "items", "items._rows": "1", "items.0.field": "name"}))
    assert (posted.ok, posted.errors, posted.status) == (False, {}, 200)
    assert posted.texts["items._rows"] == ["2"]


def test_a_refusal_finds_its_field_or_stands_at_the_top() -> None:
    form = Form((Field("name", NAME), Rows("items", NAME, (Field("field", NAME),))))
    posted = form.posted(MultiDict({"name": "x"}))
    posted.refuse(invalid_field("name", "不行", "no"))
    assert posted.errors["name"].zh == "不行"
    posted.refuse(invalid_field("items.0.field", "不行", "no"))
    assert "items.0.field" in posted.errors
    posted.refuse(invalid_field("elsewhere", "不行", "no"))
    assert [each.en for each in posted.unplaced()] == ["elsewhere: no"]


def test_what_can_be_mended_is_the_forms_and_the_rest_is_not() -> None:
    posted = one(Kind.LINE).posted(MultiDict({"it": "x"}))

    def conflict() -> dict[str, Any]:
        raise Conflict("别人刚改过", "somebody changed it")

    posted.attempt(conflict)
    assert (posted.status, [each.en for each in posted.unplaced()]) == (409, ["somebody changed it"])
    for problem in (NotFound("没有", "no"), Forbidden("不行", "no")):

        def refuse(problem: Exception = problem) -> dict[str, Any]:
            raise problem

        with pytest.raises(type(problem)):
            posted.attempt(refuse)


@pytest.mark.parametrize(
    ("problem", "same"),
    [(invalid_field("it", "不行", "no"), False), (Unavailable("没有应答", "no answer"), True)],
)
def test_what_was_refused_is_another_request_when_mended(problem: Problem, same: bool) -> None:
    """A service remembers a refusal by its key; what nobody answered may have been done, and keeps its own."""
    posted = one(Kind.LINE).posted(MultiDict({"it": "x", KEY: "k" * 32}))
    posted.refuse(problem)
    assert (posted.key == "k" * 32) is same
