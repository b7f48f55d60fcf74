"""Sentences for people, in the three languages of the province."""

from functools import lru_cache
from typing import Annotated, Any, Literal, NamedTuple

from litestar.connection import ASGIConnection
from litestar.params import QueryParameter

Language = Literal["vi", "en", "km"]
LANGUAGES: tuple[Language, ...] = ("vi", "en", "km")
Lang = Annotated[Language | None, QueryParameter()]
"""`?lang=`, where a reader cannot say by a header which one it wants."""


class Words(NamedTuple):
    """One sentence in Vietnamese, English and Khmer."""

    vi: str
    en: str
    km: str

    def for_(self, language: Language) -> str:
        return self[LANGUAGES.index(language)]

    def fill(self, **values: object) -> "Words":
        """Put values into the `{placeholders}`, in all three languages."""
        return Words(*(sentence.format(**values) for sentence in self))


@lru_cache(256)
def choose_language(accept_language: str) -> Language:
    """The best of our languages for an `Accept-Language` header (RFC 9110, 12.5.4); Vietnamese when none fits."""
    best, weight = LANGUAGES[0], 0.0
    for wish in accept_language[:200].split(","):
        tag, _, parameter = wish.strip().partition(";")
        try:
            q = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        for language in LANGUAGES:
            if tag[:2].lower() == language and q > weight:
                best, weight = language, q
    return best


def language_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Language:
    """The language a caller reads."""
    return choose_language(connection.headers.get("accept-language", ""))
