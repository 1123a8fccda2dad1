"""Schools and agencies without a story, by chance: most are calm, some are not, a few break a rule.

The shares below are invented. They are such that a country has a sprinkle of findings and not a flood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from exchange.demo import names
from exchange.demo.country import (
    EIGHT_HOURS,
    EVERY_DAY,
    FIVE_DAYS,
    ROUND_THE_CLOCK,
    SIX_DAYS,
    TWELVE_HOURS,
    Country,
    Firm,
    Person,
    Place,
    Site,
)
from exchange.demo.door import attendance
from exchange.demo.scales import PLACES, Scale, shares

T = TypeVar("T")

# The stories have the lower numbers.
FIRST_SCHOOL_NUMBER = 130
KINDS = (
    (("Школа", "мектеп"), 70),
    (("Школа-гимназия", "мектеп-гимназия"), 18),
    (("Школа-лицей", "мектеп-лицей"), 12),
)
WEEKS = ((FIVE_DAYS, 60), (SIX_DAYS, 35), (EVERY_DAY, 5))
# Of agencies: how often a guard leaves, in a year.
TEMPERS = ((0.13, 76), (0.34, 18), (0.95, 6))
# End reasons of leaves with whether their cause was accepted, and how many of a hundred.
REASONS = (
    (("resigned", False), 55),
    (("dismissed", False), 21),
    (("illness", True), 8),
    (("retired", True), 7),
    (("parental_leave", True), 4),
    (("illness", False), 3),
    (("dismissed_negative", False), 2),
)
# Days on which the orders that put guards on posts are renewed: a row ends, the next one begins, the service goes on.
RENEWED_ON = ((1, 1), (5, 26), (9, 1))
CONTRACT_YEARS = (3, 6)
KEPT_AT_HANDOVER = 0.93
SHARE_VULNERABLE, SHARE_SILENT = 0.3, 0.006
# Of a thousand shifts.
REFUSALS = 4
# Of those who came lately, how many the school has not answered.
NEW_DAYS, SHARE_UNANSWERED = 12, 0.4
SHARE_SUSPENDED, SHARE_NARROW_LICENCE, SHARE_UNSENT, SHARE_LATE_RENEWAL = 0.008, 0.06, 0.02, 0.01
# A year's papers of most are renewed in time, of a few a week late.
IN_TIME, TOO_LATE = 330, 372
GUARDED_BY_ONE_RELIEF = 16
RELIEF_DAYS = 21


@dataclass
class House:
    """An agency, how often guards leave it, and the positions that its relief guards stand in for."""

    firm: Firm
    yearly_leaves: float
    narrow: bool
    # Post, and from which day on the agency has its contract.
    positions: list[tuple[Place, date]] = field(default_factory=list)


def make(country: Country, scale: Scale) -> None:
    """All ordinary agencies and schools of a scale, region by region, so that memory stays small."""
    agencies = shares(scale.agencies, scale.regions)
    schools = shares(scale.schools, scale.regions)
    titles = names.agencies()
    for region in scale.regions:
        houses = [_house(country, region, title) for title in islice(titles, agencies[region])]
        weights = [1 / (place + 4) ** 0.8 for place in range(len(houses))]
        for place in range(schools[region]):
            # Each agency has one school at least; the first ones have many.
            house = houses[place] if place < len(houses) else country.chance.choices(houses, weights)[0]
            _school(country, region, FIRST_SCHOOL_NUMBER + place, house, houses)
        for house in houses:
            _relief(country, house)


def _drawn(chance: Random, table: Sequence[tuple[T, int]]) -> T:
    """One of the first members, each as often as the second says."""
    return chance.choices([one for one, _weight in table], [weight for _one, weight in table])[0]


def _house(country: Country, region: str, title: str) -> House:
    chance = country.chance
    narrow = chance.random() < SHARE_NARROW_LICENCE
    firm = country.agency(
        title,
        region=region,
        head=" ".join(part for part in names.anybody(chance)[:3] if part),
        subtype="except_vulnerable" if narrow else "all",
        unsent=int(chance.random() < SHARE_UNSENT),
    )
    if chance.random() < SHARE_SUSPENDED:
        country.licence_event(firm, country.ago(chance.randint(2, 25)), "suspended", "Ұйғарым мерзімінде орындалмады")
    return House(firm, _drawn(chance, TEMPERS), narrow)


def _school(country: Country, region: str, number: int, house: House, houses: list[House]) -> None:
    chance = country.chance
    pupils = min(3_000, int(chance.lognormvariate(5.9, 0.8)) + 20)
    # A narrow licence seldom guards a vulnerable school.
    vulnerable = pupils >= 100 and chance.random() < SHARE_VULNERABLE * (0.05 if house.narrow else 1)
    site = country.school(
        number,
        region=region,
        locality=chance.choice(PLACES[region]["towns"]),
        title=_drawn(chance, KINDS),
        calendar=_drawn(chance, WEEKS),
        pupils=pupils,
        vulnerable_since=country.ago(chance.randint(400, 1500)) if vulnerable else None,
    )
    posts = _posts(country, site, pupils)
    eras = list(_eras(country, house, houses, vulnerable))
    for era_house, first, last in eras:
        country.contract(era_house.firm, site, first, last)
    silent = chance.random() < SHARE_SILENT
    for post in posts:
        for _position_number in range(post.positions):
            house.positions.append((post, eras[-1][1]))
            if silent:
                _silent(country, post, house)
            else:
                _position(country, post, eras)
        attendance(country, post, refusals=REFUSALS)


def _posts(country: Country, site: Site, pupils: int) -> list[Place]:
    posts = [country.post(site, "Главный вход", country.chance.choice((3, 3, 4, 4, 4)), ROUND_THE_CLOCK)]
    if pupils > 300:
        pattern, positions = country.chance.choice(((TWELVE_HOURS, 2), (TWELVE_HOURS, 1), (EIGHT_HOURS, 1)))
        posts.append(country.post(site, "Двор", positions, pattern))
    return posts


Era = tuple[House, date, date]


def _eras(country: Country, house: House, houses: list[House], vulnerable: bool) -> Iterator[Era]:
    """Who had the contract from when to when; the last one is the house that has it today."""
    fit = [one for one in houses if not (vulnerable and one.narrow)]
    first, end = country.begin, date(country.today.year, 12, 31)
    starts = [first.year]
    while (following := starts[-1] + country.chance.randint(*CONTRACT_YEARS)) <= end.year:
        starts.append(following)
    for place, year in enumerate(starts):
        last_one = place == len(starts) - 1
        last = end if last_one else date(starts[place + 1] - 1, 12, 31)
        yield (house if last_one or not fit else country.chance.choice(fit)), date(year, 1, 1), last


@dataclass(frozen=True)
class Service:
    """A guard at a position: for whom, from when to when (empty: still), and why it ended."""

    parts: list[tuple[House, date, date | None]]
    reason: str
    accepted: bool

    @property
    def last(self) -> date | None:
        return self.parts[-1][2]


HANDED_OVER = Service([], "contract_ended", True)


def _position(country: Country, post: Place, eras: list[Era]) -> None:
    """One position of a post from the beginning to today: guards come, stay, are taken over, leave."""
    day: date | None = country.begin + timedelta(days=country.chance.randint(0, 25))
    while day and day <= country.today:
        service = _service(country, eras, day)
        _write(country, post, service)
        day = service.last and service.last + timedelta(days=country.chance.randint(1, 5))


def _service(country: Country, eras: list[Era], day: date) -> Service:
    """The service of whoever comes on a day."""
    chance = country.chance
    parts: list[tuple[House, date, date | None]] = []
    for house, first, last in eras:
        if last < day:
            continue
        begin = max(first, day)
        leaves = begin + timedelta(days=6 + int(chance.expovariate(house.yearly_leaves / 365)))
        if leaves <= min(last, country.today):
            parts.append((house, begin, leaves))
            return Service(parts, *_drawn(chance, REASONS))
        if last >= country.today:
            return Service([*parts, (house, begin, None)], "", False)
        parts.append((house, begin, last))
        if chance.random() > KEPT_AT_HANDOVER:
            break
    return Service(parts, "contract_ended", True)


def _write(country: Country, post: Place, service: Service) -> None:
    """The guard, whom he worked for, and his rows at the post."""
    chance, last = country.chance, service.last
    (house, first, until), *others = service.parts
    person = country.hire(
        house.firm,
        first - timedelta(days=10),
        until,
        reason="contract_ended" if others else service.reason,
        renewed_after=TOO_LATE if chance.random() < SHARE_LATE_RENEWAL else IN_TIME,
        served_until=last or country.today,
    )
    if not others and until is None and (country.today - first).days < NEW_DAYS and chance.random() < SHARE_UNANSWERED:
        country.propose(person, post, house.firm, first, proposed=(country.today - first).days + 3)
        return
    country.training.at_school(person.key, post.school.key, first, last or country.today)
    for place, (house, first, until) in enumerate(service.parts):
        final = place == len(service.parts) - 1
        if place:
            country.employ(
                person,
                house.firm,
                first,
                until,
                reason=("" if until is None else service.reason if final else "contract_ended"),
            )
        _rows(country, person, post, house.firm, first, until, service if final else HANDED_OVER)


def _rows(
    country: Country, person: Person, post: Place, firm: Firm, first: date, last: date | None, end: Service
) -> None:
    """The rows of a service for one agency: one for each order, the last one with the reason for leaving."""
    for year in range(first.year, country.today.year + 1):
        for month, day in RENEWED_ON:
            renewed = date(year, month, day)
            if first < renewed <= (last or country.today):
                country.assign(person, post, firm, first, renewed - timedelta(days=1), "other")
                first = renewed
    country.assign(person, post, firm, first, last, end.reason if last else "", accepted=bool(last) and end.accepted)


def _silent(country: Country, post: Place, house: House) -> None:
    """A guard whom the school never confirmed."""
    since = country.chance.randint(400, 700)
    person = country.hire(house.firm, country.ago(since + 10))
    country.propose(person, post, house.firm, country.ago(since), proposed=since + 4)


def _relief(country: Country, house: House) -> None:
    """Relief guards of an agency: each stands in for up to sixteen others, three weeks a year for each."""
    for start in range(0, len(house.positions), GUARDED_BY_ONE_RELIEF):
        group = house.positions[start : start + GUARDED_BY_ONE_RELIEF]
        hired = min(since for _post, since in group)
        person = country.hire(house.firm, hired - timedelta(days=10), renewed_after=IN_TIME)
        for year in range(hired.year, country.today.year + 1):
            for place, (post, since) in enumerate(group):
                first = date(year, 1, 2) + timedelta(days=place * (RELIEF_DAYS + 1))
                last = first + timedelta(days=RELIEF_DAYS - 1)
                if since <= first and last < country.today:
                    country.stand(person, post, house.firm, first, last, relief=True)
