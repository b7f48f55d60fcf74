"""How long partner tokens and the keys that sign them live."""

from datetime import datetime, timedelta

TOKEN_LIFE = timedelta(minutes=10)
SIGNS_FOR = timedelta(days=30)
OVERLAP = timedelta(days=1)
"""A new key is published this long before it signs, and an old one as long after: whoever caches keys has both."""

LEEWAY = timedelta(seconds=30)


def retires_at(signs_from: datetime) -> datetime:
    """When a key that signs from then is no longer taken."""
    return signs_from + SIGNS_FOR + OVERLAP
