from hypothesis import given
from hypothesis import strategies as st

from server.modules.catalogue.rules.tally import Tally, planes

AMOUNTS = st.lists(st.dictionaries(st.integers(0, 90), st.integers(0, 40)), max_size=8)


def tallied(added: list[dict[int, int]]) -> Tally:
    tally = Tally()
    for amounts in added:
        tally.add(planes(amounts))
    return tally


@given(AMOUNTS)
def test_sums_are_those_of_adding_one_by_one(added: list[dict[int, int]]) -> None:
    tally = tallied(added)
    assert [tally.of(nth) for nth in range(91)] == [sum(them.get(nth, 0) for them in added) for nth in range(91)]


@given(AMOUNTS, st.integers(1, 12))
def test_none_left_out_is_larger_than_one_taken(added: list[dict[int, int]], count: int) -> None:
    tally = tallied(added)
    taken = list(tally.most(count))
    left = {tally.of(nth) for nth in range(91)} - {tally.of(nth) for nth in taken}
    assert len(set(taken)) == len(taken) <= 2 * count
    assert len(taken) >= min(count, sum(tally.of(nth) > 0 for nth in range(91)))
    assert all(tally.of(nth) > max(left, default=-1) for nth in taken)


def test_of_many_equals_the_first_are_taken() -> None:
    tally = tallied([dict.fromkeys(range(50), 3), {40: 1}])
    assert list(tally.most(4)) == [40, 0, 1, 2, 3, 4, 5, 6]
