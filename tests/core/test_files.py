"""Files lie where the settings say, byte for byte, and outside of what the web server gives away."""

import stat
from pathlib import Path
from urllib.parse import quote

import pytest

from server.core.files import FileMissing, Files
from server.core.settings import Settings, WrongSetting, read_settings


@pytest.mark.parametrize("far", [False, True])
async def test_what_was_put_is_given_back_until_it_is_deleted(tmp_path: Path, far: bool) -> None:
    url = f"file://{quote(str(tmp_path / 'far'))}" if far else ""
    (tmp_path / "far").mkdir()
    files, content = Files(Settings(var=tmp_path, files_url=url)), bytes(range(256)) * 5000
    await files.put("a/b", b"before")
    await files.put("a/b", content)
    assert await files.get("a/b") == content
    assert (tmp_path / ("far" if far else "files") / "a" / "b").read_bytes() == content
    await files.delete("a/b")
    await files.delete("a/b")
    with pytest.raises(FileMissing):
        await files.get("a/b")


async def test_the_folder_is_ours_alone(tmp_path: Path) -> None:
    await Files(Settings(var=tmp_path)).put("one", b"")
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../out", "a/../../out"])
async def test_no_name_leads_out_of_it(tmp_path: Path, name: str) -> None:
    files = Files(Settings(var=tmp_path / "var"))
    with pytest.raises(Exception):  # noqa: B017 (the library names it)
        await files.put(name, b"x")
    assert not (tmp_path / "out").exists()


def test_an_address_nothing_can_be_kept_at_is_refused() -> None:
    with pytest.raises(WrongSetting, match="FILES_URL"):
        read_settings({"FILES_URL": "http://files"})
