"""A confirmation that we received money: a PDF signed by the application, with a QR a phone checks without a line.

It is no receipt: that one is the agency's own (Decree 254/2026/NĐ-CP), and looks otherwise.
"""

import asyncio
import base64
import io
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from server.core.clock import HERE
from server.core.paper import typeset
from server.core.sealing import derive
from server.core.settings import Settings
from server.modules.payments.models import Charge, Transaction
from server.modules.payments.rules.bill_codes import grouped
from server.modules.payments.rules.confirmation import Confirmed, text_of
from server.modules.payments.rules.money import dong
from server.modules.payments.rules.saying import PURPOSES, source_says
from server.modules.payments.service.personal import Personal

_FORM = Path(__file__).parent.parent / "print" / "confirmation.typ"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256: a private key is a number below it."""


class Sheet(msgspec.Struct, frozen=True):
    """What stands on the paper, from top to bottom."""

    title: str
    warning: str
    rows: list[tuple[str, str]]
    note: str
    dated: str


class _Key(NamedTuple):
    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@lru_cache(2)
def _key(secret: str, origin: str) -> _Key:
    """The application's own, made from SECRET_KEY: another one when that is rotated."""
    number = int.from_bytes(derive(secret, "payments-confirmations"), "big") % (_ORDER - 1) + 1
    private = ec.derive_private_key(number, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, origin[:64])])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    others = "key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    usage = dict.fromkeys(others.split(), False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(_serial(secret))
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(private, hashes.SHA256())
    )
    return _Key(private, certificate)


def _serial(secret: str) -> int:
    """The same one each time. A certificate is public: it is made of nothing that the key is made of."""
    return int.from_bytes(derive(secret, "payments-confirmations-serial")[:16], "big")


class Confirmations:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._personal = Personal(settings)

    def public_key(self) -> dict[str, str]:
        """As browsers read it (JWK, RFC 7517)."""
        numbers = self._own.private.public_key().public_numbers()
        return {"kty": "EC", "crv": "P-256", "x": _b64(numbers.x.to_bytes(32)), "y": _b64(numbers.y.to_bytes(32))}

    def certificate(self) -> bytes:
        """PEM: whoever opens a PDF of ours says once that they trust it."""
        return self._own.certificate.public_bytes(serialization.Encoding.PEM)

    def signed_text(self, charge: Charge) -> str:
        """What the QR on the confirmation says."""
        assert charge.paid_at
        text = text_of(Confirmed(charge.code, charge.amount, charge.paid_at, charge.payee_name))
        r, s = decode_dss_signature(self._own.private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}|{_b64(r.to_bytes(32) + s.to_bytes(32))}"

    async def print(self, charge: Charge, paid: Transaction) -> bytes:
        sheet = self._sheet(charge, paid)
        return await asyncio.to_thread(self._made, sheet, self.signed_text(charge))

    def _sheet(self, charge: Charge, paid: Transaction) -> Sheet:
        said = self._personal.open_words(charge.id, charge.said)
        assert charge.paid_at
        here = charge.paid_at.astimezone(HERE)
        rows = [
            ("Mã khoản thu", grouped(charge.code)),
            ("Loại", PURPOSES[charge.purpose].vi),
            ("Nội dung", said.what),
            ("Của", said.for_whom),
            ("Đơn vị thu", charge.payee_name),
            ("Số tiền", dong(charge.amount)),
            ("Cách trả", source_says(paid.source).vi),
            ("Nhận tiền lúc", f"{here:%H:%M, ngày %d/%m/%Y}"),
            ("Biên lai điện tử số", charge.receipt_number or ""),
        ]
        return Sheet(
            title="Xác nhận đã nhận tiền",
            warning="Đây không phải là biên lai hay hóa đơn",
            rows=[row for row in rows if row[1]],
            note="Biên lai điện tử do đơn vị thu phát hành. Giấy này do ứng dụng lập và ký số; quét mã để kiểm tra, cả "
            "khi không có mạng. Sửa một chữ số là mã không còn đúng.",
            dated=f"Lập ngày {datetime.now(HERE):%d/%m/%Y}",
        )

    def _made(self, sheet: Sheet, text: str) -> bytes:
        return self._sign(typeset(_FORM, sheet, text, datetime.now(UTC)))

    def _sign(self, pdf: bytes) -> bytes:
        """PAdES (ETSI EN 319 142-1, baseline B)."""
        from asn1crypto import keys
        from asn1crypto import x509 as asn1
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import signers
        from pyhanko.sign.fields import SigSeedSubFilter
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        own = self._own
        certificate = asn1.Certificate.load(own.certificate.public_bytes(serialization.Encoding.DER))
        plain = own.private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register(certificate)
        signer = signers.SimpleSigner(
            signing_cert=certificate, signing_key=keys.PrivateKeyInfo.load(plain), cert_registry=store
        )
        signed = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)),
            signers.PdfSignatureMetadata(
                field_name="Signature", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
            ),
            signer=signer,
        )
        made: bytes = signed.getvalue()
        return made

    @property
    def _own(self) -> _Key:
        return _key(self._settings.secret_key, self._settings.origin)


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
