"""The one-stop desk: a dossier is registered, moved by the strict table, seen by its own unit, by two not at once."""

import io
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from secrets import randbelow
from typing import Any
from uuid import uuid4

import httpx
import pypdf
import pytest
from sqlalchemy import text

from server.core.clock import HERE as ZONE
from server.core.database import Database
from server.core.events import Events, Reaction
from server.modules.dossiers.events import DossiersMoved
from tests.modules.dossiers.conftest import LookUp, System, event, new_code
from tests.modules.dossiers.office import ELSEWHERE, HERE, UNCLEAR, WORDS, Hire, Officer, filing, hire, officer
from tests.modules.identity.conftest import Browser, StaffBrowser, age

__all__ = ["hire", "officer"]


def refused(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["type"]


class TestRegistering:
    async def test_gives_a_code_and_a_date_and_opens_for_whoever_holds_the_slip(
        self, officer: Officer, look_up: LookUp
    ) -> None:
        made = await officer.register(phone="0900 000 123", national_id="096 190 004 567")
        assert re.fullmatch(rf"H12\.901-{datetime.now(ZONE):%Y%m%d}-\d{{7}}", made["code"])
        assert (made["status"], made["number"], made["next"], made["version"]) == ("accepted", 2, "take-up", 1)
        assert (made["phone"], made["national_id"]) == ("0900000123", "096190004567")
        assert datetime.fromisoformat(made["due_at"]) > datetime.now(UTC) + timedelta(days=4)
        [step] = made["steps"]
        assert (step["act"], step["slip"]) == ("register", 1)
        for digits in ("0123", "4567"):
            assert (await look_up(made["code"], digits)).json()["number"] == 2

    async def test_each_has_the_next_serial_and_jumps_over_one_that_is_taken(
        self, officer: Officer, system: System
    ) -> None:
        first = await officer.register()
        head, serial = first["code"][:-7], int(first["code"][-7:])
        await system.report(event(f"{head}{serial + 1:07}", 1))
        assert (await officer.register())["code"] == f"{head}{serial + 2:07}"

    async def test_takes_the_limit_of_the_catalogue_where_it_says_one(
        self, officer: Officer, database: Database
    ) -> None:
        made = await officer.register(limit=None, limit_reason="")
        assert made["limit"] == {"value": 1, "unit": "working-day", "reason": None}
        other = filing(limit={"value": 2, "unit": "working-day"}, limit_reason=" ")
        assert refused(await officer.post("", other)) == (400, "limit-reason-needed")

    @pytest.mark.parametrize(
        ("given", "kind"),
        [
            ({"procedure": "9.999999"}, "procedure-not-offered"),
            ({"name": "   "}, "name-needed"),
            ({"phone": None}, "contact-needed"),
            ({"phone": "12"}, "phone-number-refused"),
            ({"national_id": "12345"}, "personal-number-refused"),
            ({"handling_place": "nowhere"}, "place-unknown"),
            ({"received_at": "2030-01-01T08:00:00+07:00"}, "received-at-refused"),
            ({"received_at": "2020-01-01T08:00:00+07:00"}, "received-at-refused"),
            ({"procedure": UNCLEAR, "limit": None}, "limit-needed"),
            ({"papers": [{"name": "x", "kind": "original", "count": 0}]}, "input-refused"),
            ({"papers": [{"name": "a\x00b", "kind": "original", "count": 1}]}, "input-refused"),
            ({"surprise": 1}, "input-refused"),
            ({"name": "a\u202eb"}, "input-refused"),
        ],
    )
    async def test_what_is_wrong_is_said(self, given: dict[str, Any], kind: str, officer: Officer) -> None:
        assert refused(await officer.post("", filing(**given))) == (400, kind)

    @pytest.mark.parametrize("accept", [True, False])
    async def test_a_limit_that_never_ends_is_called_so(self, accept: bool, officer: Officer) -> None:
        body = filing(accept=accept, limit={"value": 3650, "unit": "working-day"})
        assert refused(await officer.post("", body)) == (409, "limit-never-ends")

    async def test_an_office_without_a_code_cannot_register(self, hire: Hire) -> None:
        stranger = await hire(unit="31834")
        reply = await stranger.post("", filing())
        assert refused(reply) == (409, "office-code-missing")

    async def test_one_that_was_sent_twice_is_one(self, officer: Officer) -> None:
        body, key = filing(), {"Idempotency-Key": str(uuid4())}
        first, second = await officer.post("", body, **key), await officer.post("", body, **key)
        assert first.json() == second.json()
        assert len(await officer.list(q=body["phone"])) == 1

    async def test_what_came_by_post_runs_from_the_day_it_came(self, officer: Officer) -> None:
        came = datetime.now(UTC) - timedelta(days=20)
        made = await officer.register(received_at=came.isoformat())
        assert datetime.fromisoformat(made["due_at"]) < datetime.now(UTC)
        assert (made["clock"]["state"], made["clock"]["late"]) == ("running", True)

    async def test_pins_the_version_of_that_day(self, officer: Officer, database: Database) -> None:
        """The title was changed this morning; what came yesterday has the old one."""
        code = "1.002010"
        async with database.reading() as connection:
            [(title, revision)] = await connection.execute(
                text("SELECT facts->>'title', revision FROM catalogue_procedure WHERE code = :code"), {"code": code}
            )
            await connection.execute(
                text(
                    "INSERT INTO catalogue_change (id, code, revision, field, difference) VALUES (gen_random_uuid(),"
                    " :code, :revision, 'title', jsonb_build_object('before', 'Tên cũ', 'after', CAST(:title AS text)))"
                ),
                {"code": code, "revision": revision + 1, "title": title},
            )
            moved = "UPDATE catalogue_procedure SET revision = revision + 1 WHERE code = :code"
            await connection.execute(text(moved), {"code": code})
        yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        before = await officer.register(procedure=code, received_at=yesterday)
        after = await officer.register(procedure=code)
        assert (before["title"], before["revision"]) == ("Tên cũ", revision)
        assert (after["title"], after["revision"]) == (title, revision + 1)


class TestMoving:
    async def test_from_the_desk_to_the_hand(self, officer: Officer, look_up: LookUp) -> None:
        made = await officer.register(phone="0900000123")
        done = await officer.acts(made, "take-up", "finish", "hand-over")
        assert (done["status"], done["acts"], done["next"]) == ("handed-over", [], None)
        assert [step["number"] for step in (await look_up(made["code"])).json()["steps"]] == [2, 4, 9, 10]
        assert done["mine"]

    async def test_what_the_table_has_no_way_for_is_refused(self, officer: Officer) -> None:
        made = await officer.register()
        for act in ("hand-over", "finish", "accept", "refuse", "register"):
            reply = await officer.act(made, act, **WORDS.get(act, {}))
            assert refused(reply) == (409, "dossier-cannot-move")
        assert "Được tiếp nhận" in reply.json()["detail"]

    @pytest.mark.parametrize(
        ("act", "said", "needs"),
        [
            ("ask-papers", {}, ["reason", "papers"]),
            ("ask-papers", {"reason": " \n ", "papers": ["Đơn"]}, ["reason"]),
            ("ask-papers", {"reason": "Mờ", "papers": []}, ["papers"]),
            ("stop", {}, ["reason"]),
            ("apologise", {"reason": "Chậm"}, ["new-due-at"]),
            ("ask-payment", {"reason": "Lệ phí"}, ["amount"]),
            ("exempt", {"amount": 8000, "reason": "Hộ nghèo"}, ["exemption"]),
            ("forward", {}, ["place"]),
        ],
    )
    async def test_what_must_be_said_must_be_said(
        self, act: str, said: dict[str, Any], needs: list[str], officer: Officer
    ) -> None:
        reply = await officer.act(await officer.register(), act, **said)
        assert refused(reply) == (400, "act-incomplete")
        assert reply.json()["needs"] == needs

    async def test_asking_for_papers_stops_the_clock_and_their_coming_moves_the_date(
        self, officer: Officer, look_up: LookUp, database: Database
    ) -> None:
        made = await officer.register(phone="0900000123")
        waiting = await officer.acts(made, "ask-papers")
        assert (waiting["clock"]["state"], waiting["supplements"], waiting["next"]) == ("stopped", 1, "take-up")
        assert waiting["steps"][0]["papers"] == ["Giấy chứng sinh (bản chính)"]
        assert (await look_up(made["code"])).json()["clock"] == "stopped"
        # Fourteen days go by.
        for table, column in (("dossiers_happening", "at"), ("dossiers_dossier", "status_at")):
            key = "dossier_id" if table == "dossiers_happening" else "id"
            moved = f"UPDATE {table} SET {column} = {column} - interval '14 days' WHERE {key} = :id"
            await age(database, moved, id=made["id"])
        back = await officer.acts(waiting, "take-up")
        before, after = (datetime.fromisoformat(it["due_at"]) for it in (made, back))
        assert timedelta(days=11) < after - before < timedelta(days=17)
        assert (back["clock"]["state"], back["status"]) == ("running", "in-hand")

    async def test_asking_for_money_stops_the_clock_too(
        self, officer: Officer, look_up: LookUp, database: Database
    ) -> None:
        made = await officer.register(phone="0900000123")
        waiting = await officer.acts(made, "ask-payment")
        assert (waiting["clock"]["state"], waiting["supplements"]) == ("stopped", 0)
        assert (await look_up(made["code"])).json()["clock"] == "stopped"
        for table, column in (("dossiers_happening", "at"), ("dossiers_dossier", "status_at")):
            key = "dossier_id" if table == "dossiers_happening" else "id"
            moved = f"UPDATE {table} SET {column} = {column} - interval '14 days' WHERE {key} = :id"
            await age(database, moved, id=made["id"])
        back = await officer.acts(waiting, "take-up")
        before, after = (datetime.fromisoformat(it["due_at"]) for it in (made, back))
        assert timedelta(days=11) < after - before < timedelta(days=17)

    async def test_what_was_not_accepted_runs_from_its_acceptance(self, officer: Officer) -> None:
        made = await officer.register(accept=False)
        assert (made["status"], made["due_at"], made["clock"]["state"]) == ("registered", None, "waiting")
        assert made["steps"][0]["slip"] is None
        taken = await officer.acts(made, "ask-papers", "accept")
        assert taken["due_at"]
        assert taken["steps"][0]["slip"] == 1

    async def test_a_limit_that_never_ends_is_refused_when_its_time_would_begin(
        self, officer: Officer, database: Database
    ) -> None:
        made = await officer.register(accept=False)
        await age(database, "UPDATE dossiers_filing SET limit_value = 3650 WHERE dossier_id = :id", id=made["id"])
        assert refused(await officer.act(made, "accept")) == (409, "limit-never-ends")

    async def test_an_apology_gives_a_later_date_and_tells_why(self, officer: Officer, look_up: LookUp) -> None:
        made = await officer.register(phone="0900000123")
        due = datetime.fromisoformat(made["due_at"])
        for wrong in (due, due - timedelta(days=1), datetime(2200, 1, 1, tzinfo=UTC)):
            reply = await officer.act(made, "apologise", reason="Máy hỏng", new_due_at=wrong.isoformat())
            assert refused(reply) == (400, "new-date-refused")
        reply = await officer.act(
            made, "apologise", reason="Máy hỏng", new_due_at=(due + timedelta(days=3)).isoformat()
        )
        told = reply.json()
        assert (told["status"], told["apologies"], told["steps"][0]["slip"]) == ("accepted", 1, 4)
        assert datetime.fromisoformat((await look_up(made["code"])).json()["due_at"]) == due + timedelta(days=3)

    async def test_a_refusal_ends_it(self, officer: Officer, look_up: LookUp) -> None:
        made = await officer.register(accept=False, phone="0900000123")
        over = await officer.acts(made, "refuse")
        assert (over["status"], over["acts"], over["steps"][0]["slip"]) == ("not-accepted", [], 3)
        assert (await look_up(made["code"])).json()["clock"] == "over"

    async def test_whoever_handles_it_may_send_it_on_and_is_told_that_it_is_gone(
        self, officer: Officer, hire: Hire
    ) -> None:
        neighbour = await hire(unit=ELSEWHERE)
        made = await officer.register(handling_place=ELSEWHERE)
        kept = (await neighbour.act(made, "forward", place=ELSEWHERE)).json()
        assert (kept["here"], kept["next"]) == (True, "take-up")
        reply = await neighbour.act(kept, "forward", place=HERE)
        assert reply.status_code == 200, reply.text
        gone = reply.json()
        assert (gone["here"], gone["handling_place"], gone["acts"], gone["next"]) == (False, HERE, [], None)
        assert refused(await neighbour.read(made["id"])) == (404, "dossier-unknown")
        seen = (await officer.read(made["id"])).json()
        assert (seen["here"], seen["handling_place"], seen["version"]) == (True, HERE, gone["version"])

    async def test_a_link_to_a_private_address_is_no_result(self, officer: Officer) -> None:
        made = await officer.acts(await officer.register(), "take-up")
        reply = await officer.act(made, "finish", result_link="https://192.168.1.5/kq.pdf")
        assert refused(reply) == (400, "result-link-refused")

    async def test_another_system_cannot_speak_for_a_stage_of_ours(self, officer: Officer, system: System) -> None:
        made = await officer.acts(await officer.register(), "take-up")
        now = datetime.now(UTC).isoformat()
        # A stage nobody has spoken for is theirs; one of ours is not.
        [known, new] = await system.report(event(made["code"], 4, at=now), event(made["code"], 9, at=now))
        assert (known["flags"][:1], new["result"]) == (["second-source"], "taken")
        seen = (await officer.read(made["id"])).json()
        assert (seen["status"], seen["version"]) == ("done", made["version"] + 1)
        # What an officer read before that is an old version.
        assert refused(await officer.act(made, "stop", reason="x")) == (412, "changed-meanwhile")


class TestMovedByAnotherSystem:
    async def test_what_it_ends_is_in_no_list_and_counts_as_ended(self, officer: Officer, system: System) -> None:
        made = await officer.acts(await officer.register(), "take-up")
        now = datetime.now(UTC)
        first, second, third = ((now + timedelta(seconds=it)).isoformat() for it in (1, 2, 3))
        await system.report(event(made["code"], 5, at=first), event(made["code"], 9, at=second))
        seen = (await officer.read(made["id"])).json()
        assert (seen["status"], seen["supplements"]) == ("done", 1)
        assert made["id"] in {row["id"] for row in await officer.list("ready")}
        before = await figures(officer)
        await system.report(event(made["code"], 10, at=third))
        assert (await officer.read(made["id"])).json()["acts"] == []
        for which in ("unit", "mine", "ready"):
            assert made["id"] not in {row["id"] for row in await officer.list(which)}
        assert (await figures(officer))["ended"] == before["ended"]

    async def test_what_it_takes_up_again_has_not_ended(self, officer: Officer, system: System) -> None:
        made = await officer.acts(await officer.register(), "take-up", "stop")
        before = await figures(officer)
        at = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
        [taken] = await system.report(event(made["code"], 5, at=at))
        assert taken["flags"][0] == "unexpected-move"
        assert made["id"] in {row["id"] for row in await officer.list()}
        assert (await figures(officer))["ended"] == before["ended"] - 1


async def figures(officer: Officer) -> dict[str, Any]:
    reply = await officer.browser.get("/api/dossiers/desk/figures", params={"month": f"{datetime.now(ZONE):%Y-%m}"})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


class TestTwoOfficers:
    async def test_the_second_is_told_and_overwrites_nothing(self, officer: Officer, hire: Hire) -> None:
        other = await hire()
        made = await officer.register()
        await officer.acts(made, "ask-papers")
        reply = await other.act(made, "stop", reason="Hồ sơ trùng")
        assert refused(reply) == (412, "changed-meanwhile")
        now = (await other.read(made["id"])).json()
        assert (now["status"], now["steps"][0]["reason"], now["steps"][0]["by"]) == (
            "papers-needed",
            "Bản nộp đã mờ",
            "Cán bộ Thử",
        )

    async def test_without_a_version_nothing_is_done(self, officer: Officer) -> None:
        made = await officer.register()
        assert refused(await officer.post(f"/{made['id']}/acts", {"act": "take-up"})) == (428, "version-needed")

    async def test_an_act_that_was_sent_twice_is_one(self, officer: Officer) -> None:
        made = await officer.register()
        sent = [
            await officer.post(f"/{made['id']}/acts", {"act": "take-up"}, 1, **{"Idempotency-Key": "k" * 20})
            for _ in range(2)
        ]
        assert [reply.status_code for reply in sent] == [200, 200]
        assert len(sent[1].json()["steps"]) == 2


class TestWhoSeesIt:
    async def test_another_unit_does_not_and_the_one_that_handles_it_does(self, officer: Officer, hire: Hire) -> None:
        neighbour = await hire(unit=ELSEWHERE)
        ours, theirs = await officer.register(), await officer.register(handling_place=ELSEWHERE)
        nobodys = await neighbour.read(str(uuid4()))
        for reply in (
            await neighbour.read(ours["id"]),
            await neighbour.act(ours, "take-up"),
            await neighbour.browser.get(f"/api/dossiers/desk/{ours['id']}/slips/{ours['steps'][0]['id']}"),
        ):
            assert refused(reply) == (404, "dossier-unknown") == refused(nobodys)
        assert (await neighbour.read(theirs["id"])).status_code == 200
        seen = {row["id"] for row in await neighbour.list()}
        assert (ours["id"] in seen, theirs["id"] in seen) == (False, True)
        assert ours["id"] not in {row["id"] for row in await neighbour.list(q=ours["code"])}
        many = await neighbour.post("/acts", {"act": "take-up", "dossiers": [{"id": ours["id"], "version": 1}]})
        assert many.json()["items"][0]["problem"]["type"] == "dossier-unknown"

    async def test_whoever_owns_it_reads_that_it_was_looked_at(
        self, officer: Officer, browser: Browser, phone: str
    ) -> None:
        await browser.sign_in(phone)
        made = await officer.register(phone=phone)
        assert (await browser.get("/api/privacy/looks")).json()["items"] == []
        await officer.read(made["id"])
        [look] = (await browser.get("/api/privacy/looks")).json()["items"]
        assert (look["unit"], look["why"], look["as_what"]) == (HERE, "work", "Xem hồ sơ của đơn vị mình")

    async def test_what_an_act_answers_with_is_a_look_and_after_one_it_is_none_more(
        self, officer: Officer, browser: Browser, phone: str
    ) -> None:
        await browser.sign_in(phone)
        unread, read = await officer.register(phone=phone), await officer.register(phone=phone)
        acted = await officer.acts(unread, "take-up")
        assert phone in str(acted)
        assert len((await browser.get("/api/privacy/looks")).json()["items"]) == 1
        await officer.read(read["id"])
        await officer.acts(read, "take-up")
        assert len((await browser.get("/api/privacy/looks")).json()["items"]) == 2

    async def test_a_look_at_what_nobody_with_an_account_owns_is_in_the_log(
        self, officer: Officer, database: Database
    ) -> None:
        made = await officer.register()
        await officer.read(made["id"])
        slip = f"/api/dossiers/desk/{made['id']}/slips/{made['steps'][0]['id']}"
        assert (await officer.browser.get(slip)).status_code == 200
        async with database.reading() as connection:
            asked = text("SELECT act, detail FROM core_audit WHERE subject_id = :id ORDER BY sequence")
            rows = (await connection.execute(asked, {"id": made["id"]})).all()
        assert [row.act for row in rows] == ["dossiers:register", "look:dossiers", "look:dossiers"]
        assert rows[1].detail == {"unit": HERE, "permission": "dossiers:read", "why": "work"}

    async def test_who_owns_it_by_phone_and_by_number_reads_of_one_look(
        self, officer: Officer, browser: Browser, phone: str, database: Database
    ) -> None:
        me, number = await browser.sign_in(phone), f"0960{randbelow(10**8):08}"
        profile = (await browser.get("/api/identity/profile")).json()
        given = {"json": {"number": number}, "headers": {"If-Match": f'"{profile["version"]}"'}}
        assert (await browser.put("/api/identity/profile/national-id", **given)).status_code == 200
        proved = "UPDATE identity_resident SET national_id_proved_at = now() WHERE id = :id"
        await age(database, proved, id=me["id"])
        made = await officer.register(phone=phone, national_id=number)
        await officer.read(made["id"])
        assert len((await browser.get("/api/privacy/looks")).json()["items"]) == 1

    async def test_no_list_names_a_person(self, officer: Officer) -> None:
        made = await officer.register(name="Trần Thị Không Lộ")
        rows = await officer.list(q=made["code"])
        assert len(rows) == 1
        assert "Không Lộ" not in str(rows)
        assert made["phone"] not in str(rows)

    async def test_nothing_of_the_person_stands_in_clear(self, officer: Officer, database: Database) -> None:
        made = await officer.register(name="Lý Thị Niêm Phong", phone="0987654321", national_id="096190009876")
        await officer.act(made, "stop", reason="Bà Niêm Phong xin rút")
        async with database.reading() as connection:
            for table in ("dossier", "happening", "contact", "filing", "deed"):
                rows = (await connection.exec_driver_sql(f"SELECT t::text FROM dossiers_{table} t")).scalars().all()
                for secret in ("Niêm Phong", "0987654321", "096190009876"):
                    assert not any(secret in row or secret.encode().hex() in row for row in rows)

    async def test_every_act_stands_in_the_log(self, officer: Officer, database: Database) -> None:
        made = await officer.acts(await officer.register(), "take-up", "assign")
        async with database.reading() as connection:
            rows = await connection.execute(
                text("SELECT act FROM core_audit WHERE subject_id = :id ORDER BY sequence"), {"id": made["id"]}
            )
        assert [row.act for row in rows] == ["dossiers:register", "dossiers:take-up", "dossiers:assign"]


class TestLists:
    async def test_the_day(self, hire: Hire, database: Database) -> None:
        """Of a desk of its own, so that every one counts."""
        officer = await hire(unit=ELSEWHERE)
        await age(
            database,
            "UPDATE dossiers_filing SET closed_at = now() WHERE :unit IN (receiving_place, handling_place)",
            unit=ELSEWHERE,
        )
        fresh, mine, late, soon, ready, waiting = [await officer.register(handling_place=ELSEWHERE) for _ in range(6)]
        mine = await officer.acts(mine, "assign")
        ready = await officer.acts(ready, "take-up", "finish")
        waiting = await officer.acts(waiting, "ask-papers")
        for one, hours in ((late, -30), (waiting, -30), (soon, 0.01)):
            due = datetime.now(UTC) + timedelta(hours=hours)
            await age(database, "UPDATE dossiers_dossier SET due_at = :due WHERE id = :id", due=due, id=one["id"])
        found = {
            which: {row["id"] for row in await officer.list(which)}
            for which in ("mine", "unit", "soon", "late", "ready")
        }
        assert found == {
            "mine": {mine["id"]},
            "unit": {it["id"] for it in (fresh, mine, late, soon, ready, waiting)},
            "soon": {soon["id"]},
            "late": {late["id"]},
            "ready": {ready["id"]},
        }
        counts = (await officer.browser.get("/api/dossiers/desk/counts")).json()
        assert counts == {which: len(ids) for which, ids in found.items()}
        # What is due first stands first, page after page, each once.
        first = (await officer.browser.get("/api/dossiers/desk", params={"limit": 4})).json()
        rest = (
            await officer.browser.get("/api/dossiers/desk", params={"limit": 4, "cursor": first["next_cursor"]})
        ).json()
        dues = [row["due_at"] for row in first["items"] + rest["items"]]
        assert dues == sorted(dues)
        assert Counter(row["id"] for row in first["items"] + rest["items"]) == Counter(found["unit"])

    @pytest.mark.parametrize("q", ["code", "lower", "typed", "spaced", "serial", "phone", "digits"])
    async def test_is_found_by_code_and_by_phone(self, q: str, officer: Officer) -> None:
        made = await officer.register()
        asked = {
            "code": made["code"],
            "lower": f" {made['code'].lower()} ",
            "typed": made["code"].replace("-", "").replace(".", ""),
            "spaced": made["code"].replace("-", " ").replace(".", " "),
            "serial": made["code"][-7:],
            "phone": made["phone"],
            "digits": made["phone"][-4:],
        }[q]
        assert made["id"] in {row["id"] for row in await officer.list(q=asked)}
        assert await officer.list(q="không có gì như vậy") == []

    async def test_a_cursor_of_another_list_is_refused(self, officer: Officer) -> None:
        reply = await officer.browser.get("/api/dossiers/desk", params={"cursor": "eA"})
        assert refused(reply) == (400, "cursor-refused")


class TestMany:
    async def test_each_by_itself(self, officer: Officer) -> None:
        one, two, three = [await officer.register() for _ in range(3)]
        await officer.acts(two, "take-up")
        chosen = [{"id": it["id"], "version": 1} for it in (one, two, three)] + [{"id": str(uuid4()), "version": 1}]
        reply = await officer.post("/acts", {"act": "take-up", "dossiers": chosen})
        assert [it["problem"] and it["problem"]["type"] for it in reply.json()["items"]] == [
            None,
            "changed-meanwhile",
            None,
            "dossier-unknown",
        ]
        assert [(await officer.read(it["id"])).json()["status"] for it in (one, two, three)] == ["in-hand"] * 3

    async def test_one_that_stands_there_twice_was_done_once(self, officer: Officer) -> None:
        chosen = {"id": (await officer.register())["id"], "version": 1}
        reply = await officer.post("/acts", {"act": "take-up", "dossiers": [chosen, chosen]})
        assert [it["problem"] and it["problem"]["type"] for it in reply.json()["items"]] == [None, "changed-meanwhile"]

    async def test_what_needs_words_is_not_done_to_many(self, officer: Officer) -> None:
        made = await officer.register()
        reply = await officer.post("/acts", {"act": "stop", "dossiers": [{"id": made["id"], "version": 1}]})
        assert refused(reply) == (400, "not-for-many")

    async def test_is_announced_once(self, client: httpx.AsyncClient, officer: Officer) -> None:
        heard: list[DossiersMoved] = []

        async def listen(_session: object, moved: DossiersMoved) -> None:
            heard.append(moved)

        made = [await officer.register() for _ in range(2)]
        database = client.app.state.database  # type: ignore[attr-defined]
        before = database.before_commit
        listening = Events(database, [Reaction(DossiersMoved, listen, "urgent")])
        try:
            chosen = [{"id": it["id"], "version": 1} for it in made]
            await officer.post("/acts", {"act": "take-up", "dossiers": chosen})
            await officer.post("/acts", {"act": "assign", "dossiers": [{**it, "version": 2} for it in chosen]})
            await listening.run_waiting()
        finally:
            database.before_commit = before
        # Who works on it is nobody's news.
        [batch] = heard
        assert {move.status.value for move in batch.moves} == {"in-hand"}
        assert len(batch.moves) == 2


class TestSlips:
    async def slip(self, officer: Officer, dossier: dict[str, Any]) -> pypdf.PdfReader:
        reply = await officer.browser.get(f"/api/dossiers/desk/{dossier['id']}/slips/{dossier['steps'][0]['id']}")
        assert (reply.status_code, reply.headers["content-type"]) == (200, "application/pdf"), reply.text
        assert reply.headers["cache-control"] == "no-store"
        return pypdf.PdfReader(io.BytesIO(reply.content))

    async def test_the_receipt(self, officer: Officer) -> None:
        made = await officer.register(name="ថាច់ សុខា", phone="0912345678", national_id="096190001234")
        said = plain(await self.slip(officer, made))
        for words in ("GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ", made["code"], "Giấy chứng sinh", "5 ngày làm việc"):
            assert plain_text(words) in said
        # The digits that open it stand nowhere.
        assert plain_text("091234••••") in said
        assert not re.search("5678|1234(?!5678)", said.replace("091234", ""))

    async def test_each_form_says_its_own(self, officer: Officer) -> None:
        made = await officer.register()
        later = (datetime.fromisoformat(made["due_at"]) + timedelta(days=9)).isoformat()
        told = (await officer.act(made, "apologise", reason="Máy chủ hỏng", new_due_at=later)).json()
        said = plain(await self.slip(officer, told))
        assert plain_text("PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ") in said
        assert plain_text("Máy chủ hỏng") in said
        for act, title, words in (
            ("ask-papers", "PHIẾU YÊU CẦU BỔ SUNG", "Giấy chứng sinh (bản chính)"),
            ("stop", "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ", "Người dân xin rút"),
        ):
            told = await officer.acts(told, act)
            said = plain(await self.slip(officer, told))
            assert plain_text(title) in said
            assert plain_text(words) in said

    async def test_is_an_archive_s_pdf_with_its_fonts_inside(self, officer: Officer) -> None:
        """PDF/A-2a: it says so in its metadata, names its colours, carries every font and the order of reading."""
        slip = await self.slip(officer, await officer.register(name="ថាច់ សុខា"))
        catalogue = slip.trailer["/Root"]
        metadata = catalogue["/Metadata"].get_data().decode()
        assert re.search(r"pdfaid:part>2<.*pdfaid:conformance>A<", metadata, re.S)
        assert catalogue["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
        assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("vi", True)
        fonts = [font.get_object() for font in slip.pages[0]["/Resources"]["/Font"].values()]
        bases = {str(font["/BaseFont"]) for font in fonts}
        assert any("Khmer" in base for base in bases)
        for font in fonts:
            inner = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert "/FontFile2" in inner or "/FontFile3" in inner
            assert "/ToUnicode" in font

    async def test_a_step_without_one_has_none(self, officer: Officer) -> None:
        made = await officer.acts(await officer.register(), "take-up")
        for step in (made["steps"][0]["id"], str(uuid4())):
            reply = await officer.browser.get(f"/api/dossiers/desk/{made['id']}/slips/{step}")
            assert refused(reply) == (404, "slip-unknown")


def plain_text(words: str) -> str:
    return re.sub(r"\s+", "", words).lower()


def plain(slip: pypdf.PdfReader) -> str:
    return plain_text("".join(page.extract_text() for page in slip.pages))


class TestOffices:
    async def test_an_administrator_says_what_an_office_is_called(self, staff_browser: StaffBrowser) -> None:
        chief = await staff_browser("dossiers:offices")

        async def put(place: str, code: str, version: int) -> httpx.Response:
            body = {"code": code, "hours": "commune-police"}
            return await chief.put(f"/api/dossiers/offices/{place}", json=body, headers={"If-Match": f'"{version}"'})

        made = await put("31840", "h12.903", 0)
        assert (made.status_code, made.json()["code"], made.json()["version"]) == (200, "H12.903", 1)
        assert refused(await put("31840", "H12.904", 0)) == (412, "changed-meanwhile")
        assert refused(await put("31843", "H12.903", 0)) == (409, "office-code-taken")
        assert refused(await put("nowhere", "H12.905", 0)) == (404, "office-unknown")
        assert refused(await put("31840", "phường 8", 1)) == (400, "office-code-refused")
        listed = (await chief.get("/api/dossiers/offices")).json()["items"]
        assert {"place": "31840", "code": "H12.903", "hours": "commune-police", "address": None, "version": 1} in listed


class TestElsewhere:
    async def test_what_other_systems_report_of_this_unit_and_nothing_else(
        self, officer: Officer, hire: Hire, system: System
    ) -> None:
        ours = (await officer.register())["handling_unit"]
        codes = [new_code() for _ in range(4)]
        await system.report(
            event(codes[0], 4, 3, handling_unit=ours, owner_phone="0900000123"),
            event(codes[1], 2, 2, receiving_unit=ours, handling_unit="Sở khác"),
            event(codes[2], 4, 1, handling_unit="Sở khác"),
            event(codes[3], 9, 1, handling_unit=ours),
        )

        async def listed(who: Officer, **asked: Any) -> dict[str, Any]:
            page: dict[str, Any] = (await who.browser.get("/api/dossiers/desk/elsewhere", params=asked)).json()
            return page

        page = await listed(officer, limit=100)
        found = [it["code"] for it in page["items"] if it["code"] in codes]
        assert found == [codes[1], codes[0]]
        assert "0900000123" not in str(page)
        assert not {it["code"] for it in page["items"]} & {it["code"] for it in await officer.list()}
        first = await listed(officer, limit=1)
        second = await listed(officer, limit=1, cursor=first["next_cursor"])
        assert first["items"] != second["items"]
        elsewhere = await listed(await hire(unit=ELSEWHERE), limit=100)
        assert not {it["code"] for it in elsewhere["items"]} & set(codes)

    async def test_what_is_remarkable_about_it_is_seen_by_people(self, officer: Officer, system: System) -> None:
        ours = (await officer.register())["handling_unit"]
        jumped, plain = new_code(), new_code()
        await system.report(
            event(jumped, 1, 3, handling_unit=ours),
            event(jumped, 1, 2, source="hệ thống khác"),
            event(jumped, 6, 1, result_link="http://10.0.0.1/"),
            event(plain, 4, 1, handling_unit=ours, owner_phone="0900000123"),
        )
        reply = await officer.browser.get("/api/dossiers/desk/elsewhere", params={"limit": 100})
        flags = {it["code"]: it["flags"] for it in reply.json()["items"]}
        assert (flags[jumped], flags[plain]) == (["unexpected-move", "second-source", "link-refused"], [])

    async def test_and_on_the_steps_of_our_own(self, officer: Officer, system: System) -> None:
        made = await officer.acts(await officer.register(), "take-up")
        at = datetime.now(UTC) + timedelta(seconds=1)
        await system.report(event(made["code"], 4, at=at.isoformat()), event(made["code"], 10, at=at.isoformat()))
        steps = (await officer.read(made["id"])).json()["steps"]
        assert {(it["status"], *it["flags"]) for it in steps} == {
            ("accepted",),
            ("in-hand",),
            ("in-hand", "second-source"),
            ("handed-over", "unexpected-move"),
        }
