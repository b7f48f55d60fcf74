"""In a demonstration, bills of people nobody is. A second time changes nothing; elsewhere they are withdrawn."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.clock import HERE
from server.core.settings import Settings
from server.modules.identity.public import staff_with_login
from server.modules.payments.models import OURSELVES, Charge
from server.modules.payments.rules.demo import BILLS
from server.modules.payments.service.charges import Charges, Demand


async def seed(session: AsyncSession, settings: Settings) -> None:
    charges = Charges(session, settings)
    if not settings.demo:
        await charges.withdraw(OURSELVES, [it.reference for it in BILLS])
        return
    asked = select(Charge.reference).where(
        Charge.partner_id == OURSELVES, Charge.reference.in_([it.reference for it in BILLS])
    )
    there = set(await session.scalars(asked))
    found = await staff_with_login(session, "motcua")
    today = datetime.now(HERE).date()
    await charges.raise_all(
        OURSELVES,
        [
            Demand(
                reference=it.reference,
                payee=it.payee,
                payee_name=it.payee_name,
                purpose=it.purpose,
                subject="",
                amount=it.amount,
                what=it.what,
                for_whom=it.for_whom,
                due_on=today + timedelta(days=it.due) if it.amount else None,
                exemption=it.exemption,
                phone=it.phone,
                place=found[1] if found else None,
            )
            for it in BILLS
            if it.reference not in there
        ],
    )
