"""The heart of the app in a real Firefox: a report, a phone that names nothing, a tap to the dossier."""

import re
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from server.core.database import Database
from server.core.settings import Settings
from server.modules.identity.service.partners import Partners
from tests.app import working
from tests.browser.firefox import Firefox
from tests.browser.test_firefox_push import Citizen, eventually
from tests.conftest import SECRET
from tests.pushservice import PushService

pytestmark = [pytest.mark.browser, pytest.mark.long(12)]

PHONE = f"0913{secrets.randbelow(10**6):06}"
CODE = f"H12.997-20261101-{secrets.randbelow(10**7):07}"
BIRTH = "1.001193"


@pytest.fixture(autouse=True)
async def worker(server: str, processes: dict[str, str]) -> AsyncIterator[None]:
    async with working(server, **processes):
        yield


class System:
    """The one-stop system of the province, which reports over the network like any other."""

    def __init__(self, origin: str, token: str) -> None:
        self._origin, self._token = origin, token

    async def report(self, status: int, **more: object) -> None:
        event = {
            "source": "một cửa",
            "event_id": str(uuid4()),
            "code": CODE,
            "procedure": BIRTH,
            "status": status,
            "at": (datetime.now(UTC) - timedelta(seconds=10 - status)).isoformat(),
            "handling_unit": "Phòng Tư pháp",
            "owner_phone": PHONE,
        }
        async with httpx.AsyncClient(base_url=self._origin, timeout=60) as client:
            headers = {"Authorization": f"Bearer {self._token}"}
            reply = await client.post("/api/dossiers/events", json={"events": [event | more]}, headers=headers)
        assert reply.json()["items"][0]["result"] == "taken", reply.text


@pytest.fixture
async def system(server: str, database_url: str) -> System:
    settings = Settings(database_url=database_url, secret_key=SECRET, base_url=server)
    database = Database(settings)
    async with database.transaction() as session:
        partners = Partners(session, settings)
        partner, secret = await partners.add(None, f"hệ thống {uuid4()}", frozenset({"dossiers:intake"}))
        token = await partners.token(partner.id, secret)
    await database.close()
    return System(server, token)


async def sign_in(citizen: Citizen) -> None:
    await citizen.open("/sign-in?next=/notifications", "Số điện thoại")
    await type_into(citizen.firefox, "#phone", PHONE)
    await citizen.firefox.js("document.querySelector('main [type=submit]').click()")
    shown = await eventually(
        lambda: citizen.firefox.js("return document.querySelector('.shown-code')?.innerText ?? ''"), bool
    )
    await type_into(citizen.firefox, ".digits input", re.sub(r"\D", "", shown))
    await citizen.see("Đang tắt")


async def type_into(firefox: Firefox, css: str, text: str) -> None:
    await firefox.js(
        """
        const field = document.querySelector(css)
        field.focus()
        field.value = text
        field.dispatchEvent(new Event('input', { bubbles: true }))
        """,
        css=css,
        text=text,
    )


async def test_a_dossier_moves_and_its_owner_is_told(
    push_service: PushService, server: str, system: System, tmp_path: Path
) -> None:
    push_service.planned.clear()
    async with Firefox(push_service.port, tmp_path / "profile") as firefox:
        citizen = Citizen(firefox, push_service, server)
        await sign_in(citizen)
        # The words agreed to stand above the button that turns it on.
        await citizen.see("Thông báo đi qua dịch vụ của hãng trình duyệt")
        await firefox.tap("Bật thông báo")
        await firefox.answer_prompt(allow=True)
        await citizen.see("Máy này báo khi hồ sơ của bạn có thay đổi")

        await system.report(2)
        await eventually(firefox.alerts, lambda alerts: ("Hồ sơ của bạn có thay đổi", "Mở ứng dụng để xem.") in alerts)
        # The newer one takes its place; neither says which dossier, which procedure or which office.
        await system.report(5)
        await eventually(firefox.alerts, lambda alerts: ("Hồ sơ của bạn đang chờ bạn", "Mở ứng dụng để xem.") in alerts)
        [shown] = await eventually(citizen.shown, lambda all: len(all) == 1)
        assert not re.search("khai sinh|H12|Tư pháp", str(shown))

        # A tap leads to the dossier, and the browser's Back to where one was.
        await firefox.goto(f"{server}/about")
        await firefox.click_alert("Hồ sơ của bạn đang chờ bạn")
        await eventually(firefox.tabs, lambda tabs: f"{server}/dossiers/{CODE}" in tabs)
        await citizen.see("Yêu cầu bổ sung giấy tờ")
        text = await firefox.text()
        assert "khai sinh" in text.lower()
        assert "Phòng Tư pháp" in text

        # In the inbox stand both: the one that was tapped is read, and the ledger knows it.
        await citizen.open("/inbox", "Được tiếp nhận: ")
        unread = await eventually(
            lambda: firefox.js("return document.querySelectorAll('.letters .unread').length"), lambda n: n == 1
        )
        assert unread == 1
        await firefox.js("document.querySelector('.letter-more').click()")
        await citizen.see("Bạn đã mở")
        await eventually(firefox.text, lambda text: "Firefox" in text and "chưa" not in text.partition("Firefox")[2])

        # While the inbox is looked at, news comes by itself.
        await citizen.open("/inbox", "Được tiếp nhận: ")
        await system.report(9)
        await citizen.see("Đã xử lý xong: ")
        assert await firefox.js("return document.querySelector('.bell b').textContent") == "2"

        # The phone speaks the language that its owner reads, and names nothing in each of them.
        await citizen.open("/settings", "Tiếng Việt")
        for name, language, status, shown in (
            ("English", "en", 4, "There is news of your dossier"),
            ("ភាសាខ្មែរ", "km", 10, "សំណុំឯកសាររបស់អ្នកមានការប្រែប្រួល"),
        ):
            await firefox.js(
                "[...document.querySelectorAll('label')].find(it => it.innerText.includes(name)).click()", name=name
            )
            await eventually(lambda: citizen.ask("GET"), lambda it, language=language: it[1]["language"] == language)
            await system.report(status, at=datetime.now(UTC).isoformat())
            alerts = await eventually(firefox.alerts, lambda all, shown=shown: shown in [it[0] for it in all])
            assert not re.search("khai sinh|H12|Tư pháp", str([it for it in alerts if it[0] == shown]))

        # Until they wish otherwise: then it says which procedure, and what to do.
        await citizen.open("/notifications/how", "របៀបប្រាប់អ្នក")
        choices = "return document.querySelectorAll('input[name=screen]').length"
        await eventually(lambda: firefox.js(choices), lambda n: n == 2)
        await firefox.js("document.querySelectorAll('input[name=screen]')[1].click()")
        await eventually(
            lambda: firefox.js(
                """
                const reply = await fetch('/api/notifications/preferences')
                return (await reply.json()).private
                """
            ),
            lambda private: private is False,
        )
        await system.report(5, at=datetime.now(UTC).isoformat())
        alerts = await eventually(firefox.alerts, lambda all: any("khai sinh" in it[0].lower() for it in all))
        assert any(it[0].startswith("ត្រូវបន្ថែមឯកសារ៖ ") for it in alerts)
