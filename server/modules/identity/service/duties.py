"""Separation of duties, for the modules above: what one person has done, another one lets go out."""

from uuid import UUID

from server.core.access import Caller
from server.core.problems import Problem
from server.core.words import Words
from server.modules.identity.rules.duties import same_person


class OwnWork(Problem):
    status = 403
    title = Words(
        "Bạn đã làm bước trước của việc này. Bước này phải do một người khác làm",
        "You did the step before this one. Somebody else must do this one",
        "អ្នកបានធ្វើជំហានមុននៃការងារនេះ។ ជំហាននេះត្រូវធ្វើដោយអ្នកផ្សេង",
    )


def refuse_own_work(caller: Caller, *did: UUID | None) -> None:
    """Raises OwnWork when the caller is one of those who `did` what this act is kept apart from."""
    if same_person(caller.id, did):
        raise OwnWork
