"""What a rehearsal of a draft says: the title, one clause at a time, and whose mark changes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.engine import versions_judged
from compliance.models import ClauseVersion, Draft, Rehearsal, RehearsedMark
from compliance.rehearsing import AGENCY_SIZES, MORE, SCHOOL_SIZES, UNKNOWN, Counts, Distribution, counted, drawn
from desks import clauses, formats
from desks.lists import Column
from desks.pictures import histogram
from desks.proof import RULE_TITLES
from schools.models import Region

SHOWN = 6
# Regions that have a line of their own until somebody opens the rest.
REGIONS_SHOWN = 5
# A school so small that two leaves say little: its classes, and how many guards that are at most.
SMALL, SMALL_GUARDS = SCHOOL_SIZES[:2], SCHOOL_SIZES[1]
SHAPES = {"none": "ok", "indicated": "indicated", "records": "established", "established": "established"}
SORTS = {
    "weight": ("weight",),
    "low": ("low",),
    "value": ("value",),
    "headcount": ("headcount",),
    "left": ("left",),
    "school": ("school__name_ru",),
    "agency": ("agency__name_ru",),
    "region": ("region__name_ru",),
}


@dataclass(frozen=True)
class Line:
    """A line of a table; one that stands for others leads to them."""

    name: str
    counts: Counts
    url: str = ""

    @property
    def more(self) -> str:
        return signed(self.counts.then - self.counts.now)

    @property
    def more_established(self) -> str:
        return signed(self.counts.then_established - self.counts.now_established)


def signed(number: int) -> str:
    """`+12`, `−3`, `0`."""
    return f"+{formats.number(number)}" if number > 0 else formats.number(number)


@dataclass(frozen=True)
class ClauseResult:
    """One clause that the draft changes, as the rehearsal counted it."""

    kept: dict[str, Any]
    whole: str
    address: str
    # Whether each region has its line.
    opened: bool = False

    @property
    def url(self) -> str:
        """The page of this clause."""
        return f"{self.address}{'&' if '?' in self.address else '?'}{urlencode({'clause': self.number})}"

    @property
    def opened_url(self) -> str:
        """The same with a line for each region."""
        return f"{self.url}&regions=all#regions"

    @property
    def clause(self) -> int:
        return int(self.kept["clause"])

    @property
    def number(self) -> str:
        return str(self.kept["number"])

    @property
    def mark(self) -> str:
        return str(self.kept["mark"])

    @property
    def title(self) -> str:
        return str(RULE_TITLES[self.kept["rule"]])

    @property
    def measures_turnover(self) -> bool:
        return bool(self.kept["rule"] == "turnover_limit")

    @cached_property
    def total(self) -> Counts:
        return Counts(**self.kept["total"])

    @property
    def total_line(self) -> Line:
        return Line(self.whole, self.total)

    @cached_property
    def distribution(self) -> Distribution | None:
        return drawn(self.kept["distribution"])

    @property
    def has_strengths(self) -> bool:
        """Whether chance is weighed: what the records show is not established by figures."""
        return self.measures_turnover

    @property
    def has_agency(self) -> bool:
        """Whether an agency stands beside the school that is marked."""
        return bool(self.kept["school_sizes"])

    @property
    def school_sizes(self) -> list[Line]:
        return _sizes(counted(self.kept["school_sizes"]), SCHOOL_SIZES)

    @property
    def agency_sizes(self) -> list[Line]:
        return _sizes(counted(self.kept["agency_sizes"]), AGENCY_SIZES)

    @property
    def regions(self) -> list[Line]:
        """Those where most changes first; none where just one was judged."""
        found = counted(self.kept["regions"])
        names = {region.pk: str(region) for region in Region.objects.filter(pk__in=found)}
        lines = [Line(names[code], counts) for code, counts in found.items()] if len(found) > 1 else []
        lines.sort(key=lambda line: (-line.counts.newly - line.counts.gone, -line.counts.then, line.name))
        return lines if self.opened or not self.may_fold else self._folded(lines)

    @property
    def may_fold(self) -> bool:
        """Whether more than one region would stand in the line of the others."""
        return len(self.kept["regions"]) > REGIONS_SHOWN + 1

    def _folded(self, lines: list[Line]) -> list[Line]:
        """The first of them, and one line for the others."""
        shown, others = lines[:REGIONS_SHOWN], lines[REGIONS_SHOWN:]
        counts = [asdict(line.counts) for line in others]
        together = Counts(**{name: sum(one[name] for one in counts) for name in counts[0]})
        name = _("The other %(count)s") % {"count": formats.number(len(others))}
        return [*shown, Line(name, together, self.opened_url)]

    @property
    def picture(self) -> histogram.Histogram | None:
        """The distribution of those measured; None where the clause measures nothing or nobody."""
        found = self.distribution
        if found is None or not any(found.owners):
            return None
        width, open_end = found.scale.width, not found.scale.under
        bars = [
            histogram.Held(
                low=place * width,
                high=None if open_end and place == found.scale.bars - 1 else (place + 1) * width,
                owners=owners,
                kept=found.kept[place],
                gone=found.gone[place],
                added=found.added[place],
            )
            for place, owners in enumerate(found.owners)
        ]
        axis = (
            _("turnover, %% a year; height: how many")
            if self.measures_turnover
            else _("days served by seasoned guards, %%; height: how many")
        )
        return histogram.lay_out(
            bars, now=found.scale.now, then=found.scale.then, title=self.distribution_title, axis=axis % ()
        )

    @property
    def distribution_title(self) -> str:
        return _("Distribution: %(owners)s") % {"owners": owners_of(self.kept["level"], self.total.measured)}

    @property
    def beyond(self) -> str:
        """Why fewer are marked than lie beyond the limit."""
        found = self.distribution
        if found is None or not self.measures_turnover:
            return ""
        limit = found.scale.now if found.scale.then is None else found.scale.then
        marked = self.total.now if found.scale.then is None else self.total.then
        if limit is None or found.beyond <= marked:
            return ""
        return _(
            "Above %(limit)s lie %(beyond)s, of which %(marked)s are marked: in the others fewer than %(least)s left "
            "for good."
        ) % {
            "limit": formats.percent(limit, 0 if limit.is_integer() else 1),
            "beyond": formats.number(found.beyond),
            "marked": formats.number(marked),
            "least": formats.number(found.scale.least),
        }

    @property
    def otherwise(self) -> str:
        """Whom the draft adds not by its limit but because it counts otherwise."""
        count = self.distribution.otherwise if self.distribution else 0
        if not count:
            return ""
        return ngettext(
            "%(count)s of the new marks comes from counting otherwise, not from the limit.",
            "%(count)s of the new marks come from counting otherwise, not from the limit.",
            count,
        ) % {"count": formats.number(count)}

    @property
    def small_schools(self) -> tuple[str, str] | None:
        """How many of the new marks are schools where few guards serve, and what that means."""
        sizes = counted(self.kept["school_sizes"])
        small = [sizes.get(str(size), Counts()) for size in SMALL]
        newly, established = (sum(getattr(one, name) for one in small) for name in ("newly", "newly_established"))
        if not self.measures_turnover or not newly:
            return None
        first = ngettext(
            "%(small)s of %(count)s new mark is at a school with %(guards)s guards or fewer.",
            "%(small)s of %(count)s new marks are at schools with %(guards)s guards or fewer.",
            self.total.newly,
        )
        values = {
            "small": formats.number(newly),
            "count": formats.number(self.total.newly),
            "guards": formats.number(SMALL_GUARDS),
            "established": formats.number(established),
        }
        second = _(
            "Established there: %(established)s; the rest would be indicated, for at a small school chance explains a "
            "few leaves. No case opens by itself: a person decides."
        )
        return first % values, second % values


def owners_of(level: str, count: int) -> str:
    """`4,912 schools`: whom a clause measures, counted."""
    forms = {
        "school": ngettext("%(count)s school", "%(count)s schools", count),
        "agency": ngettext("%(count)s agency", "%(count)s agencies", count),
    }
    pairs = ngettext("%(count)s agency at a school", "%(count)s agencies at schools", count)
    return forms.get(level, pairs) % {"count": formats.number(count)}


def _sizes(found: dict[str, Counts], bounds: Sequence[int]) -> list[Line]:
    """The classes of sizes, the smallest first; those of whom nothing is known last, where there are any."""
    if not found:
        return []
    names = {str(bounds[0]): _("up to %(count)s") % {"count": bounds[0]}}
    names |= {str(high): formats.number_range(low + 1, high) for low, high in pairwise(bounds)}
    names[MORE] = _("more than %(count)s") % {"count": bounds[-1]}
    if UNKNOWN in found:
        names[UNKNOWN] = _("not measured")
    return [Line(name, found.get(size, Counts())) for size, name in names.items()]


@dataclass(frozen=True)
class Result:
    """A finished rehearsal, seen through one of its clauses."""

    rehearsal: Rehearsal
    clauses: list[ClauseResult]
    chosen: ClauseResult | None

    @property
    def title(self) -> str:
        """The result in a sentence."""
        newly, gone = (sum(getattr(one.total, name) for one in self.clauses) for name in ("newly", "gone"))
        levels = {one.kept["level"] for one in self.clauses}
        level = levels.pop() if len(self.clauses) == 1 else ""
        if newly and gone:
            return both(level, newly, gone)
        if newly:
            return more(level, newly)
        if gone:
            return fewer(level, gone)
        return _("The draft marks nobody new")


def more(level: str, count: int) -> str:
    forms = {
        "school": ngettext("The draft marks %(count)s more school", "The draft marks %(count)s more schools", count),
        "agency": ngettext("The draft marks %(count)s more agency", "The draft marks %(count)s more agencies", count),
    }
    marks = ngettext("The draft makes %(count)s more mark", "The draft makes %(count)s more marks", count)
    return forms.get(level, marks) % {"count": formats.number(count)}


def fewer(level: str, count: int) -> str:
    forms = {
        "school": ngettext("The draft marks %(count)s school less", "The draft marks %(count)s schools less", count),
        "agency": ngettext("The draft marks %(count)s agency less", "The draft marks %(count)s agencies less", count),
    }
    marks = ngettext("The draft makes %(count)s mark less", "The draft makes %(count)s marks less", count)
    return forms.get(level, marks) % {"count": formats.number(count)}


def both(level: str, newly: int, gone: int) -> str:
    forms = {
        "school": ngettext(
            "The draft marks %(count)s school for the first time and %(gone)s no longer",
            "The draft marks %(count)s schools for the first time and %(gone)s no longer",
            newly,
        ),
        "agency": ngettext(
            "The draft marks %(count)s agency for the first time and %(gone)s no longer",
            "The draft marks %(count)s agencies for the first time and %(gone)s no longer",
            newly,
        ),
    }
    marks = ngettext(
        "The draft adds %(count)s mark and takes back %(gone)s",
        "The draft adds %(count)s marks and takes back %(gone)s",
        newly,
    )
    return forms.get(level, marks) % {"count": formats.number(newly), "gone": formats.number(gone)}


def latest(draft: Draft, region: Region | None, membership: Any) -> Rehearsal | None:
    """The last rehearsal of a draft in a region, or in the country, whatever became of it."""
    found = Rehearsal.objects.visible_to(membership).filter(draft=draft, region=region)
    return found.select_related("draft__paragraph", "region", "asked_by__user").first()


def may_be_handed_over(rehearsal: Rehearsal, membership: Any) -> bool:
    """Whether the next step is to give the draft to a second person: the country was judged, by those who may draft."""
    draft = rehearsal.draft
    drafting = draft.state == Draft.State.DRAFTING and draft.drafted_by_id is not None
    return drafting and rehearsal.state == Rehearsal.State.DONE and not (membership.region_id or rehearsal.region_id)


def result(rehearsal: Rehearsal, number: str, address: str, *, opened: bool = False) -> Result:
    """What a finished rehearsal says; of the clause with this number, else of the one that changes most."""
    whole = str(rehearsal.region or _("Country"))
    found = [ClauseResult(kept, whole, address, opened) for kept in rehearsal.summary["clauses"]]
    most = max(found, key=lambda one: one.total.newly + one.total.gone, default=None)
    return Result(rehearsal, found, next((one for one in found if one.number == number), most))


@dataclass(frozen=True)
class Compared:
    """How a clause reads on the day judged beside how the draft has it."""

    change: clauses.Change
    before_head: str
    after_head: str
    # How many clauses of the paragraph in force the draft leaves as they are.
    others: int


def compared(rehearsal: Rehearsal, clause: int) -> Compared | None:
    """A clause by both versions, condition by condition; None where the draft speaks of it no longer."""
    in_force = versions_judged(rehearsal.day)
    drafted = {one.clause_id: one for one in rehearsal.draft.versions.select_related("clause__paragraph")}
    now, then = next((one for one in in_force if one.clause_id == clause), None), drafted.get(clause)
    version = then or now
    if version is None:
        return None
    # A clause that goes along without being drafted reads as it does.
    change = clauses.compare(version.clause, now, then or now)
    return Compared(
        replace(change, words=[]),
        before_head=_version_head(now) if now else _("Not in force"),
        after_head=_("Draft, from %(day)s") % {"day": formats.day(then.effective_from)} if then else _("Draft"),
        others=sum(
            one.clause.paragraph_id == version.clause.paragraph_id and one.clause_id not in drafted for one in in_force
        ),
    )


def _version_head(version: ClauseVersion) -> str:
    return _("Version %(number)s, from %(day)s") % {
        "number": version.ordinal,
        "day": formats.day(version.effective_from),
    }


# Whose mark changes


def listed(rehearsal: Rehearsal, membership: Any) -> QuerySet[RehearsedMark]:
    found = RehearsedMark.objects.visible_to(membership).filter(rehearsal=rehearsal)
    return found.select_related("school", "agency", "guard", "region", "clause__paragraph")


@dataclass(frozen=True)
class Changed:
    """Those whose mark changes in one way: how many there are, and the head of their list, the surest first."""

    kind: str
    count: int
    rows: list[RehearsedMark]
    # The whole of their list.
    url: str


def changes_of(rehearsal: Rehearsal, one: ClauseResult, membership: Any, list_url: str) -> list[Changed]:
    """Each kind of change of a clause that occurs; `list_url` is where all of them are listed."""
    found = listed(rehearsal, membership).filter(clause=one.clause)
    counts = dict(found.order_by().values_list("change").annotate(count=Count("pk")))
    scope = {"scope": rehearsal.region_id} if rehearsal.region_id else {}
    heads = []
    for kind in RehearsedMark.Change.values:
        if kind in counts:
            rows = list(found.filter(change=kind).order_by("-weight", "-pk")[:SHOWN])
            hang_words(rows)
            query = urlencode({**scope, "clause": one.number, "change": kind})
            heads.append(Changed(kind, counts[kind], rows, f"{list_url}?{query}"))
    return heads


def hang_words(rows: Sequence[Any]) -> None:
    """Hang on each row its `mark` by the draft, the same as what it becomes: `status`; how it `was`, its `interval`."""
    for row in rows:
        row.mark = SHAPES[row.after], row.get_after_display()
        row.status = row.mark[0], _("becomes: %(mark)s") % {"mark": row.mark[1].lower()}
        row.was = row.get_before_display()
        row.interval = formats.number_range(row.low, row.high) if row.low is not None else ""


COLUMNS = [
    Column(gettext_lazy("Clause"), lambda row: row.clause.number),
    Column(gettext_lazy("What changes"), lambda row: row.get_change_display()),
    Column(gettext_lazy("Region"), lambda row: row.region.name),
    Column(gettext_lazy("School"), lambda row: row.school.name if row.school else None),
    Column(gettext_lazy("Place"), lambda row: row.school.locality if row.school else None),
    Column(gettext_lazy("Agency"), lambda row: row.agency.name if row.agency else None),
    Column(gettext_lazy("BIN"), lambda row: row.agency.bin if row.agency else None),
    Column(gettext_lazy("Guard"), lambda row: row.guard.full_name if row.guard else None),
    Column(gettext_lazy("Headcount"), "headcount"),
    Column(gettext_lazy("Left for good"), "left"),
    Column(gettext_lazy("Leaves that count"), "net_left"),
    Column(gettext_lazy("Leaves in all"), "gross_left"),
    Column(gettext_lazy("Figure, %"), "value"),
    Column(gettext_lazy("Lower bound"), "low"),
    Column(gettext_lazy("Upper bound"), "high"),
    Column(gettext_lazy("Marked now"), lambda row: row.get_before_display()),
    Column(gettext_lazy("By the draft"), lambda row: row.get_after_display()),
]
