"""The tables of the news: articles with all that was ever written in them, the files they show, and warnings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.core.database import Table
from server.modules.news.rules.alerts import AlertAct, AlertState
from server.modules.news.rules.states import Act, State


class Article(Table):
    """One thing the province says. `content` is what staff work on, `public` what residents read; they differ while a
    correction is written.
    """

    __tablename__ = "news_article"
    __table_args__ = (
        Index("ix_news_article_state", "state", "updated_at"),
        Index("ix_news_article_public", "published_at", postgresql_where="public IS NOT NULL"),
    )

    # rules.content.Content
    content: Mapped[dict[str, Any]]
    # One more with every save; what two editors are kept apart by.
    version: Mapped[int]
    state: Mapped[State]
    # The Vietnamese title folded, for the search at the desk.
    searched: Mapped[str]
    # What the communes it names are called, by code, as long as they are there.
    places: Mapped[dict[str, Any]]
    # Who has changed the text since it last went out: none of them may let it out.
    writers: Mapped[list[str]]
    # Where its first writer works.
    unit: Mapped[str]
    # When it goes out, once approved.
    publish_at: Mapped[datetime | None]
    # What the correction under way corrects, and why; residents read that of the last one that went out, in `public`.
    correction: Mapped[str | None]
    # schemas.Published
    public: Mapped[dict[str, Any] | None]
    # The content that is out: what a correction begins with, and what stands there again when it is dropped.
    released: Mapped[dict[str, Any] | None]
    # 1 when it first went out, one more with every correction.
    revision: Mapped[int]
    published_at: Mapped[datetime | None]
    corrected_at: Mapped[datetime | None]
    # The key of the newest announcement of it; None while nobody was told.
    told: Mapped[str | None]
    # It was taken back from the inboxes: it is announced no more.
    retracted: Mapped[bool] = mapped_column(default=False)
    expires_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    # In place of the article, for whoever follows its link.
    withdrawn_reason: Mapped[str | None]


class Version(Table):
    """What an article said after somebody had worked on it for a while. `number`: the article's at the last save;
    `fields`: the paths of those that the version before says otherwise, so that a list of versions reads no texts.
    """

    __tablename__ = "news_version"
    __table_args__ = (UniqueConstraint("article_id", "number"),)

    article_id: Mapped[UUID] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    fields: Mapped[list[str]]
    by: Mapped[UUID]


class Step(Table):
    """One move of an article, by whom and why. `by`: None for the clock."""

    __tablename__ = "news_step"
    __table_args__ = (Index("ix_news_step_article", "article_id", "id"),)

    article_id: Mapped[UUID] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"))
    act: Mapped[Act]
    by: Mapped[UUID | None]
    reason: Mapped[str | None]
    version: Mapped[int]


class Presence(Table):
    """Who has an article open at the moment, and at which of its versions they look."""

    __tablename__ = "news_presence"
    __table_args__ = (UniqueConstraint("article_id", "staff_id"),)

    article_id: Mapped[UUID] = mapped_column(ForeignKey("news_article.id", ondelete="CASCADE"))
    staff_id: Mapped[UUID]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    typed_at: Mapped[datetime | None]


class File(Table):
    """A picture or a document somebody gave, under the digest of what is kept of it."""

    __tablename__ = "news_file"

    # `<digest>-<width>x<height>.webp`, `<digest>.pdf`
    name: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    by: Mapped[UUID]


class Template(Table):
    """Something to begin with: `content` as an article's."""

    __tablename__ = "news_template"

    name: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]


class Alert(Table):
    """A warning, from its first draft to its end. Staff write its `draft`; residents read its last message."""

    __tablename__ = "news_alert"
    __table_args__ = (Index("ix_news_alert_state", "state", "updated_at"),)

    state: Mapped[AlertState]
    # rules.alerts.Warn
    draft: Mapped[dict[str, Any]]
    # What the communes it names are called, by code, as long as they are there.
    places: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    # One more with every save; what two editors are kept apart by.
    version: Mapped[int]
    # Who has changed the draft since it last went out: another person puts it in force.
    writers: Mapped[list[str]]
    # How many messages have gone out.
    number: Mapped[int]
    # When it ends by itself; after an all-clear, how long that is shown. None: nothing more will happen by the clock.
    ends_at: Mapped[datetime | None]
    # Keys of the announcements that stand on phones, and that the next message takes the place of.
    told: Mapped[list[str]]


class AlertMessage(Table):
    """What went out: a warning, its update or its all-clear, as it was sent. Never changed."""

    __tablename__ = "news_alert_message"
    __table_args__ = (UniqueConstraint("alert_id", "number"),)

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("news_alert.id", ondelete="CASCADE"))
    number: Mapped[int]
    act: Mapped[AlertAct]
    sent_at: Mapped[datetime]
    # schemas.alerts.Sent: the warning with the names of its communes.
    said: Mapped[dict[str, Any]]
    # The same as a CAP 1.2 message.
    cap: Mapped[str]


class AlertStep(Table):
    """One act on a warning. `by`: None for the clock. `alone`: without a second person, after a fresh proof."""

    __tablename__ = "news_alert_step"
    __table_args__ = (Index("ix_news_alert_step_alert", "alert_id", "id"),)

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("news_alert.id", ondelete="CASCADE"))
    act: Mapped[AlertAct]
    by: Mapped[UUID | None]
    alone: Mapped[bool]
