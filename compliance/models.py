"""The paragraph as dated data, what was measured, and what was found."""

import json
from datetime import date
from functools import lru_cache
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from compliance.predicates import Rule, RuleFault, rule_named
from files.models import StoredFile
from guards.models import Guard
from schools.models import Region, School, in_language


class Paragraph(models.Model):
    """A named body of clauses, such as the separate paragraph promised in August 2022."""

    code = models.CharField(max_length=60, unique=True)
    title_kk = models.CharField(max_length=300)
    title_ru = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return in_language(self, "title")


class Clause(models.Model):
    """A number in a paragraph. How it reads is said by its versions."""

    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="clauses")
    number = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(name="compliance_clause_number_once", fields=["paragraph", "number"])]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """How the clause is named in exchange and in evidence: `paragraph/number`."""
        return f"{self.paragraph.code}/{self.number}"


class Draft(models.Model):
    """A proposed edition of a paragraph: judged on demand, never in force."""

    code = models.CharField(max_length=60, unique=True)
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="drafts")

    def __str__(self) -> str:
        return self.code


class ClauseVersionQuerySet(models.QuerySet["ClauseVersion"]):
    def in_force(self, day: date) -> Self:
        """For each clause the version with the latest start up to a day, unless that one repeals it."""
        latest = (
            ClauseVersion.objects.filter(clause=models.OuterRef("clause"), draft__isnull=True, effective_from__lte=day)
            .order_by("-effective_from")
            .values("pk")[:1]
        )
        return self.filter(draft__isnull=True, pk=models.Subquery(latest)).exclude(rule="")


class ClauseVersion(models.Model):
    """How a clause reads from a day on; it ends where the next one starts, and an empty rule repeals it."""

    class Mark(models.TextChoices):
        LAW = "law", _("Law")
        REPORTED = "reported", _("Reported")
        POLICY = "policy", _("Policy, not law")

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="versions")
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    effective_from = models.DateField()
    rule = models.CharField(max_length=40, blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    mark = models.CharField(max_length=10, choices=Mark.choices, blank=True)
    citation_kk = models.CharField(max_length=300, blank=True)
    citation_ru = models.CharField(max_length=300, blank=True)
    citation_en = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=300, blank=True)
    text_kk = models.TextField(blank=True)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)

    objects = ClauseVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clause",
                "effective_from",
                Coalesce("draft", Value(0)),
                name="compliance_version_one_a_day",
                violation_error_message=_("A clause has one version for a day at most."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.clause} from {self.effective_from}"

    def clean(self) -> None:
        if self.rule:
            try:
                self.build_rule()
            except RuleFault as fault:
                raise ValidationError({"parameters": str(fault)}) from fault

    def build_rule(self) -> Rule:
        """The rule with this version's parameters. Raises RuleFault when they do not fit it."""
        return _built(self.rule, json.dumps(self.parameters, sort_keys=True))

    @property
    def text(self) -> str:
        return in_language(self, "text")

    @property
    def citation(self) -> str:
        """Where the clause comes from, for a lawyer to check."""
        return in_language(self, "citation")

    @property
    def ordinal(self) -> int:
        """Which version of its clause this is, counted from 1 in order of `effective_from`."""
        earlier = ClauseVersion.objects.filter(clause=self.clause_id, draft__isnull=True)
        return earlier.filter(effective_from__lte=self.effective_from).count()


@lru_cache(maxsize=512)
def _built(rule: str, parameters: str) -> Rule:
    """Rules are frozen: one is enough for all who ask by the same parameters."""
    return rule_named(rule).from_parameters(json.loads(parameters))


class Evaluation(models.Model):
    """One judging of the whole register for a day."""

    as_of = models.DateField()
    engine = models.CharField(max_length=10)
    started_at = models.DateTimeField(default=timezone.now)
    opened = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    # Findings and figures that actions should have brought up to date and did not: found where the day had been judged
    # before and nothing was loaded since. Empty on the first judging of a day: time alone changes much.
    missed = models.PositiveIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.as_of}"


class StaleQuerySet(models.QuerySet["Stale"]):
    def taken(self) -> Self:
        """Those that no other worker is at, for the rest of the transaction."""
        return self.select_for_update(skip_locked=True)


class Stale(models.Model):
    """A school or an agency too large to be judged while somebody waits: an action touched it, a worker judges it.

    Each action adds its own mark, so that none waits for another; the worker takes all marks of an owner at once.
    """

    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    objects = StaleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="compliance_stale_one_owner",
                condition=Q(school__isnull=True) ^ Q(agency__isnull=True),
                violation_error_message=_("A mark names a school or an agency."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.school or self.agency} since {self.since:%Y-%m-%d %H:%M}"


class FigureQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Figures of schools and agencies that the membership may know of, and of regions to regulators."""
        if membership is None:
            return self.none()
        if membership.role == Role.REGULATOR:
            if membership.region_id is None:
                return self
            return self.filter(region=membership.region_id)
        if membership.role == Role.AGENCY_MANAGER:
            schools = School.objects.visible_to(membership)
            return self.filter(Q(agency=membership.agency_id) | Q(level=Figure.Level.SCHOOL, school__in=schools))
        return self.filter(level=Figure.Level.SCHOOL, school__in=School.objects.visible_to(membership))


class Figure(models.Model):
    """The latest figures of one owner, so that lists can be sorted by them; the definitions stand in turnover.py.

    Empty means not measurable. `claimed`, `present`, `refused` count shifts of the window: what the agency claimed,
    what the school confirmed of that, and where it said no.
    """

    class Level(models.TextChoices):
        SCHOOL = "school", _("School")
        AGENCY_SCHOOL = "agency_school", _("Agency at a school")
        AGENCY = "agency", _("Agency")
        REGION = "region", _("Region")

    level = models.CharField(max_length=14, choices=Level.choices)
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, blank=True, related_name="figures")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="figures")
    # The region of the school, or of the agency at level `agency`.
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="figures")
    as_of = models.DateField()
    measurable = models.BooleanField()
    person_days = models.PositiveBigIntegerField()
    average_headcount = models.FloatField()
    gross_left = models.PositiveIntegerField()
    excused_left = models.PositiveIntegerField()
    net_left = models.PositiveIntegerField()
    provisional_left = models.PositiveIntegerField()
    rate = models.FloatField(null=True)
    rate_low = models.FloatField(null=True)
    rate_high = models.FloatField(null=True)
    settled_rate = models.FloatField(null=True)
    settled_low = models.FloatField(null=True)
    distinct_guards = models.PositiveIntegerField()
    continuity = models.FloatField(null=True)
    median_tenure_days = models.FloatField(null=True)
    stability = models.FloatField(null=True)
    claimed = models.PositiveIntegerField(default=0)
    present = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    objects = FigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "level",
                "region",
                Coalesce("school", Value(0)),
                Coalesce("agency", Value(0)),
                name="compliance_figure_once",
            )
        ]
        indexes = [
            models.Index(fields=["level", "region", "rate"]),
            models.Index(fields=["level", "agency"]),
            models.Index(fields=["level", "school"]),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.school_id or ''} {self.agency_id or ''} {self.region_id}"


class FindingQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Findings against one's own agency or about one's own school; to a regulator, those of his region."""
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(school=membership.school_id)
        if membership.role == Role.REGULATOR:
            return self if membership.region_id is None else self.filter(region=membership.region_id)
        return self.none()

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)

    def answered(self) -> Self:
        """Those that the agency has answered."""
        return self.filter(Exists(Answer.objects.filter(finding=OuterRef("pk"))))

    def unanswered(self) -> Self:
        return self.filter(~Exists(Answer.objects.filter(finding=OuterRef("pk"))))


class Finding(Identified):
    """A clause was breached: opened once, kept while the breach lasts, closed, never deleted.

    `evidence` stays as it was judged on `opened_on`. When a later day judges the same breach with another strength,
    this finding closes and another one opens with evidence of its own.
    """

    class Strength(models.TextChoices):
        ESTABLISHED = "established", _("Established")
        INDICATED = "indicated", _("Indicated")

    version = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="findings")
    subject = models.CharField(max_length=200)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, null=True, blank=True, related_name="findings")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="findings")
    strength = models.CharField(max_length=12, choices=Strength.choices, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    evidence = models.JSONField(default=dict)
    engine = models.CharField(max_length=10)
    # Of the clause version, the engine and the evidence as they were: what was judged can be proved untouched.
    digest = models.CharField(max_length=64, blank=True)
    # The finding of the same clause about the same subject that closed before this one opened.
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="later")

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="compliance_finding_one_open",
                fields=["version", "subject"],
                condition=Q(closed_on__isnull=True),
                violation_error_message=_("A clause version has one open finding for a subject at most."),
            ),
            models.CheckConstraint(
                name="compliance_finding_days_in_order",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("A finding closes on or after the day it was opened."),
            ),
        ]
        indexes = [
            models.Index(fields=["region", "closed_on", "opened_on"]),
            models.Index(fields=["closed_on", "opened_on", "id"]),
            models.Index(fields=["agency", "closed_on"]),
            models.Index(fields=["school", "closed_on"]),
            models.Index(fields=["subject", "closed_on"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number a person can name the finding by: year of opening and its place in the register."""
        return f"{self.opened_on.year}-{self.pk:04d}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class AnswerQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Seen by the agency that answered and the regulators who may see the finding, and nobody else."""
        if membership is None or membership.role == Role.SCHOOL_DIRECTOR:
            return self.none()
        return self.filter(Exists(Finding.objects.visible_to(membership).filter(pk=OuterRef("finding"))))


class Answer(Identified):
    """What the agency says of a finding: its explanation, files that bear it out, the day by which it will be mended.

    Written once and never changed; the agency may answer again. It changes neither the finding nor a figure.
    """

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField()
    # The day that the agency sets itself. No rule reads it: deadlines of law run from the delivery of a notice.
    remedy_by = models.DateField(null=True, blank=True)
    files = models.ManyToManyField(StoredFile, related_name="+", blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.CharField(max_length=254)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.text[:40]}"
