"""Whether the rows of a sheet are the agency's to bring in: its own staff, its schools, its proposals and no more."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import Agency, Contract
from exchange.checks import parts
from exchange.sheets.lines import Lines
from exchange.sheets.words import plain
from guards.models import Assignment, Employment, Guard, Module
from schools.identifiers import birth_date, iin_of_a_person_fault
from schools.models import Post, School
from staffing.conflicts import conflict
from staffing.crowding import Asked, without_room
from staffing.holding import Held

Span = tuple[date, date | None]


def check(lines: Lines, agency: Agency) -> None:
    """Blame each row for what is not the agency's."""
    if "agency_bin" in lines.kind.names:
        for row, said in lines.rows("agency_bin"):
            if said and said != agency.bin:
                lines.blame(row, "agency_bin", _("This is the BIN of another agency. You bring in your own rows only."))
    CHECKS[lines.kind.name](lines, agency)


def known_guards(lines: Lines) -> dict[str, tuple[str, str]]:
    """Family name and given name of those guards that the register has already, by IIN."""
    found: dict[str, tuple[str, str]] = {}
    for part in parts(sorted(set(lines.cells["iin"]))):
        rows = Guard.objects.filter(iin__in=part).order_by().values_list("iin", "family_name", "given_name")
        found.update({iin: (family, given) for iin, family, given in rows})
    return found


def _guards(lines: Lines, agency: Agency) -> None:
    known = known_guards(lines)
    employed = _employments(known)
    _blame_unborn(lines)
    for row, iin, family, given, said in lines.rows("iin", "family_name", "given_name", "first_day"):
        if iin not in known:
            continue
        for column, text, name in (("family_name", family, known[iin][0]), ("given_name", given, known[iin][1])):
            if plain(text) != plain(name):
                sentence = _(
                    "The register knows this IIN by another name. Check both on the identity card; if they are right, "
                    "write to the authorised body."
                )
                lines.blame(row, column, sentence)
        if first_day := _day(said):
            _blame_employment(lines, row, first_day, employed[iin], agency)


def _blame_unborn(lines: Lines) -> None:
    """Blame each IIN whose date of birth is still to come; of any other fault of an IIN loading speaks."""
    today = timezone.localdate()
    for row, iin in lines.rows("iin"):
        if (born := birth_date(iin)) and born > today:
            lines.blame(row, "iin", str(iin_of_a_person_fault(iin, today)))


def _employments(iins: Iterable[str]) -> dict[str, list[tuple[int, Span]]]:
    found: dict[str, list[tuple[int, Span]]] = defaultdict(list)
    for part in parts(sorted(iins)):
        rows = Employment.objects.filter(guard__iin__in=part).order_by("first_day")
        for iin, employer, first, last in rows.values_list("guard__iin", "agency_id", "first_day", "last_day"):
            found[iin].append((employer, (first, last)))
    return found


def _blame_employment(
    lines: Lines, row: int, first_day: date, spans: Iterable[tuple[int, Span]], agency: Agency
) -> None:
    for employer, (first, last) in spans:
        if last and last < first_day:
            continue
        if employer != agency.pk:
            sentence = _(
                "Another agency employs this person. Ask him to have that employment ended there, then add him."
            )
            lines.blame(row, "iin", sentence)
        elif first != first_day:
            sentence = _("This guard is on your staff since %(day)s already.")
            lines.blame(row, "first_day", sentence % {"day": f"{first:%d.%m.%Y}"})


def _staff(agency: Agency) -> dict[str, list[Span]]:
    """When those who are on the staff, or will be, are on it."""
    found: dict[str, list[Span]] = defaultdict(list)
    rows = Employment.objects.filter(agency=agency).not_ended(timezone.localdate()).order_by()
    for iin, first, last in rows.values_list("guard__iin", "first_day", "last_day"):
        found[iin].append((first, last))
    return found


def _blame_strangers(lines: Lines, staff: dict[str, list[Span]]) -> None:
    for row, iin in lines.rows("iin"):
        if iin and iin not in staff:
            lines.blame(row, "iin", _("Nobody on your staff has this IIN. Bring in the guards first."))


def _papers(lines: Lines, agency: Agency) -> None:
    _blame_strangers(lines, _staff(agency))


def _training(lines: Lines, agency: Agency) -> None:
    _blame_strangers(lines, _staff(agency))
    modules = Module.objects.in_bulk(field_name="code")
    own = set(School.objects.filter(contracts__agency=agency).values_list("code", flat=True))
    today = timezone.localdate()
    for row, code, school, said, hours in lines.rows("module_code", "school_id", "completed_on", "hours"):
        module = modules.get(code)
        scope = module.scope if module else ""
        if scope == Module.Scope.SCHOOL and not school:
            lines.blame(row, "school_id", _("This module is completed for one school. Name the school."))
        elif scope == Module.Scope.GENERAL and school:
            lines.blame(row, "school_id", _("This module is general. Leave the school empty."))
        elif school and school not in own:
            lines.blame(row, "school_id", _("You have no contract with this school."))
        if (day := _day(said)) and day > today:
            lines.blame(row, "completed_on", _("This day has not come yet."))
        if module and module.hours and (taught := _amount(hours)) is not None and taught < module.hours:
            sentence = _("The module takes %(needed)s hours; a shorter session does not complete it.")
            lines.blame(row, "hours", sentence % {"needed": f"{module.hours.normalize():f}"})


def _assignments(lines: Lines, agency: Agency) -> None:
    staff = _staff(agency)
    _blame_strangers(lines, staff)
    posts = {post.code: post for post in Post.objects.filter(school__contracts__agency=agency).distinct()}
    contracts: dict[int, list[Span]] = defaultdict(list)
    for school, first, last in Contract.objects.filter(agency=agency).values_list("school", "first_day", "last_day"):
        contracts[school].append((first, last))
    columns = ("iin", "post_id", "first_day", "status")
    for row, iin, code, said, status in lines.rows(*columns):
        if status and status != Assignment.Status.PROPOSED:
            lines.blame(row, "status", _("You bring in proposals only: it is the school's director who confirms."))
        post, day = posts.get(code), _day(said)
        if day and iin in staff and not _within(day, staff[iin]):
            lines.blame(row, "iin", _("This guard is not on your staff on the first day."))
        if day and post:
            _blame_post(lines, row, post, day, contracts[post.school_id])
    _blame_clashes(lines)
    _blame_held(lines, agency)
    _blame_crowded(lines, posts, agency)


def _blame_crowded(lines: Lines, posts: dict[str, Post], agency: Agency) -> None:
    """Blame rows for which a post has no room left, those above taking their places first."""
    asked = []
    for row, iin, code, kind, first, last in lines.rows("iin", "post_id", "kind", "first_day", "last_day"):
        post, start, end = posts.get(code), _day(first), _day(last)
        if post and start and (end is None or end >= start):
            days = Held(start, end, called=_("row %(row)d") % {"row": row})
            asked.append(Asked(row, post, kind or Assignment.Kind.REGULAR, iin, days))
    for row, obstacle in without_room(asked, agency):
        lines.blame(row, "post_id", obstacle.whole)


def _blame_post(lines: Lines, row: int, post: Post, day: date, contracts: list[Span]) -> None:
    if not _within(day, contracts):
        lines.blame(row, "first_day", _("You have no contract with this school that is in force on this day."))
    if not _within(day, [(post.first_day, post.last_day)]):
        lines.blame(row, "first_day", _("The post is not open on this day."))


def _by_guard(lines: Lines) -> dict[str, list[tuple[date, date, int, str]]]:
    """First day, last day, row and post of the rows of each guard, those that say when."""
    found: dict[str, list[tuple[date, date, int, str]]] = defaultdict(list)
    for row, iin, post, first, last in lines.rows("iin", "post_id", "first_day", "last_day"):
        if start := _day(first):
            found[iin].append((start, _day(last) or date.max, row, post))
    return found


def _blame_clashes(lines: Lines) -> None:
    for rows in _by_guard(lines).values():
        reached, reached_in = date.min, 0
        for first, last, row, _post in sorted(rows):
            if first <= reached and row != reached_in:
                sentence = _("Row %(row)d has this guard at a post on the same day.")
                lines.blame(row, "first_day", sentence % {"row": reached_in})
            if last > reached:
                reached, reached_in = last, row


def _blame_held(lines: Lines, agency: Agency) -> None:
    """Blame rows for assignments that the register holds on the same days, other than the very same."""
    rows = _by_guard(lines)
    conflicts: list[tuple[int, str, int]] = []
    for part in parts(sorted(rows)):
        held = Assignment.objects.holding().filter(guard__iin__in=part)
        since = min(first for iin in part for first, *_rest in rows[iin])
        held = held.filter(Q(last_day__isnull=True) | Q(last_day__gte=since)).order_by("first_day", "pk")
        values = held.values_list("pk", "guard__iin", "post__code", "first_day", "last_day")
        for key, iin, code, began, ended in values.iterator():
            for first, last, row, post in rows[iin]:
                same = (code, began) == (post, first)
                if not same and began <= last and first <= (ended or date.max):
                    conflicts.append((row, "last_day" if began > first else "first_day", key))
    _say(lines, conflicts, agency)


def _say(lines: Lines, conflicts: list[tuple[int, str, int]], agency: Agency) -> None:
    said: dict[int, Any] = {}
    for part in parts(sorted({key for _row, _column, key in conflicts})):
        said.update(Assignment.objects.select_related("guard", "post__school", "agency").in_bulk(part))
    for row, column, key in conflicts:
        lines.blame(row, column, conflict(said[key], agency).whole)


def _within(day: date, spans: Iterable[Span]) -> bool:
    return any(first <= day and (last is None or day <= last) for first, last in spans)


def _amount(text: str) -> Decimal | None:
    """A number that was read; of what is none, loading speaks."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(text: str) -> date | None:
    """A day that was read; what could not be read was blamed already."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


CHECKS = {"guards": _guards, "credentials": _papers, "training": _training, "assignments": _assignments}
