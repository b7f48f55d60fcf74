"""Signing in with a real, certified provider; and every way in which one could lie to us, be slow, or be away."""

import asyncio
import ssl
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from server.core.problems import Problem
from server.core.settings import Settings
from server.modules.identity.gateways import oidc
from server.modules.identity.gateways.oidc import Begun, Claims, Provider, ProviderAway, ProviderRefused, provider_of
from tests.modules.identity.openid import REDIRECT_URI, OpenIdProvider

DISCOVERY, KEYS, TOKEN, USERINFO = "/.well-known/openid-configuration", "/jwks", "/token", "/me"


@asynccontextmanager
async def client_of(
    provider: OpenIdProvider, algorithm: str = "RS256", *, limits: dict[str, float] | None = None, **settings: Any
) -> AsyncIterator[Provider]:
    """Our side, with settings and limits of its own where they are given."""
    client = Provider(provider.settings(Settings(), algorithm, **settings), **(limits or {}))
    try:
        yield client
    finally:
        await client.close()


async def sign_in(client: Provider, provider: OpenIdProvider, **wanted: Any) -> Claims:
    begun = await client.begin(REDIRECT_URI, **wanted)
    back = await provider.sign_in(begun.url)
    return await client.finish(back["code"], begun, REDIRECT_URI, state=back["state"], iss=back["iss"])


async def refusal(client: Provider, provider: OpenIdProvider) -> str:
    with pytest.raises(ProviderRefused) as refused:
        await sign_in(client, provider)
    return refused.value.reason


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is logged, also where another test's application has already settled how."""
    settled = structlog.get_config()
    structlog.reset_defaults()
    monkeypatch.setattr(oidc, "log", structlog.get_logger())
    with structlog.testing.capture_logs() as logs:
        yield logs
    structlog.configure(**settled)


class TestTheWholeWay:
    @pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
    async def test_a_resident_signs_in(self, honest: OpenIdProvider, algorithm: str) -> None:
        async with client_of(honest, algorithm) as client:
            assert await sign_in(client, honest) == Claims(
                honest.issuer, "an", 2, "Nguyễn Văn An", "+84912345678", "096090000001"
            )

    async def test_what_is_asked_for(self, honest: OpenIdProvider) -> None:
        async with client_of(honest) as client:
            first, second = [await client.begin(REDIRECT_URI, assurance=3, prompt="login") for _ in range(2)]
        asked = dict(parse_qsl(urlsplit(first.url).query))
        assert asked.pop("code_challenge") not in (first.verifier, second.verifier)
        assert asked == {
            "response_type": "code",
            "client_id": "citizen-app-RS256",
            "redirect_uri": REDIRECT_URI,
            "scope": "openid profile phone citizen",
            "state": first.state,
            "nonce": first.nonce,
            "code_challenge_method": "S256",
            "acr_values": "loa3",
            "prompt": "login",
        }
        secret = [*first[1:], *second[1:]]
        assert len(set(secret)) == 6
        assert all(len(urlsafe_b64decode(f"{value}=")) == 32 for value in secret)

    async def test_the_level_that_is_enough_is_asked_for_first(self, honest: OpenIdProvider) -> None:
        async with client_of(honest, oidc_assurance=("high=3", "middle=2")) as client:
            asked = dict(parse_qsl(urlsplit((await client.begin(REDIRECT_URI)).url).query))
        assert asked["acr_values"] == "middle high"

    async def test_how_sure_the_provider_is(self, honest: OpenIdProvider) -> None:
        await honest.want(acr="loa3")
        async with client_of(honest) as client:
            assert (await sign_in(client, honest, assurance=3)).assurance == 3

    async def test_what_is_missing_is_none_and_a_phone_must_be_verified(self, honest: OpenIdProvider) -> None:
        await honest.want(account="danh")
        async with client_of(honest) as client:
            assert (await sign_in(client, honest))[1:] == ("danh", 2, "Danh Thị Sà Rây", None, None)

    async def test_no_more_is_known_than_was_asked_for(self, honest: OpenIdProvider) -> None:
        async with client_of(honest, oidc_scopes="openid") as client:
            assert (await sign_in(client, honest))[1:] == ("an", 2, None, None, None)

    async def test_what_the_token_says_need_not_be_asked(self, honest: OpenIdProvider) -> None:
        await honest.want(claims=WHOLE)
        async with client_of(honest) as client:
            assert (await sign_in(client, honest)).name == "An"
        assert await honest.asked(USERINFO) == 0

    async def test_what_is_signed_counts_more_than_what_is_only_said(self, honest: OpenIdProvider) -> None:
        await honest.want(claims={"name": "An"}, userinfo={"name": "Bình", "acr": "loa3"})
        async with client_of(honest) as client:
            assert (await sign_in(client, honest))[2:4] == (2, "An")

    @pytest.mark.parametrize("value", ["", "x" * 201, 7, None, ["An"]])
    async def test_a_claim_that_is_no_short_text_is_none(self, honest: OpenIdProvider, value: object) -> None:
        await honest.want(userinfo={"name": value})
        async with client_of(honest) as client:
            assert (await sign_in(client, honest))[3:] == (None, "+84912345678", "096090000001")

    @pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
    async def test_we_prove_who_we_are_as_the_provider_wants_it(self, honest: OpenIdProvider, method: str) -> None:
        await honest.want(methods=[method])
        async with client_of(honest) as client:
            assert (await sign_in(client, honest)).subject == "an"

    async def test_many_at_once_ask_for_the_description_and_the_keys_once(self, honest: OpenIdProvider) -> None:
        async with client_of(honest) as client:
            claims = await asyncio.gather(*(sign_in(client, honest) for _ in range(12)))
        assert {it.subject for it in claims} == {"an"}
        assert [await honest.asked(path) for path in (DISCOVERY, KEYS, TOKEN)] == [1, 1, 12]

    async def test_what_was_kept_long_enough_is_asked_for_again(self, honest: OpenIdProvider) -> None:
        async with client_of(honest, limits={"kept": 0}) as client:
            for _ in range(2):
                await sign_in(client, honest)
        assert await honest.asked(KEYS) == 2


# With these in the token nothing more is asked, and so nothing else finds out.
WHOLE = {"name": "An", "phone_number": "+84912345678", "national_id": "096090000001"}
LIES: list[tuple[str, dict[str, Any]]] = [
    ("issuer", {"claims": {"iss": "https://another.example.org"}}),
    ("issuer", {"claims": {"iss": ["https://another.example.org"]}}),
    ("claims", {"claims": {"iss": None}}),
    ("audience", {"claims": {"aud": "another-app"}}),
    ("audience", {"claims": {"aud": ["another-app", "and-another"], "azp": "citizen-app-RS256"}}),
    ("claims", {"claims": {"aud": None}}),
    ("party", {"claims": {"aud": ["citizen-app-RS256", "another-app"]}}),
    ("party", {"claims": {"aud": ["citizen-app-RS256", "another-app"], "azp": "another-app"}}),
    ("party", {"claims": {"azp": "another-app"}}),
    ("expired", {"claims": {"exp": {"now": -3600}}}),
    ("claims", {"claims": {"exp": None}}),
    ("token", {"claims": {"exp": "tomorrow"}}),
    ("early", {"claims": {"iat": {"now": 3600}}}),
    ("early", {"claims": {"nbf": {"now": 3600}}}),
    ("claims", {"claims": {"iat": None}}),
    ("nonce", {"claims": {"nonce": "of-another-sign-in"}}),
    ("nonce", {"claims": {"nonce": ""}}),
    ("claims", {"claims": {"nonce": None}}),
    ("claims", {"claims": {"sub": None}}),
    ("subject", {"claims": {"sub": 7} | WHOLE}),
    ("subject", {"claims": {"sub": ""} | WHOLE}),
    ("subject", {"claims": {"sub": "a\x00b"} | WHOLE}),
    ("subject", {"claims": {"sub": "x" * 256} | WHOLE}),
    ("subject", {"userinfo": {"sub": "danh"}}),
    ("assurance", {"acr": "loa1"}),
    ("assurance", {"claims": {"acr": "loa9"}}),
    ("assurance", {"claims": {"acr": ["loa3"]}}),
    ("assurance", {"claims": {"acr": None}}),
    ("algorithm", {"sign": "none"}),
    ("algorithm", {"sign": "public"}),
    ("algorithm", {"header": {"alg": "RS384"}}),
    ("algorithm", {"sign": "other", "header": {"alg": "ES256"}}),
    ("signature", {"sign": "other"}),
    ("signature", {"sign": "other", "header": {"alg": "PS256"}}),
    ("signature", {"sign": "other", "header": {"jku": "https://another.example.org/jwks", "jwk": {"kty": "RSA"}}}),
    ("kid", {"header": {"kid": "nobody-has-heard-of-it"}}),
    ("kid", {"header": {"kid": None}}),
    ("token", {"header": {"kid": 7}}),
    ("token", {"faults": {TOKEN: {"body": '{"id_token": "x.y.z"}'}}}),
    ("token", {"faults": {TOKEN: {"body": '{"id_token": "\\u01b0"}'}}}),
    ("issuer", {"discovery": {"issuer": "https://another.example.org"}}),
    ("address", {"discovery": {"token_endpoint": "http://another.example.org/token"}}),
    ("address", {"discovery": {"jwks_uri": "http://127.0.0.1:1/jwks"}}),
    ("address", {"discovery": {"userinfo_endpoint": "file:///etc/passwd"}}),
    ("address", {"discovery": {"token_endpoint": "https://us@another.example.org/token"}}),
    ("address", {"discovery": {"token_endpoint": "https://another.example.org\\@x/token"}}),
    ("address", {"discovery": {"token_endpoint": "https://another.example.org:x/token"}}),
    ("address", {"discovery": {"token_endpoint": "https://[/token"}}),
    ("address", {"discovery": {"authorization_endpoint": "javascript:alert(1)"}}),
    ("answer", {"discovery": {"token_endpoint": None}}),
    ("answer", {"faults": {KEYS: {"body": '{"keys": {}}'}}}),
    ("kid", {"faults": {KEYS: {"body": '{"keys": []}'}}}),
    ("kid", {"faults": {KEYS: {"body": '{"keys": [{}, {"kid": 7}]}'}}}),
    ("answer", {"faults": {TOKEN: {"body": "{}"}}}),
    ("code", {"faults": {TOKEN: {"status": 400, "body": '{"error": "invalid_grant"}'}}}),
    ("answer", {"faults": {TOKEN: {"status": 400, "body": "Bad Request"}}}),
    ("answer", {"faults": {TOKEN: {"status": 404}}}),
]


class TestLies:
    @pytest.mark.parametrize(("reason", "lie"), LIES, ids=str)
    async def test_each_is_refused_for_what_it_is(
        self, honest: OpenIdProvider, reason: str, lie: dict[str, Any], logs: list[Any]
    ) -> None:
        await honest.want(**lie)
        async with client_of(honest) as client:
            assert await refusal(client, honest) == reason
            # For those who run it: why, once, and nothing that came from a resident.
            assert [(entry["event"], entry["reason"]) for entry in logs] == [("provider refused", reason)]
            assert set(logs[0]) <= {"event", "reason", "log_level", "error", "status"}
            # What was believed of the lie does not outlive it.
            await honest.reset()
            if reason != "kid":  # which is asked for again after a pause only
                assert (await sign_in(client, honest)).subject == "an"

    @pytest.mark.parametrize(
        "oddity",
        [
            {"claims": {"aud": ["citizen-app-RS256"]}},
            {"claims": {"aud": ["another-app", "citizen-app-RS256"], "azp": "citizen-app-RS256"}},
            {"claims": {"exp": {"now": -10}}},
            {"claims": {"iat": {"now": 10}}},
            {"header": {"typ": "JWT"}},
        ],
        ids=str,
    )
    async def test_what_is_odd_and_true_is_believed(self, honest: OpenIdProvider, oddity: dict[str, Any]) -> None:
        """Otherwise a re-signed token would be refused for being re-signed, and the lies would prove nothing."""
        await honest.want(**oddity)
        async with client_of(honest) as client:
            assert (await sign_in(client, honest)).subject == "an"

    @pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN, USERINFO])
    @pytest.mark.parametrize("status", [302, 307])
    async def test_a_redirect_is_not_followed(self, honest: OpenIdProvider, path: str, status: int) -> None:
        elsewhere = {"Location": f"{honest.issuer}/elsewhere"}
        await honest.want(faults={path: {"status": status, "headers": elsewhere}})
        async with client_of(honest) as client:
            assert await refusal(client, honest) == "answer"
        assert await honest.asked("/elsewhere") == 0

    @pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN, USERINFO])
    @pytest.mark.parametrize(
        "fault",
        [
            {"length": 64 * 1024 + 1},
            {"body": "[]"},
            {"body": '{"a": ' + "[" * 60_000},
            {"body": '{"sub": "ÿ", "id_token": "ÿ", "issuer": "ÿ", "keys": [{"kid": "ÿ"}]}'},
            {"body": ""},
            {"body": "{}", "gzip": True},
        ],
        ids=lambda fault: str(fault)[:30],
    )
    async def test_what_is_too_long_or_of_another_shape(
        self, honest: OpenIdProvider, path: str, fault: dict[str, Any]
    ) -> None:
        await honest.want(faults={path: fault})
        async with client_of(honest) as client:
            assert await refusal(client, honest) == "answer"

    @pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN, USERINFO])
    async def test_what_is_just_not_too_long(self, honest: OpenIdProvider, path: str) -> None:
        await honest.want(faults={path: {"length": 64 * 1024}})
        async with client_of(honest) as client:
            assert (await sign_in(client, honest)).subject == "an"

    async def test_a_certificate_nobody_signed(self, tmp_path: Path) -> None:
        async with impostor(tmp_path) as port:
            settings = Settings(oidc_issuer=f"https://localhost:{port}", oidc_assurance=("loa2=2",))
            client = Provider(settings)
            with pytest.raises(ProviderRefused) as refused:
                await client.begin(REDIRECT_URI)
            await client.close()
        assert refused.value.reason == "certificate"


class TestComingBack:
    @pytest.fixture
    async def client(self, honest: OpenIdProvider) -> AsyncIterator[Provider]:
        async with client_of(honest) as client:
            yield client

    async def leave(self, client: Provider, provider: OpenIdProvider) -> tuple[Begun, dict[str, str]]:
        begun = await client.begin(REDIRECT_URI)
        return begun, await provider.sign_in(begun.url)

    async def finish(
        self, client: Provider, back: dict[str, str], begun: Begun, redirect_uri: str = REDIRECT_URI
    ) -> str:
        with pytest.raises(ProviderRefused) as refused:
            await client.finish(back["code"], begun, redirect_uri, state=back["state"], iss=back.get("iss"))
        return refused.value.reason

    @pytest.mark.parametrize(
        ("reason", "tampered"),
        [
            ("state", {"state": "of-another-sign-in"}),
            ("state", {"state": ""}),
            ("issuer", {"iss": "https://another.example.org"}),
            ("issuer", {"iss": ""}),
            ("issuer", {"iss": None}),  # this provider says that it always names itself
        ],
        ids=str,
    )
    async def test_a_redirect_that_is_not_the_answer(
        self, client: Provider, honest: OpenIdProvider, reason: str, tampered: dict[str, Any]
    ) -> None:
        begun, back = await self.leave(client, honest)
        assert await self.finish(client, back | tampered, begun) == reason
        # Not even the code has left the house.
        assert await honest.asked(TOKEN) == 0

    async def test_a_sign_in_that_never_began(self, client: Provider, honest: OpenIdProvider) -> None:
        _, back = await self.leave(client, honest)
        assert await self.finish(client, back | {"state": ""}, Begun("", "", "", "")) == "state"

    async def test_a_provider_that_does_not_name_itself_in_the_redirect(self, honest: OpenIdProvider) -> None:
        await honest.want(discovery={"authorization_response_iss_parameter_supported": False})
        async with client_of(honest) as client:
            begun, back = await self.leave(client, honest)
            claims = await client.finish(back["code"], begun, REDIRECT_URI, state=back["state"])
        assert claims.subject == "an"

    async def test_a_code_is_good_once(self, client: Provider, honest: OpenIdProvider) -> None:
        begun, back = await self.leave(client, honest)
        await client.finish(back["code"], begun, REDIRECT_URI, state=back["state"], iss=back["iss"])
        assert await self.finish(client, back, begun) == "code"

    async def test_a_stolen_code_is_of_no_use_in_another_sign_in(
        self, client: Provider, honest: OpenIdProvider
    ) -> None:
        _, stolen = await self.leave(client, honest)
        begun, back = await self.leave(client, honest)
        assert await self.finish(client, back | {"code": stolen["code"]}, begun) == "code"

    async def test_another_redirect_uri(self, client: Provider, honest: OpenIdProvider) -> None:
        begun, back = await self.leave(client, honest)
        assert await self.finish(client, back, begun, "http://localhost:8000/elsewhere") == "code"

    async def test_a_wrong_secret(self, honest: OpenIdProvider, logs: list[Any]) -> None:
        async with client_of(honest, oidc_client_secret="another") as client:
            assert await refusal(client, honest) == "code"
            assert logs[0]["error"] == "invalid_client"

    async def test_what_the_provider_writes_freely_stays_out_of_the_log(
        self, honest: OpenIdProvider, logs: list[Any]
    ) -> None:
        await honest.want(faults={TOKEN: {"status": 400, "body": '{"error": "096090000001 is unknown"}'}})
        async with client_of(honest) as client:
            assert await refusal(client, honest) == "code"
        assert logs
        assert "096090000001" not in str(logs)


class TestKeys:
    @pytest.mark.parametrize("old", ["keep", "drop"])
    async def test_a_new_key_is_fetched_once_and_works(self, honest: OpenIdProvider, old: str) -> None:
        async with client_of(honest) as client:
            await sign_in(client, honest)
            await honest.rotate(old)
            # However many come back with the new key before it is here.
            claims = await asyncio.gather(*(sign_in(client, honest) for _ in range(12)))
        assert {it.subject for it in claims} == {"an"}
        assert await honest.asked(KEYS) == 2

    async def test_a_flood_of_unknown_keys_asks_once(self, honest: OpenIdProvider) -> None:
        async with client_of(honest) as client:
            await sign_in(client, honest)
            await honest.want(header={"kid": "nobody-has-heard-of-it"})
            for _ in range(3):
                found = await asyncio.gather(*(refusal(client, honest) for _ in range(8)))
                assert set(found) == {"kid"}
            assert await honest.asked(KEYS) == 2
            # Those with a known key do not notice.
            await honest.want(header={})
            assert (await sign_in(client, honest)).subject == "an"
        assert await honest.asked(KEYS) == 2

    async def test_after_the_pause_it_may_ask_again(self, honest: OpenIdProvider) -> None:
        async with client_of(honest, limits={"pause": 0}) as client:
            await sign_in(client, honest)
            await honest.want(header={"kid": "nobody-has-heard-of-it"})
            for _ in range(3):
                assert await refusal(client, honest) == "kid"
        assert await honest.asked(KEYS) == 4

    async def test_asking_for_an_unknown_key_in_vain_loses_no_known_one(self, honest: OpenIdProvider) -> None:
        async with client_of(honest) as client:
            await sign_in(client, honest)
            await honest.want(header={"kid": "nobody-has-heard-of-it"}, faults={KEYS: {"status": 503}})
            with pytest.raises(ProviderAway):
                await sign_in(client, honest)
            await honest.want(header={})
            assert (await sign_in(client, honest)).subject == "an"

    async def test_a_key_that_is_not_for_signing_signs_nothing(self, honest: OpenIdProvider) -> None:
        begun_with = await keys_of(honest)
        for key in begun_with["keys"]:
            key["use"] = "enc"
        await honest.want(faults={KEYS: {"body": msgspec.json.encode(begun_with).decode()}})
        async with client_of(honest) as client:
            assert await refusal(client, honest) == "kid"

    async def test_a_key_that_names_its_algorithm_serves_no_other(self, honest: OpenIdProvider) -> None:
        keys = await keys_of(honest)
        for key in keys["keys"]:
            if key["kty"] == "RSA":
                key["alg"] = "PS256"
        await honest.want(faults={KEYS: {"body": msgspec.json.encode(keys).decode()}})
        async with client_of(honest) as client:
            assert await refusal(client, honest) == "algorithm"

    async def test_a_weak_or_broken_key_is_refused(self, honest: OpenIdProvider) -> None:
        keys = await keys_of(honest)
        weak = {"n": "_" * 171}  # 1,026 bits of ones
        for broken in (weak, {"n": "AQAB"}, {"n": 7}, {"n": "!"}, {"kty": "oct", "k": "AQAB"}, {"kty": []}):
            odd = {"keys": [key | broken if key["kty"] == "RSA" else key for key in keys["keys"]]}
            await honest.want(faults={KEYS: {"body": msgspec.json.encode(odd).decode()}})
            async with client_of(honest) as client:
                assert await refusal(client, honest) in ("key", "algorithm"), broken


class TestAway:
    @pytest.mark.parametrize("path", [DISCOVERY, KEYS, TOKEN, USERINFO])
    @pytest.mark.parametrize(
        "fault",
        [
            {"drop": True},
            {"hang": True},
            {"status": 500},
            {"status": 503},
            {"status": 429},
            {"headers": {"Content-Length": "9"}},
        ],
        ids=str,
    )
    async def test_down_or_slow(self, honest: OpenIdProvider, path: str, fault: dict[str, Any]) -> None:
        await honest.want(faults={path: fault})
        # Short only where it is waited for: afterwards an honest answer must come in time, on a busy machine too.
        async with client_of(honest, limits={"timeout": 1.5 if "hang" in fault else 10}) as client:
            async with asyncio.timeout(9):
                with pytest.raises(ProviderAway):
                    await sign_in(client, honest)
            # And it is back as soon as it is back.
            await honest.reset()
            assert (await sign_in(client, honest)).subject == "an"

    async def test_nobody_there(self, unused_tcp_port: int) -> None:
        client = Provider(Settings(oidc_issuer=f"http://127.0.0.1:{unused_tcp_port}"))
        with pytest.raises(ProviderAway):
            await client.begin(REDIRECT_URI)
        await client.close()

    async def test_those_who_wait_wait_together(self, honest: OpenIdProvider) -> None:
        await honest.want(faults={DISCOVERY: {"hang": True}})
        async with client_of(honest, limits={"timeout": 0.5}) as client:
            async with asyncio.timeout(5):
                found = await asyncio.gather(*(client.begin(REDIRECT_URI) for _ in range(20)), return_exceptions=True)
        assert {type(it) for it in found} == {ProviderAway}
        assert await honest.asked(DISCOVERY) == 1

    async def test_one_who_goes_away_does_not_take_the_answer_along(self, honest: OpenIdProvider) -> None:
        async with client_of(honest) as client:
            hasty, patient = (asyncio.create_task(client.begin(REDIRECT_URI)) for _ in range(2))
            await asyncio.sleep(0)  # both have asked
            hasty.cancel()
            assert (await patient).url.startswith(honest.issuer)
        assert await honest.asked(DISCOVERY) == 1

    def test_the_limit_is_five_seconds(self) -> None:
        async def limit() -> float | None:
            client = Provider(Settings(oidc_issuer="https://vneid.example.org"))
            await client.close()
            return client._http.timeout.total

        assert asyncio.run(limit()) == 5


@pytest.mark.parametrize(("problem", "status"), [(ProviderAway("503"), 503), (ProviderRefused("nonce"), 403)])
def test_a_refusal_names_the_way_on_and_not_the_reason(problem: Problem, status: int) -> None:
    assert problem.status == status
    for sentence, phone in zip(problem.detail, ("số điện thoại", "phone number", "លេខទូរស័ព្ទ"), strict=True):
        assert phone in sentence
        assert "nonce" not in sentence
    assert problem.extra == {}


def test_the_client_of_a_process_is_closed_with_its_loop() -> None:
    settings = Settings(oidc_issuer="https://vneid.example.org")

    async def use() -> Provider:
        assert await provider_of(Settings()) is None
        client = await provider_of(settings)
        assert client
        assert await provider_of(settings) is client
        return client

    first, second = asyncio.run(use()), asyncio.run(use())
    assert first is not second
    assert first._http.closed
    assert second._http.closed


async def keys_of(provider: OpenIdProvider) -> dict[str, Any]:
    async with httpx.AsyncClient() as http:
        keys: dict[str, Any] = (await http.get(provider.issuer + KEYS)).json()
    return keys


@asynccontextmanager
async def impostor(folder: Path) -> AsyncIterator[int]:
    """A TLS server on loopback with a certificate it has made itself; its port."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")]),
    )
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "impostor.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
