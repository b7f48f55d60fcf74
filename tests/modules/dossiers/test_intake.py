"""What systems report is taken once, in the order of events, and a bad item never keeps another one away."""

import asyncio
import json
import random
import time
from datetime import UTC, datetime, timedelta
from itertools import permutations
from secrets import randbelow
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events, Reaction
from server.modules.dossiers.events import DossiersMoved
from tests.modules.dossiers.conftest import NOW, LookUp, NewSystem, System, event, new_code
from tests.modules.dossiers.office import Officer, hire, officer

__all__ = ["hire", "officer"]


async def count(database: Database, code: str) -> int:
    async with database.reading() as connection:
        found = await connection.scalar(
            text(
                "SELECT count(*) FROM dossiers_happening h JOIN dossiers_dossier d ON d.id = h.dossier_id "
                "WHERE d.code = :code"
            ),
            {"code": code},
        )
    return int(found or 0)


class TestWhoMayReport:
    async def test_a_partner_without_the_permission_may_not(self, new_system: NewSystem, code: str) -> None:
        other = await new_system("catalogue:read")
        reply = await other.send({"events": [event(code, 1)]})
        assert (reply.status_code, reply.json()["type"]) == (403, "not-allowed")

    async def test_a_visitor_may_not(self, client: httpx.AsyncClient, code: str) -> None:
        assert (await client.post("/api/dossiers/events", json={"events": [event(code, 1)]})).status_code == 401


class TestOnce:
    async def test_an_event_sent_again_is_known(self, system: System, code: str, database: Database) -> None:
        first = event(code, 2)
        assert [it["result"] for it in await system.report(first, first)] == ["taken", "known"]
        assert [it["result"] for it in await system.report(first, event(code, 4, 0.5))] == ["known", "taken"]
        assert await count(database, code) == 2

    async def test_also_when_sent_at_once(self, system: System, code: str, database: Database) -> None:
        batch = [event(code, 2, 3), event(code, 4, 2)]
        replies = await asyncio.gather(*(system.report(*batch) for _ in range(6)))
        assert sorted(it["result"] for items in replies for it in items) == ["known"] * 10 + ["taken"] * 2
        assert await count(database, code) == 2

    async def test_the_same_id_of_another_source_is_another_event(
        self, system: System, new_system: NewSystem, code: str
    ) -> None:
        same = event(code, 2)
        other = await new_system("dossiers:intake")
        await system.report(same)
        assert [it["result"] for it in await other.report(event(code, 4, 0.5, event_id=same["event_id"]))] == ["taken"]
        outcome = await system.report(event(code, 9, 0.2, event_id=same["event_id"], source="bộ"))
        assert [it["result"] for it in outcome] == ["taken"]


class TestTheOrderIsThatOfEvents:
    async def test_whatever_order_they_come_in(self, system: System, look_up: LookUp) -> None:
        """Every order of arrival ends in one standing."""
        way = [(1, 9), (2, 8), (5, 6), (4, 4)]
        orders = list(permutations(way))
        stood = []
        for order in random.Random(7).sample(orders, 6):
            code = new_code()
            events = [event(code, status, ago, handling_unit=f"Phòng {status}") for status, ago in order]
            for one in events:
                await system.report(one)
            found = (await look_up(code)).json()
            stood.append((found["number"], found["office"], [step["number"] for step in found["steps"]]))
        assert set(map(repr, stood)) == {repr((4, "Phòng 4", [1, 2, 5, 4]))}

    async def test_two_systems_at_once_lose_nothing_of_each_other(
        self, system: System, new_system: NewSystem, look_up: LookUp
    ) -> None:
        """The same dossiers in opposite orders."""
        other, codes = await new_system("dossiers:intake"), [new_code() for _ in range(40)]
        await system.report(*(event(code, 1, 9) for code in codes))
        replies = await asyncio.gather(
            *(system.report(*(event(code, 2, 5 - turn / 10) for code in codes)) for turn in range(3)),
            *(other.report(*(event(code, 4, 3 - turn / 10) for code in reversed(codes))) for turn in range(3)),
        )
        assert {it["result"] for items in replies for it in items} == {"taken"}
        for code in (codes[0], codes[-1]):
            found = (await look_up(code)).json()
            assert (found["number"], [step["number"] for step in found["steps"]]) == (4, [1, 2, 4])

    async def test_two_of_one_instant_end_alike(self, system: System, look_up: LookUp) -> None:
        for order in ((2, 4), (4, 2)):
            code = new_code()
            for status in order:
                await system.report(event(code, status, 3))
            assert (await look_up(code)).json()["number"] == 4

    async def test_what_a_newer_one_leaves_out_stays(self, system: System, code: str, look_up: LookUp) -> None:
        due = (NOW + timedelta(days=3)).isoformat()
        await system.report(event(code, 2, 5, due_at=due, receiving_unit="Một cửa"), event(code, 4, 4))
        found = (await look_up(code)).json()
        assert (found["office"], found["due_at"] is not None) == ("Một cửa", True)


class TestWhoseItIs:
    async def test_what_is_reported_late_does_not_bring_back_an_older_number(
        self, system: System, code: str, look_up: LookUp
    ) -> None:
        await system.report(event(code, 4, 2, owner_phone="0900000222"))
        await system.report(event(code, 2, 5, owner_phone="0900000111"), event(code, 1, 6, owner_phone="0900000333"))
        for digits, status in (("0222", 200), ("0111", 404), ("0333", 404)):
            assert (await look_up(code, digits)).status_code == status
        # In one batch, whatever its order; and a newer one counts.
        await system.report(event(code, 9, 0.5, owner_phone="0900000555"), event(code, 5, 1, owner_phone="0900000444"))
        for digits, status in (("0555", 200), ("0444", 404), ("0222", 404)):
            assert (await look_up(code, digits)).status_code == status

    async def test_the_desk_finds_its_own_by_the_new_number_and_no_more_by_the_old_one(
        self, system: System, officer: Officer
    ) -> None:
        old, new = (f"090000{randbelow(10**4):04}" for _ in range(2))
        made = await officer.register(phone=old)
        await system.report(event(made["code"], 4, at=datetime.now(UTC).isoformat(), owner_phone=new))
        assert (await officer.read(made["id"])).json()["phone"] == new
        found = {digits: {row["id"] for row in await officer.list(q=digits[-4:])} for digits in (old, new)}
        assert (made["id"] in found[new], made["id"] in found[old]) == (True, False)


class TestWhatIsTakenAndMarked:
    async def test_a_move_the_table_does_not_know(self, system: System, code: str, look_up: LookUp) -> None:
        outcomes = await system.report(event(code, 1, 5), event(code, 9, 4))
        assert [it["flags"] for it in outcomes] == [[], ["unexpected-move"]]
        assert (await look_up(code)).json()["number"] == 9

    async def test_a_second_source_for_one_stage(self, system: System, code: str, look_up: LookUp) -> None:
        await system.report(event(code, 4, 5, handling_unit="Phòng thật"))
        other = event(code, 4, 3, source="hệ thống khác", handling_unit="Phòng khác", owner_phone="0900000999")
        outcomes = await system.report(other)
        assert outcomes[0]["flags"] == ["second-source"]
        assert (await look_up(code)).json()["office"] == "Phòng thật"
        assert (await look_up(code, "0999")).status_code == 404
        # Another stage is its own to report.
        assert (await system.report(event(code, 9, 2, source="hệ thống khác")))[0]["flags"] == []
        assert (await look_up(code)).json()["number"] == 9

    async def test_an_unknown_procedure(self, system: System) -> None:
        codes = ["9.999999", "1.004194.000.00.00.H12", "1.004194.H12", "1.004194"]
        outcomes = await system.report(*(event(new_code(), 1, procedure=procedure) for procedure in codes))
        assert [it["flags"] for it in outcomes] == [["unknown-procedure"], [], [], []]

    @pytest.mark.parametrize(
        "link",
        [
            "http://example.org/a",
            "https://127.0.0.1/a",
            "https://10.0.0.7/a",
            "https://[::1]/a",
            "https://localhost/a",
            "https://intranet/a",
            "https://a.internal/a",
            "https://user:pass@example.org/a",
            "https://example.org:8443/a",
            "https://2130706433/a",
            "javascript:alert(1)",
            "https://[bad",
        ],
    )
    async def test_a_link_into_a_private_network(
        self, link: str, system: System, code: str, database: Database
    ) -> None:
        [outcome] = await system.report(event(code, 9, result_link=link))
        assert (outcome["result"], outcome["flags"]) == ("taken", ["link-refused"])
        async with database.reading() as connection:
            kept = await connection.scalar(
                text("SELECT count(*) FROM dossiers_happening WHERE result_link = :link"), {"link": link}
            )
        assert kept == 0

    async def test_a_public_link_is_no_matter(self, system: System, code: str) -> None:
        [outcome] = await system.report(event(code, 9, result_link="https://dichvucong.gov.vn/ket-qua/1"))
        assert outcome["flags"] == []

    async def test_nobody_to_ask_for_it(self, system: System, code: str) -> None:
        [first] = await system.report(event(code, 1, 5, owner_phone=None))
        [second] = await system.report(event(code, 2, 4, owner_phone=None, owner_id="096190000123"))
        [third] = await system.report(event(code, 4, 3, owner_phone=None))
        assert [it["flags"] for it in (first, second, third)] == [["no-contact"], [], []]


def broken(**change: Any) -> dict[str, Any]:
    given = event(new_code(), 1) | change
    return {name: value for name, value in given.items() if value is not ...}


BROKEN = [
    (broken(status=11), "status-unknown", "status"),
    (broken(status=0), "status-unknown", "status"),
    (broken(status=10**30), "status-unknown", "status"),
    (broken(status="4"), "event-unreadable", "status"),
    (broken(at=(NOW + timedelta(days=1)).isoformat()), "event-in-the-future", "at"),
    (broken(at="2026-11-20T10:00:00"), "event-unreadable", "at"),
    (broken(at="0001-01-01T00:00:00+14:00"), "time-refused", "at"),
    (broken(at="hôm qua"), "event-unreadable", "at"),
    (broken(at=...), "event-unreadable", "at"),
    (broken(due_at="9999-12-31T23:59:59-12:00"), "time-refused", "due_at"),
    (broken(code="H12"), "dossier-code-refused", "code"),
    (broken(code="H12.26-260609-0012\u0000"), "event-unreadable", "code"),
    (broken(note="\ud800"), "event-unreadable", "note"),
    (broken(**{"\ud800": 1}), "event-unreadable", ""),
    (5, "event-unreadable", ""),
    (None, "event-unreadable", ""),
    ([], "event-unreadable", ""),
    (broken(event_id=""), "event-unreadable", "event_id"),
    (broken(color="red"), "event-unreadable", "color"),
    (broken(owner_phone="không có"), "contact-refused", "owner_phone"),
    (broken(owner_id="12345"), "contact-refused", "owner_id"),
    (broken(handling_unit="Anh Ba 0912 345 678"), "unit-names-a-phone", "handling_unit"),
    (broken(fee_due=-1), "event-unreadable", "fee_due"),
    (broken(fee_due=1.5), "event-unreadable", "fee_due"),
    (broken(note="x" * 5000), "event-unreadable", "note"),
]


class TestABadOne:
    @pytest.mark.parametrize(("bad", "kind", "field"), BROKEN)
    async def test_is_refused_alone(self, bad: object, kind: str, field: str, system: System) -> None:
        items = [event(new_code(), 1), bad, event(new_code(), 1)]
        reply = await system.send(json.dumps({"events": items}).encode())
        assert reply.status_code == 200, reply.text
        outcomes = reply.json()["items"]
        assert [it["result"] for it in outcomes] == ["taken", "refused", "taken"]
        assert (outcomes[1]["index"], outcomes[1]["problem"]["type"]) == (1, kind)
        assert outcomes[1]["problem"]["field"] == field

    async def test_a_number_without_end(self, system: System) -> None:
        good, endless = json.dumps(event(new_code(), 1)), json.dumps(broken(fee_due=7)).replace("7}", "1e999}")
        [taken, refused] = (await system.send(f'{{"events": [{good}, {endless}]}}'.encode())).json()["items"]
        assert (taken["result"], refused["problem"]["field"]) == ("taken", "fee_due")

    async def test_says_so_in_the_callers_language(self, system: System) -> None:
        said = {
            language: (await system.send({"events": [broken(status=11)]}, language)).json()["items"][0]["problem"][
                "title"
            ]
            for language in ("vi", "en", "km")
        }
        assert len(set(said.values())) == 3

    async def test_a_field_that_stands_there_twice(self, system: System, code: str, look_up: LookUp) -> None:
        good = json.dumps(event(code, 1))
        twice = json.dumps(event(code, 2, 0.5))[:-1] + ', "status": 9}'
        reply = await system.send(f'{{"events": [{good}, {twice}]}}'.encode())
        refused = reply.json()["items"][1]
        assert (refused["problem"]["type"], refused["problem"]["field"]) == ("field-twice", "status")
        assert (await look_up(code)).json()["number"] == 1


class TestABadBatch:
    @pytest.mark.parametrize(
        ("body", "status", "kind"),
        [
            (b'{"events": [], "events": []}', 400, "input-refused"),
            (b'{"events": {}}', 400, "input-refused"),
            (b"[]", 400, "input-refused"),
            (b"{", 400, "input-refused"),
            (b'{"events": [' + b"[" * 5000 + b"]" * 5000 + b"]}", 400, "input-refused"),
            (b'{"events": [{"a": NaN}]}', 400, "input-refused"),
            (b"\xff\xfe", 400, "input-refused"),
        ],
    )
    async def test_is_refused_whole(self, body: bytes, status: int, kind: str, system: System) -> None:
        reply = await system.send(body)
        assert (reply.status_code, reply.json()["type"]) == (status, kind)

    async def test_of_more_than_500(self, system: System) -> None:
        reply = await system.send({"events": [{}] * 501})
        assert (reply.status_code, reply.json()["type"]) == (413, "batch-too-large")

    async def test_of_20_megabytes(self, system: System) -> None:
        reply = await system.send(b'{"events": [' + b" " * 20_000_000 + b"]}")
        assert (reply.status_code, reply.json()["type"]) == (413, "too-large")

    async def test_an_empty_one_is_nothing(self, system: System) -> None:
        assert await system.report() == []


class TestWhatIsAnnounced:
    async def test_every_change_once_and_nothing_else(self, client: httpx.AsyncClient, system: System) -> None:
        """In the transaction of the change: the application's own database, with one reaction that listens."""
        heard: list[DossiersMoved] = []

        async def listen(_session: object, moved: DossiersMoved) -> None:
            heard.append(moved)

        database = client.app.state.database  # type: ignore[attr-defined]
        before = database.before_commit
        listening = Events(database, [Reaction(DossiersMoved, listen, "urgent")])
        try:
            one, two = new_code(), new_code()
            jump = event(two, 9, 1)
            outcomes = await system.report(
                event(one, 1, 5), event(one, 2, 4), event(two, 1, 3), jump, broken(status=11)
            )
            assert [it["result"] for it in outcomes] == ["taken"] * 4 + ["refused"]
            # Again, and late: nothing moves.
            await system.report(jump, event(one, 1, 6))
            await listening.run_waiting()
        finally:
            database.before_commit = before
        [batch] = heard
        assert sorted((move.status.number, move.unexpected) for move in batch.moves) == [(2, False), (9, True)]


async def test_a_batch_of_500_takes_few_statements(system: System) -> None:
    """By ratio within one run: 500 events at once against 20 sent one by one."""
    await system.report(event(new_code(), 1))
    began = time.process_time()
    for _ in range(20):
        await system.report(event(new_code(), 1))
    one = (time.process_time() - began) / 20
    began = time.process_time()
    outcomes = await system.report(*(event(new_code(), 1) for _ in range(500)))
    many = (time.process_time() - began) / 500
    assert {it["result"] for it in outcomes} == {"taken"}
    assert many * 4 < one
