"""Telling people of an article: who would be told, that they are told once, and how far it is."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.audit import record
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.news.models import Article
from server.modules.news.rules.content import Channel, Content, Sending
from server.modules.news.schemas.articles import Published
from server.modules.news.schemas.desk import Drive, ReachReply, SendingReply, WaitReply
from server.modules.notifications.public import (
    Announcement,
    AnnouncementNotFound,
    Audience,
    announce,
    cancel,
    pause,
    progress,
    reach,
    replace,
    resume,
    retract,
    ring_own_device,
)

_LOCK_SCREEN = 160
"""Characters of a summary that a lock screen shows."""


class AudienceEmpty(Problem):
    status = 422
    title = Words(
        "Chưa có ai ở các nơi và chủ đề đã chọn để nhận. Hãy chọn rộng hơn, hoặc chỉ đăng trên mục tin",
        "Nobody would be told with these places and topics; choose more of them, or only the feed",
        "គ្មាននរណានៅកន្លែង និងប្រធានបទដែលបានជ្រើសទទួលទេ។ សូមជ្រើសឱ្យទូលាយជាង ឬផ្សាយតែក្នុងព័ត៌មាន",
    )


class CountNeeded(Problem):
    """`devices`, `inboxes`: how many would be told now; `count` of the command must say the larger one."""

    status = 422
    title = Words(
        "Tin này đến rất nhiều người. Hãy gõ lại số máy và hộp thư sẽ nhận",
        "This reaches very many; type how many it will be",
        "ព័ត៌មាននេះទៅដល់មនុស្សច្រើនណាស់។ សូមវាយចំនួនអ្នកទទួល",
    )


class NothingSent(Problem):
    status = 409
    title = Words("Bài này chưa được gửi đến ai", "Nobody has been told of this article", "អត្ថបទនេះមិនទាន់បានផ្ញើដល់នរណាទេ")


class SendingArticles:
    """The one place that talks to the notifications."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def reach(self, sending: Sending) -> ReachReply:
        """Whom this would reach now, and whether so many must be typed first."""
        if sending.channel is Channel.FEED:
            return ReachReply(devices=0, inboxes=0, typed=False)
        found = await reach(self._session, _audience(sending))
        devices = found.devices if sending.channel is Channel.PUSH else 0
        return ReachReply(
            devices=devices,
            inboxes=found.inboxes,
            typed=max(devices, found.inboxes) >= self._settings.large_audience,
        )

    async def refuse_unseen(self, article: Article, sending: Sending, count: int | None) -> None:
        """Whoever lets it out knows how many it reaches. Raises AudienceEmpty, CountNeeded.

        A correction goes to those who had the first, and asks nothing.
        """
        if sending.channel is Channel.FEED or article.told:
            return
        now = await self.reach(sending)
        most = max(now.devices, now.inboxes)
        if most == 0:
            raise AudienceEmpty
        # While somebody reads and types, others come and go.
        if now.typed and (count is None or abs(count - most) * 100 > most):
            raise CountNeeded(devices=now.devices, inboxes=now.inboxes)

    async def tell(self, article: Article, content: Content, published: Published, now: datetime) -> None:
        """What has just gone out. A second time it reaches those who had the first, and nobody else.

        A correction for the feed only is a quiet one: what was told before stands corrected in the inboxes.
        """
        it = _announcement(article, content, published, now)
        if article.told is None:
            if content.sending.channel is Channel.FEED:
                return
            await announce(self._session, it)
            article.told = it.key
        elif not article.retracted:
            try:
                await replace(self._session, article.told, it)
                article.told = it.key
            except AnnouncementNotFound:
                # After two years nobody has it any more, and nobody is told anew.
                article.retracted = True

    async def take_back(self, article: Article) -> None:
        """Gone from the inboxes. Should it ever go out again, nobody is told a second time."""
        if article.told and not article.retracted:
            with suppress(AnnouncementNotFound):
                await retract(self._session, article.told)
            article.retracted = True

    async def drive(self, caller: Caller, article: Article, do: Drive) -> None:
        """Raises NothingSent."""
        if article.told is None:
            raise NothingSent
        try:
            await {Drive.PAUSE: pause, Drive.RESUME: resume, Drive.CANCEL: cancel}[do](self._session, article.told)
        except AnnouncementNotFound:
            raise NothingSent from None
        await record(self._session, act=f"news:{do}-sending", actor=caller, subject=("article", article.id))
        await self._session.flush()

    async def progress(self, article: Article) -> SendingReply:
        """How far it is. Raises NothingSent."""
        found = await progress(self._session, [article.told]) if article.told else {}
        if article.told not in found:
            raise NothingSent
        it = found[article.told]
        return SendingReply(
            state=it.state.value,
            counted=it.counted,
            over=it.over,
            due=it.due,
            sent=it.sent,
            failed=it.failed,
            gone=it.gone,
            waiting=it.waiting,
            waits=[WaitReply(why=why.value, devices=number) for why, number in it.waits.items()],
            next_at=it.next_at,
            shown=it.shown,
            opened=it.opened,
            read=it.read,
        )

    async def test(self, article: Article, device_id: UUID, secret: str) -> None:
        """Show it on the caller's own phone, as it would come. Raises DeviceNotFound, TooManyRequests."""
        content = msgspec.convert(article.content, Content)
        title, body = _words(_texts(content))
        await ring_own_device(
            self._session,
            device_id,
            secret,
            title=title,
            body=Words(*(_short(it) for it in body)),
            path=f"/staff/news/{article.id}",
        )


def _audience(sending: Sending) -> Audience:
    return Audience(communes=frozenset(sending.communes), topics=frozenset(sending.topics))


def _texts(content: Content) -> dict[str, tuple[str, str]]:
    all_ = (("vi", content.vi), ("en", content.en), ("km", content.km))
    return {language: (text.title, text.summary) for language, text in all_ if text}


def _words(texts: Mapping[str, tuple[str, str]]) -> tuple[Words, Words]:
    """Titles and summaries in three languages; Vietnamese where one was not written."""
    said = [texts.get(language, texts["vi"]) for language in ("vi", "en", "km")]
    return Words(*(title for title, _ in said)), Words(*(summary or title for title, summary in said))


def _announcement(article: Article, content: Content, published: Published, now: datetime) -> Announcement:
    title, body = _words({language: (it.title, it.summary) for language, it in published.texts.items()})
    return Announcement(
        key=f"news:{article.id}:{article.revision}",
        subject=f"news:{article.id}",
        title=title,
        body=body,
        plain=Words(*(_short(it) for it in body)),
        path=f"/news/{article.id}",
        audience=_audience(content.sending),
        rings=content.sending.channel is Channel.PUSH,
        pace=max(1, content.sending.pace // 60) if content.sending.pace else None,
        until=content.expires_at or _coming(content.ends_at, now),
    )


def _coming(ends_at: datetime | None, now: datetime) -> datetime | None:
    """The end of what happens; of what is over already one may hear as of anything else."""
    return ends_at if ends_at and ends_at > now else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LOCK_SCREEN else f"{line[:_LOCK_SCREEN].rsplit(' ', 1)[0]}…"
