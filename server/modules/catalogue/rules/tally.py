"""Sums for thousands at once."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice


class Tally:
    """Adds for many things at once: each owns one bit in every plane, and its bits, lowest plane first, are its sum.

    One step on a long integer is one step for all of them, so thousands are summed in the time of a few dozen.
    """

    def __init__(self) -> None:
        self._planes: list[int] = []

    def add(self, amounts: Sequence[int]) -> None:
        """To each its own amount, itself written in planes."""
        planes = self._planes
        if len(planes) < len(amounts):
            planes += [0] * (len(amounts) - len(planes))
        carry = 0
        for level, amount in enumerate(amounts):
            plane = planes[level]
            either = plane ^ amount
            planes[level] = either ^ carry
            carry = (plane & amount) | (carry & either)
        level = len(amounts)
        while carry:
            if level == len(planes):
                planes.append(carry)
                return
            planes[level], carry = planes[level] ^ carry, planes[level] & carry
            level += 1

    def of(self, nth: int) -> int:
        total = 0
        for plane in reversed(self._planes):
            total = total << 1 | plane >> nth & 1
        return total

    def most(self, count: int) -> Iterator[int]:
        """Those with the largest sums above nothing, in no order: so many, and as many again if equal to the last."""
        larger, equal = 0, 0
        for plane in self._planes:
            equal |= plane
        if equal.bit_count() > count:
            for plane in reversed(self._planes):
                with_this = larger | (equal & plane)
                if with_this.bit_count() >= count:
                    equal &= plane
                else:
                    larger = with_this
                    equal &= ~plane
        yield from _bits(larger)
        yield from islice(_bits(equal), 2 * count - larger.bit_count())


def planes(amounts: Mapping[int, int]) -> list[int]:
    """Amounts by number, as a tally adds them."""
    found: list[int] = []
    for nth, amount in amounts.items():
        for level in range(amount.bit_length()):
            if level == len(found):
                found.append(0)
            if amount >> level & 1:
                found[level] |= 1 << nth
    return found


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
