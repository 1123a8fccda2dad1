"""Each rule agrees with its clause's words: the cases in tests/compliance/cases, judged by the engine."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from compliance.engine import RegisterWorld, base_terms
from compliance.lawbook import LAW
from compliance.predicates import RULES, Breach, Rule, rule_named
from compliance.predicates.labels import EVIDENCE_LABELS
from compliance.register import COUNTRY
from tests.compliance.case_worlds import CaseWorld

CASES = Path(__file__).with_name("cases")
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*.toml"))}
EVERY_CASE = [
    pytest.param(code, case, id=f"{code}: {case['name']}") for code, file in FILES.items() for case in file["case"]
]
# Their evidence holds lists of rows, told by presenters of their own.
WITH_ROWS = {"turnover_limit", "measurable"}


def shipped() -> dict[str, dict[str, Any]]:
    """The versions of the law's files by the code of their clause: the latest of each."""
    found = {}
    for path in sorted(LAW.glob("*.toml")):
        paragraph = tomllib.loads(path.read_text(encoding="utf-8"))
        for clause in paragraph["clause"]:
            found[f"{paragraph['code']}/{clause['number']}"] = clause["version"][-1]
    return found


SHIPPED = shipped()


def rule_of(code: str, case: dict[str, Any]) -> Rule:
    if "parameters" in case:
        return rule_named(code).from_parameters(case["parameters"])
    clauses = list(FILES[code]["clauses"])
    clause = case.get("clause") or clauses[0]
    assert clause in clauses, f"{clause} is not among the clauses of the file"
    assert "clause" in case or len(clauses) == 1, "the case does not say which clause it is about"
    return rule_named(code).from_parameters(SHIPPED[clause]["parameters"])


def judged(rule: Rule, day: date) -> list[Breach]:
    return list(rule.breaches(RegisterWorld(day, COUNTRY, base_terms([]))))


def test_every_rule_has_a_file_of_cases_and_every_file_a_rule() -> None:
    assert set(FILES) == {rule.code for rule in RULES}


@pytest.mark.parametrize("code", FILES)
def test_a_file_repeats_the_words_of_every_shipped_clause_of_its_rule(code: str) -> None:
    words = {clause: version["text_en"] for clause, version in SHIPPED.items() if version["rule"] == code}
    assert FILES[code]["clauses"] == words


@pytest.mark.parametrize("code", FILES)
def test_every_clause_has_a_lawful_and_an_unlawful_day(code: str) -> None:
    clauses = list(FILES[code]["clauses"])
    for clause in clauses:
        cases = [
            case
            for case in FILES[code]["case"]
            if "parameters" not in case and (case.get("clause") or clauses[0]) == clause
        ]
        assert any(case.get("lawful_on") for case in cases), f"{clause}: no lawful case"
        assert any(case.get("unlawful_on") for case in cases), f"{clause}: no unlawful case"


@pytest.mark.parametrize("code", FILES)
def test_every_clause_has_a_day_on_which_one_turns_into_the_other(code: str) -> None:
    clauses = list(FILES[code]["clauses"])
    with_boundary = {
        case.get("clause") or clauses[0]
        for case in FILES[code]["case"]
        if "parameters" not in case
        for lawful in case.get("lawful_on", [])
        for unlawful in case.get("unlawful_on", [])
        if abs((lawful - unlawful).days) == 1
    }
    assert with_boundary == set(clauses)


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "case"), EVERY_CASE)
def test_case(code: str, case: dict[str, Any]) -> None:
    rule = rule_of(code, case)
    CaseWorld(case)
    for day in case.get("lawful_on", []):
        assert judged(rule, day) == [], f"{day} is lawful"
    for day in case.get("not_measurable_on", []):
        assert judged(rule, day) == [], f"{day} is not measurable: nothing is found"
        if code != "measurable":
            world = RegisterWorld(day, COUNTRY, base_terms([]))
            assert list(rule.silent(world)), f"{day} is not measurable: the subject is named"
    for day in case.get("unlawful_on", []):
        breaches = judged(rule, day)
        assert breaches, f"{day} is unlawful"
        for breach in breaches:
            _assert_told(rule, breach)
        wanted = case.get("evidence", {})
        first = json.loads(json.dumps(breaches[0].evidence))
        assert {name: first.get(name) for name in wanted} == json.loads(json.dumps(wanted, default=str))


def _assert_told(rule: Rule, breach: Breach) -> None:
    """The evidence is flat, named and can be written; the sentences can be said in three languages."""
    json.dumps(breach.evidence)
    if rule.code not in WITH_ROWS:
        assert set(breach.evidence) <= set(EVIDENCE_LABELS)
        assert not any(isinstance(value, dict) for value in breach.evidence.values())
    sentences = {}
    for language in ("en", "ru", "kk"):
        with translation.override(language):
            sentences[language] = [str(rule.title), str(rule.says(breach)), str(rule.cure(breach))]
    for told in zip(*sentences.values(), strict=True):
        assert all(told) and len(set(told)) == 3, f"not translated: {told}"
        assert "%(" not in "".join(told)
