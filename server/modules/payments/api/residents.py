"""What is due and paid, for whoever is signed in and for whoever holds the paper."""

from typing import Annotated, Literal

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, anyone, resident
from server.core.limits import at_most, network_of
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.paper import PDF, pdf_reply
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.core.words import language_of
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.bill_codes import code_of, codes_in
from server.modules.payments.rules.saying import STANDINGS
from server.modules.payments.rules.states import AttemptState, Standing, Way, promised_at
from server.modules.payments.rules.vietqr import NotVietQR, parse
from server.modules.payments.schemas.residents import (
    Begin,
    BeginFound,
    ChargesReply,
    ChargeWhole,
    ConfirmationKey,
    FindCharge,
    QrRead,
    ReadQr,
    Returned,
    ReturnedReply,
)
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.beginning import Beginning, Wish
from server.modules.payments.service.charges import Mine
from server.modules.payments.service.confirmations import Confirmations
from server.modules.payments.service.notices import Notices
from server.modules.payments.service.refunds import paying
from server.modules.payments.service.refusals import (
    ChargeNotFound,
    ChargeNotPayable,
    NoBillInIt,
    NothingBegun,
    NotPaidYet,
    ReturnNotSigned,
    WayNotOffered,
)
from server.modules.payments.service.views import Showing, Views

LOOKS = 6000
"""How often those of one network may look at bills by their paper in an hour: while they pay they look again."""
Code = Annotated[str, PathParameter(max_length=60)]
_OWN = (InputRefused, SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_FOUND = (InputRefused, ChargeNotFound, TooManyRequests, Unavailable)


class PayerController(Controller):
    path = "/payments"
    tags = ("payments",)

    @get("/", guards=[resident()], responses=problems(CursorRefused, *_OWN))
    async def list_charges(
        self,
        request: AnyRequest,
        mine: NamedDependency[Mine],
        payment_views: NamedDependency[Views],
        which: Annotated[Literal["due", "over"], QueryParameter()] = "due",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> ChargesReply:
        """What the caller is asked to pay, by the phone they have proved; or what is over. The newest first."""
        rows, following = await mine.page(request.user.id, due=which == "due", limit=limit, cursor=cursor)
        return ChargesReply(items=await payment_views.short(rows, language_of(request)), next_cursor=following)

    @get("/charges/{code:str}", guards=[resident()], responses=problems(ChargeNotFound, *_OWN))
    async def get_charge(
        self,
        request: AnyRequest,
        code: Code,
        mine: NamedDependency[Mine],
        payment_views: NamedDependency[Views],
    ) -> ChargeWhole:
        """One of the caller's own, with everything that was tried and done; 404 for every other one."""
        charge = await mine.find(request.user.id, code)
        return await payment_views.whole(charge, language_of(request), address=_address(request))

    @post(
        "/charges/{code:str}/attempts",
        status_code=200,
        guards=[resident()],
        responses=problems(ChargeNotFound, ChargeNotPayable, WayNotOffered, TooManyRequests, *_OWN),
    )
    async def begin_to_pay(
        self,
        request: AnyRequest,
        code: Code,
        data: JSONBody[Begin],
        beginning: NamedDependency[Beginning],
        showing: NamedDependency[Showing],
    ) -> ChargeWhole:
        """Begin to pay, one way. Twice is once: the second tap is given the attempt of the first.

        `open` says how it goes on: a code to scan (`qr`, `transfer`), or an address to go to (`url`).
        """
        begun = await beginning.begin(Wish(request.user.id, code, Way(data.way)))
        return showing.whole(*begun, language_of(request), address=_address(request))

    @post(
        "/charges/{code:str}/cancel",
        status_code=200,
        guards=[resident()],
        responses=problems(ChargeNotFound, NothingBegun, *_OWN),
    )
    async def stop_paying(
        self,
        request: AnyRequest,
        code: Code,
        data: JSONBody[Begin],
        mine: NamedDependency[Mine],
        attempts: NamedDependency[Attempts],
        payment_views: NamedDependency[Views],
    ) -> ChargeWhole:
        """Give up an attempt. Money that comes all the same is taken, and told."""
        charge = await mine.find(request.user.id, code, hold=True)
        await attempts.cancel(charge, Way(data.way))
        return await payment_views.whole(charge, language_of(request), address=_address(request))

    @post(
        "/charges/{code:str}/claim",
        status_code=200,
        guards=[resident()],
        responses=problems(ChargeNotFound, NothingBegun, *_OWN),
    )
    async def say_it_is_paid(
        self,
        request: AnyRequest,
        code: Code,
        data: JSONBody[Begin],
        mine: NamedDependency[Mine],
        attempts: NamedDependency[Attempts],
        payment_views: NamedDependency[Views],
    ) -> ChargeWhole:
        """The caller's bank says that it is paid. Nothing is paid by that: it says by when we know for sure."""
        charge = await mine.find(request.user.id, code, hold=True)
        await attempts.claim(charge, Way(data.way))
        return await payment_views.whole(charge, language_of(request), address=_address(request))

    @get(
        "/charges/{code:str}/confirmation",
        guards=[resident()],
        media_type="application/pdf",
        responses=PDF | problems(ChargeNotFound, NotPaidYet, *_OWN),
    )
    async def get_confirmation(
        self,
        request: AnyRequest,
        code: Code,
        session: NamedDependency[AsyncSession],
        mine: NamedDependency[Mine],
        confirmations: NamedDependency[Confirmations],
    ) -> Response[bytes]:
        """That we received the money: a signed PDF, whose QR is checked without a line. It is not the e-receipt."""
        charge = await mine.find(request.user.id, code)
        paid = await paying(session, charge)
        if paid is None:
            raise NotPaidYet
        return pdf_reply(f"xac-nhan-{charge.code}.pdf", await confirmations.print(charge, paid))

    @get("/confirmation-key", guards=[anyone], responses=problems(Unavailable))
    async def get_confirmation_key(self, confirmations: NamedDependency[Confirmations]) -> ConfirmationKey:
        """The public key (JWK) and the certificate (PEM) our confirmations are checked with, also without a line."""
        key = confirmations.public_key()
        return ConfirmationKey(
            kty=key["kty"], crv=key["crv"], x=key["x"], y=key["y"], certificate=confirmations.certificate().decode()
        )

    @post(
        "/find",
        status_code=200,
        guards=[anyone, at_most(LOOKS, per=3600, rule="payment-found")],
        responses=problems(*_FOUND),
    )
    async def find_charge(
        self,
        request: AnyRequest,
        data: JSONBody[FindCharge],
        mine: NamedDependency[Mine],
        payment_views: NamedDependency[Views],
    ) -> ChargeWhole:
        """A bill, for whoever knows its code and the last four digits of the phone it was made for; without names.

        A code nobody has and digits that are wrong get the same answer. After five wrong attempts at one code it is
        closed for a day.
        """
        charge = await mine.look_up(data.code, data.last_digits, network_of(request))
        return await payment_views.whole(charge, language_of(request), address=_address(request), whole=False)

    @post(
        "/find/attempts",
        status_code=200,
        guards=[anyone, at_most(LOOKS, per=3600, rule="payment-found")],
        responses=problems(ChargeNotPayable, WayNotOffered, *_FOUND),
    )
    async def begin_to_pay_found(
        self,
        request: AnyRequest,
        data: JSONBody[BeginFound],
        mine: NamedDependency[Mine],
        attempts: NamedDependency[Attempts],
        payment_views: NamedDependency[Views],
    ) -> ChargeWhole:
        """Begin to pay a bill that was found by its paper, also for somebody else."""
        charge = await mine.look_up(data.code, data.last_digits, network_of(request), hold=True)
        await attempts.begin(charge, Way(data.way))
        return await payment_views.whole(charge, language_of(request), address=_address(request), whole=False)

    @post(
        "/vnpay/return",
        status_code=200,
        guards=[anyone, at_most(120, per=3600, rule="payment-return")],
        responses=problems(InputRefused, ReturnNotSigned, TooManyRequests, Unavailable),
    )
    async def come_back(
        self, request: AnyRequest, data: JSONBody[Returned], notices: NamedDependency[Notices]
    ) -> ReturnedReply:
        """What the gateway gave the browser on its way back, to be shown. The gateway's own notice decides."""
        back = await notices.returned(data.query)
        language = language_of(request)
        paid = back.attempt.state is AttemptState.SUCCEEDED
        standing = Standing.PAID if paid else Standing.CONFIRMING
        good = paid or (back.succeeded and back.attempt.state is not AttemptState.FAILED)
        claimed = back.attempt.claimed_at
        return ReturnedReply(
            outcome="paid" if paid else "confirming" if good else "failed",
            code=back.charge.code,
            amount=back.attempt.amount,
            says=(STANDINGS[standing] if good else vnpay.says(back.response)).for_(language),
            promised_at=promised_at(claimed) if good and not paid and claimed else None,
        )

    @post(
        "/read",
        status_code=200,
        guards=[anyone],
        responses=problems(InputRefused, NoBillInIt),
    )
    async def read_code(self, data: JSONBody[ReadQr]) -> Response[QrRead]:
        """The bill that a scanned code, or a typed text, names. Says nothing of whether there is such a bill."""
        amount = None
        code = code_of(data.text)
        if code is None:
            try:
                asked = parse(data.text)
            except NotVietQR:
                raise NoBillInIt from None
            amount = asked.amount
            named = codes_in(asked.bill) or codes_in(asked.purpose)
            code = named[0] if len(named) == 1 else None
        if code is None:
            raise NoBillInIt
        return Response(QrRead(code=code, amount=amount), headers={"Cache-Control": "no-store"})


def _address(request: AnyRequest) -> str:
    """As the gateway wants it of whoever pays."""
    return request.client.host if request.client else "127.0.0.1"
