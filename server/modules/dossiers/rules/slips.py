"""What stands on the slips a resident is given (forms 01 to 05 of Annex I, Circular 03/2025/TT-VPCP).

We know the fields each form must carry, not its exact wording: the wording is ours. In Vietnamese, as documents of the
state are.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from server.core.clock import HERE
from server.modules.dossiers.rules.working_time import Limit, Unit

TITLES = {
    1: "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    2: "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    3: "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    4: "Phiếu xin lỗi và hẹn lại ngày trả kết quả",
    5: "Thông báo dừng giải quyết hồ sơ",
}
_KINDS = {"original": "bản chính", "copy": "bản sao", "electronic": "bản điện tử"}
_UNITS = {Unit.HOUR: "giờ", Unit.DAY: "ngày", Unit.WORKING_DAY: "ngày làm việc"}
_RETURNING = {
    "desk": "tại nơi đã nộp hồ sơ",
    "post": "qua bưu chính công ích",
    "online": "bản điện tử, qua mạng",
}


class SlipFacts(msgspec.Struct, frozen=True):
    """What is known when a slip is printed. `phone` and `national_id` are hidden in part before they stand on paper."""

    form: int
    code: str
    office: str
    name: str
    phone: str | None
    national_id: str | None
    title: str
    procedure: str
    case: str | None
    papers: Sequence[tuple[str, str, int]]
    """Name, kind, how many."""
    limit: Limit
    returning: str
    filed_at: datetime
    done_at: datetime
    """When the act was done that this slip tells of."""
    due_before: datetime | None
    due_at: datetime | None
    missing: Sequence[str]
    reason: str
    guidance: str
    officer: str
    link: str


class Slip(msgspec.Struct, frozen=True):
    """The same, as a sheet of paper shows it from top to bottom."""

    form: str
    title: str
    code: str
    office: str
    dated: str
    opening: str
    rows: list[tuple[str, str]]
    listed: str
    """What the list below is."""
    items: list[str]
    after: list[tuple[str, str]]
    closing: str
    signers: list[tuple[str, str]]
    link: str


def slip(facts: SlipFacts) -> Slip:
    """The sheet of one form. KeyError for a form we do not print."""
    office, code = facts.office, facts.code
    who = [
        ("Họ và tên", facts.name),
        ("Số điện thoại", hidden(facts.phone)),
        ("Số định danh", hidden(facts.national_id)),
    ]
    what = [("Về thủ tục", f"{facts.title} (mã {facts.procedure})"), ("Trường hợp", facts.case or "")]
    opening, listed, items, rows, after, closing = "", "", [], [], [], ""
    handed_in = [f"{name} ({_KINDS.get(kind, kind)}, số lượng {count})" for name, kind, count in facts.papers]
    if facts.form == 1:
        opening = f"{office} đã tiếp nhận hồ sơ của:"
        rows, listed, items = who + what, "Giấy tờ đã nhận", handed_in or ["Không có giấy tờ kèm theo"]
        after = [
            ("Thời hạn giải quyết", limit_text(facts.limit)),
            ("Nhận hồ sơ lúc", moment(facts.filed_at)),
            ("Hẹn trả kết quả lúc", moment(facts.due_at)),
            ("Trả kết quả", _RETURNING.get(facts.returning, facts.returning)),
        ]
    elif facts.form == 2:
        opening = f"Hồ sơ mã {code} nộp tại {office} còn thiếu hoặc chưa đúng. Đề nghị bổ sung như sau:"
        rows, listed, items = who + what, "Giấy tờ cần bổ sung, hoàn thiện", list(facts.missing)
        after = [("Lý do", facts.reason), ("Hướng dẫn", facts.guidance)]
        closing = "Thời gian chờ bổ sung không tính vào thời hạn giải quyết. Thời hạn được tính tiếp khi đã nhận đủ."
    elif facts.form == 3:
        opening = f"{office} không tiếp nhận hồ sơ của:"
        rows, listed, items = who + what, "Giấy tờ đã nộp, nay trả lại", handed_in
        after = [("Lý do", facts.reason), ("Hướng dẫn", facts.guidance)]
    elif facts.form == 4:
        opening = f"{office} xin lỗi vì chưa trả được kết quả đúng hẹn cho hồ sơ của:"
        rows = [
            *who,
            *what,
            ("Ngày đã hẹn", moment(facts.due_before)),
            ("Lý do", facts.reason),
            ("Hẹn lại lúc", moment(facts.due_at)),
        ]
        closing = "Rất mong được thông cảm vì sự chậm trễ này."
    else:
        opening = f"{office} dừng giải quyết hồ sơ của:"
        rows = [*who, *what, ("Lý do", facts.reason), ("Hướng dẫn", facts.guidance)]
    both = facts.form in (1, 2, 3)
    officer = ("Người tiếp nhận" if facts.form in (1, 2, 3) else "Người ký", facts.officer)
    return Slip(
        form=f"Mẫu số {facts.form:02}",
        title=TITLES[facts.form],
        code=code,
        office=office,
        dated=dated(facts.done_at),
        opening=opening,
        rows=[row for row in rows if row[1]],
        listed=listed if items else "",
        items=items,
        after=[row for row in after if row[1]],
        closing=closing,
        signers=[("Người nộp hồ sơ", facts.name), officer] if both else [officer],
        link=facts.link,
    )


def hidden(number: str | None) -> str:
    """Without its last four digits: they open the dossier, and a slip may be lost."""
    return f"{number[:-4]}••••" if number else ""


def limit_text(limit: Limit) -> str:
    if limit.value == 0:
        return "trong ngày"
    return f"{limit.value} {_UNITS[limit.unit]}"


def moment(at: datetime | None) -> str:
    """As slips print it: hour and minute, then the day."""
    if at is None:
        return ""
    here = at.astimezone(HERE)
    return f"{here:%H} giờ {here:%M} phút, ngày {here:%d/%m/%Y}"


def dated(at: datetime) -> str:
    here = at.astimezone(HERE)
    return f"Ngày {here:%d} tháng {here:%m} năm {here.year}"
