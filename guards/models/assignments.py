"""Who holds which post, and who really stood there."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from agencies.models import Agency
from guards.models.people import Guard
from schools.models import Post


class EndReason(models.TextChoices):
    """Why an assignment ended; which of them are excused is said by the clause that judges."""

    RESIGNED = "resigned", _("Resigned")
    DISMISSED = "dismissed", _("Dismissed")
    DISMISSED_NEGATIVE = "dismissed_negative", _("Dismissed for a negative reason")
    MOVED_BY_AGENCY = "moved_by_agency", _("Moved by the agency")
    SCHOOL_REQUEST = "school_request", _("At the school's request")
    CONTRACT_ENDED = "contract_ended", _("The contract ended")
    ILLNESS = "illness", _("Illness")
    PARENTAL_LEAVE = "parental_leave", _("Parental leave")
    MILITARY_SERVICE = "military_service", _("Military service")
    RETIRED = "retired", _("Retired")
    DIED = "died", _("Died")
    LICENCE_DELAY = "licence_delay", _("Delay of a licence by the state")
    OTHER = "other", _("Other reason")


class AssignmentQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Seen by the agency that placed, the school concerned and the regulator of its region, and nobody else."""
        if membership is None:
            return self.none()
        if membership.role == Role.AGENCY_MANAGER:
            return self.filter(agency=membership.agency_id)
        if membership.role == Role.SCHOOL_DIRECTOR:
            return self.filter(post__school=membership.school_id).exclude(status=Assignment.Status.WITHDRAWN)
        if membership.role == Role.REGULATOR:
            return self if membership.region_id is None else self.filter(post__school__region=membership.region_id)
        return self.none()

    def counted(self) -> Self:
        """Those that the school director confirmed: the only ones a figure is made of."""
        return self.filter(status__in=Assignment.COUNTED)

    def holding(self) -> Self:
        """Those that say a guard is at a post: proposed, confirmed or ended, not declined or withdrawn."""
        return self.filter(status__in=Assignment.HOLDING)

    def proposed(self) -> Self:
        return self.filter(status=Assignment.Status.PROPOSED)

    def on(self, day: Any) -> Self:
        """Those whose days include a day (a date or an F expression)."""
        return self.filter(Q(last_day__isnull=True) | Q(last_day__gte=day), first_day__lte=day)

    def overlapping(self, first_day: date, last_day: date | None) -> Self:
        """Those that share a day with the given days; `None` means still."""
        found = self.filter(Q(last_day__isnull=True) | Q(last_day__gte=first_day))
        return found if last_day is None else found.filter(first_day__lte=last_day)


class Assignment(Identified):
    """A guard holds a post for an agency; `code` is the identifier of whoever sends it, and stays."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("Regular")
        RELIEF = "relief", _("Relief")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CONFIRMED = "confirmed", _("Confirmed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", _("Ended")

    COUNTED = (Status.CONFIRMED, Status.ENDED)
    HOLDING = (Status.PROPOSED, Status.CONFIRMED, Status.ENDED)
    # What may follow what: the actions obey it, and the tests walk it.
    TRANSITIONS = {
        Status.PROPOSED: {Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN},
        Status.CONFIRMED: {Status.ENDED},
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.ENDED: set(),
    }

    code = models.CharField(max_length=60, unique=True)
    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="assignments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="assignments")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="assignments")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.REGULAR)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)
    cause_accepted = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PROPOSED)
    confirmed_on = models.DateField(null=True, blank=True)
    # Not part of the register package: when the proposal reached the school, and the school's words when it said no.
    proposed_at = models.DateTimeField(default=timezone.now)
    decline_reason = models.TextField(blank=True)
    # The day on which the agency last reminded the school of its proposal.
    reminded_on = models.DateField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="guards_assignment_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                violation_error_message=_("An assignment ends on or after its first day."),
            ),
            models.CheckConstraint(
                name="guards_assignment_ended_has_reason",
                condition=~Q(status="ended") | (Q(last_day__isnull=False) & ~Q(end_reason="")),
                violation_error_message=_("An ended assignment has a last day and a reason."),
            ),
            models.CheckConstraint(
                name="guards_assignment_reason_has_last_day",
                condition=Q(end_reason="") | Q(last_day__isnull=False),
                violation_error_message=_("A reason for ending needs a last day."),
            ),
        ]
        indexes = [
            # With the guard: who ever stood at the schools of a region is known without a look at a row.
            models.Index(fields=["post", "first_day", "guard"]),
            models.Index(fields=["guard", "first_day"]),
            models.Index(fields=["agency", "status", "last_day"]),
            models.Index(fields=["status", "first_day"]),
            # Whoever stands on a day: the open rows, and the few that end later.
            models.Index(fields=["last_day", "first_day"]),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_regular(self) -> bool:
        return self.kind == self.Kind.REGULAR

    def may_become(self, status: str) -> bool:
        return status in self.TRANSITIONS[self.Status(self.status)]


class ProposalNote(models.Model):
    """What the director asks about a proposal before he answers it, or what the agency says to that."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="notes")
    role = models.CharField(max_length=20, choices=Role.choices)
    author = models.CharField(max_length=254)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"


class PresenceQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """Those at the posts that the membership may know of; who may know of all is not asked post by post."""
        if membership is not None and membership.role == Role.REGULATOR and membership.region_id is None:
            return self
        return self.filter(post__in=Post.objects.visible_to(membership))

    def of_agency(self, agency: Any) -> Self:
        """Those of guards who held the post for this agency on the day."""
        held = Assignment.objects.holding().filter(agency=agency, guard=OuterRef("guard"), post=OuterRef("post"))
        return self.filter(Exists(held.on(OuterRef("on"))))

    def differing(self) -> Self:
        """Those on which the school said otherwise than the agency claims; its silence is no contradiction."""
        return self.filter(Presence.DIFFERING)


class Presence(models.Model):
    """One guard, one post, one day: what the agency claims and what the school confirms, kept apart."""

    class Answer(models.TextChoices):
        PRESENT = "present", _("Present")
        ABSENT = "absent", _("Absent")
        OTHER_PERSON = "other_person", _("Another person")

    REFUSALS = (Answer.ABSENT, Answer.OTHER_PERSON)
    # Sets of one value: SQLite finds a bare column that is true or not by no index.
    DIFFERING = Q(agency_claim__in=[True], school_confirmation__in=REFUSALS) | Q(
        agency_claim__in=[False], school_confirmation=Answer.PRESENT
    )

    guard = models.ForeignKey(Guard, on_delete=models.PROTECT, related_name="presences")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="presences")
    on = models.DateField()
    agency_claim = models.BooleanField(default=False)
    school_confirmation = models.CharField(max_length=12, choices=Answer.choices, blank=True)
    # Not part of the register package: when the school answered, so that a late answer is seen to be late.
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="guards_presence_once_a_day",
                fields=["guard", "post", "on"],
                violation_error_message=_("This day is already marked for this guard and post."),
            )
        ]
        indexes = [
            models.Index(fields=["post", "on"]),
            # Where the words differ, in a whole country.
            models.Index(fields=["school_confirmation", "agency_claim", "on"]),
        ]

    def __str__(self) -> str:
        return f"{self.guard_id} at {self.post_id} on {self.on}"

    @property
    def differs(self) -> bool:
        """Whether the school said otherwise than the agency claims."""
        if self.agency_claim:
            return self.school_confirmation in self.REFUSALS
        return self.school_confirmation == self.Answer.PRESENT


class PresenceNote(models.Model):
    """What the agency or the school says of a day on which their words about a guard differ."""

    presence = models.ForeignKey(Presence, on_delete=models.PROTECT, related_name="notes")
    role = models.CharField(max_length=20, choices=Role.choices)
    author = models.CharField(max_length=254)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.author}: {self.text[:40]}"
