"""Encryption beside: the same bodies from another process, which comes and goes, and is missed by nobody."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.core.settings import ROOT
from server.modules.notifications.gateways.aside import Aside
from server.modules.notifications.gateways.encryption import LONGEST, Plain
from server.modules.notifications.gateways.vapid import Vapid, new_key_pair
from server.modules.notifications.gateways.webpush import Push, PushGateway
from server.modules.notifications.rules.push import Subscription
from tests.pushservice import Phone, PushService, unb64

PHONE, AUTH = ec.generate_private_key(ec.SECP256R1()), bytes(16)
POINT = PHONE.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def batch(*texts: str) -> list[Plain]:
    return [(it.encode(), POINT, AUTH) for it in texts]


def read(body: bytes | None) -> str:
    assert body
    plain: bytes = http_ece.decrypt(body, private_key=PHONE, auth_secret=AUTH, version="aes128gcm")
    return plain.decode()


def alive(pid: int) -> bool:
    """It is there, and does not wait only to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def gone(pid: int) -> None:
    async with asyncio.timeout(60):
        while alive(pid):
            await asyncio.sleep(0.02)


@pytest.fixture
async def aside() -> AsyncIterator[Aside]:
    it = Aside()
    yield it
    await it.close()


async def test_each_is_read_by_its_phone_and_one_that_is_too_long_keeps_none_back(aside: Aside) -> None:
    bodies = await aside.encrypt([*batch("một", "đ" * LONGEST), *batch(*map(str, range(600)))])
    assert bodies
    assert [read(bodies[0]), bodies[1]] == ["một", None]
    assert [read(it) for it in bodies[2:]] == [str(number) for number in range(600)]
    # Two at once are answered each their own.
    both = await asyncio.gather(aside.encrypt(batch("hai")), aside.encrypt(batch("ba")))
    assert [read(it[0]) for it in both if it] == ["hai", "ba"]


async def test_a_process_that_is_lost_is_done_without_and_begun_again(aside: Aside) -> None:
    assert await aside.encrypt(batch("một"))
    lost = aside.pid
    assert lost
    os.kill(lost, signal.SIGKILL)
    await gone(lost)
    assert await aside.encrypt(batch("hai")) is None
    assert aside.pid is None
    again = await aside.encrypt(batch("ba"))
    assert again
    assert read(again[0]) == "ba"
    assert aside.pid not in (None, lost)


async def test_whoever_is_called_away_leaves_no_answer_behind_for_the_next(aside: Aside) -> None:
    assert await aside.encrypt(batch("một"))
    away = asyncio.create_task(aside.encrypt(batch(*["đi"] * 2000)))
    await asyncio.sleep(0.01)
    away.cancel()
    assert isinstance((await asyncio.gather(away, return_exceptions=True))[0], asyncio.CancelledError)
    bodies = await aside.encrypt(batch("về"))
    assert bodies
    assert [read(it) for it in bodies] == ["về"]


async def test_it_ends_when_nothing_comes_and_when_it_is_closed() -> None:
    idle = Aside(idle=0.01)
    assert await idle.encrypt(batch("một"))
    ended = idle.pid
    if ended:  # not yet
        await gone(ended)
    async with asyncio.timeout(60):
        while idle.pid:
            await asyncio.sleep(0.01)
    closed = Aside()
    assert await closed.encrypt(batch("hai"))
    pid = closed.pid
    await closed.close()
    assert pid
    assert not alive(pid)
    assert await idle.encrypt(batch("ba"))
    await idle.close()


async def test_it_does_not_outlive_who_began_it() -> None:
    """A worker that is killed with -9 leaves nothing behind."""
    begin = (
        "import asyncio\n"
        "from server.modules.notifications.gateways.aside import Aside\n"
        "async def main():\n"
        "    it = Aside()\n"
        f"    assert await it.encrypt([(b'x', {POINT!r}, bytes(16))])\n"
        "    print(it.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", begin, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert parent.stdout
    pid = int(await asyncio.wait_for(parent.stdout.readline(), 60))
    assert alive(pid)
    parent.kill()
    await parent.wait()
    await gone(pid)


@pytest.mark.parametrize("many", [1, 150])
async def test_a_gateway_uses_it_for_many_where_there_is_another_core(
    service: PushService, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    for cores in (1, 2):
        monkeypatch.setattr("server.modules.notifications.gateways.webpush.cores", lambda cores=cores: cores)
        phone = Phone(service)
        to = Subscription(endpoint=phone.endpoint, p256dh=unb64(phone.keys["p256dh"]), auth=unb64(phone.keys["auth"]))
        gateway = PushGateway([service.origin])
        pushes = [Push(to, b'{"n": %d}' % number, 60, "normal", f"t{number}") for number in range(many)]
        pushes[-1] = pushes[-1]._replace(plain=bytes(LONGEST + 1))
        answers = await gateway.send(pushes, vapid=Vapid(new_key_pair(), "mailto:it@example.org"), urgent=False)
        assert bool(gateway._aside and gateway._aside.pid) == (cores > 1 and many > 1)
        assert [it.status for it in answers] == [201] * (many - 1) + [None]
        assert answers[-1].sent_at is None
        assert sorted(it["n"] for it in phone.messages) == list(range(many - 1))
        await gateway.close()
