"""Attendance of the recent weeks: what the agency claims of each shift, and what the school answers."""

from collections.abc import Mapping
from datetime import date, timedelta

from exchange.demo.country import ROUND_THE_CLOCK, Country, Place, Stint
from exchange.demo.ledger import at_minute
from guards.models import Presence

# Of a thousand shifts so many are answered a day late, and never.
LATE, NEVER = 45, 25


def attendance(
    country: Country,
    post: Place,
    *,
    answers: bool = True,
    refusals: int = 0,
    exceptions: Mapping[date, str] | None = None,
) -> None:
    """The shifts of a post: those who hold it take turns, one a day, by day only where the school is open.

    A school may answer nothing, or say no to so many shifts of a thousand.
    `exceptions` says for some days what a story needs: an answer, “late” or “” for none. Today is not answered yet.
    """
    stints = sorted(country.stints.pop(post.key, ()), key=lambda stint: (stint.first, stint.guard))
    exceptions = exceptions or {}
    open_days = country.open_days[post.school.calendar]
    day = country.attendance_from
    while day <= country.today:
        on_duty = _on_duty(stints, day)
        if on_duty and (post.pattern == ROUND_THE_CLOCK or day in open_days):
            answer = exceptions.get(day)
            if answer is None:
                answer = _usual(country, refusals) if answers and on_duty.confirmed else ""
            _put_down(country, post, on_duty, day, "" if day == country.today and day not in exceptions else answer)
        day += timedelta(days=1)


def _on_duty(stints: list[Stint], day: date) -> Stint | None:
    holding = [stint for stint in stints if stint.first <= day and (stint.last is None or day <= stint.last)]
    return holding[day.toordinal() % len(holding)] if holding else None


def _usual(country: Country, refusals: int) -> str:
    lot = country.chance.randrange(1000)
    if lot < refusals:
        return country.chance.choice(("absent", "other_person"))
    if lot < refusals + NEVER:
        return ""
    return "late" if lot < refusals + NEVER + LATE else "present"


def _put_down(country: Country, post: Place, stint: Stint, day: date, answer: str) -> None:
    minute = 160 + (day.toordinal() * 7 + post.key) % 50
    answered = day + timedelta(days=1) if answer == "late" and day < country.today else day
    country.ledger.add(
        Presence,
        guard_id=stint.guard,
        post_id=post.key,
        on=day,
        agency_claim=True,
        school_confirmation="present" if answer == "late" else answer,
        # From 07:40 on by local time.
        answered_at=at_minute(answered, minute) if answer else None,
    )
