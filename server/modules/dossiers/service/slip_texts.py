"""Sends a slip to the phone given at the desk, as a text, when whoever owns the dossier has no account."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import record
from server.core.events import publish
from server.core.limits import Limits
from server.core.problems import Problem, TooManyRequests
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.dossiers.events import SlipTextAsked
from server.modules.dossiers.models import Contact, ContactKind, Deed, Dossier, SlipText
from server.modules.dossiers.rules.silence import moment
from server.modules.dossiers.rules.slip_texts import AGAIN_AFTER, slip_text
from server.modules.dossiers.rules.statuses import is_over, waits_for_the_resident
from server.modules.dossiers.schemas.desk import SlipTextReply, Texting
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.desk import DossierUnknown
from server.modules.dossiers.service.filings import find, slip_of
from server.modules.dossiers.service.owners import owners_of
from server.modules.dossiers.service.slips import SlipUnknown, deed_with_slip, link_of, office_of
from server.modules.identity.public import CannotSend, spend_text, text_to_phone, texts_are_carried

_PHONE, _A_DAY, _DAY_S = "slip-text-phone", 20, 86_400
"""Slips to one phone in a day: whoever files for a whole hamlet gets theirs, and nobody is bombed."""


class SlipTextsOff(Problem):
    title = Words(
        "Gửi tin nhắn chưa được bật. Hãy in phiếu",
        "Sending texts is not switched on. Print the slip",
        "ការផ្ញើសារមិនទាន់បានបើកទេ។ សូមបោះពុម្ពប័ណ្ណ",
    )


class NoPhoneToText(Problem):
    title = Words(
        "Hồ sơ không có số di động để nhắn tin. Hãy in phiếu",
        "There is no mobile number to send a text to. Print the slip",
        "សំណុំឯកសារគ្មានលេខទូរស័ព្ទដៃសម្រាប់ផ្ញើសារទេ។ សូមបោះពុម្ពប័ណ្ណ",
    )


class OwnerHasAccount(Problem):
    title = Words(
        "Người nộp có tài khoản và đã được báo trong ứng dụng, không cần nhắn tin",
        "Whoever files has an account and was told in the app: no text is needed",
        "អ្នកដាក់មានគណនី និងបានទទួលដំណឹងក្នុងកម្មវិធីហើយ មិនចាំបាច់ផ្ញើសារទេ",
    )


class SlipSentAlready(Problem):
    title = Words(
        "Phiếu này đã gửi tới số này. Gửi lại được sau {when}, hoặc khi hồ sơ có số điện thoại khác",
        "This slip has gone to this number. It can be sent again after {when}, or once the dossier has another phone",
        "ប័ណ្ណនេះបានផ្ញើទៅលេខនេះហើយ។ អាចផ្ញើម្តងទៀតក្រោយ {when} ឬពេលសំណុំឯកសារមានលេខទូរស័ព្ទផ្សេង",
    )


_REFUSED: dict[Texting, type[Problem]] = {
    "account": OwnerHasAccount,
    "off": SlipTextsOff,
    "no-phone": NoPhoneToText,
}


def phone_to_text(contacts: Iterable[Contact]) -> Contact | None:
    """The mobile number among what was given for a dossier; None for none, and for one that takes no texts."""
    return next((it for it in contacts if it.kind is ContactKind.PHONE and it.owner_index is not None), None)


class SlipTexts:
    """Slips as texts: asked for at the desk, carried by the worker."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)

    async def way(self, dossier_id: UUID, phone: Contact | None) -> Texting:
        """Whether a slip can go as a text to the phone that is the dossier's, and if not, why."""
        if await owners_of(self._session, [dossier_id]):
            return "account"
        if not texts_are_carried(self._settings):
            return "off"
        return "open" if phone else "no-phone"

    async def of(self, phone: Contact | None, deeds: Collection[UUID]) -> dict[UUID, SlipTextReply]:
        """What became of these slips on the way to the phone that is the dossier's now."""
        if phone is None or not deeds:
            return {}
        asked = select(SlipText).where(SlipText.deed_id.in_(deeds), SlipText.phone_index == phone.owner_index)
        return {row.deed_id: reply_of(row) for row in await self._session.scalars(asked)}

    async def ask(self, caller: Caller, dossier_id: UUID, step_id: UUID, language: Language) -> SlipTextReply:
        """Let it go. Of many that ask at once one is heard.

        Raises DossierUnknown, SlipUnknown, TooManyRequests and the problems of this file.
        """
        await self._need_slip(caller, dossier_id, step_id)
        phone = await self._phone(dossier_id)
        way = await self.way(dossier_id, phone)
        if phone is None or way != "open":
            raise _REFUSED[way]
        row = await self._claim(step_id, phone, language)
        await self._spend(row.phone_index)
        publish(self._session, SlipTextAsked(text_id=row.id))
        await record(
            self._session, act="dossiers:send-slip", actor=caller, subject=("dossier", dossier_id), unit=caller.unit
        )
        await self._session.flush()
        return reply_of(row)

    async def look_after(self, caller: Caller, dossier_id: UUID, step_id: UUID) -> SlipTextReply:
        """What became of it. Raises DossierUnknown, SlipUnknown, also when it was never sent."""
        await self._need_slip(caller, dossier_id, step_id)
        found = (await self.of(await self._phone(dossier_id), [step_id])).get(step_id)
        if found is None:
            raise SlipUnknown
        return found

    async def send(self, text_id: UUID) -> None:
        """Carry it, unless it has gone, the phone is another one by now, or the app tells its owner. It goes at least
        once.
        """
        asked = (
            select(SlipText, Deed, Dossier)
            .join(Deed, Deed.id == SlipText.deed_id)
            .join(Dossier, Dossier.id == Deed.dossier_id)
            .where(SlipText.id == text_id, SlipText.sent_at.is_(None), SlipText.failed_at.is_(None))
            .with_for_update(of=SlipText)
        )
        found = (await self._session.execute(asked)).one_or_none()
        if found is None:
            return
        row, deed, dossier = found
        phone, form = await self._phone(dossier.id), slip_of(deed)
        told = await owners_of(self._session, [dossier.id])
        if told or phone is None or phone.owner_index != row.phone_index or form is None:
            await self._session.delete(row)
            return
        number = self._contacts.open(phone.kind, dossier.id, phone.sealed)
        text = await self._words(form, row.language, dossier, deed)
        try:
            row.provider = await text_to_phone(self._session, number, text, row.language)
        except CannotSend:
            row.provider = None
        if row.provider is None:
            row.failed_at = datetime.now(UTC)
        else:
            row.sent_at = datetime.now(UTC)
        await self._session.flush()

    async def _words(self, form: int, language: Language, dossier: Dossier, deed: Deed) -> str:
        # What a slip of last week promised is not said again when there is another date, or none.
        undated = is_over(dossier.status) or waits_for_the_resident(dossier.status)
        return slip_text(
            form,
            language,
            code=dossier.code,
            office=await office_of(self._session, dossier, deed),
            due_at=None if undated else dossier.due_at,
            link=link_of(self._settings, dossier.code),
        )

    async def _spend(self, phone_index: bytes) -> None:
        """One of the phone's day and of the province's hour: behind the claim, so that of many at once one is paid for.

        Raises TooManyRequests; without the province's budget nothing goes to the phone, so that is not counted either.
        """
        limits, phone = Limits(self._session.info["database"], self._settings), phone_index.hex()
        await limits.spend(_PHONE, phone, times=_A_DAY, per=_DAY_S)
        try:
            await spend_text(self._session)
        except TooManyRequests:
            await limits.give_back(_PHONE, phone, per=_DAY_S)
            raise

    async def _need_slip(self, caller: Caller, dossier_id: UUID, step_id: UUID) -> None:
        """Raises DossierUnknown, SlipUnknown when the caller has no such slip."""
        if await find(self._session, caller, dossier_id) is None:
            raise DossierUnknown
        await deed_with_slip(self._session, dossier_id, step_id)

    async def _phone(self, dossier_id: UUID) -> Contact | None:
        return phone_to_text(await self._session.scalars(select(Contact).where(Contact.dossier_id == dossier_id)))

    async def _claim(self, deed_id: UUID, phone: Contact, language: Language) -> SlipText:
        """The row, once for each slip and phone in a day. Raises SlipSentAlready."""
        now = datetime.now(UTC)
        new = {"language": language, "asked_at": now, "sent_at": None, "failed_at": None, "provider": None}
        row = insert(SlipText).values(id=uuid7(), deed_id=deed_id, phone_index=phone.owner_index, **new)
        free = or_(SlipText.asked_at <= now - AGAIN_AFTER, SlipText.failed_at.is_not(None))
        claimed = row.on_conflict_do_update(index_elements=["deed_id", "phone_index"], set_=new, where=free)
        mine = (await self._session.scalars(claimed.returning(SlipText))).one_or_none()
        if mine is None:
            theirs = (SlipText.deed_id == deed_id) & (SlipText.phone_index == phone.owner_index)
            asked_at = await self._session.scalar(select(SlipText.asked_at).where(theirs)) or now
            raise SlipSentAlready(SlipSentAlready.title.fill(when=moment(asked_at + AGAIN_AFTER)))
        return mine


def reply_of(row: SlipText) -> SlipTextReply:
    if row.failed_at:
        return SlipTextReply(state="failed", at=row.failed_at, again_at=row.failed_at)
    again_at = row.asked_at + AGAIN_AFTER
    if row.sent_at:
        return SlipTextReply(state="sent", at=row.sent_at, again_at=again_at)
    return SlipTextReply(state="waiting", at=row.asked_at, again_at=again_at)
