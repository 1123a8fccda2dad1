"""`manage.py evaluate`."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from compliance.models import Clause, ClauseVersion, Draft, Evaluation, Figure, Finding
from tests.compliance.registers import DAY, confetti, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def stricter_draft() -> Draft:
    """A draft under which no school may lose more than 10 % of its guards a year."""
    clause = Clause.objects.get(paragraph__code="school-guards", number="1")
    draft: Draft = Draft.objects.create(code="stricter", paragraph=clause.paragraph)
    ClauseVersion.objects.create(
        clause=clause,
        draft=draft,
        effective_from=date(2027, 1, 1),
        rule="turnover_limit",
        parameters={"level": "school", "threshold_percent": 10.0, "min_left": 1},
        mark="policy",
    )
    return draft


def test_today_is_judged_unless_another_day_is_named(capsys: pytest.CaptureFixture[str]):
    confetti(2)
    call_command("evaluate")
    assert Evaluation.objects.get().as_of == DAY
    opened = Finding.objects.count()
    assert f"2026-11-25: {opened} findings opened, 0 kept, 0 closed." in capsys.readouterr().err


def test_twice_writes_the_same_bytes_and_changes_no_finding(tmp_path: Path):
    confetti(2)
    confetti(8)
    call_command("evaluate", json=str(tmp_path / "first.json"))
    before = rows_of(Finding), rows_of(Figure)
    call_command("evaluate", json=str(tmp_path / "second.json"))
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()
    assert (rows_of(Finding), rows_of(Figure)) == before


def test_a_dash_writes_to_the_output(capsys: pytest.CaptureFixture[str]):
    call_command("evaluate", "--as-of", "2026-11-20", "--json", "-")
    assert json.loads(capsys.readouterr().out)["as_of"] == "2026-11-20"


@pytest.mark.parametrize("day", ["2026-11-26", "2027-06-01"])
def test_a_day_to_come_is_told_and_not_stored(day: str, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    confetti(2)
    call_command("evaluate", "--as-of", day, "--json", str(tmp_path / "told.json"))
    assert "nothing was stored" in capsys.readouterr().err
    assert json.loads((tmp_path / "told.json").read_text())["as_of"] == day
    assert not Finding.objects.exists()


def test_a_day_before_the_last_one_judged_is_told_and_not_stored(capsys: pytest.CaptureFixture[str]):
    confetti(2)
    call_command("evaluate")
    before = rows_of(Finding)
    call_command("evaluate", "--as-of", "2026-11-01", "--json", "-")
    told = capsys.readouterr()
    assert "nothing was stored" in told.err
    assert {one["opened_on"] for one in json.loads(told.out)["findings"]} == {"2026-11-01"}
    assert rows_of(Finding) == before


def test_a_draft_is_judged_and_stores_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    stricter_draft()
    post = confetti(1)
    call_command("evaluate", "--draft", "stricter", "--json", str(tmp_path / "draft.json"))
    said = json.loads((tmp_path / "draft.json").read_text())
    accused = [one["school_id"] for one in said["findings"] if one["clause"] == "school-guards/1"]
    assert accused == [post.school.code]
    assert {"code": "school-guards", "effective_from": "2027-01-01"} in said["paragraphs"]
    assert "nothing was stored" in capsys.readouterr().err
    assert not Finding.objects.exists() and not Figure.objects.exists() and not Evaluation.objects.exists()


def test_a_draft_is_never_in_force():
    stricter_draft()
    confetti(1)
    call_command("evaluate", "--as-of", "2026-11-25")
    assert not Finding.objects.filter(version__draft__isnull=False).exists()
    assert not Finding.objects.filter(version__rule="turnover_limit").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--as-of", "25.11.2026"], "“25.11.2026” is not a day"),
        (["--as-of", "2026-02-30"], "“2026-02-30” is not a day"),
        (["--draft", "none-such"], "There is no draft “none-such”. Drafts: none."),
        (["--json", "/nowhere/at/all.json"], "/nowhere/at/all.json cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[Any], says: str):
    with pytest.raises(CommandError, match=says):
        call_command("evaluate", *arguments)


def test_a_wrong_day_typed_at_the_terminal_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        execute_from_command_line(["manage.py", "evaluate", "--as-of", "25.11.2026"])
    assert "“25.11.2026” is not a day; write YYYY-MM-DD" in capsys.readouterr().err


def test_the_last_day_of_all_can_be_judged(capsys: pytest.CaptureFixture[str]):
    confetti(2)
    call_command("evaluate", "--as-of", "9999-12-31")
    assert capsys.readouterr().err.startswith("9999-12-31: ")
