"""Separation of duties: what one person must not do alone (TCVN 14423:2026, 5.6.2.4)."""

from collections.abc import Iterable
from uuid import UUID


def same_person(does: UUID, did: Iterable[UUID | None]) -> bool:
    """Whether whoever is about to act has already done one of the acts this one is kept apart from."""
    return does in set(did)


def gains(before: Iterable[str], after: Iterable[str]) -> bool:
    """Whether a change gives something that was not there: nobody may give it to themselves."""
    return not set(after) <= set(before)
