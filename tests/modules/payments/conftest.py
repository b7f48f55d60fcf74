"""A biller, a bank, a gateway, and bills nobody else in this run has."""

import secrets
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import psycopg
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service.partners import Partners
from server.modules.payments.rules import vnpay
from server.sandbox.bank import MERCHANT as ITS_MERCHANT
from server.sandbox.bank import Bank
from tests.conftest import Start
from tests.modules.identity.conftest import Browser, new_phone, nothing_counted, phone, staff_browser

__all__ = ["new_phone", "nothing_counted", "phone", "staff_browser"]

SECRET, MERCHANT = "TESTSECRET", "DEMO0001"


@pytest.fixture(scope="session")
def paying(settings: Settings) -> Settings:
    """The shared settings with an account and a gateway."""
    return msgspec.structs.replace(
        settings,
        bank_bin="970403",
        bank_account="0011012345678",
        bank_name="Ngân hàng Thử",
        bank_holder="KHO BAC THU NGHIEM",
        vnpay_url="https://pay.example.test/vpcpay.html",
        vnpay_tmn_code=MERCHANT,
        vnpay_secret=SECRET,
        payment_portal="https://portal.example.test/pay?bill={code}&of={dossier}&sum={amount}&then={back}",
    )


@pytest.fixture(scope="session")
async def client(paying: Settings, start: Start) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor of an application that takes money."""
    async with start(paying) as client:
        yield client


@pytest.fixture
async def new_browser(
    client: httpx.AsyncClient, paying: Settings, nothing_counted: None
) -> AsyncIterator[Callable[[], Browser]]:
    made: list[Browser] = []

    def make() -> Browser:
        made.append(Browser(client.app, paying))  # type: ignore[attr-defined]
        return made[-1]

    yield make
    for browser in made:
        await browser.aclose()


@pytest.fixture(autouse=True)
async def balanced(database: Database) -> AsyncIterator[None]:
    """Whatever a test did: every transaction sums to 0, and paid is what the ledger calls paid."""
    yield
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT coalesce(sum(amount), 0) FROM payments_entry")) == 0
        wrong = """SELECT count(*) FROM payments_charge c WHERE (c.state = 'paid') <> EXISTS
            (SELECT FROM payments_transaction t WHERE t.charge_id = c.id AND t.pays AND t.amount = c.amount)"""
        assert await connection.scalar(text(wrong)) == 0


@pytest.fixture(autouse=True)
def wired_as_before(database: Database) -> Iterator[None]:
    before = database.before_commit
    yield
    database.before_commit = before


class Partner:
    """A system with a token."""

    def __init__(self, client: httpx.AsyncClient, token: str) -> None:
        self._client, self._headers = client, {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    async def get(self, path: str) -> httpx.Response:
        return await self._client.get(f"/api/payments{path}", headers=self._headers)

    async def send(self, path: str, body: object) -> httpx.Response:
        headers = self._headers | {"Content-Type": "application/json"}
        given: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self._client.post(f"/api/payments{path}", headers=headers, **given)

    async def bill(self, *bills: dict[str, Any]) -> list[dict[str, Any]]:
        reply = await self.send("/bills", {"bills": list(bills)})
        assert reply.status_code == 200, reply.text
        items: list[dict[str, Any]] = reply.json()["items"]
        return items

    async def credit(self, *lines: dict[str, Any]) -> list[str]:
        """A statement; what became of each line."""
        reply = await self.send("/statements", {"lines": list(lines)})
        assert reply.status_code == 200, reply.text
        return [it["result"] for it in reply.json()["items"]]


NewPartner = Callable[..., Awaitable[Partner]]


@pytest.fixture
def new_partner(client: httpx.AsyncClient, database: Database, settings: Settings) -> NewPartner:
    async def make(*permissions: str) -> Partner:
        async with database.transaction() as session:
            partners = Partners(session, settings)
            partner, secret = await partners.add(None, f"đối tác {uuid4()}", frozenset(permissions))
            return Partner(client, await partners.token(partner.id, secret))

    return make


@pytest.fixture
async def biller(new_partner: NewPartner) -> Partner:
    return await new_partner("payments:bill")


@pytest.fixture
async def bank(new_partner: NewPartner) -> Partner:
    return await new_partner("payments:statement")


def bill(**given: Any) -> dict[str, Any]:
    """What a school sends."""
    return {
        "reference": str(uuid4()),
        "payee": "truong-thu",
        "payee_name": "Trường Tiểu học Thử",
        "purpose": "tuition",
        "amount": 8000,
        "what": "Học phí tháng 11",
        "for_whom": "Nguyễn Văn Mẫu, lớp 3A",
    } | given


def credit(text: str, amount: int = 8000, **given: Any) -> dict[str, Any]:
    """A line of a statement."""
    return {"bank_ref": str(uuid4()), "amount": amount, "at": datetime.now(UTC).isoformat(), "text": text} | given


class Payer:
    """A resident with a bill of 8,000 đồng, and the gateway's word about it."""

    def __init__(self, browser: Browser, code: str) -> None:
        self.browser, self.code = browser, code

    async def see(self) -> dict[str, Any]:
        reply = await self.browser.get(f"/api/payments/charges/{self.code}", headers={"Accept-Language": "en"})
        assert reply.status_code == 200, reply.text
        seen: dict[str, Any] = reply.json()
        return seen

    async def standing(self) -> str:
        return str((await self.see())["charge"]["standing"])

    async def post(self, verb: str, way: str = "vnpay") -> httpx.Response:
        return await self.browser.post(f"/api/payments/charges/{self.code}/{verb}", json={"way": way})

    async def begin(self, way: str = "vnpay") -> dict[str, Any]:
        """The attempt that is open now."""
        reply = await self.post("attempts", way)
        assert reply.status_code == 200, reply.text
        [open_one] = [it for it in reply.json()["open"] if it["way"] == way]
        return dict(open_one)

    def notice(self, url: str, code: str = "00", **changed: str) -> str:
        """The gateway's signed word about the order behind this address."""
        return notice(url, code, **changed)

    async def ipn(self, query: str) -> str:
        return await ipn(self.browser, query)


class Watching(Bank):
    """A gateway that looks, whenever it is asked, whether whoever asks keeps its own notices waiting."""

    def __init__(self, conninfo: str) -> None:
        super().__init__("")
        self._conninfo = conninfo
        self.kept_waiting = 0
        self._one_look = threading.Lock()  # or two that look at once keep each other waiting

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        self._look()
        return super().answer(asked)

    def give_back(self, asked: Mapping[str, str]) -> dict[str, str]:
        self._look()
        return super().give_back(asked)

    def _look(self) -> None:
        try:
            with self._one_look, psycopg.connect(self._conninfo) as connection:
                connection.execute("SELECT FROM payments_attempt FOR UPDATE NOWAIT")
                connection.execute("SELECT FROM payments_charge FOR UPDATE NOWAIT")
        except psycopg.errors.LockNotAvailable:
            self.kept_waiting += 1


def asking(paying: Settings, bank: Bank, page: str) -> Settings:
    """The same settings, of an application that asks this gateway, which listens there."""
    return msgspec.structs.replace(
        paying, vnpay_api_url=f"{page}api/transaction", vnpay_secret=bank.secret, vnpay_tmn_code=ITS_MERCHANT
    )


def order_of(url: str) -> dict[str, str]:
    return vnpay.read_query(url.partition("?")[2])


def notice(url: str, code: str = "00", secret: str = SECRET, **changed: str) -> str:
    order = order_of(url)
    fields = {
        "vnp_Amount": order["vnp_Amount"],
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": order["vnp_OrderInfo"],
        "vnp_PayDate": vnpay.instant(datetime.now(UTC)),
        "vnp_ResponseCode": code,
        "vnp_TmnCode": order["vnp_TmnCode"],
        "vnp_TransactionNo": str(secrets.randbelow(10**8)),
        "vnp_TransactionStatus": "00" if code == "00" else "02",
        "vnp_TxnRef": order["vnp_TxnRef"],
    }
    return vnpay.signed_query(secret, fields | {f"vnp_{name}": value for name, value in changed.items()})


async def ipn(client: httpx.AsyncClient, query: str) -> str:
    reply = await client.get(f"/api/payments/vnpay/ipn?{query}")
    assert reply.status_code == 200, reply.text
    said: Mapping[str, str] = reply.json()
    assert set(said) == {"RspCode", "Message"}
    return said["RspCode"]


async def found(database: Database, code: str) -> list[str]:
    """What a person must look at because of this bill."""
    asked = "SELECT kind FROM payments_finding WHERE charge_id = (SELECT id FROM payments_charge WHERE code = :code)"
    async with database.reading() as connection:
        return list(await connection.scalars(text(asked), {"code": code}))


NewPayer = Callable[..., Awaitable[Payer]]


@pytest.fixture
def new_payer(
    new_browser: Callable[[], Browser], new_phone: Callable[[], str], biller: Partner, database: Database
) -> NewPayer:
    async def make(**given: Any) -> Payer:
        browser, mine = new_browser(), new_phone()
        async with database.reading() as connection:
            await connection.execute(text("DELETE FROM core_count"))
        await browser.sign_in(mine)
        [made] = await biller.bill(bill(payer_phone=mine, **given))
        assert made["result"] == "taken", made
        return Payer(browser, made["code"])

    return make


@pytest.fixture
async def payer(new_payer: NewPayer) -> Payer:
    return await new_payer()


async def booked(database: Database, code: str) -> list[tuple[str, int, bool]]:
    """Kind, amount and whether it pays, of every transaction of a charge."""
    asked = """SELECT t.kind, t.amount, t.pays FROM payments_transaction t
        JOIN payments_charge c ON c.id = t.charge_id WHERE c.code = :code ORDER BY t.id"""
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(text(asked), {"code": code})]  # type: ignore[misc]
