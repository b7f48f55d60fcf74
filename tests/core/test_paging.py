"""Cursors: what one was made of comes back, and what nobody made is refused, never a crash."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import HERE
from server.core.paging import CursorRefused, cursor_at, cursor_of, id_of, place_of

ROW = "01a2162a-0000-7000-8000-000000000000"
NOBODYS = ["", "!", "eA", "/w", *(cursor_of(f"{at}|{ROW}") for at in ("", "soon", "0001-01-01T00:00:00+14:00"))]


def test_a_place_comes_back_as_it_was_given() -> None:
    row = uuid4()
    assert id_of(cursor_of(str(row))) == row
    for at in (datetime.now(HERE), datetime(9999, 1, 1, tzinfo=UTC)):
        assert place_of(cursor_at(at, row)) == (at, row)


@pytest.mark.parametrize("read", [id_of, place_of])
@pytest.mark.parametrize("cursor", NOBODYS)
def test_what_nobody_made_is_refused(read: Callable[[str], object], cursor: str) -> None:
    with pytest.raises(CursorRefused):
        read(cursor)


@given(st.text(max_size=80), st.sampled_from([id_of, place_of]))
def test_whatever_somebody_types(key: str, read: Callable[[str], object]) -> None:
    for cursor in (key, cursor_of(key)):
        with pytest.raises(CursorRefused):
            read(cursor)
