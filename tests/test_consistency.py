"""The repository keeps its own rules: nothing unused, nothing undocumented, nothing missing from the styleguide."""

import importlib.util
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import global_settings
from django.db.models import Model
from django.test import Client
from factory.django import DjangoModelFactory

from config import settings
from desks.styleguide.samples import ICONS
from desks.templatetags import qorgan
from tests import factories
from tests.factories import MembershipFactory
from tools import ROOT, catalogue

TEMPLATES = ROOT / "templates"
# Read by Django and django-allauth by these names.
NAMED_BY_FRAMEWORKS = {"403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
# Rows that no test makes by hand: the site writes them itself, from data that ships with it or from what happened.
MADE_BY_THE_SITE = {
    "Event",
    "Mention",
    "Region",
    "Paragraph",
    "Clause",
    "ClauseVersion",
    "Evaluation",
    "Figure",
    "Finding",
    "Run",
    "Beat",
    "Stale",
    "Trend",
    "TrendMark",
    "SchoolCount",
    "Comparison",
    "Compared",
}
# Settings of packages that are not in Django's own list.
PACKAGES_READ = {
    "CONTENT_SECURITY_POLICY": "csp",
    "EMAIL_FILE_PATH": "django.core.mail",
    "PERMISSIONS_POLICY": "django_permissions_policy",
    "TASKS": "django_tasks",
}


def sources(*, tests: bool = False) -> dict[Path, str]:
    """Python and templates of the project by path."""
    found = [*catalogue.files_of(ROOT, "*.py"), *(ROOT / "tools").glob("*.py"), *TEMPLATES.rglob("*.*")]
    found += (ROOT / "tests").rglob("*.py") if tests else []
    return {path: path.read_text() for path in found}


def _by_a_framework(name: str) -> bool:
    spec = importlib.util.find_spec("allauth")
    assert spec and spec.origin
    return name in NAMED_BY_FRAMEWORKS or (Path(spec.origin).parent / "templates" / name).exists()


def test_every_template_is_used() -> None:
    text = "\n".join(sources().values())
    unused = []
    for path in sorted(TEMPLATES.rglob("*.*")):
        name = str(path.relative_to(TEMPLATES))
        folder, stem = name.partition("/")[0], path.stem
        # Tags name their component without folder or ending.
        by_tag = folder in ("components", "pictures") and f'"{stem}"' in inspect.getsource(qorgan)
        if f'"{name}' not in text and not by_tag and not _by_a_framework(name):
            unused.append(name)
    assert unused == []


def test_every_model_has_a_factory() -> None:
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    models: set[type[Model]] = {model for model in apps.get_models() if model._meta.app_label in ours}
    made = {
        one._meta.model
        for one in vars(factories).values()
        if inspect.isclass(one) and issubclass(one, DjangoModelFactory) and one is not DjangoModelFactory
    }
    assert {model.__name__ for model in models - made} == MADE_BY_THE_SITE


def test_every_setting_is_read_by_somebody() -> None:
    names = {name for name in vars(settings) if name.isupper()}
    text = "\n".join(text for path, text in sources(tests=True).items() if path.name != "settings.py")
    silent = set()
    for name in names - set(dir(global_settings)) - {"ROOT_URLCONF"}:
        package = "allauth" if name.startswith(("ACCOUNT_", "ALLAUTH_")) else PACKAGES_READ.get(name)
        if package:
            folder = Path(importlib.util.find_spec(package).origin).parent  # type: ignore[union-attr, arg-type]
            word = name.removeprefix("ACCOUNT_").removeprefix("ALLAUTH_")
            used = any(word in path.read_text() for path in folder.rglob("*.py"))
        else:
            # Read here by another setting, or there by the code.
            used = f"settings.{name}" in text or len(re.findall(rf"\b{name}\b", inspect.getsource(settings))) > 1
        if not used:
            silent.add(name)
    assert silent == set()


def test_readme_names_every_variable_of_the_environment_and_no_other() -> None:
    calls = r'(?:flag|words|text|get)\(\s*"([A-Z_]+)"'
    read = {
        name
        for folder in ("config", "tools")
        for path in (ROOT / folder).glob("*.py")
        for name in re.findall(calls, path.read_text())
    }
    table = (ROOT / "README.md").read_text().partition("| variable |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == read - {"DJANGO_SETTINGS_MODULE"}


@pytest.mark.django_db
def test_the_styleguide_shows_every_component_and_picture(client: Client) -> None:
    client.force_login(MembershipFactory().user)
    # What another page has had drawn is kept, and would be no template of this one.
    qorgan._small.cache_clear()
    shown = {template.name for template in client.get("/styleguide/").templates}
    wanted = {
        f"{folder}/{path.name}" for folder in ("components", "pictures") for path in (TEMPLATES / folder).glob("*.html")
    }
    assert wanted - shown == set()


def test_the_styleguide_shows_every_icon() -> None:
    drawn = re.findall(r'name == "(\w+)"', (TEMPLATES / "components" / "icon.html").read_text())
    assert sorted(drawn) == sorted(ICONS)


def test_every_tag_and_filter_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "components.md").read_text()
    missing = [name for name in qorgan.register.tags if f"{{% {name}" not in text]
    missing += [name for name in qorgan.register.filters if name != "initials" and f"|{name}" not in text]
    assert missing == []


def test_no_style_or_script_stands_in_a_page() -> None:
    """The content security policy would refuse it without a word."""
    inline = re.compile(
        r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son(?:blur|change|click|error|focus|input|key|load|mouse|submit)\w*=|javascript:"
    )
    found = {
        str(path.relative_to(ROOT)): match[0]
        for path in TEMPLATES.rglob("*.html")
        if not path.is_relative_to(TEMPLATES / "documents") and (match := inline.search(path.read_text()))
    }
    assert found == {}
