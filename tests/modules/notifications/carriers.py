"""Doubles of those who carry messages: Zalo's notification service, and a server that takes mail. They remember."""

import email
import email.policy
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Zalo:
    """Answers 200 whatever happened, and says in `error` what did, as the real one does."""

    TOKEN = "a token"

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.error = 0
        self.url = ""


@contextmanager
def zalo() -> Iterator[Zalo]:
    double = Zalo()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            error = double.error or (0 if self.headers["access_token"] == Zalo.TOKEN else -124)
            if not error:
                double.taken.append(body)
            said = {"error": error, "message": "Success" if not error else "…", "data": {"msg_id": "1"}}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    double.url = f"http://127.0.0.1:{server.server_port}/message/template"
    yield from _running(server, double)


class Post:
    """A server that takes mail (RFC 5321), as far as ours speaks it. `refuse`: what it says to a recipient.

    `called` once somebody has called it; it says nothing to them until `awake`.
    """

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refuse = ""
        self.url = ""
        self.called, self.awake = threading.Event(), threading.Event()
        self.awake.set()


@contextmanager
def post() -> Iterator[Post]:
    double = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            double.called.set()
            double.awake.wait(20)
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ")[0].split(":")[0].upper()
                if verb == "DATA":
                    self.say("354 go on")
                    lines = []
                    while (part := self.rfile.readline()) != b".\r\n":
                        lines.append(part)
                    read = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                    assert isinstance(read, EmailMessage)
                    double.taken.append(read)
                    self.say("250 taken")
                elif verb == "QUIT":
                    return self.say("221 bye")
                elif verb == "RCPT" and double.refuse:
                    self.say(double.refuse)
                else:
                    self.say("250 good")
            return None

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"smtp://127.0.0.1:{server.server_address[1]}"
    yield from _running(server, double)


def _running(server: socketserver.BaseServer, double: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()  # type: ignore[attr-defined]
        thread.join()
