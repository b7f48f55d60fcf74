"""Staff without a passkey at hand: password, then the code of an authenticator app."""

from litestar import Controller, Response, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, anyone, staff
from server.core.limits import at_most, network_of
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.modules.identity.api.cookies import (
    browser_of,
    device_name,
    keeping_mark,
    marked,
    signed_in_reply,
)
from server.modules.identity.models import Method
from server.modules.identity.schemas import SessionReply
from server.modules.identity.schemas.sign_in import (
    ChangePassword,
    ChoosePassword,
    EnrolmentReply,
    GiveTimeCode,
    LinkOwnerReply,
    LookAtLink,
    SecondStepReply,
    SignInWithPassword,
)
from server.modules.identity.service.ceremonies import SignInLost
from server.modules.identity.service.codes import CodeRefused
from server.modules.identity.service.links import LinkRefused, Links
from server.modules.identity.service.passwords import PasswordTooWeak
from server.modules.identity.service.sessions import Sessions
from server.modules.identity.service.staff_sign_ins import PasswordRefused, SecondStep, SignInRefused, StaffSignIns

_FAILURES = (InputRefused, TooManyRequests, Unavailable)
# A whole office signs in through one address at half past seven; four hashes at a time are the real brake.
_NETWORK = at_most(300, per=900, rule="staff-sign-in", in_all=6000)


class StaffSignInController(Controller):
    path = "/identity/staff-sign-in"
    tags = ("identity",)

    @post("/password", status_code=200, guards=[anyone, _NETWORK], responses=problems(SignInRefused, *_FAILURES))
    async def give_password(
        self, request: AnyRequest, data: JSONBody[SignInWithPassword], staff_sign_ins: NamedDependency[StaffSignIns]
    ) -> Response[SecondStepReply]:
        """The first half of a sign-in. It opens no session: only the question for the code, on this browser."""
        browser = browser_of(request)
        with keeping_mark(browser):
            step = await staff_sign_ins.with_password(
                data.login, data.password, browser=browser, network=network_of(request)
            )
        return marked(_reply(step), browser)

    @post(
        "/code",
        status_code=200,
        guards=[anyone, _NETWORK],
        responses=problems(CodeRefused, SignInLost, *_FAILURES),
    )
    async def give_time_code(
        self,
        request: AnyRequest,
        data: JSONBody[GiveTimeCode],
        staff_sign_ins: NamedDependency[StaffSignIns],
        sessions: NamedDependency[Sessions],
    ) -> Response[SessionReply]:
        """The second half: the code opens the session, and enrols the authenticator that was new."""
        member = await staff_sign_ins.with_code(data.digits, browser=browser_of(request))
        session, token = await sessions.open_for_staff(member, Method.PASSWORD, device=device_name(request))
        caller = sessions.caller_of(session, member, await sessions.permissions_of(member.id))
        return signed_in_reply(session, token, caller)

    @post("/link", status_code=200, guards=[anyone, _NETWORK], responses=problems(LinkRefused, *_FAILURES))
    async def look_at_link(self, data: JSONBody[LookAtLink], links: NamedDependency[Links]) -> LinkOwnerReply:
        """Whom a one-time link is for; looking does not use it up."""
        owner, expires_at = await links.owner_of(data.secret)
        return LinkOwnerReply(login=owner.login, name=owner.name, expires_at=expires_at)

    @post(
        "/first-password",
        status_code=200,
        guards=[anyone, _NETWORK],
        responses=problems(LinkRefused, PasswordTooWeak, *_FAILURES),
    )
    async def choose_password(
        self, request: AnyRequest, data: JSONBody[ChoosePassword], staff_sign_ins: NamedDependency[StaffSignIns]
    ) -> Response[SecondStepReply]:
        """Use a one-time link to choose a password, and go on to the code."""
        browser = browser_of(request)
        return marked(
            _reply(await staff_sign_ins.choose_password(data.secret, data.password, browser=browser)), browser
        )

    @put(
        "/password",
        guards=[staff],
        status_code=204,
        responses=problems(PasswordRefused, PasswordTooWeak, SignInNeeded, NotAllowed, *_FAILURES),
    )
    async def change_password(
        self, request: AnyRequest, data: JSONBody[ChangePassword], staff_sign_ins: NamedDependency[StaffSignIns]
    ) -> None:
        """Another password; the caller's other browsers are signed out."""
        await staff_sign_ins.change_password(request.user, data.current, data.password)


def _reply(step: SecondStep) -> SecondStepReply:
    enrol = EnrolmentReply(secret=step.enrol.secret, uri=step.enrol.uri, qr=step.enrol.qr) if step.enrol else None
    return SecondStepReply(expires_at=step.expires_at, enrol=enrol, shown=step.shown)
