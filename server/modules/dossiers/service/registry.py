"""A dossier is handed in at the desk: its code, its procedure as it stands that day, by when it will be done."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.events import publish
from server.core.problems import Problem
from server.core.settings import Settings
from server.core.words import Words
from server.modules.catalogue.public import ProcedureThen, procedure_then
from server.modules.dossiers.events import DossiersMoved
from server.modules.dossiers.models import Contact, ContactKind, Dossier, Filing
from server.modules.dossiers.rules.acts import Act
from server.modules.dossiers.rules.reports import CLOCKS_DIFFER, id_digits, national_code, phone_digits
from server.modules.dossiers.rules.statuses import Status
from server.modules.dossiers.rules.working_time import Limit, Unit, due
from server.modules.dossiers.schemas.desk import RegisterDossier
from server.modules.dossiers.service.calendars import calendar_of
from server.modules.dossiers.service.contacts import Contacts
from server.modules.dossiers.service.filings import Journalist, Said
from server.modules.dossiers.service.offices import Offices
from server.modules.places.public import names_of_workplaces

LONG_AGO = timedelta(days=60)
"""How long before it is registered a dossier may have come."""


class ProcedureNotOffered(Problem):
    status = 400
    title = Words(
        "Ngày nhận hồ sơ không có thủ tục này, hoặc thủ tục đã hết hiệu lực",
        "There was no such procedure in force on the day of receipt",
        "នៅថ្ងៃទទួល គ្មាននីតិវិធីនេះចូលជាធរមានទេ",
    )


class ContactNeeded(Problem):
    status = 400
    title = Words(
        "Cần số điện thoại hoặc số định danh để người dân theo dõi được hồ sơ",
        "A phone or a personal number is needed, for the resident follows the dossier by it",
        "ត្រូវការលេខទូរស័ព្ទ ឬលេខអត្តសញ្ញាណ ដើម្បីឲ្យប្រជាពលរដ្ឋតាមដានសំណុំឯកសារ",
    )


class PhoneNumberRefused(Problem):
    status = 400
    title = Words("Số điện thoại không đúng dạng", "This is no phone number", "លេខទូរស័ព្ទមិនត្រឹមត្រូវ")


class PersonalNumberRefused(Problem):
    status = 400
    title = Words(
        "Số định danh gồm 12 chữ số (hoặc 9 chữ số của chứng minh nhân dân cũ)",
        "A personal number has 12 digits (an old identity card 9)",
        "លេខអត្តសញ្ញាណមាន ១២ ខ្ទង់ (ឬ ៩ ខ្ទង់សម្រាប់អត្តសញ្ញាណប័ណ្ណចាស់)",
    )


class LimitNeeded(Problem):
    """The catalogue says none, or several: an officer decides, and says why."""

    status = 400
    title = Words(
        "Danh mục không ghi rõ thời hạn cho cách nộp này. Hãy nhập thời hạn và căn cứ",
        "The catalogue does not say clearly how long this may take. Enter the limit and why",
        "បញ្ជីមិនបញ្ជាក់ច្បាស់ពីរយៈពេលសម្រាប់វិធីដាក់នេះទេ។ សូមបញ្ចូលរយៈពេល និងមូលហេតុ",
    )


class LimitNeverEnds(Problem):
    title = Words(
        "Thời hạn này dài quá nên không tính được ngày hẹn trả",
        "This limit is too long: no date can be counted from it",
        "រយៈពេលនេះវែងពេក មិនអាចគណនាថ្ងៃណាត់បានទេ",
    )


class LimitReasonNeeded(Problem):
    status = 400
    title = Words(
        "Thời hạn này khác danh mục. Hãy ghi căn cứ",
        "This limit is not the catalogue's. Say why",
        "រយៈពេលនេះខុសពីបញ្ជី។ សូមបញ្ជាក់មូលហេតុ",
    )


class ReceivedAtRefused(Problem):
    status = 400
    title = Words(
        "Thời điểm nhận phải ở trong 60 ngày vừa qua",
        "It must have come within the last 60 days",
        "ពេលទទួលត្រូវស្ថិតក្នុង ៦០ ថ្ងៃកន្លងមក",
    )


class PlaceUnknown(Problem):
    status = 400
    title = Words(
        "Không có cơ quan nào như vậy để giải quyết hồ sơ",
        "There is no such office to handle the dossier",
        "គ្មានការិយាល័យបែបនេះសម្រាប់ដោះស្រាយសំណុំឯកសារទេ",
    )


class NameNeeded(Problem):
    status = 400
    title = Words("Hãy ghi họ tên người nộp", "Enter the name of whoever files", "សូមសរសេរឈ្មោះអ្នកដាក់")


class Registry:
    """Takes dossiers in."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._contacts = Contacts(settings)
        self._offices = Offices(session)

    async def register(self, caller: Caller, given: RegisterDossier, *, at: datetime | None = None) -> UUID:
        """The id of the new dossier. `at`: as if it were then, for a demonstration.

        Raises the problems of this file, and OfficeCodeMissing.
        """
        now = at or datetime.now(UTC)
        received_at = given.received_at or now
        if not now - LONG_AGO < received_at < now + CLOCKS_DIFFER:
            raise ReceivedAtRefused
        name = " ".join(given.name.split())
        if not name:
            raise NameNeeded
        numbers = self._numbers(given)
        code = national_code(given.procedure)
        procedure = await procedure_then(self._session, code, received_at)
        if procedure is None or not procedure.in_force:
            raise ProcedureNotOffered
        limit = _limit(given, procedure)
        names = await names_of_workplaces(self._session, {caller.unit, given.handling_place})
        if given.handling_place not in names:
            raise PlaceUnknown
        # Also when it is accepted later: a limit that never ends is refused now, by whoever entered it.
        ends_at = await self._due(received_at, limit, given.handling_place)
        due_at = ends_at if given.accept else None
        dossier = await self._new(
            caller.unit,
            received_at,
            procedure=code,
            status=Status.ACCEPTED if given.accept else Status.REGISTERED,
            status_at=received_at,
            receiving_unit=names.get(caller.unit, caller.unit),
            handling_unit=names[given.handling_place],
        )
        self._file(caller, given, dossier, procedure, limit, name, numbers, received_at)
        await self._session.flush()
        move = await Journalist(self._session, self._settings).write(
            caller, Act.REGISTER, dossier, dossier.status, Said(), row=uuid7(), at=received_at, due_at=due_at
        )
        if move:
            publish(self._session, DossiersMoved(moves=[move]))
        await self._session.flush()
        return dossier.id

    def _numbers(self, given: RegisterDossier) -> dict[ContactKind, str]:
        numbers: dict[ContactKind, str] = {}
        if given.phone:
            if (digits := phone_digits(given.phone)) is None:
                raise PhoneNumberRefused
            numbers[ContactKind.PHONE] = digits
        if given.national_id:
            if (digits := id_digits(given.national_id)) is None:
                raise PersonalNumberRefused
            numbers[ContactKind.NATIONAL_ID] = digits
        if not numbers:
            raise ContactNeeded
        return numbers

    async def _due(self, received_at: datetime, limit: Limit, place: str) -> datetime:
        try:
            found = due(received_at, limit, await calendar_of(self._session), await self._offices.week(place))
        except ValueError:  # centuries, or an office that never works
            raise LimitNeverEnds from None
        assert found is not None
        return found

    async def _new(self, place: str, received_at: datetime, **values: Any) -> Dossier:
        while True:
            code = await self._offices.next_code(place, received_at)
            # Another system may have reported dossiers under codes like ours: then it is the next serial.
            row = insert(Dossier).values(id=uuid7(), code=code, version=1, **values)
            free = row.on_conflict_do_nothing(index_elements=["code"]).returning(Dossier)
            if dossier := (await self._session.scalars(free)).one_or_none():
                return dossier

    def _file(
        self,
        caller: Caller,
        given: RegisterDossier,
        dossier: Dossier,
        procedure: ProcedureThen,
        limit: Limit,
        name: str,
        numbers: dict[ContactKind, str],
        received_at: datetime,
    ) -> None:
        row = dossier.id
        for kind, number in numbers.items():
            self._session.add(
                Contact(
                    dossier_id=row,
                    kind=kind,
                    sealed=self._contacts.close(kind, row, number),
                    owner_index=self._contacts.owner_index(kind, number),
                    lookup_index=self._contacts.lookup_index(dossier.code, number[-4:]),
                    digits_index=self._contacts.digits_index(number[-4:]),
                    said_at=received_at,
                )
            )
        reason = given.limit_reason
        self._session.add(
            Filing(
                dossier_id=row,
                title=procedure.title,
                revision=procedure.revision,
                case=given.case,
                papers=[{"name": it.name, "kind": it.kind, "count": it.count} for it in given.papers],
                name=self._contacts.close_name(row, name),
                receiving_place=caller.unit,
                handling_place=given.handling_place,
                channel=given.channel,
                returning=given.returning,
                filed_at=received_at,
                accepted_at=received_at if given.accept else None,
                limit_value=limit.value,
                limit_unit=limit.unit,
                limit_reason=self._contacts.close_reason(row, reason) if reason else None,
                supplements=0,
                apologies=0,
                electronic_result=False,
            )
        )


def _limit(given: RegisterDossier, procedure: ProcedureThen) -> Limit:
    """The catalogue's, unless the officer says another one and why."""
    published = procedure.limit(given.channel)
    known = Limit(published.value, Unit(published.unit.value)) if published else None
    said = Limit(given.limit.value, given.limit.unit) if given.limit else None
    if said is None or said == known:
        if known is None:
            raise LimitNeeded
        return known
    if not given.limit_reason:
        raise LimitNeeded if known is None else LimitReasonNeeded
    return said
