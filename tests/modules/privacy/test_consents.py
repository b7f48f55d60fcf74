"""Consent is never there beforehand, is given to the words of today, and can be taken back."""

from tests.modules.identity.conftest import Browser


async def given(browser: Browser) -> dict[str, bool]:
    items = (await browser.get("/api/privacy/consents")).json()["items"]
    return {item["purpose"]: item["given_at"] is not None for item in items}


async def test_nothing_is_agreed_to_beforehand(browser: Browser, phone: str) -> None:
    await browser.sign_in(phone)
    state = await given(browser)
    assert state
    assert not any(state.values())


async def test_it_is_given_and_taken_back(browser: Browser, phone: str) -> None:
    await browser.sign_in(phone)
    for _ in range(2):  # a second time changes nothing
        assert (await browser.put("/api/privacy/consents/sms", json={"version": 1})).status_code == 204
    assert (await given(browser))["sms"]
    for _ in range(2):
        assert (await browser.delete("/api/privacy/consents/sms")).status_code == 204
    assert not (await given(browser))["sms"]


async def test_words_that_changed_are_read_again(browser: Browser, phone: str) -> None:
    await browser.sign_in(phone)
    reply = await browser.put("/api/privacy/consents/sms", json={"version": 99})
    assert (reply.status_code, reply.json()["type"]) == (412, "text-changed")


async def test_an_unknown_purpose(browser: Browser, phone: str) -> None:
    await browser.sign_in(phone)
    assert (await browser.put("/api/privacy/consents/nothing", json={"version": 1})).status_code == 404
    assert (await browser.delete("/api/privacy/consents/nothing")).status_code == 404
