"""The proof of any rule whose evidence is a flat record: a line for each value, named by its key.

The rule itself says its title, what is wrong and what would end it; `compliance/predicates/labels.py` names the keys.
So a further rule needs nothing here. Each list of records in the evidence becomes a table of rows.
"""

import re
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Licence, LicenceEvent
from compliance.models import Finding
from compliance.predicates.labels import EVIDENCE_LABELS, EVIDENCE_WORDS
from compliance.records import KINDS, Record
from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Names, Presenter, certain_day
from guards.models import Assignment, Module, Presence
from schools.identifiers import masked
from schools.models import Calendar

A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
A_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
DECIMALS = 2
WORDS: dict[str, dict[Any, Any]] = {
    "citizenship": dict.fromkeys(("KZ", "KAZ"), gettext_lazy("Kazakhstan")),
    "state": dict(LicenceEvent.Kind.choices),
    "subtype": dict(Licence.Subtype.choices),
    "kind": dict(Assignment.Kind.choices),
    "school_confirmation": dict(Presence.Answer.choices),
    "event": dict(LicenceEvent.Kind.choices),
    "scope": dict(Module.Scope.choices),
}
# In what order lists are shown.
ORDER = ("spells", *KINDS)
# What of the records that a finding keeps a reader is shown; of other lists all. The file has everything.
SHOWN: dict[str, tuple[str, ...]] = {
    "rows": ("iin", "school_id", "post_id", "agency_bin", "kind", "first_day", "last_day"),
    "shifts": ("on", "post_id", "iin", "school_confirmation"),
    "modules": ("module", "valid_months"),
    "events": ("licence", "on", "event", "basis"),
    "calendars": ("calendar", "weekdays", "closures"),
}
# Keys whose values are shares of one, shown in percent, years, and identifiers, shown as names.
SHARES = ("share", "limit_share", "floor", "continuity")
YEARS = ("report_year",)
PERSONS, POSTS, SCHOOLS = ("iin",), ("post", "post_id"), ("school_id",)
AGENCIES, MODULES, CALENDARS = ("agency_bin", "dismissed_by"), ("module",), ("calendar",)


class FlatProof(Presenter):
    """Evidence that is a flat record of days, numbers, texts and identifiers, with lists of such records."""

    # What the evidence holds

    @cached_property
    def values(self) -> dict[str, Any]:
        """The record without its lists of records."""
        return {key: value for key, value in self.evidence.items() if not _is_rows(key, value)}

    @cached_property
    def lists(self) -> dict[str, list[Record]]:
        """The lists of records, those first of which most is counted; none that is empty."""
        found = {key: value for key, value in self.evidence.items() if value and _is_rows(key, value)}
        return dict(sorted(found.items(), key=lambda item: (*ORDER, item[0]).index(item[0])))

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

    @cached_property
    def calendars(self) -> dict[str, str]:
        told = self._held(CALENDARS)
        return dict(Calendar.objects.filter(code__in=told).values_list("code", "name")) if told else {}

    def _held(self, keys: tuple[str, ...]) -> set[str]:
        records = (self.values, *(one for of_kind in self.lists.values() for one in of_kind))
        return {str(one[key]) for one in records for key in keys if one.get(key)}

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
        if key == "closures":
            return ", ".join(formats.day_range(*map(certain_day, one)) for one in values) or formats.UNKNOWN
        return ", ".join(self.words_of(key, one) for one in values) or formats.UNKNOWN

    def _number_words(self, key: str, value: float) -> str:
        if key in YEARS:
            return str(value)
        if key in SHARES:
            return formats.percent(100 * value, 1)
        return formats.number(value, 0 if float(value).is_integer() else DECIMALS)

    def _text_words(self, key: str, text: str) -> str:
        """A day as a day, an identifier as the name it stands for, any other text as it is."""
        if A_DAY.fullmatch(text):
            return formats.day(certain_day(text))
        if key == "weekdays":
            return " ".join(formats.SHORT_WEEKDAYS[formats.language()].split()[int(digit) - 1] for digit in text)
        if quarter := A_QUARTER.fullmatch(text):
            return _("quarter %(quarter)s of %(year)s") % {"year": quarter[1], "quarter": quarter[2]}
        if key in PERSONS:
            return f"{self.names.guard(text)}, {masked(text)}"
        if key in MODULES:
            return self.modules[text].title if text in self.modules else text
        for keys, name in ((POSTS, self.names.post), (SCHOOLS, self.names.school), (AGENCIES, self.names.agency)):
            if key in keys:
                return name(text)
        return self.calendars.get(text, text) if key in CALENDARS else text

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

    def tables(self) -> list[EvidenceTable]:
        return [table for kind, rows in self.lists.items() for table in self.tables_of(kind, rows)]

    def tables_of(self, kind: str, rows: list[Record]) -> list[EvidenceTable]:
        """The records of a kind as a reader is shown them: a row for each."""
        title, note = EVIDENCE_LABELS.get(kind, gettext_lazy("Rows of the finding")), formats.number(len(rows))
        keys = SHOWN.get(kind) or _keys(rows)
        if kind == "calendars":
            note, rows = "", [one | {"closures": self._closures(one)} for one in rows]
        cells = [[Cell(self.in_row(name, row)) for name in keys] for row in rows]
        return [EvidenceTable(title, note, [Head(self.label(name)) for name in keys], cells)]

    def _closures(self, calendar: Record) -> list[list[str]]:
        """The closures of a calendar that the window sees; all where the finding has none."""
        start, _last = self.evidence.get("window") or ("", "")
        return [one for one in calendar["closures"] if one[1] >= start]

    def in_row(self, key: str, row: Record) -> str:
        """A value of a row; who stands for another agency than the one that the finding is about stays unnamed."""
        if key in PERSONS and of_another_agency(row, self.finding):
            return _("a guard of another agency")
        return self.words_of(key, row.get(key))

    # The rows as a file

    @property
    def keys(self) -> list[str]:
        return list(dict.fromkeys([*self.values, *(key for rows in self.lists.values() for key in _keys(rows))]))

    def columns(self) -> list[str]:
        heads = (["guard_no", "iin_masked"] if key in PERSONS else [key] for key in self.keys)
        return ["record", *(name for names in heads for name in names)]

    def records(self) -> list[list[Any]]:
        """What the finding states, and each record of each kind. `guard_no` tells apart guards whose masked numbers are
        alike."""
        rows = [("finding", self.values), *((kind, row) for kind, of_kind in self.lists.items() for row in of_kind)]
        known = dict.fromkeys(row["iin"] for _kind, row in rows if row.get("iin"))
        guards: dict[Any, int] = {iin: number for number, iin in enumerate(known, start=1)}
        return [[kind, *(value for key in self.keys for value in self._fields(key, row, guards))] for kind, row in rows]

    def _fields(self, key: str, row: Record, guards: dict[Any, int]) -> list[Any]:
        """What a file says of a value of a row: of a person his place among those of the file, and his number masked,
        which is not told of another agency's guard."""
        value = row.get(key)
        if key in PERSONS:
            shown = masked(str(value)) if value and not of_another_agency(row, self.finding) else None
            return [guards.get(value), shown]
        if isinstance(value, bool):
            return [int(value)]
        if isinstance(value, list):
            return [" ".join("/".join(one) if key == "closures" else str(one) for one in value)]
        return [value]


def of_another_agency(row: Record, finding: Finding) -> bool:
    """Whether a record is about somebody who stands for another agency than the one that the finding is against."""
    agency = finding.agency
    return bool(agency and row.get("agency_bin") not in (None, agency.bin))


def _is_rows(key: str, value: Any) -> bool:
    """Whether a value of the evidence is a list of records; one of a kind that findings keep may be empty."""
    if not isinstance(value, list):
        return False
    return all(isinstance(one, dict) for one in value) if value else key in ORDER


def _keys(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))
