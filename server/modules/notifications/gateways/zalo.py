"""A word over Zalo: its notification service for business (ZNS), which sends a template that Zalo has approved.

POST {phone, template_id, template_data, tracking_id} with the header `access_token`; the answer is 200 whatever
happened, and says in `error` what did (0: taken). Field names are those of its published interface.
"""

import sys
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from server.core.lazy import later
from server.core.settings import Settings
from server.modules.notifications.rules.other_ways import NotTaken

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = later("aiohttp")

_TIMEOUT = 8.0  # seconds for everything
_LONGEST_ANSWER = 64 * 1024
_NEVER = {-108, -114, -118, -119, -135}
"""This phone cannot be reached there: it is no number, has no account, or its owner takes no such messages."""


class _Answer(msgspec.Struct):
    error: int
    message: str = ""


async def send(settings: Settings, phone: str, tracking_id: UUID) -> str | None:
    """Who took it; None when nobody carries any, or when this phone cannot be reached so. Raises NotTaken.

    `phone` in E.164. The template has no parameter of ours: what it says names nothing.
    """
    if not settings.zalo_url:
        if not settings.demo:
            return None
        sys.stderr.write("\n  Zalo: một tin báo có tin mới\n\n")
        return "console"
    body = {
        "phone": phone.removeprefix("+"),
        "template_id": settings.zalo_template,
        "template_data": {},
        "tracking_id": str(tracking_id),
    }
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT)) as session,
            session.post(
                settings.zalo_url, json=body, headers={"access_token": settings.zalo_token}, allow_redirects=False
            ) as answer,
        ):
            said = msgspec.json.decode(await answer.content.read(_LONGEST_ANSWER), type=_Answer)
    except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError) as error:
        raise NotTaken(type(error).__name__) from None
    if said.error in _NEVER:
        return None
    if answer.status != 200 or said.error:
        raise NotTaken(f"{answer.status}/{said.error}")
    return "zalo"
