"""Lists, a page at a time: `?limit=&cursor=` in, `next_cursor` out."""

import base64
from collections.abc import Sequence
from typing import Annotated, ClassVar

from litestar.params import QueryParameter

from server.core.problems import Problem
from server.core.words import Words

# msgspec's own bounds are lost on a parameter: Litestar reads only what it marked itself.
Asked = Annotated[str, QueryParameter(max_length=200)]
MaybeAsked = Annotated[str | None, QueryParameter(max_length=200)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]


class CursorRefused(Problem):
    status: ClassVar[int] = 400
    title = Words(
        "Trang kế tiếp không còn đúng, hãy tìm lại từ đầu",
        "The next page is no longer valid; search again",
        "ទំព័របន្ទាប់មិនត្រឹមត្រូវទៀតទេ សូមស្វែងរកម្តងទៀត",
    )


def page(keys: Sequence[str], limit: int, cursor: str | None) -> tuple[Sequence[str], str | None]:
    """The keys of one page, and the cursor of the next. Raises CursorRefused.

    A cursor is the last key shown, so that a list which grew meanwhile neither repeats nor leaves out a row.
    """
    start = 0 if cursor is None else _behind(cursor, keys)
    shown = keys[start : start + limit]
    return shown, _cursor(shown[-1]) if start + limit < len(keys) else None


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _behind(cursor: str, keys: Sequence[str]) -> int:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return keys.index(base64.b64decode(padded, altchars=b"-_", validate=True).decode()) + 1
    except ValueError:  # Not base64, not UTF-8, or not among the keys.
        raise CursorRefused from None
