"""What a bank's statement says came in: matched by bill id and amount, or kept for a person. Never guessed."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.clock import HERE
from server.core.database import one_at_a_time
from server.core.events import publish
from server.core.settings import Settings
from server.core.text import for_xml
from server.modules.payments.events import ChargesPaid
from server.modules.payments.models import (
    GATEWAY,
    OURSELVES,
    Attempt,
    Charge,
    FindingKind,
    LineState,
    StatementLine,
)
from server.modules.payments.rules.bill_codes import code_of, codes_in
from server.modules.payments.rules.ledger import Kind
from server.modules.payments.rules.states import BY_BANK, AttemptState, Way
from server.modules.payments.schemas.bills import Credit
from server.modules.payments.service.findings import close, find_from_outside
from server.modules.payments.service.keeping import finding_of, give, keep, named, take_back, went_back
from server.modules.payments.service.ledger import already
from server.modules.payments.service.personal import Personal
from server.modules.payments.service.refusals import (
    BillRefused,
    ChargeNotFound,
    CreditAhead,
    CreditDiffers,
    DecidedBefore,
    LineNotFound,
)
from server.modules.payments.service.settling import Money, attempts_of, lock, settle, take

_AHEAD = timedelta(days=1)
"""So far another clock may be ahead of ours. Day and month the wrong way round would stand in the ledger for ever."""


class Taken(NamedTuple):
    matched: bool
    known: bool = False

    @property
    def result(self) -> Literal["matched", "kept", "known"]:
        return "known" if self.known else "matched" if self.matched else "kept"


class Statements:
    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._personal = Personal(settings)

    async def take(
        self, partner_id: UUID, credits: Sequence[Credit | BillRefused], names: Sequence[str | None] = ()
    ) -> list[Taken | BillRefused]:
        """One outcome for each, in the same order. What staff bring in a table (`OURSELVES`) is what a bank has sent or
        will send: by its `bank_ref` it is one line, whoever was first. `names`: what a bank calls each of its own.
        """
        await one_at_a_time(self._session, "payments-statement")
        asked = select(StatementLine).where(
            StatementLine.bank_ref.in_({it.bank_ref for it in credits if isinstance(it, Credit)}),
            StatementLine.partner_id != GATEWAY,
        )
        if partner_id != OURSELVES:
            asked = asked.where(StatementLine.partner_id.in_([partner_id, OURSELVES]))
        there = {line.bank_ref: line for line in await self._session.scalars(asked)}
        ids = await self._named(credits)
        outcomes: dict[int, Taken | BillRefused] = {}
        fresh: list[tuple[int, Credit, StatementLine]] = []
        for place, it in enumerate(credits):
            if isinstance(it, BillRefused):
                outcomes[place] = it
                await self._lacks(partner_id, names[place] if names else None)
            elif line := there.get(it.bank_ref):
                if line.amount == it.amount:
                    outcomes[place] = Taken(line.state is LineState.MATCHED, known=True)
                    continue
                outcomes[place] = CreditDiffers("amount")
                if partner_id != OURSELVES:
                    said = {"told": it.bank_ref, "said": it.amount, "due": line.amount}
                    kind, about = FindingKind.STATED_OTHERWISE, f"{it.bank_ref}/{it.amount}"
                    await find_from_outside(self._session, kind, about, line.charge_id, **said)
            elif it.at > datetime.now(UTC) + _AHEAD:
                outcomes[place] = CreditAhead("at")
                await self._lacks(partner_id, it.bank_ref, amount=it.amount)
            else:
                line = self._row(partner_id, it)
                self._session.add(line)
                there[it.bank_ref] = line
                fresh.append((place, it, line))
        await self._session.flush()
        # Charges are locked in one order, or two statements wait for each other for ever.
        for place, it, line in sorted(fresh, key=lambda one: str(ids.get(one[1].bank_ref, ""))):
            outcomes[place] = Taken(await self._match(it, line, ids.get(it.bank_ref)))
        await self._session.flush()
        return [outcomes[place] for place in range(len(credits))]

    async def _lacks(self, partner_id: UUID, name: str | None, **detail: Any) -> None:
        """A bank's machine was told that we do not take this line; its money is there all the same. What staff bring
        they see refused.
        """
        if partner_id != OURSELVES:
            told = for_xml(name or "") or None
            about = f"{partner_id}/{told or datetime.now(HERE).date()}"
            await find_from_outside(self._session, FindingKind.NOT_BOOKED, about, told=told, **detail)

    async def _named(self, credits: Sequence[Credit | BillRefused]) -> dict[str, UUID]:
        """The one charge each line names, by its `bank_ref`; none for lines that name no charge, or two."""
        named = {it.bank_ref: codes_in(it.text) for it in credits if isinstance(it, Credit)}
        codes = {code for several in named.values() for code in several}
        rows = await self._session.execute(select(Charge.code, Charge.id).where(Charge.code.in_(codes)))
        known = {row.code: row.id for row in rows}
        found = {ref: [known[code] for code in several if code in known] for ref, several in named.items()}
        return {ref: ids[0] for ref, ids in found.items() if len(ids) == 1}

    async def _match(self, it: Credit, line: StatementLine, charge_id: UUID | None) -> bool:
        if charge_id is None:
            return await self._keep(line)
        charge = await lock(self._session, charge_id)
        attempts = await attempts_of(self._session, charge_id)
        if order := _order_in(it.text, charge, attempts):
            told = await already(self._session, "vnpay", order.reference)
            kept = told is not None and told.kind is Kind.UNKNOWN
            if kept and await went_back(self._session, order.reference):
                return await self._keep(line, charge.id, order=order.reference)
            corrects = kept and it.amount == order.amount and await take_back(self._session, order.reference)
            if not corrects and it.amount != (told.amount if told else order.amount):
                return await self._keep(line, charge.id, order=order.reference)
            carried = select(StatementLine.id).where(StatementLine.carries == order.reference)
            if await self._session.scalar(carried) is not None:
                return await self._keep(line, charge.id)  # more money, for nobody knows what
            line.carries = order.reference
            # The gateway's own money on its way to us: its notice and this line are one payment.
            money = Money("vnpay", order.reference, it.amount, it.at)
            if not corrects:
                await settle(self._session, charge, money, order)
            elif await take(self._session, charge, money, order, attempts):
                publish(self._session, ChargesPaid(charge_ids=[charge.id]))
        elif it.amount != charge.amount:
            return await self._keep(line, charge.id)
        else:
            mine = [one for one in attempts if one.way in BY_BANK and one.state is not AttemptState.SUCCEEDED]
            mine.sort(key=lambda one: one.state is AttemptState.BEGUN)
            money = Money(*named(line), it.amount, it.at)
            await settle(self._session, charge, money, mine[-1] if mine else None)
        line.state, line.charge_id = LineState.MATCHED, charge.id
        return True

    async def _keep(self, line: StatementLine, charge_id: UUID | None = None, **detail: str) -> bool:
        await keep(self._session, line, FindingKind.UNKNOWN_MONEY, charge_id, amount=line.amount, **detail)
        return False

    def _row(self, partner_id: UUID, it: Credit) -> StatementLine:
        row = uuid7()
        return StatementLine(
            id=row,
            partner_id=partner_id,
            bank_ref=it.bank_ref,
            amount=it.amount,
            at=it.at,
            said=self._personal.close_line(row, it.text) if it.text else None,
            state=LineState.OPEN,
            version=1,
        )

    async def assign(self, caller: Caller, line_id: UUID, code: str) -> None:
        """A person says which bill it is for. Raises LineNotFound, DecidedBefore, ChargeNotFound."""
        spelled = code_of(code)
        found = await self._session.scalar(select(Charge.id).where(Charge.code == spelled)) if spelled else None
        if found is None:
            raise ChargeNotFound
        charge = await lock(self._session, found)
        line = await self._open(line_id)  # after the charge, as when the gateway tells of both
        money = Money(*named(line), line.amount, line.at, staff_id=caller.id, assigned=True)
        await settle(self._session, charge, money)
        await self._decide(caller, line, LineState.ASSIGNED, charge)

    async def give_back(self, caller: Caller, line_id: UUID) -> None:
        """It went back to where it came from, or never came. Raises LineNotFound, DecidedBefore."""
        line = await self._open(line_id)
        give(self._session, line, caller.id)
        await self._decide(caller, line, LineState.RETURNED, None)

    async def _open(self, line_id: UUID) -> StatementLine:
        line = await self._session.scalar(select(StatementLine).where(StatementLine.id == line_id).with_for_update())
        if line is None:
            raise LineNotFound
        if line.state is not LineState.OPEN:
            raise DecidedBefore
        return line

    async def _decide(self, caller: Caller, line: StatementLine, state: LineState, charge: Charge | None) -> None:
        line.state, line.decided_by, line.version = state, caller.id, line.version + 1
        line.charge_id = charge.id if charge else line.charge_id
        act = "payments:assign" if charge else "payments:give-back"
        await record(self._session, act=act, actor=caller, subject=("statement-line", line.id), amount=line.amount)
        await close(self._session, caller, await finding_of(self._session, line))


def _order_in(text: str, charge: Charge, attempts: Sequence[Attempt]) -> Attempt | None:
    """The order of the gateway that a line names whole."""
    squeezed = re.sub(r"[\s.\-]", "", text).upper()
    return next((it for it in attempts if it.way is Way.VNPAY and it.reference in squeezed), None)
