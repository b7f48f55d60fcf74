"""Nobody sees what is not theirs: every resident's route, with the ids of one resident, called by another one.

The routes and what is sent to them are generated from the living OpenAPI document. Whoever calls with a stranger's id
is answered exactly as with an id that nobody has; and the owner's own call shows that the id was a real one (ST402,
OWASP API1).
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from sqlalchemy import select

from server.app import DOCUMENT, create_app, operation_id
from server.core.access import access_of
from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.core.words import Words
from server.modules.dossiers.models import Dossier, Follower, FollowState, FollowWay
from server.modules.dossiers.rules.statuses import Status
from server.modules.identity.public import trace_of
from server.modules.notifications.models import Entry
from server.modules.notifications.public import Notice, Topic, notify
from tests.architecture.test_routes import HANDLERS, SETTINGS
from tests.modules.feedback.conftest import report as report_of
from tests.modules.identity.authenticator import Authenticator
from tests.modules.identity.conftest import Browser, age, new_browser, new_phone, nothing_counted
from tests.modules.identity.test_passkeys import register
from tests.pushservice import Phone, PushService

__all__ = ["new_browser", "new_phone", "nothing_counted"]

LIVING = create_app(SETTINGS, DOCUMENT).openapi_schema.to_schema()
for _schema in LIVING["components"]["schemas"].values():
    _schema["additionalProperties"] = False  # what is not named is refused, and nothing would be tried with it
SCHEMA = schemathesis.openapi.from_dict(LIVING)
ACCESS = {operation_id(handler, None, None): access_of(handler)[0] for _, handler in HANDLERS}
OPERATIONS = {
    operation["operationId"]: (path, method)
    for path, methods in LIVING["paths"].items()
    for method, operation in methods.items()
    if "resident" in ACCESS[operation["operationId"]].kinds or not ACCESS[operation["operationId"]].required
    if any(it["in"] == "path" and it["schema"].get("format") == "uuid" for it in operation.get("parameters", []))
}

# Whoever has the id has been told the message: a service worker that was woken up knows nothing else.
THE_ID_IS_THE_KEY = {"noteMessageShown", "noteMessageOpened"}
# Whoever sees an open report nearby may follow it; and a phone makes the id under which it sends one.
THE_ID_IS_NO_SECRET = {"followReport", "unfollowReport", "getSimilarPhoto", "sendReport"}
# Beside the id stands a number: tests/modules/feedback/test_sending.py tries them.
HAS_A_NUMBER = {"putReportPhoto", "getReportPhoto"}
# Nothing is there before its first piece has come (tests/modules/feedback/test_video.py).
COMES_IN_PIECES = {"getReportVideo", "addReportVideo"}
# Without the code of a desk nobody is answered anything else (tests/modules/identity/test_recovery.py has one).
NEEDS_A_DESK = {"moveToNewPhone"}
# Named by the code of the dossier as well (test_results.py, test_owner_view.py, test_following.py have both).
NEEDS_A_CODE = {"confirmFollower", "getOwnResult", "getOwnSlip"}
# Their bodies name photos: tests/modules/feedback/test_evidence.py names somebody else's.
NAMES_PHOTOS = {"reopenReport", "tellMore"}
# What is published is nobody's.
NOBODYS = {"getAlert", "getArticle", "getPublicReport", "getPublicPhoto"}


class Life(NamedTuple):
    """A resident with one of everything: the ids of it, and what is typed or sent along with them."""

    browser: Browser
    ids: list[str]
    digits: dict[str, str]
    device: str
    subscription: dict[str, Any]


NewLife = Callable[[], Awaitable[Life]]


@pytest.fixture
def new_life(
    new_browser: Callable[[], Browser],
    new_phone: Callable[[], str],
    push_service: PushService,
    settings: Settings,
    database: Database,
    events: Events,
) -> NewLife:
    async def post(browser: Browser, path: str, body: object = None) -> dict[str, Any]:
        await age(database, "DELETE FROM core_count")
        reply = await browser.post(path, json=body)
        assert reply.is_success, reply.text
        return dict(reply.json())

    async def told(resident_id: str) -> str:
        words = Words("tin", "news", "ដំណឹង")
        about: dict[str, Any] = {"key": str(uuid4()), "topic": Topic.STEPS, "subject": "1", "path": "/"}
        about |= {"title": words, "body": words, "plain": words}
        async with database.transaction() as session:
            await notify(session, [Notice(resident_id=UUID(resident_id), **about)])
            mine = select(Entry.id).where(Entry.resident_id == UUID(resident_id))
            return str((await session.scalars(mine)).one())

    async def invited(phone: str) -> str:
        async with database.transaction() as session:
            dossier = Dossier(
                code=f"H12.996-20261101-{uuid4().int % 10**7:07}",
                procedure="1.004194",
                status=Status.ACCEPTED,
                status_at=datetime.now(UTC),
            )
            session.add(dossier)
            await session.flush()
            row = Follower(dossier_id=dossier.id, way=FollowWay.INVITED, state=FollowState.INVITED)
            row.phone_index, row.since = trace_of(session, phone), dossier.status_at
            session.add(row)
            await session.flush()
            return str(row.id)

    async def sent(browser: Browser) -> str:
        operation = str(uuid4())
        reply = await browser.put(f"/api/feedback/reports/{operation}", json=report_of())
        assert reply.is_success, reply.text
        return operation

    async def make() -> Life:
        here, elsewhere, phone = new_browser(), new_browser(), new_phone()
        me = await here.sign_in(phone)
        await age(database, "DELETE FROM core_count")
        await elsewhere.sign_in(phone)
        passkey = await register(here, Authenticator(settings.origin))
        copy = await post(here, "/api/privacy/requests", {"kind": "copy", "note": ""})
        await events.run_waiting()
        codes = [
            await post(here, "/api/identity/codes", {"phone": phone, "language": "vi"}),
            await post(here, "/api/identity/prove/codes"),
            await post(here, "/api/identity/recovery/codes", {"phone": new_phone(), "language": "vi"}),
        ]
        rung = Phone(push_service, (await here.get("/api/notifications/key")).json()["key"])
        subscription = {"endpoint": rung.endpoint, "keys": rung.keys}
        device = await post(here, "/api/notifications/devices", subscription | {"language": "vi"})
        here.headers["Device-Secret"] = device["secret"]
        entry = await told(me["id"])
        message = await post(here, f"/api/notifications/devices/{device['id']}/test")
        report = await sent(here)
        session = [it["id"] for it in (await here.get("/api/identity/devices")).json()["items"] if not it["current"]]
        return Life(
            here,
            [
                *session,
                passkey["id"],
                copy["id"],
                *(it["id"] for it in codes),
                device["id"],
                message["message_id"],
                entry,
                await invited(phone),
                report,
            ],
            {it["id"]: it["shown"] for it in codes},
            device["id"],
            subscription,
        )

    return make


def generated(name: str) -> list[schemathesis.Case]:
    """What the document allows to send: other bodies with every one, and nothing of the path."""
    path, method = OPERATIONS[name]
    operation = SCHEMA[path][method.upper()]
    cases: list[schemathesis.Case] = []

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    @hypothesis_settings(
        max_examples=2 if operation.body else 1,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def collect(case: schemathesis.Case) -> None:
        cases.append(case)

    collect()
    return cases


async def call(caller: Life, case: schemathesis.Case, ids: tuple[str, ...], owner: Life) -> httpx.Response:
    """What was generated, with these ids; what no chance would hit on is right, so that only the id decides."""
    path = case.path
    for name, value in zip(case.path_parameters, ids, strict=True):
        path = path.replace(f"{{{name}}}", value)
    right = {"digits": owner.digits.get(ids[0], "123456"), **caller.subscription, "communes": [], "topics": []}
    body = {name: right.get(name, value) for name, value in case.body.items()} if isinstance(case.body, dict) else None
    return await caller.browser.request(case.method, path, json=body)


def said(reply: httpx.Response) -> tuple[int, object]:
    is_json = "json" in reply.headers.get("content-type", "")
    return reply.status_code, (reply.json() | {"request_id": ""}) if is_json else reply.content


@pytest.mark.parametrize(
    "name", sorted(OPERATIONS.keys() - THE_ID_IS_THE_KEY - THE_ID_IS_NO_SECRET - HAS_A_NUMBER - COMES_IN_PIECES)
)
async def test_a_strangers_is_answered_like_nothing(name: str, new_life: NewLife, database: Database) -> None:
    owner, stranger = await new_life(), await new_life()
    surprises = []
    for case in generated(name):
        places = len(case.path_parameters)
        # Of several ids one is the owner's, and the others may be the stranger's own.
        theirs = [ids for ids in product([*owner.ids, stranger.device], repeat=places) if {*ids} & {*owner.ids}]
        nothing = tuple(str(uuid4()) for _ in range(places))
        await age(database, "DELETE FROM core_count")
        absent = said(await call(stranger, case, nothing, owner))
        for ids in theirs:
            await age(database, "DELETE FROM core_count")
            answer = said(await call(stranger, case, ids, owner))
            if answer != absent or answer[0] not in (400, 404):
                surprises.append(f"{case.method} {case.path} {ids}: {answer}, nothing is {absent}")
    assert surprises == []

    if name not in NEEDS_A_DESK | NEEDS_A_CODE | NOBODYS:
        await age(database, "DELETE FROM core_count")
        every = product(owner.ids, repeat=places)
        assert {absent[0]} != {said(await call(owner, case, ids, owner))[0] for ids in every}


def test_no_resident_names_somebody_elses_row_in_a_body() -> None:
    """If one day they do, what is sent above must hold such ids too."""
    schemas = LIVING["components"]["schemas"]
    bodies = {
        name: LIVING["paths"][path][method].get("requestBody", {})
        for path, methods in LIVING["paths"].items()
        for method, operation in methods.items()
        if "resident" in ACCESS[name := operation["operationId"]].kinds
    }
    named = {
        name: [schemas[ref.rsplit("/", 1)[1]] for ref in _references(body)] for name, body in bodies.items() if body
    }
    assert {name for name, found in named.items() if "'uuid'" in str(found)} == NAMES_PHOTOS


def _references(body: object) -> list[str]:
    if isinstance(body, dict):
        return [ref for key, value in body.items() for ref in ([value] if key == "$ref" else _references(value))]
    return []
