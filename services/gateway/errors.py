"""Problems at the edge of HTTP: the ones that only HTTP knows, and their form after RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import HTTPException

from shared.problems import NotFound, Problem

PROBLEM_JSON = "application/problem+json"
LANGUAGES = ("zh", "en")


class BadRequest(Problem):
    """What came is no request that could be understood."""

    default_code = "bad_request"


class NoSuchAddress(Problem):
    """No route has this path."""

    status = 404
    title_zh = "没有这个地址"
    title_en = "No such address"
    default_code = "no_such_address"


class WrongMethod(Problem):
    """The path exists, but not for this method."""

    status = 405
    title_zh = "不支持这种方法"
    title_en = "Method not allowed"
    default_code = "method_not_allowed"


class NotAcceptable(Problem):
    """The caller takes nothing that this API gives."""

    status = 406
    title_zh = "无法给出所要的格式"
    title_en = "Not acceptable"
    default_code = "not_acceptable"


class TooLarge(Problem):
    """The body is longer than the limit."""

    status = 413
    title_zh = "请求内容过大"
    title_en = "Request too large"
    default_code = "too_large"


class WrongVersion(Problem):
    """Another version of a protocol is spoken here."""

    status = 412
    title_zh = "协议版本不对"
    title_en = "Wrong version of the protocol"
    default_code = "wrong_version"


class Locked(Problem):
    """Somebody else is writing to the same thing just now."""

    status = 423
    title_zh = "正被占用"
    title_en = "In use"
    default_code = "locked"


class ChecksumMismatch(Problem):
    """A part does not have the checksum that came with it (a status of the tus protocol)."""

    status = 460
    title_zh = "校验和不符"
    title_en = "Checksum mismatch"
    default_code = "checksum_mismatch"


class WrongContentType(Problem):
    """The body is said to be something else than what is taken."""

    status = 415
    title_zh = "请求内容的类型不对"
    title_en = "Unsupported content type"
    default_code = "unsupported_content_type"


class TooMany(Problem):
    """Too many failed sign-ins; `wait` seconds until the next try."""

    status = 429
    title_zh = "尝试次数过多"
    title_en = "Too many attempts"
    default_code = "too_many_attempts"

    def __init__(self, wait: int) -> None:
        super().__init__(f"请在 {wait} 秒后再试", f"try again in {wait} seconds")
        self.wait = wait


class RateLimited(TooMany):
    """One client asked for more than its share; `wait` seconds until its next window."""

    title_zh = "请求过于频繁"
    title_en = "Too many requests"
    default_code = "rate_limited"


class Fault(Problem):
    """A fault of ours; the log has it under the request's id."""

    status = 500
    title_zh = "系统出错"
    title_en = "Something went wrong here"
    default_code = "fault"


def fault() -> Fault:
    """What a caller is told of a fault: nothing but whom to ask and under which id."""
    return Fault(
        "系统内部出错，已经记录。反映问题时请附上查询编号",
        "an error inside the system; it was recorded. Please quote its id (request_id) when reporting it",
    )


def not_found() -> NotFound:
    """The one answer for what does not exist and for what is not the caller's."""
    return NotFound("没有这项内容，或者不归您查看", "it does not exist, or it is not yours to see")


def as_details(problem: Problem, language: str, request_id: str) -> dict[str, Any]:
    """Problem details; `title` and `detail` in the caller's language, both languages beside."""
    if isinstance(problem, NotFound):
        problem = not_found()
    return {
        "type": f"urn:zhiheng:problem:{problem.code}",
        "title": problem.title_en if language == "en" else problem.title_zh,
        "status": problem.status,
        "detail": problem.detail_en if language == "en" else problem.detail_zh,
        "code": problem.code,
        "title_zh": problem.title_zh,
        "title_en": problem.title_en,
        "detail_zh": problem.detail_zh,
        "detail_en": problem.detail_en,
        "errors": [error.as_dict() for error in problem.errors],
        "request_id": request_id,
    }


def extra_headers(problem: Problem) -> Mapping[str, str]:
    """Headers that belong to some problems."""
    if problem.status == 401:
        error = ', error="invalid_token"' if problem.code == "invalid_token" else ""
        return {"WWW-Authenticate": f'Bearer realm="zhiheng"{error}'}
    if problem.code == "insufficient_scope":
        return {"WWW-Authenticate": 'Bearer realm="zhiheng", error="insufficient_scope"'}
    if isinstance(problem, TooMany):
        return {"Retry-After": str(problem.wait)}
    if problem.status == 503:
        return {"Retry-After": "5"}
    return {}


def of_http(error: HTTPException) -> Problem:
    """What Werkzeug refuses, in our words."""
    match error.code:
        case 404:
            return NoSuchAddress("没有这个地址", "no such address")
        case 405:
            return WrongMethod("这个地址不支持这种方法", "this address does not take this method")
        case 413:
            return TooLarge("请求内容超过 1 MiB", "the body is longer than 1 MiB")
        case code if code is not None and code >= 500:
            return fault()
        case _:
            return BadRequest("请求无法理解", "the request cannot be understood")
