"""What a document brings along about whether its signer's certificate was taken back (PAdES B-LT): nothing is fetched.

The lists (CRL) and answers (OCSP) of whoever issued the certificate are read from the document's security store and
from the signature itself, and asked about the moment at which each was made. What they do not say is not known.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from server.modules.dossiers.rules.verdicts import Revocation

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

MOST = 20
"""Lists and answers that are read of a document, and moments that are asked about."""


class Proofs:
    """What issuers have said of certificates, as a document holds it. Raises ValueError when it cannot be read."""

    def __init__(self, reader: "PdfFileReader", embedded: "EmbeddedPdfSignature") -> None:
        from pyhanko.sign.general import (
            MultivaluedAttributeError,
            NonexistentAttributeError,
            find_unique_cms_attribute,
        )
        from pyhanko.sign.validation.dss import DocumentSecurityStore
        from pyhanko.sign.validation.errors import NoDSSFoundError

        self.certificates: list[Any] = []
        self.lists: list[Any] = []
        self.answers: list[Any] = []
        try:
            store = DocumentSecurityStore.read_dss(reader)
            self.certificates = list(islice(store.load_certs(), MOST))
            context = store.as_validation_context({"trust_roots": []})
            self.lists, self.answers = context.crls, context.ocsps
        except NoDSSFoundError:
            pass
        try:
            attributes: Any = embedded.signer_info["signed_attrs"]
            own: Any = find_unique_cms_attribute(attributes, "adobe_revocation_info_archival")
            self.lists, self.answers = [*self.lists, *own["crl"]], [*self.answers, *own["ocsp"]]
        except (MultivaluedAttributeError, NonexistentAttributeError):
            pass
        del self.lists[MOST:], self.answers[MOST:]

    def moments(self) -> list[datetime]:
        """At which they were made, the last one first."""
        return sorted(set(self._made()), reverse=True)[:MOST]

    def _made(self) -> Iterator[datetime]:
        for it in self.lists:
            yield it["tbs_cert_list"]["this_update"].native
        for it in self.answers:
            if it["response_status"].native == "successful":
                for one in it.response_data["responses"]:
                    yield one["this_update"].native


def revocation_of(
    embedded: "EmbeddedPdfSignature", proofs: Proofs, roots: list[Any]
) -> tuple[Revocation, datetime | None]:
    """Whether it was taken back, and since when; or not, as of when."""
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.policy_decl import (
        CertRevTrustPolicy,
        RevocationCheckingPolicy,
        RevocationCheckingRule,
    )

    needed = CertRevTrustPolicy(
        RevocationCheckingPolicy(
            ee_certificate_rule=RevocationCheckingRule.CRL_OR_OCSP_REQUIRED,
            intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
        )
    )
    for moment in proofs.moments():
        # A list of a second ago knows what was taken back in that second.
        context = ValidationContext(
            trust_roots=roots,
            other_certs=proofs.certificates,
            crls=proofs.lists,
            ocsps=proofs.answers,
            moment=moment + timedelta(seconds=1),
            revinfo_policy=needed,
            allow_fetching=False,
        )
        status = validate_pdf_signature(embedded, context, skip_diff=True)
        if status.revocation_details is not None:
            return Revocation.REVOKED, status.revocation_details.revocation_date
        if status.trusted:
            return Revocation.NOT_REVOKED, moment
    return Revocation.UNKNOWN, None
