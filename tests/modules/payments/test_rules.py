"""What payments decide, by table: money, codes, VietQR, VNPay, the ledger, the states."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.words import Words
from server.modules.payments.rules import vnpay
from server.modules.payments.rules.bill_codes import code_of, codes_in, grouped, new_code
from server.modules.payments.rules.ledger import Kind, balanced, lines
from server.modules.payments.rules.money import dong
from server.modules.payments.rules.states import (
    AttemptState,
    ChargeState,
    RefundState,
    Standing,
    Tried,
    Way,
    attempt_may,
    charge_may,
    refund_may,
    standing,
    unsure_since,
)
from server.modules.payments.rules.vietqr import NotVietQR, VietQR, build, crc, parse
from server.modules.payments.service.telling import put

# NAPAS QR Format T&C v1.0, 6.1.2 to 6.1.4; a third party's; two of ours (domain.md e.1).
VECTORS = {
    "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52": VietQR(
        bank="970403", account="9704031101234567", card=True
    ),
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E": VietQR(  # noqa: E501
        bank="970403", account="0011012345678", amount=180000, bill="NPS6869", purpose="thanh toan don hang"
    ),
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203": VietQR(  # noqa: E501
        bank="970403",
        account="9704031101234567",
        card=True,
        amount=180000,
        bill="NPS6869",
        purpose="thanh toan don hang",
    ),
    "00020101021238540010A00000072701240006970436011098895593570208QRIBFTTA53037045405100005802VN62320828day la noi dung chuyen khoan6304EEF5": VietQR(  # noqa: E501
        bank="970436", account="9889559357", amount=10000, purpose="day la noi dung chuyen khoan"
    ),
    "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA5303704540480005802VN62260822LP H12.1-20261122-0001630474BF": VietQR(  # noqa: E501
        bank="970436", account="0123456789", amount=8000, purpose="LP H12.1-20261122-0001"
    ),
    "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F": VietQR(
        bank="970403", account="0011012345678"
    ),
}
# Its checksum is right, and a length inside says 12 where 13 stand: as transcribed from section 6.1.1.
MALFORMED = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"


class TestVietQR:
    @pytest.mark.parametrize("text", VECTORS)
    def test_reads_and_writes_the_vectors_to_the_byte(self, text: str) -> None:
        assert parse(text) == VECTORS[text]
        assert build(VECTORS[text]) == text

    def test_a_good_checksum_around_a_broken_structure_is_refused(self) -> None:
        assert crc(MALFORMED[:-4]) == MALFORMED[-4:]
        with pytest.raises(NotVietQR):
            parse(MALFORMED)

    def test_the_checksum_is_the_one_of_the_standard(self) -> None:
        assert crc("123456789") == "29B1"

    @given(st.sampled_from(list(VECTORS)), st.data())
    def test_one_changed_character_is_never_read(self, text: str, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(text) - 1))
        other = data.draw(st.sampled_from("0123456789ABCDEFabc ").filter(lambda it: it != text[place]))
        with pytest.raises(NotVietQR):
            parse(text[:place] + other + text[place + 1 :])

    @pytest.mark.parametrize("amount", ["0", "08000", "8000.0", "8e3", "-1", "10000000000000"])
    def test_no_other_amount_is_money(self, amount: str) -> None:
        head = "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA5303704"
        body = f"{head}54{len(amount):02}{amount}5802VN6304"
        with pytest.raises(NotVietQR):
            parse(body + crc(body))

    @given(
        st.builds(
            VietQR,
            bank=st.from_regex(r"\A[0-9]{6}\Z"),
            account=st.from_regex(r"\A[0-9]{1,19}\Z"),
            card=st.booleans(),
            amount=st.none() | st.integers(1, 10**12),
            bill=st.from_regex(r"\A[A-Z0-9]{0,25}\Z"),
            purpose=st.from_regex(r"\A[A-Za-z0-9 ]{0,40}\Z"),
        )
    )
    def test_what_is_written_reads_back(self, it: VietQR) -> None:
        assert parse(build(it)) == it

    @given(st.text(max_size=200))
    def test_nothing_typed_breaks_it(self, text: str) -> None:
        with pytest.raises(NotVietQR):
            parse(text)


VNPAY = (
    "vnp_Amount=800000&vnp_Command=pay&vnp_CreateDate=20261122090000&vnp_CurrCode=VND&vnp_IpAddr=127.0.0.1&vnp_Locale=vn"
    "&vnp_OrderInfo=Le+phi+H12.1-20261122-0000001&vnp_OrderType=other&vnp_ReturnUrl=https%3A%2F%2Fexample.test%2Freturn"
    "&vnp_TmnCode=DEMO0001&vnp_TxnRef=H12.1-20261122-0000001&vnp_Version=2.1.0"
)
SIGNED = (
    "9dd42cdc8d4aa84a7b4dcd4c3492d33cc0d9d32d0ac896afe35343c42fd63d704d3ec0bfcf02cfdba8e433b2c9a458987c8da1e9cd1b70427005"
    "474cf74a4419"
)


class TestVNPay:
    def test_the_vector_to_the_byte(self) -> None:
        fields = vnpay.read_query(VNPAY)
        assert vnpay.canonical(fields) == VNPAY
        assert vnpay.sign("TESTSECRET", fields) == SIGNED
        assert vnpay.is_signed("TESTSECRET", fields | {"vnp_SecureHash": SIGNED.upper()})

    @pytest.mark.parametrize("name", [pair.partition("=")[0] for pair in VNPAY.split("&")])
    def test_every_field_is_signed(self, name: str) -> None:
        fields = vnpay.read_query(VNPAY) | {"vnp_SecureHash": SIGNED}
        assert not vnpay.is_signed("TESTSECRET", fields | {name: fields[name] + "1"})
        assert not vnpay.is_signed("TESTSECRET", {key: value for key, value in fields.items() if key != name})

    @pytest.mark.parametrize("more", ["vnp_Amount=1", "vnp_BankCode=%00", "vnp_BankCode=%ff"])
    def test_what_can_be_read_in_two_ways_is_not_read(self, more: str) -> None:
        with pytest.raises(vnpay.Unreadable):
            vnpay.read_query(f"{VNPAY}&{more}")

    @pytest.mark.parametrize(
        ("changed", "order", "answer"),
        [
            ({"vnp_TmnCode": "DEMO0002"}, vnpay.Order(9000, True), "01"),
            ({}, vnpay.Order(9000, False), "04"),
            ({}, vnpay.Order(9000, True), "04"),
            ({}, vnpay.Order(8000, True), "02"),
            ({}, vnpay.Order(8000, False), None),
        ],
    )
    def test_checks_in_their_order(self, changed: dict[str, str], order: vnpay.Order, answer: str | None) -> None:
        said = vnpay.check("DEMO0001", vnpay.read_query(VNPAY) | changed, order)
        assert (said and said.code) == answer

    @pytest.mark.parametrize("amount", ["", "-800000", "8000.00", "800001", "8e5", "٨٠٠٠٠٠", "9" * 16])
    def test_no_other_text_is_an_amount(self, amount: str) -> None:
        assert vnpay.dong_of(amount) is None

    def test_every_code_has_words(self) -> None:
        """In the table itself: who asks by a code that is not in it is told the same as of all others."""
        assert sorted(vnpay.SAYS) == ["07", "09", "10", "11", "12", "13", "24", "51", "65", "75", "79"]
        others = vnpay.says("99")
        for sentences in zip(*vnpay.SAYS.values(), others, strict=True):
            assert all(it.strip() for it in sentences)
            assert len(set(sentences)) == len(vnpay.SAYS) + 1  # none twice, none the one of all others
        assert [vnpay.says(code) for code in vnpay.SAYS] == list(vnpay.SAYS.values())
        assert vnpay.says("") is others


class TestBillCodes:
    def test_is_read_however_it_is_typed(self) -> None:
        code = new_code()
        assert code_of(grouped(code).lower().replace("0", "o").replace("1", "l")) == code
        assert codes_in(f"MBVCB.123.{code[:7]} {code[7:]} chuyen tien TT hoc phi") == [code]

    def test_no_one_mistyped_character_is_another_bill(self) -> None:
        code = new_code()
        letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        for place, letter in itertools.product(range(2, 15), letters):
            if letter != code[place]:
                assert code_of(code[:place] + letter + code[place + 1 :]) is None
        for place in range(2, 14):
            if code[place] != code[place + 1]:
                swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
                assert code_of(swapped) is None


class TestSaying:
    def test_what_a_biller_wrote_is_never_read_as_a_place(self) -> None:
        said = put(Words("{what}, {amount}", "{what}", "{x}"), {"what": "{amount}", "amount": "8.000 đồng"})
        assert said == Words("{amount}, 8.000 đồng", "{amount}", "{x}")


class TestMoney:
    def test_reads_as_people_write_it(self) -> None:
        assert dong(1234567) == "1.234.567 đồng"

    @pytest.mark.parametrize("kind", Kind)
    def test_every_transaction_sums_to_zero(self, kind: Kind) -> None:
        assert balanced(lines(kind, 8000, source="bank", payee="sở"))
        assert balanced(lines(kind, 8000, source="bank", payee=""))


class TestStates:
    def test_what_is_over_stays_over(self) -> None:
        for here in (ChargeState.PAID, ChargeState.EXEMPT, ChargeState.CANCELLED):
            assert not any(charge_may(here, there) for there in ChargeState)
        assert not any(attempt_may(AttemptState.SUCCEEDED, there) for there in AttemptState)
        assert not any(refund_may(RefundState.DONE, there) for there in RefundState)

    def test_money_that_moved_counts_whatever_was_said_before(self) -> None:
        for here in AttemptState:
            assert attempt_may(here, AttemptState.SUCCEEDED) == (here is not AttemptState.SUCCEEDED)

    @pytest.mark.parametrize(
        ("state", "trying", "unsure", "refunded", "refunding", "there"),
        [
            (ChargeState.DUE, False, False, 0, False, Standing.DUE),
            (ChargeState.DUE, True, False, 0, False, Standing.PAYING),
            (ChargeState.DUE, True, True, 0, False, Standing.CONFIRMING),
            (ChargeState.DUE, False, True, 0, False, Standing.CONFIRMING),
            (ChargeState.PAID, False, False, 0, False, Standing.PAID),
            (ChargeState.PAID, False, False, 8000, False, Standing.REFUNDED),
            (ChargeState.PAID, False, False, 5000, False, Standing.PAID),
            (ChargeState.PAID, False, False, 0, True, Standing.REFUNDING),
            (ChargeState.CANCELLED, False, False, 0, True, Standing.REFUNDING),
            (ChargeState.DUE, False, False, 0, True, Standing.DUE),
            (ChargeState.DUE, True, True, 0, True, Standing.CONFIRMING),
            (ChargeState.EXEMPT, False, False, 0, False, Standing.EXEMPT),
            (ChargeState.CANCELLED, False, False, 0, False, Standing.CANCELLED),
        ],
    )
    def test_where_it_stands(
        self,
        state: ChargeState,
        trying: bool,
        unsure: bool,
        refunded: int,
        refunding: bool,
        there: Standing,
    ) -> None:
        here = standing(state, trying=trying, unsure=unsure, paid=8000, refunded=refunded, refunding=refunding)
        assert here is there

    @pytest.mark.parametrize("state", AttemptState)
    def test_what_is_known_is_not_unsure_whatever_whoever_paid_says(self, state: AttemptState) -> None:
        begun, minute = datetime(2026, 11, 26, 8, tzinfo=UTC), timedelta(minutes=1)
        ended = None if state is AttemptState.BEGUN else begun + minute
        it = Tried(Way.VNPAY, state, begun, begun + 15 * minute, begun + 2 * minute, None, ended)
        known = state in (AttemptState.SUCCEEDED, AttemptState.FAILED)
        assert unsure_since(it, begun + 3 * minute) == (None if known else begun + 2 * minute)
