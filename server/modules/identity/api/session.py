"""Signing in and out, and the devices somebody is signed in on."""

from uuid import UUID

from litestar import Controller, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, SignInNeeded, anyone, signed_in, whoever
from server.core.limits import at_most
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.modules.identity.api.cookies import (
    SESSION,
    asked_reply,
    browser_of,
    device_name,
    session_reply,
    signed_in_reply,
    signed_out_reply,
)
from server.modules.identity.models import Method, Purpose
from server.modules.identity.schemas import (
    AskedReply,
    AskForCode,
    SessionDeviceReply,
    SessionDevicesReply,
    SessionReply,
    SignInWithCode,
)
from server.modules.identity.service.codes import CodeNotSent, CodeRefused, PhoneCodes, PhoneRefused, PhoneSignInOff
from server.modules.identity.service.residents import Residents
from server.modules.identity.service.sessions import SessionNotFound, Sessions


class SessionController(Controller):
    path = "/identity"
    tags = ("identity",)

    @post(
        "/codes",
        status_code=202,
        guards=[anyone, at_most("codes_per_network", per=3600, rule="code-network")],
        responses=problems(InputRefused, PhoneRefused, PhoneSignInOff, TooManyRequests),
    )
    async def ask_for_code(
        self, request: AnyRequest, data: JSONBody[AskForCode], codes: NamedDependency[PhoneCodes]
    ) -> Response[AskedReply]:
        """Send a code to this phone. The reply is the same whether the number is known or not."""
        browser = browser_of(request)
        return asked_reply(
            await codes.ask(data.phone, purpose=Purpose.SIGN_IN, browser=browser, language=data.language), browser
        )

    @get(
        "/codes/{code_id:uuid}",
        guards=[anyone, at_most("codes_per_network", fold=12, per=3600, rule="code-look")],
        status_code=204,
        responses=problems(NotFound, CodeNotSent, TooManyRequests, Unavailable),
    )
    async def look_after_code(
        self, request: AnyRequest, code_id: FromPath[UUID], codes: NamedDependency[PhoneCodes]
    ) -> None:
        """Whether a code of this browser, whatever it is for, is on its way or could not be sent."""
        await codes.look_after(code_id, browser=browser_of(request))

    @post(
        "/codes/{code_id:uuid}/sign-in",
        status_code=200,
        guards=[anyone, at_most("codes_per_network", fold=3, per=3600, rule="code-try")],
        responses=problems(InputRefused, CodeRefused, NotFound, TooManyRequests, Unavailable),
    )
    async def sign_in_with_code(
        self,
        request: AnyRequest,
        code_id: FromPath[UUID],
        data: JSONBody[SignInWithCode],
        codes: NamedDependency[PhoneCodes],
        residents: NamedDependency[Residents],
        sessions: NamedDependency[Sessions],
    ) -> Response[SessionReply]:
        """Sign in with the code that was sent; the first time makes the account."""
        taken = await codes.take(code_id, data.digits, purpose=Purpose.SIGN_IN, browser=browser_of(request))
        resident = await residents.by_phone(taken.phone, taken.language)
        session, token = await sessions.open_for_resident(
            resident, Method.PHONE, assurance=1, shared=data.shared, device=device_name(request)
        )
        await codes.opened(code_id, session.id)
        return signed_in_reply(session, token, sessions.caller_of(session, resident))

    @get("/session", guards=[whoever], responses=problems(Unavailable))
    async def get_session(self, request: AnyRequest, sessions: NamedDependency[Sessions]) -> SessionReply:
        """Who is signed in on this browser, if anybody."""
        session = await sessions.find(request.user) if request.user else None
        if session:
            return session_reply(session, request.user)
        token = request.cookies.get(SESSION, "")
        return SessionReply(caller=None, ended=await sessions.was_ended(token) if token else False)

    @delete("/session", guards=[whoever], status_code=200, responses=problems(Unavailable))
    async def sign_out(self, request: AnyRequest, sessions: NamedDependency[Sessions]) -> Response[SessionReply]:
        """End the session of this browser; without one, nothing happens."""
        if token := request.cookies.get(SESSION):
            await sessions.forget_ended(token)
        return signed_out_reply(shared=bool(request.user and await sessions.end_this(request.user)))

    @get("/devices", guards=[signed_in], responses=problems(SignInNeeded, Unavailable))
    async def list_devices(self, request: AnyRequest, sessions: NamedDependency[Sessions]) -> SessionDevicesReply:
        """The browsers the caller is signed in on, the last used first."""
        items = [SessionDeviceReply.of(it, request.user.session_id) for it in await sessions.of(request.user)]
        return SessionDevicesReply(items=items)

    @delete(
        "/devices/{device_id:uuid}", guards=[signed_in], responses=problems(SignInNeeded, SessionNotFound, Unavailable)
    )
    async def end_device(
        self, request: AnyRequest, device_id: FromPath[UUID], sessions: NamedDependency[Sessions]
    ) -> None:
        """Sign another browser of one's own out."""
        await sessions.end(request.user, device_id)

    @delete("/devices", guards=[signed_in], responses=problems(SignInNeeded, Unavailable))
    async def end_other_devices(self, request: AnyRequest, sessions: NamedDependency[Sessions]) -> None:
        """Sign every browser of one's own out but this one."""
        await sessions.end_others(request.user)
