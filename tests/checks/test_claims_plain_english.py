"""Plain English about known facts is supported; the same words about other facts are not."""

from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from toolweave.checks.claims import claims
from toolweave.checks.evidence import Evidence
from toolweave.checks.readings import readings

NOW = datetime(2025, 9, 17, 9, 0, tzinfo=UTC)
STAY: dict[str, JsonValue] = {"check_in": "2025-09-19", "check_out": "2025-09-22"}
TRIP: dict[str, JsonValue] = {"start": "2025-05-03", "end": "2025-05-05"}
FLIGHTS: dict[str, JsonValue] = {"out": "2025-05-20", "back": "2025-05-27"}
START: dict[str, JsonValue] = {"starts_at": "2025-09-19T18:54:07"}
LUNCH: dict[str, JsonValue] = {"lunch": "12:00"}
REVIEW: dict[str, JsonValue] = {"review": "2025-09-17T15:00:00"}
PICKUP: dict[str, JsonValue] = {"pickup": "2025-09-24"}
OPTIONS: dict[str, JsonValue] = {
    "options": [
        {"name": "Alpha", "open": True, "floor": "low"},
        {"name": "Beta", "open": False, "floor": "low"},
        {"name": "Gamma", "open": True, "floor": "low"},
    ]
}
PEOPLE: dict[str, JsonValue] = {
    "guest": "Zo\u00eb Garc\u00eda M\u00e1rquez",
    "agent": "Maria Lopez",
    "author": "J. R. Stone",
    "firm": "Brightwell & Sons",
    "hotel": "H\u00f4tel Lumi\u00e8re",
}
PLAN: dict[str, JsonValue] = {"plan": "Talk & Surf M", "service": "express delivery"}
CARD: dict[str, JsonValue] = {"card": "4111111111114482", "phone": "+44 20 7946 0958"}
NOTE: dict[str, JsonValue] = {
    "note": "The router restarts every night and the lights blink red until morning."
}
PRICE: dict[str, JsonValue] = {"price": 1250.0, "fee": 49.9, "deposit": 120}
USE: dict[str, JsonValue] = {
    "data_gb": 20,
    "speed": 100,
    "used": 320.5,
    "weight": 1.5,
    "area": 1200,
}
SLOT: dict[str, JsonValue] = {"slot": {"value": 30, "unit": "minutes"}}
TRIAL: dict[str, JsonValue] = {"trial_days": 7}
REPLY: dict[str, JsonValue] = {"reply_hours": 48}
WARRANTY: dict[str, JsonValue] = {"warranty": 6}
TOUR: dict[str, JsonValue] = {"tour_days": 5, "stars": 4}
HOURS: dict[str, JsonValue] = {"from": "2025-09-19T09:00:00", "to": "2025-09-19T11:00:00"}
ACCOUNT: dict[str, JsonValue] = {"iban": "DE89370400440532013000", "street": "12 High St"}
RAIN: dict[str, JsonValue] = {"chance": 0.2}


def _unsupported(text: str, *known: JsonValue, said: str = "") -> list[str]:
    evidence = Evidence(known, [said] if said else [], NOW)
    return [claim.text for claim in claims(text, NOW) if not evidence.supports(claim)]


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (STAY, "You stay from 19 to 22 September."),
        (STAY, "You stay 19\u201322 September 2025."),
        (STAY, "You stay 19-22 Sept."),
        (STAY, "You stay 19th-22nd September."),
        (STAY, "You stay September 19 to 22, or September 19 through September 22."),
        (STAY, "From Friday, 19 September to Monday, 22 September 2025."),
        (STAY, "It runs from Friday to Monday."),
        (TRIP, "It was between 3 and 5 May."),
        (TRIP, "It was between May 3 and 5."),
        (TRIP, "It was between 3 May and 5 May, from the 3rd to the 5th of May."),
        (FLIGHTS, "Flights on May 27:\n- the late one"),
        (FLIGHTS, "Flights on May 20th:\n1. the early one"),
        (FLIGHTS, "On May 27: back home. May 27, 2025: still back home."),
        (START, "It begins at 18:54, at 6:54 pm, on Friday at 6:54 PM."),
        (START, "It begins at 6:54 P.M. Please be there on 19 September at 18:54."),
        (LUNCH, "Lunch is at noon, at 12:00 noon, at 12 pm."),
        (REVIEW, "The review is later today, this afternoon at 3 pm."),
        (PICKUP, "Pickup is on the 24th, Wednesday the 24th."),
        (PICKUP, "The 24th works. It's the 24th at the latest."),
        (OPTIONS, "All three are listed. There are three. Three come up. I found 3: see below."),
        (OPTIONS, "Both are fine; the other two options are not. Two of them are open."),
        (OPTIONS, "Here's Alpha and two more."),
        (OPTIONS, "The third one is Gamma, the 2nd option Beta, option 1 Alpha."),
        (OPTIONS, "1. Alpha\n2. Beta\n3. Gamma"),
        (OPTIONS, "4) **Alpha**: open\n  5) Beta\n- Gamma\n\n**6.** Alpha\n* **7.** Beta"),
        (OPTIONS, "# Your Options\n## Next Steps\n| Option | Open |\n|---|---|\n| Alpha | Yes |"),
        (PEOPLE, "Maria is in; Maria's mail and the Lopezes' parcel are here."),
        (PEOPLE, "M. Lopez, Mr. Lopez and Maria L. are one person."),
        (PEOPLE, "Zoe Garcia Marquez booked; Zo\u00eb called. Hotel Lumiere is full."),
        (PEOPLE, "J. R. Stone wrote it. Stone's book sells. Brightwell's offer stands."),
        (PEOPLE, "Garcia Marquez is the guest of Hotel Lumiere."),
        (PLAN, "You're on Talk & Surf M. Roaming is included."),
        (PLAN, "You're on Talk & Surf M. The rest is fine."),
        (PLAN, "Express Delivery it is, “Express delivery”."),
        (
            CARD,
            "The card ending in 4482, the card \u2022\u2022\u2022\u2022 4482, the one ending 4482.",
        ),
        (CARD, "The card ****4482, xxxx-4482, **** **** **** 4482 (\u20264482)."),
        (CARD, "Call +442079460958, +44 2079 460 958 or 020 7946 0958."),
        (NOTE, 'You wrote "The router restarts \u2026 until morning".'),
        (NOTE, 'You wrote "the lights blink red..." and "\u2026 blink red until morning,"'),
        (NOTE, 'You wrote "the router [...] blink red".'),
        (PRICE, "It is 1,250.00, $1,250, 1,250 dollars, USD 1,250, 1250 USD or \u20ac1,250."),
        (PRICE, "The fee is about $50, just under 50 dollars, exactly $49.90."),
        (PRICE, "The deposit is USD 120, 120 USD, US$120."),
        (PRICE, "- **Price:** $1,250.00\n- **Check-in**: free"),
        (USE, "You get 20 GB, 20GB, at 100 Mbps, and used 320.5 kWh."),
        (USE, "It weighs 1.5 KG on 1,200 m\u00b2. The limit is 100 KM/H, or 100 V. Drive safely."),
        (SLOT, "It takes half an hour, 30 minutes, a half-hour."),
        (TRIAL, "The trial lasts a week, one week, seven days; it's a 7-day trial."),
        (REPLY, "We answer in 48 hours, within 48 hours, in a 48-hour window, in two days."),
        (WARRANTY, "It's valid for six months, half a year."),
        (TOUR, "A four-star hotel, a 4-star hotel, and a five-day or 5-day tour."),
        (RAIN, "There's a 20% chance, a 20 percent chance."),
        (HOURS, "On Friday, 9\u201311 am, between 9 and 11 am, from 9am to 11, 9:00\u201311:00."),
        (STAY, "Fri, Sep 19; Friday 19th; the day after tomorrow; September 19 and 22."),
        (STAY, "September 19th and 22nd, 2025. It's in two days."),
        (ACCOUNT, "DE89 3704 0044 0532 0130 00, 12 High Street."),
        (None, "Two-factor (2FA), first-class, 3rd-party, USB-C, one-off, CHECK-IN."),
        (None, "Thanks a million! One more thing: have a great Friday!"),
        (
            {"pass": "Two Weeks Flat", "shop": "Garage Ten Brink"},
            "Two Weeks Flat, Garage Ten Brink",
        ),
        (None, "Splendid! Rebooting helps. Rebooted already? Hang on: Wi-Fi, SMS and QR code."),
        (None, "Today isn't bad. **Important:** One of them is in the shop. It's Wednesday."),
        (None, "Summary\n=======\n- Status: done\n- Next Steps: none"),
    ],
)
def test_known_facts_in_plain_english_are_supported(known: JsonValue, text: str) -> None:
    assert _unsupported(text, known) == []


@pytest.mark.parametrize(
    ("known", "text", "wrong"),
    [
        (STAY, "You stay from 18 to 22 September.", "18"),
        (STAY, "You stay from 19 to 23 September.", "23 September"),
        (STAY, "You stay 19-23 Sept.", "23 Sept"),
        (STAY, "You stay 19\u201322 October 2025.", "22 October 2025"),
        (STAY, "You stay 19\u201322 September 2026.", "22 September 2026"),
        (STAY, "From Thursday, 19 September 2025.", "Thursday, 19 September 2025"),
        (STAY, "From Tuesday, September 19.", "Tuesday, September 19"),
        (STAY, "It runs until Tuesday.", "Tuesday"),
        (TRIP, "It was between 3 and 6 May.", "6 May"),
        (TRIP, "It was between May 3 and 6.", "6"),
        (FLIGHTS, "Flights on May 28:\n- the late one", "May 28"),
        (FLIGHTS, "Flights on May 21st:\n1. the early one", "May 21st"),
        (FLIGHTS, "On June 27: back home.", "June 27"),
        (START, "It begins at 18:45.", "18:45"),
        (START, "It begins at 6:54 am.", "6:54 am"),
        (START, "It begins at 18:54 on Thursday.", "18:54 on Thursday"),
        (LUNCH, "Lunch is at midnight.", "midnight"),
        (REVIEW, "The review is this afternoon at 4 pm.", "this afternoon at 4 pm"),
        (PICKUP, "Pickup is on the 25th.", "the 25th"),
        (PICKUP, "Pickup is on Thursday the 25th.", "Thursday the 25th"),
        (OPTIONS, "All four are listed.", "four"),
        (OPTIONS, "I found 5: see below.", "5"),
        (OPTIONS, "The other four options are not.", "four"),
        (OPTIONS, "Five of them are open.", "Five of them"),
        (OPTIONS, "The 7th option is Beta.", "7th"),
        (OPTIONS, "Take option 8.", "8"),
        (OPTIONS, "1. Alpha\n2. Delta", "Delta"),
        (OPTIONS, "- **Omega**: open", "Omega"),
        (OPTIONS, "It costs\n12 dollars.", "12 dollars"),
        (PEOPLE, "Mario Lopez is in.", "Mario Lopez"),
        (PEOPLE, "Maria Lopes is in.", "Maria Lopes"),
        (PEOPLE, "Tom will call.", "Tom"),
        (PEOPLE, "Tom's mail is here.", "Tom"),
        (PEOPLE, "K. Lopez will call.", "K. Lopez"),
        (PEOPLE, "J. R. Storm wrote it.", "J. R. Storm"),
        (PEOPLE, "Brightman & Sons confirmed.", "Brightman & Sons"),
        (PEOPLE, "H\u00f4tel Lunaire is full.", "H\u00f4tel Lunaire"),
        (PLAN, "You're on Talk & Surf L. Roaming is included.", "Talk & Surf L"),
        (PLAN, "It goes by Fedex Delivery.", "Fedex Delivery"),
        (CARD, "The card ending in 4483.", "4483"),
        (CARD, "The card \u2022\u2022\u2022\u2022 4483.", "4483"),
        (CARD, "The card ****4483.", "4483"),
        (CARD, "The card xxxx-4483.", "4483"),
        (CARD, "The card (\u20264483).", "4483"),
        (CARD, "The Visa card ending 4483.", "4483"),
        (CARD, "Call +442079460959.", "+442079460959"),
        (CARD, "Call 020 7946 0959.", "020 7946 0959"),
        (NOTE, 'You wrote "The router restarts \u2026 until evening".', "until evening"),
        (NOTE, 'You wrote "until morning \u2026 the router restarts".', "until morning"),
        (PRICE, "It is $12,500.", "$12,500"),
        (PRICE, "It is 1,520.00.", "1,520.00"),
        (PRICE, "It is $125.", "$125"),
        (PRICE, "The fee is about $60.", "$60"),
        (PRICE, "The fee is $49.80.", "$49.80"),
        (PRICE, "The deposit is USD 1200.", "USD 1200"),
        (USE, "You get 200 GB.", "200"),
        (USE, "It weighs 15 kg.", "15"),
        (SLOT, "It takes three quarters of an hour.", "three quarters of an hour"),
        (SLOT, "It takes 30 hours.", "30 hours"),
        (TRIAL, "The trial lasts two weeks.", "two weeks"),
        (TRIAL, "The trial lasts 7 weeks.", "7 weeks"),
        (REPLY, "We answer in 72 hours.", "72 hours"),
        (WARRANTY, "It's valid for a year.", "a year"),
        (TOUR, "A five-star hotel in 4 rooms with 6 beds.", "6"),
        (TOUR, "It's a 6-day tour.", "6-day"),
        (HOURS, "On Friday, 8\u201311 am.", "8"),
        (HOURS, "On Friday, from 9am to 12.", "12"),
        (STAY, "September 19 and 23.", "23"),
        (STAY, "It starts on Friday 20th.", "20th"),
        (ACCOUNT, "DE89 3704 0044 0532 0131 00.", "DE89"),
        (ACCOUNT, "12 Hugh Street.", "Hugh Street"),
        (START, "It begins at 18:70.", "18:70"),
        (None, "You're on Two Weeko Flat.", "Weeko"),
        (None, "It went to Garago Ten Brink.", "Garago"),
        (RAIN, "There's a 30% chance.", "30%"),
    ],
)
def test_other_facts_in_plain_english_are_not_supported(
    known: JsonValue, text: str, wrong: str
) -> None:
    assert any(wrong in claim for claim in _unsupported(text, known))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("My mobile is 0151 2345 678.", "I'll text 0151 2345678, that is 01512345678."),
        ("Ann-Marie O'Neill lost it.", "Ann-Marie O'Neill's parcel; O'Neill is informed."),
        ("I can do two weeks from 48 to 50 euros.", "Two weeks, between \u20ac48 and \u20ac50."),
    ],
)
def test_what_the_user_said_may_be_said_otherwise(said: str, text: str) -> None:
    assert claims(text, NOW)
    assert _unsupported(text, said=said) == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("between 3 and 5 people", ["number", "number"]),
        ("between 3 and 5 May", ["date", "date"]),
        ("May 3 and 5 people", ["date", "number"]),
        ("May 27: fine", ["date"]),
        ("At May 3:30 it is", ["time"]),
        ("code 12-15 Sept", ["date", "date"]),
    ],
)
def test_days_and_numbers_are_told_apart(text: str, kinds: list[str]) -> None:
    found = [r.kind for r in readings(text, NOW) if r.kind in ("date", "number", "time")]
    assert found == kinds
