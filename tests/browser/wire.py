"""A line between browser and server that a test can cut, silence and mend.

Page and worker notice it alike, and `navigator.onLine` stays true, as with a phone that has bars and no network.
"""

import asyncio
from typing import Self
from urllib.parse import urlsplit


class Wire:
    """`async with Wire(origin) as wire:` listens on a port of its own and carries bytes to and fro."""

    def __init__(self, origin: str) -> None:
        self.lead_to(origin)
        self._up = True
        self._left: int | None = None
        self._broken = asyncio.Event()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._ends: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.origin = f"http://localhost:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._carrying:
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def lead_to(self, origin: str) -> None:
        """From now on another server answers, under the same address: what a deployment is to a phone."""
        self._to = urlsplit(origin).port

    @property
    def leads_to(self) -> str:
        """Where the server itself is, which knows itself by no other name."""
        return f"http://localhost:{self._to}"

    def cut(self) -> None:
        """No signal: what is under way breaks, and nothing new gets through."""
        self._up = False
        for end in self._ends:
            end.transport.abort()

    def cut_after(self, sent: int) -> None:
        """No signal as soon as the browser has sent so many bytes more; `broken` waits for that."""
        self._left = sent
        self._broken.clear()

    async def broken(self) -> None:
        await self._broken.wait()

    def silence(self) -> None:
        """A dead line: everything seems to go out, and nothing ever comes back."""
        self._flowing.clear()

    def mend(self) -> None:
        self._up = True
        self._flowing.set()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        try:
            if self._up:
                there, back = await asyncio.open_connection("127.0.0.1", self._to)
                ends.add(back)
                self._ends |= ends
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(reader, back, up=True))
                    both.create_task(self._pump(there, writer))
        except (OSError, ExceptionGroup):
            pass  # one side hung up, or the wire was cut
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool = False) -> None:
        while data := await reader.read(65_536):
            await self._flowing.wait()
            if up and self._left is not None:
                self._left -= len(data)
                if self._left < 0:
                    self._left = None
                    self.cut()
                    self._broken.set()
                    return
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
