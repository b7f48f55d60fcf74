"""A push service on loopback, as strict as the real ones, for HTTP tests and for a real Firefox.

Browser side   websocket `/`            the part of Mozilla's autopush protocol that Firefox needs
Sender side    POST   `/wpush/{token}`  RFC 8030, RFC 8291 (aes128gcm), RFC 8292 (VAPID), all checked

It decrypts nothing: like the real ones it only ever sees ciphertext. A `Phone` can, with keys of its own.
"""

import asyncio
import base64
import json
import os
import secrets
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import http_ece
from aiohttp import WSMsgType, web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ACK_DELIVERED, ACK_UNDECRYPTABLE = 100, 101


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Message:
    """What the service holds for a browser until it is acknowledged or its time is over."""

    version: str
    body: bytes
    expires: float
    urgency: str
    topic: str | None


@dataclass
class Channel:
    """One subscription. `key` is the application server key it was made with, if any."""

    uaid: str
    channel_id: str
    key: bytes | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    pending: dict[str, Message] = field(default_factory=dict)


@dataclass
class Planned:
    """An answer given instead of the usual one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after: float = 0.0  # seconds


@dataclass
class Received:
    """A request a sender made, whatever the answer was."""

    token: str
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class PushService:
    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}  # by token
        self.sockets: dict[str, web.WebSocketResponse] = {}  # by uaid
        self.planned: deque[Planned] = deque()
        self.received: list[Received] = []
        self.log: list[tuple[Any, ...]] = []  # what the browser and the senders did, for assertions
        self._changed = asyncio.Condition()
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # ---- life cycle ----------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> "PushService":
        app = web.Application(client_max_size=8192)
        app.router.add_get("/", self._browser)
        app.router.add_post("/wpush/{token}", self._send)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        for socket in list(self.sockets.values()):
            await socket.close()
        await self._runner.cleanup()

    async def forget(self) -> None:
        """The service loses its database: every browser is told so at its next hello."""
        self.channels.clear()
        for socket in list(self.sockets.values()):
            await socket.close()

    def answer_next(self, *planned: Planned) -> None:
        """The next requests are answered so, whatever they ask."""
        self.planned.extend(planned)

    def sent_to(self, endpoint: str) -> list[Received]:
        token = endpoint.rpartition("/")[2]
        return [request for request in self.received if request.token == token]

    async def wait_for(self, *prefix: Any, within: float = 60) -> tuple[Any, ...]:
        """The first log entry that starts with `prefix`, waiting for it if need be."""

        def hit() -> tuple[Any, ...] | None:
            return next((entry for entry in self.log if entry[: len(prefix)] == prefix), None)

        async with self._changed:
            found = await asyncio.wait_for(self._changed.wait_for(hit), within)
        assert found is not None
        return found

    async def _note(self, *entry: Any) -> None:
        async with self._changed:
            self.log.append(entry)
            self._changed.notify_all()

    # ---- browser side --------------------------------------------------------------------------------------------

    async def _browser(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        uaid = ""
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            match message.get("messageType"):
                case None | "ping":
                    await socket.send_str("{}")
                case "hello":
                    known = {channel.uaid for channel in self.channels.values()}
                    # An unknown uaid means "your subscriptions are gone": a new one makes Firefox drop them.
                    uaid = message.get("uaid") if message.get("uaid") in known else uuid.uuid4().hex
                    self.sockets[uaid] = socket
                    await socket.send_json(
                        {"messageType": "hello", "status": 200, "uaid": uaid, "use_webpush": True, "broadcasts": {}}
                    )
                    await self._note("hello", uaid)
                    for channel in self.channels.values():
                        if channel.uaid == uaid:
                            await self.deliver(channel)
                case "register":
                    channel = self._register(uaid, message["channelID"], message.get("key"))
                    await socket.send_json(
                        {
                            "messageType": "register",
                            "status": 200,
                            "channelID": channel.channel_id,
                            "pushEndpoint": f"{self.origin}/wpush/{channel.token}",
                        }
                    )
                    await self._note("register", channel.channel_id)
                case "unregister":
                    gone = message["channelID"]
                    self.channels = {t: c for t, c in self.channels.items() if c.channel_id != gone}
                    await socket.send_json({"messageType": "unregister", "status": 200, "channelID": gone})
                    await self._note("unregister", gone, message.get("code"))
                case "ack":
                    for update in message["updates"]:
                        for channel in self.channels.values():
                            if channel.channel_id == update["channelID"]:
                                channel.pending.pop(update["version"], None)
                        await self._note("ack", update["version"], update["code"])
                case "nack":
                    await self._note("nack", message.get("version"), message.get("code"))
                case "broadcast_subscribe":
                    pass  # Firefox's own remote settings; nothing to say
        if self.sockets.get(uaid) is socket:
            del self.sockets[uaid]
        return socket

    def _register(self, uaid: str, channel_id: str, key: str | None) -> Channel:
        channel = Channel(uaid, channel_id, unb64(key.rstrip("=")) if key else None)
        self.channels[channel.token] = channel
        return channel

    async def deliver(self, channel: Channel) -> None:
        """Hand a browser that is there what waits for it."""
        socket = self.sockets.get(channel.uaid)
        channel.pending = {v: m for v, m in channel.pending.items() if m.expires > time.time()}
        if socket is None or socket.closed:
            return
        for message in list(channel.pending.values()):
            await socket.send_json(
                {
                    "messageType": "notification",
                    "channelID": channel.channel_id,
                    "version": message.version,
                    "data": b64(message.body),
                    "headers": {"encoding": "aes128gcm"},
                }
            )

    # ---- sender side ---------------------------------------------------------------------------------------------

    async def _send(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        body = await request.read()
        self.received.append(Received(token, dict(request.headers), body))
        if self.planned:
            planned = self.planned.popleft()
            await asyncio.sleep(planned.after)
            return web.Response(status=planned.status, headers=planned.headers, body=planned.body)
        try:
            channel = self._check(request, token, body)
        except Refused as refusal:
            await self._note("refused", refusal.status, str(refusal))
            return web.json_response({"error": str(refusal)}, status=refusal.status)
        topic = request.headers.get("Topic")
        if topic:  # RFC 8030, 5.4: a newer message of a topic replaces the waiting one
            channel.pending = {v: m for v, m in channel.pending.items() if m.topic != topic}
        ttl = int(request.headers["TTL"])
        urgency = request.headers.get("Urgency", "normal")
        message = Message(uuid.uuid4().hex, body, time.time() + max(ttl, 5), urgency, topic)
        channel.pending[message.version] = message
        await self._note("accepted", message.version, ttl, urgency, topic)
        await self.deliver(channel)
        return web.Response(status=201, headers={"Location": f"{self.origin}/m/{message.version}", "TTL": str(ttl)})

    def _check(self, request: web.Request, token: str, body: bytes) -> Channel:
        channel = self.channels.get(token)
        if channel is None:
            raise Refused(410, "no such subscription")
        if channel.key:
            self._check_vapid(request, channel.key)
        if not request.headers.get("TTL", "").isdigit():
            raise Refused(400, "TTL is mandatory")
        if request.headers.get("Content-Encoding") != "aes128gcm":
            raise Refused(415, "only aes128gcm")
        if len(body) > 4096:
            raise Refused(413, "over 4096 bytes")
        if request.headers.get("Urgency", "normal") not in ("very-low", "low", "normal", "high"):
            raise Refused(400, "unknown urgency")
        topic = request.headers.get("Topic", "")
        if len(topic) > 32 or (topic.strip("-_") and not topic.replace("-", "").replace("_", "").isalnum()):
            raise Refused(400, "a topic has at most 32 characters of base64url")
        return channel

    def _check_vapid(self, request: web.Request, key: bytes) -> None:
        scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme.lower() != "vapid" or {"t", "k"} - parts.keys():
            raise Refused(401, "VAPID wanted")
        if unb64(parts["k"]) != key:
            raise Refused(403, "not the key this subscription was made with")
        head, claims, signature = parts["t"].split(".")
        raw = unb64(signature)
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        try:
            public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            raise Refused(403, "bad VAPID signature") from None
        said = json.loads(unb64(claims))
        now = time.time()
        if said.get("aud") != self.origin:
            raise Refused(403, f"audience {said.get('aud')} is not this service")
        if not now < said.get("exp", 0) < now + 86_400 + 60:
            raise Refused(403, "exp must lie within the next 24 hours")
        if not said.get("sub", "").startswith(("mailto:", "https:")):
            raise Refused(403, "sub must say whom to contact")


class Phone:
    """A browser without a browser: subscribes at the service, and reads with the reference library what comes."""

    def __init__(self, service: PushService, key: str | None = None) -> None:
        self._service = service
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self._channel = service._register(uuid.uuid4().hex, str(uuid.uuid4()), key)
        self.endpoint = f"{service.origin}/wpush/{self._channel.token}"

    @property
    def keys(self) -> dict[str, str]:
        point = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": b64(point), "auth": b64(self._auth)}

    @property
    def requests(self) -> list[Received]:
        """What was sent here, whatever the answer was."""
        return self._service.sent_to(self.endpoint)

    @property
    def messages(self) -> list[Any]:
        """What rings: accepted, decrypted, read as JSON."""
        return [json.loads(self.read(message.body)) for message in self._channel.pending.values()]

    def read(self, body: bytes) -> bytes:
        read: bytes = http_ece.decrypt(body, private_key=self._private, auth_secret=self._auth, version="aes128gcm")
        return read

    def leave(self) -> None:
        """The owner opts out in the browser: from now on the service answers 410."""
        del self._service.channels[self._channel.token]
