"""Problems cross process borders without losing what a user can mend."""

from __future__ import annotations

import pytest

from shared.problems import Conflict, FieldError, Invalid, NotFound, Problem, Transient, invalid_field

pytestmark = pytest.mark.unit


class SomethingOfOneRoom(Conflict):
    """A kind that only one room knows."""

    default_code = "of_one_room"


@pytest.mark.parametrize("kind", [Invalid, NotFound, Conflict, Transient])
def test_a_problem_survives_the_wire(kind: type[Problem]) -> None:
    """Kind, code, words and fields arrive as they were sent."""
    sent = kind("中", "en", code="c", errors=[FieldError("a.b", "错", "wrong")])
    found = Problem.from_dict(sent.as_dict())
    assert type(found) is kind
    assert found.as_dict() == sent.as_dict()


def test_a_kind_of_one_room_arrives_as_its_nearest_relative() -> None:
    """The status at the edge stays right, and the code tells which it was."""
    found = Problem.from_dict(SomethingOfOneRoom("中", "en").as_dict())
    assert (type(found), found.code, found.status) == (Conflict, "of_one_room", 409)


def test_an_unknown_kind_is_still_a_problem() -> None:
    """A newer service may send what this one does not know."""
    assert type(Problem.from_dict({"kind": "Later", "detail_zh": "中", "detail_en": "en"})) is Problem


def test_one_refused_field_names_itself() -> None:
    """The field stands in the list and in the words of both languages."""
    refused = invalid_field("uscc", "校验码错误", "wrong check character")
    assert [e.field for e in refused.errors] == ["uscc"]
    assert "uscc" in refused.detail_zh
    assert "uscc" in refused.detail_en
