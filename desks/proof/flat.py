"""The proof of any rule whose evidence is a flat record: a line for each value, named by its key.

The rule itself says its title, what is wrong and what would end it; `compliance/predicates/labels.py` names the keys.
So a further rule needs nothing here. A list of records in the evidence becomes the rows.
"""

import re
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Licence, LicenceEvent
from compliance.predicates.labels import EVIDENCE_LABELS, EVIDENCE_WORDS
from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Names, Presenter, certain_day
from guards.models import Module
from schools.identifiers import masked

A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
DECIMALS = 2
WORDS: dict[str, dict[Any, Any]] = {
    "citizenship": dict.fromkeys(("KZ", "KAZ"), gettext_lazy("Kazakhstan")),
    "state": dict(LicenceEvent.Kind.choices),
    "subtype": dict(Licence.Subtype.choices),
}
# Keys whose values are shares of one, shown in percent, and keys whose values are identifiers, shown as names.
SHARES = ("share", "limit_share", "floor", "continuity")
PERSONS, POSTS, SCHOOLS = ("iin",), ("post", "post_id"), ("school_id",)
AGENCIES, MODULES = ("agency_bin", "dismissed_by"), ("module",)


class FlatProof(Presenter):
    """Evidence that is a flat record of days, numbers, texts and identifiers, and perhaps one list of such records."""

    # What the evidence holds

    @cached_property
    def values(self) -> dict[str, Any]:
        """The record without its lists of records."""
        return {key: value for key, value in self.evidence.items() if not _is_rows(value)}

    @cached_property
    def listed(self) -> list[dict[str, Any]]:
        """The first list of records, as the rows."""
        return next((value for value in self.evidence.values() if _is_rows(value)), [])

    @cached_property
    def names(self) -> Names:
        return Names(
            guards=self._held(PERSONS),
            posts=self._held(POSTS),
            schools=self._held(SCHOOLS),
            agencies=self._held(AGENCIES),
        )

    @cached_property
    def modules(self) -> dict[str, Module]:
        told = self._held(MODULES)
        return {module.code: module for module in Module.objects.filter(code__in=told)} if told else {}

    def _held(self, keys: tuple[str, ...]) -> set[str]:
        return {str(one[key]) for one in (self.values, *self.listed) for key in keys if one.get(key)}

    def sentence_evidence(self) -> dict[str, Any]:
        """A module is told by its title; the evidence keeps its code."""
        module = self.modules.get(self.evidence.get("module", ""))
        return self.evidence | {"title": module.title} if module else self.evidence

    def label(self, key: str) -> str:
        """What a key is called; one that nobody named is shown as it stands in the evidence."""
        return str(EVIDENCE_LABELS.get(key, key))

    def words_of(self, key: str, value: Any) -> str:
        """A value of the evidence as a reader sees it."""
        if isinstance(value, dict):
            return ", ".join(f"{self.label(name)}: {self.words_of(name, one)}" for name, one in value.items())
        if isinstance(value, list):
            return self._list_words(key, value)
        if value is None or value == "":
            return formats.UNKNOWN
        said = {**EVIDENCE_WORDS.get(key, {}), **WORDS.get(key, {})}
        if value in said:
            return str(said[value])
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return self._number_words(key, value) if isinstance(value, int | float) else self._text_words(key, str(value))

    def _list_words(self, key: str, values: list[Any]) -> str:
        if key == "window" and len(values) == 2:
            return formats.day_range(certain_day(values[0]), certain_day(values[1]))
        return ", ".join(self.words_of(key, one) for one in values) or formats.UNKNOWN

    def _number_words(self, key: str, value: float) -> str:
        if key in SHARES:
            return formats.percent(100 * value, 1)
        return formats.number(value, 0 if float(value).is_integer() else DECIMALS)

    def _text_words(self, key: str, text: str) -> str:
        """A day as a day, an identifier as the name it stands for, any other text as it is."""
        if A_DAY.fullmatch(text):
            return formats.day(certain_day(text))
        if quarter := A_QUARTER.fullmatch(text):
            return _("quarter %(quarter)s of %(year)s") % {"year": quarter[1], "quarter": quarter[2]}
        if key in PERSONS:
            return f"{self.names.guard(text)}, {masked(text)}"
        if key in MODULES:
            return self.modules[text].title if text in self.modules else text
        for keys, name in ((POSTS, self.names.post), (SCHOOLS, self.names.school), (AGENCIES, self.names.agency)):
            if key in keys:
                return name(text)
        return text

    # What is shown

    @property
    def subject(self) -> str:
        """Whom the finding is about: the guard, the agency, the school."""
        finding = self.finding
        told = (finding.guard.full_name if finding.guard else "", finding.agency, finding.school)
        return ", ".join(str(one) for one in told if one)

    def sentence(self) -> str:
        values = {"subject": self.subject, "says": self.says(), "number": self.clause.number, "text": self.clause.text}
        if values["says"]:
            return _("%(subject)s. %(says)s") % values
        return _("%(subject)s: clause %(number)s does not hold. “%(text)s”") % values

    def lines(self) -> list[Line]:
        return [Line(self.label(key), "", self.words_of(key, value)) for key, value in self.values.items()]

    def verdict(self) -> str:
        return _("The clause does not hold on the day judged")

    def table(self) -> EvidenceTable | None:
        if not self.listed:
            return None
        keys = _keys(self.listed)
        rows = [[Cell(self.words_of(key, row.get(key))) for key in keys] for row in self.listed]
        return EvidenceTable(_("Rows of the finding"), "", [Head(self.label(key)) for key in keys], rows)

    # The rows as a file

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys([*self.values, *_keys(self.listed)]))

    def columns(self) -> list[str]:
        return ["iin_masked" if key in PERSONS else key for key in self.keys]

    def records(self) -> list[list[Any]]:
        return [[_plain(key, {**self.values, **row}.get(key)) for key in self.keys] for row in self.listed or [{}]]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _keys(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _plain(key: str, value: Any) -> Any:
    if key in PERSONS and value:
        return masked(str(value))
    return " ".join(str(one) for one in value) if isinstance(value, list) else value
