"""What SECRET_KEY has made in the tables of privacy, and how another one makes it again."""

from typing import Any

from sqlalchemy import Row

from server.core.rotation import Sealed, moved
from server.core.settings import Settings
from server.modules.privacy.models import Package, Request
from server.modules.privacy.service.requests import seal_of


def _request(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    seals = seal_of(old), seal_of(new)
    return {name: moved(getattr(row, name), *seals, f"{name}:{row.id}") for name in ("note", "answer")}


def _package(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"sealed": moved(row.sealed, seal_of(old), seal_of(new), f"package:{row.request_id}")}


SEALED = [Sealed(Request, ("note", "answer"), _request), Sealed(Package, ("sealed",), _package)]
