"""What tells who somebody is, and what opens their account, lies nowhere in clear: not in the logs, not in the tables.

One resident and one stranger use everything there is; then every log line and every row of every table is searched
for the very values they typed and were given (security.md, C-24, C-28, G18).
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from server.core.settings import ROOT
from tests import canaries
from tests.app import free_port
from tests.conftest import SECRET

PHONE = "0908642097"
NATIONAL_ID = "096190086421"
NAME = "Đặng Thị Chim Hoàng Yến"
NOTE = "Ghi chú chỉ mình tôi được đọc 7391"


class Town(httpx.Client):
    """The web process itself, what it writes, and its database."""

    def __init__(self, url: str, database: str, log: Path) -> None:
        super().__init__(base_url=url, headers={"Origin": url}, timeout=60)
        self.database, self.log = database, log
        self.secrets: set[str] = set()

    def keep(self, reply: httpx.Response) -> httpx.Response:
        """Carry cookies by hand: http.cookiejar sends Secure ones over https only."""
        for cookie in reply.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.headers["Cookie"] = "; ".join(
                [
                    *(it for it in self.headers.get("Cookie", "").split("; ") if it and not it.startswith(name)),
                    f"{name}={value}",
                ]
            )
            if value:
                self.secrets.add(value)
        return reply


@pytest.fixture
def town(clone: Callable[[], str], tmp_path: Path) -> Iterator[Town]:
    port = free_port()
    database, log = clone(), tmp_path / "web.log"
    environment = os.environ | {"DATABASE_URL": database, "SECRET_KEY": SECRET, "PORT": str(port), "LOG_LEVEL": "debug"}
    with log.open("wb") as file:
        web = subprocess.Popen(
            [sys.executable, "-m", "server", "web"], cwd=ROOT, env=environment, stderr=file, stdout=file
        )
    try:
        with Town(f"http://127.0.0.1:{port}", database, log) as town:
            for _ in range(600):
                try:
                    if town.get("/health/ready").status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.1)  # it is not there yet
            yield town
    finally:
        web.terminate()
        web.wait(60)


def use_everything(town: Town) -> None:
    asked = town.keep(town.post("/api/identity/codes", json={"phone": PHONE, "language": "vi"})).json()
    town.secrets.add(asked["shown"])
    # A wrong code, a wrong phone and a broken body are logged too, if anything is.
    town.post(f"/api/identity/codes/{asked['id']}/sign-in", json={"digits": "000000", "shared": False})
    town.post("/api/identity/codes", json={"phone": PHONE + "9", "language": "vi"})
    town.post("/api/identity/codes", json={"phone": [PHONE], "language": NATIONAL_ID})
    body = {"digits": asked["shown"], "shared": False}
    signed_in = town.keep(town.post(f"/api/identity/codes/{asked['id']}/sign-in", json=body))
    assert signed_in.status_code == 200, signed_in.text
    profile = {"name": NAME, "commune_code": None, "language": "vi"}
    assert town.put("/api/identity/profile", json=profile, headers={"If-Match": "1"}).status_code == 200
    number = town.put("/api/identity/profile/national-id", json={"number": NATIONAL_ID}, headers={"If-Match": "2"})
    assert number.status_code == 200, number.text
    assert NATIONAL_ID not in number.text
    asks = town.post("/api/privacy/requests", json={"kind": "correction", "note": NOTE})
    assert asks.status_code == 201, asks.text
    town.get("/api/identity/profile", params={"q": PHONE, "id": NATIONAL_ID})
    town.get(f"/api/identity/devices/{NATIONAL_ID}")
    town.get("/api/catalogue/procedures", params={"q": f"{NAME} {PHONE}"})
    town.delete("/api/identity/session")
    town.get("/api/identity/devices")  # the ended session is refused, and that is logged


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("phone", "0908 311 427", '{"phone":"+84908311427"}'),
        ("phone", "0908311427", "/api/notes/0908311427?x=1"),
        ("number", "096190031142", "\t096190031142\t"),
        ("code", "731142", '"731142"'),
        ("token", "Zx3-31142_abcdefghijklmnop", "__Host-sid=Zx3-31142_abcdefghijklmnop; Path=/"),
    ],
)
def test_what_the_whole_run_is_searched_for_is_found(kind: str, value: str, written: str) -> None:
    """`tests/conftest.py` looks for all that was given to anybody, in every log and every database of the run."""
    canaries.wear(kind, value)
    try:
        assert canaries.in_log(f"before\n{written}\nbehind")
        assert not canaries.in_log(written.replace("11427", "11428").replace("31142", "31143"))
    finally:
        canaries.forget(kind, value)


def test_a_database_of_the_run_is_searched_too(clone: Callable[[], str]) -> None:
    url, number = clone(), canaries.wear("number", "096190039999")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE identity_resident SET name = %s WHERE language = 'km'", [number])
        assert list(canaries.in_database(url)) == [f"identity_resident: number {number}"]
        connection.execute("UPDATE identity_resident SET name = '' WHERE name = %s", [number])


def test_nothing_lies_in_clear(town: Town) -> None:
    use_everything(town)
    assert len(town.secrets) >= 3  # the code, the browser's mark, the session's token
    forms = {PHONE, f"+84{PHONE[1:]}", f"84{PHONE[1:]}", "0908 642 097", NATIONAL_ID, NOTE}
    log = town.log.read_text()
    assert log.count('"event":"request"') > 10
    assert [word for word in forms | town.secrets | {NAME} if word in log] == []

    stored = b""
    with psycopg.connect(town.database) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in names.fetchall():
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as rows:
                stored += b"".join(bytes(row) for row in rows)
    assert NAME.encode() in stored  # the search looks where the values would be
    # A code of six digits may stand in any number by chance; whoever could read it would find it as a whole word.
    codes = {word for word in town.secrets if len(word) == 6}
    clear = [
        word
        for word in forms | (town.secrets - codes)
        if word.encode() in stored or word.encode().hex().encode() in stored
    ]
    assert clear == []
    assert [code for code in codes if f"\t{code}\t".encode() in stored or f'"{code}"'.encode() in stored] == []
