"""A dossier that waits for money: the owner finds it to pay, and paid, the dossier goes on by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from server.core.clock import HERE
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.dossiers.events import Move
from server.modules.dossiers.models import Dossier, Happening
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.service.fees import Fees
from server.modules.dossiers.service.owner_view import OwnerView
from server.modules.payments.models import Charge
from server.modules.payments.public import Demand, Exemption, Purpose
from server.modules.payments.reactions import remind_of_charges
from server.modules.payments.service.charges import Charges, Raised
from server.modules.payments.service.settling import Money, lock, settle
from tests.modules.dossiers.office import PERMISSIONS, Hire, Officer, hire
from tests.modules.identity.conftest import Browser, age
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "nothing_left_over"]


WHY = "Không phải nộp phí, lệ phí: Hộ nghèo, cận nghèo"


async def waiting(officer: Officer, phone: str, events: Events) -> dict[str, Any]:
    """A dossier for which 8,000 đồng were asked."""
    dossier = await officer.acts(await officer.register(phone=phone), "ask-payment")
    await events.run_waiting()
    return dossier


async def bills(browser: Browser, which: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await browser.get("/api/payments", params={"which": which})).json()["items"]
    return items


async def test_what_is_asked_is_paid_and_the_dossier_goes_on(
    browser: Browser, phone: str, hire: Hire, events: Events, database: Database
) -> None:
    await browser.sign_in(phone)
    officer = await hire(*PERMISSIONS, "payments:read", "payments:cash")
    dossier = await waiting(officer, phone, events)
    [bill] = await bills(browser, "due")
    assert (bill["amount"], bill["purpose"], bill["dossier"]) == (8000, "dossier-fee", dossier["code"])

    desk = officer.browser
    [charge] = (await desk.get("/api/payments/desk/charges", params={"code": bill["code"]})).json()["items"]
    taken = await desk.post(f"/api/payments/desk/charges/{charge['id']}/cash", json={"amount": 8000})
    assert taken.status_code == 200, taken.text
    await events.run_waiting()
    after = (await officer.read(dossier["id"])).json()
    assert after["status"] == "in-hand"
    assert after["version"] > dossier["version"]
    [bill] = await bills(browser, "over")
    assert (bill["standing"], bill["office_told"]) == ("paid", True)


async def test_the_day_the_office_names_stands_on_the_bill_and_is_reminded_of_once(
    browser: Browser, phone: str, hire: Hire, events: Events, database: Database
) -> None:
    await browser.sign_in(phone)
    officer = await hire()
    by = datetime.now(HERE) + timedelta(days=2)
    dossier = await officer.acts(await officer.register(phone=phone), "take-up")
    assert (
        await officer.act(dossier, "ask-payment", amount=8000, reason="Lệ phí", answer_by=by.isoformat())
    ).status_code == 200
    await events.run_waiting()
    [bill] = await bills(browser, "due")
    assert bill["due_on"] == f"{by:%Y-%m-%d}"
    async with database.transaction() as session:
        await remind_of_charges(session, datetime.now(UTC))
    await events.run_waiting()
    told = [it["title"] for it in (await browser.get("/api/notifications")).json()["items"]]
    assert not [it for it in told if it.startswith("Sắp đến hạn trả")]


async def test_where_no_new_date_can_be_counted_it_goes_on_with_the_old_one(
    phone: str, hire: Hire, events: Events, database: Database, settings: Settings
) -> None:
    officer = await hire()
    dossier = await waiting(officer, phone, events)
    await age(database, "UPDATE dossiers_dossier SET due_at = '2060-01-01' WHERE id = :id", id=dossier["id"])
    async with database.transaction() as session:
        ask = select(Happening.id).where(Happening.dossier_id == UUID(dossier["id"]), Happening.fee_due > 0)
        await Fees(session, settings).settled(dossier["code"], f"dossier/{await session.scalar(ask)}")
    after = (await officer.read(dossier["id"])).json()
    assert after["status"] == "in-hand"
    assert datetime.fromisoformat(after["due_at"]) == datetime(2060, 1, 1, tzinfo=UTC)


async def test_what_is_not_asked_any_more_is_withdrawn(
    browser: Browser, phone: str, hire: Hire, events: Events
) -> None:
    await browser.sign_in(phone)
    officer = await hire()
    dossier = await waiting(officer, phone, events)
    await officer.acts(dossier, "stop")
    await events.run_waiting()
    assert await bills(browser, "due") == []
    assert [it["standing"] for it in await bills(browser, "over")] == ["cancelled"]


@pytest.mark.parametrize("before", [[], ["take-up"], ["ask-payment"]])
async def test_exempt_nothing_is_to_be_paid_and_the_dossier_goes_on(
    before: list[str],
    browser: Browser,
    phone: str,
    hire: Hire,
    events: Events,
    database: Database,
    settings: Settings,
) -> None:
    await browser.sign_in(phone)
    officer = await hire(*PERMISSIONS, "payments:read")
    dossier = await officer.acts(await officer.register(phone=phone), *before)
    await events.run_waiting()
    reply = await officer.act(dossier, "exempt", exemption="poor")
    assert reply.status_code == 200, reply.text
    assert (reply.json()["status"], reply.json()["steps"][0]["act"]) == ("in-hand", "exempt")
    assert (reply.json()["steps"][0]["exemption"], reply.json()["steps"][0]["amount"]) == (WHY, None)
    await events.run_waiting()
    async with database.transaction() as session:  # its event may come twice
        row = UUID(reply.json()["steps"][0]["id"])
        await Fees(session, settings).exempt(UUID(dossier["id"]), row, Exemption.POOR)
    assert await bills(browser, "due") == []
    over = {it["standing"]: it for it in await bills(browser, "over")}
    assert sorted(over) == ([] if "ask-payment" not in before else ["cancelled"]) + ["exempt"]
    free = over["exempt"]
    assert (free["amount"], free["exemption"], free["dossier"]) == (0, "poor", dossier["code"])
    assert free["exemption_says"] == "Hộ nghèo, cận nghèo"
    seen = (await browser.get(f"/api/dossiers/{dossier['code']}")).json()
    assert seen["happened"][-1]["name"] == WHY
    async with database.transaction() as session:  # whoever only follows it does not learn why
        one = await session.get_one(Dossier, UUID(dossier["id"]))
        followed = await OwnerView(session, settings).of(one, None, "vi", whole=False)
    assert (followed.happened[-1].name, followed.happened[-1].reason) == ("Đang xử lý", None)
    inbox = (await browser.get("/api/notifications")).json()["items"]
    [told] = [it for it in inbox if it["title"].startswith("Không phải nộp phí, lệ phí")]
    assert told["body"].startswith("Bạn được miễn: Hộ nghèo, cận nghèo.")
    # Nobody can pay it, at the desk neither.
    [charge] = (await officer.browser.get("/api/payments/desk/charges", params={"code": free["code"]})).json()["items"]
    assert (charge["state"], charge["amount"]) == ("exempt", 0)


async def test_why_somebody_is_exempt_is_a_reason_of_the_list(hire: Hire) -> None:
    officer = await hire()
    dossier = await officer.acts(await officer.register(), "take-up")
    assert (await officer.act(dossier, "exempt", exemption="a friend of mine")).status_code == 400
    # What is said with another act is no exemption.
    reply = await officer.act(dossier, "ask-payment", amount=8000, reason="Lệ phí", exemption="poor")
    assert (reply.json()["status"], reply.json()["steps"][0]["exemption"]) == ("payment-needed", None)


async def test_what_another_system_calls_its_fee_moves_nothing(
    phone: str, hire: Hire, events: Events, database: Database, settings: Settings
) -> None:
    officer = await hire()
    dossier = await waiting(officer, phone, events)
    theirs = Demand(str(uuid4()), "x", "X", Purpose.DOSSIER_FEE, dossier["code"], 1, "y")
    async with database.transaction() as session:
        [raised] = await Charges(session, settings).raise_all(uuid4(), [theirs])
        assert isinstance(raised, Raised)
        charge = (await session.scalars(select(Charge).where(Charge.code == raised.code))).one()
        await settle(session, await lock(session, charge.id), Money("bank", str(uuid4()), 1, datetime.now(UTC)))
    await events.run_waiting()
    assert (await officer.read(dossier["id"])).json()["status"] == "payment-needed"


async def test_nobody_moves_a_dossier_while_its_fee_is_asked(
    phone: str, hire: Hire, events: Events, database: Database, settings: Settings
) -> None:
    dossier = await waiting(await hire(), phone, events)
    now, row = datetime.now(UTC), UUID(dossier["id"])
    move = Move(dossier_id=row, status=Status.PAYMENT_NEEDED, at=now, due_at=None, unexpected=False)
    async with database.transaction() as session:
        await Fees(session, settings).moved([move])
        async with database.transaction() as other:
            with pytest.raises(OperationalError):
                await other.execute(select(Dossier.id).where(Dossier.id == row).with_for_update(nowait=True))
            await other.rollback()
