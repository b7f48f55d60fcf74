"""How long a report is kept: until the province decides, and then so many days after it was closed."""

from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import text

from server.core.database import Database
from server.core.retention import forget_one
from server.core.settings import Settings, WrongSetting, read_settings
from server.modules.feedback.rules.content import REOPEN_DAYS, STILL_AFTER_DAYS
from server.modules.feedback.service.people import KEEP
from tests.modules.feedback.conftest import Officer, Phone, done, photo
from tests.modules.identity.conftest import age


async def forget(database: Database, settings: Settings, days: int) -> None:
    async with database.transaction() as session:
        session.info["settings"] = msgspec.structs.replace(settings, report_days=days)
        await forget_one(session, KEEP, datetime.now(UTC))


async def closed(hub: Officer, phone: Phone, database: Database, *, days_ago: int) -> dict[str, str]:
    """A report that was not one, so many days ago."""
    sent = await phone.send(photos=1)
    await done(phone.try_to_show(sent["operation"], 1, photo()))
    await hub.act("dismiss", await hub.find(sent["code"]), text="Không phải việc của tỉnh.")
    await shift(database, sent["code"], days_ago)
    return {"id": sent["operation"], "code": sent["code"]}


async def shift(database: Database, code: str, days: int) -> None:
    earlier = "UPDATE feedback_report SET closed_at = closed_at - make_interval(days => :days) WHERE code = :code"
    await age(database, earlier, days=days, code=code)


async def left(database: Database, *codes: str) -> list[str]:
    async with database.reading() as connection:
        asked = text("SELECT code FROM feedback_report WHERE code = ANY(:codes)")
        return sorted(await connection.scalars(asked, {"codes": list(codes)}))


def test_none_goes_while_its_people_may_still_be_asked_and_open_it_again() -> None:
    # The question may come a week late.
    with pytest.raises(WrongSetting):
        read_settings({"REPORT_DAYS": str(STILL_AFTER_DAYS + 7 + REOPEN_DAYS)})
    assert [read_settings({"REPORT_DAYS": days}).report_days for days in ("0", "60")] == [0, 60]


async def test_nothing_goes_until_somebody_decides_and_then_what_is_older(
    hub: Officer, resident: Phone, database: Database, settings: Settings
) -> None:
    old, fresh = [(await closed(hub, resident, database, days_ago=ago)) for ago in (61, 59)]
    open_one = await resident.send()
    codes = [it["code"] for it in (old, fresh, open_one)]
    await forget(database, settings, 0)
    assert await left(database, *codes) == sorted(codes)
    await forget(database, settings, 60)
    assert await left(database, *codes) == sorted(codes[1:])
    assert (await resident.browser.get(f"/api/feedback/reports/{old['id']}")).status_code == 404
    async with database.reading() as connection:
        rows = "SELECT count(*) FROM feedback_photo LEFT JOIN feedback_report r ON r.id = report_id WHERE r.id IS NULL"
        assert await connection.scalar(text(rows)) == 0


async def test_what_others_were_joined_into_stays_as_long_as_they(
    hub: Officer, resident: Phone, stranger: Phone, database: Database, settings: Settings
) -> None:
    first, again = await resident.send(), await stranger.send()
    await hub.act("merge", await hub.find(again["code"]), into=first["code"])
    await hub.act("dismiss", await hub.find(first["code"]), text="Không phải việc của tỉnh.")
    both = sorted([first["code"], again["code"]])
    await shift(database, first["code"], 61)
    await forget(database, settings, 60)
    assert await left(database, *both) == both
    await shift(database, again["code"], 61)
    await forget(database, settings, 60)
    assert await left(database, *both) == []
