"""Signing in with VNeID or VNConnect: a client of OpenID Connect's code flow (Core 1.0; RFC 7636, 9207, 9700).

It believes one issuer, named in the settings, and of what that says only what is signed with a key it publishes
(security.md C-06). PyJWT checks signature and times; by whom, for whom and in answer to what is checked here.
"""

import asyncio
import base64
import hashlib
import math
import re
import secrets
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import jwt
import msgspec
import structlog
from yarl import URL

from server.core.lazy import later
from server.core.problems import Problem, Unavailable
from server.core.settings import Settings
from server.core.words import Words

if TYPE_CHECKING:
    import aiohttp
else:
    aiohttp = later("aiohttp")

log = structlog.get_logger()

_TIMEOUT = 5.0  # seconds for a call: connecting, sending, reading
_LONGEST_ANSWER = 64 * 1024
_LEEWAY = 30  # seconds by which clocks may differ
_KEPT = 3600.0  # seconds for which addresses and keys are believed without asking again
_PAUSE = 60.0  # seconds between two questions for a key nobody has heard of
# Signatures only: with HS256 a published key would be a secret, and `none` is no signature.
_ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
_REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_LONGEST_CLAIM = 200

T = TypeVar("T")


class Begun(NamedTuple):
    """A sign-in on its way. `url` is where the browser goes; the rest stays with us, sealed, until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


class Claims(NamedTuple):
    """What the provider vouches for. Issuer and subject together are the person; the rest is as the provider wrote it.

    `assurance` is 2 or 3 (OIDC_ASSURANCE); `phone` is None as well when the provider says that it is not verified.
    """

    issuer: str
    subject: str
    assurance: int
    name: str | None
    phone: str | None
    national_id: str | None


class ProviderAway(Unavailable):
    """The provider did not answer, or said that it cannot. `reason` is for the log."""

    title = Words(
        "VNeID đang không trả lời. Hãy thử lại sau ít phút, hoặc đăng nhập bằng số điện thoại",
        "VNeID is not answering. Try again in a few minutes, or sign in with your phone number",
        "VNeID មិនឆ្លើយតបទេនៅពេលនេះ។ សូមព្យាយាមម្តងទៀតក្នុងពេលបន្តិចទៀត ឬចូលដោយប្រើលេខទូរស័ព្ទ",
    )

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


Reason = Literal[
    "state",  # the browser came back with another sign-in than it went out with
    "issuer",  # somebody else's answer, in the discovery document, the redirect or the token
    "address",  # the discovery document names an address we must not send a secret to
    "certificate",
    "answer",  # a redirect, an unexpected status, too long, or not of the promised shape
    "code",  # the provider did not accept the code or us: spent, expired, or a wrong secret; `error` has its word
    "token",  # not a JWT, or of a form we do not know
    "algorithm",
    "kid",
    "key",
    "signature",
    "expired",
    "early",
    "claims",
    "audience",
    "party",
    "nonce",
    "subject",
    "assurance",
]


class ProviderRefused(Problem):
    """What came back must not be believed. `reason` is for the log and for tests, never for the reply."""

    status = 403
    title = Words(
        "Chưa đăng nhập được bằng VNeID. Hãy đăng nhập lại từ đầu, hoặc dùng số điện thoại",
        "Signing in with VNeID did not work. Start again, or sign in with your phone number",
        "មិនអាចចូលដោយប្រើ VNeID បានទេ។ សូមចាប់ផ្តើមម្តងទៀត ឬចូលដោយប្រើលេខទូរស័ព្ទ",
    )

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


class _Discovery(msgspec.Struct, frozen=True):
    """The provider's own description (OpenID Connect Discovery 1.0, 3); fields it may leave out have its defaults."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str = ""


class _TokenError(msgspec.Struct, frozen=True):
    error: str


class _Kept(Generic[T]):
    """An answer that is asked for when it is first wanted or too old: once, for however many wait for it."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, T]], age: float) -> None:
        self._ask, self._age = ask, age
        self._value: T | None = None
        self._since = self._renewed = -math.inf
        self._asking: asyncio.Task[T] | None = None

    async def get(self) -> T:
        if self._value is None or _now() - self._since >= self._age:
            return await self._join()
        return self._value

    async def renew(self, pause: float) -> T:
        """Asked anew, unless that was done less than `pause` seconds ago: then what there is."""
        if self._asking is None:
            if self._value is not None and _now() - self._renewed < pause:
                return self._value
            self._renewed = _now()
        return await self._join()

    async def _join(self) -> T:
        if self._asking is None:
            self._asking = asyncio.create_task(self._fetch())
        # One who goes away must not take the answer from the others.
        return await asyncio.shield(self._asking)

    async def _fetch(self) -> T:
        since = _now()
        try:
            self._value = await self._ask()
        finally:
            self._asking = None
        self._since = since
        return self._value


class Provider:
    """The one provider of the settings, over pooled connections."""

    def __init__(self, settings: Settings, *, timeout: float = _TIMEOUT, kept: float = _KEPT, pause: float = _PAUSE):
        self._issuer = settings.oidc_issuer
        self._client_id, self._client_secret = settings.oidc_client_id, settings.oidc_client_secret
        self._scopes = settings.oidc_scopes
        levels = (it.rsplit("=", 1) for it in settings.oidc_assurance)
        self._levels = {acr: int(level) for acr, level in sorted(levels, key=lambda it: it[1])}
        self._claims = dict(it.split("=", 1) for it in settings.oidc_claims)
        self._pause = pause
        self._discovery = _Kept(self._discover, kept)
        self._keys = _Kept(self._fetch_keys, kept)
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            # A small answer that unpacks to a large one must not be unpacked.
            auto_decompress=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )

    async def begin(self, redirect_uri: str, *, assurance: int = 2, prompt: str | None = None) -> Begun:
        """Where to send the browser. `prompt` as in Core 3.1.2.1. Raises ProviderAway, ProviderRefused.

        The provider is asked for at least `assurance`; what it gave stands in Claims.
        """
        discovery = await self._discovery.get()
        begun = Begun("", *(secrets.token_urlsafe(32) for _ in range(3)))
        wanted = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": redirect_uri,
            "scope": self._scopes,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": _challenge(begun.verifier),
            "code_challenge_method": "S256",
            # In the order of preference: no more than is needed.
            "acr_values": " ".join(acr for acr, level in self._levels.items() if level >= assurance),
            "prompt": prompt,
        }
        endpoint = discovery.authorization_endpoint
        query = urlencode({name: value for name, value in wanted.items() if value})
        return begun._replace(url=f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{query}")

    async def finish(self, code: str, begun: Begun, redirect_uri: str, *, state: str, iss: str | None = None) -> Claims:
        """Who came back. `code`, `state` and `iss` as they stood in the redirect, `redirect_uri` as in `begin`.

        Raises ProviderAway, ProviderRefused.
        """
        if not state or state != begun.state:
            raise _refused("state")
        discovery = await self._discovery.get()
        # Mix-up (RFC 9207): who says in its description that it names itself must do so.
        if iss != self._issuer and (iss is not None or discovery.authorization_response_iss_parameter_supported):
            raise _refused("issuer")
        tokens = await self._redeem(discovery, code, begun.verifier, redirect_uri)
        said = await self._verify(tokens.id_token, begun.nonce)
        # No default: an unknown word for how sure the provider is must not become a level of ours.
        acr = said.get("acr")
        assurance = self._levels.get(acr) if isinstance(acr, str) else None
        if assurance is None:
            raise _refused("assurance")
        if discovery.userinfo_endpoint and tokens.access_token and not said.keys() >= set(self._claims.values()):
            said = await self._ask_more(discovery.userinfo_endpoint, tokens.access_token, said["sub"]) | said
        phone_refuted = said.get("phone_number_verified") is False
        return Claims(
            issuer=self._issuer,
            subject=said["sub"],
            assurance=assurance,
            name=self._claim(said, "name"),
            phone=None if phone_refuted else self._claim(said, "phone"),
            national_id=self._claim(said, "national_id"),
        )

    async def close(self) -> None:
        await self._http.close()

    # ── the steps ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _discover(self) -> _Discovery:
        url = f"{self._issuer.removesuffix('/')}/.well-known/openid-configuration"
        discovery = _decode(await self._get(url), _Discovery)
        if discovery.issuer != self._issuer:
            raise _refused("issuer")
        for endpoint in (
            discovery.authorization_endpoint,
            discovery.token_endpoint,
            discovery.jwks_uri,
            discovery.userinfo_endpoint,
        ):
            if endpoint is not None and not self._may_ask(endpoint):
                raise _refused("address")
        return discovery

    def _may_ask(self, endpoint: str) -> bool:
        """Never in clear, except where the issuer itself is on this machine, which only a demo's may be."""
        try:
            url, issuer = urlsplit(endpoint), urlsplit(self._issuer)
            plain = re.fullmatch(r"[!-~]+", endpoint) and not re.search(r"[\\#@]", endpoint) and url.port != 0
        except ValueError:
            return False
        here = url.scheme == issuer.scheme == "http" and url.netloc == issuer.netloc
        return bool(plain and url.hostname and (url.scheme == "https" or here))

    async def _fetch_keys(self) -> dict[str, dict[str, Any]]:
        discovery = await self._discovery.get()
        keys = _decode(await self._get(discovery.jwks_uri), _KeySet).keys
        return {key["kid"]: key for key in keys if isinstance(key.get("kid"), str) and key.get("use", "sig") == "sig"}

    async def _redeem(self, discovery: _Discovery, code: str, verifier: str, redirect_uri: str) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if "client_secret_basic" in discovery.token_endpoint_auth_methods_supported:
            # Each part as in a form, before they are put together (RFC 6749, 2.3.1).
            headers["Authorization"] = aiohttp.encode_basic_auth(
                quote_plus(self._client_id), quote_plus(self._client_secret)
            )
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        status, body = await self._call("POST", discovery.token_endpoint, data=form, headers=headers)
        if status in (400, 401):
            raise _refused("code", error=_known(_decode(body, _TokenError).error))
        if status != 200:
            raise _refused("answer", status=status)
        return _decode(body, _Tokens)

    async def _verify(self, token: str, nonce: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in _ALGORITHMS:
                raise _refused("algorithm")
            said: dict[str, Any] = jwt.decode(
                token,
                await self._key(header),
                algorithms=_ALGORITHMS,
                audience=self._client_id,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": _REQUIRED, "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise _refused(_REASONS.get(type(error), "token")) from None
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if said.get("azp", None if several else self._client_id) != self._client_id:
            raise _refused("party")
        if said["nonce"] != nonce:
            raise _refused("nonce")
        # At most 255 ASCII characters (Core 2): it becomes a key.
        if not re.fullmatch(r"[!-~]{1,255}", said["sub"]):
            raise _refused("subject")
        return said

    async def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        """The published key of a token, bound to one algorithm. `jku`, `jwk`, `x5u` in the header mean nothing."""
        kid = header.get("kid")
        keys = await self._keys.get()
        if kid not in keys:
            # Rotated, perhaps; or somebody makes us ask.
            keys = await self._keys.renew(self._pause)
        if kid not in keys:
            raise _refused("kid")
        # An RSA key that names no algorithm serves both of them; every other kind of key has one of its own.
        either = keys[kid].get("kty") == "RSA" and "alg" not in keys[kid]
        return jwt.PyJWK(keys[kid], header["alg"] if either and header["alg"] in ("RS256", "PS256") else None)

    async def _ask_more(self, endpoint: str, access_token: str, subject: str) -> dict[str, Any]:
        body = await self._get(endpoint, headers={"Authorization": f"Bearer {access_token}"})
        said = _decode(body, dict[str, Any])
        # Somebody else's, for a token that was exchanged on its way (Core 5.3.2).
        if said.get("sub") != subject:
            raise _refused("subject")
        return said

    def _claim(self, said: dict[str, Any], name: str) -> str | None:
        value = said.get(self._claims.get(name, ""))
        return value if isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM else None

    # ── the wire ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _get(self, url: str, **request: Any) -> bytes:
        status, body = await self._call("GET", url, **request)
        if status != 200:
            raise _refused("answer", status=status)
        return body

    async def _call(self, method: str, url: str, **request: Any) -> tuple[int, bytes]:
        try:
            async with self._http.request(method, URL(url, encoded=True), allow_redirects=False, **request) as response:
                body = await _read(response.content)
                status = response.status
        except aiohttp.ClientSSLError as error:
            raise _refused("certificate", error=type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _away(type(error).__name__) from None
        if status >= 500 or status in (408, 425, 429):
            raise _away(str(status))
        return status, body


_REASONS: dict[type[Exception], Reason] = {
    jwt.InvalidAlgorithmError: "algorithm",
    jwt.InvalidKeyError: "key",
    jwt.PyJWKError: "key",
    jwt.InvalidSignatureError: "signature",
    jwt.ExpiredSignatureError: "expired",
    jwt.ImmatureSignatureError: "early",
    jwt.MissingRequiredClaimError: "claims",
    jwt.InvalidAudienceError: "audience",
    jwt.InvalidIssuerError: "issuer",
    jwt.exceptions.InvalidSubjectError: "subject",
}


def _refused(reason: Reason, **more: object) -> ProviderRefused:
    log.warning("provider refused", reason=reason, **more)
    return ProviderRefused(reason)


def _away(reason: str) -> ProviderAway:
    log.warning("provider away", reason=reason)
    return ProviderAway(reason)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _challenge(verifier: str) -> str:
    """S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _known(error: str) -> str:
    """An OAuth error code for the log; anything else a provider wrote there stays out of it."""
    return error if re.fullmatch(r"[a-z_]{1,40}", error) else "…"


def _decode(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        raise _refused("answer") from None


async def _read(content: "aiohttp.StreamReader") -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > _LONGEST_ANSWER:
            raise _refused("answer")
    return bytes(body)


_Life = AsyncGenerator[Provider, None]
_open: dict[tuple[asyncio.AbstractEventLoop, Settings], tuple[Provider, _Life]] = {}


async def provider_of(settings: Settings) -> Provider | None:
    """The client of this process, made when it is first needed, closed with its event loop. None: not configured."""
    if not settings.oidc_issuer:
        return None
    key = asyncio.get_running_loop(), settings
    if key not in _open:
        life = _live(settings)
        _open[key] = await anext(life), life
    return _open[key][0]


async def _live(settings: Settings) -> _Life:
    # asyncio closes the generators that have begun when it ends a loop: the one place a process has for good-byes.
    provider = Provider(settings)
    try:
        yield provider
    finally:
        del _open[asyncio.get_running_loop(), settings]
        await provider.close()
