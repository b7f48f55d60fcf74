"""What SECRET_KEY has made in the tables of the notifications, and how another one makes it again."""

from typing import Any

import msgspec
from sqlalchemy import Row

from server.core.rotation import Sealed, moved
from server.core.settings import Settings
from server.modules.notifications.models import Address, Device, Entry, Key
from server.modules.notifications.rules.push import Subscription
from server.modules.notifications.service.addresses import address_seal_of
from server.modules.notifications.service.devices import endpoint_hash_of, seal_of, vapid_seal_of
from server.modules.notifications.service.telling import inbox_seal_of


def _device(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    if row.subscription is None:
        return {"subscription": None, "endpoint_hash": None}
    told = seal_of(old).open(row.subscription, str(row.id))
    endpoint = msgspec.json.decode(told, type=Subscription).endpoint
    return {"subscription": seal_of(new).close(told, str(row.id)), "endpoint_hash": endpoint_hash_of(new, endpoint)}


def _key(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"sealed": moved(row.sealed, vapid_seal_of(old), vapid_seal_of(new), row.public)}


def _entry(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    return {"sealed": moved(row.sealed, inbox_seal_of(old), inbox_seal_of(new), str(row.id))}


def _address(row: Row[Any], old: Settings, new: Settings) -> dict[str, Any]:
    # A code on its way would be compared with another key: whoever waits for it asks again.
    return {
        "sealed": moved(row.sealed, address_seal_of(old), address_seal_of(new), str(row.id)),
        "code": moved(row.code, address_seal_of(old), address_seal_of(new), f"code:{row.id}") if row.code else None,
        "mac": row.mac,
    }


SEALED = [
    Sealed(Device, ("subscription", "endpoint_hash"), _device),
    Sealed(Key, ("sealed",), _key),
    Sealed(Entry, ("sealed",), _entry),
    Sealed(Address, ("sealed", "code", "mac"), _address),
]
