"""Warnings at the desk over HTTP: written by one, put in force by another, or alone by the leader on duty."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from server.core.access import AnyRequest, CallerChanged, NotAllowed, ProofNeeded, SignInNeeded, may
from server.core.idempotency import KeyRefused, KeyUsedForAnother, StillRunning, create
from server.core.paging import Cursor, CursorRefused, Limit
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.identity.public import OwnWork
from server.modules.news.rules.alerts import AlertState
from server.modules.news.schemas.alerts import DeskAlert, DeskAlerts, WriteAlert
from server.modules.news.schemas.desk import ShowOnDevice
from server.modules.news.service.alert_views import AlertDesk
from server.modules.news.service.alerts import Alerts
from server.modules.news.service.warning_refusals import AlertCannotMove, AlertIncomplete, AlertNotFound
from server.modules.notifications.public import DeviceNotFound

_STAFF = (SignInNeeded, NotAllowed, CallerChanged, Unavailable)
_REPEATED = (KeyRefused, KeyUsedForAnother, StillRunning)
_ONE = (AlertNotFound, NotFound, AlertCannotMove, ChangedMeanwhile, VersionNeeded, *_STAFF)


class AlertDeskController(Controller):
    path = "/news/alert-desk"
    tags = ("news",)

    @get("", guards=[may("news:warn")], responses=problems(InputRefused, CursorRefused, *_STAFF))
    async def list_desk_alerts(
        self,
        alert_desk: NamedDependency[AlertDesk],
        which: Annotated[AlertState | None, QueryParameter()] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> DeskAlerts:
        """Warnings in every state, the newest first."""
        return await alert_desk.list(which, limit, cursor)

    @create("", guards=[may("news:warn")], responses=problems(InputRefused, *_REPEATED, *_STAFF))
    async def begin_alert(
        self,
        request: AnyRequest,
        data: JSONBody[WriteAlert],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
    ) -> DeskAlert:
        """A new draft, which nobody but the desk can see."""
        return await alert_desk.show(request.user, await alerts.begin(request.user, data.warn()))

    @get("/{alert_id:uuid}", guards=[may("news:warn")], responses=problems(AlertNotFound, NotFound, *_STAFF))
    async def get_desk_alert(
        self,
        request: AnyRequest,
        alert_id: FromPath[UUID],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
    ) -> DeskAlert:
        """One warning: its draft, what went out, who did what."""
        return await alert_desk.show(request.user, await alerts.find(alert_id))

    @put("/{alert_id:uuid}", guards=[may("news:warn")], responses=problems(InputRefused, *_ONE))
    async def save_alert(
        self,
        request: AnyRequest,
        alert_id: FromPath[UUID],
        data: JSONBody[WriteAlert],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
        if_match: IfMatch = None,
    ) -> DeskAlert:
        """Save a draft, half done or whole. What is in force stays as it is until the draft is put in force."""
        alert = await alerts.save(request.user, alert_id, version_of(if_match), data.warn())
        return await alert_desk.show(request.user, alert)

    @create(
        "/{alert_id:uuid}/issue",
        status_code=200,
        guards=[may("news:warn")],
        responses=problems(InputRefused, AlertIncomplete, OwnWork, *_REPEATED, *_ONE),
    )
    async def issue_alert(
        self,
        request: AnyRequest,
        alert_id: FromPath[UUID],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
        if_match: IfMatch = None,
    ) -> DeskAlert:
        """Put in force what somebody else has written: the warning, its update, or its all-clear."""
        alert = await alerts.put_in_force(request.user, alert_id, version_of(if_match), alone=False)
        return await alert_desk.show(request.user, alert)

    @create(
        "/{alert_id:uuid}/issue-alone",
        status_code=200,
        guards=[may("news:warn-alone", fresh=True)],
        responses=problems(InputRefused, AlertIncomplete, ProofNeeded, *_REPEATED, *_ONE),
    )
    async def issue_alert_alone(
        self,
        request: AnyRequest,
        alert_id: FromPath[UUID],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
        if_match: IfMatch = None,
    ) -> DeskAlert:
        """The same without a second person, for the leader on duty, who proves once more who it is."""
        alert = await alerts.put_in_force(request.user, alert_id, version_of(if_match), alone=True)
        return await alert_desk.show(request.user, alert)

    @create(
        "/{alert_id:uuid}/discard",
        status_code=200,
        guards=[may("news:warn")],
        responses=problems(InputRefused, *_REPEATED, *_ONE),
    )
    async def discard_alert(
        self,
        request: AnyRequest,
        alert_id: FromPath[UUID],
        alerts: NamedDependency[Alerts],
        alert_desk: NamedDependency[AlertDesk],
        if_match: IfMatch = None,
    ) -> DeskAlert:
        """Throw away a draft that never went out."""
        return await alert_desk.show(request.user, await alerts.discard(request.user, alert_id, version_of(if_match)))

    @post(
        "/{alert_id:uuid}/test",
        status_code=204,
        guards=[may("news:warn")],
        responses=problems(InputRefused, AlertNotFound, NotFound, DeviceNotFound, TooManyRequests, *_STAFF),
    )
    async def try_alert_out(
        self,
        alert_id: FromPath[UUID],
        data: JSONBody[ShowOnDevice],
        device_secret: Annotated[str, HeaderParameter(name="Device-Secret", max_length=200)],
        alerts: NamedDependency[Alerts],
    ) -> None:
        """Ring the caller's own phone with what the draft says, before anybody else is warned."""
        await alerts.test(alert_id, data.device_id, device_secret)
