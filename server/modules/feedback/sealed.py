"""What SECRET_KEY has made in the tables of the field reports, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row

from server.core.rotation import Sealed
from server.core.settings import Settings
from server.modules.feedback.models import Photo, Report, Step, Video
from server.modules.feedback.service.seals import Seals


def _report(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"text": None if row.text is None else Seals(new).close_text(row.id, Seals(old).open_text(row.id, row.text))}


def _step(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"said": None if row.said is None else Seals(new).close_said(row.id, Seals(old).open_said(row.id, row.said))}


def _key(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"key": Seals(new).close_key(row.id, Seals(old).open_key(row.id, row.key))}


SEALED = [
    Sealed(Report, ("text",), _report),
    Sealed(Step, ("said",), _step),
    Sealed(Photo, ("key",), _key),
    Sealed(Video, ("key",), _key),
]
