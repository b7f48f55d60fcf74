"""What a warning must have, how it is said aloud, and what is grave: by table."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from server.modules.news.rules.alerts import AlertAct, AlertState, Said, Warn, lacks_of, next_state
from server.modules.news.rules.aloud import aloud_vi, number_words, spell
from server.modules.news.rules.kinds import KINDS, SEVERITY, Kind, grade

NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)
WARN = Warn(
    kind=Kind.TIDE,
    level=2,
    everywhere=False,
    communes=["32001"],
    begins_at=NOW,
    ends_at=NOW + timedelta(hours=6),
    vi=Said("Triều cường", "Nước lên 2,15 m.", ["Kê đồ lên cao"]),
    en=None,
    km=None,
    source="",
)
EMPTY = Said("", "", [])


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({}, []),
        ({"level": 6}, ["level unknown"]),
        ({"kind": Kind.SCAM, "level": 4}, ["level unknown"]),
        ({"communes": []}, ["communes empty"]),
        ({"communes": [], "everywhere": True}, []),
        ({"communes": ["32001", "99999"]}, ["communes gone"]),
        ({"vi": EMPTY}, ["vi.headline empty", "vi.what empty", "vi.steps empty"]),
        ({"en": Said("Tide", "Water rises", [])}, ["en.steps empty"]),
        ({"vi": Said("Bão […]", "Gió mạnh.", ["Ở trong nhà"])}, ["vi.headline blank"]),
        ({"ends_at": None}, ["ends_at empty"]),
        ({"begins_at": NOW + timedelta(hours=7)}, ["ends_at before-begin"]),
        ({"begins_at": NOW - timedelta(hours=3), "ends_at": NOW}, ["ends_at over"]),
        ({"ends_at": NOW + timedelta(days=31)}, ["ends_at too-long"]),
        (
            {"begins_at": NOW + timedelta(days=30), "ends_at": NOW + timedelta(days=31)},
            ["begins_at too-far"],
        ),
        # Whoever gives the all-clear need not say what to do, nor when it ends.
        ({"clears": True, "ends_at": None, "vi": Said("Đã hết", "Nước rút.", [])}, []),
    ],
)
def test_what_is_missing(change: dict[str, object], lacks: list[str]) -> None:
    warn = msgspec.structs.replace(WARN, **change)
    assert [f"{it.field} {it.why}" for it in lacks_of(warn, frozenset({"32001"}), NOW)] == lacks


@pytest.mark.parametrize("act", AlertAct)
def test_how_a_warning_moves(act: AlertAct) -> None:
    leads = {state: next_state(act, state) for state in AlertState}
    expected = {
        AlertAct.WRITE: {AlertState.DRAFT: AlertState.DRAFT, AlertState.IN_FORCE: AlertState.IN_FORCE},
        AlertAct.DISCARD: {AlertState.DRAFT: AlertState.DISCARDED},
        AlertAct.WARN: {AlertState.DRAFT: AlertState.IN_FORCE},
        AlertAct.UPDATE: {AlertState.IN_FORCE: AlertState.IN_FORCE},
        AlertAct.CLEAR: {AlertState.IN_FORCE: AlertState.CLEARED},
        AlertAct.EXPIRE: {AlertState.IN_FORCE: AlertState.EXPIRED},
    }[act]
    assert leads == {state: expected.get(state) for state in AlertState}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_grades_and_a_severity(kind: Kind) -> None:
    highest = KINDS[kind].scale.highest
    assert all(grade(kind, level).vi and SEVERITY[level - 1] for level in range(1, highest + 1))
    with pytest.raises(IndexError):
        grade(kind, highest + 1)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (24, "hai mươi bốn"),
        (105, "một trăm lẻ năm"),
        (110, "một trăm mười"),
        (1005, "một nghìn không trăm lẻ năm"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (1_500_000, "một triệu năm trăm nghìn"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("đỉnh triều 2,15 m lúc 7h30", "đỉnh triều hai phẩy mười lăm mét lúc bảy giờ ba mươi phút"),
        ("từ 18:00 ngày 26/11", "từ mười tám giờ ngày hai mươi sáu tháng mười một"),
        ("gió giật 75 km/h", "gió giật bảy mươi lăm ki lô mét trên giờ"),
        ("độ mặn 4‰ vào 45–50 km", "độ mặn bốn phần nghìn vào bốn mươi lăm đến năm mươi ki lô mét"),
        ("1.500 hộ", "một nghìn năm trăm hộ"),
        ("gọi 114", "gọi một một bốn"),
        ("số 0290 3831 234", "số không hai chín không ba tám ba một hai ba bốn"),
        ("ấp 3, xã Tân Lộc", "ấp ba, xã Tân Lộc"),
    ],
)
def test_numbers_in_a_sentence(written: str, said: str) -> None:
    assert spell(written) == said


def test_the_text_for_the_loudspeaker_holds_no_figure() -> None:
    ends = WARN.ends_at
    assert WARN.begins_at and ends
    said = aloud_vi(msgspec.structs.replace(WARN, source="Đài khí tượng, tin 14/BT"), ["Xã 7"], WARN.begins_at, ends)
    assert not any(it.isdigit() for it in said)
    assert "từ một giờ ngày hai mươi sáu tháng mười một đến bảy giờ" in said
    assert "Điều một: Kê đồ lên cao." in said
