"""Results as PDF: signed by an authority made for this run, unsigned, and those that lie about their signature."""

import functools
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import crl, keys, ocsp, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import ocsp as answers
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

SIGNER, OFFICE = "Nguyễn Văn Ký", "Ủy ban nhân dân xã Thử"


@functools.cache
def plain(text: str = "Result", *, packed: bool = False, password: str | None = None) -> bytes:
    """One page, nobody's signature. `packed`: the table of its objects is a compressed stream. `password`: whoever
    opens it needs one; empty: only whoever would change it.
    """
    writer = PdfFileWriter(stream_xrefs=packed)
    content = writer.add_object(generic.StreamObject(stream_data=f"BT ({text}) Tj ET".encode()))
    writer.insert_page(
        PageObject(contents=content, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 200, 200))))
    )
    if password is not None:
        writer.encrypt(owner_pass="of no use", user_pass=password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class Authority:
    """A root that certifies people."""

    def __init__(self, name: str = "Gốc thử nghiệm") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._certify(self._name, self._key.public_key(), root=True)

    def _certify(
        self,
        subject: certificates.Name,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        *,
        root: bool = False,
        days: int = 30,
        stamps: bool = False,
    ) -> certificates.Certificate:
        now = datetime.now(UTC)
        use = [ExtendedKeyUsageOID.TIME_STAMPING] if stamps else [ExtendedKeyUsageOID.EMAIL_PROTECTION]
        asked_at = certificates.UniformResourceIdentifier("http://ocsp.invalid")
        builder = (
            certificates.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(certificates.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(certificates.BasicConstraints(ca=root, path_length=None), critical=True)
            .add_extension(
                certificates.KeyUsage(
                    digital_signature=not root,
                    content_commitment=not root,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=root,
                    crl_sign=root,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
        )
        if not root:
            access = certificates.AccessDescription(AuthorityInformationAccessOID.OCSP, asked_at)
            builder = builder.add_extension(certificates.AuthorityInformationAccess([access]), critical=False)
            builder = builder.add_extension(certificates.ExtendedKeyUsage(use), critical=True)
        return builder.sign(self._key, hashes.SHA256())

    def pem(self, path: Path) -> Path:
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return path

    def _list(self, it: certificates.Certificate, made: datetime, revoked: datetime | None) -> crl.CertificateList:
        """Of certificates that were taken back (CRL)."""
        builder = (
            certificates.CertificateRevocationListBuilder()
            .issuer_name(self._name)
            .last_update(made)
            .next_update(made + timedelta(days=1))
        )
        if revoked:
            entry = certificates.RevokedCertificateBuilder().serial_number(it.serial_number).revocation_date(revoked)
            builder = builder.add_revoked_certificate(entry.build())
        made_out = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return crl.CertificateList.load(made_out)

    def _answer(self, it: certificates.Certificate, made: datetime, revoked: datetime | None) -> ocsp.OCSPResponse:
        """About one certificate (OCSP)."""
        status = answers.OCSPCertStatus.REVOKED if revoked else answers.OCSPCertStatus.GOOD
        builder = answers.OCSPResponseBuilder().add_response(
            cert=it,
            issuer=self.certificate,
            algorithm=hashes.SHA256(),
            cert_status=status,
            this_update=made,
            next_update=made + timedelta(days=1),
            revocation_time=revoked,
            revocation_reason=None,
        )
        builder = builder.responder_id(answers.OCSPResponderEncoding.HASH, self.certificate)
        made_out = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        return ocsp.OCSPResponse.load(made_out)

    def sign(
        self,
        document: bytes,
        name: str = SIGNER,
        *,
        days: int = 30,
        stamped: datetime | None = None,
        proved: datetime | None = None,
        by: str = "list",
        revoked: datetime | None = None,
    ) -> bytes:
        """Signed as PAdES B-B; `days`: how long the certificate still holds; `stamped`: when, says an authority (B-T).

        `proved`: the document brings a list or an answer (`by`) made then, in which the certificate is `revoked` or
        not (B-LT).
        """
        key = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.Name(
            [
                certificates.NameAttribute(NameOID.COMMON_NAME, name),
                certificates.NameAttribute(NameOID.ORGANIZATION_NAME, OFFICE),
            ]
        )
        certificate = self._certify(subject, key.public_key(), days=days)
        store = SimpleCertificateStore()
        store.register(_loaded(self.certificate))
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signer = signers.SimpleSigner(
            signing_cert=_loaded(certificate),
            signing_key=keys.PrivateKeyInfo.load(private),
            cert_registry=store,
        )
        field = f"Signature{len(PdfFileReader(io.BytesIO(document)).embedded_signatures) + 1}"
        meta = signers.PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
        writer = IncrementalPdfFileWriter(io.BytesIO(document))
        # It runs a loop of its own, for which there is no room beside that of a test.
        with ThreadPoolExecutor(1) as aside:
            clock = self._clock(stamped) if stamped else None
            out = aside.submit(signers.sign_pdf, writer, meta, signer=signer, timestamper=clock).result()
        if proved:
            lists = [self._list(certificate, proved, revoked)] if by == "list" else []
            said = [self._answer(certificate, proved, revoked)] if by == "answer" else []
            DocumentSecurityStore.add_dss(out, None, certs=[_loaded(certificate)], crls=lists, ocsps=said)
        return bytes(out.getvalue())

    def _clock(self, at: datetime) -> DummyTimeStamper:
        """An authority for time that always says the same; the library's signs with RSA only."""
        key = _rsa()
        name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "Giờ thử nghiệm")])
        private = key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        certificate = _loaded(self._certify(name, key.public_key(), stamps=True))
        store = SimpleCertificateStore()
        store.register(_loaded(self.certificate))
        return DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(private), store, fixed_dt=at)


def _loaded(certificate: certificates.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@functools.cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@functools.cache
def authority() -> Authority:
    return Authority()


def overwritten(signed: bytes) -> bytes:
    """A byte of the page is another one."""
    place = signed.index(b"Tj")
    return signed[: place - 3] + b"X" + signed[place - 2 :]


def replaced(signed: bytes) -> bytes:
    """After it was signed, a newer revision shows another page."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT (Another) Tj ET"))
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def emptied(signed: bytes) -> bytes:
    """The field says that it is signed, and what it holds is nothing (universal signature forgery)."""
    begin = signed.index(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", begin)
    return signed[:begin] + b"0" * (end - begin) + signed[end:]


def narrowed(signed: bytes) -> bytes:
    """What it covers is said to be less than the file."""
    begin = signed.index(b"/ByteRange [") + len(b"/ByteRange [")
    end = signed.index(b"]", begin)
    numbers = signed[begin:end].split()
    numbers[3] = b"10"
    return signed[:begin] + b" ".join(numbers).ljust(end - begin) + signed[end:]


def garbled() -> bytes:
    """The table of its objects cannot be unpacked."""
    document = plain(packed=True)
    begin = document.rindex(b"\nstream\n") + len(b"\nstream\n")
    return document[:begin] + bytes(20) + document[begin + 20 :]


def packed_otherwise() -> bytes:
    """By a filter that our library does not know, and others may."""
    return plain(packed=True).replace(b"/FlateDecode", b"/LZWDecode")


def running() -> bytes:
    """A page that runs a script when it is opened."""
    writer = IncrementalPdfFileWriter(io.BytesIO(plain()))
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.TextStringObject("app.alert(1)")}
    writer.root["/OpenAction"] = generic.DictionaryObject(script)
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
