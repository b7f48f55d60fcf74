"""A lost phone: the officer's side of the desk, and the resident's."""

from uuid import UUID

from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, anyone, may
from server.core.limits import at_most
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.modules.identity.api.cookies import asked_reply, browser_of, device_name, signed_in_reply
from server.modules.identity.models import Method, Purpose
from server.modules.identity.rules.sessions import RECOVER
from server.modules.identity.schemas import AskedReply, SessionReply
from server.modules.identity.schemas.recovery import (
    AskForNewPhone,
    DeskCodeReply,
    FindResident,
    FoundResidentReply,
    MakeDeskCode,
    MoveToNewPhone,
)
from server.modules.identity.service.codes import CodeRefused, PhoneCodes, PhoneRefused, PhoneSignInOff
from server.modules.identity.service.recoveries import DeskCodeRefused, PhoneTaken, Recoveries
from server.modules.identity.service.residents import ResidentNotFound, Residents
from server.modules.identity.service.sessions import Sessions

_DESK = (InputRefused, ResidentNotFound, SignInNeeded, NotAllowed, Unavailable)


class RecoveryController(Controller):
    path = "/identity/recovery"
    tags = ("identity",)

    @post("/find", status_code=200, guards=[may(RECOVER)], responses=problems(*_DESK))
    async def find_resident(
        self,
        request: AnyRequest,
        data: JSONBody[FindResident],
        recoveries: NamedDependency[Recoveries],
        residents: NamedDependency[Residents],
    ) -> FoundResidentReply:
        """The person at the desk, by name and phone or personal number. The look is told to them."""
        found = await recoveries.find(request.user, data.name, data.known_by)
        return FoundResidentReply.of(found, residents.phone_of(found))

    @post("/desk-codes", guards=[may(RECOVER, fresh=True)], responses=problems(ProofNeeded, *_DESK))
    async def make_desk_code(
        self, request: AnyRequest, data: JSONBody[MakeDeskCode], recoveries: NamedDependency[Recoveries]
    ) -> DeskCodeReply:
        """A code for the person at the desk, once their papers were seen; good for 15 minutes."""
        made = await recoveries.make_code(request.user, data.resident_id)
        return DeskCodeReply(digits=made.digits, expires_at=made.expires_at)

    @post(
        "/codes",
        status_code=202,
        guards=[anyone, at_most("codes_per_network", per=3600, rule="code-network")],
        responses=problems(InputRefused, PhoneRefused, PhoneSignInOff, TooManyRequests),
    )
    async def ask_for_new_phone(
        self, request: AnyRequest, data: JSONBody[AskForNewPhone], codes: NamedDependency[PhoneCodes]
    ) -> Response[AskedReply]:
        """Send a code to the new phone. The reply is the same whether the number is known or not."""
        browser = browser_of(request)
        return asked_reply(
            await codes.ask(data.phone, purpose=Purpose.CHANGE_PHONE, browser=browser, language=data.language), browser
        )

    @post(
        "/codes/{code_id:uuid}",
        status_code=200,
        guards=[anyone, at_most("codes_per_network", fold=3, per=3600, rule="code-try")],
        responses=problems(InputRefused, DeskCodeRefused, CodeRefused, PhoneTaken, NotFound, TooManyRequests),
    )
    async def move_to_new_phone(
        self,
        request: AnyRequest,
        code_id: FromPath[UUID],
        data: JSONBody[MoveToNewPhone],
        recoveries: NamedDependency[Recoveries],
        codes: NamedDependency[PhoneCodes],
        sessions: NamedDependency[Sessions],
    ) -> Response[SessionReply]:
        """With both codes the account gets the new number, every other browser is out, and this one is signed in."""
        resident = await recoveries.move_to_new_phone(
            code_id,
            data.digits,
            known_by=data.known_by,
            desk_digits=data.desk_digits,
            browser=browser_of(request),
        )
        session, token = await sessions.open_for_resident(
            resident, Method.DESK, assurance=1, shared=data.shared, device=device_name(request)
        )
        await codes.opened(code_id, session.id)
        return signed_in_reply(session, token, sessions.caller_of(session, resident))
