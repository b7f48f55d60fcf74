"""The two kinds of process: web and worker. What neither needs is not imported here: each copy costs memory."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable

import click

from server.app import events_of, refuse_misfits, serve
from server.core import logs
from server.core.database import Database
from server.core.settings import Settings


def serve_web(settings: Settings) -> None:
    needs_database(settings)
    refuse_misfits(settings)
    if settings.web_processes == 1:
        asyncio.run(_serve_alone(settings))
        return
    # What starts processes is not needed for one, and neither by the worker.
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "server.app:serve",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.web_processes,
        websockets=False,
        log_enabled=False,
    ).serve()


async def _serve_alone(settings: Settings) -> None:
    from granian.constants import Interfaces
    from granian.server.embed import Server

    server = Server(
        serve(),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    _on_stop(server.stop)
    await server.serve()


def work(settings: Settings) -> None:
    needs_database(settings)
    refuse_misfits(settings)
    logs.configure(settings)

    async def run() -> None:
        stop = asyncio.Event()
        _on_stop(stop.set)
        database = Database(settings)
        events = events_of(database)
        # What is here now stays: the collector need not look at it again and again while thousands are told something.
        gc.collect()
        gc.freeze()
        await events.work(stop)
        await database.close()

    asyncio.run(run())


def needs_database(settings: Settings) -> None:
    if not settings.database_url:
        raise click.ClickException("DATABASE_URL is not set; `python -m server run` starts a database of its own")


def _on_stop(stop: Callable[[], None]) -> None:
    """Call `stop` at SIGTERM, at Ctrl-C, and when the supervisor is gone, even killed."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop)
    if os.environ.get("SUPERVISED"):

        def watch() -> None:
            os.read(0, 1)  # returns when the other end of the pipe is gone
            os.kill(os.getpid(), signal.SIGTERM)

        threading.Thread(target=watch, daemon=True).start()
