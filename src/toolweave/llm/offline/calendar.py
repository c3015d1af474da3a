"""How one person writes days and times of day: in one way throughout a dialogue."""

import random
from datetime import date, datetime, time
from typing import NamedTuple

from toolweave.checks.dates_en import MONTHS
from toolweave.checks.forms_iso import parse_moment


class Hand(NamedTuple):
    """A writer's habits: day or month first, a clock of twelve hours or of twenty-four."""

    day_first: bool
    twelve: bool

    def moment(self, value: str, now: datetime) -> str:
        """The ISO date, time or date-time in words; '' where it is none of these."""
        found = parse_moment(value, now)
        meant = found.value if found is not None else None
        if isinstance(meant, datetime):
            return f"{self.day(meant.date(), now)} at {self.clock(meant.time())}"
        if isinstance(meant, date):
            return self.day(meant, now)
        return self.clock(meant) if isinstance(meant, time) else ""

    def day(self, day: date, now: datetime) -> str:
        """ "Today", "5 March", or with the year where it is not plain."""
        away = (day - now.date()).days
        if -1 <= away <= 1:
            return ("yesterday", "today", "tomorrow")[away + 1]
        month = MONTHS[day.month - 1].title()
        plain = f"{day.day} {month}" if self.day_first else f"{month} {day.day}"
        if -45 <= away <= (300 if day.year == now.year else 120):
            return plain
        return f"{plain} {day.year}" if self.day_first else f"{plain}, {day.year}"

    def clock(self, moment: time) -> str:
        """ "2:30 pm" or "14:30"."""
        if not self.twelve:
            return f"{moment.hour:02d}:{moment.minute:02d}"
        minutes = f":{moment.minute:02d}" if moment.minute else ""
        return f"{moment.hour % 12 or 12}{minutes} {'am' if moment.hour < 12 else 'pm'}"


def hand_of(seed: int, role: str) -> Hand:
    """The habits of one side in the dialogue of this seed."""
    stream = random.Random(f"{seed}/{role}/hand")
    return Hand(day_first=stream.random() < 0.5, twelve=stream.random() < 0.6)
