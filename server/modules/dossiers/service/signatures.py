"""Reads who signed a PDF (PAdES, ETSI EN 319 142), and whether that can be believed. Nothing is fetched.

Whether a certificate was revoked is asked of what the document brings along (`revocation.py`), else it is not known.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.modules.dossiers.rules.verdicts import (
    Checked,
    Finding,
    Revocation,
    Signature,
    Verdict,
    together,
    verdict_of,
)
from server.modules.dossiers.service.revocation import Proofs, revocation_of

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

MOST_OBJECTS = 50_000
_PROGRAMS = {"/JavaScript", "/JS", "/Launch", "/RichMedia", "/XFA", "/EmbeddedFiles", "/EmbeddedFile"}
"""What a document of an office has no need of, and what has harmed those who opened one (security.md C-18)."""

MOST_SIGNATURES = 20

_CANNOT_TELL = {
    "NO_CERTIFICATE_CHAIN_FOUND",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "OUT_OF_BOUNDS_NO_POE",
    "OUT_OF_BOUNDS_NOT_REVOKED",
    "TRY_LATER",
}
"""What ETSI EN 319 102-1 calls a signature about which nothing can be said, for want of a root or of a time."""


def check(document: bytes, roots: Path | None) -> Checked:
    """What is to be thought of it. `roots`: a file of PEM certificates we believe; None: none.

    Takes a second of processor time at most; call it in a job, in a thread.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    # What it finds wrong it would write down with the names in it.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    believed = _roots(roots)
    try:
        reader = PdfFileReader(BytesIO(document))
        if reader.encrypted or _carries_a_program(reader):
            return Checked(Verdict.UNREADABLE if reader.encrypted else Verdict.UNSAFE)
        found = reader.embedded_regular_signatures
        # A field that says it is signed, and holds no signature that can be read, is a lie and not an empty field.
        lies = len(list(_signed_fields(reader))) - len(found) - len(reader.embedded_timestamp_signatures)
        if len(found) > MOST_SIGNATURES or lies:
            return Checked(Verdict.INVALID)
        signatures = [_signature(it, Proofs(reader, it), believed) for it in found]
    except Exception:
        # Whatever is wrong with it, and whatever the library raises for it (errors of zlib, of its own filters, of
        # assertions): what claims a signature and cannot be read is not believed, and nothing stays unsaid.
        return Checked(Verdict.INVALID if b"/ByteRange" in document else Verdict.UNREADABLE)
    return Checked(together([it.verdict for it in signatures]), signatures)


def _signature(embedded: "EmbeddedPdfSignature", proofs: Proofs, roots: list[Any]) -> Signature:
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    def believed(moment: datetime | None) -> ValidationContext:
        return ValidationContext(
            trust_roots=roots, other_certs=proofs.certificates, moment=moment, allow_fetching=False
        )

    usage = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
    try:
        status = validate_pdf_signature(embedded, believed(None), key_usage_settings=usage)
        stamp = status.timestamp_validity
        stamped = stamp is not None and stamp.intact and stamp.valid and stamp.trusted
        revocation, since = revocation_of(embedded, proofs, roots)
        finding = _finding(status)
        if finding.trusted is None and stamp is not None and stamped and revocation is Revocation.NOT_REVOKED:
            # It has run out since; what counts is the moment it signed, of which others than the signer speak.
            then = validate_pdf_signature(
                embedded, believed(stamp.timestamp), believed(None), key_usage_settings=usage, skip_diff=True
            )
            finding = finding._replace(trusted=then.trusted or None)
    except Exception:  # as in `check`
        return Signature("", None, None, False, Verdict.INVALID)
    certificate: Any = status.signing_cert
    said: dict[str, Any] = certificate.subject.native
    at = stamp.timestamp if stamp is not None and stamped else status.signer_reported_dt
    revoked = revocation is Revocation.REVOKED and not (stamped and at and since and at < since)
    return Signature(
        name=_text(said.get("common_name")),
        office=_text(said.get("organization_name")) or None,
        at=at,
        stamped=stamped,
        verdict=verdict_of(finding._replace(revoked=revoked)),
        revocation=revocation,
        revocation_at=since,
    )


def _finding(status: "PdfSignatureStatus") -> Finding:
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    # What covers less than a revision of the file leaves room for anything beside it.
    whole = (
        status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION and bool(status.docmdp_ok) and status.seed_value_ok
    )
    trusted: bool | None = status.trusted
    # Not revoked and not forbidden: only that we cannot tell.
    if not trusted and getattr(status.trust_problem_indic, "name", "") in _CANNOT_TELL:
        trusted = None
    return Finding(intact=status.intact and status.valid, whole=whole, trusted=trusted)


def _roots(roots: Path | None) -> list[Any]:
    from pyhanko import keys

    load: Any = keys.load_certs_from_pemder
    return list(load([str(roots)])) if roots else []


def _signed_fields(reader: "PdfFileReader") -> Iterator[Any]:
    from pyhanko.sign.fields import enumerate_sig_fields

    for _, value, _ in enumerate_sig_fields(reader, filled_status=True):
        yield value


def _carries_a_program(reader: "PdfFileReader") -> bool:
    """Whether anything that can be reached in the document runs, or brings another file along. Raises ValueError."""
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting: list[Any] = [reader.root]
    seen: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        it = waiting.pop()
        if isinstance(it, IndirectObject):
            if (it.idnum, it.generation) in seen:
                continue
            seen.add((it.idnum, it.generation))
            reference: Any = it
            it = reference.get_object()
        count += 1
        if count > MOST_OBJECTS * 20 or len(seen) > MOST_OBJECTS:
            raise ValueError("too many objects")
        if isinstance(it, DictionaryObject):
            if _PROGRAMS.intersection(it.keys()) or dict.get(it, "/S") in _PROGRAMS:
                return True
            waiting.extend(dict.values(it))
        elif isinstance(it, ArrayObject):
            waiting.extend(list.__iter__(it))
    return False


def _text(value: Any) -> str:
    """A name as a certificate spells it, in one line; some hold it twice."""
    first = value[0] if isinstance(value, list) and value else value
    return " ".join(str(first or "").split())[:200]
