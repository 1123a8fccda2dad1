"""Whom the law would keep from a post: asked for the rows of a sheet of proposals before they are brought in.

It is a warning and no fault: a proposal opens no door, papers may come before the first day, and the law is asked again
when the director confirms.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import uuid4

from django.db import transaction
from django.db.models import Max, QuerySet

from access.bulk import insert
from agencies.models import Agency
from compliance.eligibility import Obstacle, obstacles_of
from exchange.checks import parts
from exchange.rows import Progress, no_progress
from exchange.sheets.lines import Lines, Trouble
from guards import exclusion
from guards.models import Assignment, Guard
from schools.models import Post

# So many rows are put where the clauses look, asked about and taken back at once.
AT_ONCE = 5_000

# What no sentence speaks of: an assignment that is taken back, and which post of the school it is.
WHERE = {"assignment": None, "post": None}

# Row, primary keys of the guard, of the post and of its school.
Asked = tuple[int, int, int, int]


def warnings(lines: Lines, agency: Agency, faulty: Collection[int], progress: Progress = no_progress) -> list[Trouble]:
    """What the law has against the rows that are not at fault; `progress` is told of how many were asked about."""
    found: list[Trouble] = []
    said = _Sentences()
    for day, rows in _by_day(lines, agency, faulty).items():
        for part in parts(rows, AT_ONCE):
            found.extend(_against(part, agency, day, said))
            progress(len(part))
    return sorted(found)


def _by_day(lines: Lines, agency: Agency, faulty: Collection[int]) -> dict[date, list[Asked]]:
    """The rows by their first day: the clauses of that day are asked."""
    guards: dict[str, int] = {}
    for part in parts(sorted(set(lines.cells["iin"]))):
        guards.update(Guard.objects.filter(iin__in=part).values_list("iin", "pk"))
    own = Post.objects.filter(school__contracts__agency=agency).distinct()
    posts = {code: keys for code, *keys in own.values_list("code", "pk", "school_id")}
    found: dict[date, list[Asked]] = defaultdict(list)
    for row, iin, code, first_day in lines.rows("iin", "post_id", "first_day"):
        if row not in faulty:
            found[date.fromisoformat(first_day)].append((row, guards[iin], *posts[code]))
    return found


def _against(rows: Sequence[Asked], agency: Agency, day: date, said: "_Sentences") -> Iterator[Trouble]:
    """What the law has against rows of one day: they are stored, judged as those who stand there, and taken back."""
    with transaction.atomic():
        exclusion.judge_at_the_end()
        found = obstacles_of(_stored(rows, agency, day), agency, day)
        transaction.set_rollback(True)
    for row, guard, _post, school in rows:
        if against := [one for one in found[guard, school] if one.is_law]:
            yield Trouble(row, "iin", " ".join(map(said.of, against)))


class _Sentences:
    """What obstacles say: put into words once where many guards lack the same, as those of a whole sheet may."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], str] = {}

    def of(self, one: Obstacle) -> str:
        key = (one.version.pk, repr(one.breach.evidence | WHERE))
        if key not in self._known:
            self._known[key] = f"{one.sentence} {one.cure}".strip()
        return self._known[key]


def _stored(rows: Sequence[Asked], agency: Agency, day: date) -> QuerySet[Assignment]:
    newest = Assignment.objects.aggregate(newest=Max("pk"))["newest"] or 0
    code = f"w-{uuid4().hex}"
    names = ("code", "guard_id", "post_id", "agency_id", "first_day")
    insert(Assignment, names, [(f"{code}-{row}", guard, post, agency.pk, day) for row, guard, post, _school in rows])
    return Assignment.objects.filter(pk__gt=newest, agency=agency, code__startswith=code)
