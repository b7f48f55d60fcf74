"""What an officer may do to a dossier, what each act must say, and which slip goes with it.

The forms are those of Annex I of Circular 03/2025/TT-VPCP, known to us by their lists and contents, not by their
wording.
"""

from enum import StrEnum
from typing import NamedTuple

from server.modules.dossiers.rules.statuses import Status, is_over, may_move


class Act(StrEnum):
    REGISTER = "register"
    ACCEPT = "accept"
    TAKE_UP = "take-up"
    ASK_PAPERS = "ask-papers"
    ASK_PAYMENT = "ask-payment"
    EXEMPT = "exempt"
    """Nothing is to be paid, and why; also when money was asked for already."""
    ASK_CONFIRMATION = "ask-confirmation"
    NOTE_ANSWER = "note-answer"
    REFUSE = "refuse"
    NOTE_WITHDRAWAL = "note-withdrawal"
    STOP = "stop"
    FINISH = "finish"
    HAND_OVER = "hand-over"
    APOLOGISE = "apologise"
    ASSIGN = "assign"
    FORWARD = "forward"


class Need(StrEnum):
    """What an act must say."""

    REASON = "reason"
    PAPERS = "papers"
    NEW_DATE = "new-due-at"
    AMOUNT = "amount"
    PLACE = "place"
    ANSWER_BY = "answer-by"
    EXEMPTION = "exemption"


class Rule(NamedTuple):
    """`to`: the status it leads to, None when it stays. `form`: the slip a resident is given."""

    to: Status | None = None
    needs: frozenset[Need] = frozenset()
    form: int | None = None


RULES: dict[Act, Rule] = {
    Act.REGISTER: Rule(form=1),
    Act.ACCEPT: Rule(Status.ACCEPTED, form=1),
    Act.TAKE_UP: Rule(Status.IN_HAND),
    Act.ASK_PAPERS: Rule(Status.PAPERS_NEEDED, frozenset({Need.REASON, Need.PAPERS}), form=2),
    Act.ASK_PAYMENT: Rule(Status.PAYMENT_NEEDED, frozenset({Need.REASON, Need.AMOUNT})),
    # On to the work, from wherever money can be asked for or is waited for.
    Act.EXEMPT: Rule(None, frozenset({Need.EXEMPTION})),
    Act.REFUSE: Rule(Status.NOT_ACCEPTED, frozenset({Need.REASON}), form=3),
    Act.NOTE_WITHDRAWAL: Rule(Status.WITHDRAWAL_ASKED),
    Act.STOP: Rule(Status.STOPPED, frozenset({Need.REASON}), form=5),
    Act.FINISH: Rule(Status.DONE),
    Act.HAND_OVER: Rule(Status.HANDED_OVER),
    Act.APOLOGISE: Rule(None, frozenset({Need.REASON, Need.NEW_DATE}), form=4),
    Act.ASSIGN: Rule(),
    Act.FORWARD: Rule(None, frozenset({Need.PLACE})),
    # A draft to look at within a day, say, as online civil status has it: who says nothing agrees.
    Act.ASK_CONFIRMATION: Rule(None, frozenset({Need.REASON, Need.ANSWER_BY})),
    Act.NOTE_ANSWER: Rule(),
}

FOR_MANY = frozenset({Act.TAKE_UP, Act.FINISH, Act.HAND_OVER, Act.ASSIGN})
"""Those that say nothing of their own, so that many dossiers may have them at once."""

UNTOLD = frozenset({Act.ASSIGN})
"""Who works on it is the office's own matter: no resident is told, and nothing happened to the dossier."""

ASKING = frozenset({Act.ASK_PAPERS, Act.ASK_PAYMENT, Act.ASK_CONFIRMATION})
"""What wants something of the resident, and may say by when."""

_NEXT = {
    Status.REGISTERED: Act.ACCEPT,
    Status.ACCEPTED: Act.TAKE_UP,
    Status.IN_HAND: Act.FINISH,
    Status.PAPERS_NEEDED: Act.TAKE_UP,
    Status.PAYMENT_NEEDED: Act.TAKE_UP,
    Status.WITHDRAWAL_ASKED: Act.STOP,
    Status.DONE: Act.HAND_OVER,
}
_RUNNING = (Status.ACCEPTED, Status.IN_HAND)


def leads_to(act: Act, here: Status) -> Status | None:
    """The status an act leads to from here, None when it stays."""
    if act is Act.EXEMPT:
        return Status.IN_HAND if may_move(here, Status.IN_HAND) else None
    return RULES[act].to


def may_act(act: Act, here: Status, *, accepted: bool, asked: bool = False) -> bool:
    """Whether a dossier in this status may have this act. `accepted`: it was once, so that its time runs; `asked`:
    silence will count as the resident's agreement.
    """
    if act is Act.REGISTER:
        return False
    if act is Act.APOLOGISE:
        return accepted and here in _RUNNING
    if act is Act.EXEMPT:
        return accepted and here in (*_RUNNING, Status.PAYMENT_NEEDED)
    if act is Act.ASK_CONFIRMATION:
        return accepted and not asked and here in _RUNNING
    if act is Act.NOTE_ANSWER:
        return asked and not is_over(here)
    if act in (Act.ASSIGN, Act.FORWARD):
        return not is_over(here)
    there = RULES[act].to
    if there is None or not may_move(here, there):
        return False
    # Whoever was never accepted is accepted first; nobody is accepted twice.
    if act is Act.ACCEPT:
        return not accepted
    return accepted or act is not Act.TAKE_UP


def acts_for(here: Status, *, accepted: bool, asked: bool = False) -> list[Act]:
    """What may be done now, the obvious next step first."""
    found = [act for act in Act if may_act(act, here, accepted=accepted, asked=asked)]
    return sorted(found, key=lambda act: act is not next_act(here, accepted=accepted))


def next_act(here: Status, *, accepted: bool) -> Act | None:
    """The one step most dossiers in this status take."""
    act = _NEXT.get(here)
    return Act.ACCEPT if act is Act.TAKE_UP and not accepted else act
