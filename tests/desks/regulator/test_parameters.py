"""The form of a clause is made from its rule: what is typed is what the rule takes."""

from dataclasses import fields
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from compliance.models import ClauseVersion
from compliance.predicates import RULES, Rule
from compliance.predicates.guards import GuardAgeCitizenship
from compliance.predicates.turnover import TurnoverLimit
from desks.regulator.law_forms import ClauseForm
from desks.regulator.parameters import MODE, fields_of, parameters_from

WORDS = {"mark": "policy", **{f"{stem}_{code}": "So" for stem in ("text", "citation") for code in ("kk", "ru", "en")}}


def sent(form: ClauseForm, **typed: Any) -> QueryDict:
    """What a browser sends of a form as it stands, with something typed otherwise."""
    data = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = typed.get(name, field.prepare_value(form.get_initial_for_field(field, name)))
        if isinstance(value, list | tuple):
            data.setlist(name, value)
        elif value not in (None, False):
            data[name] = str(value)
    return data


def filled(rule: type[Rule], parameters: dict[str, Any], **typed: Any) -> ClauseForm:
    """The form of a version with these parameters, sent back."""
    version = ClauseVersion(rule=rule.code, parameters=parameters, **WORDS)
    return ClauseForm(sent(ClauseForm(rule=rule, version=version), **typed), rule=rule, version=version)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_clause_that_ships_comes_back_from_its_form_as_the_same_rule(language: str) -> None:
    for version in ClauseVersion.objects.exclude(rule=""):
        rule = type(version.build_rule())
        with translation.override(language):
            form = ClauseForm(sent(ClauseForm(rule=rule, version=version)), rule=rule, version=version)
            assert form.is_valid(), (version, form.errors)
        assert rule.from_parameters(form.parameters()) == version.build_rule()
        assert form.words()["text_ru"] == version.text_ru


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_parameter_of_every_rule_has_a_field(rule: type[Rule]) -> None:
    assert {each.name for each in fields(rule)} <= set(fields_of(rule))
    assert all(field.label for field in fields_of(rule).values())


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("40", 40.0), ("40,5", 40.5), ("40.5", 40.5), ("1 000", 1000.0)],
)
def test_a_number_is_typed_as_people_type_it(typed: str, taken: float) -> None:
    form = filled(TurnoverLimit, {"level": "school"}, threshold_percent=typed)
    assert form.is_valid()
    assert form.parameters()["threshold_percent"] == taken


def test_a_share_is_typed_in_percent() -> None:
    form = filled(TurnoverLimit, {"level": "school", "confidence": 0.9}, confidence="99,5")
    assert form.is_valid()
    assert form.parameters()["confidence"] == 0.995
    assert form.fields["confidence"].prepare_value(0.95) == "95"


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("threshold_percent", "", "Type a number from 0 to 1000."),
        ("threshold_percent", "-1", "Type a number from 0 to 1000."),
        ("threshold_percent", "much", "Type a number from 0 to 1000."),
        ("threshold_percent", "NaN", "Type a number from 0 to 1000."),
        ("min_left", "2.5", "Type a whole number from 1 to 100."),
        ("confidence", "49", "Type a number from 50 to 99.9."),
        ("level", "", "Choose one."),
    ],
)
def test_what_cannot_be_is_said_by_the_field_and_comes_back_as_typed(name: str, typed: str, says: str) -> None:
    with translation.override("en"):
        form = filled(TurnoverLimit, {"level": "school"}, **{name: typed})
        assert form.errors == {name: [says]}
    assert (form[name].value() or "") == typed


def test_a_number_that_may_be_missing_may_be_left_empty() -> None:
    form = filled(GuardAgeCitizenship, {"maximum_age": 50}, maximum_age="")
    assert form.is_valid()
    assert form.parameters() == {"minimum_age": 19, "maximum_age": None}


@pytest.mark.parametrize(
    ("mode", "ticked", "taken"),
    [("usual", [], None), ("own", [], []), ("own", ["illness", "died"], ["illness", "died"])],
)
def test_reasons_are_left_to_the_level_or_ticked(mode: str, ticked: list[str], taken: list[str] | None) -> None:
    form = filled(TurnoverLimit, {"level": "school"}, **{"excused" + MODE: mode, "excused": ticked})
    assert form.is_valid()
    assert form.parameters()["excused"] == taken
    assert parameters_from(TurnoverLimit, form.cleaned_data) == form.parameters()


def test_reasons_ticked_in_vain_are_asked_about() -> None:
    form = filled(TurnoverLimit, {"level": "school"}, excused_mode="usual", excused=["illness"])
    assert list(form.errors) == ["excused_mode"]


def test_a_clause_of_another_rule_begins_with_what_that_rule_takes() -> None:
    version = ClauseVersion(rule="measurable", parameters={}, **WORDS)
    form = ClauseForm(rule=TurnoverLimit, version=version)
    assert form.initial["threshold_percent"] == 50.0
    assert form.initial["text_ru"] == "So"
