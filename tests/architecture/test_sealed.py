"""What SECRET_KEY has made is named, so that `rotate-key` forgets nothing."""

import re

from sqlalchemy import LargeBinary

from server.app import SEALED
from server.core.database import Table

MADE_WITHOUT_IT = {
    "core_audit.prev": "SHA-256 of what was recorded",
    "core_audit.hash": "SHA-256 of what was recorded",
    "core_first_reply.sealed": "sealed with the key the client sent",
    "core_first_reply.key_hash": "SHA-256 of the key the client sent",
    "core_first_reply.body_hash": "SHA-256 of what the client sent",
    "dossiers_result.digest": "SHA-256 of the file",
    "feedback_photo.kept_hash": "SHA-256 of a photo",
    "feedback_photo.sent_hash": "SHA-256 of a photo",
    "feedback_report.body_hash": "SHA-256 of what a phone sent under an id that nobody can guess",
    "feedback_video.kept_hash": "SHA-256 of a video",
    "feedback_video.sent_hash": "SHA-256 of a video",
    "identity_ceremony.browser_hash": "SHA-256 of a random mark",
    "identity_ended_session.token_hash": "SHA-256 of a random token",
    "identity_partner.secret_hash": "SHA-256 of a random secret",
    "identity_passkey.credential_id": "the phone's own",
    "identity_passkey.public_key": "the phone's own",
    "identity_phone_code.browser_hash": "SHA-256 of a random mark",
    "identity_session.former_hash": "plain hashes of random tokens",
    "identity_session.token_hash": "SHA-256 of a random token",
    "identity_signing_key.public": "a public key",
    "identity_staff.password_hash": "argon2id with a salt of its own",
    "notifications_range.had": "a bit for each device",
    "notifications_range.shown": "a bit for each device",
    "notifications_range.opened": "a bit for each device",
    "notifications_wave.key": "of what was published",
    "notifications_device.secret_hash": "SHA-256 of a random secret",
}
_KEYED = re.compile(r"(^|_)(hash|index|mac|sealed|secret|key)$")


def columns() -> dict[str, bool]:
    """Every column, and whether it could be made with a key: bytes, or what its name says."""
    return {
        f"{table.name}.{column.name}": isinstance(column.type, LargeBinary) or bool(_KEYED.search(column.name))
        for table in Table.metadata.sorted_tables
        for column in table.columns
    }


NAMED = {f"{it.table.__tablename__}.{column}" for it in SEALED for column in it.columns}


def test_nothing_is_forgotten() -> None:
    could_be = {name for name, keyed in columns().items() if keyed}
    assert could_be - NAMED - set(MADE_WITHOUT_IT) == set()


def test_what_is_named_is_there() -> None:
    assert (NAMED | set(MADE_WITHOUT_IT)) - set(columns()) == set()
    assert NAMED & set(MADE_WITHOUT_IT) == set()


def test_a_sealed_column_without_a_name_is_seen() -> None:
    assert {"identity_resident.phone", "core_count.key", "notifications_device.endpoint_hash"} <= NAMED
    assert columns()["identity_resident.national_id"]
    assert columns()["core_count.key"]
    assert not columns()["identity_resident.name"]
