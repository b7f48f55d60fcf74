"""What other applications see of the reports and file themselves, as Open311 GeoReport v2 names it.

They see what everybody may: what staff have let out, in the words and about the place they let out. Never who. An
application follows what it has filed itself from the first moment, in its own words.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.access import Caller
from server.core.limits import Limits
from server.core.settings import Settings
from server.core.words import Language, Words
from server.modules.feedback.models import Category, Photo, Report, Step
from server.modules.feedback.rules.content import Disclosure
from server.modules.feedback.rules.names import ELSEWHERE
from server.modules.feedback.rules.public import PUBLIC_STATES
from server.modules.feedback.schemas.georeport import MOST_REQUESTS, Filing, Wanted, instant
from server.modules.feedback.schemas.reports import SendReport
from server.modules.feedback.service.categories import Categories
from server.modules.feedback.service.refusals import (
    FormUnreadable,
    PlaceMissing,
    ReportNotFound,
    ServiceMissing,
    ServiceUnknown,
)
from server.modules.feedback.service.reports import Reports
from server.modules.feedback.service.seals import Seals
from server.modules.places.public import names_of_workplaces

_LATER = datetime(9999, 1, 1, tzinfo=UTC)
"""When it was written: no later than it arrives. Always the same, so that it is the same however often it is sent."""

_NOTICE = Words(
    "Cơ quan đầu mối phân loại trước {triage}; đơn vị xử lý trả lời trước {answer}. Gửi ảnh: PUT {photos}",
    "The hub sorts it by {triage}; the office answers by {answer}. Photos: PUT {photos}",
    "មជ្ឈមណ្ឌលចាត់ថ្នាក់មុន {triage}; ការិយាល័យឆ្លើយមុន {answer}។ រូបថត៖ PUT {photos}",
)
_URGENT = Words("Khẩn cấp: có nguy hiểm ngay lúc này", "Urgent: there is danger now", "បន្ទាន់៖ មានគ្រោះថ្នាក់ឥឡូវនេះ")
_YES = Words("Có", "Yes", "បាទ/ចាស")


class Open311:
    """Reports under the names of GeoReport v2: a category is a service, a report is a request."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._origin = settings.origin
        self._reports = Reports(session, settings)
        self._seals = Seals(settings)

    async def services(self, language: Language) -> list[dict[str, Any]]:
        """What an application may file; what needs an account of this app is not among it."""
        return [
            {
                "service_code": it.slug,
                "service_name": getattr(it, language),
                "description": getattr(it, language),
                "metadata": True,
                "type": "realtime",
                "keywords": ", ".join(dict.fromkeys((it.vi, it.en, it.km))),
                "group": None,
            }
            for it in await self._offered()
        ]

    async def definition(self, code: str, language: Language) -> dict[str, Any]:
        """The questions of a service, and what does not belong here. Raises ServiceUnknown."""
        if code not in {it.slug for it in await self._offered()}:
            raise ServiceUnknown
        attributes: list[dict[str, Any]] = [
            {
                "variable": True,
                "code": "urgent",
                "datatype": "singlevaluelist",
                "required": False,
                "datatype_description": None,
                "order": 1,
                "description": _URGENT.for_(language),
                "values": [{"key": "true", "name": _YES.for_(language)}],
            }
        ]
        for order, (kind, (title, text, _, _)) in enumerate(ELSEWHERE.items(), 2):
            attributes.append(
                {
                    "variable": False,
                    "code": f"not-{kind.value}",
                    "datatype": "string",
                    "required": False,
                    "datatype_description": None,
                    "order": order,
                    "description": f"{title.for_(language)} {text.for_(language)}",
                    "values": [],
                }
            )
        return {"service_code": code, "attributes": attributes}

    async def _offered(self) -> list[Category]:
        return [it for it in await Categories(self._session).all() if it.withdrawn_at is None and it.anonymous]

    async def file(
        self, partner: Caller, given: Filing, operation: UUID | None, limits: Limits, language: Language
    ) -> dict[str, Any]:
        """One report, once under the id the application has made for it.

        Raises ServiceMissing, ServiceUnknown, PlaceMissing, FormUnreadable, and whatever is refused of a report.
        """
        if not given.service_code:
            raise ServiceMissing
        if given.service_code not in {it.slug for it in await self._offered()}:
            raise ServiceUnknown
        if given.lat is None and given.lon is None and not (given.address_id or given.address):
            raise PlaceMissing
        operation = operation or uuid4()
        try:
            said = SendReport(
                category=given.service_code,
                # Nothing is fetched from an address that somebody names; staff see it and decide.
                text="\n".join(part for part in (given.description, given.address, given.media) if part),
                lat=given.lat,
                lon=given.lon,
                accuracy_m=None,
                commune=given.address_id or None,
                outside_meant=False,
                urgent=given.urgent,
                disclosure=Disclosure.NOBODY,
                photos=0,
                written_at=_LATER,
            )
        except ValueError:  # a control character, a hidden change of direction
            raise FormUnreadable from None
        done = await self._reports.send(None, operation, said, limits, "", partner=partner.id)
        return {
            "service_request_id": done.code,
            "service_notice": _NOTICE.fill(
                triage=instant(done.triage_by),
                answer=instant(done.answer_by),
                photos=f"{self._origin}/api/feedback/reports/{operation}/photos/1",
            ).for_(language),
            "account_id": None,
        }

    async def token(self, operation: UUID) -> dict[str, Any]:
        """What became of a POST whose answer was lost, by the id the application has made. Raises ReportNotFound."""
        asked = select(Report.code).where(Report.operation == operation, Report.partner_id.is_not(None))
        code = await self._session.scalar(asked)
        if code is None:
            raise ReportNotFound
        return {"service_request_id": code, "token": str(operation)}

    async def requests(self, partner: Caller | None, wanted: Wanted, language: Language) -> list[dict[str, Any]]:
        """The newest first."""
        asked = select(Report).where(_seen_by(partner))
        if wanted.codes:
            asked = asked.where(Report.code.in_([it.upper() for it in wanted.codes]))
        else:
            asked = asked.where(Report.arrived_at >= wanted.since, Report.arrived_at <= wanted.until)
            if wanted.services:
                asked = asked.where(Report.category.in_(wanted.services))
            if wanted.open != wanted.closed:
                asked = asked.where(Report.closed_at.is_(None) if wanted.open else Report.closed_at.is_not(None))
        found = await self._session.scalars(asked.order_by(Report.arrived_at.desc()).limit(MOST_REQUESTS))
        return await self._shown(partner, found.all(), language)

    async def one(self, partner: Caller | None, code: str, language: Language) -> list[dict[str, Any]]:
        """Raises ReportNotFound."""
        found = await self._session.scalar(select(Report).where(_seen_by(partner), Report.code == code.upper()))
        if found is None:
            raise ReportNotFound
        return await self._shown(partner, [found], language)

    async def _shown(
        self, partner: Caller | None, reports: Sequence[Report], language: Language
    ) -> list[dict[str, Any]]:
        ids = [it.id for it in reports]
        categories = {it.slug: it for it in await Categories(self._session).all()}
        places = {place for it in reports for place in (it.commune, it.unit) if place}
        names = await names_of_workplaces(self._session, places)
        shown = select(Photo.report_id, func.min(Photo.number)).where(Photo.report_id.in_(ids), Photo.shown)
        pictured = {row[0]: row[1] for row in await self._session.execute(shown.group_by(Photo.report_id))}
        moved = select(Step.report_id, func.max(Step.created_at)).where(Step.report_id.in_(ids), ~Step.internal)
        steps = {row[0]: row[1] for row in await self._session.execute(moved.group_by(Step.report_id))}
        return [
            self._request(
                it,
                names,
                own=partner is not None and it.partner_id == partner.id,
                service=getattr(categories[it.category], language),
                moved=steps.get(it.id, it.arrived_at),
                pictured=pictured.get(it.id) if it.released_at else None,
                language=language,
            )
            for it in reports
        ]

    def _request(
        self,
        it: Report,
        names: dict[str, str],
        *,
        own: bool,
        service: str,
        moved: datetime,
        pictured: int | None,
        language: Language,
    ) -> dict[str, Any]:
        lat, lon = (it.lat, it.lon) if own else (it.public_lat, it.public_lon)
        words = self._seals.open_text(it.id, it.text) if own else it.public_text
        return {
            "service_request_id": it.code,
            "status": "closed" if it.closed_at else "open",
            # Closed is not called fixed: this says which of the two it is.
            "status_notes": PUBLIC_STATES[it.state].for_(language),
            "service_name": service,
            "service_code": it.category,
            "description": words or None,
            "agency_responsible": names.get(it.unit or ""),
            "service_notice": None,
            "requested_datetime": instant(it.arrived_at),
            "updated_datetime": instant(it.closed_at or moved),
            "expected_datetime": instant(it.resolve_due_at),
            "address": names.get(it.commune or ""),
            "address_id": it.commune,
            "zipcode": None,
            "lat": lat,
            "long": lon,
            "media_url": pictured and f"{self._origin}/api/feedback/public/{it.id}/photos/{pictured}",
        }


def _seen_by(partner: Caller | None) -> ColumnElement[bool]:
    """What staff have let out, and what the application has filed itself."""
    released = Report.released_at.is_not(None)
    return released if partner is None else or_(released, Report.partner_id == partner.id)
