"""What a clerk could read: moves, limits, and what belongs elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from server.modules.feedback.rules.clocks import Clock, limits_for, resolve_by
from server.modules.feedback.rules.content import Elsewhere, code_of, elsewhere, rounded, says_something
from server.modules.feedback.rules.states import INTERNAL, OPEN, TOLD, Act, Kind, State, may_act, next_state
from server.modules.feedback.rules.telling import TITLES, body_of

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
CLOSED = [state for state in State if state not in OPEN]


def test_what_is_over_moves_no_more() -> None:
    assert {(act, state) for act in Act for state in CLOSED if next_state(act, state)} == {
        (Act.NOTE, state) for state in CLOSED
    }


def test_an_act_leads_where_its_name_says() -> None:
    assert next_state(Act.ASSIGN, State.NEW) is State.ASSIGNED
    assert next_state(Act.ASK, State.ASSIGNED) is State.ASKED
    assert next_state(Act.ASK, State.ASKED) is None
    assert next_state(Act.ANSWER, State.ASKED) is State.ANSWERED
    assert next_state(Act.FIX, State.ANSWERED) is State.FIXED
    assert next_state(Act.NOTE, State.MERGED) is State.MERGED


def test_a_unit_answers_and_hands_on_and_the_hub_does_the_rest() -> None:
    assert {act for act in Act if may_act(act, hub=False)} == {
        Act.ASSIGN,
        Act.ASK,
        Act.ANSWER,
        Act.FIX,
        Act.GIVE_UP,
        Act.NOTE,
    }
    assert all(may_act(act, hub=True) for act in Act)


def test_what_people_are_told_has_words_and_is_no_secret() -> None:
    assert set(TITLES) >= TOLD
    assert not TOLD & INTERNAL


def test_what_is_asked_after_four_weeks_can_be_said_by_whoever_follows_too() -> None:
    """They have one button alone: that it is still fixed is its reporter's to say."""
    asked = body_of(Kind.ASKED_AGAIN, "PA-1", "")
    for said, button in zip(asked, ("“Chưa xong?”", "“Not done?”", "“មិនទាន់រួច?”"), strict=True):
        assert button in said


def test_the_limits_are_those_of_the_decision() -> None:
    assert limits_for(day_off=False) == (timedelta(hours=2), timedelta(hours=4))
    assert limits_for(day_off=True) == (timedelta(hours=12), timedelta(hours=24))
    assert Clock(NOON, NOON + timedelta(hours=2)).warns == NOON + timedelta(minutes=96)
    assert resolve_by(NOON, None) is None
    assert resolve_by(NOON, 7) == NOON + timedelta(days=7)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("Tôi muốn khiếu nại quyết định của xã", Elsewhere.COMPLAINT),
        ("toi to cao ong A chiem dat", Elsewhere.COMPLAINT),
        ("Hồ sơ của tôi trễ hẹn hai tuần", Elsewhere.PROCEDURE),
        ("can bo mot cua khong tiep nhan", Elsewhere.PROCEDURE),
        ("My application was not handled", Elsewhere.PROCEDURE),
        ("ខ្ញុំចង់ប្តឹង", Elsewhere.COMPLAINT),
        ("Nắp cống bị vỡ trước chợ", None),
        ("Cột điện ngã, dây điện đứt", None),
        ("Trụ sở ủy ban bị dột", None),
        ("Có người đổ rác xuống kênh", None),
        ("Cây to cao sắp ngã vào nhà", None),
        ("cay to cao sap nga", None),
        ("Trước một cửa hàng có ổ gà", None),
        ("", None),
        # Phones put in a smiley, a dash and round quotes by themselves: no letter has an accent all the same.
        ("Toi muon khieu nai can bo 😡", Elsewhere.COMPLAINT),
        ("Nop ho so “tre” qua – 3 tuan…", Elsewhere.PROCEDURE),
        ("Cây to cao ba mét sắp đổ", None),
    ],
)
def test_what_belongs_elsewhere_is_recognised(said: str, where: Elsewhere | None) -> None:
    assert elsewhere(said) is where


def test_smileys_alone_say_nothing() -> None:
    assert not says_something("🚧🚧", 0)
    assert says_something("🚧", 1)
    assert says_something("hố", 0) is False
    assert says_something("ổ gà", 0)
    assert says_something("ផ្លូវខូច", 0)


def test_a_code_can_be_read_out() -> None:
    code = code_of("261126", 123_456_789_012)
    assert code.startswith("PA-261126-")
    assert len(code) == 17
    assert not set(code[10:]) & set("01IO")


def test_no_house_is_pointed_at() -> None:
    assert rounded(9.176912, 105.152399) == (9.177, 105.152)
