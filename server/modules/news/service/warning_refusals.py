"""Why a warning does not go on, in words for whoever sits at the desk, or reads."""

from typing import Any, ClassVar

from server.core.problems import Problem
from server.core.words import Words


class AlertNotFound(Problem):
    status: ClassVar[int] = 404
    title = Words("Không có cảnh báo này", "There is no such warning", "គ្មានការព្រមាននេះទេ")


class AlertCannotMove(Problem):
    title = Words(
        "Cảnh báo này không còn ở bước đó, hãy xem lại trạng thái hiện tại",
        "This warning is no longer at that step; look at where it stands now",
        "ការព្រមាននេះមិននៅជំហាននោះទៀតទេ សូមមើលស្ថានភាពឥឡូវ",
    )


class AlertIncomplete(Problem):
    """`lacks` names each field and why (rules/alerts); an area that is `gone` comes with `offers`."""

    status: ClassVar[int] = 422
    title = Words(
        "Cảnh báo chưa phát được vì còn chỗ thiếu hoặc chưa đúng",
        "The warning cannot go out yet: something is missing or not right",
        "មិនទាន់ផ្សាយការព្រមានបានទេ នៅមានកន្លែងខ្វះ ឬមិនត្រឹមត្រូវ",
    )

    def __init__(self, lacks: list[dict[str, Any]]) -> None:
        super().__init__(lacks=lacks)
