"""By when something is answered, above all where saying nothing counts as agreeing: the words with their date, and when
somebody is reminded.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from server.core.clock import HERE
from server.core.words import Words

BEFORE = (timedelta(hours=48), timedelta(hours=24), timedelta(hours=6), timedelta(hours=2))
"""How long before the end somebody is reminded, each time once; at any hour, for the time to answer may be one day."""

DAYS_BEFORE = (timedelta(days=3), timedelta(days=1))
"""The same where saying nothing agrees to nothing: papers, money."""

PLAIN = Words(
    "Hồ sơ của bạn cần trả lời gấp",
    "Your dossier needs an answer now",
    "សំណុំឯកសាររបស់អ្នកត្រូវការចម្លើយបន្ទាន់",
)
ASKED = Words("Chờ bạn trả lời", "Waiting for your answer", "រង់ចាំចម្លើយរបស់អ្នក")
"""What such a step is called."""

_TITLE = Words("Cần bạn trả lời trước {when}: {what}", "Answer before {when}: {what}", "ត្រូវឆ្លើយមុន {when}៖ {what}")
_PLAIN_TITLE = Words("Cần làm trước {when}: {what}", "To be done before {when}: {what}", "ត្រូវធ្វើមុន {when}៖ {what}")
_STILL = Words(
    "Hãy xem và trả lời trước {when}. Nếu bạn không trả lời, cơ quan coi như bạn đồng ý.",
    "Look at it and answer before {when}. If you do not answer, you are taken to agree.",
    "សូមមើល ហើយឆ្លើយមុន {when}។ បើអ្នកមិនឆ្លើយ ការិយាល័យចាត់ទុកថាអ្នកយល់ព្រម។",
)
_OVER = Words(
    "Hạn trả lời đã qua lúc {when}: bạn không trả lời nên cơ quan coi như bạn đồng ý. "
    "Nếu có gì chưa đúng, báo ngay cho cơ quan.",
    "The time to answer ended at {when}: without an answer you are taken to agree. "
    "If something is wrong, tell the office now.",
    "ពេលឆ្លើយបានផុតនៅ {when}៖ គ្មានចម្លើយ ការិយាល័យចាត់ទុកថាអ្នកយល់ព្រម។ បើមានអ្វីមិនត្រឹមត្រូវ សូមប្រាប់ការិយាល័យភ្លាម។",
)


def moment(at: datetime) -> str:
    """In figures, which every language reads."""
    return f"{at.astimezone(HERE):%H:%M %d/%m/%Y}"


def sentence(answer_by: datetime, now: datetime) -> Words:
    """What stands on the dossier."""
    frame = _STILL if now < answer_by else _OVER
    return Words(*(line.replace("{when}", moment(answer_by)) for line in frame))


def title_of(answer_by: datetime, what: str, *, silence: bool) -> Words:
    frame = _TITLE if silence else _PLAIN_TITLE
    return Words(*(line.replace("{when}", moment(answer_by)).replace("{what}", what) for line in frame))


def marks(
    asked_at: datetime, answer_by: datetime, now: datetime, before: Sequence[timedelta] = BEFORE
) -> Iterator[timedelta]:
    """The newest reminder that is due, if one is: none that lies before the question, and none when it is too late."""
    passed = [it for it in before if asked_at < answer_by - it <= now]
    if passed and now < answer_by:
        yield min(passed)
