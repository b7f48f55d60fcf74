"""How the systems fare that we ask, and what of theirs could not be taken, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, may
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, Unavailable, problems
from server.core.words import Language, language_of
from server.modules.dossiers.models import RefusedEvent
from server.modules.dossiers.schemas.feeds import FeedReply, FeedsReply, RefusedPage, RefusedReply, SetAside
from server.modules.dossiers.service.feeds import (
    Feeds,
    RefusedUnknown,
    SetAsideReasonNeeded,
    StillRefused,
    title_of,
)
from server.modules.identity.public import names_of_staff

_STAFF = (SignInNeeded, NotAllowed, Unavailable)


class FeedController(Controller):
    path = "/dossiers/feeds"
    tags = ("dossiers",)

    @get("", guards=[may("dossiers:feeds")], responses=problems(*_STAFF))
    async def list_feeds(self, feeds: NamedDependency[Feeds]) -> FeedsReply:
        """The systems we ask: when we last did, when they last answered, how far we are."""
        return FeedsReply(
            items=[
                FeedReply(
                    name=it.name,
                    asked_at=it.asked_at,
                    answered_at=it.answered_at,
                    caught_up_at=it.caught_up_at,
                    position=it.cursor,
                    trouble=it.trouble,
                    trouble_since=it.trouble_since,
                    waiting=waiting,
                )
                for it, waiting in await feeds.all()
            ]
        )

    @get("/refused", guards=[may("dossiers:feeds")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_refused(
        self,
        request: AnyRequest,
        session: NamedDependency[AsyncSession],
        feeds: NamedDependency[Feeds],
        settled: Annotated[bool, QueryParameter()] = False,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> RefusedPage:
        """Events that could not be taken, the newest first: those that wait, or with `settled` those dealt with."""
        rows, following = await feeds.refused(limit, cursor, settled=settled)
        names = await names_of_staff(session, {it.settled_by for it in rows if it.settled_by})
        language = language_of(request)
        return RefusedPage(items=[_refused(it, feeds, names, language) for it in rows], next_cursor=following)

    @post(
        "/refused/{event_id:uuid}/retry",
        status_code=204,
        guards=[may("dossiers:feeds")],
        responses=problems(RefusedUnknown, StillRefused, NotFound, *_STAFF),
    )
    async def retry_refused(self, request: AnyRequest, event_id: FromPath[UUID], feeds: NamedDependency[Feeds]) -> None:
        """Try once more to take an event, as the settings are now."""
        await feeds.try_again(request.user, event_id)

    @post(
        "/refused/{event_id:uuid}/set-aside",
        status_code=204,
        guards=[may("dossiers:feeds")],
        responses=problems(InputRefused, RefusedUnknown, SetAsideReasonNeeded, NotFound, *_STAFF),
    )
    async def set_aside_refused(
        self, request: AnyRequest, event_id: FromPath[UUID], data: JSONBody[SetAside], feeds: NamedDependency[Feeds]
    ) -> None:
        """It will not be taken: say why."""
        await feeds.set_aside(request.user, event_id, data.reason)


def _refused(it: RefusedEvent, feeds: Feeds, names: dict[UUID, str], language: Language) -> RefusedReply:
    return RefusedReply(
        id=it.id,
        at=it.created_at,
        source=it.source,
        event_id=it.event_id,
        problem=it.problem,
        says=title_of(it.problem).for_(language),
        field=it.field,
        can_retry=it.item is not None,
        settled=it.settled,
        settled_at=it.settled_at,
        by=names.get(it.settled_by) if it.settled_by else None,
        reason=feeds.reason_of(it),
    )
