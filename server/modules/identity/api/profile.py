"""What residents say of themselves."""

from litestar import Controller, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, NotAllowed, ProofNeeded, SignInNeeded, resident
from server.core.problems import InputRefused, Unavailable, problems
from server.core.versions import ChangedMeanwhile, IfMatch, VersionNeeded, version_of
from server.modules.identity.models import Resident
from server.modules.identity.schemas import DescribeYourself, GiveNationalId, ProfileReply
from server.modules.identity.service.residents import (
    CommuneRefused,
    NameRefused,
    NationalIdRefused,
    Residents,
)

_EDIT = (InputRefused, SignInNeeded, NotAllowed, ChangedMeanwhile, VersionNeeded, Unavailable)


class ProfileController(Controller):
    path = "/identity/profile"
    tags = ("identity",)

    @get("/", guards=[resident()], responses=problems(SignInNeeded, NotAllowed, Unavailable))
    async def get_profile(self, request: AnyRequest, residents: NamedDependency[Residents]) -> ProfileReply:
        """The caller's own profile."""
        return _reply(residents, await residents.find(request.user.id))

    @put("/", guards=[resident()], responses=problems(NameRefused, CommuneRefused, *_EDIT))
    async def describe_yourself(
        self,
        request: AnyRequest,
        data: JSONBody[DescribeYourself],
        residents: NamedDependency[Residents],
        if_match: IfMatch = None,
    ) -> ProfileReply:
        """Name, commune and language."""
        return _reply(
            residents,
            await residents.describe(
                request.user.id,
                version_of(if_match),
                name=data.name,
                commune_code=data.commune_code,
                language=data.language,
            ),
        )

    @put(
        "/national-id",
        guards=[resident(fresh=True)],
        responses=problems(NationalIdRefused, ProofNeeded, *_EDIT),
    )
    async def give_national_id(
        self,
        request: AnyRequest,
        data: JSONBody[GiveNationalId],
        residents: NamedDependency[Residents],
        if_match: IfMatch = None,
    ) -> ProfileReply:
        """Give the personal number, or take it back; kept sealed, and only ever shown by its last digits."""
        changed = await residents.set_national_id(request.user.id, version_of(if_match), data.number)
        return _reply(residents, changed)


def _reply(residents: Residents, it: Resident) -> ProfileReply:
    return ProfileReply.of(it, residents.phone_of(it), residents.national_id_of(it))
