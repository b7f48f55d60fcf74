"""Whose personal number VNeID vouches for finds what was filed with it, as long as they are signed in that way."""

import secrets
from typing import Any

import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.dossiers.rules.reports import NOBODY
from server.modules.dossiers.schemas import ReportedEvent
from server.modules.dossiers.service.intake import Intake
from server.modules.dossiers.service.owners import owners_of
from tests.modules.dossiers.conftest import event
from tests.modules.identity.conftest import Browser, NewPhone, age, honest, provider
from tests.modules.identity.test_vneid import Town, town

__all__ = ["honest", "provider", "town"]


def new_number() -> str:
    return f"0960{secrets.randbelow(10**8):08}"


async def filed_with(database: Database, settings: Settings, code: str, number: str) -> Any:
    """A dossier in the database that both applications share; who its owners are now."""
    import msgspec

    given = event(code, 4, owner_phone=None, owner_id=number)
    async with database.transaction() as session:
        await Intake(session, settings).take(NOBODY, [msgspec.convert(given, ReportedEvent)])


async def id_of(browser: Browser) -> str:
    return str((await browser.get("/api/identity/session")).json()["caller"]["id"])


async def test_it_is_theirs_with_vneid_and_not_by_phone_alone(
    town: Town, new_phone: NewPhone, database: Database, settings: Settings, code: str
) -> None:
    number, phone, account = new_number(), new_phone(), f"vne-{secrets.token_hex(6)}"
    await filed_with(database, settings, code, number)
    here, elsewhere = town.browser(), town.browser()
    await here.sign_in(phone)
    assert (await here.get(f"/api/dossiers/{code}")).json()["type"] == "not-your-dossier"
    await town.provider.want(claims={"national_id": number})
    await town.come_back(here, account)
    found = (await here.get("/api/dossiers")).json()["items"]
    assert [it["standing"]["code"] for it in found] == [code]
    assert (await here.get(f"/api/dossiers/{code}")).json()["owned"] is True
    # The same person by phone: it is said what is missing, and shown to nobody.
    await age(database, "DELETE FROM core_count")
    await elsewhere.sign_in(phone)
    assert await id_of(elsewhere) == await id_of(here)
    assert (await elsewhere.get("/api/dossiers")).json()["items"] == []
    assert (await elsewhere.get(f"/api/dossiers/{code}")).json()["type"] == "assurance-needed"
    async with database.transaction() as session:
        from sqlalchemy import select

        from server.modules.dossiers.models import Dossier

        row = await session.scalar(select(Dossier.id).where(Dossier.code == code))
        assert row is not None
        assert [str(it) for it in (await owners_of(session, [row]))[row]] == [await id_of(here)]


async def test_one_that_was_only_typed_opens_nothing_before_the_proof_of_another_and_after_it(
    town: Town, new_phone: NewPhone, database: Database, settings: Settings, code: str
) -> None:
    number = new_number()
    await filed_with(database, settings, code, number)
    typist, owner = town.browser(), town.browser()
    await typist.sign_in(new_phone())
    profile = await typist.get("/api/identity/profile")
    given = await typist.put(
        "/api/identity/profile/national-id",
        json={"number": number},
        headers={"If-Match": f'"{profile.json()["version"]}"'},
    )
    assert given.status_code == 200, given.text
    assert (await typist.get(f"/api/dossiers/{code}")).json()["type"] == "not-your-dossier"
    await town.provider.want(claims={"national_id": number})
    await town.come_back(owner, f"vne-{secrets.token_hex(6)}")
    assert (await owner.get(f"/api/dossiers/{code}")).status_code == 200
    # It stays what was typed: that it went would tell the typist that somebody here has proved it.
    assert (await typist.get("/api/identity/profile")).json()["national_id"].endswith(number[-4:])
    assert (await typist.get(f"/api/dossiers/{code}")).json()["type"] == "not-your-dossier"
    # Who types another number over a proved one has proved nothing any more.
    changed = await owner.get("/api/identity/profile")
    await owner.put(
        "/api/identity/profile/national-id",
        json={"number": new_number()},
        headers={"If-Match": f'"{changed.json()["version"]}"'},
    )
    assert (await owner.get(f"/api/dossiers/{code}")).json()["type"] == "not-your-dossier"


@pytest.mark.parametrize("claim", ["12345", "09600000012a", ""])
async def test_a_claim_that_is_no_number_proves_nothing(town: Town, claim: str) -> None:
    browser = town.browser()
    await town.provider.want(claims={"national_id": claim})
    await town.come_back(browser, f"vne-{secrets.token_hex(6)}")
    assert (await browser.get("/api/identity/profile")).json()["national_id"] is None
