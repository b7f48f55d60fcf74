"""A procedure in one paragraph: what most people came for."""

import msgspec

from server.modules.catalogue.rules.facts import Case, Level, Limit, Unit

LONGEST = 420
"""Characters: as much as a small phone shows at once."""

_UNITS = {Unit.HOUR: "giờ", Unit.DAY: "ngày", Unit.WORKING_DAY: "ngày làm việc"}
_LEVELS = {
    Level.COMMUNE: "Ủy ban nhân dân xã, phường",
    Level.PROVINCE: "cơ quan cấp tỉnh",
    Level.CENTRAL: "bộ, ngành trung ương",
}


class Known(msgspec.Struct):
    """Of a procedure as it is published."""

    title: str
    time: Limit | None
    fee: int | None
    levels: list[Level]
    cases: list[Case]
    in_force: bool = True


def paragraph(it: Known) -> str:
    """How long, how much, where, and which papers; what is not clear is left out."""
    said = [] if it.in_force else ["Thủ tục này hiện không có hiệu lực."]
    if it.time:
        said.append(f"Thời hạn: {it.time.value} {_UNITS[it.time.unit]}.")
    if it.fee is not None:
        said.append(f"Lệ phí: {it.fee:,} đồng.".replace(",", ".") if it.fee else "Không mất lệ phí.")
    if it.levels:
        said.append(f"Nơi giải quyết: {'; '.join(_LEVELS[level] for level in it.levels)}.")
    papers = [paper.name for case in it.cases if not case.situation for paper in case.papers if not paper.advice]
    if papers:
        said.append(f"Giấy tờ: {'; '.join(papers)}.")
    text = " ".join(said)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]}…"
