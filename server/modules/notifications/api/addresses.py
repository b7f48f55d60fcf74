"""The e-mail address of whoever is signed in, over HTTP."""

from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from server.core.access import AnyRequest, NotAllowed, SignInNeeded, resident
from server.core.limits import at_most
from server.core.problems import InputRefused, TooManyRequests, Unavailable, problems
from server.core.words import language_of
from server.modules.notifications.schemas import AddressReply, ConfirmAddress, GiveAddress
from server.modules.notifications.service.addresses import AddressCodeRefused, Addresses, AddressRefused, MailOff

_OWN = (InputRefused, SignInNeeded, NotAllowed, Unavailable)


class AddressController(Controller):
    path = "/notifications/email"
    tags = ("notifications",)

    @get("", guards=[resident()], responses=problems(*_OWN))
    async def get_email(self, request: AnyRequest, addresses: NamedDependency[Addresses]) -> AddressReply:
        """The address the caller has given, and whether they have confirmed it."""
        return AddressReply.of(await addresses.of(request.user.id))

    @put(
        "",
        guards=[
            resident(),
            at_most(5, per=3600, rule="email-code", each_caller=True),
            at_most(60, per=3600, rule="email-network"),
        ],
        responses=problems(AddressRefused, MailOff, TooManyRequests, *_OWN),
    )
    async def give_email(
        self, request: AnyRequest, data: JSONBody[GiveAddress], addresses: NamedDependency[Addresses]
    ) -> AddressReply:
        """Give an address: six digits go there, and until they come back nothing else does."""
        await addresses.give(request.user.id, data.address, language_of(request))
        return AddressReply.of(await addresses.of(request.user.id))

    @post(
        "/confirm",
        status_code=200,
        guards=[resident(), at_most(20, per=3600, rule="email-confirm", each_caller=True)],
        responses=problems(AddressCodeRefused, TooManyRequests, *_OWN),
    )
    async def confirm_email(
        self, request: AnyRequest, data: JSONBody[ConfirmAddress], addresses: NamedDependency[Addresses]
    ) -> AddressReply:
        """Show that what comes there is read."""
        await addresses.confirm(request.user.id, data.digits)
        return AddressReply.of(await addresses.of(request.user.id))

    @delete("", guards=[resident()], responses=problems(*_OWN))
    async def remove_email(self, request: AnyRequest, addresses: NamedDependency[Addresses]) -> None:
        """Take it back."""
        await addresses.remove(request.user.id)
