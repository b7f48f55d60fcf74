"""What a module hands to the application."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import click
import msgspec
from litestar import Controller
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Recognise
from server.core.events import Reaction, Schedule
from server.core.holding import Holding
from server.core.preview import Preview
from server.core.retention import Keep
from server.core.rotation import Ending, Sealed
from server.core.settings import Settings
from server.core.snapshot import Snapshot
from server.core.sweep import Shelf
from server.core.words import Words


class Module(msgspec.Struct, frozen=True):
    """One noun of the service. `seed` fills an empty database and changes nothing the second time.

    `fits` raises WrongSetting when these settings must not open this database: then nothing starts on it.
    `reads` are the files of the province it stands on: each raises WrongSetting that says what is wrong in which.
    `controllers` lie below `/api`, `feeds` below `/feeds`: what other programs read without our document. `standards`
    lie where a standard wants them.
    `previews` say, by how the address of a screen begins, what it will show: given the rest of the address.
    `told`: JSON that every page brings along, by the id under which the program finds it; none while there is nothing.
    `permissions` are the words its guards name, each with a sentence for whoever gives roles to staff.
    """

    name: str
    controllers: Sequence[type[Controller]] = ()
    feeds: Sequence[type[Controller]] = ()
    standards: Sequence[type[Controller]] = ()
    dependencies: dict[str, Callable[..., Any]] = {}
    reactions: Sequence[Reaction] = ()
    schedules: Sequence[Schedule] = ()
    snapshots: Sequence[Snapshot[Any]] = ()
    previews: dict[str, Callable[[str], Preview | None]] = {}
    told: dict[str, Callable[[], bytes | None]] = {}
    commands: Sequence[click.Command] = ()
    permissions: dict[str, Words] = {}
    keeps: Sequence[Keep] = ()
    shelves: Sequence[Shelf] = ()
    sealed: Sequence[Sealed | Ending] = ()
    holding: Holding | None = None
    recognise: Recognise | None = None
    reads: Sequence[Callable[[Settings], object]] = ()
    seed: Callable[[AsyncSession, Settings], Awaitable[None]] | None = None
    fits: Callable[[AsyncSession, Settings], Awaitable[None]] | None = None
