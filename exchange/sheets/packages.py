"""The rows of a sheet as a register package: every row on the line of the file that has its number."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any
from uuid import NAMESPACE_URL, uuid5

from agencies.models import Agency
from exchange.sheets import scope
from exchange.sheets.lines import Lines
from guards.models import Assignment

AS_THEY_ARE = {
    "credentials": "iin,kind,number,issued_by,issued_on,valid_until",
    "training": "iin,module_code,school_id,completed_on,hours,trainer",
}
Row = tuple[int, Sequence[str]]


class SheetPackage:
    """A register package of one sheet; what `exchange.actions.load` reads."""

    def __init__(self, name: str, lines: Lines, agency: Agency) -> None:
        self.name = name
        self._files = dict(_files(lines, agency))
        self.sizes = {file: len(content) for file, content in self._files.items()}

    def open(self, file: str) -> IO[bytes]:
        return io.BytesIO(self._files[file])


def _files(lines: Lines, agency: Agency) -> Iterator[tuple[str, bytes]]:
    kind = lines.kind.name
    if kind == "guards":
        # Whoever is known already keeps the name under which he is known.
        known = scope.known_guards(lines)
        names: tuple[str, ...] = ("iin", "family_name", "given_name", "patronymic", "citizenship")
        people = ((row, (*cells, land or "KZ")) for row, *cells, land in lines.rows(*names) if cells[0] not in known)
        yield "guards.csv", _file(names, people)
        hired = ((row, (iin, agency.bin, day)) for row, iin, day in lines.rows("iin", "first_day"))
        yield "employments.csv", _file(("iin", "agency_bin", "first_day"), hired)
    elif kind == "assignments":
        yield "assignments.csv", _file(*_proposals(lines, agency))
    else:
        names = tuple(name for name in AS_THEY_ARE[kind].split(",") if name in lines.given)
        yield f"{kind}.csv", _file(names, ((row, cells) for row, *cells in lines.rows(*names)))


def _proposals(lines: Lines, agency: Agency) -> tuple[tuple[str, ...], Iterator[Row]]:
    names = ("iin", "post_id", "first_day", "last_day")
    always = (agency.bin, Assignment.Status.PROPOSED.value)
    rows = (
        (row, (_code(agency, cells), *cells, kind or Assignment.Kind.REGULAR.value, *always))
        for row, *cells, kind in lines.rows(*names, "kind")
    )
    return ("assignment_id", *names, "kind", "agency_bin", "status"), rows


def _code(agency: Agency, cells: Sequence[str]) -> str:
    """The same for the same guard, post and first day, so that a file that is sent twice proposes nobody twice."""
    return f"i-{uuid5(NAMESPACE_URL, '/'.join((agency.bin, *cells[:3])))}"


def _file(names: Iterable[str], rows: Iterable[Any]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    line = 1
    for number, cells in rows:
        text.write("\n" * (number - line - 1))
        writer.writerow(cells)
        line = number
    return text.getvalue().encode("utf-8", "surrogatepass")
