"""Regions, calendars of open days, schools and their posts."""

from datetime import date
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from schools.identifiers import validate_bin


def in_language(record: Any, stem: str) -> str:
    """A record's text in the reader's language, else in Russian, else in Kazakh: `name_kk`, `name_ru`, `name_en`."""
    language = (get_language() or "ru")[:2]
    for code in (language, "ru", "kk"):
        if text := getattr(record, f"{stem}_{code}", ""):
            return str(text)
    return ""


class Region(models.Model):
    """One of the twenty regions; its code is the two-digit prefix of KATO."""

    code = models.CharField(max_length=2, primary_key=True)
    name_en = models.CharField(max_length=60)
    name_ru = models.CharField(max_length=60)
    name_kk = models.CharField(max_length=60)
    short_en = models.CharField(max_length=12)
    short_ru = models.CharField(max_length=12)
    short_kk = models.CharField(max_length=12)
    tile_column = models.PositiveSmallIntegerField()
    tile_row = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def short(self) -> str:
        return in_language(self, "short")


class Calendar(models.Model):
    """The days of the week on which a school is open, less its closures."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    weekdays = models.CharField(
        max_length=7,
        validators=[RegexValidator(r"^(?!$)1?2?3?4?5?6?7?$", _("Weekdays are digits from 1 (Monday) to 7, in order."))],
    )

    def __str__(self) -> str:
        return self.name


class Closure(models.Model):
    """Days on which the schools of a calendar are closed, both ends included."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                name="schools_closure_days_in_order",
                condition=Q(last_day__gte=F("first_day")),
                violation_error_message=_("A closure ends on or after its first day."),
            ),
            models.UniqueConstraint(
                name="schools_closure_once",
                fields=["calendar", "first_day"],
                violation_error_message=_("A closure of this calendar already begins on this day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"


class SchoolQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Directors see their own school, agencies the schools they have a contract with, regulators their region."""
        if membership is None:
            return self.none()
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(pk=membership.school_id)
        if membership.role == Role.AGENCY_MANAGER:
            # Contracts belong to a layer above: they are reached by the name of the relation, without an import.
            contracted = School.objects.filter(contracts__agency=membership.agency_id).values("pk")
            return self.filter(pk__in=contracted)
        if membership.role == Role.REGULATOR:
            return self if membership.region_id is None else self.filter(region=membership.region_id)
        return self.none()

    def vulnerable_on(self, day: Any) -> Self:
        """Schools on the territorial list of objects vulnerable to terrorism on a day (a date or an F expression)."""
        return self.filter(Q(vulnerable_until__isnull=True) | Q(vulnerable_until__gte=day), vulnerable_since__lte=day)


class School(Identified):
    """A school whose doors are guarded. `code` is the identifier of whoever sends it, and stays."""

    code = models.CharField(max_length=60, unique=True)
    bin = models.CharField(max_length=12, blank=True, validators=[validate_bin])
    name_ru = models.CharField(max_length=200)
    name_kk = models.CharField(max_length=200, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="schools")
    locality = models.CharField(max_length=120, blank=True)
    pupils = models.PositiveIntegerField(null=True, blank=True)
    staff = models.PositiveIntegerField(null=True, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="schools")
    vulnerable_since = models.DateField(null=True, blank=True)
    vulnerable_until = models.DateField(null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="schools_school_vulnerable_days_in_order",
                condition=Q(vulnerable_until__isnull=True) | Q(vulnerable_until__gte=F("vulnerable_since")),
                violation_error_message=_(
                    "A school is on the list of vulnerable objects until a day after it entered it."
                ),
            )
        ]
        indexes = [models.Index(fields=["region", "name_ru"]), models.Index(fields=["name_ru", "id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its number is never parted from the sign before it."""
        return in_language(self, "name").replace("№ ", "№\N{NO-BREAK SPACE}")

    def is_vulnerable_on(self, day: date) -> bool:
        since, until = self.vulnerable_since, self.vulnerable_until
        return since is not None and since <= day and (until is None or day <= until)


class PostQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        return self.filter(school__in=School.objects.visible_to(membership))

    def open_on(self, day: date) -> Self:
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)


class Post(Identified):
    """A place at a school where guards stand: so many positions, in rotation, by a pattern of hours."""

    class Pattern(models.TextChoices):
        ROUND_THE_CLOCK = "24h", _("24 hours")
        TWELVE_HOURS = "12h", _("12 hours")
        EIGHT_HOURS = "8h", _("8 hours")

    code = models.CharField(max_length=60, unique=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField(max_length=120)
    pattern = models.CharField(max_length=3, choices=Pattern.choices)
    positions = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="schools_post_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("A post closes on or after its first day."),
            ),
            models.CheckConstraint(
                name="schools_post_has_positions",
                condition=Q(positions__gte=1),
                violation_error_message=_("A post has at least one position."),
            ),
            models.CheckConstraint(
                name="schools_post_pattern_known",
                condition=Q(pattern__in=["24h", "12h", "8h"]),
                violation_error_message=_("A post's pattern is 24h, 12h or 8h."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school}: {self.name}"
