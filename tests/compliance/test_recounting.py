"""What a finding states follows from the records that it keeps, and from nothing else."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from compliance.engine import Judgement, RegisterWorld, base_terms, judge
from compliance.findings import store
from compliance.models import Finding
from compliance.predicates import RULES, Breach, Rule
from compliance.predicates.agencies import POSTS_OF, StaffingNorm
from compliance.predicates.base import evidence_in_full
from compliance.predicates.licences import LicenceInForce
from compliance.predicates.turnover import ContinuityFloor
from compliance.records import IDENTITY, KINDS
from compliance.register import COUNTRY, Scope
from guards.models import Assignment, Employment
from tests.compliance.case_worlds import CaseWorld
from tests.compliance.test_concordance import FILES, rule_of
from tests.desks.proof.evidence import FLAT
from tests.factories import AssignmentFactory, ContractFactory, LicenceFactory, PostFactory

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
        "contract_in_force": ("contracts",),
        "director_confirmation": ("calendars",),
        "guard_identity_document": ("papers",),
        "guard_no_bars": ("papers", "service"),
        "guard_refresher": ("papers", "service"),
        "guard_special_training": ("papers",),
        "licence_in_force": ("licences", "events"),
        "licence_subtype": ("licences", "events"),
        "post_covered": ("rows", "contracts", "posts", "calendars"),
        "presence_agrees": ("shifts", "rows"),
        "quarterly_report": ("reports",),
        "school_training": ("training", "modules", "calendars"),
        "staffing_norm": ("staff", "posts", "contracts", "groups"),
        "turnover_limit": ("rows", "calendars"),
    }
    # What a birth date, a citizenship or silence shows is made of no records.
    assert {rule.code for rule in RULES} - set(COUNTING) == {"guard_age_citizenship", "measurable"}
    assert {kind for rule in COUNTING.values() for kind in rule.keeps} == set(KINDS)


@pytest.mark.parametrize(("code", "case"), UNLAWFUL)
def test_what_was_judged_follows_from_what_is_kept(code: str, case: dict[str, Any]) -> None:
    rule = rule_of(code, case)
    CaseWorld(case)
    for day in case["unlawful_on"]:
        found = in_full(rule, day)
        assert found
        for breach, evidence in found:
            judged = json.loads(json.dumps(breach.evidence))
            assert {name: evidence[name] for name in judged} == judged
            again = json.loads(json.dumps(rule.recounted(evidence)))
            assert again and {name: evidence[name] for name in again} == again
            assert set(evidence) == {*judged, *again, *rule.keeps}
            assert rule.broken(evidence)


# What acquits there is no record that is kept: a confirmation, a school taken off the list, a module no longer asked
# for, a contract that is young.
ACQUITTED_OTHERWISE = {"briefings", "director_confirmation", "licence_subtype", "school_training", "turnover_limit"}


@pytest.mark.parametrize(("code", "case"), [one for one in UNLAWFUL if one.values[0] not in ACQUITTED_OTHERWISE])
def test_what_is_kept_on_a_lawful_day_breaks_nothing(code: str, case: dict[str, Any]) -> None:
    """Whoever was accused on another day."""
    rule = rule_of(code, case)
    CaseWorld(case)
    for breach, evidence in in_full(rule, case["unlawful_on"][0]):
        stated = {name: value for name, value in evidence.items() if name not in KINDS}
        for day in case.get("lawful_on", []):
            window = [(day - timedelta(days=getattr(rule, "window_days", 1) - 1)).isoformat(), day.isoformat()]
            then = replace(breach, proof=stated | {"day": day.isoformat(), "window": window})
            (known,) = evidence_in_full([(rule, then)], day)
            assert not rule.broken(known), day


def without(evidence: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The evidence as if the first, or the last, record of a kind had never been there; of calendars, as if all days
    were closed."""
    if kind == "calendars":
        closed = [["1900-01-01", evidence["day"]]]
        return [evidence | {kind: [one | {"closures": closed} for one in evidence[kind]]}]
    return [evidence | {kind: evidence[kind][1:]}, evidence | {kind: evidence[kind][:-1]}]


@pytest.mark.parametrize(("code", "kind"), [(code, kind) for code, rule in COUNTING.items() for kind in rule.keeps])
def test_of_every_kind_that_is_kept_something_follows(code: str, kind: str) -> None:
    for case in FILES[code]["case"]:
        if "unlawful_on" not in case:
            continue
        rule = rule_of(code, case)
        with transaction.atomic():
            CaseWorld(case)
            found = [evidence for day in case["unlawful_on"] for _breach, evidence in in_full(rule, day)]
            transaction.set_rollback(True)
        if any(rule.recounted(less) != rule.recounted(one) for one in found for less in without(one, kind)):
            return
    pytest.fail("no case in which it would be another figure")


@pytest.mark.parametrize("code", COUNTING)
def test_records_are_told_apart_by_what_names_them(code: str) -> None:
    case = next(one for one in FILES[code]["case"] if "unlawful_on" in one)
    CaseWorld(case)
    for _breach, evidence in in_full(rule_of(code, case), case["unlawful_on"][0]):
        for kind in set(COUNTING[code].keeps) & set(IDENTITY):
            named = [tuple(one[name] for name in IDENTITY[kind]) for one in evidence[kind]]
            assert len(named) == len(set(named))


@pytest.mark.parametrize("code", FLAT)
def test_the_examples_of_the_proofs_state_and_keep_what_the_rules_do(code: str) -> None:
    known = []
    for case in FILES[code]["case"]:
        for day in case.get("unlawful_on", []):
            with transaction.atomic():
                CaseWorld(case)
                known += [set(evidence) for _breach, evidence in in_full(rule_of(code, case), day)]
                transaction.set_rollback(True)
    assert {"day", *FLAT[code]} in known


@pytest.mark.parametrize("level", ["school", "agency_school", "agency"])
def test_continuity_follows_at_every_level(level: str) -> None:
    """All but one stood at a second school before, one of them for another agency."""
    case = next(one for one in FILES["continuity_floor"]["case"] if "unlawful_on" in one)
    world = CaseWorld(case)
    elsewhere = PostFactory(school=world.elsewhere)
    for guard, agency in zip(world.guards[1:], (world.other_agency, world.agency, world.agency), strict=True):
        days = {"first_day": date(2025, 1, 1), "last_day": date(2025, 12, 20)}
        AssignmentFactory(guard=guard, post=elsewhere, agency=agency, left=True, **days)
    rule = ContinuityFloor(level=level, floor=1.0)
    found = in_full(rule, case["unlawful_on"][0])
    assert found
    for breach, evidence in found:
        judged = json.loads(json.dumps(breach.evidence))
        assert {name: evidence[name] for name in judged} == judged
        assert sum(one["days_in_window"] for one in evidence["spells"]) == evidence["person_days"]
        assert sum(one["seasoned_in_window"] for one in evidence["spells"]) == evidence["seasoned_days"]


def test_a_hundred_posts_at_a_norm_that_no_binary_fraction_holds_allow_what_they_say() -> None:
    totals = StaffingNorm(per_24h_post=4.35)._totals(435, dict.fromkeys(POSTS_OF, 0) | {"posts_24h": 100}, 0)
    assert totals["guards_allowed"] == 435.0


@pytest.mark.parametrize("code", COUNTING)
def test_a_country_and_a_few_schools_keep_the_same(code: str) -> None:
    case = next(one for one in FILES[code]["case"] if "unlawful_on" in one)
    world, rule, day = CaseWorld(case), rule_of(code, case), case["unlawful_on"][0]
    schools = [world.school.pk, world.elsewhere.pk]
    narrow = RegisterWorld(day, Scope.of(schools, [world.agency.pk, world.other_agency.pk]), base_terms([]))
    breaches = list(rule.breaches(narrow))
    narrowly = json.loads(json.dumps(evidence_in_full([(rule, one) for one in breaches], day)))
    assert narrowly == [evidence for _breach, evidence in in_full(rule, day)]


def accused(code: str) -> Judgement:
    """A country judged by all its clauses, with the breaches of one."""
    case = next(one for one in FILES[code]["case"] if "unlawful_on" in one)
    CaseWorld(case)
    judgement = judge(case["unlawful_on"][0])
    found = [one for one in judgement.breaches if one.version.rule == code]
    assert found
    return replace(judgement, breaches=found)


def test_what_was_put_right_while_a_country_was_read_does_not_open() -> None:
    judgement = accused("continuity_floor")
    Assignment.objects.update(status=Assignment.Status.DECLINED)
    assert store(judgement).opened == 0 and not Finding.objects.exists()


def test_what_no_longer_breaks_the_clause_does_not_open_either() -> None:
    """All but one left the staff, as of a day before, while the country was read."""
    judgement = accused("staffing_norm")
    Employment.objects.exclude(pk=Employment.objects.earliest("pk").pk).update(
        first_day=date(2020, 1, 1), last_day=date(2026, 8, 1)
    )
    assert store(judgement).opened == 0


def test_a_licence_that_another_contract_names_is_none_that_the_agency_had_yet() -> None:
    """Of two contracts of one agency one names a licence that is issued later, the other none: told at once or alone,
    each keeps the same."""
    day = date(2026, 9, 1)
    later = LicenceFactory(issued_on=date(2026, 10, 1))
    for licence in (later, None):
        ContractFactory(agency=later.agency, licence=licence, first_day=date(2026, 1, 1))
    rule = LicenceInForce()
    found = in_full(rule, day)
    assert [len(evidence["licences"]) for _breach, evidence in found] == [1, 0]
    for breach, evidence in found:
        assert json.loads(json.dumps(evidence_in_full([(rule, breach)], day))) == [evidence]
