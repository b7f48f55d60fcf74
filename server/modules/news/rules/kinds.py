"""What there may be a warning of, and how grave: the one list. It gives the words on the screen, in CAP and aloud.

Grades of natural hazards, with their colours, are those of Decision 18/2021/QĐ-TTg (22/4/2021), article 4: 1 low, light
blue; 2 medium, light yellow; 3 great, orange; 4 very great, red; 5 disaster, violet. It gives none to disease or to
fraud: theirs are our own three words.
"""

from enum import StrEnum
from typing import NamedTuple

from server.core.words import Words


class Kind(StrEnum):
    STORM = "storm"
    RAIN = "rain"
    TIDE = "tide"
    SALINITY = "salinity"
    THUNDERSTORM = "thunderstorm"
    SEA = "sea"
    LANDSLIDE = "landslide"
    HEAT = "heat"
    FOREST_FIRE = "forest-fire"
    DISEASE = "disease"
    ANIMAL_DISEASE = "animal-disease"
    SCAM = "scam"
    OTHER = "other"


class Scale(StrEnum):
    """Whose grades: those of natural hazards, 1 to 5, or our own, 1 to 3."""

    HAZARD = "hazard"
    OWN = "own"

    @property
    def highest(self) -> int:
        return 5 if self is Scale.HAZARD else 3


class About(NamedTuple):
    """`category`, `response`: of CAP 1.2. `topic`: of those residents choose from (data/topics.json)."""

    name: Words
    scale: Scale
    category: str
    response: str
    topic: str


KINDS: dict[Kind, About] = {
    Kind.STORM: About(Words("bão, áp thấp nhiệt đới", "storm", "ព្យុះ"), Scale.HAZARD, "Met", "Prepare", "weather"),
    Kind.RAIN: About(
        Words("mưa lớn, ngập lụt", "heavy rain and flooding", "ភ្លៀងធំ ទឹកជំនន់"), Scale.HAZARD, "Met", "Prepare", "weather"
    ),
    Kind.TIDE: About(
        Words("triều cường, nước dâng", "high tide", "ទឹកជោរខ្លាំង"), Scale.HAZARD, "Met", "Prepare", "weather"
    ),
    Kind.SALINITY: About(
        Words("xâm nhập mặn", "salt intrusion", "ទឹកប្រៃចូល"), Scale.HAZARD, "Env", "Prepare", "salinity"
    ),
    Kind.THUNDERSTORM: About(
        Words("lốc, sét, mưa đá", "thunderstorm, whirlwind, hail", "ខ្យល់កួច រន្ទះ ព្រិល"),
        Scale.HAZARD,
        "Met",
        "Shelter",
        "weather",
    ),
    Kind.SEA: About(
        Words("gió mạnh, sóng lớn trên biển", "strong wind and high waves at sea", "ខ្យល់ខ្លាំង រលកធំនៅសមុទ្រ"),
        Scale.HAZARD,
        "Met",
        "Avoid",
        "weather",
    ),
    Kind.LANDSLIDE: About(
        Words("sạt lở, sụt lún đất", "landslide and subsidence", "បាក់ដី ស្រុតដី"), Scale.HAZARD, "Geo", "Avoid", "weather"
    ),
    Kind.HEAT: About(
        Words("nắng nóng, hạn hán", "heat and drought", "កម្ដៅខ្លាំង រាំងស្ងួត"), Scale.HAZARD, "Met", "Prepare", "weather"
    ),
    Kind.FOREST_FIRE: About(Words("cháy rừng", "forest fire", "ភ្លើងឆេះព្រៃ"), Scale.HAZARD, "Fire", "Avoid", "safety"),
    Kind.DISEASE: About(Words("dịch bệnh", "disease", "ជំងឺរាតត្បាត"), Scale.OWN, "Health", "Prepare", "health"),
    Kind.ANIMAL_DISEASE: About(
        Words("dịch bệnh vật nuôi, thủy sản", "disease of livestock or shrimp", "ជំងឺសត្វចិញ្ចឹម និងវារីសត្វ"),
        Scale.OWN,
        "Health",
        "Prepare",
        "farming",
    ),
    Kind.SCAM: About(Words("lừa đảo", "scam", "ការបោកប្រាស់"), Scale.OWN, "Security", "Avoid", "safety"),
    Kind.OTHER: About(
        Words("nguy hiểm khác", "another danger", "គ្រោះថ្នាក់ផ្សេង"), Scale.OWN, "Safety", "Monitor", "safety"
    ),
}

_GRADES: dict[Scale, tuple[Words, ...]] = {
    Scale.HAZARD: tuple(
        Words(f"rủi ro thiên tai cấp {n}", f"disaster risk level {n} of 5", f"ហានិភ័យគ្រោះធម្មជាតិកម្រិត {n}")
        for n in range(1, 6)
    ),
    Scale.OWN: (
        Words("cần biết", "for your information", "គួរដឹង"),
        Words("cần cảnh giác", "be careful", "ត្រូវប្រយ័ត្ន"),
        Words("nghiêm trọng", "serious", "ធ្ងន់ធ្ងរ"),
    ),
}


def grade(kind: Kind, level: int) -> Words:
    """What a level is called."""
    return _GRADES[KINDS[kind].scale][level - 1]


SEVERITY = ("Minor", "Moderate", "Severe", "Extreme", "Extreme")
"""Of CAP 1.2, by level."""
