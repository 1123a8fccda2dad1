"""Loading a package into the register: all of it or nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import DateField
from django.utils import timezone
from django.utils.translation import gettext as _

from access.bulk import insert
from audit import recording
from compliance.findings import may_rejudge
from compliance.tasks import evaluate_today
from exchange.cells import FAULTY, UNSAID
from exchange.checks import Check, LicenceStory, OnePostADay, Twice
from exchange.faults import Fault, Faults
from exchange.identifiers import Identifiers
from exchange.packages import Package
from exchange.rows import BATCH, Batch, File, Progress, no_progress
from exchange.tables import BY_FILE, KEYS, TABLES, Table
from guards import exclusion
from guards.models import Assignment, Cause, Credential

# What somebody said of a row, which no longer holds once the row says something else.
SAID: Mapping[Any, Mapping[str, Any]] = {
    Credential: {"verified_on": None, "verified_by": "", "doubt": "", "doubted_on": None, "doubted_by": ""}
}
# What was answered where a cause was: it stays as the school or the regulator said.
ANSWERED = ("end_reason", "cause_accepted")

# Is told the model of rows that were stored as new, and their primary keys.
Watch = Callable[[Any, Sequence[int]], None]
# Says, once all is stored, whom it concerns.
Concerned = Callable[[], Sequence[Any]]


def nobody() -> Sequence[Any]:
    """Whom a whole country's package names."""
    return ()


class Disturbed(Exception):
    """Someone else wrote to the register while the package was loaded; nothing of the package was stored."""


@dataclass
class Tally:
    """What loading does to the rows of one file."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass(frozen=True)
class Outcome:
    """What loading found, and did unless there are faults or it was only tried."""

    faults: Sequence[Fault]
    tallies: Mapping[str, Tally]

    @property
    def changes(self) -> bool:
        return any(tally.created or tally.changed for tally in self.tallies.values())


def load(
    *,
    package: Package,
    faults: Faults,
    dry_run: bool = False,
    progress: Progress = no_progress,
    adding: Watch | None = None,
    concerned: Concerned = nobody,
    by: Any,
) -> Outcome:
    """Check a package and store it, in one transaction with its event; with any fault, or as a dry run, store nothing.

    `faults` are those found on opening the package. With `adding`, which is told what was stored, a row that the
    register holds with other values is a fault. The event names those `concerned`; a whole country's package names
    nobody: where the register is judged, a worker then judges it all anew. Raises Disturbed where another writer came
    between.
    """
    try:
        with transaction.atomic():
            loading = _Loading(package, faults, storing=not dry_run, adding=adding)
            outcome = loading.run(progress)
            if outcome.faults:
                transaction.set_rollback(True)
            elif outcome.changes and not dry_run:
                counts = {file: vars(tally) for file, tally in outcome.tallies.items()}
                subjects = concerned()
                recording.record("register_loaded", subjects=subjects, by=by, package=package.name, files=counts)
                if not subjects and is_judged():
                    evaluate_today.enqueue()
    except IntegrityError as error:
        raise Disturbed from error
    return outcome


def is_judged() -> bool:
    """Whether the register was ever judged, and so is kept judged from day to day."""
    return may_rejudge(timezone.localdate())


@dataclass
class _Loading:
    """One run over the files of a package, in their order."""

    package: Package
    faults: Faults
    storing: bool
    adding: Watch | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)
    checks: Sequence[Check] = field(default_factory=lambda: (LicenceStory(), OnePostADay()))
    refused: IntegrityError | None = None

    def run(self, progress: Progress) -> Outcome:
        files = {file: File(self.package, table) for file, table in BY_FILE.items() if file in self.package.sizes}
        exclusion.judge_at_the_end()
        tallies = {file: self._load(of, progress) for file, of in files.items()}
        for check in self.checks:
            check.close(files.get(TABLES[Assignment].file), self.faults)
        if not self.faults.found:
            if self.refused:
                raise self.refused
            exclusion.judge_now()
        return Outcome(self.faults.in_order(), tallies)

    def _load(self, file: File, progress: Progress) -> Tally:
        table, tally, twice = file.table, Tally(), Twice()
        was_empty = not table.model._default_manager.exists()
        for batch in file.batches(self.identifiers, self.faults, progress):
            self._take_identities(table, batch, twice)
            self._take_faulty(table, batch)
            found = _Found(table, batch, was_empty)
            for line, values in found.judged():
                self._obey(table, line, values)
            if self.adding:
                self._refuse_changes(found)
            elif table.model is Assignment:
                self._refuse_over_answers(found)
            self._keep(found)
            tally.created += len(found.new)
            tally.changed += len(found.changed)
            tally.unchanged += len(found.unchanged)
        twice.close(file, self.faults)
        return tally

    def _take_identities(self, table: Table, batch: Batch, twice: Twice) -> None:
        for place, (line, values) in enumerate(zip(batch.lines, batch.rows, strict=True)):
            identity = table.identity_of(values)
            if place not in batch.faulty or FAULTY not in identity:
                twice.take(line, identity)

    def _take_faulty(self, table: Table, batch: Batch) -> None:
        """Of a row at fault only that is kept which spares other rows the blame."""
        for place in sorted(batch.faulty):
            values = batch.rows[place]
            if table.model in KEYS and values[table.identity_places[0]] is not FAULTY:
                self.identifiers.add(table.model, [values[table.identity_places[0]]], stored=False)
            for check in self.checks:
                check.take_faulty(table, values)
            self._obey(table, batch.lines[place], _filled(values, table.defaults))

    def _obey(self, table: Table, line: int, values: Sequence[Any]) -> None:
        for rule, places in table.rules_with_places:
            claimed = [values[place] for place in places]
            if FAULTY not in claimed and (column := rule.blames(*claimed)):
                self.faults.add(table.file, line, column, table.sentence(rule.constraint))

    def _refuse_changes(self, found: "_Found") -> None:
        table = found.table
        for line, key, values in found.changed:
            place = next(at for at, value in enumerate(found.held[key]) if value != values[at])
            sentence = _("The register has this row already, with another value here. Change it on its page.")
            self.faults.add(table.file, line, table.names[place], sentence)

    def _refuse_over_answers(self, found: "_Found") -> None:
        """A package does not answer a cause that was answered on its page, nor give it another reason."""
        places = [(name, found.table.place(name)) for name in ANSWERED]
        other = [
            (line, key, name)
            for line, key, values in found.changed
            for name, place in places
            if values[place] != found.held[key][place]
        ]
        if not other:
            return
        causes = Cause.objects.exclude(status=Cause.Status.WAITING).order_by("pk")
        days = dict(
            causes.filter(assignment__in={key for _line, key, _name in other}).values_list("assignment", "decided_on")
        )
        for line, key, name in other:
            if key in days:
                sentence = _("The cause of this leave was answered on %(day)s. Leave here what the register says.")
                self.faults.add(found.table.file, line, name, sentence % {"day": days[key].isoformat()})

    def _keep(self, found: "_Found") -> None:
        """Store what is new and changed unless something is at fault, and show all rows to the checks."""
        table = found.table
        if self.storing and not self.faults.found:
            try:
                with transaction.atomic():
                    found.store()
                    if self.adding and found.new:
                        self.adding(table.model, found.keys_of_new())
            except IntegrityError as error:
                # A row that stands in the file twice, as its end will tell; or another writer.
                self.storing, self.refused = False, error
        keys: list[Any] = [None] * len(found.new)
        if table.model in KEYS:
            names = [values[table.identity_places[0]] for _line, values in found.new]
            keys = self.identifiers.add(table.model, names, stored=self.storing and not self.faults.found)
        for (line, values), key in zip(found.new, keys, strict=True):
            self._show(table, line, key, values, True)
        for line, key, values in found.changed:
            self._show(table, line, key, values, True)
        for line, key, values in found.unchanged:
            self._show(table, line, key, values, False)

    def _show(self, table: Table, line: int, key: int | None, values: Sequence[Any], changes: bool) -> None:
        for check in self.checks:
            check.take(table, line, key, values, changes)


class _Found:
    """The rows of a batch that are not at fault, told apart by what the register holds of them."""

    def __init__(self, table: Table, batch: Batch, nothing_stored: bool) -> None:
        self.table = table
        self.new: list[tuple[int, Sequence[Any]]] = []
        self.changed: list[tuple[int, int, Sequence[Any]]] = []
        self.unchanged: list[tuple[int, int, Sequence[Any]]] = []
        # Where an identity stands twice in the batch, the first row counts.
        rows: dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]] = {}
        for place, row in enumerate(zip(batch.lines, batch.rows, strict=True)):
            if place not in batch.faulty:
                rows.setdefault(table.identity_of(row[1]), row)
        stored = {} if nothing_stored else _stored(table, rows)
        self.held = dict(stored.values())
        partial = bool(batch.rows) and UNSAID in batch.rows[0]
        for identity, (line, said) in rows.items():
            key, held = stored.get(identity, (None, table.defaults))
            values = _filled(said, held) if partial else said
            if key is None:
                self.new.append((line, values))
            else:
                (self.unchanged if values == held else self.changed).append((line, key, values))

    def judged(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """The rows of which something must be true that was not yet."""
        yield from self.new
        yield from ((line, values) for line, _key, values in self.changed)

    def keys_of_new(self) -> list[int]:
        """The primary keys that the new rows have since they were stored."""
        wanted = {self.table.identity_of(values): None for _line, values in self.new}
        return [key for key, _values in _stored(self.table, wanted).values()]

    def store(self) -> None:
        model, names = self.table.model, self.table.attnames
        insert(model, names, [values for _line, values in self.new])
        # An upsert of rows that are all there: the one statement that changes many rows, each to values of its own.
        model._default_manager.bulk_create(
            [model(pk=key, **dict(zip(names, values, strict=True))) for _line, key, values in self.changed],
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=[
                column.field.name for column in self.table.columns if column.name not in self.table.identity
            ],
        )
        if self.changed and model in SAID:
            model._default_manager.filter(pk__in=[key for _line, key, _values in self.changed]).update(**SAID[model])


def _stored(table: Table, wanted: Mapping[tuple[Any, ...], Any]) -> dict[tuple[Any, ...], tuple[int, tuple[Any, ...]]]:
    """What the register holds of some identities: the primary key and the values of each row.

    Asked by the first column of the identity and the span of its days, so that a batch brings little besides itself.
    """
    query: dict[str, Any] = {}
    for place, name in enumerate(table.identity):
        column = table.columns[table.place(name)]
        cells = {identity[place] for identity in wanted}
        if place == 0:
            query[f"{column.attname}__in"] = cells
        elif cells and isinstance(column.field, DateField):
            query[f"{column.attname}__range"] = (min(cells), max(cells))
    found = table.model._default_manager.filter(**query).order_by().values_list("pk", *table.attnames)
    rows = ((key, values) for key, *values in found.iterator(chunk_size=BATCH))
    return {identity: (key, tuple(values)) for key, values in rows if (identity := table.identity_of(values)) in wanted}


def _filled(values: Sequence[Any], others: Sequence[Any]) -> tuple[Any, ...]:
    """Values, with those of another row where a file has no such column."""
    return tuple(other if value is UNSAID else value for value, other in zip(values, others, strict=True))
