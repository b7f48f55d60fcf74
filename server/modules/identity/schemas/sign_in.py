"""Signing in and proving who one is: passkeys, passwords, authenticator codes, one-time links."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from server.core.wire import Command, Reply
from server.modules.identity.models import Passkey
from server.modules.identity.schemas import Digits

Login = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Password = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
DeviceName = Annotated[str, msgspec.Meta(max_length=60)]
Base64Url = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+$", max_length=20_000)]


class PasskeyAnswer(msgspec.Struct, rename="camel"):
    """`PublicKeyCredential.response.toJSON()`. Browsers add fields of their own, so what we do not use is let by."""

    client_data_json: Base64Url = msgspec.field(name="clientDataJSON")
    attestation_object: Base64Url | None = None
    authenticator_data: Base64Url | None = None
    signature: Base64Url | None = None
    user_handle: Base64Url | None = None


class PasskeyCredential(msgspec.Struct, rename="camel"):
    """`PublicKeyCredential.toJSON()` (WebAuthn Level 3), after `create()` or after `get()`."""

    id: Base64Url
    raw_id: Base64Url
    type: Literal["public-key"]
    response: PasskeyAnswer

    def plain(self) -> dict[str, Any]:
        """As the verifying library reads it: without what was not given."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        plain["response"] = {name: value for name, value in plain["response"].items() if value is not None}
        return plain


class PasskeyOptionsReply(Reply):
    """For `PublicKeyCredential.parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()`."""

    options: dict[str, Any]


class AddPasskey(Command):
    """`device`: what its owner calls it; empty for the browser's own name."""

    device: DeviceName
    credential: PasskeyCredential


class RenamePasskey(Command):
    device: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class SignInWithPasskey(Command):
    """`shared`: as for a code; staff always have short sessions."""

    credential: PasskeyCredential
    shared: bool


class ProveWithPasskey(Command):
    credential: PasskeyCredential


class PasskeyReply(Reply):
    id: UUID
    device: str
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyReply":
        return cls(
            id=passkey.id, device=passkey.device, created_at=passkey.created_at, last_used_at=passkey.last_used_at
        )


class PasskeysReply(Reply):
    items: list[PasskeyReply]


class SignInWithPassword(Command):
    login: Login
    password: Password


class EnrolmentReply(Reply):
    """For an authenticator app: the secret to type, its `otpauth:` address, and that as a picture (`data:` URI)."""

    secret: str
    uri: str
    qr: str


class SecondStepReply(Reply):
    """The password was right; now the code of the authenticator app, on this browser, before `expires_at`.

    `enrol` when the person has no authenticator yet: enrol it with this, then send its code. `shown` is the code
    itself, for demo accounts in a demonstration only.
    """

    expires_at: datetime
    enrol: EnrolmentReply | None
    shown: str | None


class GiveTimeCode(Command):
    digits: Digits


class LookAtLink(Command):
    """`secret`: what stands behind `#` in the one-time link."""

    secret: Secret


class LinkOwnerReply(Reply):
    """Whom a one-time link is for."""

    login: str
    name: str
    expires_at: datetime


class ChoosePassword(Command):
    """12 to 128 characters of any kind, not made of words that are easily guessed."""

    secret: Secret
    password: Password


class ChangePassword(Command):
    current: Password
    password: Password


class ProofWaysReply(Reply):
    """How the caller can prove once more who they are.

    `phone`: masked, when a code can be sent to it. `vneid`: the account knows a VNeID, which can be asked again.
    `shown`: the authenticator's code, as in `SecondStepReply`.
    """

    passkey: bool
    authenticator: bool
    phone: str | None
    vneid: bool
    shown: str | None
