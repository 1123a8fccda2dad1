"""What all rules share: parameters, sentences, the cost of judging, one answer for one school and for the country."""

from dataclasses import fields
from datetime import date, timedelta
from typing import Any, get_type_hints

import pytest
from django.db import connection
from django.db.models import Case, DateField, F, Value, When
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from compliance.coverage import not_measurable
from compliance.engine import RegisterWorld, base_terms, judge
from compliance.models import ClauseVersion
from compliance.predicates import RULES, Breach, Rule, RuleFault, Subject, rule_named
from compliance.predicates.base import RowRule, kind_of
from compliance.predicates.guards import GuardAgeCitizenship, GuardNoBars
from compliance.predicates.labels import EVIDENCE_LABELS, EVIDENCE_WORDS
from compliance.register import COUNTRY, Scope
from guards.models import Assignment
from tests import factories

DAY = date(2026, 11, 25)
YEARS_AGO = date(2024, 1, 1)


def unlawful_agency(count: int) -> tuple[set[int], set[int]]:
    """An agency with so many schools, each of which shows what the rules ask about; the keys of both."""
    agency = factories.AgencyFactory()
    licence = factories.LicenceFactory(agency=agency, subtype="except_vulnerable")
    factories.LicenceEventFactory(licence=licence, on=date(2026, 11, 1))
    factories.MobileGroupFactory(agency=agency)
    factories.QuarterlyReportFactory(agency=agency, year=2025, quarter=4, sent_on=date(2026, 1, 20))
    for kind in ("training_certificate", "refresher_certificate", "medical_certificate", "no_criminal_record",
                 "identity_document"):  # fmt: skip
        colleague = factories.EmploymentFactory(agency=agency).guard
        factories.CredentialFactory(guard=colleague, kind=kind)
    factories.EmploymentFactory.create_batch(10, agency=agency)
    schools = {_unlawful_school(agency, licence) for _ in range(count)}
    return schools, {agency.pk}


def _unlawful_school(agency: Any, licence: Any) -> int:
    school = factories.SchoolFactory(vulnerable_since=YEARS_AGO)
    post = factories.PostFactory(school=school, pattern="8h", positions=5)
    factories.ContractFactory(agency=agency, school=school, licence=licence, last_day=date(2026, 11, 30))
    factories.RequirementFactory(school=school)
    factories.BriefingFactory(school=school, held_on=YEARS_AGO)
    fired = factories.AssignmentFactory(
        post=post, agency=agency, first_day=date(2026, 9, 15), guard__citizenship="RU"
    ).guard
    factories.EmploymentFactory(
        guard=fired, first_day=YEARS_AGO, last_day=date(2025, 1, 1), end_reason="dismissed_negative"
    )
    factories.AssignmentFactory(post=post, agency=agency, first_day=date(2026, 11, 1), proposal=True)
    for months in (3, 5):
        factories.AssignmentFactory(
            post=post, agency=agency, first_day=date(2025, 11, 20), last_day=date(2026, months, 1), left=True
        )
    for past in range(20):
        factories.PresenceFactory(
            guard=fired,
            post=post,
            on=DAY - timedelta(days=past),
            school_confirmation="absent" if past < 3 else "present",
        )
    return int(school.pk)


def shipped_rules() -> list[tuple[str, Rule]]:
    versions = ClauseVersion.objects.in_force(DAY).select_related("clause__paragraph").order_by("pk")
    return [(version.clause.code, version.build_rule()) for version in versions]


def world_of(scope: Scope = COUNTRY) -> RegisterWorld:
    return RegisterWorld(DAY, scope, base_terms([]))


def told(breaches: list[Breach]) -> list[Any]:
    return sorted(
        ((breach.subject.key, breach.strength, breach.evidence) for breach in breaches), key=lambda one: one[0]
    )


@pytest.mark.django_db
def test_the_unlawful_world_breaks_every_clause_but_those_that_name_other_faults() -> None:
    """Else the tests below would prove nothing of a rule that found nothing."""
    unlawful_agency(1)
    silent = {code for code, rule in shipped_rules() if not list(rule.breaches(world_of()))}
    # The contract is there, and a school with confirmed service can be measured.
    assert silent == {"security-guards/7", "school-guards/5"}


@pytest.mark.django_db
def test_judging_costs_the_same_number_of_queries_for_one_school_and_for_twenty() -> None:
    def cost() -> dict[str, int]:
        found = {}
        for code, rule in shipped_rules():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                list(rule.breaches(world_of()))
            found[code] = len(queries)
        return found

    unlawful_agency(1)
    one = cost()
    unlawful_agency(19)
    assert cost() == one


@pytest.mark.django_db
def test_one_school_has_the_same_breaches_as_in_the_country() -> None:
    schools, agencies = unlawful_agency(2)
    unlawful_agency(2)
    for code, rule in shipped_rules():
        country = list(rule.breaches(world_of()))
        mine = [
            breach
            for breach in country
            if breach.subject.school in schools or (breach.subject.school is None and breach.subject.agency in agencies)
        ]
        assert told(list(rule.breaches(world_of(Scope.of(schools, agencies))))) == told(mine), code


@pytest.mark.django_db
def test_each_row_is_judged_on_a_day_of_its_own() -> None:
    """The day is a column: whatever day a row carries, it fails as it would if all carried that day."""
    unlawful_agency(3)
    days = (DAY, date(2026, 12, 15), date(2026, 10, 1), date(2025, 11, 22), date(2023, 6, 1))
    told_apart = set()
    for code, rule in shipped_rules():
        if not isinstance(rule, RowRule):
            continue

        def failing(on: Any, rule: RowRule = rule) -> set[int]:
            rows = rule.rows().annotate(on=Cast(on, DateField()))
            return set(rule.failing(rows).values_list("pk", flat=True))

        by_day = [failing(Value(day)) for day in days]
        own = Case(*(When(turn=at, then=Value(day)) for at, day in enumerate(days)), output_field=DateField())
        rows = rule.rows().annotate(turn=F("pk") % len(days)).annotate(on=Cast(own, DateField()))
        mixed = set(rule.failing(rows).values_list("pk", flat=True))
        assert mixed == {key for at, keys in enumerate(by_day) for key in keys if key % len(days) == at}, code
        if len(set(map(frozenset, by_day))) > 1:
            told_apart.add(rule.code)
    # A rule that fails on the same rows each day would prove nothing.
    assert told_apart == {rule.code for rule in RULES if issubclass(rule, RowRule)}


@pytest.mark.django_db
def test_a_scope_without_agencies_says_nothing_of_agencies_as_wholes() -> None:
    schools, _agencies = unlawful_agency(1)
    found = [one.breach.subject for one in judge(DAY, scope=Scope.of(schools)).breaches]
    assert found
    assert all(subject.school in schools for subject in found)


@pytest.mark.django_db
def test_two_rows_of_one_guard_at_one_school_are_one_breach() -> None:
    first = factories.AssignmentFactory(guard__citizenship="RU")
    factories.AssignmentFactory(
        guard=first.guard, post=first.post, agency=first.agency, first_day=YEARS_AGO, kind=Assignment.Kind.RELIEF
    )
    breaches = list(GuardAgeCitizenship().breaches(world_of()))
    assert [breach.evidence["assignment"] for breach in breaches] == [first.code]


@pytest.mark.django_db
def test_an_agency_that_keeps_no_papers_is_named_as_not_measurable() -> None:
    silent = factories.AssignmentFactory().agency
    keeping = factories.AssignmentFactory()
    factories.CredentialFactory(guard=keeping.guard)
    named = {silence.version.clause.code: silence.subjects for silence in not_measurable(DAY)}
    assert named["security-guards/3"] == [Subject(agency=silent.pk)]
    assert list(GuardNoBars(bar="health").breaches(world_of())) == []


@pytest.mark.django_db
def test_what_cannot_be_measured_costs_the_same_for_one_school_and_for_twenty() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            not_measurable(DAY)
        return len(queries)

    def schools(count: int) -> None:
        for assignment in factories.AssignmentFactory.create_batch(count):
            factories.BriefingFactory(school=assignment.post.school)

    schools(1)
    one = cost()
    schools(19)
    assert cost() == one


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_a_rule_checks_is_said_in_three_languages(rule: type[Rule]) -> None:
    said = {}
    for language in ("en", "ru", "kk"):
        with translation.override(language):
            said[language] = rule.sentences()
    assert said["en"][0] == " ".join((rule.__doc__ or "").split("\n\n")[0].split())
    for sentences in zip(*said.values(), strict=True):
        assert len(set(sentences)) == 3, f"not translated: {sentences}"
        # Numbers are the clause's to say, not the rule's.
        assert not any(letter.isdigit() or letter in "`_" for letter in "".join(sentences))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_title_a_sentence_and_parameters_that_a_form_can_ask_for(rule: type[Rule]) -> None:
    assert str(rule.title)
    assert rule.__doc__ and rule.__doc__[0].isupper() and "." in rule.__doc__
    hints = {each.name: each for each in fields(rule)}
    for name, each in hints.items():
        assert str(each.metadata["help"]), name
        kind, _may_be_empty = kind_of(get_type_hints(rule)[name])
        assert kind in (bool, int, float, str, tuple[str, ...]), name
        if kind in (int, float):
            assert each.metadata["low"] is not None and each.metadata["high"] is not None, name


@pytest.mark.parametrize(
    ("code", "parameters", "fault"),
    [
        ("guard_refresher", {"months": "12"}, "a whole number"),
        ("guard_refresher", {"months": True}, "a whole number"),
        ("guard_refresher", {"months": None}, "a whole number"),
        ("guard_refresher", {"months": 0}, "from 1 to 120"),
        ("guard_refresher", {"weeks": 3}, "no parameter “weeks”"),
        ("guard_age_citizenship", {"maximum_age": "50"}, "a whole number"),
        ("guard_no_bars", {}, "needs the parameter “bar”"),
        ("guard_no_bars", {"bar": "age"}, "one of health"),
        ("contract_in_force", {"names_licence": 1}, "true or false"),
        ("continuity_floor", {"floor": 60}, "from 0 to 1"),
        ("continuity_floor", {"level": "region"}, "one of school"),
        ("turnover_limit", {"level": "school", "excused": "illness"}, "a list of texts"),
        ("turnover_limit", {"level": "school", "excused": ["holiday"]}, "unknown reasons"),
        ("presence_agrees", {"limit_share": False}, "a number"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(code: str, parameters: dict[str, Any], fault: str) -> None:
    with pytest.raises(RuleFault, match=fault):
        rule_named(code).from_parameters(parameters)


def test_a_limit_that_may_be_empty_may_be_empty() -> None:
    rule = rule_named("guard_age_citizenship").from_parameters({"maximum_age": None})
    assert rule == GuardAgeCitizenship()


def test_a_code_outside_the_vocabulary_is_refused() -> None:
    with pytest.raises(RuleFault, match="guard_height"):
        rule_named("guard_height")


def test_words_are_only_given_to_keys_that_have_a_name_or_are_shared() -> None:
    assert set(EVIDENCE_WORDS) - {"end_reason", "pattern"} <= set(EVIDENCE_LABELS)


@pytest.mark.django_db
def test_every_shipped_version_fits_its_rule_and_says_its_mark() -> None:
    for version in ClauseVersion.objects.filter(draft__isnull=True).exclude(rule=""):
        version.full_clean(validate_unique=False)
        assert version.mark and version.citation and version.text_en and version.text_ru and version.text_kk
        assert len({version.text_en, version.text_ru, version.text_kk}) == 3
