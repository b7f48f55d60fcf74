from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.modules.catalogue.rules.search import Entry, Family, Found, Index
from server.modules.catalogue.rules.wording import Lexicon, Rewrite, Word
from tests.modules.catalogue import sample

BIRTH, DEATH, MARRIAGE, ADOPTION = "1.001193", "1.000656", "1.000894", "2.001263"
PASSPORT, RESIDENCE, STAY, COPY = "1.001456", "1.004222", "1.004194", "2.000815"
LAND, TRANSFER, EXCHANGE, BUILDING = "1.013978", "1.013831", "1.115464", "1.013225"
ID_CARD, NEW_ID_CARD, DRIVING, LOST_DRIVING, SHOP = "1.014061", "1.014064", "3.000347", "3.000348", "1.001612"
HEALTH, SHRIMP, FISHING, BOAT = "1.001939", "1.004692", "1.004359", "1.004088"


def find(query: str, **how: Any) -> Found:
    return sample.index().find(query, **how)


def first(query: str, **how: Any) -> list[str]:
    return find(query, **how).codes[:3]


# ── how people spell ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("đăng ký khai sinh", BIRTH),
        ("dang ky khai sinh", BIRTH),
        ("ĐĂNG KÝ KHAI SINH", BIRTH),
        ("đăng kí khai sinh", BIRTH),
        ("đăng ký khai sinh", BIRTH),
        ("  đăng   ký, khai-sinh!? ", BIRTH),
    ],
)
def test_accents_and_signs_may_be_left_out(typed: str, code: str) -> None:
    assert first(typed)[0] == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("đăng ký kết hôm", MARRIAGE),
        ("dnag ky khai sinh", BIRTH),
        ("hộ chiêu", PASSPORT),
        ("can cuocc cong dan", ID_CARD),
        ("đăng ký tạm chú", STAY),
        ("trích lụt khai sinh", "2.000635"),
        ("bão hiểm y tế", HEALTH),
    ],
)
def test_slips_and_spelling_by_ear_are_forgiven(typed: str, code: str) -> None:
    assert code in first(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ddawng kys keets hoon", MARRIAGE),
        ("hoj chieeus", PASSPORT),
        ("dang9 ky1 tam5 tru1", STAY),
        ("giaays khai sinh", BIRTH),
    ],
)
def test_keys_left_as_typed_are_read(typed: str, code: str) -> None:
    assert code in first(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("giay cung tu", DEATH), ("tra cuu quy hach", "1.014159"), ("thẻ chân cước", NEW_ID_CARD)],
)
def test_a_slip_that_is_a_word_as_well_is_told_by_its_neighbours(typed: str, code: str) -> None:
    assert code in first(typed)


def test_a_word_whose_accents_were_typed_is_no_slip() -> None:
    titles = {entry.code: entry.title for entry in sample.entries()}
    assert all("xăng" in titles[code] for code in first("giá xăng"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ksinh cho con", BIRTH),
        ("gphep xdung", BUILDING),
        ("xnhan doc than", "1.004873"),
        ("đkiểm ô tô", "1.005103"),
        ("bhiem y te", HEALTH),
    ],
)
def test_a_first_word_may_be_one_letter_close_to_the_next(typed: str, code: str) -> None:
    assert code in first(typed)


@pytest.mark.parametrize(
    ("typed", "code"), [("khaisinh", BIRTH), ("kethon", MARRIAGE), ("dangkytamtru", STAY), ("sodo", LAND)]
)
def test_words_may_be_joined(typed: str, code: str) -> None:
    assert code in first(typed)


@pytest.mark.parametrize(
    ("typed", "code"), [("khai s", BIRTH), ("đăng ký kết h", MARRIAGE), ("ho chi", PASSPORT), ("lý lịch t", "3.000333")]
)
def test_the_last_word_may_be_half_typed(typed: str, code: str) -> None:
    assert code in first(typed)


# ── what people say ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("đkkh", MARRIAGE),
        ("cccd bị mất", NEW_ID_CARD),
        ("gplx hết hạn", DRIVING),
        ("bhyt", HEALTH),
        ("dk tam tru", STAY),
        ("ct07", "1.010041"),
    ],
)
def test_short_forms(said: str, code: str) -> None:
    assert code in first(said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("vợ tui mới sanh em bé", BIRTH),
        ("mần giấy khai sanh cho sắp nhỏ", BIRTH),
        ("má tui mới mất", DEATH),
        ("cất nhà", BUILDING),
        ("mướn phòng trọ", STAY),
        ("đăng ký vỏ lãi", BOAT),
        ("vuông tôm", SHRIMP),
        ("rớt bằng lái", LOST_DRIVING),
    ],
)
def test_southern_words(said: str, code: str) -> None:
    assert code in first(said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ông nội qua đời cần làm gì", DEATH),
        ("hai đứa tôi sắp cưới", MARRIAGE),
        ("ba mẹ cho con miếng đất", TRANSFER),
        ("muốn mở quán cà phê nhỏ", SHOP),
        ("đi biển đánh bắt cá cần giấy phép", FISHING),
        ("vợ chồng hiếm muộn muốn nhận con nuôi", ADOPTION),
    ],
)
def test_life_events(said: str, code: str) -> None:
    assert code in first(said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("em gái tôi bị tâm thần, ba mẹ mất hết rồi, tôi muốn đứng ra làm người giám hộ cho nó", "1.004837"),
        ("nhà em ở trong kinh xa lắm, đi ra xã mất nửa ngày, hỏi ai cũng nói một kiểu, giờ muốn tách thửa", "1.115458"),
        ("dạ chào anh chị, con em mới tốt nghiệp ra trường đi xin việc, công ty đòi phiếu lý lịch tư pháp", "3.000333"),
        ("hồi xưa không để ý, giờ đi làm xa mới thấy cần mà hổng biết hỏi ai, cho tui hỏi cấp hộ chiếu", PASSPORT),
    ],
)
def test_what_is_meant_may_stand_at_the_end_of_a_story(said: str, code: str) -> None:
    assert code in first(said)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("birth certificate", BIRTH),
        ("I want to renew my passport", PASSPORT),
        ("work permit", "1.014201"),
        ("សំបុត្រកំណើត", BIRTH),
        ("ខ្ញុំចង់ធ្វើអត្តសញ្ញាណប័ណ្ណ", ID_CARD),
    ],
)
def test_other_languages_of_the_province(said: str, code: str) -> None:
    assert code in first(said)


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("má mất", DEATH, "1.008501"),
        ("mã số thuế", "1.008501", DEATH),
        ("mất ba", DEATH, NEW_ID_CARD),
        ("cha đẻ nhận con", "1.001022", BIRTH),
    ],
)
def test_accents_that_contradict_tell_words_apart(said: str, right: str, wrong: str) -> None:
    found = find(said).codes
    assert right in found[:3]
    assert wrong not in found[: found.index(right)]


def test_words_may_stand_in_any_order_with_others_between() -> None:
    assert "1.013082" in first("cà vẹt của chiếc xe cũ hôm qua tôi lỡ làm rớt mất rồi")
    assert first("tạm trú đăng ký")[0] == STAY


# ── codes ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "typed",
    [
        *("1.013225", "1 013225", "1013225", "1.013225.000.00.00.H12", "1.013225.H36", "mã thủ tục 1.013225"),
        *("1,013225", "1-013225", "1.013 225", "1.013.225", "mã 1,013225"),
    ],
)
def test_a_code_is_found_as_it_is_written(typed: str) -> None:
    assert first(typed)[0] == BUILDING


def test_an_amount_of_money_is_no_code() -> None:
    assert first("5.000.000 hỗ trợ hỏa táng")[0] == "1.012749"


def test_an_old_code_leads_to_what_replaced_it() -> None:
    assert first("1.012783") == [EXCHANGE, "1.012783"]
    assert set(first("1.013949")) == {"1.115428", "1.115438", "1.013949"}


def test_part_of_a_code_lists_what_begins_so() -> None:
    found = find("1.0132").codes
    assert BUILDING in found
    assert all(code.startswith("1.0132") for code in found)


@pytest.mark.parametrize("typed", ["013225", "013 225"])
def test_a_code_is_found_without_its_first_number(typed: str) -> None:
    assert first(typed)[0] == BUILDING


def test_an_unknown_code_finds_nothing() -> None:
    assert find("9.999999").codes == []


# ── ranking ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_title_finds_itself() -> None:
    near = {"province", "commune"}
    entries = [entry for entry in sample.entries() if entry.in_force and near.intersection(entry.levels)][::37]
    missed = [entry.title for entry in entries if entry.code not in first(entry.title)]
    assert len(missed) <= len(entries) // 10, missed


def test_what_replaced_a_procedure_stands_before_it() -> None:
    for query in ("cấp đổi giấy chứng nhận quyền sử dụng đất", "tách thửa hoặc hợp thửa đất"):
        found = find(query).codes
        for entry in sample.entries():
            for following in entry.replaced_by:
                if entry.code in found:
                    assert found.index(following) < found.index(entry.code)


def test_what_residents_usually_need_decides_between_equals() -> None:
    same = [
        Entry(code="1.000001", title="Cấp thẻ", levels=["central"], audiences=["organisation"]),
        Entry(code="1.000002", title="Cấp thẻ", levels=["province"], audiences=["citizen"]),
        Entry(code="1.000003", title="Cấp thẻ", levels=["commune"], audiences=["citizen"]),
        Entry(code="1.000004", title="Cấp thẻ", levels=["commune"], audiences=["citizen"], in_force=False),
        Entry(code="1.000005", title="Cấp thẻ", levels=["commune"], audiences=["citizen"], opened=900),
    ]
    index = Index(same)
    order = ["1.000005", "1.000003", "1.000002", "1.000004", "1.000001"]
    assert index.find("cấp thẻ").codes == order
    assert index.usual_order() == order


def test_a_field_far_from_residents_stands_last() -> None:
    entries = [
        Entry(code="1.000001", title="Miễn thuế hàng nhập", field="Hải quan"),
        Entry(code="1.000002", title="Miễn thuế đất ở", field="Thuế"),
    ]
    assert Index(entries, Lexicon(distant_fields=["Hải quan"])).find("miễn thuế").codes[0] == "1.000002"


def test_of_two_subjects_both_stand_among_the_first_three() -> None:
    found = first("giấy phép môi trường trại nuôi tôm siêu thâm canh")
    assert {"1.004692", "1.010727"} <= set(found)


def test_only_what_a_filter_leaves_is_found() -> None:
    at = {entry.code: place for place, entry in enumerate(sample.entries())}
    small = frozenset({at[DEATH], at[MARRIAGE]})
    assert set(find("đăng ký khai sinh", allow=small).codes) <= {DEATH, MARRIAGE}
    large = frozenset(at.values()) - {at[BIRTH]}
    assert BIRTH not in find("đăng ký khai sinh", allow=large).codes
    assert find("đăng ký khai sinh", allow=frozenset()).codes == []


def test_a_limit_is_kept() -> None:
    assert len(find("giấy phép", limit=5).codes) == 5


def test_a_rank_can_be_explained() -> None:
    reasons = {reason.part: reason for reason in sample.index().explain("mất căn cước", NEW_ID_CARD)}
    assert reasons["said mat can cuoc"].quality > 0.9
    assert 0 <= reasons["can"].quality <= 1
    assert reasons["score"].quality > 0


# ── asking back ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", ["giấy phép xây dựng", "mai táng phí", "giấy phép lao động", "hòa giải viên"])
def test_a_family_is_asked_about(said: str) -> None:
    question = find(said).question
    assert question is not None
    assert len(question.choices) > 1


@pytest.mark.parametrize(
    "said",
    [
        "gia hạn giấy phép xây dựng",
        "mai táng phí cựu chiến binh",
        "đăng ký lại khai sinh",
        "đăng ký khai sinh",
        "gia hạn giấy phép lao động",
        BUILDING,
    ],
)
def test_nothing_is_asked_when_the_query_singles_one_out(said: str) -> None:
    assert find(said).question is None


def test_an_ambiguous_term_is_asked_about_only_alone() -> None:
    question = find("cho tôi hỏi giấy nhà").question
    assert question is not None
    assert question.about == "giấy nhà"
    assert {code for _, code in question.choices} == {LAND, "1.010041"}
    assert find("sang tên giấy nhà cho con").question is None


def test_a_choice_is_named_by_its_short_title() -> None:
    entries = [Entry(code="1.000001", title="Cấp lại thẻ rất dài", aliases=["Cấp lại thẻ", "2.000000"])]
    entries.append(Entry(code="1.000002", title="Cấp đổi thẻ"))
    question = Index(entries, families=[Family("Thẻ", ["1.000001", "1.000002", "1.999999"])]).find("thẻ").question
    assert question is not None
    assert question.choices == [("Cấp lại thẻ", "1.000001"), ("Cấp đổi thẻ", "1.000002")]


# ── words of an administrator ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_known_in_dialect_is_found_in_standard_words() -> None:
    words = [Word(said=["lượm trúng súng"], codes=["1.000001"])]
    index = Index([Entry(code="1.000001", title="Vũ khí")], Lexicon(words, [Rewrite("lượm", "nhặt")]))
    assert index.find("nhặt").codes == ["1.000001"]


def test_words_without_codes_translate() -> None:
    entries = [Entry(code="1.000001", title="Cấp lại thẻ"), Entry(code="1.000002", title="Cấp đổi thẻ")]
    lexicon = Lexicon(words=[Word(said=["làm mất"], official=["cấp lại"])], rewrites=[Rewrite("the atm", "thẻ")])
    assert Index(entries, lexicon).find("làm mất the atm").codes[0] == "1.000001"


def test_words_may_be_empty_or_lead_nowhere() -> None:
    lexicon = Lexicon(words=[Word(said=["", "?!"], codes=["1.000001"]), Word(said=["xin"], codes=["9.000000"])])
    index = Index([Entry(code="1.000001", title="Cấp thẻ")], lexicon)
    assert index.find("xin thẻ").codes == ["1.000001"]


def test_every_word_leads_to_a_procedure() -> None:
    known = {entry.code for entry in sample.entries()}
    lexicon = sample.lexicon()
    assert {code for word in lexicon.words for code in word.codes} <= known
    assert {code for it in lexicon.ambiguous for choice in it.choices for code in choice.codes} <= known


def test_no_two_words_begin_alike() -> None:
    """The table names an entry by its first phrase."""
    lexicon = sample.lexicon()
    for named in ([word.said[0] for word in lexicon.words], [it.said for it in lexicon.rewrites], lexicon.fillers):
        assert [name for name, times in Counter(named).items() if times > 1] == []


# ── anything typed ──────────────────────────────────────────────────────────────────────────────────────────────

PIECES = ["đăng", "ký", "ky", "giấy", "con", "ba", "mất", "xe", "1.0", "dd", "ww", "កំ", "?", "khai"]
TYPED = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="đăângkýhocusix 019.,;:-", max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
)


@given(TYPED)
@settings(max_examples=150)
def test_anything_may_be_typed(query: str) -> None:
    found = find(query)
    assert len(found.codes) == len(set(found.codes)) <= 200
    assert find(query) == found


def test_an_empty_catalogue_finds_nothing() -> None:
    assert Index([]).find("khai sinh") == Found([])


def test_only_fillers_find_something_or_nothing_but_do_not_fail() -> None:
    for query in ("", "   ", "?!", "tôi muốn", "cho hỏi", "x" * 5000):
        find(query)


# ── how well ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_everyday_queries_find_the_right_procedure_among_the_first_three() -> None:
    asked = sample.queries()
    missed = [query for query in asked if not set(query["right"]).intersection(first(query["q"]))]
    held_out = [query["q"] for query in missed if query["held_out"]]
    assert len(missed) <= len(asked) * 0.05, [query["q"] for query in missed]
    assert len(held_out) <= sum(query["held_out"] for query in asked) * 0.05, held_out


def test_of_the_last_unseen_queries_none_is_lost() -> None:
    """How many were found when they were first asked: docs/benchmarks.md; of `blind-6`, where `held_out` says so."""
    sets = {"blind-5": 150, "blind-6": 58, "blind-7": 201, "blind-8": 98, "blind-9": 94, "blind-10": 97}
    asked = [query for query in sample.queries() if query.get("set") in sets]
    assert Counter(query["set"] for query in asked) == sets
    assert [query["q"] for query in asked if not set(query["right"]).intersection(first(query["q"]))] == [
        "tôi muốn thôi làm người nước ngoài về lại quốc tịch Việt",
        "nhà sập do sạt lở bờ sông được hỗ trợ gì",
        "tôi nghỉ hưu rồi muốn chuyển vô ở với con trên Sài Gòn",
    ]


OPENINGS = ["dạ cho em hỏi", "bữa giờ tui tính", "anh chị ơi mình cần", "ai biết chỉ giùm", "làm sao để", "nghe nói"]
ENDINGS = [
    "thì làm sao ạ",
    "giờ sao đây",
    "có khó không ạ",
    "như nào, em cảm ơn",
    "mà không biết hỏi ai",
    "tốn nhiêu tiền vậy",
]


def test_talking_around_it_hides_nothing() -> None:
    found = [query for query in sample.queries() if set(query["right"]).intersection(first(query["q"]))]
    people = [query for query in found if query["kind"] in ("everyday", "life_event", "chatty", "south")]
    lost = []
    for nth, query in enumerate(people):
        said = f"{OPENINGS[nth % len(OPENINGS)]} {query['q']} {ENDINGS[nth // len(OPENINGS) % len(ENDINGS)]}"
        if not set(query["right"]).intersection(first(said)):
            lost.append(said)
    assert len(lost) <= len(people) * 0.002, lost
