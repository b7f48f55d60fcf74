"""How a report may move, from the moment it arrives until it is over."""

from enum import StrEnum


class State(StrEnum):
    """Where a report stands. Only `fixed` says that something was mended: closed is not called fixed."""

    NEW = "new"
    ASSIGNED = "assigned"
    ASKED = "asked"
    ANSWERED = "answered"
    FIXED = "fixed"
    NOT_FIXABLE = "not-fixable"
    NOT_A_REPORT = "not-a-report"
    MERGED = "merged"


OPEN = (State.NEW, State.ASSIGNED, State.ASKED, State.ANSWERED)


class Act(StrEnum):
    """What staff do with a report."""

    ASSIGN = "assign"
    CATEGORISE = "categorise"
    MARK_URGENT = "mark-urgent"
    UNMARK_URGENT = "unmark-urgent"
    ASK = "ask"
    ANSWER = "answer"
    FIX = "fix"
    GIVE_UP = "give-up"
    DISMISS = "dismiss"
    MERGE = "merge"
    NOTE = "note"


class Kind(StrEnum):
    """What a step on the timeline is: an act of staff, one of the reporter, or one of the clock."""

    ARRIVED = "arrived"
    ASSIGNED = "assigned"
    CATEGORISED = "categorised"
    MARKED_URGENT = "marked-urgent"
    UNMARKED_URGENT = "unmarked-urgent"
    ASKED = "asked"
    REPLIED = "replied"
    ANSWERED = "answered"
    FIXED = "fixed"
    GAVE_UP = "gave-up"
    DISMISSED = "dismissed"
    MERGED = "merged"
    NOTED = "noted"
    RATED = "rated"
    REOPENED = "reopened"
    WARNED = "warned"
    LATE = "late"
    RELEASED = "released"
    TAKEN_BACK = "taken-back"
    CALLED = "called"
    NOT_CALLED = "not-called"
    ASKED_AGAIN = "asked-again"
    CONFIRMED = "confirmed"


KIND_OF: dict[Act, Kind] = {
    Act.ASSIGN: Kind.ASSIGNED,
    Act.CATEGORISE: Kind.CATEGORISED,
    Act.MARK_URGENT: Kind.MARKED_URGENT,
    Act.UNMARK_URGENT: Kind.UNMARKED_URGENT,
    Act.ASK: Kind.ASKED,
    Act.ANSWER: Kind.ANSWERED,
    Act.FIX: Kind.FIXED,
    Act.GIVE_UP: Kind.GAVE_UP,
    Act.DISMISS: Kind.DISMISSED,
    Act.MERGE: Kind.MERGED,
    Act.NOTE: Kind.NOTED,
}

INTERNAL = frozenset(
    {
        Kind.NOTED,
        Kind.WARNED,
        Kind.UNMARKED_URGENT,
        Kind.RATED,
        Kind.RELEASED,
        Kind.TAKEN_BACK,
        Kind.CALLED,
        Kind.NOT_CALLED,
    }
)
"""Steps that never leave the house."""

TOLD = frozenset(
    {
        Kind.ARRIVED,
        Kind.ASSIGNED,
        Kind.CATEGORISED,
        Kind.MARKED_URGENT,
        Kind.ASKED,
        Kind.ANSWERED,
        Kind.FIXED,
        Kind.GAVE_UP,
        Kind.DISMISSED,
        Kind.MERGED,
        Kind.REOPENED,
        Kind.LATE,
        Kind.ASKED_AGAIN,
    }
)
"""Steps that whoever reported and whoever follows are told of."""

OF_REPORTER = frozenset({Kind.ARRIVED, Kind.ASKED})
"""Of these whoever reported alone: what is asked of them is asked of nobody else."""

CALLING = frozenset({Kind.ARRIVED, Kind.MARKED_URGENT, Kind.ASSIGNED, Kind.REOPENED})
"""Steps at which something urgent calls the leader of the unit it has come to."""

REMINDING = frozenset({Kind.WARNED, Kind.LATE})
"""Steps of the clock, at which whoever answers for it is called."""

WITH_WORDS = frozenset({Act.ASK, Act.ANSWER, Act.FIX, Act.GIVE_UP, Act.DISMISS, Act.NOTE})
"""Acts that say something: a reason, a question, an answer."""

OF_THE_HUB = frozenset({Act.ASSIGN, Act.CATEGORISE, Act.MARK_URGENT, Act.UNMARK_URGENT, Act.DISMISS, Act.MERGE})
"""Acts of whoever triages. A unit to which a report was given by mistake may hand it on, too (`may_act`)."""

_FROM: dict[Act, tuple[State, ...]] = {
    Act.ASSIGN: OPEN,
    Act.CATEGORISE: OPEN,
    Act.MARK_URGENT: OPEN,
    Act.UNMARK_URGENT: OPEN,
    Act.ASK: (State.NEW, State.ASSIGNED, State.ANSWERED),
    Act.ANSWER: OPEN,
    Act.FIX: OPEN,
    Act.GIVE_UP: OPEN,
    Act.DISMISS: OPEN,
    Act.MERGE: OPEN,
    Act.NOTE: tuple(State),
}

_TO: dict[Act, State] = {
    Act.ASSIGN: State.ASSIGNED,
    Act.ASK: State.ASKED,
    Act.ANSWER: State.ANSWERED,
    Act.FIX: State.FIXED,
    Act.GIVE_UP: State.NOT_FIXABLE,
    Act.DISMISS: State.NOT_A_REPORT,
    Act.MERGE: State.MERGED,
}


def next_state(act: Act, here: State) -> State | None:
    """Where an act leads; None when it cannot be done here. What does not move stays where it is."""
    return _TO.get(act, here) if here in _FROM[act] else None


def may_act(act: Act, *, hub: bool) -> bool:
    """Whether somebody may do it: the hub everything, a unit what it answers for, and handing on."""
    return hub or act not in OF_THE_HUB or act is Act.ASSIGN


def after_reply(*, assigned: bool) -> State:
    """Where a report goes on that waited for its reporter."""
    return State.ASSIGNED if assigned else State.NEW
