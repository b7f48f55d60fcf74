"""Other systems: a secret buys a short token; a token that lies, is old, or belongs to a disabled one opens nothing."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text, update

from server.core.database import Database
from server.core.retention import forget_one
from server.core.settings import Settings
from server.modules.identity.models import Partner
from server.modules.identity.rules.tokens import OVERLAP, SIGNS_FOR
from server.modules.identity.service.partners import KEEP, Partners, recognise_partner
from tests.modules.identity.conftest import Browser, StaffBrowser


class Bought:
    def __init__(self, client_id: str, secret: str) -> None:
        self.client_id, self.secret = client_id, secret

    async def token(self, browser: Browser) -> str:
        reply = await browser.post(
            "/api/identity/tokens", json={"client_id": self.client_id, "client_secret": self.secret}
        )
        assert reply.status_code == 200, reply.text
        assert (reply.json()["token_type"], reply.json()["expires_in"]) == ("Bearer", 600)
        token: str = reply.json()["access_token"]
        return token


@pytest.fixture
async def admin(staff_browser: StaffBrowser) -> Browser:
    return await staff_browser("identity:administer")


@pytest.fixture
async def system(admin: Browser) -> Bought:
    body = {"name": f"Hệ thống {datetime.now(UTC).timestamp()}", "permissions": ["dossiers:intake"]}
    reply = await admin.post("/api/identity/partners", json=body)
    assert reply.status_code == 201, reply.text
    return Bought(reply.json()["client_id"], reply.json()["client_secret"])


async def test_of_two_made_at_once_with_one_name_one_is_made(admin: Browser) -> None:
    body = {"name": f"Hệ thống {datetime.now(UTC).timestamp()}", "permissions": ["dossiers:intake"]}
    replies = await asyncio.gather(*(admin.post("/api/identity/partners", json=body) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]


@pytest.mark.parametrize("word", ["đọc", "", "dossiers:move", "identity:administer", "x" * 3000])
async def test_only_what_a_route_asks_for_is_given(admin: Browser, system: Bought, word: str) -> None:
    body = {"name": f"Hệ thống {datetime.now(UTC).timestamp()}", "permissions": ["dossiers:intake", word]}
    reply = await admin.post("/api/identity/partners", json=body)
    assert (reply.status_code, reply.json()["type"]) == (400, "permission-unknown")
    change = {"permissions": [word], "disabled": False}
    path = f"/api/identity/partners/{system.client_id}"
    reply = await admin.put(path, json=change, headers={"If-Match": "1"})
    assert (reply.status_code, reply.json()["type"]) == (400, "permission-unknown")


class TestTheToken:
    async def test_says_who_calls(
        self, browser: Browser, system: Bought, database: Database, settings: Settings
    ) -> None:
        caller = await recognise_partner(database, settings, await system.token(browser))
        assert caller is not None
        assert (caller.kind, str(caller.id)) == ("partner", system.client_id)
        assert caller.permissions == {"dossiers:intake"}

    async def test_is_verified_by_the_published_keys(
        self, browser: Browser, system: Bought, settings: Settings
    ) -> None:
        token = await system.token(browser)
        keys = jwt.PyJWKSet.from_dict((await browser.get("/api/identity/keys")).json())
        key = keys[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["EdDSA"], audience="partners", issuer=settings.origin)
        assert claims["sub"] == system.client_id

    async def test_no_person_comes_in_with_it(self, browser: Browser, system: Bought) -> None:
        headers = {"Authorization": f"Bearer {await system.token(browser)}"}
        assert (await browser.get("/api/identity/devices", headers=headers)).status_code == 403

    @pytest.mark.parametrize("secret", ["", "wrong", "ö"])
    async def test_a_wrong_secret_and_an_unknown_system_are_the_same(
        self, browser: Browser, system: Bought, secret: str
    ) -> None:
        known = {"client_id": system.client_id, "client_secret": secret}
        unknown = {"client_id": "00000000-0000-7000-8000-000000000000", "client_secret": secret}
        replies = [await browser.post("/api/identity/tokens", json=body) for body in (known, unknown)]
        assert [reply.status_code for reply in replies] == [401, 401]
        assert replies[0].json() | {"request_id": ""} == replies[1].json() | {"request_id": ""}


class TestALie:
    """Each token but the honest one differs from it in one thing."""

    @pytest.fixture
    async def honest(self, browser: Browser, system: Bought, database: Database, settings: Settings) -> dict[str, Any]:
        token = await system.token(browser)
        key = text("SELECT sealed FROM identity_signing_key WHERE kid = :kid")
        kid = jwt.get_unverified_header(token)["kid"]
        async with database.reading() as connection:
            sealed = await connection.scalar(key, {"kid": kid})
        async with database.transaction() as session:
            pem = Partners(session, settings)._seal.open(sealed, kid)
        claims = jwt.decode(token, options={"verify_signature": False})
        return {"claims": claims, "key": pem, "headers": {"typ": "at+jwt", "kid": kid}}

    async def test_the_honest_one_is_taken(
        self, honest: dict[str, Any], database: Database, settings: Settings
    ) -> None:
        token = jwt.encode(honest["claims"], honest["key"], algorithm="EdDSA", headers=honest["headers"])
        assert await recognise_partner(database, settings, token) is not None

    @pytest.mark.parametrize(
        "change",
        [
            {"exp": 1_700_000_000},
            {"exp": None},
            {"nbf": 4_000_000_000},
            {"aud": "somebody else"},
            {"aud": ["partners", "somebody else"]},
            {"iss": "https://evil.example"},
            {"jti": None},
            {"sub": "00000000-0000-7000-8000-000000000000"},
            {"sub": "nobody"},
        ],
        ids=str,
    )
    async def test_in_a_claim(
        self, honest: dict[str, Any], change: dict[str, Any], database: Database, settings: Settings
    ) -> None:
        claims = {name: value for name, value in (honest["claims"] | change).items() if value is not None}
        token = jwt.encode(claims, honest["key"], algorithm="EdDSA", headers=honest["headers"])
        assert await recognise_partner(database, settings, token) is None

    @pytest.mark.parametrize("change", [{"typ": "JWT"}, {"kid": "another"}, {"kid": "../../etc/passwd"}], ids=str)
    async def test_in_the_header(
        self, honest: dict[str, Any], change: dict[str, str], database: Database, settings: Settings
    ) -> None:
        token = jwt.encode(honest["claims"], honest["key"], algorithm="EdDSA", headers=honest["headers"] | change)
        assert await recognise_partner(database, settings, token) is None

    async def test_in_the_signature(self, honest: dict[str, Any], database: Database, settings: Settings) -> None:
        strange = Ed25519PrivateKey.generate()
        signed = jwt.encode(honest["claims"], strange, algorithm="EdDSA", headers=honest["headers"])
        header = base64.urlsafe_b64encode(json.dumps(honest["headers"] | {"alg": "none"}).encode()).decode().rstrip("=")
        unsigned = f"{header}.{signed.split('.')[1]}."
        hmac = jwt.encode(honest["claims"], "x" * 64, algorithm="HS256", headers=honest["headers"])
        for token in (signed, unsigned, hmac, "", "a.b.c", "x" * 10_000):
            assert await recognise_partner(database, settings, token) is None


class TestItsEnd:
    async def test_a_disabled_system_is_out_with_its_next_request(
        self, browser: Browser, admin: Browser, system: Bought, database: Database, settings: Settings
    ) -> None:
        token = await system.token(browser)
        path = f"/api/identity/partners/{system.client_id}"
        body = {"permissions": ["dossiers:intake"], "disabled": True}
        assert (await admin.put(path, json=body, headers={"If-Match": "9"})).status_code == 412
        assert (await admin.put(path, json=body, headers={"If-Match": "1"})).status_code == 200
        assert await recognise_partner(database, settings, token) is None

    async def test_one_with_a_word_of_former_days_is_disabled_but_given_no_other_such_word(
        self, admin: Browser, system: Bought, database: Database
    ) -> None:
        async with database.transaction() as session:
            held = update(Partner).where(Partner.id == UUID(system.client_id))
            await session.execute(held.values(permissions=["dossiers:former", "dossiers:intake"]))
        path = f"/api/identity/partners/{system.client_id}"
        more = {"permissions": ["dossiers:former", "dossiers:typo"], "disabled": True}
        reply = await admin.put(path, json=more, headers={"If-Match": "1"})
        assert (reply.status_code, reply.json()["type"]) == (400, "permission-unknown")
        same = {"permissions": ["dossiers:former", "dossiers:intake"], "disabled": True}
        reply = await admin.put(path, json=same, headers={"If-Match": "1"})
        assert reply.status_code == 200, reply.text
        assert reply.json()["disabled_at"] is not None

    async def test_a_new_secret_ends_the_old_one(self, browser: Browser, admin: Browser, system: Bought) -> None:
        renewed = await admin.post(f"/api/identity/partners/{system.client_id}/secret")
        old = {"client_id": system.client_id, "client_secret": system.secret}
        assert (await browser.post("/api/identity/tokens", json=old)).status_code == 401
        assert (await browser.post("/api/identity/tokens", json=renewed.json())).status_code == 200


async def test_keys_follow_one_another_without_a_gap(database: Database, settings: Settings, clone) -> None:
    """The next key is published before it signs, the last one as long after."""
    own = Database(Settings(database_url=clone(), secret_key=settings.secret_key))
    now = datetime.now(UTC)
    for day in range(95):
        async with own.transaction() as session:
            await Partners(session, settings).prepare_keys(now + timedelta(days=day))
    async with own.reading() as connection:
        rows = (await connection.execute(text("SELECT * FROM identity_signing_key ORDER BY signs_from"))).all()
    # One that no token needs any more is forgotten, and no other one.
    async with own.transaction() as session:
        await forget_one(session, KEEP, rows[1].retires_at + timedelta(seconds=1))
    async with own.reading() as connection:
        left = set(await connection.scalars(text("SELECT kid FROM identity_signing_key")))
    await own.close()
    assert left == {row.kid for row in rows[2:]}
    assert len(rows) == 4
    for earlier, later in pairwise(rows):
        assert later.signs_from - earlier.signs_from == SIGNS_FOR
        assert later.created_at <= later.signs_from
        assert earlier.retires_at - later.signs_from == OVERLAP
