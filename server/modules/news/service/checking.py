"""Whether an article may be let out: what it names must be there, and what is gone has a successor to offer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.modules.catalogue.public import known_procedures
from server.modules.news.models import Article, File
from server.modules.news.rules.content import Content, Known, Lack, files_of, lacks_of
from server.modules.news.schemas.articles import Place
from server.modules.news.schemas.desk import GonePlace
from server.modules.notifications.public import topics
from server.modules.places.public import names_of_workplaces, successors_of


async def lacks(session: AsyncSession, content: Content, at: datetime) -> list[Lack]:
    """What must be put right before it goes out at this time."""
    names = files_of(content)
    known = Known(
        communes=await names_of_workplaces(session, [*content.communes, *content.sending.communes]),
        topics=topics(session),
        procedures=await known_procedures(session, content.procedures),
        files=set(await session.scalars(select(File.name).where(File.name.in_(names)))) if names else (),
    )
    return lacks_of(content, at, known)


async def name_places(session: AsyncSession, article: Article, content: Content) -> None:
    """Remember what the communes are called while they are: a code alone says nothing once its commune is gone."""
    names = await names_of_workplaces(session, [*content.communes, *content.sending.communes])
    article.places = article.places | names


async def gone_places(session: AsyncSession, article: Article, content: Content) -> list[GonePlace]:
    """The communes it names that are no more."""
    codes = dict.fromkeys([*content.communes, *content.sending.communes])
    there = await names_of_workplaces(session, codes)
    names = {code: str(article.places.get(code, code)) for code in codes if code not in there}
    return [
        GonePlace(code=code, name=name, successors=[Place(*it) for it in await successors_of(session, name)])
        for code, name in names.items()
    ]
