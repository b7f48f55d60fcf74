"""Encryption, signature and the careful connection, against a push service on loopback."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.core.settings import Settings
from server.modules.notifications.gateways.batch import Answer
from server.modules.notifications.gateways.encryption import LONGEST, encrypt
from server.modules.notifications.gateways.vapid import Vapid, new_key_pair
from server.modules.notifications.gateways.webpush import Push, PushGateway, push_gateway
from server.modules.notifications.rules.push import Subscription
from tests.pushservice import Phone, Planned, PushService, b64, unb64


class TestEncryption:
    def test_the_vector_of_rfc_8291(self) -> None:
        sender = ec.derive_private_key(
            int.from_bytes(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
        )
        body = encrypt(
            b"When I grow up, I want to be a watermelon",
            unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            unb64("BTBZMqHH6r4Tts7J_aSIgg"),
            size_class=1,
            sender=sender,
            salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        )
        assert b64(body) == (
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
            "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
            "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )

    @pytest.mark.parametrize("length", [0, 1, 254, 255, 256, 257, 1_000, 3_839, 3_840, LONGEST])
    def test_the_reference_library_reads_every_length(self, length: int) -> None:
        private, auth, plain = ec.generate_private_key(ec.SECP256R1()), os.urandom(16), os.urandom(length)
        point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        body = encrypt(plain, point, auth)
        assert http_ece.decrypt(body, private_key=private, auth_secret=auth, version="aes128gcm") == plain
        assert len(body) <= 4_096
        # Header 86, tag 16; between them whole classes, so the length says little.
        assert (len(body) - 102) % 256 == 0 or len(body) == 4_096

    def test_too_long_is_refused(self) -> None:
        with pytest.raises(ValueError, match="3994 bytes"):
            encrypt(bytes(LONGEST + 1), b"", b"")


class TestVapid:
    NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def test_one_signature_per_service_and_half_a_day(self) -> None:
        vapid = Vapid(new_key_pair(), "mailto:it@example.org")
        first = vapid.authorization("https://fcm.googleapis.com", self.NOW)
        assert vapid.authorization("https://fcm.googleapis.com", self.NOW + timedelta(hours=11, minutes=59)) == first
        assert vapid.authorization("https://web.push.apple.com", self.NOW) != first
        assert vapid.authorization("https://fcm.googleapis.com", self.NOW + timedelta(hours=12)) != first

    def test_each_service_reads_its_own_name(self) -> None:
        keys = new_key_pair()
        vapid = Vapid(keys, "mailto:it@example.org")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(keys.public))
        for service in ("https://fcm.googleapis.com", "https://web.push.apple.com", "https://fcm.googleapis.com"):
            scheme, _, rest = vapid.authorization(service, self.NOW).partition(" ")
            assert scheme == "vapid"
            token, key = rest.removeprefix("t=").split(", k=")
            assert key == keys.public
            claims = jwt.decode(token, public, algorithms=["ES256"], audience=service, options={"verify_exp": False})
            assert claims["sub"] == "mailto:it@example.org"
            # Never more than a day, which Apple and Mozilla insist on, even when clocks differ.
            assert claims["exp"] - self.NOW.timestamp() == 13 * 3_600


async def send(gateway: PushGateway, to: Phone | str, plain: bytes = b"{}") -> Answer:
    point = unb64("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
    auth = bytes(16)
    if isinstance(to, Phone):
        point, auth = unb64(to.keys["p256dh"]), unb64(to.keys["auth"])
    subscription = Subscription(endpoint=to if isinstance(to, str) else to.endpoint, p256dh=point, auth=auth)
    vapid = Vapid(new_key_pair(), "mailto:it@example.org")
    (answer,) = await gateway.send([Push(subscription, plain, 60, "high", "test")], vapid=vapid)
    return answer


def refused(answer: Answer) -> bool:
    """Nobody was asked, and nobody will be."""
    return answer.status is None and answer.sent_at is None


@asynccontextmanager
async def to_services(*services: str, **options: object) -> AsyncIterator[PushGateway]:
    gateway = PushGateway(services, **options)  # type: ignore[arg-type]
    try:
        yield gateway
    finally:
        await gateway.close()


class TestSending:
    async def test_a_message_arrives(self, service: PushService) -> None:
        phone = Phone(service)
        async with to_services(service.origin) as gateway:
            assert (await send(gateway, phone, b'{"a": "\xc4\x91"}')).status == 201
        assert phone.messages == [{"a": "đ"}]

    async def test_a_redirect_is_not_followed(self, service: PushService) -> None:
        phone, other = Phone(service), Phone(service)
        for status in (301, 302, 303, 307, 308):
            service.answer_next(Planned(status, {"Location": other.endpoint}))
            async with to_services(service.origin) as gateway:
                assert (await send(gateway, phone)).status == status
        assert not other.requests

    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("17", 17),
            (" 7 ", 7),
            ("86400", 21_600),  # libcurl knows no more
            *((said, None) for said in (None, "", "0", "9" * 400, "soon", "-5", "٣", "Mon, 99 Nov 2026 12:05:00 GMT")),
            ("Mon, 23 Nov 2015 11:00:00 GMT", None),
        ],
    )
    async def test_retry_after_comes_along(self, service: PushService, said: str | None, seconds: int | None) -> None:
        service.answer_next(Planned(429, {} if said is None else {"Retry-After": said}))
        async with to_services(service.origin) as gateway:
            answer = await send(gateway, Phone(service))
        assert (answer.status, answer.retry_after) == (429, seconds)

    @pytest.mark.parametrize("form", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"])
    async def test_also_as_a_date(self, service: PushService, form: str) -> None:
        # libcurl counts by the seconds of a clock some milliseconds behind ours: not where one second meets the next.
        while not 100_000 < datetime.now(UTC).microsecond < 800_000:
            await asyncio.sleep(0.05)
        service.answer_next(Planned(503, {"Retry-After": (datetime.now(UTC) + timedelta(minutes=5)).strftime(form)}))
        async with to_services(service.origin) as gateway:
            answer = await send(gateway, Phone(service))
        assert answer.status == 503
        assert answer.retry_after is not None
        assert 290 <= answer.retry_after <= 300

    async def test_a_slow_service_counts_as_silent(self, service: PushService) -> None:
        service.answer_next(Planned(201, after=20))
        async with to_services(service.origin, timeout=0.2) as gateway:
            before = asyncio.get_running_loop().time()
            assert (await send(gateway, Phone(service))).status is None
            assert asyncio.get_running_loop().time() - before < 10

    async def test_a_name_that_is_looked_up_slowly_counts_as_silent(self) -> None:
        async def slow(_host: str, _port: int) -> list[str]:
            await asyncio.sleep(5)
            return []

        async with to_services("https://fcm.googleapis.com", timeout=0.2, look_up=slow) as gateway:
            assert (await send(gateway, "https://fcm.googleapis.com/x")).status is None

    async def test_nobody_there(self, unused_tcp_port: int) -> None:
        origin = f"http://127.0.0.1:{unused_tcp_port}"
        async with to_services(origin) as gateway:
            assert (await send(gateway, f"{origin}/x")).status is None

    async def test_a_huge_answer_is_cut(self) -> None:
        head = b"HTTP/1.1 201 Created\r\nContent-Length: 100000000\r\n\r\n"
        async with endless_service(head) as (origin, sent), to_services(origin) as gateway:
            assert (await send(gateway, f"{origin}/x")).status == 201
            # What one connection's buffers hold on their way, and no more.
            assert await sent < 16_000_000

    async def test_an_answer_without_end_is_left_at_the_timeout(self) -> None:
        head = b"HTTP/1.1 410 Gone\r\nContent-Length: 9\r\n\r\n"
        async with endless_service(head, pause=60) as (origin, _), to_services(origin, timeout=2) as gateway:
            assert (await send(gateway, f"{origin}/x")).status == 410

    @pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}], ids=["plain", "said to be packed"])
    async def test_an_answer_is_read_and_never_unpacked_and_the_connection_used_again(
        self, service: PushService, headers: dict[str, str]
    ) -> None:
        asked: list[str] = []

        async def look_up(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"]

        origin = service.origin.replace("127.0.0.1", "localhost")
        async with to_services(origin, look_up=look_up) as gateway:
            for _ in range(3):
                service.answer_next(Planned(201, headers, b"some words"))
                await send(gateway, f"{origin}/wpush/x")
        assert asked == ["localhost"]

    @pytest.mark.parametrize(
        "endpoint", ["http://127.0.0.1:1/x", "https://evil.example/x", "https://user@fcm.googleapis.com/x"]
    )
    async def test_what_is_not_on_the_list_is_refused_here_too(self, endpoint: str) -> None:
        async with to_services("https://fcm.googleapis.com") as gateway:
            assert refused(await send(gateway, endpoint))


class TestManyAtOnce:
    def pushes(self, phones: list[Phone]) -> list[Push]:
        keys = [(unb64(phone.keys["p256dh"]), unb64(phone.keys["auth"])) for phone in phones]
        return [
            Push(Subscription(endpoint=phone.endpoint, p256dh=point, auth=auth), b"{}", 60, "high", "test")
            for phone, (point, auth) in zip(phones, keys, strict=True)
        ]

    async def test_the_answers_come_in_the_order_of_the_messages(self, service: PushService) -> None:
        phones = [Phone(service) for _ in range(30)]
        for phone in phones[::3]:
            phone.leave()
        pushes = self.pushes(phones)
        pushes[1] = pushes[1]._replace(plain=bytes(5_000))
        pushes[2] = pushes[2]._replace(to=Subscription(endpoint="https://evil.example/x", p256dh=b"", auth=b""))
        async with to_services(service.origin, at_once=8) as gateway:
            answers = await gateway.send(pushes, vapid=Vapid(new_key_pair(), "mailto:it@example.org"))
        usual = [410, 201, 201] * 10
        assert [answer.status for answer in answers] == [410, None, None, *usual[3:]]
        assert refused(answers[1])
        assert refused(answers[2])

    async def test_a_service_that_asks_for_a_pause_is_asked_nothing_more(self, service: PushService) -> None:
        phones = [Phone(service) for _ in range(40)]
        before = len(service.received)
        service.answer_next(*[Planned(429, {"Retry-After": "17"})] * 40)
        async with to_services(service.origin, at_once=4) as gateway:
            answers = await gateway.send(self.pushes(phones), vapid=Vapid(new_key_pair(), "mailto:it@example.org"))
        service.planned.clear()
        asked = [answer for answer in answers if answer.sent_at]
        assert len(service.received) - before == len(asked) <= 4
        assert {(answer.status, answer.retry_after) for answer in answers} == {(429, 17)}

    async def test_what_is_urgent_overtakes(self, service: PushService) -> None:
        many, one = [Phone(service) for _ in range(60)], Phone(service)
        before = len(service.received)
        service.answer_next(*[Planned(201, after=0.1)] * 61)
        vapid = Vapid(new_key_pair(), "mailto:it@example.org")
        async with to_services(service.origin, at_once=4) as gateway:
            mass = asyncio.create_task(gateway.send(self.pushes(many), vapid=vapid, urgent=False))
            while len(service.received) == before:
                await asyncio.sleep(0.01)
            await gateway.send(self.pushes([one]), vapid=vapid)
            assert len(service.received) - before < 30
            assert len(await mass) == 60


class TestNamesThatLie:
    """DNS belongs to somebody else: what counts is the address that is connected to."""

    @pytest.mark.parametrize(
        "addresses",
        [["127.0.0.1"], ["10.0.0.5"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.5"], ["142.250.4.95", "10.0.0.5"]],
    )
    async def test_a_name_with_an_inner_address_is_refused(self, addresses: list[str]) -> None:
        async def look_up(_host: str, _port: int) -> list[str]:
            return addresses

        async with to_services("https://fcm.googleapis.com", look_up=look_up) as gateway:
            assert refused(await send(gateway, "https://fcm.googleapis.com/x"))

    async def test_a_demo_s_loopback_name_leads_nowhere_else(self) -> None:
        async def look_up(_host: str, _port: int) -> list[str]:
            return ["10.0.0.5"]

        async with to_services("http://localhost:1", look_up=look_up) as gateway:
            assert refused(await send(gateway, "http://localhost:1/x"))

    async def test_a_name_cannot_change_its_mind_after_the_check(self, service: PushService) -> None:
        """The first look-up is checked; there is no second one, for the connections go to that address for a minute."""
        answers = iter([["127.0.0.1"], ["10.0.0.5"]])

        async def rebinding(_host: str, _port: int) -> list[str]:
            return next(answers)

        origin = service.origin.replace("127.0.0.1", "localhost")
        async with to_services(origin, look_up=rebinding, kept=2) as gateway:
            for _ in range(2):
                service.answer_next(Planned(201, {"Connection": "close"}))
                assert (await send(gateway, f"{origin}/wpush/x")).status == 201
            await asyncio.sleep(2)  # the minute, here shorter
            assert refused(await send(gateway, f"{origin}/wpush/x"))


def test_the_gateway_of_a_process_is_closed_with_its_loop() -> None:
    async def use() -> PushGateway:
        settings = Settings(push_services=("http://127.0.0.1:1",))
        gateway = await push_gateway(settings)
        assert await push_gateway(settings) is gateway
        assert (await send(gateway, "http://127.0.0.1:1/x")).status is None
        assert gateway._transfers
        assert gateway._transfers.is_alive()
        return gateway

    first, second = asyncio.run(use()), asyncio.run(use())
    assert first is not second
    for gateway in (first, second):
        assert gateway._transfers
        assert not gateway._transfers.is_alive()


@asynccontextmanager
async def endless_service(head: bytes, pause: float = 0) -> AsyncIterator[tuple[str, Awaitable[int]]]:
    """Answers with `head` and then with more than it is asked for; tells how many bytes it could send."""
    sent: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            await writer.drain()
            await asyncio.sleep(pause)
            while count < 100_000_000:
                writer.write(bytes(65_536))
                await writer.drain()
                count += 65_536
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            sent.set_result(count)
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", sent
    finally:
        server.close()
