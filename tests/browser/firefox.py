"""A headless Firefox over WebDriver BiDi: no geckodriver, no Selenium, no Node, no display. Needs only aiohttp.

What bites, in the order it bites:

- With a remote protocol on, Firefox forces `dom.push.connection.enabled=false` unless the preference has a value of
  the user's; writing `true` gives it none, for true is the default. Hence `remote.prefs.recommended=false`.
- Without `dom.push.testing.allowInsecureServerURL` a `ws://` push service is ignored without a word.
- Without `security.notification_enable_delay=0` a press soon after the permission prompt appears is ignored.
- `dom.webnotifications.disable_open_click_delay` stays as it is: 0 means that a click may never open a window.
- Without D-Bus (`alerts.useSystemBackend=false`) notifications are windows of the browser, which BiDi can see. Seeing
  them and the prompt takes `--remote-allow-system-access`, full control over the browser: for tests only.
- Firefox drops messages for an origin that was never visited: let a page load, and use the profile again.
"""

import asyncio
import json
import os
import re
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, Self

import aiohttp

PREFERENCES: dict[str, object] = {
    "remote.prefs.recommended": False,
    "intl.accept_languages": "vi",
    "dom.push.enabled": True,
    "dom.push.connection.enabled": True,
    "dom.push.testing.allowInsecureServerURL": True,
    "dom.push.retryBaseInterval": 200,
    "dom.push.quotaUpdateDelay": 500,
    "dom.serviceWorkers.enabled": True,
    "security.notification_enable_delay": 0,
    "alerts.useSystemBackend": False,
    # Everything but loopback goes to a closed port: a test can neither reach the internet nor depend on it.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "localhost, 127.0.0.1",
    "network.proxy.failover_direct": False,
    "network.manage-offline-status": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "services.settings.server": "data:,#remote-settings",
    "app.update.disabledForTesting": True,
    "app.normandy.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.newtabpage.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.server": "data:,",
    "extensions.update.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "termsofuse.bypassNotification": True,
    "toolkit.startup.max_resumed_crashes": -1,
}


class BidiError(RuntimeError):
    pass


class Firefox:
    """`async with Firefox(push_port, profile) as firefox:` one browser; with the same folder again, the same one."""

    def __init__(self, push_port: int, profile: Path) -> None:
        self._preferences = PREFERENCES | {"dom.push.serverURL": f"ws://127.0.0.1:{push_port}/"}
        self._profile = profile
        self._ids = count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def __aenter__(self) -> Self:
        binary = shutil.which("firefox-esr") or shutil.which("firefox")
        if binary is None:
            raise BidiError("no Firefox on this machine: sh tests/browser/install.sh")
        self._profile.mkdir(exist_ok=True)
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in self._preferences.items()]
        (self._profile / "user.js").write_text("\n".join(lines))
        # HOME must belong to whoever runs Firefox.
        environment = os.environ | {
            "HOME": str(self._profile),
            "MOZ_HEADLESS": "1",
            "MOZ_CRASHREPORTER_DISABLE": "1",
        }
        self._process = await asyncio.create_subprocess_exec(
            *(binary, "--headless", "--no-remote", "--profile", str(self._profile)),
            *("--remote-debugging-port=0", "--remote-allow-system-access", "about:blank"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=environment,
        )
        assert self._process.stdout
        address = await asyncio.wait_for(_listening(self._process.stdout), 60)
        self._drain = asyncio.create_task(_drain(self._process.stdout))
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(address + "/session", max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        await self.call("session.new", capabilities={"alwaysMatch": {}})
        tree = await self.call("browsingContext.getTree", maxDepth=0)
        self.tab = tree["contexts"][0]["context"]
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(BidiError, TimeoutError, ConnectionError):
            await asyncio.wait_for(self.call("browser.close"), 10)
        try:
            await asyncio.wait_for(self._process.wait(), 15)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        for task in (self._reader, self._drain):
            task.cancel()
        await asyncio.gather(self._reader, self._drain, return_exceptions=True)
        await self._http.close()

    async def _read(self) -> None:
        async for frame in self._socket:
            message = json.loads(frame.data)
            if (waiting := self._waiting.pop(message.get("id"), None)) and not waiting.done():
                waiting.set_result(message)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BidiError("connection closed"))

    async def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        self._waiting[number] = future = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        reply = await asyncio.wait_for(future, 60)
        if reply["type"] == "error":
            raise BidiError(f"{method}: {reply['error']}: {reply['message']}")
        return reply["result"]

    # ---- the page ------------------------------------------------------------------------------------------------

    async def goto(self, url: str) -> None:
        await self.call("browsingContext.navigate", context=self.tab, url=url, wait="complete")

    async def js(self, body: str, **names: Any) -> Any:
        """Run `body` as an async function; arguments and result travel as JSON."""
        wrapped = (
            f"async names => {{ const {{{', '.join(names)}}} = JSON.parse(names);"
            f" return JSON.stringify(await (async () => {{ {body} }})() ?? null) }}"
        )
        reply = await self.call(
            "script.callFunction",
            functionDeclaration=wrapped,
            awaitPromise=True,
            userActivation=True,
            target={"context": self.tab},
            arguments=[{"type": "string", "value": json.dumps(names)}],
        )
        if reply["type"] == "exception":
            raise BidiError(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"]["value"])

    async def text(self) -> str:
        said: str = await self.js("return document.body.innerText")
        return said

    async def tap(self, words: str) -> None:
        """A finger on the button, link or label that says `words`; unlike a script's click, a real gesture."""
        css = "button, a, label"
        found = await self.call("browsingContext.locateNodes", context=self.tab, locator={"type": "css", "value": css})
        for node in found["nodes"]:
            target = {"sharedId": node["sharedId"]}
            if await self._is_it(target, words):
                await self._touch(target)
                return
        raise BidiError(f"nothing to tap says {words!r}:\n{await self.text()}")

    async def _is_it(self, target: dict[str, str], words: str) -> bool:
        """Whether the element says so; then it is also brought into view."""
        reply = await self.call(
            "script.callFunction",
            functionDeclaration="""(node, words) => {
                if (!node.innerText.trim().startsWith(words)) return false
                node.scrollIntoView({ block: 'center', behavior: 'instant' })
                return true
            }""",
            awaitPromise=False,
            target={"context": self.tab},
            arguments=[target, {"type": "string", "value": words}],
        )
        found: bool = reply["result"]["value"]
        return found

    async def _touch(self, target: dict[str, str]) -> None:
        finger = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": target}},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        await self.call(
            "input.performActions",
            context=self.tab,
            actions=[{"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": finger}],
        )

    async def tabs(self) -> list[str]:
        """The addresses of all open tabs."""
        return [tab["url"] for tab in (await self.call("browsingContext.getTree", maxDepth=0))["contexts"]]

    # ---- the browser's own windows -------------------------------------------------------------------------------

    async def _windows(self, page: str) -> list[str]:
        tree = await self.call("browsingContext.getTree", maxDepth=0, **{"moz:scope": "chrome"})
        return [window["context"] for window in tree["contexts"] if window["url"].endswith(page)]

    async def _in_window(self, window: str, expression: str) -> Any:
        reply = await self.call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            awaitPromise=True,
            target={"context": window},
        )
        if reply["type"] == "exception":
            raise BidiError(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"].get("value", "null"))

    async def answer_prompt(self, *, allow: bool) -> None:
        """Press Allow or Block in the question for the permission, as a person would."""
        window = (await self._windows("/browser.xhtml"))[0]
        button = "button" if allow else "secondaryButton"
        await self._in_window(
            window,
            f"""(async () => {{
                const end = Date.now() + 50_000
                while (PopupNotifications.panel.state != 'open') {{
                    if (Date.now() > end) throw new Error('no permission prompt')
                    await new Promise(done => setTimeout(done, 50))
                }}
                const asked = [...PopupNotifications.panel.querySelectorAll('popupnotification')]
                asked.find(one => one.notification).{button}.click()
            }})()""",
        )

    async def alerts(self) -> list[tuple[str, str]]:
        """Title and body of each notification on the desktop."""
        return [words for _, words in await self._alerts()]

    async def click_alert(self, title: str) -> None:
        for window, (said, _) in await self._alerts():
            if said == title:
                await self._in_window(window, "document.getElementById('alertBox').click()")
                return
        raise BidiError(f"no notification says {title!r}")

    async def _alerts(self) -> list[tuple[str, tuple[str, str]]]:
        words = "['alertTitleLabel', 'alertTextLabel'].map(id => document.getElementById(id))"
        said = []
        for window in await self._windows("/alert.xhtml"):
            # One that is only opening has no words yet, and one that was just replaced is no longer there.
            with suppress(BidiError):
                title, body = await self._in_window(window, f"{words}.map(one => one.value || one.textContent)")
                said.append((window, (title, body)))
        return said


async def _listening(output: asyncio.StreamReader) -> str:
    async for line in output:
        if found := re.search(rb"WebDriver BiDi listening on (ws://\S+)", line):
            return found[1].decode()
    raise BidiError("Firefox ended before it listened")


async def _drain(output: asyncio.StreamReader) -> None:
    async for _ in output:
        pass
