"""`python -m server run`: one command for one machine, and what becomes of it when it is stopped, killed or refused."""

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from server.core.settings import ROOT, Settings
from server.supervisor import _bank
from tests.app import free_port
from tests.conftest import SECRET

LONG = 180  # seconds; a machine that does other things as well


class Run:
    """A `run` in a process of its own."""

    def __init__(self, var: Path, port: int, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.__struct_fields__}
        self.port = port
        self._said = var.parent / f"{time.monotonic_ns()}.txt"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "run"],
                cwd=ROOT,
                env=kept | {"VAR": str(var), "PORT": str(port)} | environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self._said.read_text()

    def until(self, sentence: str) -> None:
        for _ in range(LONG * 20):
            if sentence in self.said:
                return
            assert self.process.poll() is None, self.said
            time.sleep(0.05)
        raise AssertionError(f"{sentence!r} was not said:\n{self.said}")

    def ended(self) -> int:
        return self.process.wait(LONG)

    def children(self) -> dict[int, str]:
        """What runs below it, by number and command line."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        return found

    def sandbox(self) -> str:
        """Where the bank and the gateway of a demonstration are played."""
        self.until("What happens is written to")
        [page] = re.findall(r"A bank and a payment gateway .*(http://127\.0\.0\.1:\d+/)", self.said)
        return str(page)

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as reply:
            return bytes(reply.read())

    def raw(self, request_line: str) -> bytes:
        """The answer to a request that no client would send."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(f"{request_line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
            return b"".join(iter(lambda: connection.recv(65536), b""))


def read_when(path: Path, words: str) -> str:
    """The file, as soon as these words stand in it."""
    for _ in range(LONG * 20):
        if words in (text := path.read_text()):
            return text
        time.sleep(0.05)
    raise AssertionError(f"{words} is not in {path.name}")


def alive(number: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def gone(numbers: set[int]) -> bool:
    for _ in range(LONG * 20):
        if not any(alive(number) for number in numbers):
            return True
        time.sleep(0.05)
    return False


def postmaster(var: Path) -> int:
    return int((var / "postgres" / "postmaster.pid").read_text().split()[0])


def opened(var: Path, code: str) -> int:
    """How often a procedure was opened, asked of the embedded database itself."""
    with psycopg.connect(f"postgresql://postgres@/citizen?host={var / 'postgres'}") as connection:
        row = connection.execute("SELECT sum(times) FROM catalogue_opening WHERE code = %s", [code]).fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def var() -> Iterator[Path]:
    # Not pytest's folder: PostgreSQL does not run as root, and must be able to come here.
    with tempfile.TemporaryDirectory(prefix="citizen-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "var"


@pytest.mark.long(20)
def test_a_day_in_the_life_of_run(var: Path) -> None:
    port = free_port()
    var.mkdir()

    # It says what it does, and when it is ready it answers.
    run = Run(var, port)
    run.until("Ready:")
    said = [run.said.index(it) for it in ("Starting the database", "Preparing the tables", "Ready:")]
    assert said == sorted(said)
    assert f"http://localhost:{port}" in run.said
    assert b'"status":"ok"' in run.get("/health/ready")
    assert b"Th\xe1\xbb\xa7 t\xe1\xbb\xa5c" in run.get("/api/catalogue/procedures?q=khai+sinh")

    # The web server passes on what a test of the application alone would not meet.
    for line, status in [
        ("GET /api/catalogue/procedures/%00", b" 400 "),
        ("GET /api/catalogue/procedures?q=%00", b" 400 "),
        ("GET /api/catalogue/procedures/%FF%FE", b" 404 "),
        ("GET /api/catalogue/procedures/%ED%A0%80", b" 404 "),
        ("GET /../../etc/passwd.txt", b" 404 "),
        ("GET /%2e%2e/%2e%2e/etc/passwd.txt", b" 404 "),
    ]:
        answer = run.raw(line)
        assert status in answer.splitlines()[0], (line, answer[:200])

    # What people asked for is not in its logs.
    run.get("/api/catalogue/procedures?q=canary0912345678")
    written = read_when(var / "log" / "web.log", '"route":"/api/catalogue/procedures"')
    assert "canary" not in written

    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/catalogue/procedures/1.001193/opened", data=b"").close()

    # A bank to play with came along, and the application listens to it.
    sandbox = run.sandbox()
    assert transferred(sandbox, "hoc phi thang 11") == "kept"

    # A second one for the same folder is refused, and the first does not mind.
    second = Run(var, free_port())
    assert second.ended() == 1
    assert f"VAR: {var} is in use by another `run`" in second.said
    assert run.process.poll() is None

    # Killed without a warning: what it started ends by itself, except PostgreSQL, which the next one finds.
    children = run.children()
    assert [any(name in line for line in children.values()) for name in ("server web", "server worker")] == [True, True]
    database = postmaster(var)
    run.process.kill()
    run.process.wait()
    assert gone(set(children))
    assert not answers(sandbox)
    assert alive(database)

    # The next one takes it over, with what was there.
    run = Run(var, port)
    run.until("Ready:")
    assert postmaster(var) == database
    assert opened(var, "1.001193") == 1
    sandbox = run.sandbox()
    assert transferred(sandbox, "hoc phi thang 12") == "kept"

    # What dies is started again.
    [worker] = [number for number, line in run.children().items() if "server worker" in line]
    os.kill(worker, signal.SIGKILL)
    run.until("worker ended with -9; starting it again")

    # Ctrl-C stops everything.
    children = run.children()
    run.process.send_signal(signal.SIGINT)
    assert run.ended() == 0
    assert "Stopped." in run.said
    assert gone({*children, database})
    assert not answers(sandbox)


def transferred(sandbox: str, words: str) -> str:
    """What the application says of money that a person at the sandbox sends; the page shows it at the end."""
    form = urlencode({"words": words, "amount": "8000"}).encode()
    with urllib.request.urlopen(f"{sandbox}transfer", data=form, timeout=20) as reply:
        page = html.unescape(reply.read().decode())
    assert "Ngân hàng (thử nghiệm)" in page
    [item] = json.loads(page.rpartition("<li>")[2].partition("</li>")[0])["items"]
    return str(item["result"])


def answers(sandbox: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(sandbox, timeout=5).close()
        return True
    return False


@pytest.mark.parametrize(
    "settings",
    [
        Settings(demo=False),
        Settings(vnpay_url="https://pay.example.test/vpcpay.html"),
        Settings(bank_account="0011012345678"),
    ],
    ids=["no demonstration", "another gateway", "another bank"],
)
def test_who_takes_real_money_gets_no_bank_to_play_with(settings: Settings) -> None:
    with ExitStack() as sandboxes:
        assert _bank(settings, sandboxes, {}) is None


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PORT": "0"}, "wrong setting PORT: is 0, must be 1 to 65535"),
        ({"DEMO": "0"}, "wrong setting SECRET_KEY: is missing"),
        ({"HOST": "203.0.113.1"}, "Cannot start: HOST: cannot listen on 203.0.113.1"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_started(var: Path, environment: dict[str, str], said: str) -> None:
    var.mkdir()
    run = Run(var, free_port(), **environment)
    assert run.ended() == 1
    assert said in run.said
    assert "Traceback" not in run.said
    assert not (var / "postgres").exists()


@pytest.mark.long(5)
def test_a_taken_port_is_named(var: Path) -> None:
    var.mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = Run(var, taken.getsockname()[1])
        assert run.ended() == 1
    assert f"Cannot start: PORT: {run.port} is taken by another program; choose another: make run PORT=8001" in run.said


def test_a_database_that_is_not_there_is_named(var: Path) -> None:
    var.mkdir()
    run = Run(var, free_port(), DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    assert run.ended() == 1
    assert "Cannot start: DATABASE_URL: cannot be reached: " in run.said
    assert "Traceback" not in run.said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk so small")
def test_a_full_disk_is_named(var: Path) -> None:
    var.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(var)], check=False).returncode:
        pytest.skip("no small disk can be made here")
    try:
        run = Run(var, free_port())
        assert run.ended() == 1
        assert f"Cannot start: VAR: the disk that holds {var} is full" in run.said
        assert "Traceback" not in run.said
    finally:
        subprocess.run(["umount", str(var)], check=True)


def test_the_database_of_somebody_else_goes_on(var: Path, clone: Callable[[], str]) -> None:
    var.mkdir()
    url = clone()
    run = Run(var, free_port(), DATABASE_URL=url, SECRET_KEY=SECRET)
    run.until("Using the database of DATABASE_URL")
    run.process.send_signal(signal.SIGTERM)
    assert run.ended() == 0
    assert not (var / "postgres").exists()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
