"""News of the inbox while the app is open."""

from litestar import Controller, get
from litestar.datastructures import State
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, resident
from server.core.problems import Unavailable, problems
from server.modules.notifications.service.inbox import state_of
from server.modules.notifications.service.live import live_of


class StreamController(Controller):
    path = "/notifications/stream"
    tags = ("notifications",)

    @get(
        "/",
        guards=[resident()],
        media_type="text/event-stream",
        responses={200: ResponseSpec(str, media_type="text/event-stream", generate_examples=False)}
        | problems(SignInNeeded, NotAllowed, Unavailable),
    )
    async def stream_notifications(self, request: AnyRequest, state: State) -> Stream:
        """Server-sent events: `inbox` (`{"unread": 2}`) whenever something in the caller's inbox changes, `ended` when
        their session has. A reconnect with `Last-Event-ID` is told at once what it missed.
        """
        last = request.headers.get("last-event-id", "")
        news = live_of(state.database, state_of).stream(request.user.id, request.user.session_id, last)
        return Stream(news, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
