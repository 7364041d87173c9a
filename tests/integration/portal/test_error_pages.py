"""Pages of refusals: in both languages, with a way on, and nothing of what went wrong inside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from services.gateway.errors import RateLimited
from shared.contracts import Context
from shared.problems import Conflict, NotFound, Unavailable
from tests.support.browsing import Visitor
from tests.support.gateway import REAL, InProcess, Now, make_bench

PLACE = f"/cycles/{REAL}/applications"
CASES: list[tuple[Exception, int, tuple[str, str]]] = [
    (NotFound("内情", "our secret"), 404, ("或从这里找", "or look here")),
    (Conflict("现在不能办理", "it is not the time"), 409, ("现在不能办理", "it is not the time")),
    (RateLimited(7), 429, ("7 秒后再试", "again in 7 seconds")),
    (RuntimeError("our secret"), 500, ("已经记录", "was recorded")),
    (Unavailable("评审服务没有应答", "review does not answer"), 503, ("没有应答", "does not answer")),
]


class Failing(InProcess):
    """Whatever asks for a cycle fails, on the gateway's side."""

    def __init__(self, problem: Exception) -> None:
        super().__init__()
        self.problem = problem

    def ask(
        self,
        service: str,
        method: str,
        data: Mapping[str, Any],
        context: Context,
        timeout: float | None = None,
    ) -> Now:
        if method == "cycle":
            raise self.problem
        return super().ask(service, method, data, context, timeout)


@pytest.mark.parametrize(("problem", "status", "words"), CASES, ids=lambda each: str(each)[:12])
def test_a_refusal_says_what_and_where_to_go_on(
    tmp_path: Path, problem: Exception, status: int, words: tuple[str, str]
) -> None:
    visitor = Visitor(make_bench(tmp_path, Failing(problem)), "award_office")
    address = f"{PLACE}?q=%E7%A4%BA%E4%BE%8B&page=2"
    for language, said in zip(("zh", "en"), words, strict=True):
        visitor.open(f"/?lang={language}")
        shown = visitor.open(address, Accept="text/html")
        assert (shown.status, said in shown.words) == (status, True), shown.words
        assert "/help" in shown.links
        assert (address in shown.links) == (status != 404)
        assert "our secret" not in shown.text
        assert ("错误" in shown.words) is False  # a service's refusal is no mistake in a form
        assert shown.response.headers["Cache-Control"] == "no-store"
        assert shown.response.headers.get("Retry-After") == {429: "7", 503: "5"}.get(status)
        assert visitor.client.head(address, base_url="https://localhost").status_code == status


def test_whoever_sent_a_form_is_led_back_to_its_page(tmp_path: Path) -> None:
    visitor = Visitor(make_bench(tmp_path, InProcess()), "auditor")
    shown = visitor.post("/me/password?next=/x", {"old": "x"})
    assert (shown.status, "/me/password" in shown.links) == (403, True)
    shown = visitor.post("/me/acting", {}, Referer="https://localhost/me?x=1")
    assert (shown.status, "/me?x=1" in shown.links) == (403, True)
    shown = visitor.post("/me/acting", {}, Referer="https://elsewhere.example/me")
    assert (shown.status, "elsewhere" in shown.text) == (403, False)
    assert visitor.post("/help", {}).status == 405
