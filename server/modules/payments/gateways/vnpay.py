"""Asks VNPay what became of an order (`querydr`), and to give money back (`refund`). Its notices come by themselves."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

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


class OrderNotAnswered(GatewayAway):
    """It answers, and says nothing of this one order."""


async def ask(settings: Settings, reference: str, begun: datetime) -> dict[str, str] | None:
    """The fields it answers with, whose signature is right; None when it knows no such order.

    Raises GatewayAway, OrderNotAnswered.
    """
    asked = vnpay.question(
        secret=settings.vnpay_secret,
        merchant=settings.vnpay_tmn_code,
        reference=reference,
        begun=begun,
        now=datetime.now(UTC),
        request_id=uuid4().hex,
    )
    fields = await _post(settings, asked)
    if fields.get("vnp_ResponseCode") == "91":  # no such order
        return None
    if fields.get("vnp_ResponseCode") != "00" or fields.get("vnp_TxnRef") != reference:
        raise OrderNotAnswered(f"it answered code {fields.get('vnp_ResponseCode', '')[:4]}")
    return fields


async def give_back(
    settings: Settings, reference: str, gateway_ref: str, begun: datetime, paid: int, amount: int, request_id: UUID
) -> dict[str, str]:
    """Ask for so much of what an order has paid: what it answers, signed. Of one `request_id` it gives once.

    Raises GatewayAway.
    """
    asked = vnpay.refund(
        secret=settings.vnpay_secret,
        merchant=settings.vnpay_tmn_code,
        reference=reference,
        gateway_ref=gateway_ref,
        begun=begun,
        paid=paid,
        amount=amount,
        now=datetime.now(UTC),
        request_id=request_id.hex,
    )
    return await _post(settings, asked)


async def _post(settings: Settings, asked: dict[str, str]) -> dict[str, str]:
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
    return fields
