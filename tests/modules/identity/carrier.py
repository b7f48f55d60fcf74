"""A provider that carries texts to phones, on loopback. It remembers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Carrier:
    """A provider of loopback. `answer`: the status it says; None: the line breaks; it says nothing while `asleep`."""

    def __init__(self, token: str) -> None:
        self.begin(token)
        carrier = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if carrier.asleep:
                    carrier.over.wait(30)
                    # Whoever is awake by now is asked by another test.
                    return self.connection.close()
                if carrier.answer is None:
                    return self.connection.close()
                good = self.headers["Authorization"] == f"Bearer {carrier.token}"
                status = carrier.answer if good else 401
                if status == 200:
                    carrier.taken.append(body)
                self.send_response(status)
                if status == 307:
                    self.send_header("Location", carrier.url)
                self.end_headers()
                return self.wfile.write(b'{"id": "m-1"}') and None

            def log_message(self, *_: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/sms"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def begin(self, token: str) -> None:
        self.token = token
        self.answer: int | None = 200
        self.asleep = False
        self.over = threading.Event()
        self.taken: list[dict[str, Any]] = []

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
