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
    """The authenticator of one page."""

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


async def unlocking(page: Page, *, in_fields: bool = True) -> Unlocking:
    """Gives this page's phone a way to unlock. Open the address afterwards: the app asks once whether there is one.

    `in_fields`: the browser offers passkeys in the fields of a form, where this authenticator chooses one at once.
    """
    if not in_fields:
        await page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("WebAuthn.enable", {"enableUI": False})
    added = await cdp.send("WebAuthn.addVirtualAuthenticator", {"options": UNLOCKING})
    return Unlocking(cdp, added["authenticatorId"])
