"""A sandbox of the exchange bus: a system elsewhere that handles dossiers, and a page on which a person moves them.

It speaks the practised shape (`MaHoSo`, `TrangThai`, `CapNhatTienTrinh`): a token for a client's secret, then what
happened after a position. What it knows lies in a file, so that it goes on where it was.
"""

import html
import json
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from server.core.clock import HERE

_TOKEN_LIFE = 300.0
_LONGEST = 64 * 1024
_WORDS = {
    1: "Mới đăng ký",
    2: "Được tiếp nhận",
    3: "Không được tiếp nhận",
    4: "Đang xử lý",
    5: "Yêu cầu bổ sung giấy tờ",
    6: "Yêu cầu thực hiện nghĩa vụ tài chính",
    7: "Công dân yêu cầu rút hồ sơ",
    8: "Dừng xử lý",
    9: "Đã xử lý xong",
    10: "Đã trả kết quả",
}
_DOSSIERS = {
    "G09.999-20261101-0000001": ("1.004194", "0900000001", "Công an xã (thử nghiệm)"),
    "G15.999-20261101-0000002": ("1.000894", "0900000002", "Sở Tư pháp (thử nghiệm)"),
}
"""Plainly fictional: no ministry has a unit 999; the phones are those of the demonstration's residents."""


class Address(NamedTuple):
    """Where the sandbox listens, and what opens it."""

    page: str
    client_id: str
    client_secret: str

    def settings(self) -> dict[str, str]:
        """The environment of an application that asks it."""
        return {
            "LGSP_URL": f"{self.page}CapNhatTienTrinh",
            "LGSP_TOKEN_URL": f"{self.page}token",
            "LGSP_CLIENT_ID": self.client_id,
            "LGSP_CLIENT_SECRET": self.client_secret,
            "LGSP_FIELDS": "code=MaHoSo,procedure=MaTTHC,status=TrangThai,at=ThoiDiemXuLy,receiving_unit=NoiNopHoSo,"
            "handling_unit=PhongBanXuLy,due_at=NgayHenTra,note=NoiDungXuLy,owner_phone=SoDienThoai",
        }


class Bus:
    """What happened, in the order in which it became known; each item has a position that only grows."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self.tokens: dict[str, float] = {}
        self._items: list[tuple[int, dict[str, Any]]] = []
        if file and file.exists():
            self._items = [(place, item) for place, item in json.loads(file.read_text())]
        else:
            for code in _DOSSIERS:
                self.move(code, 2)

    def move(self, code: str, status: int, note: str = "") -> None:
        procedure, phone, unit = _DOSSIERS[code]
        now = datetime.now(HERE)
        self.add(
            {
                "MaHoSo": code,
                "MaTTHC": procedure,
                "TrangThai": status,
                "ThoiDiemXuLy": now.strftime("%Y%m%d%H%M%S"),
                "NguoiXuLy": "Cán bộ thử nghiệm",
                "PhongBanXuLy": unit,
                "NoiDungXuLy": note,
                "NoiNopHoSo": "Cổng Dịch vụ công quốc gia (thử nghiệm)",
                "NgayHenTra": (now + timedelta(days=5)).strftime("%Y%m%d") + "163000",
                "SoDienThoai": phone,
            }
        )

    def add(self, item: dict[str, Any]) -> None:
        with self._lock:
            place = max(time.time_ns() // 1000, self._items[-1][0] + 1 if self._items else 0)
            self._items.append((place, item))
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.write_text(json.dumps(self._items, ensure_ascii=False))

    def after(self, cursor: str | None, most: int) -> dict[str, Any]:
        place = int(cursor or 0)
        found = [it for it in self._items if it[0] > place][:most]
        return {"DanhSach": [item for _, item in found], "ConTro": str(found[-1][0] if found else place)}

    def standings(self) -> dict[str, int]:
        """The newest status of each dossier."""
        return {item["MaHoSo"]: item["TrangThai"] for _, item in self._items if item.get("MaHoSo") in _DOSSIERS}


@contextmanager
def serving(bus: Bus) -> Iterator[Address]:
    """The sandbox on a free port of loopback, in a thread of its own."""
    client_id, client_secret = "citizen-app", secrets.token_urlsafe(16)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self._reply(200, _page(bus), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > _LONGEST:
                return self._reply(413, b"")
            body = self.rfile.read(int(length)).decode(errors="replace")
            if self.path == "/token":
                return self._token()
            if self.path == "/CapNhatTienTrinh":
                return self._progress(body)
            return self._move(parse_qs(body))

        def _token(self) -> None:
            wanted = "Basic " + b64encode(f"{client_id}:{client_secret}".encode()).decode()
            if not secrets.compare_digest(self.headers.get("Authorization", ""), wanted):
                return self._reply(401, b'{"error": "invalid_client"}')
            token = secrets.token_urlsafe(16)
            bus.tokens[token] = time.monotonic() + _TOKEN_LIFE
            return self._reply(200, json.dumps({"access_token": token, "expires_in": _TOKEN_LIFE}).encode())

        def _progress(self, body: str) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            if bus.tokens.get(token, 0) < time.monotonic():
                return self._reply(401, b'{"error": "invalid_token"}')
            try:
                asked = json.loads(body)
                answer = bus.after(asked["ConTro"], int(asked["SoLuong"]))
            except (ValueError, TypeError, KeyError):
                return self._reply(400, b'{"error": "invalid_request"}')
            return self._reply(200, json.dumps(answer).encode())

        def _move(self, form: dict[str, list[str]]) -> None:
            code, status = form.get("code", [""])[0], form.get("status", [""])[0]
            if self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                return self._reply(403, b"")
            if code not in _DOSSIERS or not status.isdigit() or int(status) not in _WORDS:
                return self._reply(400, b"")
            bus.move(code, int(status), form.get("note", [""])[0][:1000])
            self.send_response(303)
            self.send_header("Location", "/")
            self.send_header("Content-Length", "0")
            return self.end_headers()

        def _reply(self, status: int, body: bytes, kind: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_address[1]}/", client_id, client_secret)
    finally:
        server.shutdown()
        server.server_close()


_PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Trục liên thông (thử nghiệm)</title>
<style>body{{font:1.1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}}fieldset{{margin:1rem 0;
border:1px solid #999;border-radius:.5rem}}select,input,button{{font:inherit;padding:.5rem;width:100%;
box-sizing:border-box;margin:.25rem 0}}</style>
<h1>Trục liên thông (thử nghiệm)</h1>
<p>Một hệ thống ở nơi khác đang giải quyết các hồ sơ này. Chuyển bước ở đây; ứng dụng hỏi mỗi phút một lần.</p>
{}</html>"""
_FORM = """<form method="post" action="/move"><fieldset><legend>{code}</legend><p>{now}</p>
<label>Bước tiếp theo<select name="status">{options}</select></label>
<label>Nội dung<input name="note" maxlength="1000"></label>
<input type="hidden" name="code" value="{code}"><button>Chuyển bước</button></fieldset></form>"""


def _page(bus: Bus) -> bytes:
    options = "".join(f'<option value="{number}">{number}. {word}</option>' for number, word in _WORDS.items())
    forms = (
        _FORM.format(code=html.escape(code), now=_WORDS[status], options=options)
        for code, status in bus.standings().items()
    )
    return _PAGE.format("".join(forms)).encode()
