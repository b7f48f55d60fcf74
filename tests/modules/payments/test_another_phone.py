"""Whoever has another phone still has to pay what they were asked, and nobody who has the old number next does."""

from sqlalchemy import select

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.models import Charge
from server.modules.payments.sealed import SEALED
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age
from tests.modules.identity.test_recovery import Loser, desk, loser, recover
from tests.modules.payments.conftest import Partner, bill

__all__ = ["desk", "loser"]


async def mine(browser: Browser) -> list[str]:
    return [it["code"] for it in (await browser.get("/api/payments")).json()["items"]]


async def test_charges_go_with_the_person(
    desk: Browser,
    loser: Loser,
    biller: Partner,
    new_browser: NewBrowser,
    new_phone: NewPhone,
    events: Events,
    database: Database,
    paying: Settings,
) -> None:
    asked = bill(payer_phone=loser.phone)
    [made] = await biller.bill(asked)
    own, stranger, phone = new_browser(), new_browser(), new_phone()
    await recover(desk, loser, own, phone)
    await events.run_waiting()
    await age(database, "DELETE FROM core_count")
    await stranger.sign_in(loser.phone)
    assert [await mine(own), await mine(stranger)] == [[made["code"]], []]
    # Whoever sent the bill knows the old number alone, and sends it once more.
    [again] = await biller.bill(asked)
    assert (again["result"], again["code"]) == ("known", made["code"])
    async with database.reading() as connection:
        row = (await connection.execute(select(Charge.__table__).where(Charge.code == made["code"]))).one()
    # Made again with the next key it is still theirs.
    assert SEALED[0].again(row, paying, paying)["owner_index"] == row.owner_index
