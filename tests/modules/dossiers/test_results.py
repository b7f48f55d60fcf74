"""The result comes to its owner: where to collect it, or the file itself, byte for byte and with who signed it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import structlog
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.dossiers.holding import files
from server.modules.dossiers.models import Result
from server.modules.dossiers.reactions import check_results_again
from server.modules.dossiers.service import results
from server.modules.dossiers.service.results import LARGEST, Results, named, path_of
from tests.conftest import Start
from tests.modules.dossiers.conftest import System, event
from tests.modules.dossiers.office import ELSEWHERE, HERE, Hire, Officer, hire, officer
from tests.modules.dossiers.papers import OFFICE, SIGNER, authority, plain, running
from tests.modules.identity.conftest import Browser, NewBrowser, NewPhone, age
from tests.modules.notifications.conftest import nothing_left_over

__all__ = ["hire", "nothing_left_over", "officer"]

pytestmark = pytest.mark.usefixtures("nothing_left_over")


async def add(officer: Officer, dossier: dict[str, Any], document: bytes) -> httpx.Response:
    path = f"/api/dossiers/desk/{dossier['id']}/results"
    return await officer.browser.post(path, content=document, headers={"Content-Type": "application/pdf"})


async def whole(browser: Browser, code: str, language: str = "vi") -> dict[str, Any]:
    reply = await browser.get(f"/api/dossiers/{code}", headers={"Accept-Language": language})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


class TestCollecting:
    async def test_where_when_and_what_to_bring(
        self, browser: Browser, phone: str, officer: Officer, hire: Hire
    ) -> None:
        await browser.sign_in(phone)
        head = await hire("dossiers:offices")
        offices = (await head.browser.get("/api/dossiers/offices")).json()["items"]
        [mine] = [it for it in offices if it["place"] == HERE]
        described = await head.browser.put(
            f"/api/dossiers/offices/{HERE}",
            json={"code": mine["code"], "hours": "commune-police", "address": "Ấp 1, xã Thử"},
            headers={"If-Match": f'"{mine["version"]}"'},
        )
        assert described.json()["address"] == "Ấp 1, xã Thử"
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        assert (await whole(browser, dossier["code"]))["result"] is None
        done = await officer.act(dossier, "finish", guidance="Quầy số 3")
        assert done.status_code == 200
        found = await whole(browser, dossier["code"])
        collect = found["result"]["collect"]
        assert collect["office"]
        assert collect["address"] == "Ấp 1, xã Thử"
        assert "sáng thứ Bảy" in collect["hours"]
        assert "giấy tờ tùy thân" in collect["bring"]
        assert (collect["place"], found["result"]["guidance"]) == (HERE, "Quầy số 3")
        assert (found["duty"]["go"], found["duty"]["place"]) == ("place", HERE)
        assert "slip" in (await whole(browser, dossier["code"], "en"))["result"]["collect"]["bring"]

    async def test_by_post_nobody_is_sent_to_a_desk(self, browser: Browser, phone: str, officer: Officer) -> None:
        await browser.sign_in(phone)
        dossier = await officer.register(phone=phone, returning="post")
        await officer.acts(dossier, "take-up", "finish")
        found = (await whole(browser, dossier["code"]))["result"]
        assert "bưu chính" in found["how"]
        assert found["collect"] is None

    async def test_a_link_of_another_system_and_never_one_into_a_private_network(
        self, browser: Browser, phone: str, system: System, code: str
    ) -> None:
        await browser.sign_in(phone)
        await system.report(event(code, 9, 2, owner_phone=phone, result_link="https://ketqua.example.vn/a"))
        assert (await whole(browser, code))["result"]["link"] == "https://ketqua.example.vn/a"
        assert (await whole(browser, code))["duty"]["go"] == "result"
        for private in ("https://10.0.0.5/a", "https://ketqua.internal/a", "http://ketqua.example.vn/a"):
            [taken] = await system.report(event(code, 10, 1, owner_phone=phone, result_link=private))
            assert "link-refused" in taken["flags"]
        assert (await whole(browser, code))["result"]["link"] == "https://ketqua.example.vn/a"


class TestTheFile:
    async def test_byte_for_byte_with_who_signed_it(
        self, browser: Browser, phone: str, officer: Officer, events: Events, database: Database, settings: Settings
    ) -> None:
        await browser.sign_in(phone)
        document = authority().sign(plain())
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        added = await add(officer, dossier, document)
        assert added.status_code == 201
        [file] = added.json()["results"]
        assert (file["verdict"], file["size"]) == (None, len(document))
        # The same once more is the same file.
        assert len((await add(officer, dossier, document)).json()["results"]) == 1
        await events.run_waiting()
        [checked] = (await officer.read(dossier["id"])).json()["results"]
        assert checked["verdict"] == "unknown-signer"
        path = f"/api/dossiers/{dossier['code']}/results/{file['id']}"
        assert (await browser.get(path)).json()["type"] == "result-unknown"  # it is not done yet
        await officer.acts((await officer.read(dossier["id"])).json(), "finish")
        found = await whole(browser, dossier["code"], "en")
        [given] = found["result"]["files"]
        [one] = given["signatures"]
        assert (one["name"], one["office"], one["stamped"]) == (SIGNER, OFFICE, False)
        assert "cannot be checked" in given["says"]
        assert found["duty"]["go"] == "result"
        reply = await browser.get(path)
        assert reply.content == document
        assert reply.headers["content-type"] == "application/pdf"
        assert reply.headers["content-disposition"] == f'attachment; filename="{dossier["code"]}.pdf"'
        assert "sandbox" in reply.headers["content-security-policy"]
        assert reply.headers["cache-control"] == "no-store"
        # Whoever copies the folder reads nothing in it.
        kept = (settings.var / "files" / path_of(UUID(file["id"]))).read_bytes()
        assert b"%PDF" not in kept
        assert SIGNER.encode() not in kept
        async with database.transaction() as session:
            mine = path_of(UUID(file["id"]))
            assert await named(session, [mine, path_of(uuid4()), "dossiers/results/half"]) == {mine}

    async def test_a_signature_whose_root_we_believe(
        self, phone: str, officer: Officer, database: Database, settings: Settings, tmp_path: Path
    ) -> None:
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, authority().sign(plain()))).json()["results"]
        trusting = msgspec.structs.replace(settings, signature_roots=authority().pem(tmp_path / "roots.pem"))
        async with database.transaction() as session:
            await Results(session, trusting).check(UUID(file["id"]))
        [checked] = (await officer.read(dossier["id"])).json()["results"]
        assert (checked["verdict"], checked["signatures"][0]["verdict"]) == ("valid", "valid")

    async def test_nobody_elses(
        self, new_browser: NewBrowser, new_phone: NewPhone, officer: Officer, hire: Hire
    ) -> None:
        phone, other = new_phone(), new_browser()
        await other.sign_in(new_phone())
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        await officer.acts((await officer.read(dossier["id"])).json(), "finish")
        path = f"/api/dossiers/{dossier['code']}/results/{file['id']}"
        assert (await other.get(path)).json()["type"] == "not-your-dossier"
        assert (await new_browser().get(path)).status_code == 401
        elsewhere = await hire(unit=ELSEWHERE)
        assert (await elsewhere.browser.get(f"/api/dossiers/desk/{dossier['id']}/results/{file['id']}")).json()[
            "type"
        ] == "dossier-unknown"
        assert (await add(elsewhere, dossier, plain("Other"))).json()["type"] == "dossier-unknown"

    async def test_where_vneid_is_there_it_is_needed(
        self, phone: str, officer: Officer, events: Events, database: Database, settings: Settings, start: Start
    ) -> None:
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        await officer.acts((await officer.read(dossier["id"])).json(), "finish")
        await events.run_waiting()
        with_vneid = msgspec.structs.replace(settings, oidc_issuer="https://vneid.example")
        path = f"/api/dossiers/{dossier['code']}/results/{file['id']}"
        async with start(with_vneid) as client, Browser(client.app, with_vneid) as owner:  # type: ignore[attr-defined]
            caller = await owner.sign_in(phone)
            # The rest of the dossier is theirs by phone as ever.
            assert (await whole(owner, dossier["code"]))["result"]["files"][0]["id"] == file["id"]
            refused = await owner.get(path)
            assert (refused.status_code, refused.json()["type"]) == (403, "assurance-needed")
            await age(
                database, "UPDATE identity_session SET assurance = 2 WHERE resident_id = :id", id=UUID(caller["id"])
            )
            given = await owner.get(path)
        assert given.content == plain()
        assert given.headers["content-disposition"] == f'attachment; filename="{dossier["code"]}.pdf"'

    async def test_one_that_carries_a_program_is_given_to_nobody(
        self, browser: Browser, phone: str, officer: Officer, events: Events
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, running())).json()["results"]
        await events.run_waiting()
        seen = (await officer.read(dossier["id"])).json()
        assert seen["results"][0]["verdict"] == "unsafe"
        await officer.acts(seen, "finish")
        assert (await whole(browser, dossier["code"]))["result"]["files"] == []
        reply = await browser.get(f"/api/dossiers/{dossier['code']}/results/{file['id']}")
        assert reply.json()["type"] == "result-unknown"

    async def test_one_that_nobody_has_looked_at_is_not_given_away_and_is_looked_at_later(
        self, browser: Browser, phone: str, officer: Officer, events: Events, database: Database
    ) -> None:
        resident = await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        await officer.acts((await officer.read(dossier["id"])).json(), "finish")
        path = f"/api/dossiers/{dossier['code']}/results/{file['id']}"
        [seen] = (await whole(browser, dossier["code"]))["result"]["files"]
        assert (seen["verdict"], (await browser.get(path)).json()["type"]) == (None, "result-unknown")
        async with database.transaction() as session:
            assert await files(session, UUID(resident["id"])) == []
        # The job that should have looked was lost.
        lost = "DELETE FROM procrastinate_jobs WHERE task_name = 'dossiers.check_result'"
        await age(database, lost)
        async with database.transaction() as session:
            await check_results_again(session, datetime.now(UTC) + timedelta(minutes=59))
            await check_results_again(session, datetime.now(UTC) + timedelta(minutes=61))
        await events.run_waiting()
        assert (await browser.get(path)).content == plain()
        async with database.transaction() as session:
            assert len(await files(session, UUID(resident["id"]))) == 1

    async def test_one_that_cannot_be_read_is_not_tried_for_ever(
        self, officer: Officer, events: Events, database: Database
    ) -> None:
        dossier = await officer.acts(await officer.register(), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        looks = text(f"DELETE FROM procrastinate_jobs WHERE args::text LIKE '%{file['id']}%' RETURNING id")
        for days, jobs in ((0, 1), (6, 1), (8, 0)):
            async with database.transaction() as session:
                await session.execute(looks)
                await check_results_again(session, datetime.now(UTC) + timedelta(days=days, hours=2))
            async with database.transaction() as session:
                assert len((await session.execute(looks)).all()) == jobs

    async def test_one_that_will_not_be_tried_any_more_is_told_to_the_operator_once(
        self, officer: Officer, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await age(database, "DELETE FROM dossiers_result WHERE verdict IS NULL")
        dossier = await officer.acts(await officer.register(), "take-up")
        assert (await add(officer, dossier, plain())).status_code == 201
        week = datetime.now(UTC) + timedelta(days=7)
        with structlog.testing.capture_logs() as said:
            monkeypatch.setattr(results, "log", structlog.get_logger())  # the kept one knows its stream already
            async with database.transaction() as session:
                for minutes in (-30, 30, 90):
                    await check_results_again(session, week + timedelta(minutes=minutes))
        assert said == [{"event": "results nobody could check in a week", "count": 1, "log_level": "error"}]

    async def test_the_wrong_one_is_taken_away_with_its_file(
        self, phone: str, officer: Officer, events: Events, settings: Settings
    ) -> None:
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        lies = settings.var / "files" / path_of(UUID(file["id"]))
        assert lies.exists()
        path = f"/api/dossiers/desk/{dossier['id']}/results/{file['id']}"
        assert (await officer.browser.delete(path)).status_code == 204
        assert (await officer.browser.delete(path)).json()["type"] == "result-unknown"
        await events.run_waiting()
        assert not lies.exists()
        assert (await officer.read(dossier["id"])).json()["results"] == []

    async def test_without_its_file_a_link_is_still_an_electronic_result(
        self, phone: str, officer: Officer, database: Database
    ) -> None:
        async def electronic(dossier: dict[str, Any]) -> Any:
            async with database.reading() as connection:
                asked = text("SELECT electronic_result FROM dossiers_filing WHERE dossier_id = :id")
                return await connection.scalar(asked, {"id": dossier["id"]})

        for link in ("https://ketqua.example.vn/a", None):
            dossier = await officer.acts(await officer.register(phone=phone), "take-up")
            [file] = (await add(officer, dossier, plain())).json()["results"]
            seen = (await officer.read(dossier["id"])).json()
            assert (await officer.act(seen, "finish", **({"result_link": link} if link else {}))).status_code == 200
            path = f"/api/dossiers/desk/{dossier['id']}/results/{file['id']}"
            assert await electronic(dossier) is True
            assert (await officer.browser.delete(path)).status_code == 204
            assert await electronic(dossier) is (link is not None)

    async def test_one_that_comes_late_is_told(
        self, browser: Browser, phone: str, officer: Officer, events: Events
    ) -> None:
        await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up", "finish")
        await events.run_waiting()
        await add(officer, dossier, plain())
        await events.run_waiting()
        titles = [it["title"] for it in (await browser.get("/api/notifications")).json()["items"]]
        assert titles[0].startswith("Có kết quả điện tử: ")
        assert sum(it.startswith("Có kết quả điện tử") for it in titles) == 1

    async def test_what_is_refused(self, officer: Officer, phone: str) -> None:
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        assert (await add(officer, dossier, b"PK\x03\x04 no pdf")).json()["type"] == "not-a-pdf"
        assert (await add(officer, dossier, b"%PDF-" + os.urandom(LARGEST))).status_code == 413
        for place in range(5):
            assert (await add(officer, dossier, plain(f"Page {place}"))).status_code == 201
        assert (await add(officer, dossier, plain("One more"))).json()["type"] == "too-many-results"
        over = await officer.acts((await officer.read(dossier["id"])).json(), "finish", "hand-over")
        assert (await add(officer, over, plain("Too late"))).json()["type"] == "no-result-here"

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("password", ["", "mat-khau"])
    async def test_what_is_locked_is_refused_where_somebody_can_save_it_again(
        self, packed: bool, password: str, officer: Officer, phone: str
    ) -> None:
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        refused = await add(officer, dossier, plain(packed=packed, password=password))
        assert (refused.status_code, refused.json()["type"]) == (400, "pdf-encrypted")
        assert (await add(officer, dossier, plain("of /Encrypt (and other words)", packed=packed))).status_code == 201

    async def test_whoever_is_forgotten_leaves_no_file(
        self, phone: str, officer: Officer, database: Database, events: Events, settings: Settings, browser: Browser
    ) -> None:
        caller = await browser.sign_in(phone)
        dossier = await officer.acts(await officer.register(phone=phone), "take-up")
        [file] = (await add(officer, dossier, plain())).json()["results"]
        await events.run_waiting()
        async with database.transaction() as session:
            from server.modules.dossiers.holding import erase

            await erase(session, UUID(caller["id"]))
        await events.run_waiting()
        async with database.transaction() as session:
            assert await session.get(Result, UUID(file["id"])) is None
        assert not (settings.var / "files" / path_of(UUID(file["id"]))).exists()
