"""Other systems: their tokens, and the administrator's list of them."""

from uuid import UUID

from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, anyone, may, permissions_of_partners
from server.core.limits import at_most
from server.core.problems import InputRefused, NotFound, TooManyRequests, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.identity.rules.sessions import ADMINISTER
from server.modules.identity.rules.tokens import TOKEN_LIFE
from server.modules.identity.schemas import (
    AddPartner,
    BuyToken,
    ChangePartner,
    KeysReply,
    PartnerReply,
    PartnerSecretReply,
    PartnersReply,
    TokenReply,
)
from server.modules.identity.service.partners import PartnerNameTaken, PartnerNotFound, PartnerRefused, Partners
from server.modules.identity.service.roles import PermissionUnknown

_ADMIN = (InputRefused, SignInNeeded, NotAllowed, ProofNeeded, Unavailable)


class PartnerController(Controller):
    path = "/identity"
    tags = ("identity",)

    @post(
        "/tokens",
        status_code=200,
        guards=[anyone, at_most(120, per=600, rule="partner-token")],
        responses=problems(InputRefused, PartnerRefused, TooManyRequests, Unavailable),
    )
    async def buy_token(self, data: JSONBody[BuyToken], partners: NamedDependency[Partners]) -> TokenReply:
        """A token for another system (client credentials): `Authorization: Bearer …`, good for ten minutes."""
        token = await partners.token(data.client_id, data.client_secret)
        return TokenReply.of(token, TOKEN_LIFE)

    @get("/keys", guards=[anyone], responses=problems(Unavailable))
    async def list_keys(self, partners: NamedDependency[Partners]) -> KeysReply:
        """The public keys that sign partner tokens (JWK set)."""
        return KeysReply(keys=await partners.published_keys())

    @get("/partners", guards=[may(ADMINISTER)], responses=problems(*_ADMIN))
    async def list_partners(self, partners: NamedDependency[Partners]) -> PartnersReply:
        """All systems that may call us."""
        return PartnersReply(items=[PartnerReply.of(it) for it in await partners.all()])

    @post(
        "/partners",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(PartnerNameTaken, PermissionUnknown, *_ADMIN),
    )
    async def add_partner(
        self, request: AnyRequest, data: JSONBody[AddPartner], partners: NamedDependency[Partners]
    ) -> PartnerSecretReply:
        """Let another system call us. Its secret is told here and never again."""
        permissions = frozenset(data.permissions)
        if permissions - permissions_of_partners(request.app):
            raise PermissionUnknown
        partner, secret = await partners.add(request.user, data.name, permissions)
        return PartnerSecretReply(client_id=partner.id, client_secret=secret)

    @put(
        "/partners/{partner_id:uuid}",
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(PartnerNotFound, PermissionUnknown, NotFound, ChangedMeanwhile, VersionNeeded, *_ADMIN),
    )
    async def change_partner(
        self,
        request: AnyRequest,
        partner_id: FromPath[UUID],
        data: JSONBody[ChangePartner],
        partners: NamedDependency[Partners],
        if_match: IfMatch = None,
    ) -> PartnerReply:
        """Change what it may do, or disable it: out with its next request."""
        changed = await partners.change(
            request.user,
            partner_id,
            version_of(if_match),
            permissions=frozenset(data.permissions),
            known=permissions_of_partners(request.app),
            disabled=data.disabled,
        )
        return PartnerReply.of(changed)

    @post(
        "/partners/{partner_id:uuid}/secret",
        status_code=200,
        guards=[may(ADMINISTER, fresh=True)],
        responses=problems(PartnerNotFound, NotFound, *_ADMIN),
    )
    async def renew_partner_secret(
        self, request: AnyRequest, partner_id: FromPath[UUID], partners: NamedDependency[Partners]
    ) -> PartnerSecretReply:
        """A new secret; the old one ends at once."""
        partner, secret = await partners.new_secret(request.user, partner_id)
        return PartnerSecretReply(client_id=partner.id, client_secret=secret)
