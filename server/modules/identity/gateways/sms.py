"""Who carries codes to phones. Two providers, the second when the first fails; by default none, and a console."""

import sys
from typing import TYPE_CHECKING, Protocol

import msgspec
import structlog

from server.core.lazy import later
from server.core.settings import Settings
from server.core.words import Language

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = later("aiohttp")

log = structlog.get_logger()

_TIMEOUT = 8.0  # seconds for everything
_LONGEST_ANSWER = 64 * 1024


class CannotSend(Exception):
    """No provider took the message; why stands in the log."""


class Sent(msgspec.Struct, frozen=True):
    """Which provider took it, and what it calls the message."""

    provider: str
    reference: str


class Sender(Protocol):
    """Carries a short text to a phone. Raises CannotSend."""

    async def send(self, to: str, text: str, language: Language) -> Sent: ...


class ConsoleSender:
    """Writes to standard error instead of sending: for a demonstration and for developing."""

    async def send(self, to: str, text: str, language: Language) -> Sent:
        sys.stderr.write(f"\n  SMS: {text}\n\n")
        return Sent("console", "")


class HttpSender:
    """One provider behind one address: `POST {"to", "text"}` with a bearer token, any 2xx is taken."""

    def __init__(self, name: str, url: str, token: str) -> None:
        self._name, self._url, self._token = name, url, token

    async def send(self, to: str, text: str, language: Language) -> Sent:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT)) as session,
                session.post(
                    self._url, json={"to": to, "text": text, "lang": language}, headers=headers, allow_redirects=False
                ) as answer,
            ):
                body = await answer.content.read(_LONGEST_ANSWER)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise CannotSend(type(error).__name__) from None
        if answer.status // 100 != 2:
            raise CannotSend(str(answer.status))
        return Sent(self._name, _reference(body))


def _reference(body: bytes) -> str:
    try:
        said = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        return ""
    return str(said.get("id", ""))[:100]


class SwitchingSender:
    """The first provider that takes the message."""

    def __init__(self, senders: list[tuple[str, Sender]]) -> None:
        self._senders = senders

    async def send(self, to: str, text: str, language: Language) -> Sent:
        for name, sender in self._senders:
            try:
                return await sender.send(to, text, language)
            except CannotSend as error:
                log.error("sms provider failed", provider=name, reason=str(error))
        raise CannotSend("no provider took it")


def sender_of(settings: Settings) -> Sender | None:
    """The providers of SMS_URLS in their order. When none is set: the console in a demo, and else nobody."""
    if not settings.sms_urls:
        return ConsoleSender() if settings.demo else None
    names = ["first", "second", "third"]
    tokens = [*settings.sms_tokens, "", ""]
    return SwitchingSender(
        [
            (name, HttpSender(name, url, token))
            for name, url, token in zip(names, settings.sms_urls, tokens, strict=False)
        ]
    )
