"""The date of a dossier as a calendar file (RFC 5545). A calendar may lie with anybody: it names no procedure."""

from datetime import UTC, datetime, timedelta

from server.core.words import Language, Words

_SUMMARY = Words("Hẹn trả kết quả hồ sơ {}", "Result of dossier {} due", "ថ្ងៃណាត់លទ្ធផលសំណុំឯកសារ {}")
_LONG = timedelta(minutes=30)


def calendar_file(code: str, due_at: datetime, now: datetime, language: Language, url: str) -> str:
    """One event with an alarm the day before. The same dossier replaces its older date, by its UID."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//citizen-app//dossiers//VI",
        "BEGIN:VEVENT",
        f"UID:{code}@dossiers",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(due_at)}",
        f"DTEND:{_utc(due_at + _LONG)}",
        f"SUMMARY:{_text(_SUMMARY.for_(language).format(code))}",
        f"URL:{url}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(_SUMMARY.for_(language).format(code))}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for line in lines)


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text


def _folded(line: str) -> str:
    """At most 75 bytes in a line, and no letter cut in two (3.1)."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 74:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part]) + "\r\n"
