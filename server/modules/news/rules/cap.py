"""A warning as a Common Alerting Protocol message, version 1.2 (OASIS CAP-v1.2-os; ITU-T X.1303 bis)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from xml.etree import ElementTree as ET

from server.core.text import for_xml
from server.modules.news.rules.alerts import SHOWN_AFTER, Said, Warn
from server.modules.news.rules.kinds import KINDS, SEVERITY, grade

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"

_LANGUAGES = {"vi": "vi-VN", "en": "en", "km": "km-KH"}
_CLEARED = {"vi": "Đã hết: ", "en": "All clear: ", "km": "រួចផុត៖ "}

Ring = Sequence[Sequence[float]]
"""(longitude, latitude), the first point once more at its end."""


class Area(NamedTuple):
    """A commune or the province: its name, its code in the national list, its outer rings."""

    name: str
    code: str
    rings: Sequence[Ring]


class Message(NamedTuple):
    """What CAP wants to know beside the warning itself. `kind`: Alert, Update or Cancel. Times have a zone."""

    identifier: str
    sender: str
    sender_name: str
    sent: datetime
    kind: str
    test: bool
    web: str
    references: Sequence[tuple[str, datetime]]
    """Identifier and time of each earlier message that this one takes the place of."""


def cap_of(it: Warn, message: Message, areas: Sequence[Area]) -> bytes:
    """The message as XML in UTF-8."""
    alert = ET.Element(_tag("alert"))
    _put(alert, "identifier", message.identifier)
    _put(alert, "sender", message.sender)
    _put(alert, "sent", _time(message.sent))
    _put(alert, "status", "Test" if message.test else "Actual")
    _put(alert, "msgType", message.kind)
    _put(alert, "scope", "Public")
    earlier = " ".join(f"{message.sender},{name},{_time(sent)}" for name, sent in message.references)
    _put(alert, "references", earlier)
    for language, said in it.texts.items():
        _inform(alert, it, message, language, said, areas)
    written: bytes = ET.tostring(alert, encoding="UTF-8", xml_declaration=True, default_namespace=NAMESPACE)
    return written


def _inform(alert: ET.Element, it: Warn, message: Message, language: str, said: Said, areas: Sequence[Area]) -> None:
    about, info = KINDS[it.kind], ET.SubElement(alert, _tag("info"))
    name = dict(zip(("vi", "en", "km"), about.name, strict=True))[language]
    _put(info, "language", _LANGUAGES[language])
    _put(info, "category", about.category)
    _put(info, "event", name)
    _put(info, "responseType", "AllClear" if it.clears else about.response)
    _put(info, "urgency", _urgency(it, message.sent))
    _put(info, "severity", SEVERITY[it.level - 1])
    _put(info, "certainty", "Observed" if it.clears or _begun(it, message.sent) else "Likely")
    _put(info, "effective", _time(message.sent))
    if it.begins_at and not it.clears:
        _put(info, "onset", _time(it.begins_at.astimezone(message.sent.tzinfo)))
    ends = message.sent + SHOWN_AFTER if it.clears or it.ends_at is None else it.ends_at
    _put(info, "expires", _time(ends.astimezone(message.sent.tzinfo)))
    _put(info, "senderName", message.sender_name)
    _put(info, "headline", (_CLEARED[language] if it.clears else "") + said.headline)
    _put(info, "description", said.what)
    _put(info, "instruction", "\n".join(step for step in said.steps if step))
    _put(info, "web", message.web)
    parameter = ET.SubElement(info, _tag("parameter"))
    _put(parameter, "valueName", "level")
    _put(parameter, "value", grade(it.kind, it.level).for_(language))  # type: ignore[arg-type]
    for area in areas:
        place = ET.SubElement(info, _tag("area"))
        _put(place, "areaDesc", area.name)
        for ring in area.rings:
            _put(place, "polygon", " ".join(f"{lat:.4f},{lon:.4f}" for lon, lat in ring))
        code = ET.SubElement(place, _tag("geocode"))
        _put(code, "valueName", "GSO")
        _put(code, "value", area.code)


def _urgency(it: Warn, sent: datetime) -> str:
    if it.clears:
        return "Past"
    if _begun(it, sent):
        return "Immediate"
    assert it.begins_at is not None
    return "Expected" if it.begins_at <= sent + timedelta(hours=1) else "Future"


def _begun(it: Warn, sent: datetime) -> bool:
    return it.begins_at is None or it.begins_at <= sent


def _time(at: datetime) -> str:
    """CAP wants whole seconds and an offset, never `Z` (3.3.2 of the standard)."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "-00:00")


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _put(parent: ET.Element, name: str, text: str) -> None:
    if text:
        ET.SubElement(parent, _tag(name)).text = for_xml(text)
