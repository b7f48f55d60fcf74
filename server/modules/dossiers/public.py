"""What other modules may ask of the dossiers."""

from server.modules.dossiers.service.calendars import is_day_off

__all__ = ["is_day_off"]
