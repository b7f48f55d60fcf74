"""Refusals as RFC 9457 problem+json, in the caller's language, for everything that can go wrong."""

import re
from typing import Any, ClassVar

import msgspec
import psycopg
import sqlalchemy.exc
import structlog
from litestar import Request, Response
from litestar.datastructures import ResponseHeader
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.openapi.datastructures import ResponseSpec

from server.core.sealing import CannotOpen
from server.core.text import clean
from server.core.wire import Reply
from server.core.words import Words, language_of

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"


class ProblemReply(Reply):
    """RFC 9457. `title` and `detail` are written for citizens; `type` names the rule."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str


class Problem(Exception):
    """A refusal. The class name is the rule, and becomes `type`: DossierCannotMove → dossier-cannot-move."""

    status: ClassVar[int] = 409
    title: ClassVar[Words]

    def __init__(self, detail: Words | None = None, *, headers: dict[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail.en if detail else self.title.en)
        self.detail = detail or self.title
        self.headers = headers or {}
        self.extra = extra

    @classmethod
    def type(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class InputRefused(Problem):
    """What was sent does not have the shape that was asked for."""

    status = 400
    title = Words(
        "Thông tin gửi lên chưa đúng",
        "What was sent is not right",
        "ព័ត៌មានដែលបានផ្ញើមិនត្រឹមត្រូវ",
    )


class TextRefused(InputRefused):
    """What was typed holds what no person types: control characters or hidden changes of direction."""

    title = Words(
        "Nội dung tìm kiếm có ký tự không hợp lệ",
        "The text holds characters that cannot be read",
        "អត្ថបទមានតួអក្សរដែលមិនអាចអានបាន",
    )


def readable(text: str, max_length: int = 200) -> str:
    """What was typed to search for, cleaned. Raises TextRefused."""
    try:
        return clean(text, max_length)
    except ValueError:
        raise TextRefused from None


class NotFound(Problem):
    status = 404
    title = Words("Không tìm thấy", "Not found", "រកមិនឃើញ")


class MethodRefused(Problem):
    status = 405
    title = Words("Không dùng được cách gọi này", "This address does not take that method", "អាសយដ្ឋាននេះមិនទទួលវិធីនេះទេ")


class TooLarge(Problem):
    status = 413
    title = Words("Nội dung gửi lên quá lớn", "What was sent is too large", "ព័ត៌មានដែលបានផ្ញើធំពេក")


class TooManyRequests(Problem):
    status = 429
    title = Words(
        "Bạn thao tác nhanh quá, hãy chờ một chút rồi thử lại",
        "That was too often; wait a moment and try again",
        "ញឹកញាប់ពេក សូមរង់ចាំបន្តិច រួចព្យាយាមម្តងទៀត",
    )


class Unavailable(Problem):
    """Something we depend on is away; it will come back without anybody's help."""

    status = 503
    title = Words(
        "Hệ thống đang bận, hãy thử lại sau ít phút",
        "The service is busy; try again in a few minutes",
        "ប្រព័ន្ធកំពុងរវល់ សូមព្យាយាមម្តងទៀតក្នុងពេលបន្តិចទៀត",
    )

    def __init__(self, detail: Words | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class SealedWithAnotherKey(Problem):
    """SECRET_KEY is not the one with which something was sealed. Only the operator can help (SECURITY.md)."""

    status = 503
    title = Words(
        "Phần này tạm thời chưa dùng được do lỗi cài đặt của hệ thống, chúng tôi đã ghi nhận",
        "This part cannot be used just now because of a wrong setting on our side; it has been recorded",
        "ផ្នែកនេះមិនអាចប្រើបានជាបណ្តោះអាសន្ន ដោយសារការកំណត់ខុសនៅខាងយើង យើងបានកត់ត្រាទុកហើយ",
    )


class Crash(Problem):
    status = 500
    title = Words(
        "Hệ thống gặp lỗi, chúng tôi đã ghi nhận",
        "Something broke on our side; it has been recorded",
        "ប្រព័ន្ធមានបញ្ហា យើងបានកត់ត្រាទុកហើយ",
    )


CANNOT_READ = Words("Không đọc được nội dung gửi lên", "The body could not be read", "មិនអាចអានខ្លឹមសារដែលបានផ្ញើបានទេ")


def problems(*kinds: type[Problem]) -> dict[int, ResponseSpec]:
    """The refusals of a route, for its OpenAPI entry: `responses=problems(DossierNotFound)`."""
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {
        status: ResponseSpec(
            data_container=ProblemReply,
            media_type=MEDIA_TYPE,
            description=" · ".join(f"`{kind.type()}` {kind.title.en}" for kind in several),
            generate_examples=False,
        )
        for status, several in by_status.items()
    }


def render(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    language = language_of(request)
    body = ProblemReply(
        type=problem.type(),
        title=problem.title.for_(language),
        status=problem.status,
        detail=problem.detail.for_(language),
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )
    return Response(
        msgspec.json.encode(msgspec.to_builtins(body) | problem.extra),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=[
            ResponseHeader(name="Content-Language", value=language),
            ResponseHeader(name="Cache-Control", value="no-store"),
            *(ResponseHeader(name=name, value=value) for name, value in problem.headers.items()),
        ],
    )


def _on_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    return render(request, problem)


def _on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    # Litestar's own detail repeats the URL with its query string, which may hold what a person typed.
    found = error.extra if isinstance(error.extra, list) else []
    errors = [{"field": str(e.get("key", "")), "reason": _plain(str(e.get("message", "")))} for e in found]
    reasons = "; ".join(f"{e['field']}: {e['reason']}" if e["field"] else e["reason"] for e in errors)
    detail = Words(*(f"{title} ({reasons})" for title in InputRefused.title)) if reasons else None
    return render(request, InputRefused(detail, errors=errors))


def _plain(message: str) -> str:
    """msgspec's sentence without what the person typed, which it quotes; types, bounds and paths stay."""
    return re.sub(r"""['"].*['"]""", "…", message, flags=re.DOTALL)[:200]


def _on_unreadable(request: Request[Any, Any, Any], _: Exception) -> Response[bytes]:
    return render(request, InputRefused(CANNOT_READ, errors=[]))


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    kinds: dict[int, type[Problem]] = {404: NotFound, 405: MethodRefused, 413: TooLarge}
    if isinstance(error, ClientException) and error.status_code == 400:
        return _on_unreadable(request, error)
    if kind := kinds.get(error.status_code):
        return render(request, kind(headers=dict(error.headers or {})))
    return _on_crash(request, error)


def _on_database(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    cause = getattr(error, "orig", error)
    if isinstance(cause, psycopg.DataError | psycopg.errors.CharacterNotInRepertoire):
        return render(request, InputRefused(errors=[]))
    # Read-only: for a moment after a change of roles, or a replica that was taken for its primary.
    read_only = psycopg.errors.ReadOnlySqlTransaction
    away = (psycopg.OperationalError, psycopg.InterfaceError, sqlalchemy.exc.TimeoutError, read_only)
    if isinstance(cause, away) or getattr(error, "connection_invalidated", False):
        # Disk full (53100), too many connections and a server that is away are all operational errors.
        log.warning("database away", error=type(cause).__name__, state=getattr(cause, "sqlstate", None))
        return render(request, Unavailable())
    return _on_crash(request, error)


def _on_another_key(request: Request[Any, Any, Any], _: CannotOpen) -> Response[bytes]:
    log.error("sealed with another SECRET_KEY", route=request.scope.get("path_template", ""))
    return render(request, SealedWithAnotherKey())


def _on_crash(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.error("crash", route=request.scope.get("path_template", ""), exc_info=error)
    return render(request, Crash())


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Problem: _on_problem,
    ValidationException: _on_validation,
    NotFoundException: _on_http,
    MethodNotAllowedException: _on_http,
    HTTPException: _on_http,
    msgspec.MsgspecError: _on_unreadable,
    # JSON nested 1,500 deep, a bad charset, a lone surrogate: traps of the stack, each once a 500.
    RecursionError: _on_unreadable,
    UnicodeError: _on_unreadable,
    LookupError: _on_crash,
    CannotOpen: _on_another_key,
    sqlalchemy.exc.SQLAlchemyError: _on_database,
    psycopg.Error: _on_database,
    Exception: _on_crash,
}


def correct_document(document: dict[str, Any]) -> dict[str, Any]:
    """Make the OpenAPI document say what is true: where Litestar describes a 400 of its own, we answer a problem, and
    whatever takes a body refuses one that is too large.
    """
    refused = _described(InputRefused.title.en)
    too_large = _described(f"`{TooLarge.type()}` {TooLarge.title.en}")
    for path in document["paths"].values():
        for operation in path.values():
            answers = operation.get("responses", {})
            if "400" in answers and MEDIA_TYPE not in answers["400"].get("content", {}):
                answers["400"] = refused
            if "requestBody" in operation:
                answers.setdefault("413", too_large)
    return document


def _described(words: str) -> dict[str, Any]:
    return {"description": words, "content": {MEDIA_TYPE: {"schema": {"$ref": _PROBLEM_SCHEMA}}}}


_PROBLEM_SCHEMA = "#/components/schemas/ProblemReply"
