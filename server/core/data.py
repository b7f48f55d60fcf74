"""The province's own files, below DATA. Whoever brings others is told which one is wrong, and where in it."""

from pathlib import Path
from typing import TypeVar

import msgspec

from server.core.settings import WrongSetting

T = TypeVar("T")


def read_data(folder: Path, name: str, kind: type[T]) -> T:
    """One JSON file. Raises WrongSetting when it is missing, malformed or of another shape."""
    try:
        return msgspec.json.decode((folder / name).read_bytes(), type=kind)
    except OSError as error:
        raise wrong_data(name, f"cannot be read from {folder}: {error.strerror}") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise wrong_data(name, str(error)) from None


def wrong_data(name: str, why: str) -> WrongSetting:
    return WrongSetting("DATA", f"{name}: {why}")
