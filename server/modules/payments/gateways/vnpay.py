"""Asks VNPay what became of an order (`querydr`). We ask and it answers; its notices come by themselves."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec

from server.core.lazy import later
from server.core.settings import Settings
from server.modules.payments.rules import vnpay

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = later("aiohttp")

_TIMEOUT = 10.0
_LONGEST_ANSWER = 64 * 1024


class GatewayAway(Exception):
    """It did not answer, or not what was agreed. The message is for the operator; it holds nothing personal."""


async def ask(settings: Settings, reference: str, begun: datetime) -> dict[str, str] | None:
    """The fields it answers with, whose signature is right; None when it knows no such order. Raises GatewayAway."""
    asked = vnpay.question(
        secret=settings.vnpay_secret,
        merchant=settings.vnpay_tmn_code,
        reference=reference,
        begun=begun,
        now=datetime.now(UTC),
        request_id=uuid4().hex,
    )
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http,
            http.post(settings.vnpay_api_url, json=asked, allow_redirects=False) as answer,
        ):
            body = await answer.content.read(_LONGEST_ANSWER)
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise GatewayAway(type(error).__name__) from None
    if status != 200:
        raise GatewayAway(f"it answered {status}")
    try:
        fields = msgspec.json.decode(body, type=dict[str, str])
    except msgspec.MsgspecError:
        raise GatewayAway("its answer is not of the agreed shape") from None
    if not vnpay.is_reply_signed(settings.vnpay_secret, fields):
        raise GatewayAway("its answer is not signed")
    if fields.get("vnp_ResponseCode") == "91":  # no such order
        return None
    if fields.get("vnp_ResponseCode") != "00" or fields.get("vnp_TxnRef") != reference:
        raise GatewayAway(f"it answered code {fields.get('vnp_ResponseCode', '')[:4]}")
    return fields
