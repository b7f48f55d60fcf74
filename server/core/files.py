"""Files beside the database: each under a name we chose, kept byte for byte, in a folder or an object store (S3).

Nothing here knows a transaction: write the file first and the row that names it after, in one transaction; when that
is rolled back the file is left behind, and nobody can reach it (`sweep.py` takes it away). To take one away, delete
the row and wipe the file in a reaction.

The library's own asynchronous calls are not used: a process that ends soon after one may abort (SIGABRT), for a thread
of Rust wants the interpreter while it is being taken down (PyO3/pyo3-async-runtimes issue 40).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import structlog

from server.core.problems import Unavailable
from server.core.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore


log = structlog.get_logger()
Given = TypeVar("Given")


class FileMissing(Exception):
    """Nothing lies under this name."""


class Files:
    """The place where files lie. A name is ours alone ("news/photos/ID"), never what somebody called their file.

    Every call raises Unavailable where the place is full or away.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opened: ObjectStore | None = None

    async def put(self, name: str, content: bytes) -> None:
        """Whole or not at all; in the place of what lay there before."""
        await self._there(lambda: self._store.put(name, content))

    async def get(self, name: str) -> bytes:
        """Raises FileMissing."""
        try:
            return await self._there(lambda: bytes(self._store.get(name).bytes()))
        except FileNotFoundError:
            raise FileMissing(name) from None

    async def delete(self, name: str) -> None:
        """Twice is as good as once."""
        try:
            await self._there(lambda: self._store.delete(name))
        except FileNotFoundError:
            return

    async def older_than(self, instant: datetime, folder: str) -> list[str]:
        """The names of files in a folder, and below it, that were last written before `instant`."""
        listed = await self._there(lambda: [it for some in self._store.list(folder) for it in some])
        return [it["path"] for it in listed if it["last_modified"] < instant]

    async def _there(self, ask: Callable[[], Given]) -> Given:
        from obstore.exceptions import GenericError

        try:
            return await asyncio.to_thread(ask)
        except (GenericError, OSError) as error:
            if isinstance(error, FileNotFoundError):
                raise
            # Its first line says why, and names none of ours but ids.
            log.error("files away", error=str(error).partition("\n")[0][:200])
            raise Unavailable from None

    @property
    def _store(self) -> "ObjectStore":
        if self._opened is None:
            from obstore.store import LocalStore, from_url  # only whoever has a file in hand pays for it

            url, folder = self._settings.files_url, self._settings.var / "files"
            if not url:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._opened = from_url(url) if url else LocalStore(prefix=folder)
        return self._opened


files_at = lru_cache(4)(Files)
"""The place where files lie, opened once for these settings."""
