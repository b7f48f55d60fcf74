"""Signing in with VNeID, and which ways of signing in there are."""

import re
from typing import Annotated
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from server.core.access import AnyRequest, ProofNeeded, anyone, whoever
from server.core.limits import at_most
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.core.words import language_of
from server.modules.identity.api.cookies import browser_of, device_name, marked, redirected, session_cookie
from server.modules.identity.gateways.oidc import ProviderAway, ProviderRefused
from server.modules.identity.models import Method
from server.modules.identity.schemas import BeginVneid, BegunReply, WaysReply
from server.modules.identity.service.ceremonies import SignInLost
from server.modules.identity.service.codes import phone_sign_in_is_on
from server.modules.identity.service.federated import Federated, VneidCallerChanged, VneidOfAnother, VneidOff
from server.modules.identity.service.sessions import Sessions

Given = Annotated[str, QueryParameter(max_length=4000)]

_OWN_PATH = re.compile(r"/(?![/\\])[^\\\s]*")


class VneidController(Controller):
    path = "/identity"
    tags = ("identity",)

    @get("/ways", guards=[anyone], responses=problems(Unavailable))
    async def list_ways(self, state: State) -> WaysReply:
        """Which ways of signing in are switched on."""
        return WaysReply(phone=phone_sign_in_is_on(state.settings), vneid=bool(state.settings.oidc_issuer))

    @post(
        "/vneid",
        status_code=200,
        guards=[whoever, at_most(300, per=900, rule="vneid-begin", in_all=6000)],
        responses=problems(
            InputRefused, VneidOff, ProviderAway, ProviderRefused, ProofNeeded, TooManyRequests, Unavailable
        ),
    )
    async def begin_vneid(
        self, request: AnyRequest, data: JSONBody[BeginVneid], federated: NamedDependency[Federated]
    ) -> Response[BegunReply]:
        """Where to send the browser; it comes back to `/api/identity/vneid/return` and from there to `next`.

        Whoever is signed in, and has no VNeID on the account yet, proves first who they are.
        """
        browser = browser_of(request)
        language = language_of(request)
        url = await federated.begin(
            browser, next=_own(data.next), shared=data.shared, language=language, caller=request.user
        )
        return marked(BegunReply(url=url), browser)

    @get(
        "/vneid/return",
        status_code=302,
        guards=[whoever, at_most(300, per=900, rule="vneid-return", in_all=6000)],
        responses=problems(InputRefused, TooManyRequests, Unavailable),
    )
    async def return_from_vneid(
        self,
        request: AnyRequest,
        federated: NamedDependency[Federated],
        sessions: NamedDependency[Sessions],
        code: Given = "",
        state_given: Annotated[str, QueryParameter(name="state", max_length=500)] = "",
        iss: Annotated[str | None, QueryParameter(max_length=500)] = None,
    ) -> Response[None]:
        """The provider sends the browser back here. On to where it wanted to go, or to the sign-in with a reason."""
        try:
            back = await federated.finish(
                browser_of(request), code=code, state=state_given, iss=iss, caller=request.user
            )
        except (ProviderAway, ProviderRefused, SignInLost, VneidCallerChanged, VneidOff, VneidOfAnother) as problem:
            return redirected(f"/sign-in?{urlencode({'problem': problem.type()})}")
        session, token = await sessions.open_for_resident(
            back.resident, Method.VNEID, assurance=back.assurance, shared=back.shared, device=device_name(request)
        )
        return redirected(back.next, session_cookie(session, token))


def _own(path: str) -> str:
    """A path of ours, never another site: `//evil` and `/\\evil` are addresses too."""
    return path if _OWN_PATH.fullmatch(path) else "/account"
