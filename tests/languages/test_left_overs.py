"""The reader of left-overs finds what is planted and nothing else."""

import pytest

from tests.languages.left_overs import left_overs

PAGE = "<!doctype html><html lang='kk'><title>Qorgan</title><body><h1>Мектеп</h1><br>{}</body></html>"


@pytest.mark.parametrize(
    "planted",
    [
        "<p>First day</p>",
        "<p>3 days left</p>",
        "<button>Go <b>back</b></button>",
        "<img alt='School'>",
        "<input placeholder='Guard, school'>",
        "<p>Охранная организация</p>",
        "<p lang='kk'>Школа</p>",
    ],
)
def test_a_left_over_is_found(planted: str) -> None:
    assert left_overs(PAGE.format(planted), "kk") != []


@pytest.mark.parametrize(
    "text",
    [
        "<p>Қазіргі мекенжай: director@school12.kz, файл guards_2026.csv, PDF</p>",
        "<p>Астана</p><p>№ 12 мектеп-гимназия</p>",
        "<p lang='ru'>Охранная организация</p>",
        "<p translate='no'>Security Plus LLP</p>",
        "<script>const school = 1</script><style>p { color: red }</style>",
    ],
)
def test_what_is_meant_so_is_no_left_over(text: str) -> None:
    assert left_overs(PAGE.format(text), "kk") == []


def test_a_page_in_the_wrong_language_says_so() -> None:
    assert left_overs("<html lang='en'><p>12</p></html>", "ru") == ["the page says it is in 'en'"]
