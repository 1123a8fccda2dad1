"""`tools.catalogue`: planted faults are found, the project's own catalogues have none."""

import re
from pathlib import Path

import polib
import pytest

from tools import ROOT, catalogue

GREETING = "from django.utils.translation import gettext_lazy as _\n\nname = _('Guard')\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with one translated message in Python and one in a template."""
    write(tmp_path, "guards/models.py", GREETING)
    write(tmp_path, "templates/page.html", "{% load i18n %}<h1>{% translate 'School' %}</h1>")
    translate(tmp_path, {"Guard": {"kk": "Күзетші", "ru": "Охранник"}, "School": {"kk": "Мектеп", "ru": "Школа"}})
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def translate(root: Path, messages: dict[str, dict[str, str]]) -> None:
    for language in catalogue.LANGUAGES:
        path = catalogue.catalogue_path(root, "locale", language)
        entries = catalogue.open_catalogue(path, language)
        for msgid, texts in messages.items():
            entries.append(polib.POEntry(msgid=msgid, msgstr=texts[language]))
        path.parent.mkdir(parents=True, exist_ok=True)
        entries.save(str(path))


def faults(root: Path) -> list[str]:
    return catalogue.check(root, frameworks=False)


def test_a_whole_tree_has_no_fault(tree: Path) -> None:
    assert faults(tree) == []


@pytest.mark.parametrize(
    "text",
    [
        "from django.utils.translation import gettext as _\n_('Post')\n",
        "from django.utils.translation import gettext\ngettext('Post')\n",
        "from django.utils import translation\ntranslation.gettext('Post')\n",
        "from django.utils.translation import gettext_noop\ngettext_noop('Po' 'st')\n",
        "from django.utils.translation import pgettext_lazy as p\np('of a school', 'Post')\n",
        "from django.utils.translation import ngettext_lazy as n\nn('Post', 'Posts', 'count')\n",
        "from django.utils.translation import npgettext as n\nn('of a school', 'Post', 'Posts', 2)\n",
    ],
)
def test_an_untranslated_message_in_python_is_found(tree: Path, text: str) -> None:
    write(tree, "schools/models.py", text)
    assert sorted(faults(tree)) == [
        f"locale/{language}/LC_MESSAGES/django.po: 'Post': missing (schools/models.py)" for language in ("kk", "ru")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{% translate 'Post' %}",
        '{% trans "Post" context "of a school" as word %}',
        "{% blocktranslate trimmed %}\n  Post\n{% endblocktranslate %}",
        "{% blocktranslate count n=posts %}Post{% plural %}Posts{% endblocktranslate %}",
        "{{ word|default:_('Post') }}",
        "{% include 'card.html' with title=_('Post') %}",
    ],
)
@pytest.mark.parametrize("name", ["templates/school.html", "schools/templates/letters/school.txt"])
def test_an_untranslated_message_in_a_template_is_found(tree: Path, text: str, name: str) -> None:
    write(tree, name, "{% load i18n %}\n" + text)
    assert sorted(faults(tree)) == [
        f"locale/{language}/LC_MESSAGES/django.po: 'Post': missing ({name})" for language in ("kk", "ru")
    ]


def test_the_message_of_a_template_is_what_django_looks_up() -> None:
    sources = catalogue.Sources()
    text = "{% load i18n %}{% blocktranslate trimmed with n=5 %}\n  {{ n }} of\n  100 %\n{% endblocktranslate %}"
    path = ROOT / "templates" / "page.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", lambda *_, **__: text)
        catalogue.read_template(path, "page.html", sources)
    assert list(sources.messages) == [catalogue.Key(None, "%(n)s of 100 %%")]


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("Post", "", "not translated"),
        ("Post", "Post", "the translation is the English text"),
        ("%(n)s guards", "охранников: %(m)s", "placeholders ['%(m)s'], not ['%(n)s']"),
        ("%(n)s guards", "охранников", "placeholders [], not ['%(n)s']"),
        ("{n} guards", "охранников: {m}", "placeholders ['{m}'], not ['{n}']"),
        ("<b>Post</b>", "<i>Пост</i>", "HTML tags ['<i>', '</i>'], not ['<b>', '</b>']"),
        ("Post\n", "Пост", "line ends at the start or end differ"),
    ],
)
def test_a_wrong_translation_is_named(msgid: str, msgstr: str, fault: str) -> None:
    assert catalogue.translation_faults(polib.POEntry(msgid=msgid, msgstr=msgstr), 3) == [fault]


def test_a_fuzzy_translation_is_no_translation() -> None:
    entry = polib.POEntry(msgid="Post", msgstr="Пост", flags=["fuzzy"])
    assert catalogue.translation_faults(entry, 3) == ["fuzzy"]


def test_every_plural_form_is_asked_for_and_russian_says_the_number_in_each() -> None:
    def entry(*forms: str) -> polib.POEntry:
        return polib.POEntry(msgid="one guard", msgid_plural="%(n)s guards", msgstr_plural=dict(enumerate(forms)))

    assert catalogue.translation_faults(entry("бір күзетші", "%(n)s күзетші"), 2) == []
    assert catalogue.translation_faults(entry("%(n)s охранник", "%(n)s охранника", "%(n)s охранников"), 3) == []
    assert catalogue.translation_faults(entry("%(n)s охранник", "%(n)s охранника"), 3) == ["not translated"]
    # 21 takes the first form too.
    assert catalogue.translation_faults(entry("один охранник", "%(n)s охранника", "%(n)s охранников"), 3) == [
        "placeholders [], not ['%(n)s']"
    ]


def test_a_message_that_nothing_uses_is_named_until_update_drops_it(tree: Path) -> None:
    translate(tree, {"Roof": {"kk": "Шатыр", "ru": "Крыша"}})
    assert [fault.rpartition(": ")[2] for fault in faults(tree)] == ["no longer used"] * 2
    catalogue.update_catalogue(
        catalogue.catalogue_path(tree, "locale", "ru"), "ru", catalogue.sources_of(tree).messages, set()
    )
    assert [fault.partition(":")[0] for fault in faults(tree)] == ["locale/kk/LC_MESSAGES/django.po"]


def test_update_adds_what_is_missing_sorted_and_keeps_what_is_translated(tree: Path) -> None:
    write(
        tree,
        "desks/views.py",
        "from django.utils.translation import ngettext\nngettext('%(n)s day', '%(n)s days', 1)\n",
    )
    path = catalogue.catalogue_path(tree, "locale", "ru")
    catalogue.update_catalogue(path, "ru", catalogue.sources_of(tree).messages, set())
    entries = polib.pofile(str(path))
    assert [entry.msgid for entry in entries] == ["%(n)s day", "Guard", "School"]
    assert entries[0].msgstr_plural == {0: "", 1: "", 2: ""}
    assert entries[0].occurrences == [("desks/views.py", "")]
    assert entries[1].msgstr == "Охранник"
    before = path.read_bytes()
    catalogue.update_catalogue(path, "ru", catalogue.sources_of(tree).messages, set())
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "<p>Hello</p>",
        "<p>Школа № 12</p>",
        "{% if a %}Yes{% endif %}",
        "<img alt='School gate'>",
        "<input type='submit' value='Send'>",
        "<svg><title>Ribbon</title></svg>",
        "<a {% if here %}aria-current='page'{% endif %} href='{% url 'home' %}'>Home</a>",
        "{% blocktranslate %}Post{% endblocktranslate %} left",
    ],
)
def test_hard_coded_text_in_a_template_is_found(tree: Path, text: str) -> None:
    write(tree, "templates/page.html", "{% load i18n %}{% translate 'School' %}\n" + text)
    found = [fault for fault in faults(tree) if "hard-coded" in fault]
    assert len(found) == 1
    assert found[0].startswith("templates/page.html:2: ")


@pytest.mark.parametrize(
    "text",
    [
        "<p class='lead'>{{ name }} — № {{ number }}, 50&nbsp;%</p>",
        "<title>{% block title %}{% endblock %} · Qorgan</title>",
        "{# a remark #}{% comment %}A remark{% endcomment %}<!-- a remark -->",
        "<svg viewBox='0 0 1 1' role='img'><text x='1'>100</text></svg>",
        "<input type='hidden' value='next'><input name='q' value='{{ q }}' placeholder='{% translate 'School' %}'>",
        "<script type='application/json'>{\"rows\": 1}</script>",
        "<button lang='kk'>Қаз</button><button lang='ru'>Рус</button><button lang='en'>Eng</button>",
        "{# catalogue: off #}<p>Хабарлама / Уведомление</p>{# catalogue: on #}",
    ],
)
def test_what_reads_the_same_in_every_language_is_no_hard_coded_text(tree: Path, text: str) -> None:
    write(tree, "templates/page.html", "{% load i18n %}{% translate 'School' %}\n" + text)
    assert faults(tree) == []


def test_cyrillic_in_python_is_found_outside_data(tree: Path) -> None:
    write(tree, "guards/actions.py", '"""Закрепление."""\n\nTITLE = "Охранник"\n')
    write(tree, "compliance/law/terms.py", 'TITLE = "Охранник"\n')
    write(tree, "tests/test_guards.py", 'TITLE = "Охранник"\n')
    assert faults(tree) == ["guards/actions.py:3: Cyrillic text 'Охранник' in Python"]


@pytest.mark.parametrize("argument", ["name", "f'{name} guards'", "'a' + 'b'"])
def test_a_message_that_is_no_literal_is_found_unless_it_is_marked(tree: Path, argument: str) -> None:
    call = f"from django.utils.translation import gettext as _\n\nname = 'x'\n_({argument})"
    write(tree, "guards/actions.py", call + "\n")
    assert faults(tree) == ["guards/actions.py:4: gettext() of something that is not a literal"]
    write(tree, "guards/actions.py", call + "  # catalogue: marked elsewhere\n")
    assert faults(tree) == []


def test_a_variable_in_a_translate_tag_is_found(tree: Path) -> None:
    write(tree, "templates/card.html", "{% load i18n %}{% translate word %}")
    assert len(faults(tree)) == 1


def test_an_empty_message_is_found(tree: Path) -> None:
    write(tree, "guards/actions.py", "from django.utils.translation import gettext as _\n\n_('')\n")
    assert len(faults(tree)) == 1


def test_the_command_exits_with_1_and_names_the_fault(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, "templates/page.html", "<p>Hello</p>")
    assert catalogue.main(["check", "--root", str(tree)]) == 1
    assert "hard-coded text 'Hello'" in capsys.readouterr().out


def test_the_catalogues_of_the_project_are_complete() -> None:
    assert catalogue.check(ROOT) == []


@pytest.mark.parametrize("folder", ["locale", "locale_frameworks"])
@pytest.mark.parametrize("language", sorted(catalogue.LANGUAGES))
def test_no_translation_raises_its_voice(folder: str, language: str) -> None:
    path = catalogue.catalogue_path(ROOT, folder, language)
    texts = [text for entry in polib.pofile(str(path)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    texts.remove(":?.!") if ":?.!" in texts else None
    assert [text for text in texts if "!" in text or "ожалуйста" in text or "өтінем" in text.lower()] == []


PARTED = re.compile("№ (?=[%{0-9])")


@pytest.mark.parametrize("language", sorted(catalogue.LANGUAGES))
def test_a_number_is_not_parted_from_its_sign(language: str) -> None:
    """`№` takes a no-break space, in the English of the code as in its translations."""
    path = catalogue.catalogue_path(ROOT, "locale", language)
    entries = [
        (entry.msgid, entry.msgid_plural, entry.msgstr, *entry.msgstr_plural.values())
        for entry in polib.pofile(str(path))
    ]
    assert [text for texts in entries for text in texts if PARTED.search(text)] == []


def test_a_number_is_not_parted_from_its_sign_in_a_template() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    assert [str(path) for path in templates if PARTED.search(path.read_text(encoding="utf-8"))] == []
