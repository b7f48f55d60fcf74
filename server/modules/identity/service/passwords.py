"""Passwords of staff: argon2id with the figures of OWASP, four at a time, away from the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.core.problems import Problem
from server.core.words import Words
from server.modules.identity.rules.demo import PASSWORD
from server.modules.identity.rules.passwords import SHORTEST, is_weak

T = TypeVar("T")

_HASHER = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)

# Each hash takes 19 MiB: a storm of sign-ins waits in line instead of filling the memory.
_FOUR_AT_ONCE = ThreadPoolExecutor(4, thread_name_prefix="argon2")

# Of a password nobody has: an unknown login costs as much time as a known one.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$cQysIe5bsq9k5mqDmokkBg$Qz7ZmbtS/Yqx+450AMff6KDNiRaF5nQvbT7vr/iI3rE"


class PasswordTooWeak(Problem):
    status = 400
    title = Words(
        f"Mật khẩu cần ít nhất {SHORTEST} ký tự và không ghép từ những từ dễ đoán. Hãy thử bốn từ không liên quan",
        f"At least {SHORTEST} characters, and not made of words that are easily guessed. Try four unrelated words",
        f"ពាក្យសម្ងាត់ត្រូវមានយ៉ាងតិច {SHORTEST} តួ ហើយមិនផ្សំពីពាក្យងាយទាយ។ សូមសាកល្បងពាក្យបួនដែលមិនពាក់ព័ន្ធគ្នា",
    )


def refuse_weak(password: str, *about: str) -> None:
    """Raises PasswordTooWeak, also for what repeats something `about` its owner: a login, a name, a workplace.

    The password of a demonstration is known to everybody who has read the source.
    """
    if len(password) < SHORTEST or password == PASSWORD or is_weak(password, about):
        raise PasswordTooWeak


async def hash_of(password: str) -> str:
    return await _aside(_HASHER.hash, password)


async def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password; without one to compare with it takes as long."""
    right = await _aside(_verify, kept or NOBODYS, password)
    return right and kept is not None


def is_old(kept: str) -> bool:
    """Whether it was hashed with other figures than today's."""
    return _HASHER.check_needs_rehash(kept)


async def _aside(run: Callable[..., T], *values: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_FOUR_AT_ONCE, run, *values)


def _verify(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
