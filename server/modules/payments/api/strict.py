"""A body that names money, read strictly."""

from typing import TypeVar

import msgspec

from server.core.problems import InputRefused
from server.modules.payments.schemas.strict import field_of, strictly, whole

T = TypeVar("T")


def body_of(body: bytes, kind: type[T]) -> T:
    """Raises InputRefused."""
    try:
        return strictly(whole(body), kind)
    except msgspec.ValidationError as error:
        raise InputRefused(errors=[{"field": field_of(error), "reason": "not as it must be"}]) from None
    except ValueError:
        raise InputRefused(errors=[]) from None
