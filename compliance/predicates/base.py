"""What every rule is: a frozen dataclass whose fields are the clause's parameters."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from typing import Any, ClassVar, Protocol, Self, get_type_hints

from django.db.models import DateField, QuerySet, Value


class RuleFault(ValueError):
    """The parameters of a clause do not fit its rule; the message says which and what would."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a breach is about, by primary keys. `mark` tells apart several breaches of one subject."""

    school: int | None = None
    agency: int | None = None
    guard: int | None = None
    mark: str = ""

    @property
    def key(self) -> str:
        """One text a subject, so that the database can hold at most one open finding for it."""
        return f"school:{self.school or ''} agency:{self.agency or ''} guard:{self.guard or ''} {self.mark}".strip()


@dataclass(frozen=True, slots=True)
class Breach:
    """A clause does not hold for a subject on the day judged."""

    subject: Subject
    evidence: dict[str, Any] = field(default_factory=dict)
    strength: str = ""


class World(Protocol):
    """The register as a rule sees it on the day judged. The engine provides it."""

    day: date

    def narrowed(self, rows: QuerySet[Any], school: str) -> QuerySet[Any]:
        """The rows within the scope that is judged; `school` is the lookup that leads to a row's school."""

    def open_days(self, calendar: int, first: date, last: date) -> int:
        """Open days of a calendar from `first` to `last`, both included."""

    def turnover_breaches(self, rule: Any) -> Iterator[Breach]:
        """The owners whose settled leaves break a limit, with the arithmetic."""

    def unmeasurable_schools(self, schools: QuerySet[Any]) -> set[int]:
        """Which of these schools have no confirmed service in the window."""


def parameter(default: Any = MISSING, *, help: str = "", low: float | None = None, high: float | None = None) -> Any:
    """A field of a rule: its default, its help in the form, its bounds."""
    return field(default=default, metadata={"help": help, "low": low, "high": high})


@dataclass(frozen=True)
class Rule:
    """The base of the vocabulary. A rule's docstring is the sentence that readers see in English."""

    code: ClassVar[str]

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """A rule with these parameters, checked for name, type and bounds. Raises RuleFault."""
        hints = get_type_hints(cls)
        known = {each.name: each for each in fields(cls)}
        for name in parameters:
            if name not in known:
                raise RuleFault(f"{cls.code} has no parameter “{name}”; it has {', '.join(known) or 'none'}.")
        for name, each in known.items():
            if name not in parameters:
                if each.default is MISSING:
                    raise RuleFault(f"{cls.code} needs the parameter “{name}”.")
                continue
            _check(f"{cls.code}.{name}", parameters[name], hints[name], each.metadata)
        return cls(**{name: _frozen(value) for name, value in parameters.items()})

    def breaches(self, world: World) -> Iterator[Breach]:
        """Everything that fails this rule on the day judged."""
        raise NotImplementedError


@dataclass(frozen=True)
class RowRule(Rule):
    """A rule about rows: it narrows a queryset that carries the day judged as the column `on`.

    The same `failing` answers for today, for each row's own day, for one guard or for the country.
    """

    # The lookup that leads from a row to its school.
    school: ClassVar[str] = "school"

    def rows(self) -> QuerySet[Any]:
        """All rows that the rule could speak of."""
        raise NotImplementedError

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows, each with its own `on`, that fail."""
        raise NotImplementedError

    def breach(self, row: Any, world: World) -> Breach | None:
        """What a failing row amounts to; None where a count of open days acquits it after all."""
        raise NotImplementedError

    def breaches(self, world: World) -> Iterator[Breach]:
        rows = world.narrowed(self.rows(), self.school).annotate(on=Value(world.day, output_field=DateField()))
        for row in self.failing(rows).order_by("pk").iterator(chunk_size=2000):
            if breach := self.breach(row, world):
                yield breach


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(name: str, value: Any, hint: Any, bounds: Mapping[str, Any]) -> None:
    if hint is int and (isinstance(value, bool) or not isinstance(value, int)):
        raise RuleFault(f"{name} is a whole number, not {value!r}.")
    if hint is float and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise RuleFault(f"{name} is a number, not {value!r}.")
    if hint is str and not isinstance(value, str):
        raise RuleFault(f"{name} is a text, not {value!r}.")
    texts = tuple[str, ...]
    if (
        hint in (texts, texts | None)
        and value is not None
        and not (isinstance(value, list | tuple) and all(isinstance(one, str) for one in value))
    ):
        raise RuleFault(f"{name} is a list of texts, not {value!r}.")
    low, high = bounds.get("low"), bounds.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        raise RuleFault(f"{name} is {value}; it lies from {low} to {high}.")
