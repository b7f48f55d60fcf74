"""How an article may move, from a first draft to the day nobody needs it any more."""

from enum import StrEnum


class State(StrEnum):
    """Where the text that staff work on stands. What residents read is another matter: a correction is a draft, too."""

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    WRITE = "write"
    SUBMIT = "submit"
    TAKE_BACK = "take-back"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    CORRECT = "correct"
    DROP_CORRECTION = "drop-correction"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


_MOVES: dict[Act, dict[State, State]] = {
    Act.SUBMIT: {State.DRAFT: State.REVIEW},
    Act.TAKE_BACK: {State.REVIEW: State.DRAFT, State.SCHEDULED: State.DRAFT},
    Act.RETURN: {State.REVIEW: State.DRAFT, State.SCHEDULED: State.DRAFT},
    Act.APPROVE: {State.REVIEW: State.SCHEDULED},
    # By the clock, and at once where no time was chosen.
    Act.PUBLISH: {State.SCHEDULED: State.PUBLISHED},
    Act.CORRECT: {State.PUBLISHED: State.DRAFT, State.WITHDRAWN: State.DRAFT, State.EXPIRED: State.DRAFT},
    Act.DROP_CORRECTION: {State.DRAFT: State.PUBLISHED},
    Act.WITHDRAW: dict.fromkeys((State.PUBLISHED, State.DRAFT, State.REVIEW, State.SCHEDULED), State.WITHDRAWN),
    Act.EXPIRE: {State.PUBLISHED: State.EXPIRED},
}

WITH_REASON = frozenset({Act.RETURN, Act.CORRECT, Act.WITHDRAW})
"""Acts that somebody else will ask the reason of."""

REVIEWING = frozenset({Act.RETURN, Act.APPROVE, Act.WITHDRAW})
"""Acts of whoever lets it out; the others are of whoever writes."""

BY_CLOCK = frozenset({Act.WRITE, Act.PUBLISH, Act.EXPIRE})
"""What nobody asks for by itself."""


def next_state(act: Act, here: State, *, live: bool) -> State | None:
    """Where an act leads; None when it may not be done here. `live`: residents can read it now."""
    if act in (Act.WITHDRAW, Act.DROP_CORRECTION) and not live:
        return None
    return _MOVES.get(act, {}).get(here)
