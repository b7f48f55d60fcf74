"""A real, certified OpenID provider on loopback (npm's `oidc-provider`), which lies on command (provider/server.js)."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from server.core.settings import ROOT, Settings
from tests.app import ended

HERE = Path(__file__).with_name("provider")
REDIRECT_URI = "http://localhost:8000/back"
_NODE_FOLDER = ROOT / ".venv" / "node-folder"  # where `make` found or put Node


class OpenIdProvider:
    """The provider of a test run. `issuer` is its address and its name."""

    issuer: str

    async def start(self) -> "OpenIdProvider":
        assert (HERE / "node_modules").is_dir(), f"first: make {HERE.relative_to(ROOT)}/node_modules/.ready"
        node = shutil.which("node", path=_NODE_FOLDER.read_text().strip() if _NODE_FOLDER.exists() else None)
        assert node, "Node is missing: make .venv/node-folder"
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(HERE / "server.js"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._said,
        )
        assert self._process.stdout
        port = (await self._process.stdout.readline()).decode().strip()
        self._said.seek(0)
        assert port, self._said.read().decode()
        self.issuer = f"http://127.0.0.1:{port}"
        return self

    async def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await ended(self._process)
        self._said.close()

    async def want(self, **wanted: Any) -> None:
        """From now on so: any field of HONEST in server.js, e.g. `account="danh"`, `claims={"nonce": "another"}`."""
        async with httpx.AsyncClient(verify=False, timeout=60) as http:
            (await http.post(f"{self.issuer}/control", json=wanted)).raise_for_status()

    async def reset(self) -> None:
        """Honest again, and the counts forgotten. Keys and registered addresses stay."""
        await self.want(reset=True)

    async def register(self, redirect_uri: str) -> None:
        await self.want(redirect_uri=redirect_uri)

    async def rotate(self, old: str = "keep") -> None:
        """Signs with new keys from now on; the old ones stay published ("keep"), or not ("drop")."""
        await self.want(rotate=old)

    async def asked(self, path: str) -> int:
        async with httpx.AsyncClient(verify=False, timeout=60) as http:
            counts = (await http.get(f"{self.issuer}/control")).json()
        return int(counts.get(path, 0))

    def settings(self, settings: Settings, algorithm: str = "RS256", **more: Any) -> Settings:
        """The given ones with this provider in them, as a client whose ID tokens are signed with `algorithm`."""
        ours: dict[str, Any] = {
            "oidc_issuer": self.issuer,
            "oidc_client_id": f"citizen-app-{algorithm}",
            "oidc_client_secret": "of no use: 100 % + anything",
            "oidc_scopes": "openid profile phone citizen",
            "oidc_assurance": ("loa2=2", "loa3=3"),
            "oidc_claims": ("name=name", "phone=phone_number", "national_id=national_id"),
        }
        return msgspec.structs.replace(settings, **(ours | more))

    async def sign_in(self, url: str) -> dict[str, str]:
        """What a browser does that was sent to `url`: the parameters it comes back to us with."""
        async with httpx.AsyncClient(verify=False, timeout=60) as browser:
            while url.startswith(self.issuer):
                answer = await browser.get(url)
                assert answer.is_redirect, f"{answer.status_code} {answer.text[:500]}"
                url = str(answer.url.join(answer.headers["location"]))
        return dict(parse_qsl(urlsplit(url).query))
