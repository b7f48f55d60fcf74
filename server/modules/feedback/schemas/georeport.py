"""Open311 GeoReport v2 on the wire: a form comes in, XML or JSON goes out.

https://wiki.open311.org/GeoReport_v2 (frozen), https://wiki.open311.org/Service_Discovery
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

import msgspec

from server.core.clock import HERE
from server.core.text import for_xml

Format = Literal["xml", "json"]
TYPES: dict[Format, str] = {"xml": "text/xml", "json": "application/json; charset=utf-8"}

MOST_FIELDS = 60
SPAN = timedelta(days=90)
"""Response volume, as the standard has it: a span of 90 days, or the first 1,000."""
MOST_REQUESTS = 1000
MOST_IDS = 100

_ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}


def split(name: str, accept: str) -> tuple[str, Format]:
    """`road.json` → road, json. Without an ending the `Accept` header decides; XML is what the standard requires."""
    bare, _, ending = name.rpartition(".")
    if bare and ending in ("xml", "json"):
        return bare, "xml" if ending == "xml" else "json"
    return name, "json" if "json" in accept else "xml"


def encode(root: str, value: Any, format: Format) -> bytes:
    """`value`: what JSON shows. XML is the same by the Spark convention, with `root` around it."""
    if format == "json":
        return msgspec.json.encode(value)
    said: bytes = tostring(_fill(Element(root), value), encoding="utf-8", xml_declaration=True)
    return said


def _fill(element: Element, value: Any) -> Element:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _fill(SubElement(element, key), inner)
    elif isinstance(value, list):
        for inner in value:
            _fill(SubElement(element, _ITEMS[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = for_xml(str(value))
    return element


def instant(of: datetime | None) -> str | None:
    """In w3 format, by the province's clock: 2026-11-26T11:34:00+07:00."""
    return None if of is None else of.astimezone(HERE).isoformat(timespec="seconds")


def instant_of(said: str) -> datetime:
    """The same read; a day alone begins at its midnight here. Raises ValueError, also for a time without its offset."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return datetime.fromisoformat(said).replace(tzinfo=HERE)
    # An unescaped + arrives as a space.
    read = datetime.fromisoformat(said.strip().replace(" ", "+"))
    if read.tzinfo is None:
        raise ValueError("no offset")
    return read.astimezone(UTC)


class Filing(NamedTuple):
    """A POST as it was sent; what says who the person is, is not among it and is never read."""

    service_code: str
    lat: float | None
    lon: float | None
    address_id: str
    address: str
    description: str
    media: str
    urgent: bool


def filing_of(body: bytes) -> Filing:
    """Raises ValueError for what is no form, or has a number that is none."""
    said = {
        key: value
        for key, value in parse_qsl(
            body.decode(),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
        if value.strip()
    }
    return Filing(
        service_code=said.get("service_code", ""),
        lat=_degrees(said.get("lat")),
        lon=_degrees(said.get("long")),
        address_id=said.get("address_id", ""),
        address=said.get("address_string", ""),
        description=said.get("description", ""),
        media=said.get("media_url", ""),
        urgent=said.get("attribute[urgent]", "") == "true",
    )


def _degrees(said: str | None) -> float | None:
    if said is None:
        return None
    read = float(said)
    if read != read or abs(read) == float("inf"):
        raise ValueError("no number")
    return read


class Wanted(NamedTuple):
    """Which requests somebody asks for."""

    codes: list[str]
    services: list[str]
    since: datetime
    until: datetime
    open: bool
    closed: bool


def wanted_of(
    service_request_id: str, service_code: str, start_date: str, end_date: str, status: str, now: datetime
) -> Wanted:
    """Raises ValueError: a date that is none, more than 90 days, another status, too many ids."""
    codes, statuses = _listed(service_request_id), set(_listed(status)) or {"open", "closed"}
    since = instant_of(start_date) if start_date else None
    until = instant_of(end_date) if end_date else None
    if until is None:
        until = min(since + SPAN, now) if since else now
    if since is None:
        since = until - SPAN
    if len(codes) > MOST_IDS or until - since > SPAN or not statuses <= {"open", "closed"}:
        raise ValueError("out of bounds")
    return Wanted(codes, _listed(service_code), since, until, "open" in statuses, "closed" in statuses)


def _listed(said: str) -> list[str]:
    return [part.strip() for part in said.split(",") if part.strip()]
