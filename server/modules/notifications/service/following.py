"""Which communes and topics somebody follows, and what that means for their devices."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.database import one_at_a_time
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.notifications.models import Device, Follower, Preference
from server.modules.notifications.rules.inbox import Level, Topic, level_of
from server.modules.notifications.service.topics import topics_of
from server.modules.places.public import unit_exists
from server.modules.privacy.public import all_consented

_PURPOSE = "push-abroad"


class CommuneNotFollowed(Problem):
    status = 400
    title = Words(
        "Một xã, phường trong danh sách không còn nữa. Hãy bỏ ra và chọn lại",
        "A commune or ward of the list is no more. Take it out and choose again",
        "ឃុំ សង្កាត់មួយក្នុងបញ្ជីលែងមានទៀតហើយ។ សូមដកចេញ ហើយជ្រើសរើសម្តងទៀត",
    )


class TopicNotFollowed(Problem):
    status = 400
    title = Words(
        "Một chủ đề trong danh sách không còn nữa. Hãy bỏ ra và chọn lại",
        "A topic of the list is no more. Take it out and choose again",
        "ប្រធានបទមួយក្នុងបញ្ជីលែងមានទៀតហើយ។ សូមដកចេញ ហើយជ្រើសរើសម្តងទៀត",
    )


class Following:
    """What residents follow: nothing until they choose, but their commune as soon as they say where they live."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings

    async def of(self, resident_id: UUID) -> Follower:
        """Theirs; one that is not stored when there is none."""
        found = await self._session.scalar(select(Follower).where(Follower.resident_id == resident_id))
        return found or Follower(
            resident_id=resident_id, home=None, chosen=[], communes=[], topics=[], since={}, version=0
        )

    async def choose(
        self, resident_id: UUID, version: int, *, communes: Collection[str], topics: Collection[str]
    ) -> Follower:
        """From the next announcement on. Raises CommuneNotFollowed, TopicNotFollowed, ChangedMeanwhile."""
        await self.refuse_unknown(communes, topics)
        mine = await self._own(resident_id)
        if mine.version != version:
            raise ChangedMeanwhile
        mine.chosen, mine.topics, mine.version = sorted(communes), sorted(topics), version + 1
        await self._settle(mine)
        return mine

    async def move_home(self, resident_id: UUID, commune_code: str | None) -> None:
        """They live somewhere else, and follow that commune from now on."""
        mine = await self._own(resident_id)
        mine.home = commune_code
        await self._settle(mine)

    async def take_over(self, resident_id: UUID, device: Device) -> None:
        """Whoever signs in on a browser that follows something follows it from now on, unless they chose before."""
        if (device.communes or device.topics) and not (await self.of(resident_id)).version:
            mine = await self._own(resident_id)
            mine.chosen, mine.topics, mine.version = device.communes, device.topics, 1
            await self._settle(mine)

    async def apply(self, resident_id: UUID) -> None:
        """Their devices ring for what they follow, as loudly as they chose and agreed."""
        mine = await self.of(resident_id)
        chosen = await self._session.scalar(select(Preference.topics).where(Preference.resident_id == resident_id))
        agreed = resident_id in await all_consented(self._session, [resident_id], _PURPOSE)
        news, warnings = (
            agreed and level_of(topic, "", chosen or {}, {}) is Level.RING for topic in (Topic.NEWS, Topic.WARNINGS)
        )
        await self._session.execute(
            update(Device)
            .where(Device.resident_id == resident_id)
            .values(communes=mine.communes, topics=mine.topics, rings_news=news, rings_warnings=warnings)
        )

    async def _own(self, resident_id: UUID) -> Follower:
        """Theirs, made now if need be; of two changes at once one waits for the other."""
        await one_at_a_time(self._session, f"follower {resident_id}")
        empty: dict[str, Any] = {"home": None, "chosen": [], "communes": [], "topics": [], "since": {}, "version": 0}
        new = insert(Follower).values(resident_id=resident_id, **empty).on_conflict_do_nothing()
        await self._session.execute(new)
        mine = select(Follower).where(Follower.resident_id == resident_id)
        return (await self._session.scalars(mine.execution_options(populate_existing=True))).one()

    async def _settle(self, mine: Follower) -> None:
        mine.communes = sorted({*mine.chosen, *([mine.home] if mine.home else [])})
        now = datetime.now(UTC).isoformat()
        mine.since = {code: mine.since.get(code, now) for code in (*mine.communes, *mine.topics)}
        await self._session.flush()
        await self.apply(mine.resident_id)

    async def refuse_unknown(self, communes: Collection[str], topics: Collection[str]) -> None:
        """Raises CommuneNotFollowed, TopicNotFollowed."""
        for code in communes:
            if not await unit_exists(self._session, code):
                raise CommuneNotFollowed
        if not topics_of(self._settings).keys() >= set(topics):
            raise TopicNotFollowed


NOTHING: dict[str, Any] = {"communes": [], "topics": [], "rings_news": True, "rings_warnings": True}
"""What a device follows that has just become nobody's."""
