"""The whole application on one page: the modules, what the core gives them, and Litestar around it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, suppress

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Tag
from litestar.types import ASGIApp
from sqlalchemy.exc import SQLAlchemyError

from server.core import idempotency, limits, logs, retention
from server.core.access import Caller, Connection, refuse_undeclared
from server.core.anchors import anchor_hourly
from server.core.database import Database
from server.core.events import Events, Schedule
from server.core.health import HealthController
from server.core.idempotency import Replay, on_replay
from server.core.module import Module
from server.core.problems import EXCEPTION_HANDLERS
from server.core.settings import Settings, WrongSetting, read_settings
from server.core.snapshot import keep_fresh
from server.core.sweep import sweep
from server.core.web import Frame, Pages, one_transaction, page
from server.modules.catalogue.module import module as catalogue
from server.modules.dossiers.module import module as dossiers
from server.modules.feedback.module import module as feedback
from server.modules.identity.module import module as identity
from server.modules.news.module import module as news
from server.modules.notifications.module import module as notifications
from server.modules.payments.module import module as payments
from server.modules.places.module import module as places
from server.modules.privacy.module import module as privacy

MODULES: tuple[Module, ...] = (places, identity, privacy, notifications, catalogue, payments, dossiers, news, feedback)

SCHEDULES = [
    Schedule("7 * * * *", anchor_hourly),
    Schedule("17 * * * *", retention.forget),
    Schedule("40 18 * * *", sweep),  # at night here
]


def events_of(database: Database) -> Events:
    """The reactions and schedules of every module, over one database whose sessions know what all modules bring."""
    database.info["holdings"] = {module.name: module.holding for module in MODULES if module.holding}
    database.info["permissions"] = {word: said for module in MODULES for word, said in module.permissions.items()}
    database.info["keeps"] = [limits.KEEP, idempotency.KEEP, *(keep for module in MODULES for keep in module.keeps)]
    database.info["shelves"] = [shelf for module in MODULES for shelf in module.shelves]
    return Events(
        database,
        reactions=[reaction for module in MODULES for reaction in module.reactions],
        schedules=SCHEDULES + [schedule for module in MODULES for schedule in module.schedules],
    )


def wrong_data(settings: Settings) -> Iterator[WrongSetting]:
    """What is wrong with the files of the province, the first of each reading."""
    for read in [read for module in MODULES for read in module.reads]:
        try:
            read(settings)
        except WrongSetting as wrong:
            yield wrong


def misfits(settings: Settings) -> list[WrongSetting]:
    """Why these settings must not open this database. None found while it is away or has no tables."""

    async def ask(database: Database) -> list[WrongSetting]:
        found = []
        for module in MODULES:
            try:
                if module.fits:
                    async with database.transaction() as session:
                        await module.fits(session, settings)
            except WrongSetting as wrong:
                found.append(wrong)
            except SQLAlchemyError:
                pass  # `doctor` and the supervisor say so better
        await database.close()
        return found

    return asyncio.run(ask(Database(settings)))


def refuse_misfits(settings: Settings) -> None:
    """Before anything starts. Raises WrongSetting."""
    for wrong in misfits(settings):
        raise wrong


async def _nobody(_: Connection) -> Caller | None:
    """Who calls, in an application without a module that knows people."""
    return None


def operation_id(handler: HTTPRouteHandler, _method: object, _path: object) -> str:
    """The handler's name as the PWA calls it: list_procedures → listProcedures."""
    first, *others = handler.handler_name.split("_")
    return first + "".join(word.capitalize() for word in others)


SEALED = [*limits.SEALED, *(sealed for module in MODULES for sealed in module.sealed)]


DOCUMENT = OpenAPIConfig(
    title="Citizen app",
    version="1",
    description="The citizen app of a province. Every refusal is an RFC 9457 problem.",
    tags=[Tag(module.name) for module in MODULES],
    operation_id_creator=operation_id,
)


def routers(module: Module) -> list[Router]:
    """Its routes at their places. What they depend on is the module's own: nobody is given what another one makes."""
    own = {name: Provide(make, sync_to_thread=False) for name, make in module.dependencies.items()}
    return [
        Router("/api", route_handlers=module.controllers, dependencies=own),
        Router("/feeds", route_handlers=module.feeds, include_in_schema=False),
        Router("/", route_handlers=module.standards, dependencies=own, include_in_schema=False),
    ]


def create_app(settings: Settings, document: OpenAPIConfig | None = None) -> Litestar:
    """The web application; starts without its database and waits for it.

    With `document` it can describe itself (`openapi_schema`), and is not meant to be served: Litestar's pages for
    the document load scripts from elsewhere, so nothing of them is mounted in the application people use.
    """
    app = Litestar(
        route_handlers=[*(router for module in MODULES for router in routers(module)), HealthController, page],
        dependencies={"session": Provide(one_transaction)},
        exception_handlers=EXCEPTION_HANDLERS | {Replay: on_replay},
        lifespan=[_life],
        openapi_config=document,
        request_max_body_size=64 * 1024,
        logging_config=None,
    )
    if document is None:
        refuse_undeclared(app)
    furnish(app, settings)
    return app


def furnish(app: Litestar, settings: Settings) -> None:
    """Gives the routes what they work with: all of an application that depends on its settings."""
    logs.configure(settings)
    database = Database(settings)
    events_of(database)
    app.state = State(
        {
            "settings": settings,
            "database": database,
            "snapshots": [snapshot for module in MODULES for snapshot in module.snapshots],
            "pages": Pages(settings),
            "previews": {path: look for module in MODULES for path, look in module.previews.items()},
            "told": {name: tell for module in MODULES for name, tell in module.told.items()},
            "recognise": next((module.recognise for module in MODULES if module.recognise), _nobody),
        }
    )


@asynccontextmanager
async def _life(app: Litestar) -> AsyncGenerator[None, None]:
    database = app.state.database
    fresh = asyncio.create_task(keep_fresh(database, app.state.snapshots))
    yield
    fresh.cancel()
    with suppress(asyncio.CancelledError):
        await fresh
    await database.close()


def serve() -> ASGIApp:
    """What the web server calls: the application in its frame."""
    settings = read_settings()
    return framed(create_app(settings), settings)


def framed(app: ASGIApp, settings: Settings) -> ASGIApp:
    """In its frame, and behind its proxies: who calls is whom they say, and nobody else is believed."""
    from granian.utils.proxies import wrap_asgi_with_proxy_headers  # the worker needs no web server

    frame = Frame(app, settings)
    proxies = list(settings.trusted_proxies)
    return wrap_asgi_with_proxy_headers(frame, proxies) if proxies else frame
