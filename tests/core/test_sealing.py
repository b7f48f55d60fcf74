"""What is sealed opens with its own key, for its own purpose, in its own row, unchanged; or not at all."""

from uuid import UUID

import pytest

from server.core.sealing import CannotOpen, Seal
from server.core.settings import Settings
from server.modules.identity.service.identifiers import Identifiers

KEY, OTHER_KEY = "k7Qe0Zt3vN9sYx2LwPb5RfJdHuAa8MgC", "Cg8aAuHdJfR5bPwL2xYs9Nv3tZ0eQ7k!"
ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
NUMBER = "096190086421"


def test_it_opens_where_it_was_sealed() -> None:
    assert Seal(KEY, "purpose").open(Seal(KEY, "purpose").close(b"value", "row"), "row") == b"value"


def test_the_same_value_never_looks_the_same() -> None:
    assert len({Seal(KEY, "purpose").close(b"value", "row") for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("key", "purpose", "row"), [(OTHER_KEY, "purpose", "row"), (KEY, "other", "row"), (KEY, "purpose", "other")]
)
def test_anywhere_else_it_does_not(key: str, purpose: str, row: str) -> None:
    with pytest.raises(CannotOpen):
        Seal(key, purpose).open(Seal(KEY, "purpose").close(b"value", "row"), row)


def test_no_bit_of_it_can_be_changed() -> None:
    sealed = Seal(KEY, "purpose").close(b"value", "row")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(CannotOpen):
            Seal(KEY, "purpose").open(bytes(changed), "row")
    for length in range(len(sealed)):
        with pytest.raises(CannotOpen):
            Seal(KEY, "purpose").open(sealed[:length], "row")


class TestWhatTellsWhoAPersonIs:
    ours, others = (Identifiers(Settings(secret_key=key)) for key in (KEY, OTHER_KEY))

    def test_is_of_no_use_in_another_row_or_column(self) -> None:
        sealed = self.ours.close("national-id", ROW, NUMBER)
        assert self.ours.open("national-id", ROW, sealed) == NUMBER
        for kind, row in (("national-id", OTHER_ROW), ("phone", ROW)):
            with pytest.raises(CannotOpen):
                self.ours.open(kind, row, sealed)

    def test_is_found_by_an_index_that_needs_the_key(self) -> None:
        index = self.ours.index("national-id", NUMBER)
        assert index == self.ours.index("national-id", NUMBER)
        assert index not in (self.others.index("national-id", NUMBER), self.ours.index("phone", NUMBER))
        assert NUMBER.encode() not in index
