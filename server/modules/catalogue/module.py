"""What the catalogue hands to the application."""

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.modules.catalogue.api import CatalogueController
from server.modules.catalogue.commands import import_catalogue
from server.modules.catalogue.reactions import schedules
from server.modules.catalogue.seed import seed
from server.modules.catalogue.service import Catalogue
from server.modules.catalogue.snapshot import catalogue_snapshot, preview


def catalogue(session: NamedDependency[AsyncSession]) -> Catalogue:
    return Catalogue(session)


module = Module(
    "catalogue",
    controllers=[CatalogueController],
    dependencies={"catalogue": catalogue},
    schedules=schedules,
    snapshots=[catalogue_snapshot],
    previews={"/procedures/": preview},
    commands=[import_catalogue],
    seed=seed,
)
