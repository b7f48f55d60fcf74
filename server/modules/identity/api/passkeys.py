"""Passkeys: one's own, and signing in with one."""

from uuid import UUID

from litestar import Controller, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, anyone, own, signed_in
from server.core.limits import at_most
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.modules.identity.api.cookies import PASSKEYS, browser_of, device_name, marked, signed_in_reply
from server.modules.identity.models import Method, Resident
from server.modules.identity.schemas import SessionReply
from server.modules.identity.schemas.sign_in import (
    AddPasskey,
    PasskeyOptionsReply,
    PasskeyReply,
    PasskeysReply,
    RenamePasskey,
    SignInWithPasskey,
)
from server.modules.identity.service.ceremonies import SignInLost
from server.modules.identity.service.passkeys import (
    PasskeyKnown,
    PasskeyNotFound,
    PasskeyRefused,
    Passkeys,
    TooManyPasskeys,
)
from server.modules.identity.service.sessions import Sessions

_OWN = (InputRefused, SignInNeeded, NotAllowed, ProofNeeded, Unavailable)


class PasskeyController(Controller):
    path = "/identity/passkeys"
    tags = ("identity",)

    @post(
        "/sign-in/options",
        status_code=200,
        guards=[anyone, at_most(300, per=900, rule="passkey-begin", in_all=6000)],
        responses=problems(TooManyRequests, Unavailable),
    )
    async def begin_passkey_sign_in(
        self, request: AnyRequest, passkeys: NamedDependency[Passkeys]
    ) -> Response[PasskeyOptionsReply]:
        """What to ask the authenticator for a sign-in: any passkey of this site. Good for five minutes."""
        browser = browser_of(request, PASSKEYS)
        return marked(PasskeyOptionsReply(options=await passkeys.begin_sign_in(browser)), browser, PASSKEYS)

    @post(
        "/sign-in",
        status_code=200,
        guards=[anyone, at_most(300, per=900, rule="passkey-try", in_all=6000)],
        responses=problems(InputRefused, PasskeyRefused, SignInLost, TooManyRequests, Unavailable),
    )
    async def sign_in_with_passkey(
        self,
        request: AnyRequest,
        data: JSONBody[SignInWithPasskey],
        passkeys: NamedDependency[Passkeys],
        sessions: NamedDependency[Sessions],
    ) -> Response[SessionReply]:
        """Sign in, as a resident or as staff: whose passkey it is tells."""
        owner, assurance = await passkeys.sign_in(data.credential.plain(), browser_of(request, PASSKEYS))
        device = device_name(request)
        if isinstance(owner, Resident):
            session, token = await sessions.open_for_resident(
                owner, Method.PASSKEY, assurance=assurance, shared=data.shared, device=device
            )
            return signed_in_reply(session, token, sessions.caller_of(session, owner))
        session, token = await sessions.open_for_staff(owner, Method.PASSKEY, device=device)
        caller = sessions.caller_of(session, owner, await sessions.permissions_of(owner.id))
        return signed_in_reply(session, token, caller)

    @get("/", guards=[signed_in], responses=problems(SignInNeeded, NotAllowed, Unavailable))
    async def list_passkeys(self, request: AnyRequest, passkeys: NamedDependency[Passkeys]) -> PasskeysReply:
        """The caller's own passkeys, the oldest first."""
        return PasskeysReply(items=[PasskeyReply.of(it) for it in await passkeys.of(request.user)])

    @post(
        "/options",
        status_code=200,
        guards=[own(fresh=True)],
        responses=problems(TooManyPasskeys, SignInNeeded, NotAllowed, ProofNeeded, Unavailable),
    )
    async def begin_passkey(
        self, request: AnyRequest, passkeys: NamedDependency[Passkeys]
    ) -> Response[PasskeyOptionsReply]:
        """What to ask the authenticator for a new passkey. Good for five minutes."""
        browser = browser_of(request, PASSKEYS)
        return marked(PasskeyOptionsReply(options=await passkeys.begin_new(request.user, browser)), browser, PASSKEYS)

    @post(
        "/",
        guards=[own(fresh=True)],
        responses=problems(PasskeyRefused, PasskeyKnown, TooManyPasskeys, SignInLost, *_OWN),
    )
    async def add_passkey(
        self, request: AnyRequest, data: JSONBody[AddPasskey], passkeys: NamedDependency[Passkeys]
    ) -> PasskeyReply:
        """Keep a new passkey of the caller's."""
        device = data.device or device_name(request)
        return PasskeyReply.of(
            await passkeys.add(request.user, data.credential.plain(), device, browser_of(request, PASSKEYS))
        )

    @put(
        "/{passkey_id:uuid}",
        guards=[signed_in],
        responses=problems(PasskeyNotFound, NotFound, InputRefused, SignInNeeded, NotAllowed, Unavailable),
    )
    async def rename_passkey(
        self,
        request: AnyRequest,
        passkey_id: FromPath[UUID],
        data: JSONBody[RenamePasskey],
        passkeys: NamedDependency[Passkeys],
    ) -> PasskeyReply:
        """Call one's own passkey something else."""
        return PasskeyReply.of(await passkeys.rename(request.user, passkey_id, data.device))

    @delete(
        "/{passkey_id:uuid}",
        guards=[own(fresh=True)],
        responses=problems(PasskeyNotFound, NotFound, SignInNeeded, NotAllowed, ProofNeeded, Unavailable),
    )
    async def remove_passkey(
        self, request: AnyRequest, passkey_id: FromPath[UUID], passkeys: NamedDependency[Passkeys]
    ) -> None:
        """Nobody signs in with this one any more."""
        await passkeys.remove(request.user, passkey_id)
