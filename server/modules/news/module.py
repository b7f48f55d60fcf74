"""The module `news`."""

from datetime import timedelta

from litestar.datastructures import State
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from server.core.module import Module
from server.core.retention import Keep
from server.core.sweep import Shelf
from server.core.words import Words
from server.modules.news.api.alert_desk import AlertDeskController
from server.modules.news.api.alerts import AlertController, AlertFeedFiles, AlertFeeds
from server.modules.news.api.article_feeds import ArticleFeeds
from server.modules.news.api.desk import DeskController
from server.modules.news.api.files import DeskFileController, FileController
from server.modules.news.api.reading import NewsController
from server.modules.news.models import Article, Presence
from server.modules.news.reactions import schedules
from server.modules.news.seed import seed
from server.modules.news.service.alert_views import AlertDesk
from server.modules.news.service.alerts import Alerts
from server.modules.news.service.articles import Articles
from server.modules.news.service.files import FOLDER, NewsFiles, named
from server.modules.news.service.history import History
from server.modules.news.service.reading import Desk
from server.modules.news.service.sending import SendingArticles
from server.modules.news.service.templates import Templates
from server.modules.news.snapshot import alerts_now, alerts_snapshot, news_snapshot


def alerts(session: NamedDependency[AsyncSession]) -> Alerts:
    return Alerts(session)


def alert_desk(session: NamedDependency[AsyncSession]) -> AlertDesk:
    return AlertDesk(session)


def articles(session: NamedDependency[AsyncSession]) -> Articles:
    return Articles(session)


def news_desk(session: NamedDependency[AsyncSession]) -> Desk:
    return Desk(session)


def history(session: NamedDependency[AsyncSession]) -> History:
    return History(session)


def templates(session: NamedDependency[AsyncSession]) -> Templates:
    return Templates(session)


def news_files(session: NamedDependency[AsyncSession], state: State) -> NewsFiles:
    return NewsFiles(session, state.settings)


def sending_articles(session: NamedDependency[AsyncSession], state: State) -> SendingArticles:
    return SendingArticles(session, state.settings)


module = Module(
    "news",
    controllers=[
        NewsController,
        FileController,
        DeskController,
        DeskFileController,
        AlertController,
        AlertDeskController,
    ],
    feeds=[AlertFeeds, AlertFeedFiles, ArticleFeeds],
    dependencies={
        "alerts": alerts,
        "alert_desk": alert_desk,
        "articles": articles,
        "history": history,
        "news_desk": news_desk,
        "news_files": news_files,
        "sending_articles": sending_articles,
        "templates": templates,
    },
    shelves=[Shelf(FOLDER, named)],
    schedules=schedules,
    snapshots=[news_snapshot, alerts_snapshot],
    told={"alerts": alerts_now},
    seed=seed,
    keeps=[
        Keep(Presence, "1 hour", lambda now: Presence.seen_at < now - timedelta(hours=1)),
        # As long as its announcement stands in the inboxes (notifications).
        Keep(Article, "two years after it has expired", lambda now: Article.expired_at < now - timedelta(days=730)),
    ],
    permissions={
        "news:warn": Words(
            "Soạn cảnh báo, phát cảnh báo người khác đã soạn",
            "Write warnings, and put in force what somebody else has written",
            "សរសេរការព្រមាន និងផ្សាយការព្រមានដែលអ្នកដទៃបានសរសេរ",
        ),
        "news:warn-alone": Words(
            "Lãnh đạo trực: phát cảnh báo một mình khi khẩn cấp",
            "Leader on duty: put a warning in force alone when it is urgent",
            "ថ្នាក់ដឹកនាំប្រចាំការ៖ ផ្សាយការព្រមានម្នាក់ឯងពេលបន្ទាន់",
        ),
        "news:read": Words("Xem bàn biên tập", "See the news desk", "មើលតុវិចារណកថា"),
        "news:write": Words(
            "Viết và sửa bài, gửi bài đi duyệt",
            "Write and correct articles, send them to be reviewed",
            "សរសេរ និងកែអត្ថបទ ផ្ញើអត្ថបទទៅអនុម័ត",
        ),
        "news:review": Words(
            "Duyệt, đăng, trả lại và rút bài của người khác",
            "Let out, return and take back what others wrote",
            "អនុម័ត ផ្សាយ ប្រគល់វិញ និងដកអត្ថបទរបស់អ្នកដទៃ",
        ),
    },
)
