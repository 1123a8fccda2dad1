"""Why an agency places a guard, or ends his service, although a clause of policy speaks against it."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.querysets import VisibleQuerySet
from compliance.models import ClauseVersion
from guards.models import Assignment


class SignedReasonQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        return self.filter(assignment__in=Assignment.objects.visible_to(membership))


class SignedReason(models.Model):
    """Policy may be set aside by whoever answers for it and says why; the director reads it.

    `sentence` is what spoke against it, as the agency read it when it signed. `of_end`: it was signed when the service
    was ended, for the limit that this leave breaks; else when the guard was proposed, before the director answers.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="signed_reasons")
    version = models.ForeignKey(ClauseVersion, on_delete=models.PROTECT, related_name="+")
    of_end = models.BooleanField(default=False)
    sentence = models.TextField()
    text = models.TextField()
    signed_by = models.CharField(max_length=254)
    signed_name = models.CharField(max_length=254)
    at = models.DateTimeField(default=timezone.now)

    objects = SignedReasonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="staffing_signed_reason_once_a_clause",
                fields=["assignment", "version", "of_end"],
                violation_error_message=_("A reason for setting this clause aside is signed already."),
            ),
            models.CheckConstraint(
                name="staffing_signed_reason_says_why",
                condition=~models.Q(text=""),
                violation_error_message=_("A signed reason says why."),
            ),
        ]

    @property
    def signed_on(self) -> date:
        return timezone.localdate(self.at)

    def __str__(self) -> str:
        return f"{self.assignment_id}: {self.text[:40]}"
