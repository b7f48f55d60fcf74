"""What may lie nowhere in clear: the phones, personal numbers, codes and tokens of a whole test run.

Whoever hands one out puts it on (`wear`); every log of our processes and every database of the run is searched for
all of them (`conftest.py`; security.md, C-24, C-28). A code of six digits counts where it stands alone.
"""

import re
from collections.abc import Iterator

import psycopg

_ALONE, _END = r"(?<![\w.:+\-])", r"(?![\w.:\-])"
_SHAPES = {
    "phone": re.compile(rf"{_ALONE}(?:\+?84|0)(9\d{{8}})(?!\w)"),
    "number": re.compile(rf"{_ALONE}(\d{{12}}){_END}"),
    "code": re.compile(rf"{_ALONE}(\d{{6}}){_END}"),
    "token": re.compile(r"([\w-]{22,})"),
}
_worn: dict[str, set[str]] = {kind: set() for kind in _SHAPES}
# A demonstration writes what it would have sent where a developer reads it.
_SENT = re.compile(r"^ .*(?:SMS: |Mã xác nhận: ).*$|^@.* #\d{6}$", re.MULTILINE)
_PUBLISHED = ("catalogue_", "places_")
# Elsewhere a number of six digits is a sum of money or the size of a file, and one of thousands of codes by chance.
_WITH_CODES = ("core_", "identity_", "notifications_", "privacy_", "procrastinate_")


def wear(kind: str, value: str) -> str:
    """From now on this is looked for; `phone` as people write it."""
    _worn[kind].add(_bare(kind, value))
    return value


def forget(kind: str, value: str) -> None:
    _worn[kind].discard(_bare(kind, value))


def _bare(kind: str, value: str) -> str:
    return re.sub(r"\D", "", value)[-9:] if kind == "phone" else value


def in_text(text: str, kinds: tuple[str, ...] = tuple(_SHAPES)) -> set[str]:
    """Those that stand in it, with their kind."""
    return {f"{kind} {it}" for kind in kinds for it in _SHAPES[kind].findall(text) if it in _worn[kind]}


def in_log(text: str) -> set[str]:
    return in_text(_SENT.sub("", text))


def in_database(url: str) -> Iterator[str]:
    """Where one lies in clear: of a dump of every table but what is published anyway."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (name,) in names:
            if name.startswith(_PUBLISHED):
                continue
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as rows:
                dump = b"".join(bytes(row) for row in rows).decode()
            kinds = tuple(kind for kind in _SHAPES if kind != "code" or name.startswith(_WITH_CODES))
            yield from (f"{name}: {it}" for it in in_text(dump, kinds))
