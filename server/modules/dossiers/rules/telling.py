"""What residents are told when one of their dossiers moves."""

from datetime import datetime, timedelta
from typing import NamedTuple

from server.core.words import Words
from server.modules.dossiers.rules.silence import moment
from server.modules.dossiers.rules.statuses import MEANING, Status, is_over

OLD = timedelta(days=3)
"""What happened longer ago stands in the inbox and rings nobody: a system has been filling us up."""
PAST = timedelta(days=60)
"""What happened longer ago than this is told to nobody."""

PLAIN = Words("Hồ sơ của bạn có thay đổi", "There is news of your dossier", "សំណុំឯកសាររបស់អ្នកមានការប្រែប្រួល")
PLAIN_DUTY = Words(
    "Hồ sơ của bạn đang chờ bạn",
    "Your dossier is waiting for you",
    "សំណុំឯកសាររបស់អ្នកកំពុងរង់ចាំអ្នក",
)
"""For the lock screen: no name, no procedure, no office."""

PLAIN_DATE = Words("Hồ sơ của bạn sắp đến hẹn", "Your dossier is due soon", "សំណុំឯកសាររបស់អ្នកជិតដល់ថ្ងៃណាត់")

PLAIN_RESULT = Words(
    "Hồ sơ của bạn có kết quả điện tử",
    "Your dossier has an electronic result",
    "សំណុំឯកសាររបស់អ្នកមានលទ្ធផលអេឡិចត្រូនិក",
)
RESULT_TITLE = Words("Có kết quả điện tử: {}", "Electronic result: {}", "មានលទ្ធផលអេឡិចត្រូនិក៖ {}")
RESULT_BODY = Words(
    "Mở hồ sơ để xem và tải kết quả.",
    "Open the dossier to read the result and keep it.",
    "បើកសំណុំឯកសារដើម្បីមើល និងរក្សាទុកលទ្ធផល។",
)

EXEMPT = Words("Không phải nộp phí, lệ phí: {}", "No fee to pay: {}", "មិនត្រូវបង់ថ្លៃសេវា៖ {}")
EXEMPT_BODY = Words(
    "Bạn được miễn: {}. Hồ sơ được giải quyết tiếp, bạn không cần làm gì.",
    "You are exempt: {}. The dossier goes on; there is nothing you must do.",
    "អ្នករួចថ្លៃ៖ {}។ សំណុំឯកសារបន្តដោះស្រាយ អ្នកមិនចាំបាច់ធ្វើអ្វីទេ។",
)

_TITLE = Words("{status}: {what}", "{status}: {what}", "{status}៖ {what}")
_NEW_DATE = Words("Ngày hẹn trả mới", "A new due date", "ថ្ងៃណាត់ថ្មី")
_SOON = Words("Ngày mai là ngày hẹn", "Due tomorrow", "ថ្ងៃស្អែកជាថ្ងៃណាត់")
_WAITING = Words("Hồ sơ vẫn đang chờ bạn", "Still waiting for you", "សំណុំឯកសារនៅតែរង់ចាំអ្នក")
_YOURS = Words("Bạn cần làm: {}", "You must: {}", "អ្នកត្រូវ៖ {}")
_OFFICE = Words("Đang ở: {}.", "It is at: {}.", "កំពុងនៅ៖ {}។")
_ANSWER = Words("Hạn của bạn: {}.", "Your deadline: {}.", "កាលកំណត់របស់អ្នក៖ {}។")
_DUE = Words("Hẹn trả: {}.", "Due: {}.", "ថ្ងៃណាត់៖ {}។")


class Kind(NamedTuple):
    """How a move is told. `duty`: something is asked of the resident, or decided against them."""

    duty: bool
    result: bool


_DUTIES = {Status.PAPERS_NEEDED, Status.PAYMENT_NEEDED, Status.NOT_ACCEPTED, Status.STOPPED}


def kind_of(status: Status) -> Kind:
    return Kind(duty=status in _DUTIES, result=status is Status.DONE)


def title_of(status: Status, what: str, *, only_date: bool = False) -> Words:
    """What changed, and of what: the procedure's title, or the code where nobody knows a title."""
    news = _NEW_DATE if only_date else MEANING[status].name
    return Words(*(line.format(status=name, what=what) for line, name in zip(_TITLE, news, strict=True)))


def reminder_of(status: Status, what: str) -> Words:
    """The day before: what is waited for comes first."""
    news = _WAITING if kind_of(status).duty else _SOON
    return Words(*(line.format(status=name, what=what) for line, name in zip(_TITLE, news, strict=True)))


def body_of(status: Status, office: str | None, due_at: datetime | None, answer_by: datetime | None = None) -> Words:
    """What happened, what the resident must do and until when, who has it, by when."""
    meaning = MEANING[status]
    parts = [meaning.says]
    if meaning.yours:
        parts.append(put(_YOURS, meaning.yours))
    if answer_by:
        parts.append(put(_ANSWER, Words(*[moment(answer_by)] * 3)))
    if office:
        parts.append(put(_OFFICE, Words(office, office, office)))
    if due_at and not is_over(status):
        parts.append(put(_DUE, Words(*[moment(due_at)] * 3)))
    return Words(*(" ".join(sentences) for sentences in zip(*parts, strict=True)))


def put(frame: Words, value: Words) -> Words:
    # By replacing, not by format: an office's name may hold braces.
    return Words(*(line.replace("{}", word) for line, word in zip(frame, value, strict=True)))
