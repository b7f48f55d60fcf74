"""What other modules may ask of the payments: that somebody pays for something of theirs.

`(purpose, subject)` is theirs; payments know no dossiers. `PaymentSettled` says by the demand's `reference` when it is
paid.
"""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.words import Words
from server.modules.payments.models import OURSELVES
from server.modules.payments.rules.saying import EXEMPTIONS
from server.modules.payments.rules.states import Exemption, Purpose
from server.modules.payments.service.charges import Charges, Demand
from server.modules.payments.service.refusals import BillRefused

__all__ = ["BillRefused", "Demand", "Exemption", "Purpose", "ask_for", "exemption_says", "take_note", "withdraw"]


def exemption_says(exemption: Exemption) -> Words:
    """Why nothing is to be paid."""
    return EXEMPTIONS[exemption]


async def ask_for(session: AsyncSession, demand: Demand) -> str:
    """The code of the bill; the same one when it was asked for before. Raises BillRefused."""
    [raised] = await Charges(session, session.info["settings"]).raise_all(OURSELVES, [demand])
    if isinstance(raised, BillRefused):
        raise raised
    return raised.code


async def withdraw(session: AsyncSession, references: Collection[str]) -> None:
    """Nobody can pay these any more; what is paid stays paid."""
    await Charges(session, session.info["settings"]).withdraw(OURSELVES, references)


async def take_note(session: AsyncSession, references: Collection[str]) -> None:
    """Whoever asked for the money has heard that it is there, and goes on."""
    await Charges(session, session.info["settings"]).note(OURSELVES, references)
