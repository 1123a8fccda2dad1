"""The proof of any rule whose evidence is a flat record: a line for each value, named by its key.

A further rule needs a `code`, a `title`, a `sentence_text` and the names of those keys that nobody named yet:

    class RefresherProof(FlatProof):
        code = "guard_refresher"
        title = gettext_lazy("Refresher overdue")
        sentence_text = gettext_lazy("%(guard)s stands at %(school)s, and his refresher ended on %(valid_until)s.")
        labels = {"break_days": gettext_lazy("Days of the break")}

A list of records in the evidence becomes the rows. A rule without a presenter is told by the text of its clause.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Licence, LicenceEvent
from compliance.models import ClauseVersion
from desks import formats
from desks.proof.base import Cell, EvidenceTable, Head, Line, Names, Presenter, Text, certain_day
from guards.models import Assignment, Credential, EndReason
from schools.identifiers import masked
from schools.models import Post

A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DECIMALS = 2

LABELS: dict[str, Text] = {
    "agency_bin": gettext_lazy("Agency"),
    "assignment": gettext_lazy("Assignment"),
    "assignment_id": gettext_lazy("Assignment"),
    "confirmed_on": gettext_lazy("Confirmed on"),
    "contract": gettext_lazy("Contract in the register"),
    "contract_first_day": gettext_lazy("First day of the contract"),
    "contract_last_day": gettext_lazy("Last day of the contract"),
    "contract_number": gettext_lazy("Number of the contract"),
    "day": gettext_lazy("Day judged"),
    "end_reason": gettext_lazy("Reason"),
    "first_day": gettext_lazy("First day"),
    "grace_open_days": gettext_lazy("Open days allowed"),
    "iin": gettext_lazy("Guard"),
    "issued_on": gettext_lazy("Issued on"),
    "kind": gettext_lazy("Kind"),
    "last_day": gettext_lazy("Last day"),
    "licence": gettext_lazy("Licence"),
    "licence_number": gettext_lazy("Licence"),
    "number": gettext_lazy("Number"),
    "open_days_stood": gettext_lazy("Open days stood"),
    "pattern": gettext_lazy("Hours"),
    "post": gettext_lazy("Post"),
    "post_id": gettext_lazy("Post"),
    "reason": gettext_lazy("Reason"),
    "school_id": gettext_lazy("School"),
    "state": gettext_lazy("State"),
    "state_since": gettext_lazy("In this state since"),
    "subtype": gettext_lazy("Subtype"),
    "threshold_percent": gettext_lazy("Limit, percent"),
    "valid_until": gettext_lazy("Valid until"),
    "vulnerable_since": gettext_lazy("On the list of vulnerable objects since"),
    "window": gettext_lazy("Window"),
    "window_days": gettext_lazy("Days of the window"),
}
"""What the keys that several rules share are called."""

WORDS: dict[str, Mapping[Any, Text]] = {
    "end_reason": dict(EndReason.choices),
    "kind": dict([*Assignment.Kind.choices, *Credential.Kind.choices]),
    "pattern": dict(Post.Pattern.choices),
    "state": {"issued": gettext_lazy("Issued"), **dict(LicenceEvent.Kind.choices)},
    "subtype": dict(Licence.Subtype.choices),
}
"""What the values of a closed list are called, by key."""

PERSON, POSTS, SCHOOLS, AGENCIES = ("iin",), ("post", "post_id"), ("school_id",), ("agency_bin",)


class FlatProof(Presenter):
    """Evidence that is a flat record of days, numbers, texts and identifiers, and perhaps one list of such records."""

    sentence_text: ClassVar[Text] = ""
    verdict_text: ClassVar[Text] = gettext_lazy("The clause does not hold on the day judged")
    rows_title: ClassVar[Text] = gettext_lazy("Rows of the finding")
    labels: ClassVar[Mapping[str, Text]] = {}
    words: ClassVar[Mapping[str, Mapping[Any, Text]]] = {}

    @classmethod
    def name_of(cls, version: ClauseVersion) -> str:
        return str(cls.title) or _("Clause %(number)s") % {"number": version.clause.number}

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
        records = [self.values, *self.listed]

        def told(keys: tuple[str, ...]) -> set[str]:
            return {str(one[key]) for one in records for key in keys if one.get(key)}

        return Names(guards=told(PERSON), posts=told(POSTS), schools=told(SCHOOLS), agencies=told(AGENCIES))

    def label(self, key: str) -> str:
        """What a key is called; a key that nobody named is shown as it is, for a reader of the evidence."""
        return str(self.labels.get(key) or LABELS.get(key) or key)

    def words_of(self, key: str, value: Any) -> str:
        """A value of the evidence as a reader sees it."""
        said = {**WORDS, **self.words}.get(key, {})
        if isinstance(value, dict):
            return ", ".join(f"{self.label(name)}: {self.words_of(name, one)}" for name, one in value.items())
        if isinstance(value, list):
            return ", ".join(self.words_of(key, one) for one in value) or formats.UNKNOWN
        if value is None or value == "":
            return formats.UNKNOWN
        if value in said:
            return str(said[value])
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float):
            return formats.number(value, 0 if float(value).is_integer() else DECIMALS)
        text = str(value)
        return formats.day(certain_day(text)) if A_DAY.fullmatch(text) else self._name(key, text)

    def _name(self, key: str, text: str) -> str:
        """An identifier as the name it stands for."""
        if key in PERSON:
            return f"{self.names.guard(text)}, {masked(text)}"
        if key in POSTS:
            return self.names.post(text)
        if key in SCHOOLS:
            return self.names.school(text)
        return self.names.agency(text) if key in AGENCIES else text

    # What is shown

    @property
    def subject(self) -> str:
        """Whom the finding is about: the guard, the agency, the school."""
        finding = self.finding
        told = (finding.guard.full_name if finding.guard else "", finding.agency, finding.school)
        return ", ".join(str(one) for one in told if one)

    def sentence(self) -> str:
        if not self.sentence_text:
            return _("%(subject)s: on %(day)s clause %(number)s does not hold. “%(text)s”") % {
                "subject": self.subject,
                "day": formats.day(self.day),
                "number": self.clause.number,
                "text": self.clause.text,
            }
        finding = self.finding
        about = {
            "guard": finding.guard.full_name if finding.guard else formats.UNKNOWN,
            "agency": str(finding.agency or formats.UNKNOWN),
            "school": str(finding.school or formats.UNKNOWN),
        }
        return str(self.sentence_text) % (
            {key: self.words_of(key, value) for key, value in self.values.items()} | about
        )

    def lines(self) -> list[Line]:
        return [Line(self.label(key), "", self.words_of(key, value)) for key, value in self.values.items()]

    def verdict(self) -> str:
        return str(self.verdict_text)

    def table(self) -> EvidenceTable:
        if self.listed:
            keys = _keys(self.listed)
            heads = [Head(self.label(key)) for key in keys]
            rows = [[Cell(self.words_of(key, row.get(key))) for key in keys] for row in self.listed]
            return EvidenceTable(str(self.rows_title), "", heads, rows)
        return EvidenceTable(
            _("Whom it concerns"), "", [Head(_("Who")), Head(_("Name")), Head(_("Number"))], self._who()
        )

    def _who(self) -> list[list[Cell]]:
        finding = self.finding
        rows = []
        if finding.guard:
            rows.append([Cell(_("Guard")), Cell(finding.guard.full_name, name=True), Cell(finding.guard.masked_iin)])
        if finding.agency:
            rows.append([Cell(_("Agency")), Cell(finding.agency.name, name=True), Cell(finding.agency.bin)])
        if finding.school:
            rows.append([Cell(_("School")), Cell(finding.school.name, name=True), Cell(finding.school.code)])
        return rows

    # The rows as a file

    def columns(self) -> list[str]:
        keys = dict.fromkeys([*self.values, *_keys(self.listed)])
        return ["iin_masked" if key in PERSON else key for key in keys]

    def records(self) -> list[list[Any]]:
        keys = list(dict.fromkeys([*self.values, *_keys(self.listed)]))
        return [[_plain(key, {**self.values, **row}.get(key)) for key in keys] for row in self.listed or [{}]]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _keys(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(key for row in rows for key in row))


def _plain(key: str, value: Any) -> Any:
    if key in PERSON and value:
        return masked(str(value))
    return " ".join(str(one) for one in value) if isinstance(value, list) else value
