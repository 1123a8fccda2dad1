"""What every rule is: a frozen dataclass whose fields are the clause's parameters."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from types import NoneType
from typing import Any, ClassVar, Protocol, Self, get_args, get_type_hints

from django.db.models import DateField, QuerySet, Value
from django.utils.translation import gettext


class RuleFault(ValueError):
    """The parameters of a clause do not fit its rule; the message says which and what would.

    `parameter` names the one that it is about, empty where it is about none.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


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


class Case(Protocol):
    """What many breaches rest on, and what is told of each only when somebody asks: most are known and stay open."""

    def evidence_of(self, accused: int) -> dict[str, Any]:
        """The evidence against one of the accused."""

    def prepare(self, accused: Iterable[int]) -> None:
        """Make the evidence against some of them at once, before they are asked of one by one."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A clause does not hold for a subject on the day judged. `proof` is its evidence, or the case that can tell it
    and the number of the accused there."""

    subject: Subject
    proof: "dict[str, Any] | tuple[Case, int]" = field(default_factory=dict)
    strength: str = ""

    @property
    def evidence(self) -> dict[str, Any]:
        """What shows it."""
        if isinstance(self.proof, tuple):
            case, accused = self.proof
            return case.evidence_of(accused)
        return self.proof


def prepare_evidence(breaches: Iterable[Breach]) -> None:
    """Have the cases of some breaches make their evidence, all of a case at once."""
    of_case: dict[int, tuple[Case, list[int]]] = {}
    for breach in breaches:
        if isinstance(breach.proof, tuple):
            case, accused = breach.proof
            of_case.setdefault(id(case), (case, []))[1].append(accused)
    for case, all_accused in of_case.values():
        case.prepare(all_accused)


def evidence_in_full(accused: Sequence[tuple["Rule", Breach]], day: date) -> list[dict[str, Any]]:
    """The evidence against each of some breaches of a day as a finding keeps it: with the records that were counted.

    What it states is counted of these very records, which may have changed since a country was measured.
    """
    prepare_evidence(breach for _rule, breach in accused)
    told = [breach.evidence for _rule, breach in accused]
    of_rule: dict[int, list[int]] = {}
    for index, (rule, _breach) in enumerate(accused):
        of_rule.setdefault(id(rule), []).append(index)
    for indexes in of_rule.values():
        rule = accused[indexes[0]][0]
        for index, lists in zip(indexes, rule.kept([accused[index][1] for index in indexes], day), strict=True):
            if lists:
                told[index] = told[index] | lists
                told[index] |= rule.recounted(told[index])
    return told


def bears_out(rule: "Rule", breach: Breach, evidence: Mapping[str, Any]) -> bool:
    """Whether the records behind a breach, in its evidence in full, still give a value for all that it states, and
    still break the rule."""
    stated = (name for name, value in breach.evidence.items() if value is not None)
    return all(evidence[name] is not None for name in stated) and rule.broken(evidence)


class World(Protocol):
    """The register as a rule sees it on the day judged. The engine provides it."""

    day: date

    @property
    def whole(self) -> bool:
        """Whether the country is judged, and not some schools and agencies."""

    def ask(self, build: Callable[[Any], QuerySet[Any, Any]]) -> list[Any]:
        """The rows of a query by `values_list` that is written from the world alone: for a few schools it is written
        once, with stand-ins, and kept. What writes it is a method of a rule, or a function, that has no other say."""

    def in_turn(self, build: Callable[[Any], QuerySet[Any, Any]]) -> Iterable[Any]:
        """What `ask` gives, of a country one row after another: each of them holds the columns of many."""

    def in_parts(self, build: Callable[[Any], QuerySet[Any, Any]], by: str) -> Iterator[list[Any]]:
        """What `ask` gives, of a country some rows at a time: by ranges of the key in a field, one without rows
        included."""

    def narrowed(self, rows: QuerySet[Any], school: str) -> QuerySet[Any]:
        """The rows within the scope that is judged; `school` is the lookup that leads to a row's school."""

    def narrowed_to_agencies(self, rows: QuerySet[Any], agency: str) -> QuerySet[Any]:
        """The same for rows about agencies as wholes; `agency` is the lookup that leads to a row's agency."""

    def open_days(self, calendar: int, first: date, last: date) -> int:
        """Open days of a calendar from `first` to `last`, both included."""

    def which_open(self, calendar: int, first: date, last: date) -> Any:
        """For each day from `first` to `last`, both included, whether it is one of the calendar's open days."""

    def turnover_breaches(self, rule: Any) -> Iterator[Breach]:
        """The owners whose settled leaves break a limit, with the arithmetic."""

    def table(self, level: Any, terms: Any) -> Any:
        """The figures of a level by the terms of a clause."""

    def owners_in_scope(self, table: Any) -> Any:
        """The positions of the owners in a table that the scope judges."""

    def unmeasurable_schools(self, schools: Any) -> list[int]:
        """Which of these schools have no confirmed service in the window."""


# The kinds of record that a rule can read. An action that changes one of them has only the rules judged again that do.
READS = frozenset(
    {
        "assignment",
        "briefing",
        "contract",
        "employment",
        "guard",
        "licence",
        "mobile_group",
        "paper",
        "post",
        "presence",
        "report",
        "training",
    }
)


def parameter(
    default: Any = MISSING,
    *,
    help: Any = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A field of a rule: its default, its help in the form, its bounds or the words it is one of."""
    return field(default=default, metadata={"help": help, "low": low, "high": high, "choices": choices})


@dataclass(frozen=True)
class Rule:
    """The base of the vocabulary. A rule's docstring is what readers see of it: `tools.catalogue` finds it there."""

    code: ClassVar[str]
    # What a breach of the rule is called in lists.
    title: ClassVar[Any]
    # What it reads beside the calendars and the schools themselves, of READS; all of it where a rule does not say.
    reads: ClassVar[frozenset[str]] = READS
    # The lists of its evidence that hold what it counted (`compliance.records`), to be counted again of nothing else.
    keeps: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def sentences(cls) -> list[str]:
        """What the rule checks, in the reader's language: its docstring, paragraph by paragraph."""
        paragraphs = (cls.__doc__ or "").split("\n\n")
        return [gettext(" ".join(one.split())) for one in paragraphs]  # catalogue: marked elsewhere

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
                    raise RuleFault(f"{cls.code} needs the parameter “{name}”.", name)
                continue
            _check(cls.code, name, parameters[name], hints[name], each.metadata)
        return cls(**{name: _frozen(value) for name, value in parameters.items()})

    def breaches(self, world: World) -> Iterator[Breach]:
        """Everything that fails this rule on the day judged."""
        raise NotImplementedError

    def asks(self) -> Collection[Callable[[World], QuerySet[Any, Any]]]:
        """What `breaches` asks of the world: of a few schools it is asked together with what other rules ask."""
        return ()

    def says(self, breach: Breach) -> Any:
        """What is wrong, as a sentence that is translated when it is shown."""
        raise NotImplementedError

    def cure(self, breach: Breach) -> Any:
        """What would end the breach, as a sentence that is translated when it is shown."""
        raise NotImplementedError

    def kept(self, breaches: Sequence[Breach], day: date) -> list[dict[str, list[Any]]]:
        """The lists of `keeps` for each of some breaches of a day, of all at once; nothing where whoever tells the
        breach brings them, or where nothing was counted. It asks by the subject of a breach and by its evidence."""
        return [{} for _breach in breaches]

    def recounted(self, evidence: Mapping[str, Any]) -> dict[str, Any]:
        """What the lists of `keeps` amount to, of nothing else: what the evidence states beside them. A value is None
        where the lists hold nothing that it could be made of."""
        raise NotImplementedError

    def broken(self, evidence: Mapping[str, Any]) -> bool:
        """Whether what some evidence states breaks the rule. Asked of what was counted again: a finding proves not only
        its figures, but that by them the clause does not hold."""
        return True

    def strength_of(self, evidence: Mapping[str, Any]) -> str:
        """How strong a breach with such evidence is: established, indicated, or empty where nothing is estimated."""
        return ""

    def silent(self, world: World) -> Iterator[Subject]:
        """Whom the rule cannot judge because the register holds no record of what it speaks of: not measurable."""
        return iter(())


@dataclass(frozen=True)
class RowRule(Rule):
    """A rule about rows: it narrows a queryset that carries the day judged as the column `on`.

    The same `failing` answers for today, for each row's own day, for one guard or for the country.
    """

    # The lookup that leads from a row to its school.
    school: ClassVar[str] = "school"
    # What is read of a failing row beside what `failing` annotates.
    columns: ClassVar[tuple[str, ...]] = ()

    def rows(self) -> QuerySet[Any]:
        """All rows that the rule could speak of."""
        raise NotImplementedError

    def failing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows, each with its own `on`, that fail as far as a database can tell: `judged` may acquit."""
        raise NotImplementedError

    def judged(self, row: Any, world: World) -> Iterator[Breach]:
        """What a failing row amounts to; nothing where a count of open days acquits it after all."""
        raise NotImplementedError

    def in_scope(self, world: World) -> QuerySet[Any]:
        """The rows that are judged, with the day as the column `on`."""
        return self.narrowed(world).annotate(on=Value(world.day, output_field=DateField()))

    def narrowed(self, world: World) -> QuerySet[Any]:
        return world.narrowed(self.rows(), self.school)

    def breaches(self, world: World) -> Iterator[Breach]:
        """One breach for a subject, however many rows show it."""
        yield from each_once(self.found(world.ask(self.failing_in), world))

    def asks(self) -> Collection[Callable[[World], QuerySet[Any, Any]]]:
        return [self.failing_in]

    def failing_in(self, world: World) -> QuerySet[Any, Any]:
        return self.columns_of(self.failing(self.in_scope(world)))

    def columns_of(self, failing: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """What is read of failing rows, by name and without a model for each."""
        annotated = [name for name in failing.query.annotations if name != "on"]
        return failing.order_by().values_list(*self.columns, *annotated, named=True)

    def found(self, told: Iterable[Any], world: World) -> Iterator[Breach]:
        """What failing rows amount to, in an order that does not depend on the database.

        They are ordered here: asked for an order, SQLite walks the whole table in it even for one school.
        """
        for row in sorted(told, key=self.name_of):
            yield from self.judged(row, world)

    def name_of(self, row: Any) -> str:
        """The lasting identifier of a row."""
        return str(row.code)


@dataclass(frozen=True)
class AgencyRule(RowRule):
    """A rule about agencies as wholes: a row is one agency, wherever it guards."""

    columns: ClassVar[tuple[str, ...]] = ("pk", "bin")

    def narrowed(self, world: World) -> QuerySet[Any]:
        return world.narrowed_to_agencies(self.rows(), "pk")

    def name_of(self, row: Any) -> str:
        return str(row.bin)


def each_once(breaches: Iterator[Breach]) -> Iterator[Breach]:
    """The first breach of each subject."""
    seen = set()
    for breach in breaches:
        if breach.subject not in seen:
            seen.add(breach.subject)
            yield breach


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


TYPES: dict[Any, tuple[tuple[type, ...], str]] = {
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text"),
    tuple[str, ...]: ((list, tuple), "a list of texts"),
}


def kind_of(hint: Any) -> tuple[Any, bool]:
    """The type of a parameter, and whether it may be left empty: of `int | None` it is `int`, and it may."""
    kinds = get_args(hint)
    return (next(one for one in kinds if one is not NoneType), True) if NoneType in kinds else (hint, False)


def _check(rule: str, parameter: str, value: Any, hint: Any, metadata: Mapping[str, Any]) -> None:
    name = f"{rule}.{parameter}"
    kind, may_be_empty = kind_of(hint)
    if value is None and may_be_empty:
        return
    allowed, said = TYPES[kind]
    fits = isinstance(value, allowed) and (kind is bool or not isinstance(value, bool))
    if fits and isinstance(value, list | tuple):
        fits = all(isinstance(one, str) for one in value)
    if not fits:
        raise RuleFault(f"{name} is {said}, not {value!r}.", parameter)
    low, high = metadata.get("low"), metadata.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        raise RuleFault(f"{name} is {value}; it lies from {low} to {high}.", parameter)
    choices = metadata.get("choices")
    if choices and value not in choices:
        raise RuleFault(f"{name} is “{value}”; it is one of {', '.join(choices)}.", parameter)
