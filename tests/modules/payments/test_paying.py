"""A bill, from the biller to the ledger: the gateway's notice decides, and nobody pays twice."""

import asyncio
import base64
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pypdf
import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import text

from server.core.database import Database
from server.core.events import Events
from server.core.settings import Settings
from server.modules.payments.models import Charge
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.bill_codes import new_code
from server.modules.payments.rules.vietqr import parse
from server.modules.payments.service.attempts import Attempts
from server.modules.payments.service.confirmations import Confirmations
from tests.modules.identity.conftest import age
from tests.modules.payments.conftest import SECRET, NewPayer, Partner, Payer, booked, credit, found, notice


class TestVNPay:
    async def test_is_paid_by_the_notice_and_never_by_the_browser(
        self, payer: Payer, database: Database, events: Events
    ) -> None:
        assert await payer.standing() == "due"
        order = await payer.begin()
        assert await payer.standing() == "paying"
        said = payer.notice(order["url"])
        back = (await payer.browser.post("/api/payments/vnpay/return", json={"query": said})).json()
        assert (back["outcome"], back["code"]) == ("confirming", payer.code)
        assert back["promised_at"]
        assert await payer.standing() == "confirming"
        assert await booked(database, payer.code) == []

        assert await payer.ipn(said) == "00"
        assert await payer.ipn(said) == "02"
        seen = await payer.see()
        assert seen["charge"]["standing"] == "paid"
        assert seen["open"] == []
        assert [it["kind"] for it in seen["steps"]] == ["raised", "paid"]
        assert await booked(database, payer.code) == [("payment", 8000, True)]
        back = (await payer.browser.post("/api/payments/vnpay/return", json={"query": said})).json()
        assert back["outcome"] == "paid"
        await events.run_waiting()
        inbox = (await payer.browser.get("/api/notifications")).json()["items"]
        assert any(it["title"].startswith("Đã nhận tiền") for it in inbox)

    async def test_the_redirect_says_what_vnpay_wants(self, payer: Payer) -> None:
        url = urlsplit((await payer.begin())["url"])
        fields = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert fields["vnp_Amount"] == "800000"
        assert fields["vnp_TxnRef"].startswith(payer.code)
        assert fields["vnp_ReturnUrl"].endswith("/payments/return")
        assert fields["vnp_Version"] == "2.1.0"

    async def test_a_refusal_is_told_and_may_be_tried_again(self, payer: Payer, events: Events) -> None:
        order = await payer.begin()
        assert await payer.ipn(payer.notice(order["url"], "51")) == "00"
        seen = await payer.see()
        assert seen["charge"]["standing"] == "due"
        assert seen["attempts"][0]["says"] == "There is not enough money in the account."
        again = await payer.begin()
        assert again["url"] != order["url"]
        assert await payer.ipn(payer.notice(again["url"])) == "00"
        assert await payer.standing() == "paid"

    @pytest.mark.parametrize(
        ("changed", "secret", "answer"),
        [
            ({}, "another", "97"),
            ({"Amount": "700000"}, "another", "97"),
            ({"TxnRef": "TT0000000000000V01"}, "another", "97"),
            ({"Amount": "700000"}, "TESTSECRET", "04"),
            ({"Amount": "800001"}, "TESTSECRET", "04"),
            ({"CurrCode": "USD"}, "TESTSECRET", "04"),
            ({"TmnCode": "DEMO0002"}, "TESTSECRET", "01"),
            ({"TxnRef": "TT0000000000000V01"}, "TESTSECRET", "01"),
        ],
    )
    async def test_what_is_changed_pays_nothing(
        self, changed: dict[str, str], secret: str, answer: str, payer: Payer, database: Database
    ) -> None:
        order = await payer.begin()
        assert await payer.ipn(notice(order["url"], secret=secret, **changed)) == answer
        assert await payer.standing() == "paying"
        assert await booked(database, payer.code) == []

    @pytest.mark.parametrize("query", ["", "vnp_Amount=1&vnp_Amount=2", "%ff%fe=1", "x" * 3000])
    async def test_nonsense_is_answered_in_the_gateways_words(self, query: str, client: httpx.AsyncClient) -> None:
        reply = await client.get(f"/api/payments/vnpay/ipn?{query}")
        assert (reply.status_code, reply.json()["RspCode"]) == (200, "97")

    @pytest.mark.parametrize(
        ("secret", "changed", "kind"),
        [
            (SECRET, {"Amount": "700000"}, "wrong-amount"),
            ("another", {}, "forged"),
            # The bank has taken it, and the gateway doubts it.
            (SECRET, {"ResponseCode": "07", "TransactionStatus": "07"}, "suspect"),
        ],
    )
    async def test_where_money_is_concerned_it_is_an_alarm(
        self, secret: str, changed: dict[str, str], kind: str, payer: Payer, database: Database
    ) -> None:
        said = notice((await payer.begin())["url"], secret=secret, **changed)
        for _ in range(2):
            await payer.ipn(said)
        assert await found(database, payer.code) == [kind]
        assert await booked(database, payer.code) == []

    async def test_an_order_is_never_called_as_one_that_is_gone(self, payer: Payer, database: Database) -> None:
        begun = []
        for _ in range(2):
            begun.append((await payer.begin())["url"])
            await payer.post("cancel")
        first = "DELETE FROM payments_attempt WHERE reference = :reference"  # as it goes after a year
        await age(database, first, reference=vnpay.read_query(urlsplit(begun[0]).query)["vnp_TxnRef"])
        assert (await payer.begin())["url"] not in begun

    async def test_late_success_is_taken(self, payer: Payer, database: Database, settings: Settings) -> None:
        order = await payer.begin()
        asked = """UPDATE payments_attempt SET expires_at = now() - interval '1 minute'
            WHERE charge_id = (SELECT id FROM payments_charge WHERE code = :code)"""
        await age(database, asked, code=payer.code)
        async with database.transaction() as session:
            now = (await session.execute(text("SELECT now()"))).scalar_one()
            await Attempts(session, settings).expire(now)
        assert await payer.standing() == "due"
        assert await payer.ipn(payer.notice(order["url"])) == "00"
        assert await payer.standing() == "paid"

    async def test_success_after_a_refusal_that_came_first_counts(self, payer: Payer) -> None:
        order = await payer.begin()
        assert await payer.ipn(payer.notice(order["url"], "24")) == "00"
        assert await payer.ipn(payer.notice(order["url"], "24")) == "02"
        assert await payer.ipn(payer.notice(order["url"])) == "00"
        assert await payer.ipn(payer.notice(order["url"], "24")) == "02"
        assert await payer.standing() == "paid"

    async def test_a_return_nobody_signed_shows_nothing(self, payer: Payer) -> None:
        order = await payer.begin()
        query = notice(order["url"], secret="another")
        reply = await payer.browser.post("/api/payments/vnpay/return", json={"query": query})
        assert (reply.status_code, reply.json()["type"]) == (400, "return-not-signed")
        assert await payer.standing() == "paying"

    @pytest.mark.usefixtures("one_window")
    async def test_who_begins_too_often_waits_and_nobody_else(
        self, new_payer: NewPayer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, other = await new_payer(), await new_payer()
        monkeypatch.setattr("server.modules.payments.service.beginning.BEGINNINGS", 2)
        assert [(await one.post("attempts")).status_code for _ in range(3)] == [200, 200, 429]
        assert (await other.post("attempts")).status_code == 200


class TestVietQR:
    async def test_the_code_asks_for_this_bill_and_the_statement_pays_it(
        self, payer: Payer, bank: Partner, database: Database
    ) -> None:
        shown = await payer.begin("vietqr")
        asked = parse(shown["qr"]["text"])
        assert (asked.account, asked.amount, asked.bill) == ("0011012345678", 8000, payer.code)
        assert shown["transfer"]["words"] == payer.code
        read = await payer.browser.post("/api/payments/read", json={"text": shown["qr"]["text"]})
        assert read.json() == {"code": payer.code, "amount": 8000}
        assert (await payer.post("claim", "vietqr")).json()["charge"]["standing"] == "confirming"

        line = credit(f"MBVCB 3221 {payer.code.lower()} hoc phi")
        assert await bank.credit(line) == ["matched"]
        assert await bank.credit(line) == ["known"]
        assert await payer.standing() == "paid"
        assert await booked(database, payer.code) == [("payment", 8000, True)]

    async def test_the_same_line_with_another_amount_is_refused(self, payer: Payer, bank: Partner) -> None:
        line = credit(payer.code)
        assert await bank.credit(line, line | {"amount": 9000}) == ["matched", "refused"]

    async def test_what_is_not_certain_is_kept_for_a_person(
        self, new_payer: NewPayer, bank: Partner, database: Database
    ) -> None:
        one, other = await new_payer(), await new_payer()
        mistyped = one.code[:-1] + ("X" if one.code[-1] != "X" else "Y")
        lines = [
            credit(mistyped),
            credit(""),
            credit(f"{one.code} {other.code}"),
            credit(one.code, 7999),
        ]
        assert await bank.credit(*lines) == ["kept"] * 4
        assert (await one.standing(), await other.standing()) == ("due", "due")

    async def test_a_broken_line_keeps_no_other_one_away(self, payer: Payer, bank: Partner) -> None:
        bad = [credit(payer.code, amount=it) for it in (0, -1, 10**13, 1.5, "5", True)]  # type: ignore[arg-type]
        bad += [credit(payer.code, currency="USD"), credit(payer.code, at="2026-11-22T09:00:00"), {"x": 1}]
        bad += [credit(payer.code, at=it) for it in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00")]
        # By spaces alone two lines would have one name, and the money of the second one would be nowhere.
        bad += [credit(payer.code, bank_ref=it) for it in (" ", "\u00a0")]
        # Day and month the wrong way round: it would be paid next month, and in no ledger of this one.
        bad += [credit(payer.code, at=(datetime.now(UTC) + timedelta(days=2)).isoformat())]
        assert await bank.credit(*bad, credit(payer.code)) == ["refused"] * 14 + ["matched"]

    @pytest.mark.parametrize("amount", ["8000.0", "8e3", '"8000"', "true", "1e3"])
    async def test_money_is_read_strictly(self, amount: str, bank: Partner, payer: Payer) -> None:
        body = f'{{"lines": [{{"bank_ref": "x-{payer.code}", "amount": {amount}, "at": "2026-11-22T09:00:00Z"}}]}}'
        reply = await bank.send("/statements", body.encode())
        assert [it["problem"]["field"] for it in reply.json()["items"]] == ["amount"]


class TestTheStatesPlatform:
    async def test_is_led_to_and_its_money_is_known_by_the_bank(
        self, new_payer: NewPayer, bank: Partner, database: Database, paying: Settings
    ) -> None:
        payer = await new_payer(purpose="dossier-fee", subject="H12.1&sum=1")
        order = await payer.begin("portal")
        url = urlsplit(order["url"])
        assert (url.scheme, url.netloc, url.path) == ("https", "portal.example.test", "/pay")
        back = f"{paying.origin}/payments/{payer.code}"
        assert parse_qs(url.query) == {"bill": [payer.code], "of": ["H12.1&sum=1"], "sum": ["8000"], "then": [back]}
        assert await payer.standing() == "paying"
        said = (await payer.post("claim", "portal")).json()["charge"]
        assert (said["standing"], said["promised_at"] is not None) == ("confirming", True)
        assert await booked(database, payer.code) == []

        assert await bank.credit(credit(f"CHUYEN TIEN {payer.code}")) == ["matched"]
        seen = await payer.see()
        assert seen["charge"]["standing"] == "paid"
        assert [(it["way"], it["state"]) for it in seen["attempts"]] == [("portal", "succeeded")]
        assert await booked(database, payer.code) == [("payment", 8000, True)]

    async def test_the_attempt_that_is_open_has_succeeded(self, new_payer: NewPayer, bank: Partner) -> None:
        """Whoever has also begun another way by the bank, and given it up."""
        payer = await new_payer(purpose="dossier-fee", subject="H12.2")
        await payer.begin("portal")
        await payer.begin("vietqr")
        await payer.post("cancel", "vietqr")
        assert await bank.credit(credit(payer.code)) == ["matched"]
        ends = {it["way"]: it["state"] for it in (await payer.see())["attempts"]}
        assert ends == {"portal": "succeeded", "vietqr": "cancelled"}

    async def test_is_for_what_a_dossier_costs(self, payer: Payer) -> None:
        reply = await payer.post("attempts", "portal")
        assert (reply.status_code, reply.json()["type"]) == (409, "way-not-offered")
        assert "portal" not in (await payer.see())["ways"]


class TestTwice:
    async def test_a_second_way_is_a_surplus_and_a_refund_is_asked(
        self, payer: Payer, bank: Partner, database: Database, events: Events
    ) -> None:
        order = await payer.begin()
        await payer.begin("vietqr")
        assert await payer.ipn(payer.notice(order["url"])) == "00"
        assert await bank.credit(credit(payer.code)) == ["matched"]
        assert await booked(database, payer.code) == [("payment", 8000, True), ("surplus", 8000, False)]
        assert await payer.standing() == "refunding"
        await events.run_waiting()
        inbox = (await payer.browser.get("/api/notifications")).json()["items"]
        assert any(it["title"].startswith("Bạn đã trả trùng") for it in inbox)

    async def test_the_gateways_own_transfer_is_the_same_money(
        self, payer: Payer, bank: Partner, database: Database
    ) -> None:
        order = await payer.begin()
        reference = parse_qs(urlsplit(order["url"]).query)["vnp_TxnRef"][0]
        line = bank.credit(credit(f"VNPAY {reference}"))
        assert sorted(await asyncio.gather(payer.ipn(payer.notice(order["url"])), line), key=str) in (
            ["00", ["matched"]],
            ["02", ["matched"]],
        )
        assert await booked(database, payer.code) == [("payment", 8000, True)]

    async def test_a_second_transfer_for_one_order_is_kept(
        self, payer: Payer, bank: Partner, database: Database
    ) -> None:
        order = await payer.begin()
        reference = parse_qs(urlsplit(order["url"]).query)["vnp_TxnRef"][0]
        assert await payer.ipn(payer.notice(order["url"])) == "00"
        line = credit(f"VNPAY {reference}")
        assert await bank.credit(line, credit(f"VNPAY {reference}")) == ["matched", "kept"]
        assert await bank.credit(credit(f"VNPAY {reference}"), line) == ["kept", "known"]
        assert await booked(database, payer.code) == [("payment", 8000, True)]
        assert await found(database, payer.code) == ["unknown-money"] * 2

    async def test_money_for_what_was_withdrawn_is_given_back(
        self, payer: Payer, biller: Partner, database: Database
    ) -> None:
        order = await payer.begin()
        asked = "SELECT reference FROM payments_charge WHERE code = :code"
        async with database.reading() as connection:
            reference = await connection.scalar(text(asked), {"code": payer.code})
        assert (await biller.send("/bills/withdraw", {"references": [reference]})).json() == {"withdrawn": [reference]}
        assert await payer.standing() == "cancelled"
        assert (await payer.post("attempts")).json()["type"] == "charge-not-payable"
        assert await payer.ipn(payer.notice(order["url"])) == "00"
        assert await booked(database, payer.code) == [("surplus", 8000, False)]


class TestRaces:
    async def test_two_taps_begin_one_attempt(self, payer: Payer) -> None:
        begun = await asyncio.gather(*(payer.begin() for _ in range(6)))
        assert len({it["url"] for it in begun}) == 1

    async def test_sixteen_notices_are_one_payment(self, payer: Payer, database: Database) -> None:
        query = payer.notice((await payer.begin())["url"])
        said = await asyncio.gather(*(payer.ipn(query) for _ in range(16)))
        assert sorted(said) == ["00"] + ["02"] * 15
        assert await booked(database, payer.code) == [("payment", 8000, True)]

    async def test_success_against_cancel(self, payer: Payer, database: Database) -> None:
        query = payer.notice((await payer.begin())["url"])
        _, said = await asyncio.gather(payer.post("cancel"), payer.ipn(query))
        assert said == "00"
        assert await payer.standing() == "paid"
        assert await booked(database, payer.code) == [("payment", 8000, True)]

    async def test_statement_and_notice_together(self, payer: Payer, bank: Partner, database: Database) -> None:
        query = payer.notice((await payer.begin())["url"])
        line = credit(payer.code)
        await asyncio.gather(*(payer.ipn(query) for _ in range(4)), *(bank.credit(line) for _ in range(4)))
        kinds = sorted(await booked(database, payer.code))
        assert kinds == [("payment", 8000, True), ("surplus", 8000, False)]  # two sums came in, one was due


class TestTheLedger:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE payments_entry SET amount = amount + 1",
            "DELETE FROM payments_entry",
            "TRUNCATE payments_entry",
            "UPDATE payments_transaction SET amount = 1",
            "DELETE FROM payments_transaction",
        ],
    )
    async def test_only_grows(self, statement: str, payer: Payer, database: Database) -> None:
        assert await payer.ipn(payer.notice((await payer.begin())["url"])) == "00"
        with pytest.raises(Exception, match="the ledger only grows"):
            await age(database, statement)

    async def test_refuses_one_side_alone(self, payer: Payer, database: Database) -> None:
        alone = """INSERT INTO payments_transaction (id, kind, pays, source, source_ref, amount, at)
            VALUES (gen_random_uuid(), 'unknown', false, 'bank', gen_random_uuid()::text, 5, now())"""
        with pytest.raises(Exception, match="does not sum to zero"):
            await age(database, alone)

    async def test_nothing_is_paid_that_it_does_not_say(self, payer: Payer, database: Database) -> None:
        said = "UPDATE payments_charge SET state = 'paid', paid_at = now() WHERE code = :code"
        with pytest.raises(Exception, match="paid exactly when the ledger says so"):
            await age(database, said, code=payer.code)


class TestConfirmation:
    async def test_is_signed_and_one_changed_digit_fails(self, payer: Payer, paying: Settings) -> None:
        refused = await payer.browser.get(f"/api/payments/charges/{payer.code}/confirmation")
        assert refused.json()["type"] == "not-paid-yet"
        await payer.ipn(payer.notice((await payer.begin())["url"]))
        reply = await payer.browser.get(f"/api/payments/charges/{payer.code}/confirmation")
        assert reply.headers["content-type"] == "application/pdf"
        key = (await payer.browser.get("/api/payments/confirmation-key")).json()
        trusted = asn1.Certificate.load(pem.unarmor(key["certificate"].encode())[2])
        assert await is_whole(reply.content, trusted)
        for changed in with_another_digit(reply.content, times=40):
            assert not await is_whole(changed, trusted)
        text = pypdf.PdfReader(io.BytesIO(reply.content)).pages[0].extract_text()
        assert "Đây không phải là biên lai" in text
        assert "8.000 đồng" in text

    async def test_is_printed_whatever_whoever_bills_has_written(self, new_payer: NewPayer, bank: Partner) -> None:
        payer = await new_payer(what="Học phí 🎓 \ue000 ថ្លៃសិក្សា", for_whom='Trần 陳 "#[A]"', payee_name="Trường $x")
        assert await bank.credit(credit(payer.code)) == ["matched"]
        reply = await payer.browser.get(f"/api/payments/charges/{payer.code}/confirmation")
        assert reply.status_code == 200
        text = pypdf.PdfReader(io.BytesIO(reply.content)).pages[0].extract_text()
        for kept in ("Học phí □ ", "ថ្លៃ", 'Trần □ "#[A]"', "Trường $x"):
            assert kept in text

    def test_the_certificate_says_nothing_of_the_key(self, paying: Settings) -> None:
        confirmations = Confirmations(paying)
        private = f"{confirmations._own.private.private_numbers().private_value:064x}"
        said = pem.unarmor(confirmations.certificate())[2].hex()
        assert not [at for at in range(49) if private[at : at + 16] in said]

    def test_a_phone_checks_its_code_without_a_line(self, paying: Settings) -> None:
        charge = Charge(code=new_code(), amount=8000, paid_at=datetime.now(UTC), payee_name="Trường Thử")
        confirmations = Confirmations(paying)
        signed, key = confirmations.signed_text(charge), confirmations.public_key()
        assert is_good(key, signed)
        for place, letter in enumerate(signed):
            if letter.isdigit():
                assert not is_good(key, signed[:place] + str((int(letter) + 1) % 10) + signed[place + 1 :])


async def is_whole(pdf: bytes, trusted: asn1.Certificate) -> bool:
    """As a program that opens it says."""
    try:
        [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        status = await async_validate_pdf_signature(signature, ValidationContext(trust_roots=[trusted]))
    except (PdfError, ValueError):
        return False
    return bool(status.bottom_line)


def with_another_digit(pdf: bytes, times: int) -> Iterator[bytes]:
    """The file with one digit changed, here and there: all but the place of the signature is signed."""
    [signed] = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    start, until, again, more = map(int, signed)
    assert (start, again + more) == (0, len(pdf))
    places = [at for at, byte in enumerate(pdf) if byte in b"0123456789" and not until <= at < again]
    assert len(places) > times
    for at in places[:: len(places) // times]:
        yield pdf[:at] + str((int(pdf[at : at + 1]) + 1) % 10).encode() + pdf[at + 1 :]


def is_good(key: dict[str, str], text: str) -> bool:
    """As a browser does it."""
    said, _, given = text.rpartition("|")
    try:
        raw = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4))
        x, y = (int.from_bytes(base64.urlsafe_b64decode(key[it] + "=")) for it in "xy")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public.verify(signature, said.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return base64.urlsafe_b64encode(raw).decode().rstrip("=") == given
