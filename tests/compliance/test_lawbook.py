"""The law as dated data: loaded once, never edited, read by the day."""

from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from compliance.lawbook import LAW, LawChanged, load_law
from compliance.models import Clause, ClauseVersion, Draft, Paragraph
from tests.compliance.registers import rows_of

pytestmark = pytest.mark.django_db

HEAD = """
code = "sample"
title_en = "Sample"
title_ru = "Образец"
title_kk = "Үлгі"
"""


def version(day: str, threshold: float = 50.0, **more: str) -> str:
    said = {
        "citation_en": "Somewhere",
        "text_en": "At most.",
        "text_ru": "Не больше.",
        "text_kk": "Артық емес.",
        **more,
    }
    lines = [f'{name} = "{value}"' for name, value in said.items()]
    limit = f'{{ level = "school", threshold_percent = {threshold} }}'
    return "\n".join(
        [
            "[[clause.version]]",
            f"effective_from = {day}",
            'rule = "turnover_limit"',
            'mark = "policy"',
            f"parameters = {limit}",
            *lines,
            "",
        ]
    )


def repeal(day: str) -> str:
    return f"[[clause.version]]\neffective_from = {day}\n"


def shipped(folder: Path, *versions: str, head: str = HEAD) -> Path:
    (folder / "sample.toml").write_text(head + '\n[[clause]]\nnumber = "7"\n' + "\n".join(versions), encoding="utf-8")
    return folder


def limit_on(day: str) -> float | None:
    """The threshold of the sample clause that is in force on a day."""
    found = ClauseVersion.objects.in_force(date.fromisoformat(day)).filter(clause__paragraph__code="sample").first()
    return found.parameters["threshold_percent"] if found else None


def test_the_shipped_law_stands_in_every_database_and_loads_without_change():
    assert ClauseVersion.objects.count() > 0
    before = rows_of(Paragraph), rows_of(Clause), rows_of(ClauseVersion)
    assert load_law() == 0
    assert (rows_of(Paragraph), rows_of(Clause), rows_of(ClauseVersion)) == before


def test_the_shipped_law_is_whole():
    for one in ClauseVersion.objects.select_related("clause__paragraph"):
        one.full_clean()
        if one.rule:
            assert (
                one.mark
                and one.citation_en
                and one.citation_ru
                and one.citation_kk
                and one.text_en
                and one.text_ru
                and one.text_kk
            ), one
    assert list(LAW.glob("*.toml"))


def test_loading_again_changes_nothing(tmp_path: Path):
    folder = shipped(tmp_path, version("2024-01-01"))
    assert load_law(folder=folder) == 1
    before = rows_of(ClauseVersion)
    assert load_law(folder=folder) == 0
    assert rows_of(ClauseVersion) == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        (version("2024-01-01", 40.0), "parameters"),
        (version("2024-01-01", citation_en="Elsewhere"), "citation_en"),
        (version("2024-01-01").replace('citation_en = "Somewhere"\n', ""), "citation_en"),
        (repeal("2024-01-01"), "rule"),
    ],
)
def test_a_version_that_stands_is_never_edited(tmp_path: Path, changed: str, field: str):
    load_law(folder=shipped(tmp_path, version("2024-01-01")))
    before = rows_of(ClauseVersion)
    with pytest.raises(LawChanged, match=f"sample/7 from 2024-01-01 differs in .*{field}"):
        load_law(folder=shipped(tmp_path, changed))
    assert rows_of(ClauseVersion) == before


def test_nothing_is_loaded_of_files_of_which_one_is_at_odds(tmp_path: Path):
    load_law(folder=shipped(tmp_path, version("2024-01-01")))
    with pytest.raises(LawChanged):
        load_law(folder=shipped(tmp_path, version("2025-01-01"), version("2024-01-01", 40.0)))
    assert limit_on("2025-06-01") == 50


def test_a_clause_reads_as_its_latest_version_up_to_the_day(tmp_path: Path):
    load_law(folder=shipped(tmp_path, version("2024-01-01", 50.0), version("2024-07-15", 40.0)))
    read = {day: limit_on(day) for day in ("2023-12-31", "2024-01-01", "2024-07-14", "2024-07-15", "2030-01-01")}
    assert read == {
        "2023-12-31": None,
        "2024-01-01": 50,
        "2024-07-14": 50,
        "2024-07-15": 40,
        "2030-01-01": 40,
    }


def test_an_empty_version_repeals_and_a_later_one_revives(tmp_path: Path):
    load_law(folder=shipped(tmp_path, version("2024-01-01"), repeal("2024-03-01"), version("2024-09-01", 30.0)))
    assert [limit_on(day) for day in ("2024-02-29", "2024-03-01", "2024-08-31", "2024-09-01")] == [50, None, None, 30]


def test_versions_are_counted_in_the_order_of_their_days(tmp_path: Path):
    load_law(folder=shipped(tmp_path, version("2024-07-15", 40.0), version("2024-01-01", 50.0)))
    ordinals = {one.effective_from.year * 100 + one.effective_from.month: one.ordinal for one in sample_versions()}
    assert ordinals == {202401: 1, 202407: 2}


def sample_versions() -> list[ClauseVersion]:
    return list(ClauseVersion.objects.filter(clause__paragraph__code="sample"))


def test_a_rule_that_is_none_and_parameters_that_do_not_fit_are_refused(tmp_path: Path):
    with pytest.raises(ValidationError, match="is not a rule"):
        load_law(folder=shipped(tmp_path, version("2024-01-01").replace("turnover_limit", "be_nice")))
    with pytest.raises(ValidationError, match="has no parameter"):
        load_law(folder=shipped(tmp_path, version("2024-01-01").replace("threshold_percent", "treshold")))
    assert sample_versions() == []


def test_a_draft_is_loaded_beside_the_law_and_is_not_in_force(tmp_path: Path):
    load_law(folder=shipped(tmp_path, version("2024-01-01", 50.0)))
    load_law(folder=shipped(tmp_path, version("2024-01-01", 25.0), head='draft = "sample-2025"\n' + HEAD))
    assert Draft.objects.get().code == "sample-2025"
    assert limit_on("2026-01-01") == 50
