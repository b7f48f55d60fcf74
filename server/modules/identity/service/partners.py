"""Other systems: a client id and a secret buy a short token (client credentials, RFC 6749 4.4; RFC 9068).

The token says who, signed by Ed25519 with a `kid`; what a partner may do is read live, so that a disabled one is out
with its next request.
"""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwt.algorithms import OKPAlgorithm
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from server.core.access import Caller
from server.core.audit import Actor, record
from server.core.database import Database, one_at_a_time
from server.core.problems import Problem
from server.core.retention import Keep
from server.core.sealing import Seal
from server.core.settings import Settings
from server.core.versions import ChangedMeanwhile
from server.core.words import Words
from server.modules.identity.models import Partner, SigningKey
from server.modules.identity.rules.tokens import LEEWAY, OVERLAP, SIGNS_FOR, TOKEN_LIFE, retires_at
from server.modules.identity.service.identifiers import hashed
from server.modules.identity.service.roles import PermissionUnknown

log = structlog.get_logger()

AUDIENCE = "partners"


class PartnerRefused(Problem):
    """Unknown, disabled, or the wrong secret: all the same."""

    status = 401
    title = Words(
        "Mã hệ thống hoặc mật khẩu hệ thống không đúng",
        "The client id or its secret is not right",
        "លេខសម្គាល់ប្រព័ន្ធ ឬពាក្យសម្ងាត់មិនត្រឹមត្រូវ",
    )


class PartnerNotFound(Problem):
    status = 404
    title = Words("Không tìm thấy hệ thống này", "There is no such system", "រកមិនឃើញប្រព័ន្ធនេះទេ")


class PartnerNameTaken(Problem):
    title = Words("Đã có một hệ thống mang tên này", "A system of this name exists already", "មានប្រព័ន្ធឈ្មោះនេះរួចហើយ")


def seal_of(settings: Settings) -> Seal:
    return Seal(settings.secret_key, "partner-signing-key")


class Partners:
    """The systems that may call us, and the tokens they call with."""

    def __init__(self, session: AsyncSession, settings: Settings) -> None:
        self._session = session
        self._settings = settings
        self._seal = seal_of(settings)

    async def add(self, actor: Actor | None, name: str, permissions: frozenset[str]) -> tuple[Partner, str]:
        """A new partner and its secret, which is told this once. Raises PartnerNameTaken."""
        await one_at_a_time(self._session, "partner-names")
        if await self._session.scalar(select(Partner.id).where(Partner.name == name)):
            raise PartnerNameTaken
        secret = secrets.token_urlsafe(32)
        partner = Partner(id=uuid7(), name=name, secret_hash=hashed(secret), permissions=sorted(permissions))
        self._session.add(partner)
        await self._session.flush()
        await self._note(actor, partner, "add-partner")
        return partner, secret

    async def of_demonstration(self, name: str, permissions: frozenset[str]) -> tuple[UUID, str]:
        """The sandbox of another system, with a secret for this run of it."""
        partner = await self._session.scalar(select(Partner).where(Partner.name == name))
        if partner is None:
            partner, secret = await self.add(None, name, permissions)
        else:
            partner, secret = await self.new_secret(None, partner.id)
        return partner.id, secret

    async def all(self) -> Sequence[Partner]:
        return (await self._session.scalars(select(Partner).order_by(func.lower(Partner.name)))).all()

    async def change(
        self,
        actor: Actor,
        partner_id: UUID,
        version: int,
        *,
        permissions: frozenset[str],
        known: frozenset[str],
        disabled: bool,
    ) -> Partner:
        """`known`: what routes for other systems ask for; what it holds of former days it may keep.

        Raises PartnerNotFound, ChangedMeanwhile, PermissionUnknown.
        """
        partner = await self._session.scalar(select(Partner).where(Partner.id == partner_id).with_for_update())
        if partner is None:
            raise PartnerNotFound
        if partner.version != version:
            raise ChangedMeanwhile
        if permissions - set(partner.permissions) - known:
            raise PermissionUnknown
        partner.permissions = sorted(permissions)
        partner.disabled_at = (partner.disabled_at or datetime.now(UTC)) if disabled else None
        partner.version += 1
        await self._note(actor, partner, "change-partner")
        await self._session.flush()
        return partner

    async def new_secret(self, actor: Actor | None, partner_id: UUID) -> tuple[Partner, str]:
        """The old secret ends at once; tokens bought with it live their ten minutes. Raises PartnerNotFound."""
        secret = secrets.token_urlsafe(32)
        changed = update(Partner).where(Partner.id == partner_id).values(secret_hash=hashed(secret)).returning(Partner)
        partner = await self._session.scalar(changed)
        if partner is None:
            raise PartnerNotFound
        await self._note(actor, partner, "renew-partner-secret")
        return partner, secret

    async def token(self, client_id: UUID, secret: str) -> str:
        """A token for ten minutes. Raises PartnerRefused."""
        partner = await self._session.scalar(
            select(Partner).where(Partner.id == client_id, Partner.disabled_at.is_(None))
        )
        if not hmac.compare_digest(partner.secret_hash if partner else bytes(32), hashed(secret)) or partner is None:
            log.warning("partner refused")
            raise PartnerRefused
        now = datetime.now(UTC)
        partner.last_used_at = now
        key = await self._signing_key(now)
        return jwt.encode(
            {
                "iss": self._settings.origin,
                "aud": AUDIENCE,
                "sub": str(partner.id),
                "iat": now,
                "nbf": now,
                "exp": now + TOKEN_LIFE,
                "jti": secrets.token_urlsafe(12),
            },
            self._seal.open(key.sealed, key.kid),
            algorithm="EdDSA",
            headers={"typ": "at+jwt", "kid": key.kid},
        )

    async def published_keys(self) -> list[dict[str, str]]:
        """The keys that sign now, will soon, or did lately, as JWKs (RFC 7517, RFC 8037)."""
        living = select(SigningKey).where(SigningKey.retires_at > datetime.now(UTC)).order_by(SigningKey.signs_from)
        return [
            OKPAlgorithm.to_jwk(Ed25519PublicKey.from_public_bytes(key.public), as_dict=True)
            | {"kid": key.kid, "use": "sig", "alg": "EdDSA"}
            for key in await self._session.scalars(living)
        ]

    async def prepare_keys(self, now: datetime) -> None:
        """Have a key that signs now, and the next one published before it does."""
        await one_at_a_time(self._session, "partner-keys")
        newest = await self._session.scalar(select(func.max(SigningKey.signs_from)))
        if newest is None:
            self._add_key(now)
        elif newest + SIGNS_FOR - OVERLAP <= now:
            self._add_key(max(newest + SIGNS_FOR, now))
        await self._session.flush()

    def _add_key(self, signs_from: datetime) -> None:
        private = Ed25519PrivateKey.generate()
        kid = secrets.token_urlsafe(9)
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self._session.add(
            SigningKey(
                kid=kid,
                public=private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
                sealed=self._seal.close(pem, kid),
                signs_from=signs_from,
                retires_at=retires_at(signs_from),
            )
        )

    async def _signing_key(self, now: datetime) -> SigningKey:
        await self.prepare_keys(now)
        current = select(SigningKey).where(SigningKey.signs_from <= now).order_by(SigningKey.signs_from.desc())
        return (await self._session.scalars(current.limit(1))).one()

    async def _note(self, actor: Actor | None, partner: Partner, act: str) -> None:
        await record(
            self._session,
            act=f"identity:{act}",
            actor=actor,
            subject=("partner", partner.id),
            permissions=partner.permissions,
            disabled=partner.disabled_at is not None,
        )


KEEP = Keep(SigningKey, "until no token it signed is taken any more", lambda now: SigningKey.retires_at < now)


async def recognise_key(database: Database, key: str) -> Caller | None:
    """Whoever has this key, `CLIENT_ID.CLIENT_SECRET`, or None: for standards whose clients know no short tokens."""
    client_id, _, secret = key.partition(".")
    try:
        partner_id = UUID(client_id)
    except ValueError:
        return None
    found = select(Partner).where(Partner.id == partner_id, Partner.disabled_at.is_(None))
    async with database.reading() as connection:
        row = (await connection.execute(found)).one_or_none()
    if not hmac.compare_digest(row.secret_hash if row else bytes(32), hashed(secret)) or row is None:
        log.warning("partner key refused")
        return None
    return Caller(
        id=row.id,
        kind="partner",
        session_id=row.id,
        proved_at=datetime.now(UTC),
        permissions=frozenset(row.permissions),
        name=row.name,
    )


async def recognise_partner(database: Database, settings: Settings, token: str) -> Caller | None:
    """Whoever a token was made for, or None, whatever is wrong with it. One query for the key and the partner."""
    try:
        header = jwt.get_unverified_header(token)
        claimed = jwt.decode(token, options={"verify_signature": False})
        partner_id, kid = UUID(str(claimed.get("sub"))), str(header.get("kid"))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        log.warning("partner token refused")
        return None
    found = (
        select(SigningKey.public, Partner.id, Partner.name, Partner.permissions)
        .join_from(SigningKey, Partner, Partner.id == partner_id)
        .where(SigningKey.kid == kid, SigningKey.retires_at > datetime.now(UTC), Partner.disabled_at.is_(None))
    )
    async with database.reading() as connection:
        row = (await connection.execute(found)).one_or_none()
    try:
        if row is None or header.get("typ") != "at+jwt":
            raise jwt.InvalidTokenError
        claims = jwt.decode(
            token,
            Ed25519PublicKey.from_public_bytes(row.public),
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=settings.origin,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"], "strict_aud": True},
        )
    except jwt.InvalidTokenError:
        log.warning("partner token refused")
        return None
    return Caller(
        id=row.id,
        kind="partner",
        session_id=row.id,
        proved_at=datetime.fromtimestamp(claims["iat"], UTC),
        permissions=frozenset(row.permissions),
        name=row.name,
    )
