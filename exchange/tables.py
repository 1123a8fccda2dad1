"""The files of a register package, described once: what reads, writes, compares and documents them asks here.

A column's kind, whether it must be filled in and its vocabulary follow from the model's field, so that a package cannot
say what the register could not hold. The order of TABLES is the order of loading: a file refers to earlier ones only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import models

from agencies.models import Agency, Contract, Licence, LicenceEvent, MobileGroup, QuarterlyReport
from exchange.cells import Amount, Choice, Day, Flag, Kind, Reference, Text, Whole
from guards.models import (
    Assignment,
    Briefing,
    Credential,
    Employment,
    Guard,
    Module,
    Presence,
    Requirement,
    TrainingRecord,
)
from schools.models import Calendar, Closure, Post, Region, School

# The field by which rows of other files name a row of the model.
KEYS: dict[type[models.Model], str] = {
    Region: "code",
    Calendar: "code",
    School: "code",
    Post: "code",
    Agency: "bin",
    Licence: "number",
    Guard: "iin",
    Module: "code",
}
LARGEST = {models.PositiveSmallIntegerField: 32_767, models.PositiveIntegerField: 2_147_483_647}


@dataclass(frozen=True)
class Column:
    """A column and the model's field that it fills."""

    name: str
    field: Any
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _kind(self.field))

    @property
    def target(self) -> type[models.Model] | None:
        """The model whose key stands in the cells, for a reference."""
        return self.field.related_model if isinstance(self.field, models.ForeignKey) else None

    @property
    def lookup(self) -> str:
        """What a query asks for to get the value as a package says it: a reference by its key."""
        return f"{self.field.name}__{KEYS[self.target]}" if self.target else self.field.name

    @property
    def attname(self) -> str:
        """The attribute of the model that holds the value: for a reference, the primary key."""
        return str(self.field.attname)

    @property
    def required(self) -> bool:
        """Whether the file must have the column and each row a value in it."""
        return not (self.field.null or self.field.blank or isinstance(self.field, models.BooleanField))

    @property
    def empty(self) -> Any:
        """The value that an empty cell stands for."""
        if isinstance(self.field, models.BooleanField):
            return False
        return None if self.field.null else ""

    @property
    def default(self) -> Any:
        """The value of a new row whose file has no such column."""
        return self.field.get_default()


def _kind(of: Any) -> Kind:
    if isinstance(of, models.ForeignKey):
        target = of.related_model
        return Reference("the list of regions" if target is Region else f"`{FILES[target]}`")
    if isinstance(of, models.BooleanField):
        return Flag()
    if isinstance(of, models.DateField):
        return Day()
    if isinstance(of, models.DecimalField):
        return Amount(of.max_digits, of.decimal_places)
    if type(of) in LARGEST:
        return Whole(LARGEST[type(of)])
    if of.choices:
        return Choice(tuple(word for word, _name in of.choices))
    beside_length = tuple(one for one in of.validators if not isinstance(one, MaxLengthValidator))
    return Text(of.max_length, beside_length)


@dataclass(frozen=True)
class RowRule:
    """A claim about one row; its sentence is that of the model's constraint which the database keeps."""

    constraint: str
    columns: tuple[str, ...]
    # Takes the values of `columns`; gives the column to blame, or None where the claim holds.
    blames: Callable[..., str | None]


@dataclass(frozen=True)
class Table:
    """A file of the package and the model whose rows it holds."""

    file: str
    model: type[models.Model]
    # Names of the columns that tell a row from every other.
    identity: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[RowRule, ...] = ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def identity_places(self) -> tuple[int, ...]:
        return tuple(self.names.index(name) for name in self.identity)

    @cached_property
    def attnames(self) -> tuple[str, ...]:
        return tuple(column.attname for column in self.columns)

    @cached_property
    def lookups(self) -> tuple[str, ...]:
        return tuple(column.lookup for column in self.columns)

    def place(self, name: str) -> int:
        """Where a row of this table holds a column."""
        return self.names.index(name)

    @cached_property
    def identity_of(self) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Gives what tells a row from every other, of its values."""
        places = self.identity_places
        # Of one place, itemgetter gives the value alone.
        return itemgetter(*places) if len(places) > 1 else lambda values: (values[places[0]],)

    @cached_property
    def defaults(self) -> tuple[Any, ...]:
        return tuple(column.default for column in self.columns)

    @cached_property
    def rules_with_places(self) -> tuple[tuple[RowRule, tuple[int, ...]], ...]:
        return tuple((rule, tuple(self.place(name) for name in rule.columns)) for rule in self.rules)

    def sentence(self, constraint: str) -> str:
        """What the model says when a constraint of its own is broken."""
        found = next(one for one in self.model._meta.constraints if one.name == constraint)
        return str(found.violation_error_message)


def _days_in_order(constraint: str, first: str = "first_day", last: str = "last_day") -> RowRule:
    def blames(start: Any, end: Any) -> str | None:
        return last if start is not None and end is not None and end < start else None

    return RowRule(constraint, (first, last), blames)


def _ended_without_reason(status: str, last_day: Any, reason: str) -> str | None:
    if status != Assignment.Status.ENDED:
        return None
    if last_day is None:
        return "last_day"
    return None if reason else "end_reason"


def _reason_without_last_day(status: str, last_day: Any, reason: str) -> str | None:
    # Of an ended assignment the other rule speaks.
    return "last_day" if reason and last_day is None and status != Assignment.Status.ENDED else None


ENDING = ("status", "last_day", "end_reason")

# One line a file: the model and the file's columns, `column=field` where the names differ. What tells rows apart: *.
SHAPES: dict[type[models.Model], tuple[str, str]] = {
    Calendar: ("calendars.csv", "*calendar_id=code name weekdays"),
    Closure: ("closures.csv", "*calendar_id=calendar *first_day last_day reason"),
    School: (
        "schools.csv",
        "*school_id=code bin name_ru name_kk region locality pupils staff calendar_id=calendar "
        "vulnerable_since vulnerable_until",
    ),
    Post: ("posts.csv", "*post_id=code school_id=school name pattern positions first_day last_day"),
    Agency: ("agencies.csv", "*bin name_ru name_kk region head_name phone email"),
    Licence: ("licences.csv", "*number agency_bin=agency subtype issued_on"),
    LicenceEvent: ("licence_events.csv", "*number=licence *on event basis"),
    Contract: (
        "contracts.csv",
        "*contract_id=code agency_bin=agency school_id=school number signed_on first_day last_day "
        "licence_number=licence",
    ),
    Guard: ("guards.csv", "*iin family_name given_name patronymic citizenship"),
    Employment: ("employments.csv", "*iin=guard *agency_bin=agency *first_day last_day end_reason"),
    Credential: ("credentials.csv", "*iin=guard *kind *number issued_by issued_on valid_until"),
    Module: ("modules.csv", "*code title_ru title_kk title_en scope hours valid_months"),
    Requirement: ("school_requirements.csv", "*school_id=school *module_code=module *first_day last_day"),
    TrainingRecord: (
        "training.csv",
        "*iin=guard *module_code=module *school_id=school *completed_on hours trainer",
    ),
    Assignment: (
        "assignments.csv",
        "*assignment_id=code iin=guard post_id=post agency_bin=agency kind first_day last_day end_reason "
        "cause_accepted status confirmed_on",
    ),
    Presence: ("attendance.csv", "*iin=guard *post_id=post *on agency_claim school_confirmation"),
    MobileGroup: ("mobile_groups.csv", "*agency_bin=agency *name has_radio is_armed *first_day last_day"),
    QuarterlyReport: ("quarterly_reports.csv", "*agency_bin=agency *year *quarter sent_on"),
    Briefing: ("briefings.csv", "*school_id=school *kind *held_on *topic led_by"),
}
# Not every register has these: a package is without the file where there is no row.
FURTHER = (MobileGroup, QuarterlyReport, Briefing)
FILES = {model: file for model, (file, _columns) in SHAPES.items()}

RULES: dict[type[models.Model], tuple[RowRule, ...]] = {
    Closure: (_days_in_order("schools_closure_days_in_order"),),
    School: (_days_in_order("schools_school_vulnerable_days_in_order", "vulnerable_since", "vulnerable_until"),),
    Post: (
        _days_in_order("schools_post_days_in_order"),
        RowRule("schools_post_has_positions", ("positions",), lambda n: None if n >= 1 else "positions"),
    ),
    Contract: (_days_in_order("agencies_contract_days_in_order"),),
    Employment: (_days_in_order("guards_employment_days_in_order"),),
    Credential: (_days_in_order("guards_credential_days_in_order", "issued_on", "valid_until"),),
    Requirement: (_days_in_order("guards_requirement_days_in_order"),),
    MobileGroup: (_days_in_order("agencies_group_days_in_order"),),
    QuarterlyReport: (
        RowRule("agencies_report_quarter_known", ("quarter",), lambda n: None if 1 <= n <= 4 else "quarter"),
    ),
    Assignment: (
        _days_in_order("guards_assignment_days_in_order"),
        RowRule("guards_assignment_ended_has_reason", ENDING, _ended_without_reason),
        RowRule("guards_assignment_reason_has_last_day", ENDING, _reason_without_last_day),
    ),
}


def _table(model: type[models.Model]) -> Table:
    file, shape = SHAPES[model]
    identity, columns = [], []
    for word in shape.split():
        name, _equals, of = word.removeprefix("*").partition("=")
        columns.append(Column(name, model._meta.get_field(of or name)))
        if word.startswith("*"):
            identity.append(name)
    return Table(file, model, tuple(identity), tuple(columns), RULES.get(model, ()))


TABLES: dict[type[models.Model], Table] = {model: _table(model) for model in SHAPES}
BY_FILE = {table.file: table for table in TABLES.values()}
