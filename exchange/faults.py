"""What is wrong with a package: each fault by file, line and column, in the order of the files."""

from dataclasses import dataclass, field
from typing import NamedTuple

from exchange.cells import quoted
from exchange.tables import BY_FILE

# What is named in place of a column where a fault is of the whole row, header or file.
ROW, HEADER, FILE = "(row)", "(header)", "(file)"
FILE_ORDER = {file: place for place, file in enumerate(BY_FILE)}


class Fault(NamedTuple):
    """One fault; `line` is the line of the CSV file on which the row begins, the header being line 1."""

    file: str
    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{quoted(self.file)}:{self.line}: {quoted(self.column)}: {self.sentence}"


@dataclass
class Faults:
    """All faults found so far."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, line: int, column: str, sentence: str) -> None:
        self.found.append(Fault(file, line, column, " ".join(sentence.split())))

    def in_order(self) -> list[Fault]:
        """By file in order of loading (unknown files last), line, then the order of the columns."""
        return sorted(self.found, key=_place)


def _place(fault: Fault) -> tuple[int, str, int, int, str]:
    table = BY_FILE.get(fault.file)
    column = table.names.index(fault.column) if table and fault.column in table.names else -1
    return FILE_ORDER.get(fault.file, len(FILE_ORDER)), fault.file, fault.line, column, fault.sentence
