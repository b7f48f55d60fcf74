"""The inbox over HTTP."""

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, resident
from server.core.paging import Asked, Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, Unavailable, problems
from server.core.words import Language, language_of
from server.modules.notifications.schemas import (
    Archive,
    DeliveryReply,
    DispatchReply,
    EntryDetailReply,
    EntryReply,
    InboxReply,
    MarkAllRead,
    MarkRead,
)
from server.modules.notifications.service.inbox import Delivery, EntryNotFound, Inbox, Letter

_OWN = (SignInNeeded, NotAllowed, Unavailable)
_CHANGE = (InputRefused, CallerChanged, EntryNotFound, *_OWN)


class InboxController(Controller):
    path = "/notifications"
    tags = ("notifications",)

    @get("/", guards=[resident()], responses=problems(InputRefused, CursorRefused, *_OWN))
    async def list_notifications(
        self,
        request: AnyRequest,
        inbox: NamedDependency[Inbox],
        archived: FromQuery[bool] = False,
        q: Asked = "",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> InboxReply:
        """What the caller was told, the newest first; `q` searches the newest two thousand, accents or not."""
        language, owner = language_of(request), request.user.id
        page = await inbox.page(owner, archived=archived, words=q, language=language, limit=limit, cursor=cursor)
        items = [_entry(it, language) for it in page.letters]
        return InboxReply(items=items, next_cursor=page.following, unread=page.unread)

    @get("/{entry_id:uuid}", guards=[resident()], responses=problems(InputRefused, EntryNotFound, *_OWN))
    async def get_notification(
        self, request: AnyRequest, entry_id: FromPath[UUID], inbox: NamedDependency[Inbox]
    ) -> EntryDetailReply:
        """One entry however old it is, and what became of it on each device."""
        found = await inbox.find(request.user.id, entry_id)
        return EntryDetailReply(
            entry=_entry(found, language_of(request)),
            bell=found.bell,
            others=[
                DispatchReply(channel=it.channel, accepted_at=it.accepted_at) for it in await inbox.dispatches(found.id)
            ],
            deliveries=[_delivery(it) for it in await inbox.deliveries(found.id)],
        )

    @put("/{entry_id:uuid}/read", guards=[resident()], status_code=204, responses=problems(*_CHANGE))
    async def mark_notification(
        self, request: AnyRequest, entry_id: FromPath[UUID], data: JSONBody[MarkRead], inbox: NamedDependency[Inbox]
    ) -> None:
        """Read, or to be read again."""
        await inbox.mark(request.user.id, entry_id, read=data.read)

    @put("/{entry_id:uuid}/archived", guards=[resident()], status_code=204, responses=problems(*_CHANGE))
    async def archive_notification(
        self, request: AnyRequest, entry_id: FromPath[UUID], data: JSONBody[Archive], inbox: NamedDependency[Inbox]
    ) -> None:
        """Laid aside, or taken out again."""
        await inbox.archive(request.user.id, entry_id, archived=data.archived)

    @post("/read", guards=[resident()], status_code=204, responses=problems(InputRefused, CallerChanged, *_OWN))
    async def mark_all_notifications(
        self, request: AnyRequest, data: JSONBody[MarkAllRead], inbox: NamedDependency[Inbox]
    ) -> None:
        """All that came until then is read."""
        await inbox.mark_all(request.user.id, data.until)


def _entry(it: Letter, language: Language) -> EntryReply:
    return EntryReply(
        id=it.id,
        topic=it.topic,
        title=it.told.title.for_(language),
        body=it.told.body.for_(language),
        path=it.told.path,
        at=it.at,
        read_at=it.read_at,
        archived_at=it.archived_at,
    )


def _delivery(it: Delivery) -> DeliveryReply:
    message = it.message
    return DeliveryReply(
        device=it.device,
        state=message.state,
        due_at=message.due_at,
        sent_at=message.sent_at,
        accepted_at=message.accepted_at,
        shown_at=message.shown_at,
        opened_at=message.opened_at,
    )
