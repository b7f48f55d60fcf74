"""What is refused at the news desk, and what residents are told where nothing is left to read."""

from datetime import datetime

from server.core.problems import Problem
from server.core.words import Words


class ArticleNotFound(Problem):
    status = 404
    title = Words("Không có bài viết này", "There is no such article", "គ្មានអត្ថបទនេះទេ")


class ArticleWithdrawn(Problem):
    """`at` and `reason` say when it was taken back, and why; `expired` that its time was over."""

    status = 410
    title = Words("Bài viết này đã được rút lại", "This article was withdrawn", "អត្ថបទនេះត្រូវបានដកវិញហើយ")

    def __init__(self, at: datetime, reason: str) -> None:
        super().__init__(at=at.isoformat(), reason=reason)


class ArticleExpired(Problem):
    """`at`: since when."""

    status = 410
    title = Words(
        "Bài viết này đã hết thời hạn",
        "The time of this article is over",
        "អត្ថបទនេះផុតកំណត់ហើយ",
    )

    def __init__(self, at: datetime) -> None:
        super().__init__(at=at.isoformat())


class ArticleCannotMove(Problem):
    status = 409
    title = Words(
        "Bài viết không thể chuyển bước này",
        "The article cannot take this step now",
        "អត្ថបទមិនអាចឈានទៅជំហាននេះបានទេ",
    )


class ArticleNotOpen(Problem):
    """What is being reviewed, waits for its time or is out is not written in."""

    status = 409
    title = Words(
        "Bài viết đang chờ duyệt hoặc đã đăng, nên không sửa trực tiếp được. Hãy thu hồi về bản nháp trước",
        "The article is being reviewed or is out; take it back to a draft first",
        "អត្ថបទកំពុងរង់ចាំអនុម័ត ឬបានផ្សាយហើយ ដូច្នេះមិនអាចកែផ្ទាល់បានទេ។ សូមយកមកជាសេចក្តីព្រាងវិញសិន",
    )


class MoveReasonNeeded(Problem):
    status = 422
    title = Words("Hãy nêu lý do", "Say why", "សូមបញ្ជាក់មូលហេតុ")


class ArticleIncomplete(Problem):
    """`lacks`: each with its `field` and `why`."""

    status = 422
    title = Words(
        "Bài viết còn thiếu hoặc chưa đúng ở vài chỗ",
        "Some things in the article are missing or not right yet",
        "អត្ថបទនៅខ្វះ ឬមិនទាន់ត្រឹមត្រូវនៅកន្លែងខ្លះ",
    )


class PublishAtRefused(Problem):
    status = 422
    title = Words(
        "Thời điểm đăng phải ở tương lai, trong vòng một năm",
        "The time it goes out must lie ahead, within a year",
        "ពេលផ្សាយត្រូវនៅអនាគត ក្នុងរយៈពេលមួយឆ្នាំ",
    )
