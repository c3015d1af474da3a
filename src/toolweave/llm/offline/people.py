"""Who is speaking: a person, a session and a situation, drawn once per dialogue."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeVar

from faker import Faker

from toolweave.core.lexicon import Situation
from toolweave.core.plan import Persona
from toolweave.core.seeding import rng
from toolweave.llm.contexts import Cast, Human

# Dialogues have no time zone: their clock is that of the place they happen in.
_EPOCH: Final = datetime(2025, 1, 6)  # noqa: DTZ001
_SPAN_DAYS: Final = 720
T = TypeVar("T")
_TONES: Final = (
    "neutral",
    "neutral",
    "casual",
    "casual",
    "formal",
    "worried",
    "annoyed",
    "cheerful",
)
_LENGTHS: Final = ("terse", "normal", "normal", "normal", "chatty")
CITIES: Final = (
    "Austin", "Boston", "Chicago", "Denver", "Portland", "Seattle", "Atlanta", "Nashville",
    "Philadelphia", "San Diego", "Minneapolis", "Baltimore", "Tampa", "Phoenix", "Sacramento",
    "Toronto", "Montreal", "Vancouver", "London", "Manchester", "Dublin", "Edinburgh", "Berlin",
    "Munich", "Hamburg", "Vienna", "Zurich", "Amsterdam", "Brussels", "Paris", "Lyon", "Madrid",
    "Valencia", "Lisbon", "Porto", "Rome", "Milan", "Prague", "Warsaw", "Copenhagen", "Stockholm",
    "Oslo", "Helsinki", "Athens", "Istanbul", "Sydney", "Melbourne", "Auckland", "Tokyo", "Seoul",
)  # fmt: skip
# Where speakers live: city, state, and how its postcodes begin.
HOMES: Final = (
    ("Austin", "Texas", "787"), ("Boston", "Massachusetts", "021"), ("Chicago", "Illinois", "606"),
    ("Denver", "Colorado", "802"), ("Portland", "Oregon", "972"), ("Seattle", "Washington", "981"),
    ("Atlanta", "Georgia", "303"), ("Nashville", "Tennessee", "372"), ("Tampa", "Florida", "336"),
    ("Philadelphia", "Pennsylvania", "191"), ("San Diego", "California", "921"),
    ("Minneapolis", "Minnesota", "554"), ("Baltimore", "Maryland", "212"),
    ("Phoenix", "Arizona", "850"), ("Sacramento", "California", "958"), ("Boise", "Idaho", "837"),
    ("Madison", "Wisconsin", "537"), ("Richmond", "Virginia", "232"), ("Omaha", "Nebraska", "681"),
    ("Cleveland", "Ohio", "441"), ("Raleigh", "North Carolina", "276"),
    ("Albany", "New York", "122"),
)  # fmt: skip
STREETS: Final = (
    "Maple Street", "Mill Lane", "Oak Avenue", "Church Street", "Park Road", "River Street",
    "Elm Street", "Station Road", "Cedar Avenue", "Hill Street", "Lake Drive", "Walnut Street",
    "Chestnut Avenue", "Orchard Lane", "Franklin Street", "Madison Avenue", "Prospect Street",
    "Willow Lane", "Second Street", "Highland Avenue", "Spruce Street", "Union Street",
    "Grove Street", "Meadow Lane", "Birch Road", "Harbor Street", "Garden Street", "Canal Street",
    "Linden Avenue", "Dover Street", "Quarry Road", "Bridge Street", "Pearl Street", "Pine Street",
)  # fmt: skip
COUNTRY_OF: Final = {
    **dict.fromkeys(("Toronto", "Montreal", "Vancouver"), "Canada"),
    **dict.fromkeys(("London", "Manchester", "Edinburgh"), "United Kingdom"),
    **dict.fromkeys(("Berlin", "Munich", "Hamburg"), "Germany"),
    **dict.fromkeys(("Paris", "Lyon"), "France"), **dict.fromkeys(("Madrid", "Valencia"), "Spain"),
    **dict.fromkeys(("Lisbon", "Porto"), "Portugal"), **dict.fromkeys(("Rome", "Milan"), "Italy"),
    **dict.fromkeys(("Sydney", "Melbourne"), "Australia"), "Dublin": "Ireland",
    "Vienna": "Austria", "Zurich": "Switzerland", "Amsterdam": "Netherlands",
    "Brussels": "Belgium", "Prague": "Czech Republic", "Warsaw": "Poland",
    "Copenhagen": "Denmark", "Stockholm": "Sweden", "Oslo": "Norway", "Helsinki": "Finland",
    "Athens": "Greece", "Istanbul": "Turkey", "Auckland": "New Zealand", "Tokyo": "Japan",
    "Seoul": "South Korea",
}  # fmt: skip
"""The countries of cities outside the United States."""
COUNTRY_CODES: Final = {
    "United States": "US", "Canada": "CA", "United Kingdom": "GB", "Germany": "DE", "France": "FR",
    "Spain": "ES", "Portugal": "PT", "Italy": "IT", "Australia": "AU", "Ireland": "IE",
    "Austria": "AT", "Switzerland": "CH", "Netherlands": "NL", "Belgium": "BE",
    "Czech Republic": "CZ", "Poland": "PL", "Denmark": "DK", "Sweden": "SE", "Norway": "NO",
    "Finland": "FI", "Greece": "GR", "Turkey": "TR", "New Zealand": "NZ", "Japan": "JP",
    "South Korea": "KR",
}  # fmt: skip
STATE_CODES: Final = {
    "Texas": "TX", "Massachusetts": "MA", "Illinois": "IL", "Colorado": "CO", "Oregon": "OR",
    "Washington": "WA", "Georgia": "GA", "Tennessee": "TN", "Florida": "FL", "Pennsylvania": "PA",
    "California": "CA", "Minnesota": "MN", "Maryland": "MD", "Arizona": "AZ", "Idaho": "ID",
    "Wisconsin": "WI", "Virginia": "VA", "Nebraska": "NE", "Ohio": "OH", "North Carolina": "NC",
    "New York": "NY",
}  # fmt: skip
_AGES: Final = ("young", "middle", "older")


@lru_cache(maxsize=1)
def _faker() -> Faker:
    return Faker("en_US", use_weighting=False)


def faker(stream: random.Random) -> Faker:
    """The shared Faker, seeded from the stream: what it says next depends on nothing else."""
    shared = _faker()
    shared.seed_instance(stream.getrandbits(32))
    return shared


def cast(
    seed: int, persona: Persona, situations: Sequence[Situation], start_tools: Iterable[str]
) -> Cast:
    """What this seed decides for a whole dialogue: the clock, the person and their situation.

    Args:
        seed: the dialogue's seed.
        persona: what the plan fixes; the rest is drawn.
        situations: why people of this domain turn up.
        start_tools: the tools of the first segment, in order.
    """
    return Cast(
        seed, clock(seed), _human(seed, persona), _situation(seed, situations, [*start_tools])
    )


def clock(seed: int) -> datetime:
    """The moment a dialogue starts: some weekday, some time of the day, whole seconds."""
    stream = rng(seed, "clock")
    day = _EPOCH + timedelta(days=stream.randrange(_SPAN_DAYS))
    if day.weekday() > 4 and stream.random() < 0.7:
        day += timedelta(days=7 - day.weekday())
    return day.replace(
        hour=stream.randint(8, 20), minute=stream.randint(0, 59), second=stream.randint(0, 59)
    )


def _human(seed: int, persona: Persona) -> Human:
    stream = rng(seed, "human")
    drawn = Persona.model_validate(
        {
            "age": persona.age or stream.choice(_AGES),
            "tone": persona.tone or _dealt(_TONES, seed),
            "length": persona.length or stream.choice(_LENGTHS),
        }
    )
    fake = faker(stream)
    first, last = fake.first_name(), fake.last_name()
    city, region, zone = stream.choice(HOMES)
    return Human(
        persona=drawn,
        first_name=first,
        last_name=last,
        email=f"{first}.{last}".lower().replace(" ", "") + f"@{fake.free_email_domain()}",
        phone=f"{stream.randint(201, 989)}-555-{stream.randint(100, 9999):04d}",
        street=street(stream),
        city=city,
        postcode=f"{zone}{stream.randint(1, 99):02d}",
        region=region,
        country="United States",
        company=fake.company(),
    )


def street(stream: random.Random) -> str:
    """A house number and a street: "48 Mill Lane"."""
    return f"{stream.randint(2, 289)} {stream.choice(STREETS)}"


def _situation(seed: int, situations: Sequence[Situation], tools: list[str]) -> Situation | None:
    for tool in tools:
        fitting = [item for item in situations if tool in item.tools]
        if fitting:
            return _dealt(fitting, seed)
    anywhere = [item for item in situations if not item.tools]
    return _dealt(anywhere, seed) if anywhere else None


def _dealt(options: Sequence[T], seed: int) -> T:
    """One of the options, so that seeds in a row get different ones."""
    order = list(range(len(options)))
    random.Random(len(options)).shuffle(order)
    return options[order[seed % len(options)]]
