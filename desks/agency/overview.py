"""What the manager sees first: empty places, proposals, papers, training, budgets, findings; a sentence on top."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Max, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from compliance.models import Figure, Finding
from compliance.reports import BudgetLine, limiting_version, rate_with_one_more, warned_report
from desks import answers, formats, papers, proof, questions
from desks.agency import proposals as proposing
from desks.agency.places import FORTNIGHT, Place, places
from desks.agency.training import Ending
from desks.agency.training import running_out as training_running_out
from desks.early_warning import EarlyWarning, warning
from desks.school_file import is_breached, small_budget
from guards.models import Assignment, Credential, Guard
from schools.models import School

#: How many lines of each kind stand on the page; its list has the rest.
SHOWN = 8
NUMBERS = (
    pgettext_lazy("places", "one"),
    pgettext_lazy("places", "two"),
    pgettext_lazy("places", "three"),
    pgettext_lazy("places", "four"),
    pgettext_lazy("places", "five"),
    pgettext_lazy("places", "six"),
    pgettext_lazy("places", "seven"),
    pgettext_lazy("places", "eight"),
    pgettext_lazy("places", "nine"),
    pgettext_lazy("places", "ten"),
)


@dataclass(frozen=True)
class NearLimit:
    """A school with its budget and its turnover."""

    school: School
    line: BudgetLine
    picture: Any
    rate: float | None
    net_left: int
    gross_left: int
    # Turnover if one more left today, percent a year.
    one_more: float | None


@dataclass
class Overview:
    """The day of an agency."""

    membership: Any
    today: date
    places: list[Place] = field(default_factory=list)
    proposals: list[Any] = field(default_factory=list)
    papers: list[Any] = field(default_factory=list)
    training: list[Ending] = field(default_factory=list)
    near: list[NearLimit] = field(default_factory=list)
    whole: EarlyWarning | None = None
    findings: list[Any] = field(default_factory=list)
    guards: int = 0
    schools: int = 0

    @classmethod
    def of(cls, membership: Any, today: date) -> "Overview":
        """All of it, in a number of queries that does not depend on how much there is."""
        proposals = _unanswered(membership, today)
        found = places(membership, today, proposals=proposals)
        schools = {place.post.school for place in found}
        whole, lines = None, dict[int, BudgetLine]()
        if found:
            whole, lines = warned_report(membership.agency_id, [school.pk for school in schools], today)
        return cls(
            membership=membership,
            today=today,
            places=found,
            proposals=proposals,
            papers=running_out(membership, today),
            training=training_running_out(membership, today),
            near=near_limit(today, schools, lines),
            whole=warning(whole, membership) if whole else None,
            findings=_open_findings(membership, today),
            guards=Guard.objects.visible_to(membership).count(),
            schools=len(schools),
        )

    @cached_property
    def empty(self) -> list[Place]:
        """Places that are empty on one of the coming days, the first to be empty first."""
        found = [(place.empty_from, at, place) for at, place in enumerate(self.places) if place.empty_from]
        return [place for _day, _at, place in sorted(found, key=lambda one: one[:2])]

    @property
    def empty_rows(self) -> list[tuple[Place, tuple[str, str], str]]:
        """Each empty place with its status and what happened."""
        return [(place, place.status(self.today), place.why(self.today)) for place in self.empty]

    def _empty_on(self, day: date) -> int:
        return sum(place.is_empty_on(day) for place in self.places)

    @property
    def title(self) -> str:
        """The state in a sentence."""
        if not self.places:
            return _("You have no posts to guard yet")
        tomorrow = self._empty_on(self.today + timedelta(days=1))
        if tomorrow:
            return ngettext("Tomorrow %(count)s place is empty", "Tomorrow %(count)s places are empty", tomorrow) % {
                "count": in_words(tomorrow)
            }
        if now := self._empty_on(self.today):
            return ngettext("Today %(count)s place is empty", "Today %(count)s places are empty", now) % {
                "count": in_words(now)
            }
        if self.empty:
            day = self.empty[0].empty_from
            assert day is not None
            last = day - timedelta(days=1)
            values = {"day": formats.day_month(last), "left": formats.days_left(last, self.today)}
            return _("Every place is filled until %(day)s, %(left)s") % values
        return _("Every place is filled for fourteen days")

    @property
    def lead(self) -> str:
        """The day, and how much there is to guard."""
        schools, count = self.schools, len(self.places)
        return _("%(weekday)s, %(day)s. You have %(schools)s, %(places)s and %(guards)s.") % {
            "weekday": formats.weekday(self.today),
            "day": formats.long_day(self.today),
            "schools": ngettext("%(count)s school", "%(count)s schools", schools) % {"count": formats.number(schools)},
            "places": ngettext("%(count)s place at the posts", "%(count)s places at the posts", count)
            % {"count": formats.number(count)},
            "guards": ngettext("%(count)s guard", "%(count)s guards", self.guards)
            % {"count": formats.number(self.guards)},
        }

    @property
    def fortnight(self) -> str:
        """The days of the strips: `24 ноября – 7 декабря`."""
        last = self.today + timedelta(days=FORTNIGHT - 1)
        return f"{formats.day_month(self.today)} {formats.EN_DASH} {formats.day_month(last)}"

    @property
    def figures(self) -> list[tuple[str, str, str, str]]:
        """The five figures: label, number, what it is made of, and the section below that shows it."""
        return [
            (_("Empty places, 14 days"), formats.number(len(self.empty)), self._empty_words(), "empty"),
            (_("School did not answer"), formats.number(len(self.proposals)), self._waiting_words(), "proposals"),
            (_("Papers running out"), formats.number(len(self.papers)), self._paper_words(), "papers"),
            (_("Schools near the limit"), formats.number(len(self.near)), self._near_words(), "near"),
            (_("Findings to answer"), formats.number(self._unanswered), self._finding_words(), "findings"),
        ]

    def _empty_words(self) -> str:
        return _("of %(places)s; empty tomorrow: %(tomorrow)s") % {
            "places": formats.number(len(self.places)),
            "tomorrow": formats.number(self._empty_on(self.today + timedelta(days=1))),
        }

    def _waiting_words(self) -> str:
        if not self.proposals:
            return _("every proposal has its answer")
        longest = max(proposing.days_waiting(one, self.today) for one in self.proposals)
        return _("the longest: %(days)s") % {"days": formats.days(longest)}

    def _paper_words(self) -> str:
        expired = sum(paper.valid_until < self.today for paper in self.papers)
        if expired:
            return _("already expired: %(count)s") % {"count": formats.number(expired)}
        last = sum(paper.valid_until == self.today for paper in self.papers)
        return _("ending today: %(count)s") % {"count": formats.number(last)}

    def _near_words(self) -> str:
        over = sum(is_breached(one.line) for one in self.near)
        if not over:
            return _("the limit is breached in none")
        return ngettext("in %(count)s the limit is breached", "in %(count)s the limit is breached", over) % {
            "count": formats.number(over)
        }

    def _finding_words(self) -> str:
        if not self.findings:
            return _("none is open")
        return _("of %(open)s open; the oldest of %(day)s") % {
            "open": formats.number(len(self.findings)),
            "day": formats.day(min(one.opened_on for one in self.findings)),
        }

    @property
    def _unanswered(self) -> int:
        return sum(not one.is_answered for one in self.findings)


def in_words(count: int) -> str:
    """A small number of places as a word, a greater one in figures."""
    return str(NUMBERS[count - 1]) if 0 < count <= len(NUMBERS) else formats.number(count)


def near_limit(today: date, schools: set[School], lines: dict[int, BudgetLine]) -> list[NearLimit]:
    """The schools where one more leave would use up what the limit allows, or more than that is used: worst first."""
    version, rule = limiting_version("school", today)
    if version is None or not schools:
        return []
    at_stake = {school for school in schools if lines[school.pk].near or lines[school.pk].over}
    figures = _figures(at_stake)
    near = [
        NearLimit(
            school,
            lines[school.pk],
            small_budget(lines[school.pk], rule),
            *figures.get(school.pk, (None, 0, 0, None)),
        )
        for school in at_stake
    ]
    return sorted(near, key=lambda one: (-one.line.over, one.line.left, -(one.rate or 0), one.school.name_ru))


def _figures(schools: set[School]) -> dict[int, tuple[float | None, int, int, float | None]]:
    """Of each school the turnover, the leaves that count, all leaves, and the turnover with one more."""
    stored = Figure.objects.filter(level=Figure.Level.SCHOOL, school__in=schools)
    found = stored.values_list("school", "rate", "net_left", "gross_left", "person_days")
    return {
        school: (rate, net, gross, rate_with_one_more(net, person_days))
        for school, rate, net, gross, person_days in found
    }


def _unanswered(membership: Any, today: date) -> list[Any]:
    """Proposals without an answer, those of which the school asks something and then the longest waiting first."""
    found: list[Any] = list(proposing.listed(membership).proposed().order_by("proposed_at", "pk"))
    found.sort(key=lambda one: not questions.is_asked(one))
    for proposal in found:
        proposal.waiting = proposing.answer(proposal, today)
        proposal.is_asked = questions.is_asked(proposal)
        proposal.proposed_on = proposing.proposed_on(proposal)
        proposal.begins = proposing.begins(proposal, today)
    return found


def running_out(membership: Any, today: date) -> list[Any]:
    """Current papers that ended or end within sixty days, first to end first, each with `validity` and `assignment`."""
    guards, horizon = Guard.objects.visible_to(membership), papers.horizon(today)
    last = Max(Coalesce("valid_until", Value(date.max)))
    kinds = Credential.objects.filter(guard__in=guards).order_by().values("guard", "kind").annotate(last=last)
    # By the last paper of each kind: asked of each paper on its own, most are found to be replaced one by one.
    ending = set(kinds.filter(last__lte=horizon).values_list("guard", "kind", "last"))
    held = Credential.objects.filter(guard__in={guard for guard, _kind, _last in ending}, valid_until__lte=horizon)
    found: list[Any] = [
        paper
        for paper in held.select_related("guard").order_by("valid_until", "guard__family_name", "pk")
        if (paper.guard_id, paper.kind, paper.valid_until) in ending
    ]
    standing = Assignment.objects.visible_to(membership).counted().on(today)
    at = {
        one.guard_id: one
        for one in standing.filter(guard__in=[paper.guard_id for paper in found]).select_related("post__school")
    }
    for paper in found:
        paper.validity = papers.validity(paper.valid_until, today)
        paper.days_left = formats.days_left(paper.valid_until, today)
        paper.assignment = at.get(paper.guard_id)
    return found


def _open_findings(membership: Any, today: date) -> list[Any]:
    """Open findings, those without an answer first, then by the day of the remedy, each with its words and days."""
    found: list[Any] = list(
        answers.listed(Finding.objects.visible_to(membership).open())
        .select_related("school", "agency", "version__clause__paragraph")
        .defer("evidence")
        .order_by("is_answered", F("remedy_by").asc(nulls_last=True), "-opened_on", "-pk")
    )
    for finding in found:
        finding.answer = answers.state(finding, today)
        open_for = (today - finding.opened_on).days
        finding.days_open = formats.days(open_for) if open_for else ""
        finding.what, finding.said = proof.name(finding), proof.status(finding)
    return found
