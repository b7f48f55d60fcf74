"""The clock of the province: what days and deadlines are counted by. Instants are stored in UTC."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """The first and the last instant of these days, both of them inside: no calendar has a day after 9999-12-31."""
    return datetime.combine(first, time(), HERE), datetime.combine(last, time.max, HERE)
