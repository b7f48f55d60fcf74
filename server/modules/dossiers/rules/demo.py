"""The dossiers of a demonstration: plainly fictional, one for each thing a resident may be told."""

from typing import NamedTuple


class DemoDossier(NamedTuple):
    """`steps`: how many days ago which national status was reported. `due`: in how many days."""

    code: str
    procedure: str
    phone: str
    steps: tuple[tuple[int, int], ...]
    due: int


RECEIVED_AT, HANDLED_AT = "Bộ phận một cửa (thử nghiệm)", "Phòng Kinh tế (thử nghiệm)"

DOSSIERS = [
    DemoDossier("H12.999-20261101-0000001", "2.000635", "0900000001", ((6, 1), (6, 2), (5, 4)), 4),
    DemoDossier("H12.999-20261101-0000002", "1.004194", "0900000001", ((9, 1), (8, 2), (2, 5)), 3),
    DemoDossier("H12.999-20261101-0000003", "2.000815", "0900000002", ((12, 2), (10, 4), (1, 9)), 0),
    DemoDossier("H12.999-20261101-0000004", "1.000894", "0900000002", ((20, 1), (19, 2), (15, 4)), -6),
]
"""Codes below H12.999, which no office has; the phones are those of the demonstration's residents."""
