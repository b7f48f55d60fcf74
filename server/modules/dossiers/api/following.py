"""Following a parent's or a child's dossier over HTTP: both sides agree, both see it, either ends it."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, PathParameter

from server.core.access import AnyRequest, AssuranceNeeded, NotAllowed, SignInNeeded, may, resident
from server.core.limits import at_most
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.modules.dossiers.schemas import LookUpDossier
from server.modules.dossiers.schemas.following import (
    FollowersReply,
    FollowingReply,
    FollowingsReply,
    InviteFollower,
    RecordConsent,
)
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.followers import (
    ConsentPaperNeeded,
    Followed,
    Followers,
    FollowerUnknown,
    OneOfTheirOwn,
    TooManyFollowers,
    follower_reply,
)
from server.modules.dossiers.service.mine import NotYourDossier, Own
from server.modules.dossiers.service.registry import PhoneNumberRefused
from server.modules.dossiers.service.standing import DossierNotFound, Standings

Code = Annotated[str, PathParameter(max_length=60)]
_OWN = (InputRefused, SignInNeeded, NotAllowed, Unavailable)
_THEIRS = (NotYourDossier, AssuranceNeeded, *_OWN)


class FollowingController(Controller):
    path = "/dossiers"
    tags = ("dossiers",)

    @get("/following", guards=[resident()], responses=problems(*_OWN))
    async def list_following(self, request: AnyRequest, followers: NamedDependency[Followers]) -> FollowingsReply:
        """What the caller follows, has asked for, or was invited to."""
        return FollowingsReply(items=[_following(it) for it in await followers.mine(request.user)])

    @post(
        "/following",
        status_code=202,
        guards=[resident(), at_most(10, per=3600, rule="dossier-lookup")],
        responses=problems(DossierNotFound, OneOfTheirOwn, TooManyFollowers, TooManyRequests, *_OWN),
    )
    async def ask_to_follow(
        self,
        request: AnyRequest,
        data: JSONBody[LookUpDossier],
        standings: NamedDependency[Standings],
        followers: NamedDependency[Followers],
    ) -> FollowingsReply:
        """Ask the owner to let the caller follow a dossier they know the code and digits of. The owner decides, on
        their own phone; whether they have an account is not said.
        """
        found = await standings.look_up(data.code, data.last_digits)
        await followers.ask(request.user, found.dossier)
        return FollowingsReply(items=[_following(it) for it in await followers.mine(request.user)])

    @post(
        "/following/{follower_id:uuid}/accept",
        status_code=200,
        guards=[resident()],
        responses=problems(FollowerUnknown, OneOfTheirOwn, NotFound, *_OWN),
    )
    async def accept_following(
        self, request: AnyRequest, follower_id: FromPath[UUID], followers: NamedDependency[Followers]
    ) -> FollowingsReply:
        """Whoever was invited agrees."""
        await followers.accept(request.user, follower_id)
        return FollowingsReply(items=[_following(it) for it in await followers.mine(request.user)])

    @post(
        "/following/{follower_id:uuid}/end",
        status_code=204,
        guards=[resident()],
        responses=problems(FollowerUnknown, NotFound, *_OWN),
    )
    async def end_following(
        self, request: AnyRequest, follower_id: FromPath[UUID], followers: NamedDependency[Followers]
    ) -> None:
        """Either side ends it: refuses an invitation, takes one back, says no to a question, or stops at any time."""
        await followers.end(request.user, follower_id)

    @get("/{code:str}/followers", guards=[resident()], responses=problems(*_THEIRS))
    async def list_followers(
        self, request: AnyRequest, code: Code, own: NamedDependency[Own], followers: NamedDependency[Followers]
    ) -> FollowersReply:
        """Who follows one of the caller's own, was invited to, or asks to."""
        mine = await own.find(request.user, code)
        return followers_reply(await followers.of(mine.found.dossier))

    @post(
        "/{code:str}/followers",
        status_code=201,
        guards=[resident(), at_most(20, per=3600, rule="dossier-invite", each_caller=True)],
        responses=problems(PhoneNumberRefused, OneOfTheirOwn, TooManyFollowers, TooManyRequests, *_THEIRS),
    )
    async def invite_follower(
        self,
        request: AnyRequest,
        code: Code,
        data: JSONBody[InviteFollower],
        own: NamedDependency[Own],
        followers: NamedDependency[Followers],
    ) -> FollowersReply:
        """Invite somebody by their phone. They see it when they are signed in with it, and follow once they agree."""
        mine = await own.find(request.user, code)
        await followers.invite(request.user, mine.found.dossier, data.phone, data.name)
        return followers_reply(await followers.of(mine.found.dossier))

    @post(
        "/{code:str}/followers/{follower_id:uuid}/confirm",
        status_code=200,
        guards=[resident()],
        responses=problems(FollowerUnknown, NotFound, *_THEIRS),
    )
    async def confirm_follower(
        self,
        request: AnyRequest,
        code: Code,
        follower_id: FromPath[UUID],
        own: NamedDependency[Own],
        followers: NamedDependency[Followers],
    ) -> FollowersReply:
        """The owner lets somebody follow who has asked."""
        mine = await own.find(request.user, code)
        await followers.confirm(request.user, mine.found.dossier, follower_id)
        return followers_reply(await followers.of(mine.found.dossier))


class DeskFollowingController(Controller):
    path = "/dossiers/desk/{dossier_id:uuid}/followers"
    tags = ("dossiers",)

    @post(
        "",
        status_code=204,
        guards=[may("dossiers:register")],
        responses=problems(
            DossierUnknown, ConsentPaperNeeded, PhoneNumberRefused, OneOfTheirOwn, TooManyFollowers, NotFound, *_OWN
        ),
    )
    async def record_consent(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        data: JSONBody[RecordConsent],
        followers: NamedDependency[Followers],
    ) -> None:
        """The owner, who has no phone, has agreed on paper. The follower agrees on their own phone."""
        await followers.record_paper(request.user, dossier_id, data.phone, data.name, data.document)

    @post(
        "/{follower_id:uuid}/end",
        status_code=204,
        guards=[may("dossiers:register")],
        responses=problems(DossierUnknown, FollowerUnknown, NotFound, *_OWN),
    )
    async def end_consent(
        self,
        request: AnyRequest,
        dossier_id: FromPath[UUID],
        follower_id: FromPath[UUID],
        followers: NamedDependency[Followers],
    ) -> None:
        """The owner has come and takes it back."""
        await followers.end_at_desk(request.user, dossier_id, follower_id)


def followers_reply(found: list[Followed]) -> FollowersReply:
    return FollowersReply(items=[follower_reply(it) for it in found])


def _following(it: Followed) -> FollowingReply:
    return FollowingReply(id=it.row.id, code=it.code, by=it.by, way=it.row.way, state=it.row.state, since=it.row.since)
