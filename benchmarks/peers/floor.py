"""The floor: our Litestar, our Granian, and a route that answers fixed bytes. With our Frame, and without (`--bare`).

Reads the two replies from the folder given, so that as many bytes go out as from the real one.
"""

import sys
from pathlib import Path
from unittest.mock import patch

from litestar import Litestar, Response, get

from server import processes
from server.core import logs
from server.core.settings import read_settings
from server.core.web import Frame


def floor(folder: Path) -> Litestar:
    a_list, one = (folder / "list.json").read_bytes(), (folder / "one.json").read_bytes()

    @get("/api/list")
    async def answer_list() -> Response[bytes]:
        return Response(a_list, media_type="application/json")

    @get("/api/one")
    async def answer_one() -> Response[bytes]:
        return Response(one, media_type="application/json")

    return Litestar([answer_list, answer_one], openapi_config=None, logging_config=None)


def main() -> None:
    settings = read_settings()
    logs.configure(settings)
    app = floor(Path(sys.argv[1]))
    framed = app if "--bare" in sys.argv else Frame(app, settings)
    # Served by our own process, so that whatever is set there counts here too.
    with patch.object(processes, "serve", lambda: framed):
        processes.serve_web(settings)


if __name__ == "__main__":
    main()
