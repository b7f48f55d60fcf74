"""The bills of a demonstration, plainly fictional, and who plays the bank."""

from typing import NamedTuple

from server.modules.payments.rules.states import Exemption, Purpose

BANK = "Ngân hàng thử nghiệm"


class DemoBill(NamedTuple):
    """`due`: in how many days."""

    reference: str
    payee: str
    payee_name: str
    purpose: Purpose
    amount: int
    what: str
    for_whom: str
    phone: str
    due: int
    exemption: Exemption | None = None


BILLS = [
    DemoBill(
        "demo/hoc-phi-11",
        "truong-mau",
        "Trường Tiểu học Mẫu (thử nghiệm)",
        Purpose.TUITION,
        350_000,
        "Tiền ăn bán trú tháng 11",
        "Nguyễn Thị Bé, lớp 3A",
        "0900000001",
        9,
    ),
    DemoBill(
        "demo/nuoc-11",
        "cap-nuoc-mau",
        "Công ty Cấp nước Mẫu (thử nghiệm)",
        Purpose.UTILITY,
        128_400,
        "Tiền nước tháng 11",
        "Nhà số 5, ấp Một",
        "0900000001",
        -2,
    ),
    DemoBill(
        "demo/vien-phi",
        "benh-vien-mau",
        "Bệnh viện Đa khoa Mẫu (thử nghiệm)",
        Purpose.HOSPITAL,
        1_250_000,
        "Viện phí đợt điều trị tháng 10",
        "Nguyễn Văn Ông",
        "0900000001",
        20,
    ),
    DemoBill(
        "demo/mien-phi",
        "so-mau",
        "Trung tâm Hành chính công Mẫu (thử nghiệm)",
        Purpose.DOSSIER_FEE,
        0,
        "Lệ phí bản sao trích lục",
        "",
        "0900000001",
        0,
        Exemption.COUNCIL,
    ),
    DemoBill(
        "demo/hoc-phi-12",
        "truong-mau",
        "Trường Tiểu học Mẫu (thử nghiệm)",
        Purpose.TUITION,
        350_000,
        "Tiền ăn bán trú tháng 11",
        "Trần Văn Con, lớp 1B",
        "0900000002",
        9,
    ),
]
