"""Plural forms in the running site: the project's three Russian forms beside Django's four."""

from pathlib import Path

import polib
import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from tools import catalogue


@pytest.fixture
def guards(tmp_path: Path, settings: Settings) -> None:
    """Catalogues that count guards, in front of the project's own."""
    forms = {
        "kk": ["%(n)s күзетші", "%(n)s күзетші"],
        "ru": ["%(n)s охранник", "%(n)s охранника", "%(n)s охранников"],
    }
    for language, texts in forms.items():
        path = catalogue.catalogue_path(tmp_path, "locale", language)
        entries = catalogue.open_catalogue(path, language)
        entries.append(
            polib.POEntry(
                msgid="%(n)s invented guard", msgid_plural="%(n)s invented guards", msgstr_plural=dict(enumerate(texts))
            )
        )
        path.parent.mkdir(parents=True)
        entries.save_as_mofile(str(path.with_suffix(".mo")))
    settings.LOCALE_PATHS = [tmp_path / "locale", *settings.LOCALE_PATHS]


@pytest.mark.parametrize(
    ("number", "russian"),
    [
        (0, "0 охранников"),
        (1, "1 охранник"),
        (2, "2 охранника"),
        (5, "5 охранников"),
        (11, "11 охранников"),
        (12, "12 охранников"),
        (21, "21 охранник"),
        (22, "22 охранника"),
        (111, "111 охранников"),
        (1000, "1000 охранников"),
    ],
)
@pytest.mark.usefixtures("guards")
def test_a_count_takes_the_form_of_its_language(number: int, russian: str) -> None:
    def counted(language: str) -> str:
        with translation.override(language):
            message = translation.ngettext("%(n)s invented guard", "%(n)s invented guards", number)
            return message % {"n": number}

    assert counted("ru") == russian
    assert counted("kk") == f"{number} күзетші"
    assert counted("en") == f"{number} invented guard{'' if number == 1 else 's'}"


@pytest.mark.parametrize(("number", "russian"), [(1, "1 день"), (2, "2 дня"), (5, "5 дней"), (21, "21 день")])
def test_django_s_own_russian_counts_keep_working_beside_ours(number: int, russian: str) -> None:
    with translation.override("ru"):
        assert translation.ngettext("%(num)d day", "%(num)d days", number) % {"num": number} == russian
    with translation.override("kk"):
        assert translation.ngettext("%(num)d day", "%(num)d days", number) % {"num": number} == f"{number} күн"
