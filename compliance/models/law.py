"""The paragraph as dated data."""

import json
from datetime import date
from functools import lru_cache
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

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
