"""Residents and an officer who answers them."""

from tests.modules.identity.conftest import browser, new_browser, new_phone, nothing_counted, phone, staff_browser

__all__ = ["browser", "new_browser", "new_phone", "nothing_counted", "phone", "staff_browser"]
