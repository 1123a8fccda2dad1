"""Words that a sheet may use, in Kazakh, Russian, English or as the register writes them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from agencies.models import Agency
from exchange.sheets.kinds import SheetKind
from guards.models import Assignment, Credential, Module
from schools.models import Post, School

FILE = Path(__file__).with_name("heads.toml")
_BETWEEN = re.compile(r"[\W_]+")
CHOICES: dict[str, Any] = {"paper": Credential.Kind, "assignment": Assignment.Kind, "status": Assignment.Status}


@cache
def _told() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """A word as it is compared: letters and digits alone, small, letters that are mixed up as one."""
    for letter, other in _told()["same_letters"].items():
        text = text.casefold().replace(letter, other)
    return _BETWEEN.sub(" ", text).strip()


def without_ending(day: str) -> str:
    """A day without the “year” that may be written behind it."""
    number, _space, ending = day.rpartition(" ")
    return number if ending in _told()["after_a_day"] else day


def in_all_languages(text: Any) -> list[str]:
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(text))
    return found


def heads(kind: SheetKind) -> dict[str, str]:
    """The column that a head means, by the head as it is compared."""
    found: dict[str, str] = {}
    for column in kind.columns:
        for head in (column.name, *in_all_languages(column.head), *_told()["heads"].get(column.name, ())):
            found.setdefault(plain(head), column.name)
    return found


@dataclass
class Vocabulary:
    """The words of a column: what each means in the register, and what a template shows of them."""

    meanings: dict[str, str] = field(default_factory=dict)
    # The register's word beside the one that is shown.
    shown: list[tuple[str, str]] = field(default_factory=list)

    def add(self, meaning: str, shown: str, others: Iterable[str] = ()) -> None:
        self.shown.append((meaning, shown))
        for word in (meaning, shown, *others):
            # A word that could mean two things means neither.
            known = self.meanings.setdefault(plain(word), meaning)
            if known != meaning:
                self.meanings[plain(word)] = ""
        self.meanings[plain(meaning)] = meaning

    def meaning(self, text: str) -> str | None:
        return self.meanings.get(plain(text)) or None


def vocabulary(name: str, agency: Agency) -> Vocabulary:
    """The words of a vocabulary: fixed ones, or the modules of the register, or the schools and posts of an agency."""
    found = Vocabulary()
    if name in CHOICES:
        for word in CHOICES[name]:
            others = [*in_all_languages(word.label), *_told()["words"][name].get(word.value, ())]
            found.add(word.value, str(word.label), others)
    elif name == "module":
        for module in Module.objects.order_by("code"):
            found.add(module.code, module.title, (module.title_ru, module.title_kk or module.code, module.title_en))
    elif name == "school":
        for school in _schools(agency):
            found.add(school.code, school.name, (school.name_ru, school.name_kk or school.code))
    elif name == "post":
        posts = Post.objects.filter(school__in=_schools(agency)).select_related("school").order_by("school", "code")
        for post in posts:
            names = (post.school.name_ru, post.school.name_kk or post.school.name_ru)
            found.add(post.code, f"{post.school.name}: {post.name}", [f"{name}: {post.name}" for name in names])
    return found


def _schools(agency: Agency) -> Any:
    return School.objects.filter(contracts__agency=agency).distinct().order_by("name_ru", "pk")
