"""Edits that never overwrite each other in silence: `If-Match` carries the version that was read (RFC 9110, 13.1.1)."""

from typing import Annotated

from litestar.params import HeaderParameter

from server.core.problems import Problem
from server.core.words import Words

IfMatch = Annotated[
    str | None, HeaderParameter(name="If-Match", max_length=20, description="The version that was read, in quotes.")
]


class VersionNeeded(Problem):
    status = 428
    title = Words(
        "Thiếu phiên bản của thông tin cần sửa (If-Match)",
        "The version that is being changed is missing (If-Match)",
        "ខ្វះកំណែនៃព័ត៌មានដែលត្រូវកែ (If-Match)",
    )


class ChangedMeanwhile(Problem):
    status = 412
    title = Words(
        "Thông tin đã được sửa ở nơi khác. Hãy xem bản mới rồi sửa lại",
        "It was changed elsewhere. Look at the new version, then change it again",
        "ព័ត៌មានត្រូវបានកែនៅកន្លែងផ្សេង។ សូមមើលកំណែថ្មី រួចកែម្តងទៀត",
    )


def version_of(if_match: str | None) -> int:
    """The number in `If-Match: "3"`. Raises VersionNeeded, also for what is no version of ours."""
    number = (if_match or "").strip().strip('"')
    if not number.isascii() or not number.isdigit():
        raise VersionNeeded
    return int(number)
