"""What a demonstration country is made of, and how each piece becomes rows.

Everything is said in days before or after the day on which the country is made, so that it is alive on that day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random

from agencies.models import Agency, Contract, Licence, LicenceEvent, MobileGroup, QuarterlyReport
from exchange.demo import names, numbers, years
from exchange.demo.ledger import Ledger, at_minute
from exchange.demo.papers import AS_USUAL, ISSUERS, RENEWED_AFTER, Ends, papers
from exchange.demo.training import AT_EVERY_SCHOOL, Training
from guards.models import Assignment, Briefing, Credential, Employment, Guard
from schools.models import Calendar, Closure, Post, School

FIVE_DAYS, SIX_DAYS, EVERY_DAY = "five-days", "six-days", "every-day"
CALENDARS = {
    FIVE_DAYS: ("Пятидневка", "12345"),
    SIX_DAYS: ("Шестидневка", "123456"),
    EVERY_DAY: ("Круглый год, без выходных", "1234567"),
}
# How far back the logs of briefings reach.
LOG_DAYS = 800
ROUND_THE_CLOCK, TWELVE_HOURS, EIGHT_HOURS = "24h", "12h", "8h"


@dataclass(frozen=True)
class Firm:
    """An agency with its licence."""

    key: int
    bin: str
    name: str
    licence: int


@dataclass(frozen=True)
class Place:
    """A post of a school."""

    key: int
    school: "Site"
    pattern: str
    positions: int


@dataclass(frozen=True)
class Site:
    """A school."""

    key: int
    code: str
    calendar: str
    opened: date
    posts: list[Place] = field(default_factory=list, compare=False)


@dataclass(frozen=True)
class Person:
    """A guard."""

    key: int
    iin: str
    name: names.Name


@dataclass(frozen=True)
class Stint:
    """A guard at a post in the days that the attendance tells of."""

    guard: int
    first: date
    last: date | None
    confirmed: bool


class Country:
    """Founds agencies and schools, hires guards, puts them on posts; every row goes into the ledger."""

    def __init__(
        self, today: date, chance: Random, ledger: Ledger, *, history_years: int, attendance_days: int
    ) -> None:
        self.today, self.chance, self.ledger = today, chance, ledger
        self.begin = date(today.year - history_years, 1, 1)
        self.attendance_from = today - timedelta(days=attendance_days - 1)
        self.training = Training(ledger)
        self.stints: dict[int, list[Stint]] = defaultdict(list)
        self._iins = numbers.iin_numbers()
        self._agency_bins = numbers.bin_numbers(numbers.AGENCIES)
        self._school_bins = numbers.bin_numbers(numbers.SCHOOLS)

    def ago(self, days: int) -> date:
        """The day so many days before today; a negative number gives a day to come."""
        return self.today - timedelta(days=days)

    @cached_property
    def calendars(self) -> dict[str, int]:
        """The three calendars by code."""
        keys = {}
        for code, (name, weekdays) in CALENDARS.items():
            keys[code] = self.ledger.add(Calendar, code=code, name=name, weekdays=weekdays)
            for first, last, reason in self._closed(code):
                self.ledger.add(Closure, calendar_id=keys[code], first_day=first, last_day=last, reason=reason)
        return keys

    @cached_property
    def open_days(self) -> dict[str, years.OpenDays]:
        return {code: years.OpenDays(weekdays, self._closed(code)) for code, (_name, weekdays) in CALENDARS.items()}

    def _closed(self, code: str) -> list[years.Closed]:
        """Closures from well before the history to well past today; a boarding school has none."""
        return [] if code == EVERY_DAY else list(years.closures(self.begin.year - 1, self.today.year + 2))

    # ------------------------------------------------------------ agencies

    def agency(
        self,
        name: str,
        *,
        region: str,
        head: str,
        subtype: str = "all",
        groups: int = 2,
        unsent: int = 0,
    ) -> Firm:
        """An agency “X” with a licence, mobile groups and its quarterly reports, less the latest `unsent` ones."""
        number = next(self._agency_bins)
        place = self.ledger.counts[Agency] + 1
        key = self.ledger.add(
            Agency,
            bin=number,
            name_ru=f"ТОО «{name}»",
            name_kk=f"«{name}» ЖШС",
            region_id=region,
            head_name=head,
            phone=f"+7 700 000 {place // 100 % 100:02d} {place % 100:02d}",
            email=f"office{place}@demo.qorgan.kz",
        )
        issued = self.begin - timedelta(days=400 + place * 37 % 900)
        licence = self.ledger.add(
            Licence,
            number=f"KZ{place:02d}LCA{20_000 + place * 7:08d}",
            agency_id=key,
            subtype=subtype,
            issued_on=issued,
        )
        for group in range(1, groups + 1):
            self.ledger.add(
                MobileGroup,
                agency_id=key,
                name=f"МГ-{group}",
                has_radio=True,
                is_armed=True,
                first_day=issued + timedelta(days=30),
            )
        self._reports(key, unsent)
        return Firm(key, number, name, licence)

    def _reports(self, agency: int, unsent: int) -> None:
        """The reports of two years of quarters, each sent between the 8th and the 20th of the month after."""
        this_quarter = self.today.year * 4 + (self.today.month - 1) // 3
        for number in range(this_quarter - 8, this_quarter):
            year, quarter = divmod(number, 4)
            sent = date(year + (quarter == 3), (quarter + 1) % 4 * 3 + 1, 8 + (agency + number) % 13)
            due = sent.replace(day=25)
            if unsent and due < self.today and due >= self.today - timedelta(days=92 * unsent):
                continue
            if sent <= self.today:
                self.ledger.add(QuarterlyReport, agency_id=agency, year=year, quarter=quarter + 1, sent_on=sent)

    def licence_event(self, firm: Firm, on: date, event: str, basis: str) -> None:
        self.ledger.add(LicenceEvent, licence_id=firm.licence, on=on, event=event, basis=basis)

    # ------------------------------------------------------------ schools

    def school(
        self,
        number: int,
        *,
        region: str,
        locality: str,
        title: tuple[str, str] = ("Школа", "мектеп"),
        calendar: str = FIVE_DAYS,
        pupils: int = 700,
        vulnerable_since: date | None = None,
        requires: Sequence[str] = AT_EVERY_SCHOOL,
    ) -> Site:
        """School № so-and-so, with its log of briefings and the modules it asks for."""
        code = f"S-{self.ledger.counts[School] + 1:05d}"
        key = self.ledger.add(
            School,
            code=code,
            bin=next(self._school_bins),
            name_ru=f"{title[0]} № {number}",
            name_kk=f"№ {number} {title[1]}",
            region_id=region,
            locality=locality,
            pupils=pupils,
            staff=pupils // 11,
            calendar_id=self.calendars[calendar],
            vulnerable_since=vulnerable_since,
        )
        for module in requires:
            self.training.require(key, module, self.begin)
        self._log(key)
        return Site(key, code, calendar, self.begin)

    def _log(self, school: int) -> None:
        """Two briefings, a class and a drill a year, the last of them some weeks ago."""
        last = 20 + school % 60
        for kind, topic, every in (
            ("briefing", "Өткізу режимі", 150),
            ("class", "Өртке қарсы дайындық", 300),
            ("drill", "Эвакуация", 300),
        ):
            held = self.ago(last)
            while held >= self.ago(LOG_DAYS):
                self.ledger.add(
                    Briefing,
                    school_id=school,
                    kind=kind,
                    held_on=held,
                    topic=topic,
                    led_by="Мектеп директорының орынбасары",
                )
                held -= timedelta(days=every)

    def post(self, site: Site, name: str, positions: int, pattern: str = ROUND_THE_CLOCK) -> Place:
        key = self.ledger.add(
            Post,
            code=f"P-{self.ledger.counts[Post] + 1:05d}",
            school_id=site.key,
            name=name,
            pattern=pattern,
            positions=positions,
            first_day=site.opened,
        )
        place = Place(key, site, pattern, positions)
        site.posts.append(place)
        return place

    def contract(self, firm: Firm, site: Site, first: date | None = None, last: date | None = None) -> None:
        """Contracts year by year from the first day (the beginning of the history) to the last (the year's end)."""
        first = first or self.begin
        last = last or date(self.today.year, 12, 31)
        for year in range(first.year, last.year + 1):
            place = self.ledger.counts[Contract] + 1
            begin = max(first, date(year, 1, 1))
            self.ledger.add(
                Contract,
                code=f"C-{place:06d}",
                agency_id=firm.key,
                school_id=site.key,
                number=f"{place % 900 + 1}/{year}",
                signed_on=begin - timedelta(days=12),
                first_day=begin,
                last_day=min(last, date(year, 12, 31)),
                licence_id=firm.licence,
            )

    # ------------------------------------------------------------ guards

    def hire(
        self,
        firm: Firm,
        first: date,
        last: date | None = None,
        *,
        name: names.Name | None = None,
        reason: str = "",
        ends: Ends = AS_USUAL,
        renewed_after: int = RENEWED_AFTER,
        served_until: date | None = None,
    ) -> Person:
        """A new guard on an agency's staff, with his papers and general training over the whole service.

        `served_until` is for one whose service goes on elsewhere after `last`.
        """
        name = name or names.anybody(self.chance)
        iin = next(self._iins)[name.woman]
        key = self.ledger.add(
            Guard, iin=iin, family_name=name.family, given_name=name.given, patronymic=name.patronymic, citizenship="KZ"
        )
        person = Person(key, iin, name)
        self.employ(person, firm, first, last, reason=reason)
        end = min(served_until or last or self.today, self.today)
        for place, (kind, issued, until) in enumerate(papers(first, end, ends, renewed_after), start=1):
            self.ledger.add(
                Credential,
                guard_id=key,
                kind=kind,
                number=f"{kind[0].upper()}{key:06d}-{place}",
                issued_by=ISSUERS[kind] or f"ТОО «{firm.name}»",
                issued_on=issued,
                valid_until=until,
            )
        self.training.general(key, first, end)
        return person

    def employ(self, person: Person, firm: Firm, first: date, last: date | None = None, *, reason: str = "") -> None:
        self.ledger.add(
            Employment, guard_id=person.key, agency_id=firm.key, first_day=first, last_day=last, end_reason=reason
        )

    # ------------------------------------------------------------ standing at a post

    def stand(
        self,
        person: Person,
        post: Place,
        firm: Firm,
        first: date,
        last: date | None = None,
        *,
        reason: str = "",
        accepted: bool = False,
        relief: bool = False,
        untrained: Sequence[str] = (),
    ) -> None:
        """A confirmed service at a post, with the training that the school asks for."""
        self.training.at_school(person.key, post.school.key, first, min(last or self.today, self.today), untrained)
        self.assign(person, post, firm, first, last, reason, accepted=accepted, relief=relief)

    def propose(
        self,
        person: Person,
        post: Place,
        firm: Firm,
        first: date,
        *,
        proposed: int,
        status: str = "proposed",
        words: str = "",
        untrained: Sequence[str] = (),
    ) -> None:
        """A proposal made so many days ago, which the school has not answered, or declined with its own words."""
        self.training.at_school(person.key, post.school.key, min(first, self.today), self.today, untrained)
        self.assign(person, post, firm, first, None, "", status=status, proposed_on=self.ago(proposed), words=words)

    def assign(
        self,
        person: Person,
        post: Place,
        firm: Firm,
        first: date,
        last: date | None,
        reason: str,
        *,
        accepted: bool = False,
        relief: bool = False,
        status: str = "",
        proposed_on: date | None = None,
        words: str = "",
    ) -> None:
        status = status or ("ended" if last else "confirmed")
        counts = status in ("ended", "confirmed")
        proposed_on = proposed_on or first - timedelta(days=5)
        self.ledger.add(
            Assignment,
            code=f"A-{self.ledger.counts[Assignment] + 1:07d}",
            guard_id=person.key,
            post_id=post.key,
            agency_id=firm.key,
            kind="relief" if relief else "regular",
            first_day=first,
            last_day=last,
            end_reason=(reason or "other") if last else "",
            cause_accepted=accepted,
            status=status,
            confirmed_on=first - timedelta(days=2) if counts else None,
            proposed_at=at_minute(proposed_on, 330),
            decline_reason=words,
        )
        stands = counts or status == "proposed"
        if stands and first <= self.today and (last is None or last >= self.attendance_from):
            self.stints[post.key].append(Stint(person.key, first, last, counts))
