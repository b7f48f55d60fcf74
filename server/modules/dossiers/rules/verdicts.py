"""What is to be thought of the signatures of a document. No library, no clock: findings in, a word out."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from server.core.words import Words


class Verdict(StrEnum):
    """Of a signature, or of a whole document. From good to bad."""

    VALID = "valid"
    UNKNOWN_SIGNER = "unknown-signer"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    INVALID = "invalid"
    UNSAFE = "unsafe"


class Revocation(StrEnum):
    """Whether whoever issued the signer's certificate has taken it back, as far as the document itself tells."""

    NOT_REVOKED = "not-revoked"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """What was found of one signature.

    `intact`: the bytes it covers are those that were signed, by the key it names. `whole`: nothing came after it but
    what a signer allows (another signature, proofs that it was valid). `trusted`: its certificate leads to a root we
    were given; None when we know no such root, or the certificate has run out and no authority for time says that it
    had not when it signed; False when it is not made for signing. `revoked`: it was taken back before it signed, or
    nobody but the signer says when that was.
    """

    intact: bool
    whole: bool
    trusted: bool | None
    revoked: bool = False


class Signature(msgspec.Struct, frozen=True):
    """Who signed, of which office, and when; `stamped`: an authority for time has said so, not the signer alone.

    `revocation_at`: since when the certificate is taken back, or as of when it was not.
    """

    name: str
    office: str | None
    at: datetime | None
    stamped: bool
    verdict: Verdict
    revocation: Revocation = Revocation.UNKNOWN
    revocation_at: datetime | None = None


class Checked(msgspec.Struct, frozen=True):
    """A document that was looked at."""

    verdict: Verdict
    signatures: list[Signature] = []


def verdict_of(found: Finding) -> Verdict:
    if not found.intact:
        return Verdict.INVALID
    if not found.whole:
        return Verdict.CHANGED
    if found.revoked:
        return Verdict.INVALID
    if found.trusted is None:
        return Verdict.UNKNOWN_SIGNER
    return Verdict.VALID if found.trusted else Verdict.INVALID


def together(verdicts: Collection[Verdict]) -> Verdict:
    """A document is as good as the worst of its signatures."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.UNSIGNED)


SAYS: dict[Verdict, Words] = {
    Verdict.VALID: Words(
        "Chữ ký số hợp lệ. Tài liệu không bị sửa sau khi ký.",
        "The digital signature is valid. The document was not changed after it was signed.",
        "ហត្ថលេខាឌីជីថលត្រឹមត្រូវ។ ឯកសារមិនត្រូវបានកែក្រោយពេលចុះហត្ថលេខាទេ។",
    ),
    Verdict.UNKNOWN_SIGNER: Words(
        "Tài liệu không bị sửa sau khi ký, nhưng ứng dụng chưa kiểm tra được người ký là ai.",
        "The document was not changed after it was signed, but who signed it cannot be checked here.",
        "ឯកសារមិនត្រូវបានកែក្រោយពេលចុះហត្ថលេខាទេ ប៉ុន្តែកម្មវិធីមិនអាចពិនិត្យថាអ្នកណាចុះហត្ថលេខាទេ។",
    ),
    Verdict.UNSIGNED: Words(
        "Tài liệu không có chữ ký số.",
        "Nobody has signed this document digitally.",
        "ឯកសារនេះគ្មានហត្ថលេខាឌីជីថលទេ។",
    ),
    Verdict.UNREADABLE: Words(
        "Không đọc được chữ ký số của tài liệu này.",
        "The signatures of this document cannot be read.",
        "មិនអាចអានហត្ថលេខាឌីជីថលរបស់ឯកសារនេះទេ។",
    ),
    Verdict.CHANGED: Words(
        "Tài liệu đã bị sửa sau khi ký. Hãy hỏi nơi trả kết quả trước khi dùng.",
        "The document was changed after it was signed. Ask the office before you use it.",
        "ឯកសារត្រូវបានកែក្រោយពេលចុះហត្ថលេខា។ សូមសួរការិយាល័យមុនពេលប្រើ។",
    ),
    Verdict.INVALID: Words(
        "Chữ ký số không hợp lệ. Hãy hỏi nơi trả kết quả trước khi dùng.",
        "The digital signature is not valid. Ask the office before you use it.",
        "ហត្ថលេខាឌីជីថលមិនត្រឹមត្រូវទេ។ សូមសួរការិយាល័យមុនពេលប្រើ។",
    ),
    Verdict.UNSAFE: Words(
        "Tệp chứa chương trình chạy kèm nên không được gửi cho người dân.",
        "The file carries a program, so it is not given to anybody.",
        "ឯកសារមានកម្មវិធីភ្ជាប់ ដូច្នេះមិនត្រូវបានផ្ញើទៅប្រជាពលរដ្ឋទេ។",
    ),
}

SAYS_OF_REVOCATION: dict[Revocation, Words] = {
    Revocation.NOT_REVOKED: Words(
        "Chưa bị thu hồi, theo xác nhận của nơi cấp kèm trong tài liệu",
        "Not revoked, as its issuer says in the document",
        "មិនត្រូវបានដកហូតទេ តាមការបញ្ជាក់របស់អ្នកចេញដែលភ្ជាប់ក្នុងឯកសារ",
    ),
    Revocation.REVOKED: Words(
        "Đã bị nơi cấp thu hồi",
        "Revoked by its issuer",
        "ត្រូវបានអ្នកចេញដកហូត",
    ),
    Revocation.UNKNOWN: Words(
        "Không rõ có bị thu hồi hay không: tài liệu không kèm xác nhận kiểm tra được của nơi cấp",
        "It is not known whether it was revoked: the document brings no word of its issuer that can be checked",
        "មិនដឹងថាត្រូវបានដកហូតឬអត់៖ ឯកសារគ្មានការបញ្ជាក់របស់អ្នកចេញដែលអាចពិនិត្យបានទេ",
    ),
}
