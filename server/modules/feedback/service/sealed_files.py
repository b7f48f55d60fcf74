"""Files of the reports, each sealed with the key that lies sealed in its row, and bound to its name."""

import asyncio
import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.core.files import files_at
from server.core.settings import Settings

_NONCE = 12


class SealedFiles:
    """One folder of them."""

    def __init__(self, settings: Settings, folder: str) -> None:
        self._files = files_at(settings)
        self._folder = folder

    async def put(self, row: UUID, name: str, key: bytes, content: bytes | bytearray) -> None:
        nonce = os.urandom(_NONCE)
        sealed = await asyncio.to_thread(AESGCM(key).encrypt, nonce, content, name.encode())
        await self._files.put(path_in(self._folder, row, name), nonce + sealed)

    async def get(self, row: UUID, name: str, key: bytes) -> bytes:
        """Raises FileMissing."""
        sealed = memoryview(await self._files.get(path_in(self._folder, row, name)))
        return await asyncio.to_thread(AESGCM(key).decrypt, sealed[:_NONCE], sealed[_NONCE:], name.encode())

    async def delete(self, row: UUID, name: str) -> None:
        await self._files.delete(path_in(self._folder, row, name))


def path_in(folder: str, row: UUID, name: str) -> str:
    return f"{folder}/{name}/{row}"
