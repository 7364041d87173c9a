"""Papers of a form: which fields they are, and where a refusal of them stands."""

from __future__ import annotations

from services.gateway.portal.forms import PAPERS, Field, Form, Kind, reason_of
from services.gateway.portal.papers import MOST, named, paper_fields, whole_form, with_papers
from services.gateway.portal.text import Text
from shared.config import Settings
from shared.problems import Conflict, invalid_field

TEXT = Field("text", Text("正文", "Text"))
SEND = Text("提交", "Send")


def test_a_refusal_of_all_papers_stands_at_the_first_one() -> None:
    form = with_papers((TEXT,), SEND)
    assert [each.kind for each in form.files] == [Kind.FILE] * MOST
    assert form.field_of(PAPERS) == form.field_of(f"{PAPERS}.1") == "paper_1"
    assert Form((TEXT,)).field_of(PAPERS) is None


def test_a_refusal_of_one_of_them_stands_at_itself_where_it_has_its_number() -> None:
    form = Form((TEXT, *paper_fields()))
    assert form.field_of(f"{PAPERS}.1") == f"{PAPERS}.1"


def test_the_reason_is_the_fields_or_else_the_refusals_own() -> None:
    assert reason_of(invalid_field("file", "空文件", "an empty file")).zh == "空文件"
    assert reason_of(Conflict("已满", "full")).en == "full"


def test_a_form_has_room_for_as_many_files_of_the_largest_size() -> None:
    settings = Settings()
    assert whole_form(settings) > MOST * settings.file_largest_bytes


def test_a_paper_with_a_token_is_named_with_it() -> None:
    assert named({"paper_id": "p1", "token": None}) == "p1"
    assert named({"paper_id": "p1", "token": "secret"}) == "p1:secret"
