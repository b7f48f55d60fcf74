"""What is done when told, or by the clock."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from server.core.events import Reaction, Schedule
from server.modules.dossiers.events import (
    CalendarChanged,
    DossiersMoved,
    FeeExempted,
    MoreToPull,
    ResultAdded,
    ResultRemoved,
    SlipTextAsked,
)
from server.modules.dossiers.service.dates import Dates
from server.modules.dossiers.service.fees import Fees
from server.modules.dossiers.service.figures import tally_punctuality
from server.modules.dossiers.service.owners import Owners
from server.modules.dossiers.service.pulling import Pulling
from server.modules.dossiers.service.results import Results
from server.modules.dossiers.service.slip_texts import SlipTexts
from server.modules.dossiers.service.telling import Telling
from server.modules.identity.events import PhoneChanged
from server.modules.payments.events import PaymentSettled


async def tell_the_owners(session: AsyncSession, event: DossiersMoved) -> None:
    await Telling(session).moved(event.id, event.moves)


async def ask_for_fees(session: AsyncSession, event: DossiersMoved) -> None:
    await Fees(session, session.info["settings"]).moved(event.moves)


async def note_exemption(session: AsyncSession, event: FeeExempted) -> None:
    await Fees(session, session.info["settings"]).exempt(event.dossier_id, event.happening_id, event.exemption)
    await Telling(session).exempted(event.dossier_id, event.happening_id, event.exemption)


async def go_on_when_paid(session: AsyncSession, event: PaymentSettled) -> None:
    if event.purpose == "dossier-fee":
        await Fees(session, session.info["settings"]).settled(event.subject, event.reference)


async def check_result(session: AsyncSession, event: ResultAdded) -> None:
    if dossier := await Results(session, session.info["settings"]).check(event.result_id):
        await Telling(session).result(event.result_id, dossier)


async def check_results_again(session: AsyncSession, now: datetime) -> None:
    await Results(session, session.info["settings"]).check_again(now)


async def wipe_result(session: AsyncSession, event: ResultRemoved) -> None:
    await Results(session, session.info["settings"]).wipe(event.result_id)


async def send_slip(session: AsyncSession, event: SlipTextAsked) -> None:
    await SlipTexts(session, session.info["settings"]).send(event.text_id)


async def remind_of_answers(session: AsyncSession, now: datetime) -> None:
    await Telling(session).remind_of_answers(now)


async def pull(session: AsyncSession, now: datetime) -> None:
    await Pulling(session, session.info["settings"]).pull()


async def pull_on(session: AsyncSession, event: MoreToPull) -> None:
    await Pulling(session, session.info["settings"]).pull()


async def count_anew(session: AsyncSession, event: CalendarChanged) -> None:
    await Dates(session, session.info["settings"]).count_anew(event.after, event.place)


async def remind(session: AsyncSession, now: datetime) -> None:
    await Telling(session).remind(now)


async def follow_the_person(session: AsyncSession, event: PhoneChanged) -> None:
    await Owners(session, session.info["settings"]).follow(event.resident_id, bytes.fromhex(event.was), event.at)


reactions = [
    Reaction(DossiersMoved, tell_the_owners, "urgent"),
    Reaction(DossiersMoved, ask_for_fees),
    Reaction(FeeExempted, note_exemption),
    Reaction(PaymentSettled, go_on_when_paid, "urgent"),
    Reaction(ResultAdded, check_result),
    Reaction(ResultRemoved, wipe_result),
    Reaction(SlipTextAsked, send_slip, "urgent"),
    Reaction(MoreToPull, pull_on),
    Reaction(CalendarChanged, count_anew),
    Reaction(PhoneChanged, follow_the_person, "urgent"),
]
schedules = [
    Schedule("* * * * *", pull),
    Schedule("*/15 * * * *", remind_of_answers, "urgent"),
    Schedule("35 * * * *", check_results_again),
    Schedule("0 1 * * *", remind),  # at eight in the morning here
    Schedule("20 18 * * *", tally_punctuality),  # at night here
]
