"""What only many rows together can show: the same row twice, a guard at two posts, a licence's events out of order.

A check is given row after row and speaks when all were read. What it keeps of a row are a few numbers, so that a whole
country fits; the words of a sentence are fetched for the rows at fault alone.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Protocol

import numpy as np
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies import licensing
from agencies.models import Licence, LicenceEvent
from exchange.cells import FAULTY, quoted
from exchange.faults import Faults
from exchange.rows import BATCH, File
from exchange.tables import TABLES, Table
from guards.models import Assignment

# The last day of an assignment that goes on: after every day there is.
STILL = date.max.toordinal() + 1


class Check(Protocol):
    """Looks at rows, each with its line, the primary key by which it is known, and whether it is new or changed."""

    def take(self, table: Table, line: int, key: int | None, values: Sequence[Any], changes: bool) -> None: ...
    def take_faulty(self, table: Table, values: Sequence[Any]) -> None: ...
    def close(self, file: File | None, faults: Faults) -> None: ...


class Twice:
    """No row stands in a file twice: suspected by a hash of what tells rows apart, certain once the cells agree."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._lines = array("q")

    def take(self, line: int, identity: tuple[Any, ...]) -> None:
        self._hashes.append(hash(identity))
        self._lines.append(line)

    def close(self, file: File, faults: Faults) -> None:
        suspects = self._suspects()
        if not suspects:
            return
        table = file.table
        first: dict[tuple[str, ...], int] = {}
        for line, cells in sorted(file.cells_at(suspects).items()):
            before = first.setdefault(tuple(cells[name] for name in table.identity), line)
            if before != line:
                sentence = _("Line %(line)d already has a row with this %(columns)s. Remove one of the two.")
                values = {"line": before, "columns": ", ".join(table.identity)}
                faults.add(table.file, line, table.identity[0], sentence % values)

    def _suspects(self) -> list[int]:
        hashes, lines = np.array(self._hashes, dtype=np.int64), np.array(self._lines, dtype=np.int64)
        _values, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
        return [int(line) for line in lines[counts[inverse] > 1]]


class OnePostADay:
    """One guard is at one post a day, by the assignments of the package and those that the register has besides."""

    COLUMNS = ("iin", "post_id", "first_day", "last_day", "status")

    def __init__(self) -> None:
        self._places = tuple(TABLES[Assignment].place(name) for name in self.COLUMNS)
        # Guard, post, first day, last day and line of each row that holds a guard to a post.
        self._held = tuple(array("q") for _column in range(5))
        self._named = array("q")
        self._guards: set[int] = set()
        # What loading itself stores comes after this.
        self._newest = Assignment.objects.aggregate(newest=Max("pk"))["newest"] or 0

    def take(self, table: Table, line: int, key: int | None, values: Sequence[Any], changes: bool) -> None:
        if table.model is not Assignment:
            return
        if key is not None:
            self._named.append(key)
        guard, post, first, last, status = (values[place] for place in self._places)
        if status not in Assignment.HOLDING:
            return
        row = (guard, post, first.toordinal(), STILL if last is None else last.toordinal(), line)
        for column, value in zip(self._held, row, strict=True):
            column.append(value)
        if changes:
            self._guards.add(guard)

    def take_faulty(self, table: Table, values: Sequence[Any]) -> None:
        """A row at fault says nothing certain of anybody's days."""

    def close(self, file: File | None, faults: Faults) -> None:
        if not self._guards or file is None:
            return
        held = np.array(self._held, dtype=np.int64)
        held = held[:, np.isin(held[0], np.fromiter(self._guards, dtype=np.int64))]
        beside, keys = self._beside()
        pairs = list(_at_two_posts(np.concatenate([held, beside], axis=1)))
        if pairs:
            self._blame(pairs, held, keys, file, faults)

    def _beside(self) -> tuple[Any, list[int]]:
        """The register's assignments of the guards in question that the package does not name, and their keys."""
        named = np.array(self._named, dtype=np.int64)
        columns: list[Any] = [np.zeros((5, 0), dtype=np.int64)]
        keys: list[int] = []
        for guards in parts(sorted(guard for guard in self._guards if guard > 0)):
            found = Assignment.objects.holding().filter(guard__in=guards, pk__lte=self._newest).order_by("pk")
            stored = list(found.values_list("pk", "guard_id", "post_id", "first_day", "last_day"))
            known = np.isin(np.array([row[0] for row in stored], dtype=np.int64), named)
            rows = [row for row, there in zip(stored, known, strict=True) if not there]
            keys.extend(row[0] for row in rows)
            days = [(first.toordinal(), STILL if last is None else last.toordinal()) for *_ids, first, last in rows]
            numbers = [(row[1], row[2], *span, 0) for row, span in zip(rows, days, strict=True)]
            columns.append(np.array(numbers, dtype=np.int64).reshape(-1, 5).T)
        return np.concatenate(columns, axis=1), keys

    def _blame(
        self, pairs: Sequence[tuple[int, int]], held: Any, keys: Sequence[int], file: File, faults: Faults
    ) -> None:
        """Say of each pair what the other row is: one of the package where it has a line, else one of the register."""
        count, lines, first_days = held.shape[1], held[4], held[2]
        cells = file.cells_at(int(lines[other]) for _row, other in pairs if other < count)
        stored = _named(keys[other - count] for _row, other in pairs if other >= count)
        for row, other in pairs:
            line = int(lines[row])
            if other < count:
                there = cells[int(lines[other])]
                where = _("on line %(line)d") % {"line": int(lines[other])}
                assignment, post, began = there["assignment_id"], there["post_id"], int(first_days[other])
            else:
                where = _("in the register")
                assignment, post, began = stored[keys[other - count]]
            day = max(began, int(first_days[row]))
            sentence = _(
                "On %(day)s this guard is at post “%(post)s” by assignment “%(assignment)s” %(where)s. A guard is at "
                "one post a day."
            )
            values = {
                "day": date.fromordinal(day).isoformat(),
                "post": quoted(post),
                "assignment": quoted(assignment),
                "where": where,
            }
            column = "last_day" if began > first_days[row] else "first_day"
            faults.add(file.table.file, line, column, sentence % values)


def _named(keys: Iterable[int]) -> dict[int, tuple[str, str, int]]:
    """Code, code of the post and first day of the register's assignments with these keys."""
    found: dict[int, tuple[str, str, int]] = {}
    for part in parts(sorted(set(keys))):
        rows = Assignment.objects.filter(pk__in=part).values_list("pk", "code", "post__code", "first_day")
        found.update({key: (code, post, day.toordinal()) for key, code, post, day in rows})
    return found


def _at_two_posts(rows: Any) -> Iterator[tuple[int, int]]:
    """Pairs (row to blame, other row) of a guard's overlapping rows at different posts.

    Rows are columns of guard, post, first day, last day and line; only those with a line are blamed: each once for the
    rows that begin before it, and once for the register's that begin later.
    """
    guards, _posts, first, last, lines = rows
    order = np.lexsort((lines, first, guards))
    ranks = np.unique(guards[order], return_inverse=True)[1]
    # Offset by guard, days of different guards never meet: one running maximum serves all.
    offset = ranks * (STILL + 1)
    reached = np.maximum.accumulate(last[order] + offset)
    meets = np.flatnonzero(reached[:-1] >= (first[order] + offset)[1:]) + 1
    suspects = order[np.isin(ranks, ranks[meets])]
    for part in np.split(suspects, np.flatnonzero(np.diff(guards[suspects])) + 1):
        yield from _sweep(part.tolist(), *(column.tolist() for column in rows[1:, part]))


def _sweep(
    names: list[int], posts: list[int], first: list[int], last: list[int], lines: list[int]
) -> Iterator[tuple[int, int]]:
    """The pairs among one guard's rows, which are in order of their first days."""
    longest: dict[int, int] = {}
    unblamed: dict[int, list[int]] = defaultdict(list)
    for row, (post, day) in enumerate(zip(posts, first, strict=True)):
        if lines[row]:
            for elsewhere, other in longest.items():
                if elsewhere != post and last[other] >= day:
                    yield names[row], names[other]
                    break
            unblamed[post].append(row)
        else:
            for elsewhere in [there for there in unblamed if there != post]:
                for before in unblamed.pop(elsewhere):
                    if last[before] >= day:
                        yield names[before], names[row]
        if post not in longest or last[row] > last[longest[post]]:
            longest[post] = row


class LicenceStory:
    """The events of a licence follow each other as `agencies.licensing` says, with those that the register has."""

    def __init__(self) -> None:
        # By licence: its day of issue with the line that says so; its events by day with theirs.
        self._issued: dict[int, tuple[date, int]] = {}
        self._events: dict[int, dict[date, tuple[str, int]]] = defaultdict(dict)
        self._uncertain: set[Any] = set()

    def take(self, table: Table, line: int, key: int | None, values: Sequence[Any], changes: bool) -> None:
        if table.model is LicenceEvent:
            licence, on, event = (values[table.place(name)] for name in ("number", "on", "event"))
            self._events[licence][on] = (event, line)
        elif table.model is Licence and key is not None:
            self._issued[key] = (values[table.place("issued_on")], line)

    def take_faulty(self, table: Table, values: Sequence[Any]) -> None:
        if table.model is LicenceEvent:
            self._uncertain.add(values[table.place("number")])

    def close(self, file: File | None, faults: Faults) -> None:
        licences = sorted({*self._events, *self._issued} - self._uncertain - {FAULTY})
        for part in parts([licence for licence in licences if licence > 0]):
            self._add_stored(part)
        for licence in licences:
            self._judge(licence, faults)

    def _add_stored(self, licences: Sequence[int]) -> None:
        for key, issued_on in Licence.objects.filter(pk__in=licences).values_list("pk", "issued_on").order_by():
            self._issued.setdefault(key, (issued_on, 0))
        events = LicenceEvent.objects.filter(licence__in=licences).order_by()
        for licence, on, event in events.values_list("licence_id", "on", "event"):
            self._events[licence].setdefault(on, (event, 0))

    def _judge(self, licence: int, faults: Faults) -> None:
        if licence not in self._issued:
            return
        issued_on, issue_line = self._issued[licence]
        story = sorted((on, event, line) for on, (event, line) in self._events[licence].items())
        fault = licensing.fault_in_order(issued_on, [(on, event) for on, event, _line in story])
        if fault is None:
            return
        place, sentence = fault
        on, event, line = story[place]
        if line:
            faults.add(TABLES[LicenceEvent].file, line, "on" if on < issued_on else "event", sentence)
            return
        said = _("%(sentence)s In the register the licence is %(event)s on %(day)s.")
        said %= {"sentence": sentence, "event": event, "day": on.isoformat()}
        before = [line for _on, _event, line in story[:place] if line]
        if before:
            faults.add(TABLES[LicenceEvent].file, before[-1], "event", said)
        elif issue_line:
            faults.add(TABLES[Licence].file, issue_line, "issued_on", said)


def parts(keys: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Keys, so many at a time as one query asks for."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
