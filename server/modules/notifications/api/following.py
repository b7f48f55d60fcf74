"""Which communes and topics somebody follows, over HTTP; with an account or without."""

from uuid import UUID

from litestar import Controller, get, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, anyone, resident
from server.core.limits import at_most
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.core.words import language_of
from server.modules.notifications.api.devices import DeviceSecret
from server.modules.notifications.schemas import (
    DeviceFollowingReply,
    Follow,
    FollowingReply,
    FollowOnDevice,
    TopicsToFollowReply,
    TopicToFollowReply,
)
from server.modules.notifications.service.devices import DeviceFollowsItsOwner, DeviceNotFound, Devices
from server.modules.notifications.service.following import CommuneNotFollowed, Following, TopicNotFollowed
from server.modules.notifications.service.topics import topics_of

_OWN = (SignInNeeded, NotAllowed, Unavailable)
_UNKNOWN = (InputRefused, CommuneNotFollowed, TopicNotFollowed)
_DEVICE = (DeviceNotFound, DeviceFollowsItsOwner, Unavailable)


class FollowingController(Controller):
    path = "/notifications"
    tags = ("notifications",)

    @get("/topics", guards=[anyone], responses=problems(Unavailable))
    async def list_topics_to_follow(self, request: AnyRequest, state: State) -> TopicsToFollowReply:
        """What can be followed besides communes, in the order in which it is offered."""
        language = language_of(request)
        items = topics_of(state.settings).items()
        return TopicsToFollowReply(items=[TopicToFollowReply(code=it, name=to.for_(language)) for it, to in items])

    @get("/following", guards=[resident()], responses=problems(*_OWN))
    async def get_following(self, request: AnyRequest, following: NamedDependency[Following]) -> FollowingReply:
        """What the caller follows: announcements for it reach them."""
        return FollowingReply.of(await following.of(request.user.id))

    @put(
        "/following",
        guards=[resident()],
        responses=problems(*_UNKNOWN, CallerChanged, ChangedMeanwhile, VersionNeeded, *_OWN),
    )
    async def choose_following(
        self,
        request: AnyRequest,
        data: JSONBody[Follow],
        following: NamedDependency[Following],
        if_match: IfMatch = None,
    ) -> FollowingReply:
        """Choose, from the next announcement on and for every device. `If-Match: "0"` the first time."""
        chosen = await following.choose(
            request.user.id, version_of(if_match), communes=data.communes, topics=data.topics
        )
        return FollowingReply.of(chosen)

    @get("/devices/{device_id:uuid}/following", guards=[anyone], responses=problems(InputRefused, *_DEVICE))
    async def get_device_following(
        self, device_id: FromPath[UUID], device_secret: DeviceSecret, devices: NamedDependency[Devices]
    ) -> DeviceFollowingReply:
        """What a browser follows on which nobody is signed in."""
        return DeviceFollowingReply.of(await devices.following(device_id, device_secret))

    @put(
        "/devices/{device_id:uuid}/following",
        guards=[anyone, at_most(200, per=3600, rule="push-follow")],
        responses=problems(*_UNKNOWN, *_DEVICE, TooManyRequests),
    )
    async def choose_device_following(
        self,
        device_id: FromPath[UUID],
        device_secret: DeviceSecret,
        data: JSONBody[FollowOnDevice],
        devices: NamedDependency[Devices],
    ) -> DeviceFollowingReply:
        """Choose for it, from the next announcement on; whoever signs in there takes it over."""
        chosen = await devices.follow(
            device_id, device_secret, communes=data.communes, topics=data.topics, news=data.news
        )
        return DeviceFollowingReply.of(chosen)
