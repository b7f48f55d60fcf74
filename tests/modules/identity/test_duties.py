"""Separation of duties: nobody approves their own work, nobody gives themselves a right."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from server.core.access import Caller
from server.modules.identity.public import OwnWork, refuse_own_work
from server.modules.identity.rules.duties import gains

EDITOR, APPROVER, THIRD = (UUID(int=number) for number in (1, 2, 3))


def caller(who: UUID) -> Caller:
    return Caller(id=who, kind="staff", session_id=UUID(int=9), proved_at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("acts", "did", "refused"),
    [
        (EDITOR, [EDITOR], True),
        (EDITOR, [APPROVER, EDITOR], True),
        (APPROVER, [EDITOR], False),
        (APPROVER, [EDITOR, None], False),
        (THIRD, [], False),
        (THIRD, [None], False),
    ],
)
def test_whoever_did_one_step_does_not_do_the_next(acts: UUID, did: list[UUID | None], refused: bool) -> None:
    if not refused:
        refuse_own_work(caller(acts), *did)
        return
    with pytest.raises(OwnWork) as refusal:
        refuse_own_work(caller(acts), *did)
    assert (refusal.value.status, refusal.value.type()) == (403, "own-work")


@pytest.mark.parametrize(
    ("before", "after", "more"),
    [("", "", False), ("ab", "a", False), ("ab", "ba", False), ("a", "ab", True), ("a", "b", True), ("", "a", True)],
)
def test_a_right_that_was_not_there_is_a_gain(before: str, after: str, more: bool) -> None:
    assert gains(before, after) is more
