"""A dossier that waits for money: the owner finds it to pay, and paid, the dossier goes on by itself."""

from typing import Any

from server.core.database import Database
from server.core.events import Events
from tests.modules.dossiers.office import PERMISSIONS, Hire, Officer, hire
from tests.modules.identity.conftest import Browser
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "nothing_left_over"]


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
