"""What is done when messages are to be sent, and by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.identity.events import ResidentMoved, SessionsEnded
from server.modules.notifications.events import (
    AddressGiven,
    AnnouncementsReady,
    MessagesReady,
    RangeReady,
    SendingPutOff,
    TextReady,
    UrgentRangeReady,
    UrgentWaveBegun,
    WaveBegun,
)
from server.modules.notifications.service.addresses import Addresses
from server.modules.notifications.service.devices import Devices
from server.modules.notifications.service.following import Following
from server.modules.notifications.service.messages import Messages
from server.modules.notifications.service.other_ways import OtherWays
from server.modules.notifications.service.planning import Planning
from server.modules.notifications.service.sending import Sending
from server.modules.notifications.service.waves import Waves
from server.modules.privacy.events import ConsentChanged


async def ring(session: AsyncSession, event: MessagesReady) -> None:
    await Sending(session, session.info["settings"]).deliver(event.id, event.message_ids)


async def ring_many(session: AsyncSession, event: AnnouncementsReady) -> None:
    await Sending(session, session.info["settings"]).deliver(event.id, event.message_ids, urgent=False)


async def ring_again(session: AsyncSession, event: SendingPutOff) -> None:
    await Sending(session, session.info["settings"]).deliver(event.id, event.message_ids)


async def plan_wave(session: AsyncSession, event: WaveBegun) -> None:
    await Planning(session, session.info["settings"]).plan(event.wave_id, event.round, event.after)


async def plan_warning(session: AsyncSession, event: UrgentWaveBegun) -> None:
    await plan_wave(session, event)


async def ring_range(session: AsyncSession, event: RangeReady) -> None:
    await Waves(session, session.info["settings"]).send(event.number, event.round)


async def ring_warning(session: AsyncSession, event: UrgentRangeReady) -> None:
    await ring_range(session, event)


async def look_after_waves(session: AsyncSession, now: datetime) -> None:
    await Planning(session, session.info["settings"]).look_after(now)


async def release(session: AsyncSession, event: SessionsEnded) -> None:
    await Devices(session, session.info["settings"]).release(event.session_ids)


async def move_home(session: AsyncSession, event: ResidentMoved) -> None:
    await Following(session, session.info["settings"]).move_home(event.resident_id, event.commune_code)


async def apply_consent(session: AsyncSession, event: ConsentChanged) -> None:
    await Following(session, session.info["settings"]).apply(event.resident_id)


async def text(session: AsyncSession, event: TextReady) -> None:
    await OtherWays(session, session.info["settings"]).text(event.dispatch_id)


async def send_code(session: AsyncSession, event: AddressGiven) -> None:
    await Addresses(session, session.info["settings"]).send_code(event.address_id)


async def look_after_devices(session: AsyncSession, now: datetime) -> None:
    await OtherWays(session, session.info["settings"]).look_after_devices(now)


async def remove_silent_devices(session: AsyncSession, now: datetime) -> None:
    await OtherWays(session, session.info["settings"]).remove_silent(now)


async def give_up_late(session: AsyncSession, now: datetime) -> None:
    await Messages(session, session.info["settings"]).give_up_late(now)


reactions = [
    Reaction(MessagesReady, ring, "urgent"),
    Reaction(AnnouncementsReady, ring_many, "mass"),
    Reaction(SendingPutOff, ring_again, "urgent"),
    Reaction(WaveBegun, plan_wave),
    Reaction(UrgentWaveBegun, plan_warning, "urgent"),
    Reaction(RangeReady, ring_range, "mass"),
    Reaction(UrgentRangeReady, ring_warning, "urgent"),
    Reaction(SessionsEnded, release, "urgent"),
    Reaction(ResidentMoved, move_home),
    Reaction(ConsentChanged, apply_consent, "urgent"),
    Reaction(TextReady, text),
    Reaction(AddressGiven, send_code, "urgent"),
]
schedules = [
    Schedule("47 * * * *", give_up_late),
    Schedule("*/10 * * * *", look_after_devices),
    Schedule("*/5 * * * *", look_after_waves),
    Schedule("40 18 * * *", remove_silent_devices),  # at night here
]
