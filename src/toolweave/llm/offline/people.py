"""Who is speaking: a person, a session and a situation, drawn once per dialogue."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, TypeVar

from faker import Faker

from toolweave.core.lexicon import Lexicon, Situation
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
_AGES: Final = ("young", "middle", "older")


@lru_cache(maxsize=1)
def _faker() -> Faker:
    return Faker("en_US", use_weighting=False)


def faker(stream: random.Random) -> Faker:
    """The shared Faker, seeded from the stream: what it says next depends on nothing else."""
    shared = _faker()
    shared.seed_instance(stream.getrandbits(32))
    return shared


def cast(seed: int, persona: Persona, lexicon: Lexicon | None, start_tools: Iterable[str]) -> Cast:
    """What this seed decides for a whole dialogue: the clock, the person and their situation.

    Args:
        seed: the dialogue's seed.
        persona: what the plan fixes; the rest is drawn.
        lexicon: the domain's words, for its situations.
        start_tools: the tools of the first segment, in order.
    """
    return Cast(seed, clock(seed), _human(seed, persona), _situation(seed, lexicon, [*start_tools]))


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
    return Human(
        persona=drawn,
        first_name=first,
        last_name=last,
        email=f"{first}.{last}".lower().replace(" ", "") + f"@{fake.free_email_domain()}",
        phone=f"{stream.randint(201, 989)}-555-{stream.randint(100, 9999):04d}",
        street=fake.street_address().split(" Apt")[0].split(" Suite")[0].lstrip("0"),
        city=stream.choice(CITIES),
        postcode=fake.postcode(),
        region=fake.state(),
        country="United States",
        company=fake.company(),
    )


def _situation(seed: int, lexicon: Lexicon | None, tools: list[str]) -> Situation | None:
    if lexicon is None or not lexicon.situations:
        return None
    for tool in tools:
        fitting = [item for item in lexicon.situations if tool in item.tools]
        if fitting:
            return _dealt(fitting, seed)
    anywhere = [item for item in lexicon.situations if not item.tools]
    return _dealt(anywhere, seed) if anywhere else None


def _dealt(options: Sequence[T], seed: int) -> T:
    """One of the options, so that seeds in a row get different ones."""
    order = list(range(len(options)))
    random.Random(len(options)).shuffle(order)
    return options[order[seed % len(options)]]
