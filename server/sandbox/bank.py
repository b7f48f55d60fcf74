"""A sandbox of a payment gateway, of the state's payment platform and of a bank: a page on which a person plays all.

The gateway speaks VNPay PAY 2.1.0: a signed redirect comes in, a signed notice (IPN) and a signed return go out, and it
answers what became of an order (`querydr`). The bank sends lines of a statement with a partner's token. The person
chooses: approve, refuse, let it expire, answer late, twice, out of order, with another amount, or never.
"""

import hashlib
import hmac
import html
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, quote_plus, urlsplit

from server.core.clock import HERE

_LONGEST = 64 * 1024
MERCHANT = "SANDBOX1"
ACTS = {
    "approve": "Trả tiền: báo cho ứng dụng rồi quay về",
    "refuse": "Không đủ số dư",
    "cancel": "Người trả bấm hủy",
    "twice": "Trả tiền, báo hai lần",
    "late": "Trả tiền, báo muộn 20 giây",
    "backwards": "Báo không thành công trước, thành công sau",
    "changed": "Trả tiền, báo sai số tiền",
    "silent": "Trả tiền, quay về nhưng không báo (ứng dụng phải tự hỏi)",
    "never": "Không làm gì, để hết giờ",
}


class Address(NamedTuple):
    """Where the sandbox listens, and what opens it."""

    page: str
    secret: str

    def settings(self) -> dict[str, str]:
        """The environment of an application that takes money by it. The account is nobody's."""
        return {
            "VNPAY_URL": f"{self.page}vpcpay.html",
            "VNPAY_API_URL": f"{self.page}api/transaction",
            "VNPAY_TMN_CODE": MERCHANT,
            "VNPAY_SECRET": self.secret,
            "PAYMENT_PORTAL": f"{self.page}portal?code={{code}}&amount={{amount}}&back={{back}}",
            "BANK_BIN": "970499",
            "BANK_ACCOUNT": "0000000000001",
            "BANK_NAME": "Ngân hàng thử nghiệm",
            "BANK_HOLDER": "KHO BAC THU NGHIEM",
        }


class Bank:
    """The orders that came in, and what the person has decided. `app`: whom it tells; `partner`: id and secret;
    `late`: after how many seconds a late notice goes out.
    """

    def __init__(self, app: str, partner: tuple[str, str] | None = None, late: float = 20) -> None:
        self.app, self.partner, self.late = app, partner, late
        self.secret = secrets.token_urlsafe(24)
        self.orders: dict[str, dict[str, str]] = {}
        self.paid: dict[str, str] = {}
        """Order to what became of it: `00`, a refusal, or absent."""
        self.told: list[str] = []
        """What the application answered, the newest last."""
        self.given_back: dict[str, int] = {}
        """Requests to give back, and how much of an order, in hundredths."""
        self.thinks = 0
        """So many questions about money that goes back are answered: not yet."""

    def sign(self, text: str) -> str:
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha512).hexdigest()

    def signed(self, fields: Mapping[str, str]) -> str:
        query = "&".join(f"{name}={quote_plus(fields[name])}" for name in sorted(fields))
        return f"{query}&vnp_SecureHash={self.sign(query)}"

    def take(self, query: str) -> dict[str, str] | None:
        """An order whose signature is right."""
        fields = dict(parse_qsl(query))
        given = fields.pop("vnp_SecureHash", "")
        if not hmac.compare_digest(self.signed(fields).rpartition("=")[2], given):
            return None
        self.orders.setdefault(fields["vnp_TxnRef"], fields)
        return fields

    def act(self, reference: str, act: str) -> str:
        """What the person chose is done; where the browser goes back to."""
        order = self.orders[reference]
        code = {"refuse": "51", "cancel": "24"}.get(act, "00")
        if act == "never":
            return order["vnp_ReturnUrl"]
        self.paid[reference] = code
        said = self.say(order, code)
        if act == "backwards":
            self.notify(self.say(order, "51"))
        if act == "changed":
            self.notify(self.say(order | {"vnp_Amount": str(int(order["vnp_Amount"]) // 2)}, code))
        elif act == "late":
            threading.Timer(self.late, self.notify, [said]).start()
        elif act != "silent":
            self.notify(said)
        if act == "twice":
            self.notify(said)
        return f"{order['vnp_ReturnUrl']}?{said}"

    def say(self, order: Mapping[str, str], code: str) -> str:
        """The signed words about an order, for the notice and for the browser."""
        return self.signed(
            {
                "vnp_Amount": order["vnp_Amount"],
                "vnp_BankCode": "NCB",
                "vnp_CardType": "ATM",
                "vnp_OrderInfo": order["vnp_OrderInfo"],
                "vnp_PayDate": datetime.now(HERE).strftime("%Y%m%d%H%M%S"),
                "vnp_ResponseCode": code,
                "vnp_TmnCode": MERCHANT,
                "vnp_TransactionNo": str(abs(hash(order["vnp_TxnRef"])) % 10**8),
                "vnp_TransactionStatus": "00" if code == "00" else "02",
                "vnp_TxnRef": order["vnp_TxnRef"],
            }
        )

    def notify(self, query: str) -> None:
        self.told.append(_fetch(f"{self.app}/api/payments/vnpay/ipn?{query}"))

    def give_back(self, asked: Mapping[str, str]) -> dict[str, str]:
        """refund. One request gives once; never more than what came. It only takes the request: given it is later."""
        names = (
            *("RequestId", "Version", "Command", "TmnCode", "TransactionType", "TxnRef", "Amount", "TransactionNo"),
            *("TransactionDate", "CreateBy", "CreateDate", "IpAddr", "OrderInfo"),
        )
        good = hmac.compare_digest(
            self.sign("|".join(asked.get(f"vnp_{name}", "") for name in names)), asked.get("vnp_SecureHash", "")
        )
        reference, amount = asked.get("vnp_TxnRef", ""), int(asked.get("vnp_Amount", "0"))
        request = f"{reference}/{asked.get('vnp_RequestId', '')}"
        went = sum(much for name, much in self.given_back.items() if name.startswith(f"{reference}/"))
        left = int(self.orders[reference]["vnp_Amount"]) - went if self.paid.get(reference) == "00" else 0
        code = "97" if not good else "94" if request in self.given_back else "00" if amount <= left else "95"
        if code == "00":
            self.given_back[request] = amount
        fields = {
            "vnp_ResponseId": secrets.token_hex(8),
            "vnp_Command": "refund",
            "vnp_ResponseCode": code,
            "vnp_Message": "",
            "vnp_TmnCode": MERCHANT,
            "vnp_TxnRef": reference,
            "vnp_Amount": str(amount),
            "vnp_BankCode": "NCB",
            "vnp_PayDate": datetime.now(HERE).strftime("%Y%m%d%H%M%S"),
            "vnp_TransactionNo": self.number_of(request) if request in self.given_back else "",
            "vnp_TransactionType": asked.get("vnp_TransactionType", ""),
            "vnp_TransactionStatus": "05",
            "vnp_OrderInfo": asked.get("vnp_OrderInfo", ""),
        }
        return fields | {"vnp_SecureHash": self.sign("|".join(fields.values()))}

    def answer(self, asked: Mapping[str, str]) -> dict[str, str]:
        """querydr."""
        names = ("RequestId", "Version", "Command", "TmnCode", "TxnRef", "TransactionDate", "CreateDate", "IpAddr")
        text = "|".join(asked.get(f"vnp_{name}", "") for name in (*names, "OrderInfo"))
        reference = asked.get("vnp_TxnRef", "")
        order, code = self.orders.get(reference), self.paid.get(reference)
        good = hmac.compare_digest(self.sign(text), asked.get("vnp_SecureHash", ""))
        fields = {
            "vnp_ResponseId": secrets.token_hex(8),
            "vnp_Command": "querydr",
            "vnp_ResponseCode": "97" if not good else "91" if order is None else "00",
            "vnp_Message": "",
            "vnp_TmnCode": MERCHANT,
            "vnp_TxnRef": reference,
            "vnp_Amount": order["vnp_Amount"] if order else "",
            "vnp_BankCode": "NCB",
            "vnp_PayDate": datetime.now(HERE).strftime("%Y%m%d%H%M%S"),
            "vnp_TransactionNo": "1",
            "vnp_TransactionType": "01",
            "vnp_TransactionStatus": "01" if code is None else "00" if code == "00" else "02",
            "vnp_OrderInfo": asked.get("vnp_OrderInfo", ""),
            "vnp_PromotionCode": "",
            "vnp_PromotionAmount": "",
        }
        if gone := [request for request in self.given_back if request.startswith(f"{reference}/")]:
            # It answers about what moved last.
            amount = self.given_back[gone[-1]]
            fields |= {
                "vnp_Amount": str(amount),
                "vnp_TransactionNo": self.number_of(gone[-1]),
                "vnp_TransactionType": "02" if order and str(amount) == order["vnp_Amount"] else "03",
                "vnp_TransactionStatus": "05" if self.thinks else "00",
            }
            self.thinks = max(0, self.thinks - 1)
        return fields | {"vnp_SecureHash": self.sign("|".join(fields.values()))}

    def number_of(self, request: str) -> str:
        """What it calls a refund."""
        return str(1000 + list(self.given_back).index(request))

    def transfer(self, words: str, amount: int) -> None:
        """A credit on the account: one line of a statement."""
        if self.partner is None:
            return
        client_id, secret = self.partner
        bought = _fetch(
            f"{self.app}/api/identity/tokens",
            {"client_id": client_id, "client_secret": secret},
        )
        token = json.loads(bought).get("access_token", "")
        at = datetime.now(HERE).isoformat(timespec="seconds")
        line = {"bank_ref": f"FT{time.time_ns()}", "amount": amount, "at": at, "text": words}
        self.told.append(_fetch(f"{self.app}/api/payments/statements", {"lines": [line]}, token))


def _fetch(url: str, body: object = None, token: str = "") -> str:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:  # noqa: S310 (our own loopback)
            said: bytes = answer.read()
    except urllib.error.HTTPError as refused:
        said = refused.read()
    except OSError as error:
        return str(error)
    return said.decode(errors="replace")


@contextmanager
def serving(bank: Bank) -> Iterator[Address]:
    """The sandbox on a free port of loopback, in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/vpcpay.html":
                order = bank.take(url.query)
                return self._reply(200, _pay(order)) if order else self._reply(400, _page("Sai chữ ký."))
            if url.path == "/portal":
                return self._reply(200, _portal(dict(parse_qsl(url.query))))
            return self._reply(200, _home(bank))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > _LONGEST:
                return self._reply(413, b"")
            body = self.rfile.read(int(length)).decode(errors="replace")
            if self.path == "/api/transaction":
                asked = json.loads(body)
                said = bank.give_back(asked) if asked.get("vnp_Command") == "refund" else bank.answer(asked)
                return self._reply(200, json.dumps(said).encode(), "application/json")
            if self.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
                return self._reply(403, b"")
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path == "/act" and form.get("order") in bank.orders and form.get("act") in ACTS:
                return self._go(bank.act(form["order"], form["act"]))
            amount = form.get("amount", "")
            if self.path == "/transfer" and amount.isascii() and amount.isdigit():
                bank.transfer(form.get("words", "")[:300], int(amount))
                back = form.get("back", "")
                return self._go(back if back.startswith(f"{bank.app}/") else "/")
            return self._reply(400, b"")

        def _go(self, where: str) -> None:
            self.send_response(303)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _reply(self, status: int, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Address(f"http://127.0.0.1:{server.server_address[1]}/", bank.secret)
    finally:
        server.shutdown()
        server.server_close()


_FRAME = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Ngân hàng (thử nghiệm)</title>
<style>body{{font:1.1rem/1.5 system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}}fieldset{{margin:1rem 0;
border:1px solid #999;border-radius:.5rem}}input,button{{font:inherit;padding:.6rem;width:100%;box-sizing:border-box;
margin:.25rem 0}}li{{overflow-wrap:anywhere}}</style><h1>Ngân hàng (thử nghiệm)</h1>{}</html>"""


def _page(inside: str) -> bytes:
    return _FRAME.format(inside).encode()


def _pay(order: Mapping[str, Any]) -> bytes:
    reference = html.escape(order["vnp_TxnRef"])
    buttons = "".join(f'<button name="act" value="{act}">{says}</button>' for act, says in ACTS.items())
    return _page(
        f"<p>Không có tiền thật. Đơn <b>{reference}</b>: {int(order['vnp_Amount']) // 100:,} đồng.</p>"
        f'<form method="post" action="/act"><input type="hidden" name="order" value="{reference}">{buttons}</form>'
    )


def _portal(asked: Mapping[str, str]) -> bytes:
    """The state's payment platform: it takes the money, and hands it on by the bank."""
    code, amount, back = (html.escape(asked.get(name, "")) for name in ("code", "amount", "back"))
    return _page(
        f"<p>Cổng thanh toán (thử nghiệm), không có tiền thật. Khoản <b>{code}</b>: {amount} đồng.</p>"
        f'<form method="post" action="/transfer"><input type="hidden" name="words" value="{code}">'
        f'<input type="hidden" name="amount" value="{amount}"><input type="hidden" name="back" value="{back}">'
        "<button>Trả tiền</button></form>"
        f'<p><a href="{back}">Quay về, không trả</a></p>'
        if asked.get("back", "").startswith(("http://", "https://"))
        else "<p>Thiếu đường về.</p>"
    )


def _home(bank: Bank) -> bytes:
    told = "".join(f"<li>{html.escape(it[:300])}</li>" for it in bank.told[-5:])
    return _page(
        "<p>Không có tiền thật. Chuyển khoản vào tài khoản của ứng dụng, như quét VietQR:</p>"
        '<form method="post" action="/transfer"><fieldset><label>Nội dung (mã khoản thu)<input name="words" '
        'maxlength="300"></label><label>Số tiền (đồng)<input name="amount" inputmode="numeric"></label>'
        f"<button>Chuyển</button></fieldset></form><p>Ứng dụng đã trả lời:</p><ul>{told}</ul>"
    )
