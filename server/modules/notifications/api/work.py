"""What members of staff are told for their work, over HTTP."""

from uuid import UUID

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, staff
from server.core.problems import InputRefused, Unavailable, problems
from server.core.words import Language, language_of
from server.modules.identity.public import device_of
from server.modules.notifications.api.devices import DeviceSecret
from server.modules.notifications.schemas import EntryReply, WorkDevice, WorkReply
from server.modules.notifications.service.colleagues import Call, Colleagues
from server.modules.notifications.service.devices import DeviceNotFound
from server.modules.notifications.service.inbox import EntryNotFound

_STAFF = (SignInNeeded, NotAllowed, Unavailable)


class WorkController(Controller):
    path = "/notifications/work"
    tags = ("notifications",)

    @get("/", guards=[staff], responses=problems(*_STAFF))
    async def list_work_notifications(self, request: AnyRequest, colleagues: NamedDependency[Colleagues]) -> WorkReply:
        """What the caller was told for their work, the newest fifty, and the devices that ring for it."""
        calls, unread = await colleagues.calls(request.user)
        return WorkReply(
            items=[_entry(it, language_of(request)) for it in calls],
            unread=unread,
            devices=[WorkDevice(id=it.id, name=it.name) for it in await colleagues.devices(request.user)],
        )

    @put(
        "/{entry_id:uuid}/read", guards=[staff], responses=problems(InputRefused, CallerChanged, EntryNotFound, *_STAFF)
    )
    async def read_work_notification(
        self, request: AnyRequest, entry_id: FromPath[UUID], colleagues: NamedDependency[Colleagues]
    ) -> EntryReply:
        """One of them, read from now on; `path` is the screen it leads to."""
        return _entry(await colleagues.read(request.user, entry_id), language_of(request))

    @put(
        "/devices/{device_id:uuid}",
        guards=[staff],
        status_code=204,
        responses=problems(InputRefused, CallerChanged, DeviceNotFound, *_STAFF),
    )
    async def bind_work_device(
        self,
        request: AnyRequest,
        device_id: FromPath[UUID],
        device_secret: DeviceSecret,
        colleagues: NamedDependency[Colleagues],
    ) -> None:
        """From now on this device rings for the caller, whether they are signed in there or not."""
        name = device_of(request.headers.get("user-agent", ""))
        await colleagues.bind(request.user, device_id, device_secret, name)

    @delete(
        "/devices/{device_id:uuid}",
        guards=[staff],
        responses=problems(InputRefused, CallerChanged, DeviceNotFound, *_STAFF),
    )
    async def loosen_work_device(
        self, request: AnyRequest, device_id: FromPath[UUID], colleagues: NamedDependency[Colleagues]
    ) -> None:
        """It rings for the caller no longer."""
        await colleagues.loosen(request.user, device_id)


def _entry(it: Call, language: Language) -> EntryReply:
    return EntryReply(
        id=it.entry.id,
        topic=it.entry.topic,
        title=it.told.title.for_(language),
        body=it.told.body.for_(language),
        path=it.told.path,
        at=it.entry.created_at,
        read_at=it.entry.read_at,
        archived_at=it.entry.archived_at,
    )
