"""What the catalogue hands to the application."""

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.words import Words
from server.modules.catalogue.api.procedures import CatalogueController
from server.modules.catalogue.api.words import WORDS, QuestionController, RewriteController, WordController
from server.modules.catalogue.commands import import_catalogue
from server.modules.catalogue.reactions import schedules
from server.modules.catalogue.seed import read_families, read_procedures, read_words, seed
from server.modules.catalogue.service.procedures import Catalogue
from server.modules.catalogue.service.words import Vocabulary
from server.modules.catalogue.snapshot import catalogue_snapshot, preview


def catalogue(session: NamedDependency[AsyncSession]) -> Catalogue:
    return Catalogue(session)


def vocabulary(session: NamedDependency[AsyncSession]) -> Vocabulary:
    return Vocabulary(session)


module = Module(
    "catalogue",
    controllers=[CatalogueController, WordController, RewriteController, QuestionController],
    dependencies={"catalogue": catalogue, "vocabulary": vocabulary},
    permissions={
        WORDS: Words(
            "Sửa từ ngữ mà người dân dùng để tìm thủ tục",
            "Change the words by which people find procedures",
            "កែពាក្យដែលប្រជាជនប្រើដើម្បីស្វែងរកនីតិវិធី",
        )
    },
    schedules=schedules,
    snapshots=[catalogue_snapshot],
    previews={"/procedures/": preview},
    commands=[import_catalogue],
    reads=[read_procedures, read_words, read_families],
    seed=seed,
)
