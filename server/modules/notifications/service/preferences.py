"""How residents want to be told."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.problems import Problem
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.notifications.models import Preference
from server.modules.notifications.rules.inbox import Channel, Choice, Level, Quiet, Topic
from server.modules.notifications.service.following import Following


class TopicCannotBeOff(Problem):
    status = 400
    title = Words(
        "Tin có hiệu lực pháp lý luôn có trong hộp tin; bạn chỉ tắt được việc rung máy",
        "What has legal effect always reaches the inbox; only the ringing can be turned off",
        "សារដែលមានផលផ្លូវច្បាប់តែងមានក្នុងប្រអប់សារ អ្នកអាចបិទបានតែការរោទ៍ប៉ុណ្ណោះ",
    )


class QuietTimeRefused(Problem):
    status = 400
    title = Words(
        "Giờ yên lặng phải bắt đầu và kết thúc ở hai giờ khác nhau",
        "A quiet time begins and ends at two different times",
        "ម៉ោងស្ងាត់ត្រូវចាប់ផ្តើម និងបញ្ចប់នៅម៉ោងខុសគ្នា",
    )


class Preferences:
    """What residents chose."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, resident_id: UUID) -> Choice:
        return (await self.of_all([resident_id]))[resident_id]

    async def of_all(self, people: Collection[UUID]) -> dict[UUID, Choice]:
        """The choice of each of them."""
        chosen = dict.fromkeys(people, Choice())
        for row in await self._session.scalars(select(Preference).where(Preference.resident_id.in_(people))):
            chosen[row.resident_id] = _choice(row)
        return chosen

    async def choose(
        self,
        resident_id: UUID,
        version: int,
        *,
        private: bool,
        quiet: Quiet | None,
        topics: dict[Topic, Level],
        fields: dict[str, Level],
        channels: Collection[Channel],
    ) -> Choice:
        """From the next event on. Raises TopicCannotBeOff, QuietTimeRefused, ChangedMeanwhile."""
        if any(topic.firm and level is Level.OFF for topic, level in topics.items()):
            raise TopicCannotBeOff
        if quiet is not None and quiet.since == quiet.until:
            raise QuietTimeRefused
        values = {
            "private": private,
            "quiet_since": quiet and quiet.since,
            "quiet_until": quiet and quiet.until,
            "topics": {topic.value: level.value for topic, level in topics.items()},
            "fields": {field: level.value for field, level in fields.items()},
            "channels": sorted(channels),
            "version": version + 1,
        }
        mine = Preference.resident_id == resident_id
        if version:
            changed = update(Preference).where(mine, Preference.version == version).values(**values)
            row = await self._session.scalar(changed.returning(Preference))
        else:
            # The first choice makes the row; of two at once one comes too late.
            first = insert(Preference).values(resident_id=resident_id, **values).on_conflict_do_nothing()
            row = await self._session.scalar(first.returning(Preference))
        if row is None:
            raise ChangedMeanwhile
        await Following(self._session, self._session.info["settings"]).apply(resident_id)
        return _choice(row)


def _choice(row: Preference) -> Choice:
    quiet = Quiet(row.quiet_since, row.quiet_until) if row.quiet_since and row.quiet_until else None
    return Choice(
        private=row.private,
        quiet=quiet,
        topics=row.topics,
        fields=row.fields,
        channels=row.channels,
        version=row.version,
    )
