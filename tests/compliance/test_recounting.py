"""What a finding states follows from the records that it keeps, and from nothing else."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from compliance.engine import RegisterWorld, base_terms
from compliance.predicates import RULES, Breach, Rule
from compliance.predicates.base import evidence_in_full
from compliance.records import IDENTITY, KINDS
from compliance.register import COUNTRY
from tests.compliance.case_worlds import CaseWorld
from tests.compliance.test_concordance import FILES, rule_of

pytestmark = pytest.mark.django_db

COUNTING = {rule.code: rule for rule in RULES if rule.keeps}
UNLAWFUL = [
    pytest.param(code, case, id=f"{code}: {case['name']}")
    for code in COUNTING
    for case in FILES[code]["case"]
    if case.get("unlawful_on")
]


def in_full(rule: Rule, day: date) -> list[tuple[Breach, dict[str, Any]]]:
    """The breaches of a day, each with its evidence as a database gives it back."""
    breaches = list(rule.breaches(RegisterWorld(day, COUNTRY, base_terms([]))))
    told = evidence_in_full([(rule, one) for one in breaches], day)
    return list(zip(breaches, json.loads(json.dumps(told)), strict=True))


def test_which_clauses_keep_what_they_counted() -> None:
    assert {code: rule.keeps for code, rule in COUNTING.items()} == {
        "agency_vulnerable_capability": ("groups", "contracts"),
        "briefings": ("log",),
        "continuity_floor": ("rows", "calendars"),
        "director_confirmation": ("calendars",),
        "post_covered": ("rows", "contracts", "posts", "calendars"),
        "presence_agrees": ("shifts", "rows"),
        "school_training": ("calendars",),
        "staffing_norm": ("staff", "posts", "contracts", "groups"),
        "turnover_limit": ("rows", "calendars"),
    }
    assert {kind for rule in COUNTING.values() for kind in rule.keeps} == set(KINDS)


@pytest.mark.parametrize(("code", "case"), UNLAWFUL)
def test_what_was_judged_follows_from_what_is_kept(code: str, case: dict[str, Any]) -> None:
    rule = rule_of(code, case)
    CaseWorld(deepcopy(case))
    for day in case["unlawful_on"]:
        for breach, evidence in in_full(rule, day):
            judged = json.loads(json.dumps(breach.evidence))
            assert {name: evidence[name] for name in judged} == judged
            assert set(evidence) - set(judged) <= set(rule.keeps) <= set(evidence)
            again = rule.recounted(evidence)
            assert again and {name: evidence[name] for name in again} == again


def without(evidence: dict[str, Any], kind: str) -> dict[str, Any]:
    """The evidence as if the first record of a kind had never been there; of calendars, as if all days were closed."""
    if kind == "calendars":
        closed = [["1900-01-01", evidence["day"]]]
        return evidence | {kind: [one | {"closures": closed} for one in evidence[kind]]}
    return evidence | {kind: evidence[kind][1:]}


@pytest.mark.parametrize(("code", "kind"), [(code, kind) for code, rule in COUNTING.items() for kind in rule.keeps])
def test_of_every_kind_that_is_kept_something_follows(code: str, kind: str) -> None:
    for case in FILES[code]["case"]:
        if "unlawful_on" not in case:
            continue
        rule = rule_of(code, case)
        with transaction.atomic():
            CaseWorld(deepcopy(case))
            found = in_full(rule, case["unlawful_on"][0])
            transaction.set_rollback(True)
        if any(
            evidence[kind] and rule.recounted(without(evidence, kind)) != rule.recounted(evidence)
            for _, evidence in found
        ):
            return
    pytest.fail("no case in which it would be another figure")


@pytest.mark.parametrize("code", COUNTING)
def test_records_are_told_apart_by_what_names_them(code: str) -> None:
    case = next(one for one in FILES[code]["case"] if "unlawful_on" in one)
    CaseWorld(deepcopy(case))
    for _breach, evidence in in_full(rule_of(code, case), case["unlawful_on"][0]):
        for kind in set(COUNTING[code].keeps) & set(IDENTITY):
            named = [tuple(one[name] for name in IDENTITY[kind]) for one in evidence[kind]]
            assert len(named) == len(set(named))
