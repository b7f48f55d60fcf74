"""The clock of the province: what days and deadlines are counted by. Instants are stored in UTC."""

from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
