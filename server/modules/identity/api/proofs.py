"""Proving once more who one is, before a sensitive act: what a guard with `fresh=True` asks for (`proof-needed`)."""

from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, resident, signed_in, staff
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.modules.identity.api.cookies import PASSKEYS, asked_reply, browser_of, marked, signed_in_reply
from server.modules.identity.schemas import AskedReply, SessionReply, UseCode
from server.modules.identity.schemas.sign_in import (
    GiveTimeCode,
    PasskeyOptionsReply,
    ProofWaysReply,
    ProveWithPasskey,
)
from server.modules.identity.service.ceremonies import SignInLost
from server.modules.identity.service.codes import CodeRefused, PhoneSignInOff
from server.modules.identity.service.passkeys import PasskeyRefused, Passkeys
from server.modules.identity.service.proofs import NoPhone, Proofs

_OWN = (SignInNeeded, NotAllowed, Unavailable)


class ProofController(Controller):
    path = "/identity/prove"
    tags = ("identity",)

    @get("/", guards=[signed_in], responses=problems(*_OWN))
    async def list_proofs(self, request: AnyRequest, proofs: NamedDependency[Proofs]) -> ProofWaysReply:
        """How the caller can prove who they are."""
        ways = await proofs.ways_of(request.user)
        return ProofWaysReply(
            passkey=ways.passkey,
            authenticator=ways.authenticator,
            phone=ways.phone,
            vneid=ways.vneid,
            shown=ways.shown,
        )

    @post("/passkey/options", status_code=200, guards=[signed_in], responses=problems(*_OWN))
    async def begin_passkey_proof(
        self, request: AnyRequest, passkeys: NamedDependency[Passkeys]
    ) -> Response[PasskeyOptionsReply]:
        """What to ask the authenticator: one of the caller's own passkeys. Good for five minutes."""
        browser = browser_of(request, PASSKEYS)
        return marked(PasskeyOptionsReply(options=await passkeys.begin_proof(request.user, browser)), browser, PASSKEYS)

    @post(
        "/passkey",
        status_code=200,
        guards=[signed_in],
        responses=problems(InputRefused, PasskeyRefused, SignInLost, *_OWN),
    )
    async def prove_with_passkey(
        self, request: AnyRequest, data: JSONBody[ProveWithPasskey], proofs: NamedDependency[Proofs]
    ) -> Response[SessionReply]:
        """Proved by a passkey; the session goes on under a new token."""
        return signed_in_reply(
            *await proofs.with_passkey(request.user, data.credential.plain(), browser_of(request, PASSKEYS))
        )

    @post(
        "/authenticator",
        status_code=200,
        guards=[staff],
        responses=problems(InputRefused, CodeRefused, TooManyRequests, *_OWN),
    )
    async def prove_with_time_code(
        self, request: AnyRequest, data: JSONBody[GiveTimeCode], proofs: NamedDependency[Proofs]
    ) -> Response[SessionReply]:
        """Proved by the code of an authenticator app; the session goes on under a new token."""
        return signed_in_reply(*await proofs.with_time_code(request.user, data.digits, browser_of(request)))

    @post(
        "/codes",
        status_code=202,
        guards=[resident()],
        responses=problems(NoPhone, PhoneSignInOff, TooManyRequests, *_OWN),
    )
    async def ask_for_proof_code(self, request: AnyRequest, proofs: NamedDependency[Proofs]) -> Response[AskedReply]:
        """Send a code to the caller's own phone."""
        browser = browser_of(request)
        return asked_reply(await proofs.ask_for_code(request.user, browser), browser)

    @post(
        "/codes/{code_id:uuid}",
        status_code=200,
        guards=[resident()],
        responses=problems(InputRefused, CodeRefused, NotFound, *_OWN),
    )
    async def prove_with_code(
        self, request: AnyRequest, code_id: FromPath[UUID], data: JSONBody[UseCode], proofs: NamedDependency[Proofs]
    ) -> Response[SessionReply]:
        """Proved by the code that was sent; the session goes on under a new token."""
        return signed_in_reply(*await proofs.with_code(request.user, code_id, data.digits, browser_of(request)))
