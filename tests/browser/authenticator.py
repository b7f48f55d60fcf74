"""A phone's own unlocking, as Chromium's protocol pretends it: a finger that is always the right one."""

from typing import Any

from playwright.async_api import CDPSession, Page

UNLOCKING = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Unlocking:
    """The authenticator of one page; what it holds can be carried over to another one, as a cloud does."""

    def __init__(self, cdp: CDPSession, authenticator: str) -> None:
        self._cdp, self._authenticator = cdp, authenticator

    async def refuse(self) -> None:
        """The wrong finger, or none: the dialog is closed."""
        await self._set(False)

    async def agree(self) -> None:
        await self._set(True)

    async def _set(self, verified: bool) -> None:
        said = {"authenticatorId": self._authenticator, "isUserVerified": verified}
        await self._cdp.send("WebAuthn.setUserVerified", said)

    async def held(self) -> list[dict[str, Any]]:
        """The passkeys that it holds."""
        found = await self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._authenticator})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials

    async def take(self, credentials: list[dict[str, Any]]) -> None:
        for one in credentials:
            asked = {"authenticatorId": self._authenticator, "credential": one}
            await self._cdp.send("WebAuthn.addCredential", asked)


async def unlocking(page: Page) -> Unlocking:
    """Gives this page's phone a way to unlock. Open the address afterwards: the app asks once whether there is one."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable", {"enableUI": False})
    added = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": UNLOCKING})
    return Unlocking(cdp, added["authenticatorId"])
