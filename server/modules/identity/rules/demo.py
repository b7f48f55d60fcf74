"""The people of a demonstration, plainly fictional, and the roles an installation begins with."""

from typing import NamedTuple

from server.core.words import Language
from server.modules.identity.rules.sessions import ADMINISTER, RECOVER


class DemoResident(NamedTuple):
    phone: str
    name: str
    language: Language


RESIDENTS = [
    DemoResident("+84900000001", "Nguyễn Thị Mẫu", "vi"),
    DemoResident("+84900000002", "Trần Văn Thử", "vi"),
    DemoResident("+84900000003", "ថាច់ សុខា", "km"),
]

ADMINISTRATOR, DESK, EDITOR, APPROVER = "Quản trị viên", "Cán bộ một cửa", "Biên tập viên", "Người duyệt"
DATA_OFFICER, DUTY_LEADER = "Phụ trách dữ liệu cá nhân", "Lãnh đạo trực"
HUB, HANDLER = "Đầu mối phản ánh", "Xử lý phản ánh"
CASHIER, CHIEF_ACCOUNTANT = "Kế toán", "Kế toán trưởng"

STARTING_ROLES: dict[str, tuple[str, ...]] = {
    ADMINISTRATOR: (ADMINISTER, "dossiers:calendar", "dossiers:feeds", "dossiers:offices", "privacy:audit"),
    DESK: (RECOVER, "dossiers:move", "dossiers:read", "dossiers:register", "payments:cash", "payments:read"),
    EDITOR: ("catalogue:words", "news:read", "news:warn", "news:write"),
    APPROVER: ("news:read", "news:review", "news:warn"),
    DUTY_LEADER: ("news:warn", "news:warn-alone"),
    DATA_OFFICER: ("privacy:decide",),
    HUB: ("feedback:categories", "feedback:handle", "feedback:triage"),
    HANDLER: ("feedback:handle",),
    CASHIER: ("payments:raise", "payments:read", "payments:reconcile", "payments:refund"),
    CHIEF_ACCOUNTANT: ("payments:approve", "payments:read", "payments:reconcile"),
}
"""What a new installation begins with; administrators change it as they like. A module adds its permissions here.

Editor and approver are two roles, so that who writes is not who lets it go out.
"""


class DemoStaff(NamedTuple):
    login: str
    name: str
    roles: tuple[str, ...]
    at_commune: bool


STAFF = [
    DemoStaff("bientap", "Lê Thị Biên Tập", (EDITOR,), False),
    DemoStaff("duyettin", "Phạm Văn Duyệt", (APPROVER, DUTY_LEADER, DATA_OFFICER), False),
    DemoStaff("daumoi", "Trần Thị Đầu Mối", (HUB,), False),
    DemoStaff("motcua", "Huỳnh Thị Một Cửa", (DESK, HANDLER), True),
    DemoStaff("ketoan", "Ngô Thị Kế Toán", (CASHIER,), False),
    DemoStaff("ketoantruong", "Đỗ Văn Kế Toán", (CHIEF_ACCOUNTANT,), False),
    DemoStaff("quantri", "Võ Văn Quản Trị", (ADMINISTRATOR,), False),
]

PASSWORD = "thu-nghiem-ung-dung"  # noqa: S105 (known to everybody, and of demo accounts alone)
