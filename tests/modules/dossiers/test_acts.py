"""What officers may do, by table; when a limit ends that stood still; what a slip shows and what it hides."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.clock import HERE
from server.modules.dossiers.rules.acts import FOR_MANY, RULES, Act, Need, acts_for, may_act, next_act
from server.modules.dossiers.rules.codes import code_of, is_unit_code, new_code
from server.modules.dossiers.rules.statuses import Status, is_over, may_move
from server.modules.dossiers.rules.working_time import Calendar, Limit, Unit, due, later, put_off, working_time
from tests.modules.dossiers.test_working_time import CALENDAR

# status number, was accepted → acts, the obvious one first
WAYS = [
    (1, False, "accept ask-papers refuse note-withdrawal assign forward"),
    (2, True, "take-up ask-papers ask-payment exempt ask-confirmation note-withdrawal stop apologise assign forward"),
    (3, False, ""),
    (4, True, "finish ask-papers ask-payment exempt ask-confirmation note-withdrawal stop apologise assign forward"),
    (5, False, "accept note-withdrawal stop assign forward"),
    (5, True, "take-up note-withdrawal stop assign forward"),
    (6, True, "take-up exempt note-withdrawal stop assign forward"),
    (7, False, "stop assign forward"),
    (7, True, "stop take-up assign forward"),
    (8, True, ""),
    (9, True, "hand-over"),
    (10, True, ""),
]


@pytest.mark.parametrize(("number", "accepted", "acts"), WAYS)
def test_what_may_be_done(number: int, accepted: bool, acts: str) -> None:
    status = list(Status)[number - 1]
    assert [act.value for act in acts_for(status, accepted=accepted)] == acts.split()


def test_an_answer_is_noted_only_where_one_is_waited_for() -> None:
    for status in Status:
        asked, unasked = (acts_for(status, accepted=True, asked=asked) for asked in (True, False))
        assert Act.NOTE_ANSWER not in unasked
        assert Act.ASK_CONFIRMATION not in asked
        assert (Act.NOTE_ANSWER in asked) == (not is_over(status))


def test_no_act_leads_where_the_table_of_moves_does_not() -> None:
    for status in Status:
        for accepted in (True, False):
            for act in acts_for(status, accepted=accepted):
                assert RULES[act].to is None or may_move(status, RULES[act].to)


def test_every_refusal_says_why_and_what_is_done_to_many_says_nothing() -> None:
    for act in (Act.REFUSE, Act.STOP, Act.ASK_PAPERS, Act.APOLOGISE):
        assert Need.REASON in RULES[act].needs
        assert RULES[act].form
    assert [act for act in FOR_MANY if RULES[act].needs or RULES[act].form] == []


def test_the_next_step_is_one_of_those_that_may_be_taken() -> None:
    for number, accepted, _ in WAYS:
        status = list(Status)[number - 1]
        act = next_act(status, accepted=accepted)
        assert act is None or may_act(act, status, accepted=accepted)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("H12.26", True), ("H12.26.3", True), ("G09.20.1.4", True), ("H12", False), ("12.26", False), ("H12.2666", False)],
)
def test_a_unit_code(text: str, is_one: bool) -> None:
    assert is_unit_code(text) is is_one


def test_a_new_code_is_a_code() -> None:
    code = new_code("H12.999", datetime(2026, 11, 25, tzinfo=HERE).date(), 17)
    assert (code, code_of(code)) == ("H12.999-20261125-0000017", code)


DAYS = st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 30)).map(lambda it: it.replace(tzinfo=HERE))
LIMITS = st.builds(Limit, st.integers(1, 20), st.sampled_from(Unit))


@given(DAYS, LIMITS, st.timedeltas(timedelta(0), timedelta(days=3)), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_putting_off_is_what_a_pause_would_have_done(
    received: datetime, limit: Limit, until_pause: timedelta, pause: timedelta
) -> None:
    """Moved step by step as officers act, or computed from the beginning: the same instant of working time."""
    whole = due(received, limit, CALENDAR)
    assert whole is not None
    since = received + until_pause
    until = since + pause
    if whole <= since:
        assert put_off(whole, since, until, limit.unit, CALENDAR) == whole
        return
    moved = put_off(whole, since, until, limit.unit, CALENDAR)
    at_once = due(received, limit, CALENDAR, pauses=[(since, until)])
    assert at_once is not None
    if limit.unit is Unit.WORKING_DAY:
        assert working_time(min(moved, at_once), max(moved, at_once), CALENDAR) == timedelta()
    else:
        assert moved == at_once


def test_two_working_hours_from_now() -> None:
    friday = datetime(2026, 11, 20, 16, 30, tzinfo=HERE)
    calendar = Calendar(off=frozenset(), made_up=frozenset(), years=frozenset({2026}))
    assert later(friday, timedelta(hours=2), calendar) == datetime(2026, 11, 23, 8, 30, tzinfo=HERE)
