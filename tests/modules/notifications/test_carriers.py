"""Zalo and e-mail stand beside texts: for those who chose and agreed, to a confirmed address, naming nothing."""

import asyncio
import re
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings, WrongSetting, read_settings
from server.modules.notifications.gateways import mail, zalo
from server.modules.notifications.models import Address
from server.modules.notifications.public import Topic
from server.modules.notifications.rules.other_ways import NotTaken, address_of
from server.modules.notifications.service.addresses import Addresses
from tests.modules.identity.conftest import Browser, age, browser, new_browser, new_phone, nothing_counted, phone
from tests.modules.notifications import carriers
from tests.modules.notifications.test_inbox import Tell, notice, tell
from tests.modules.notifications.test_other_ways import others
from tests.modules.notifications.test_preferences import choose

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "tell"]

pytestmark = pytest.mark.usefixtures("nothing_left_over", "nothing_counted")
EMAIL = "/api/notifications/email"
PHONE = "+84912345678"


def code_in(said: str) -> str:
    found = re.search(r"Mã xác nhận: (\d{6})", said)
    assert found, said
    return found[1]


async def agree(browser: Browser, purpose: str) -> None:
    assert (await browser.put(f"/api/privacy/consents/{purpose}", json={"version": 1})).status_code == 204


class TestAnAddress:
    async def test_is_used_once_what_came_there_came_back(
        self, browser: Browser, phone: str, events: Events, tell: Tell, capsys: pytest.CaptureFixture[str]
    ) -> None:
        me = await browser.sign_in(phone)
        assert (await browser.get(EMAIL)).json() == {"address": None, "confirmed": False}
        given = await browser.put(EMAIL, json={"address": " Ba.Tu@Example.VN "})
        assert given.json() == {"address": "Ba.Tu@example.vn", "confirmed": False}
        capsys.readouterr()
        await events.run_waiting()
        digits = code_in(capsys.readouterr().err)
        await agree(browser, "email")
        await choose(browser, channels=["email"])
        # Not confirmed yet: nothing but the code went there.
        await tell(notice(me["id"], topic=Topic.DUTIES))
        await events.run_waiting()
        assert "E-mail" not in capsys.readouterr().err
        [waiting] = await others(browser)
        assert (waiting["channel"], waiting["accepted_at"]) == ("email", None)
        confirmed = await browser.post(f"{EMAIL}/confirm", json={"digits": digits})
        assert confirmed.json() == {"address": "Ba.Tu@example.vn", "confirmed": True}
        await tell(notice(me["id"], topic=Topic.RESULTS, key=str(uuid4())))
        await events.run_waiting()
        said = capsys.readouterr().err
        assert "Bạn có tin mới" in said
        assert "khai sinh" not in said
        assert (await browser.delete(EMAIL)).status_code == 204
        assert (await browser.get(EMAIL)).json()["address"] is None

    async def test_five_guesses_and_no_sixth(
        self, browser: Browser, phone: str, events: Events, capsys: pytest.CaptureFixture[str], database: Database
    ) -> None:
        await browser.sign_in(phone)
        await browser.put(EMAIL, json={"address": "a@example.vn"})
        capsys.readouterr()
        await events.run_waiting()
        digits = code_in(capsys.readouterr().err)
        wrong = f"{(int(digits) + 1) % 10**6:06}"
        for _ in range(5):
            reply = await browser.post(f"{EMAIL}/confirm", json={"digits": wrong})
            assert (reply.status_code, reply.json()["type"]) == (400, "address-code-refused")
        assert (await browser.post(f"{EMAIL}/confirm", json={"digits": digits})).status_code == 400
        # A new code is a new beginning; one that has run out is none.
        await browser.put(EMAIL, json={"address": "a@example.vn"})
        await events.run_waiting()
        again = code_in(capsys.readouterr().err)
        await age(database, "UPDATE notifications_address SET expires_at = now() - interval '1 minute'")
        assert (await browser.post(f"{EMAIL}/confirm", json={"digits": again})).status_code == 400

    async def test_whoever_gives_another_one_does_not_wait_for_the_mail(
        self,
        browser: Browser,
        phone: str,
        events: Events,
        capsys: pytest.CaptureFixture[str],
        database: Database,
        settings: Settings,
    ) -> None:
        await browser.sign_in(phone)
        await browser.put(EMAIL, json={"address": "a@example.vn"})
        with carriers.post() as double:
            double.awake.clear()

            async def send() -> None:
                async with database.transaction() as session:
                    row = (await session.scalars(select(Address.id).order_by(Address.created_at.desc()))).first()
                    assert row
                    await Addresses(session, msgspec.structs.replace(settings, mail_url=double.url)).send_code(row)

            sending = asyncio.create_task(send())
            await asyncio.to_thread(double.called.wait, 20)
            given = await asyncio.wait_for(browser.put(EMAIL, json={"address": "b@example.vn"}), 20)
            assert given.json() == {"address": "b@example.vn", "confirmed": False}
            double.awake.set()
            await sending
        # What was sent late took nothing away from the newer one.
        capsys.readouterr()
        await events.run_waiting()
        confirmed = await browser.post(f"{EMAIL}/confirm", json={"digits": code_in(capsys.readouterr().err)})
        assert confirmed.json() == {"address": "b@example.vn", "confirmed": True}

    @pytest.mark.parametrize("address", ["ai do", "a@b", "a..b@example.vn", "a@example.vn\nBcc: b@c.vn", "@example.vn"])
    async def test_what_is_none_is_refused(self, browser: Browser, phone: str, address: str) -> None:
        await browser.sign_in(phone)
        reply = await browser.put(EMAIL, json={"address": address})
        assert reply.status_code == 400
        assert address_of(address) is None


async def test_each_channel_that_was_chosen_and_agreed_to_and_no_other(
    browser: Browser, phone: str, events: Events, tell: Tell, capsys: pytest.CaptureFixture[str]
) -> None:
    me = await browser.sign_in(phone)
    await agree(browser, "zalo")
    await choose(browser, channels=["sms", "zalo"])  # texts were chosen, and not agreed to
    await tell(notice(me["id"], topic=Topic.DUTIES))
    capsys.readouterr()
    await events.run_waiting()
    said = capsys.readouterr().err
    assert "Zalo" in said
    assert "SMS" not in said
    [sent] = await others(browser)
    assert sent["channel"] == "zalo"
    assert sent["accepted_at"]


class TestZalo:
    async def test_takes_a_template_that_names_nothing(self, settings: Settings) -> None:
        with carriers.zalo() as double:
            ours = msgspec.structs.replace(settings, zalo_url=double.url, zalo_token=double.TOKEN, zalo_template="7")
            row = uuid4()
            assert await zalo.send(ours, PHONE, row) == "zalo"
            assert double.taken == [
                {"phone": "84912345678", "template_id": "7", "template_data": {}, "tracking_id": str(row)}
            ]
            for error, gives_up in ((-118, True), (-114, True), (-124, False), (-100, False)):
                double.error = error
                if gives_up:
                    assert await zalo.send(ours, PHONE, row) is None
                else:
                    with pytest.raises(NotTaken):
                        await zalo.send(ours, PHONE, row)
        with pytest.raises(NotTaken):
            await zalo.send(ours, PHONE, row)

    async def test_where_it_is_off_nobody_carries_any(self, settings: Settings) -> None:
        serious = msgspec.structs.replace(settings, demo=False)
        assert await zalo.send(serious, PHONE, uuid4()) is None
        assert await mail.send(serious, "a@example.vn", "s", "t", uuid4()) is None
        assert not mail.is_there(serious)


class TestMail:
    async def test_says_who_it_is_from_and_is_the_same_when_it_comes_again(self, settings: Settings) -> None:
        with carriers.post() as double:
            ours = msgspec.structs.replace(settings, mail_url=double.url, mail_from="khong-tra-loi@tinh.example")
            row: UUID = uuid4()
            for _ in range(2):
                assert await mail.send(ours, "ba@example.vn", "Bạn có tin mới", "Mở ứng dụng.", row) == "mail"
            first, again = double.taken
            assert first["Message-ID"] == again["Message-ID"] == f"<{row}@tinh.example>"
            assert (first["To"], first["From"]) == ("ba@example.vn", "khong-tra-loi@tinh.example")
            assert first["Subject"] == "Bạn có tin mới"
            assert first.get_content().strip() == "Mở ứng dụng."
            double.refuse = "550 no such mailbox"
            assert await mail.send(ours, "ba@example.vn", "s", "t", row) is None
            double.refuse = "450 later"
            with pytest.raises(NotTaken):
                await mail.send(ours, "ba@example.vn", "s", "t", row)
        with pytest.raises(NotTaken):
            await mail.send(ours, "ba@example.vn", "s", "t", row)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"ZALO_URL": "http://zalo.example", "ZALO_TOKEN": "t", "ZALO_TEMPLATE": "1"}, "ZALO_URL"),
        ({"ZALO_URL": "https://zalo.example"}, "ZALO_TEMPLATE"),
        ({"MAIL_URL": "https://mail.example"}, "MAIL_URL"),
    ],
)
def test_a_carrier_that_cannot_be_right_is_refused_by_name(given: dict[str, str], named: str) -> None:
    with pytest.raises(WrongSetting, match=named):
        read_settings(given)
