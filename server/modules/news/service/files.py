"""Pictures and documents of articles: looked at before they are kept, and kept under the digest of what is kept."""

import hashlib
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.files import FileMissing, files_at
from server.core.pictures import NotAPicture, TooManyPixels, fitted, looks_like
from server.core.problems import NotFound, Problem
from server.core.settings import Settings
from server.core.sweep import hold, name_of
from server.core.words import Words
from server.modules.news.models import File

MOST_BYTES = 20 * 2**20
"""Of what is given: a photo of 50 megapixels has 15 MB."""
WIDTHS = (480, 960, 1600)
"""A list on any phone; an article on most phones; an article on a sharp or a large screen."""

FOLDER = "news"
_PDF = "application/pdf"


class FileTypeRefused(Problem):
    """`found`: what it looks like inside, empty when like nothing known."""

    status = 422
    title = Words(
        "Tệp này không phải ảnh JPEG, PNG, WebP hay tài liệu PDF, dù tên tệp nói vậy",
        "This is no JPEG, PNG or WebP picture and no PDF, whatever it is called",
        "ឯកសារនេះមិនមែនជារូបភាព JPEG, PNG, WebP ឬឯកសារ PDF ទេ ទោះបីឈ្មោះវាថាយ៉ាងណាក៏ដោយ",
    )


class PictureTooLarge(Problem):
    """`width`, `height`: in pixels, as the file says; 0 when it says what cannot be."""

    status = 422
    title = Words(
        "Ảnh có kích thước quá lớn. Hãy thu nhỏ xuống dưới 60 triệu điểm ảnh rồi gửi lại",
        "The picture has too many pixels; make it smaller than 60 million and send it again",
        "រូបភាពមានទំហំធំពេក។ សូមបង្រួមឱ្យតិចជាង ៦០ លានភីកសែល រួចផ្ញើម្តងទៀត",
    )


class FileTooLarge(Problem):
    status = 413
    title = Words(
        "Tệp lớn hơn 20 MB. Hãy nén hoặc chia nhỏ rồi gửi lại",
        "The file is larger than 20 MB; compress or split it",
        "ឯកសារធំជាង ២០ MB។ សូមបង្រួម ឬបែងចែក រួចផ្ញើម្តងទៀត",
    )


class NewsFiles:
    """What articles show and hand out."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._files = files_at(settings)

    async def keep(self, caller: Caller, said: str, title: str, content: bytes) -> File:
        """Keep a picture (made small) or a PDF (as it is). `said`: the media type it was given with.

        The same file twice is one. Raises FileTypeRefused, PictureTooLarge, FileTooLarge.
        """
        if len(content) > MOST_BYTES:
            raise FileTooLarge
        if _is_pdf(content) and said in (_PDF, "application/octet-stream", ""):
            row = await self._keep_pdf(content)
        elif said.startswith("image/"):
            row = await self._keep_picture(content)
        else:
            raise FileTypeRefused(found=looks_like(content))
        row |= {"title": title[:200], "by": caller.id, "id": uuid7()}
        await self._session.execute(insert(File).values(row).on_conflict_do_nothing(index_elements=["name"]))
        return (await self._session.scalars(select(File).where(File.name == row["name"]))).one()

    async def _keep_pdf(self, content: bytes) -> dict[str, object]:
        name = f"{_digest(content)}.pdf"
        # Given before, and left behind, it had the same name.
        await hold(self._session, name)
        await self._files.put(_place(name, None), content)
        return {"name": name, "media_type": _PDF, "size": len(content)}

    async def _keep_picture(self, content: bytes) -> dict[str, object]:
        try:
            pictures = await fitted(content, WIDTHS)
        except NotAPicture as other:
            raise FileTypeRefused(found=other.found) from None
        except TooManyPixels as large:
            raise PictureTooLarge(width=large.width, height=large.height) from None
        *smaller, largest = pictures
        name = f"{_digest(largest.content)}-{largest.width}x{largest.height}.webp"
        await hold(self._session, name)
        await self._files.put(_place(name, None), largest.content)
        for small in smaller:
            await self._files.put(_place(name, small.width), small.content)
        return {"name": name, "media_type": "image/webp", "size": len(largest.content)}

    async def read(self, name: str, width: int | None = None) -> bytes:
        """The file, or a picture in one of its smaller widths. Raises NotFound."""
        try:
            return await self._files.get(_place(name, width))
        except FileMissing:
            raise NotFound from None

    async def known(self, name: str) -> File:
        """Raises NotFound."""
        row = await self._session.scalar(select(File).where(File.name == name))
        if row is None:
            raise NotFound
        return row


def _place(name: str, width: int | None) -> str:
    return f"{FOLDER}/{width}/{name}" if width else f"{FOLDER}/{name}"


async def named(session: AsyncSession, paths: Collection[str]) -> set[str]:
    """Those of the files that a row still names."""
    names = {path: name_of(path) for path in paths}
    known = set(await session.scalars(select(File.name).where(File.name.in_(set(names.values())))))
    return {path for path, name in names.items() if name in known}


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _is_pdf(content: bytes) -> bool:
    """By what it begins and ends with, whatever it is called."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]
