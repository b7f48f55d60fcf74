"""By when a request must be done."""

from datetime import UTC, datetime

import pytest

from server.modules.privacy.rules.requests import Kind, due_at


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        # The last day ends at midnight in the province, which is 17:00 UTC.
        (Kind.COPY, datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 11, 17, tzinfo=UTC)),
        (Kind.CORRECTION, datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 11, 17, tzinfo=UTC)),
        (Kind.STOP, datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)),
        (Kind.ERASURE, datetime(2026, 11, 1, 3, tzinfo=UTC), datetime(2026, 11, 21, 17, tzinfo=UTC)),
        # Asked at 00:30 local time: it is the next day already.
        (Kind.COPY, datetime(2026, 11, 1, 17, 30, tzinfo=UTC), datetime(2026, 11, 12, 17, tzinfo=UTC)),
        # Over the end of a year.
        (Kind.ERASURE, datetime(2026, 12, 20, 3, tzinfo=UTC), datetime(2027, 1, 9, 17, tzinfo=UTC)),
    ],
)
def test_the_last_day_is_whole(kind: Kind, received: datetime, due: datetime) -> None:
    assert due_at(kind, received) == due
