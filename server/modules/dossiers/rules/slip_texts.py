"""The text that goes to a phone instead of a slip on paper: nobody's name, nothing of what the dossier is about."""

import unicodedata
from datetime import datetime, timedelta

from server.core.words import Language, Words
from server.modules.dossiers.rules.silence import moment

AGAIN_AFTER = timedelta(days=1)
"""The same slip goes to the same phone again only then."""

_RECEIVED = Words(
    "Da nhan ho so {code} tai {office}. Hen tra ket qua: {day}. Tra cuu: {link}",
    "Dossier {code} was received by {office}. Its result is due: {day}. Look it up: {link}",
    "បានទទួលសំណុំឯកសារ {code} នៅ {office}។ ថ្ងៃណាត់ប្រគល់លទ្ធផល៖ {day}។ តាមដាន៖ {link}",
)
_NEW_DATE = Words(
    "Ho so {code} tai {office} duoc hen lai, tra ket qua: {day}. Tra cuu: {link}",
    "Dossier {code} at {office} has a new date for its result: {day}. Look it up: {link}",
    "សំណុំឯកសារ {code} នៅ {office} មានថ្ងៃណាត់ប្រគល់លទ្ធផលថ្មី៖ {day}។ តាមដាន៖ {link}",
)
_NEWS = Words(
    "Ho so {code} tai {office} co phieu moi. Tra cuu: {link}",
    "There is a new slip for dossier {code} at {office}. Look it up: {link}",
    "មានប័ណ្ណថ្មីសម្រាប់សំណុំឯកសារ {code} នៅ {office}។ តាមដាន៖ {link}",
)
"""Vietnamese without accents, as identity sends its codes: with them a message costs twice as much."""

_DATED = {1: _RECEIVED, 4: _NEW_DATE}


def slip_text(form: int, language: Language, *, code: str, office: str, due_at: datetime | None, link: str) -> str:
    """What is sent for a form. `due_at`: None when no day can be promised now."""
    words = _DATED.get(form, _NEWS) if due_at else _NEWS
    day = moment(due_at) if due_at else ""
    # Khmer needs the wide alphabet anyway, in which accents cost nothing.
    shown = office if language == "km" else without_accents(office)
    return words.for_(language).format(code=code, office=shown, day=day, link=link)


def without_accents(text: str) -> str:
    """In the letters of a plain text message."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return bare.replace("đ", "d").replace("Đ", "D")
