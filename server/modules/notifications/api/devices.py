"""HTTP of the notifications."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, anyone, resident
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.limits import at_most
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.modules.identity.public import device_of
from server.modules.notifications.schemas import (
    DeviceReply,
    MessageReply,
    NewDeviceReply,
    PushKeyReply,
    SentReply,
    SubscribeDevice,
)
from server.modules.notifications.service.devices import (
    DeviceNotFound,
    Devices,
    PushEndpointRefused,
    PushKeysRefused,
    SharedDeviceNotRung,
)
from server.modules.notifications.service.messages import MessageNotFound, Messages

DeviceSecret = Annotated[str, HeaderParameter(name="Device-Secret", max_length=200)]

_ADDRESS = (InputRefused, PushEndpointRefused, PushKeysRefused)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)


class DeviceController(Controller):
    path = "/notifications"
    tags = ("notifications",)

    @get("/key", guards=[anyone], responses=problems(Unavailable))
    async def get_push_key(self, devices: NamedDependency[Devices]) -> PushKeyReply:
        """The key a browser subscribes to (`applicationServerKey`)."""
        return PushKeyReply(key=await devices.key())

    @create(
        "/devices",
        guards=[anyone, at_most(200, per=3600, rule="push-subscribe")],
        responses=problems(*_ADDRESS, *_REPEATED, TooManyRequests, Unavailable),
    )
    async def subscribe_device(
        self, data: JSONBody[SubscribeDevice], devices: NamedDependency[Devices]
    ) -> NewDeviceReply:
        """Let this browser be rung. Whoever holds the secret in the reply owns the device; it is told only here."""
        device, secret = await devices.subscribe(data.endpoint, data.keys.p256dh, data.keys.auth, data.language)
        return NewDeviceReply(id=device.id, secret=secret)

    @get("/devices/{device_id:uuid}", guards=[anyone], responses=problems(InputRefused, DeviceNotFound, Unavailable))
    async def get_device(
        self, device_id: FromPath[UUID], device_secret: DeviceSecret, devices: NamedDependency[Devices]
    ) -> DeviceReply:
        """The own device; 404 when the push service said that it is gone: then subscribe anew."""
        return DeviceReply.of(await devices.find(device_id, device_secret))

    @put(
        "/devices/{device_id:uuid}",
        guards=[anyone, at_most(200, per=3600, rule="push-renew")],
        responses=problems(*_ADDRESS, DeviceNotFound, TooManyRequests, Unavailable),
    )
    async def renew_device(
        self,
        device_id: FromPath[UUID],
        device_secret: DeviceSecret,
        data: JSONBody[SubscribeDevice],
        devices: NamedDependency[Devices],
    ) -> DeviceReply:
        """The browser has a new subscription, or its owner reads another language."""
        return DeviceReply.of(
            await devices.renew(
                device_id, device_secret, data.endpoint, data.keys.p256dh, data.keys.auth, data.language
            )
        )

    @put(
        "/devices/{device_id:uuid}/owner",
        guards=[resident()],
        status_code=204,
        responses=problems(
            InputRefused, SignInNeeded, NotAllowed, CallerChanged, DeviceNotFound, SharedDeviceNotRung, Unavailable
        ),
    )
    async def claim_device(
        self,
        request: AnyRequest,
        device_id: FromPath[UUID],
        device_secret: DeviceSecret,
        devices: NamedDependency[Devices],
    ) -> None:
        """From now on the caller is told there what is theirs, until they sign out there or somebody else signs in."""
        name = device_of(request.headers.get("user-agent", ""))
        await devices.claim(device_id, device_secret, request.user, name)

    @delete("/devices/{device_id:uuid}", guards=[anyone], responses=problems(InputRefused, DeviceNotFound, Unavailable))
    async def forget_device(
        self, device_id: FromPath[UUID], device_secret: DeviceSecret, devices: NamedDependency[Devices]
    ) -> None:
        """Never ring this device again, and forget what it was told."""
        await devices.forget(device_id, device_secret)

    @create(
        "/devices/{device_id:uuid}/test",
        status_code=202,
        guards=[anyone, at_most(100, per=3600, rule="push-test", in_all=5_000)],
        responses=problems(InputRefused, DeviceNotFound, *_REPEATED, TooManyRequests, Unavailable),
    )
    async def send_test_notification(
        self, device_id: FromPath[UUID], device_secret: DeviceSecret, messages: NamedDependency[Messages]
    ) -> SentReply:
        """Ring the own device, at most five times an hour."""
        return SentReply(message_id=(await messages.test(device_id, device_secret)).id)

    @get(
        "/devices/{device_id:uuid}/messages/{message_id:uuid}",
        guards=[anyone],
        responses=problems(InputRefused, MessageNotFound, Unavailable),
    )
    async def get_message(
        self,
        device_id: FromPath[UUID],
        message_id: FromPath[UUID],
        device_secret: DeviceSecret,
        messages: NamedDependency[Messages],
    ) -> MessageReply:
        """What became of a message. It can be read for 30 days, also when the device is gone."""
        return MessageReply.of(await messages.find(device_id, device_secret, message_id))

    @post(
        "/messages/{message_id:uuid}/shown",
        status_code=204,
        guards=[anyone, at_most(5_000, per=3600, rule="push-shown")],
        responses=problems(InputRefused, MessageNotFound, TooManyRequests, Unavailable),
    )
    async def note_message_shown(self, message_id: FromPath[UUID], messages: NamedDependency[Messages]) -> None:
        """The service worker says that it showed the message. Saying it again changes nothing."""
        await messages.note_shown(message_id)

    @post(
        "/messages/{message_id:uuid}/opened",
        status_code=204,
        guards=[anyone, at_most(5_000, per=3600, rule="push-opened")],
        responses=problems(InputRefused, MessageNotFound, TooManyRequests, Unavailable),
    )
    async def note_message_opened(self, message_id: FromPath[UUID], messages: NamedDependency[Messages]) -> None:
        """The service worker says that the message was tapped. Saying it again changes nothing."""
        await messages.note_opened(message_id)
