"""How residents want to be told, over HTTP."""

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, CallerChanged, NotAllowed, SignInNeeded, resident
from server.core.problems import InputRefused, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.notifications.schemas import ChoosePreferences, PreferencesReply
from server.modules.notifications.service.preferences import Preferences, QuietTimeRefused, TopicCannotBeOff

_OWN = (SignInNeeded, NotAllowed, Unavailable)


class PreferenceController(Controller):
    path = "/notifications/preferences"
    tags = ("notifications",)

    @get("/", guards=[resident()], responses=problems(*_OWN))
    async def get_preferences(self, request: AnyRequest, preferences: NamedDependency[Preferences]) -> PreferencesReply:
        """What the caller chose, or what stands until they do."""
        return PreferencesReply.of(await preferences.of(request.user.id))

    @put(
        "/",
        guards=[resident()],
        responses=problems(
            InputRefused, TopicCannotBeOff, QuietTimeRefused, CallerChanged, ChangedMeanwhile, VersionNeeded, *_OWN
        ),
    )
    async def choose_preferences(
        self,
        request: AnyRequest,
        data: JSONBody[ChoosePreferences],
        preferences: NamedDependency[Preferences],
        if_match: IfMatch = None,
    ) -> PreferencesReply:
        """Choose, from the next event on and for every device. `If-Match: "0"` the first time."""
        return PreferencesReply.of(
            await preferences.choose(
                request.user.id,
                version_of(if_match),
                private=data.private,
                quiet=data.quiet.quiet() if data.quiet else None,
                topics=data.topics,
                fields=data.fields,
                channels=data.channels,
            )
        )
