"""The paragraph as dated data."""

import hashlib
import json
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Identified
from access.querysets import VisibleQuerySet
from access.roles import Role
from accounts.models import User
from compliance.predicates import Rule, RuleFault, rule_named
from schools.models import in_language


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


class DraftQuerySet(VisibleQuerySet):
    def visible_to(self, membership: Any) -> Self:
        """What is being drawn up is known to regulators alone, to those of a region too."""
        return self if membership is not None and membership.role == Role.REGULATOR else self.none()

    def pending(self) -> Self:
        """Those that may still become law."""
        return self.filter(state__in=(Draft.State.DRAFTING, Draft.State.HANDED_OVER))

    def waiting_for(self, membership: Any) -> Self:
        """Those that wait for a second person, where this one can be it."""
        if membership is None or membership.role != Role.REGULATOR or membership.region_id is not None:
            return self.none()
        return self.filter(state=Draft.State.HANDED_OVER).exclude(hands=membership.user_id)


class Draft(Identified):
    """A proposed edition of a paragraph: judged on demand, never in force.

    Drawn up on screen, it is for one day, `effective_from`, which all its versions share; two people make it law, and
    it keeps its own versions beside those that come into force. One read from a file (`drafted_by` is empty) is only
    judged and compared.
    """

    class State(models.TextChoices):
        DRAFTING = "drafting", _("Being drafted")
        HANDED_OVER = "handed_over", _("Waits for a second person")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REVOKED = "revoked", _("Revoked before its day")

    code = models.CharField(max_length=60, unique=True)
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="drafts")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFTING)
    effective_from = models.DateField(null=True, blank=True)
    why = models.TextField(blank=True)
    begun_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Whoever began it, wrote in it or handed it over: none of them publishes it.
    hands = models.ManyToManyField(User, blank=True, related_name="+")
    handed_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True, blank=True)
    # Why the second person gave it back, until it is handed over again.
    returned_because = models.TextField(blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    # Once published and before its day it can be revoked: one asks and says why, another one does.
    revoking_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoking_because = models.TextField(blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="compliance_draft_published_by_another",
                condition=Q(published_by__isnull=True)
                | (~Q(published_by=F("drafted_by")) & ~Q(published_by=F("handed_over_by"))),
                violation_error_message=_("Another person publishes than those who drafted."),
            ),
            models.CheckConstraint(
                name="compliance_draft_revoked_by_another",
                condition=Q(revoked_by__isnull=True) | ~Q(revoked_by=F("revoking_by")),
                violation_error_message=_("Another person revokes than who asked for it."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def digest(self) -> str:
        """The same as long as the draft would be judged the same: its clauses with day, rule and parameters."""
        rows = self.versions.select_related("clause__paragraph")
        judged = sorted([one.clause.code, str(one.effective_from), one.rule, one.parameters] for one in rows)
        text = json.dumps(judged, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class ClauseVersionQuerySet(models.QuerySet["ClauseVersion"]):
    def enacted(self) -> Self:
        """Those that are law from their day on: no drafts, and nothing that was revoked before its day."""
        return self.filter(draft__isnull=True, revoked_at__isnull=True)

    def in_force(self, day: date) -> Self:
        """For each clause the version with the latest start up to a day, unless that one repeals it."""
        latest = (
            ClauseVersion.objects.enacted()
            .filter(clause=models.OuterRef("clause"), effective_from__lte=day)
            .order_by("-effective_from")
            .values("pk")[:1]
        )
        return self.enacted().filter(pk=models.Subquery(latest)).exclude(rule="")


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
    # In a draft: what stood of its clause, in force or to come, when whoever drafts it last looked.
    seen = models.JSONField(default=list, blank=True)
    # In force or to be: the draft that it was published from, empty where it shipped with the product.
    published_from = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, blank=True, related_name="published")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ClauseVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "clause",
                "effective_from",
                Coalesce("draft", Value(0)),
                name="compliance_version_one_a_day",
                condition=Q(revoked_at__isnull=True),
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

    @cached_property
    def judging_rule(self) -> Rule:
        """The same, built once: of a version that nobody changes while it is judged by."""
        return self.build_rule()

    @property
    def text(self) -> str:
        return in_language(self, "text")

    @property
    def citation(self) -> str:
        """Where the clause comes from, for a lawyer to check."""
        return in_language(self, "citation")

    def read_on(self, day: date) -> "ClauseVersion | None":
        """How its clause reads on a day: the version with the latest start up to it; one without a rule repeals it."""
        earlier = ClauseVersion.objects.enacted().filter(clause=self.clause_id, effective_from__lte=day)
        return earlier.order_by("-effective_from").first()

    @property
    def ordinal(self) -> int:
        """Which version of its clause this is, counted from 1 in order of `effective_from`."""
        earlier = ClauseVersion.objects.enacted().filter(clause=self.clause_id)
        return earlier.filter(effective_from__lte=self.effective_from).count()


@lru_cache(maxsize=512)
def _built(rule: str, parameters: str) -> Rule:
    """Rules are frozen: one is enough for all who ask by the same parameters."""
    return rule_named(rule).from_parameters(json.loads(parameters))
