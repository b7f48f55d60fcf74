"""The page of a procedure says what it is before the program has come; of nothing known it is like any other."""

import gzip
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from server.core.preview import Preview, previewed
from server.core.settings import Settings
from server.modules.catalogue.rules.facts import Case, Level, Limit, Paper, Unit
from server.modules.catalogue.rules.preview import LONGEST, Known, paragraph
from tests.conftest import Start

SHELL = (
    '<title>Ứng dụng</title><meta name="description" content="Tìm"><main><p class="hint">Tìm</p>'
    "<noscript><p>Bật lên</p></noscript></main>"
)


@pytest.fixture(scope="module")
async def pages(
    settings: Settings, start: Start, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[httpx.AsyncClient]:
    built = tmp_path_factory.mktemp("pwa")
    (built / "index.html").write_text(SHELL)
    async with start(msgspec.structs.replace(settings, pwa=built)) as client:
        yield client


async def test_it_is_read_before_the_program_has_come(pages: httpx.AsyncClient) -> None:
    reply = await pages.get("/procedures/1.001193", headers={"Accept-Encoding": "identity"})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-cache")
    assert "<title>Thủ tục đăng ký khai sinh – Ứng dụng</title>" in reply.text
    assert "<h1>Thủ tục đăng ký khai sinh</h1><p>Thời hạn: 1 ngày làm việc. Không mất lệ phí." in reply.text
    assert 'property="og:title" content="Thủ tục đăng ký khai sinh"' in reply.text
    assert '<p class="hint">' not in reply.text
    assert "<noscript>" in reply.text
    packed = await pages.get("/procedures/1.001193", headers={"Accept-Encoding": "br, gzip"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", reply.text)


@pytest.mark.parametrize("path", ["/", "/search", "/procedures/9.999999", "/procedures/", "/procedures/<script>"])
async def test_any_other_page_is_as_it_was_built(pages: httpx.AsyncClient, path: str) -> None:
    assert (await pages.get(path)).text == SHELL


def test_what_a_title_says_is_text_and_nothing_else() -> None:
    lying = Preview(r'\1 "Cấp" <script>alert(1)</script> \g<0> & \n', "</p><img src=x>")
    plain, packed = previewed(SHELL.encode(), lying)
    assert gzip.decompress(packed) == plain
    page = plain.decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert r"<h1>\1 &quot;Cấp&quot; &lt;script&gt;alert(1)&lt;/script&gt; \g&lt;0&gt; &amp; \n</h1>" in page
    assert page.endswith("<noscript><p>Bật lên</p></noscript></main>")


def test_with_nothing_to_say_but_a_title_the_rest_is_as_it_was_built() -> None:
    page = previewed(SHELL.encode(), Preview("Cấp", ""))[0].decode()
    assert '<meta name="description" content="Tìm">' in page
    assert '<h1>Cấp</h1><p class="hint">Tìm</p>' in page
    assert 'content=""' not in page


def case(*names: str, situation: bool = False, advice: bool = False) -> Case:
    papers = [Paper(name=name, forms=[], originals=1, copies=None, advice=advice) for name in names]
    return Case(name=None, situation=situation, papers=papers)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Known("Cấp", None, None, [], []), ""),
        (
            Known("Cấp", Limit(value=3, unit=Unit.WORKING_DAY), 50_000, [Level.COMMUNE, Level.PROVINCE], []),
            "Thời hạn: 3 ngày làm việc. Lệ phí: 50.000 đồng. "
            "Nơi giải quyết: Ủy ban nhân dân xã, phường; cơ quan cấp tỉnh.",
        ),
        (
            Known("Cấp", None, 0, [], [case("Tờ khai", "Giấy chứng sinh"), case("Ảnh", situation=True)]),
            "Không mất lệ phí. Giấy tờ: Tờ khai; Giấy chứng sinh.",
        ),
        (Known("Cấp", None, None, [], [case("Xem kỹ", advice=True)]), ""),
        (Known("Cấp", None, 0, [], [], in_force=False), "Thủ tục này hiện không có hiệu lực. Không mất lệ phí."),
    ],
)
def test_only_what_is_clear_is_said(known: Known, said: str) -> None:
    assert paragraph(known) == said


def test_it_ends_with_a_whole_word() -> None:
    said = paragraph(Known("Cấp", None, None, [], [case("Giấy " * 200)]))
    assert said.endswith("Giấy…")
    assert LONGEST - 10 < len(said) <= LONGEST + 1


def test_what_the_program_would_ask_first_comes_along() -> None:
    said = Preview(told=(("alerts", '{"items":["</script><b>Bão"]}'.encode()),))
    page = previewed(SHELL.encode(), said)[0].decode()
    element = '<script type="application/json" id="alerts">{"items":["\\u003c/script>\\u003cb>Bão"]}</script>'
    assert page == SHELL.replace("<meta", f"{element}<meta")
