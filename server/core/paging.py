"""Lists, a page at a time: `?limit=&cursor=` in, `next_cursor` out."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

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
    return shown, cursor_of(shown[-1]) if start + limit < len(keys) else None


def cursor_of(key: str) -> str:
    """The cursor behind which the list goes on after `key`."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(cursor: str) -> str:
    """The key a cursor was made of. Raises CursorRefused."""
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:  # Neither base64 nor UTF-8.
        raise CursorRefused from None


def id_of(cursor: str) -> UUID:
    """The id a cursor was made of. Raises CursorRefused."""
    try:
        return UUID(key_of(cursor))
    except ValueError:
        raise CursorRefused from None


def cursor_at(at: datetime, row: UUID) -> str:
    """The cursor of a list in the order of time, and of the ids where that is the same."""
    return cursor_of(f"{at.isoformat()}|{row}")


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """The instant and the id a cursor was made of. Raises CursorRefused."""
    at, _, row = key_of(cursor).partition("|")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(row)
    except (ValueError, OverflowError):  # An instant before the year 1 is none here.
        raise CursorRefused from None


def _behind(cursor: str, keys: Sequence[str]) -> int:
    try:
        return keys.index(key_of(cursor)) + 1
    except ValueError:  # Not among the keys.
        raise CursorRefused from None
