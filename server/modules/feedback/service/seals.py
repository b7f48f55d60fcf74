"""What of a report lies sealed: the words of people, and the keys of their photos."""

from uuid import UUID

from server.core.sealing import Seal
from server.core.settings import Settings


class Seals:
    """Each value is bound to its row."""

    def __init__(self, settings: Settings) -> None:
        self._seal = Seal(settings.secret_key, "feedback")

    def close_text(self, report_id: UUID, text: str) -> bytes:
        return self._seal.close(text.encode(), f"text:{report_id}")

    def open_text(self, report_id: UUID, sealed: bytes | None) -> str:
        return "" if sealed is None else self._seal.open(sealed, f"text:{report_id}").decode()

    def close_said(self, step_id: UUID, said: str) -> bytes | None:
        return self._seal.close(said.encode(), f"said:{step_id}") if said else None

    def open_said(self, step_id: UUID, sealed: bytes | None) -> str:
        return "" if sealed is None else self._seal.open(sealed, f"said:{step_id}").decode()

    def close_key(self, photo_id: UUID, key: bytes) -> bytes:
        return self._seal.close(key, f"photo:{photo_id}")

    def open_key(self, photo_id: UUID, sealed: bytes) -> bytes:
        return self._seal.open(sealed, f"photo:{photo_id}")
