"""Which column of a sheet is which of the register: by its head, or as a person said."""

from collections.abc import Sequence

from exchange.sheets import words
from exchange.sheets.kinds import SheetKind


def matched(kind: SheetKind, heads: Sequence[str]) -> list[str]:
    """For each head the name of its column, empty where none is meant. The first of two heads with one meaning wins."""
    known = words.heads(kind)
    found: list[str] = []
    for head in heads:
        name = known.get(words.plain(head), "")
        found.append("" if name in found else name)
    return found


def missing(kind: SheetKind, matching: Sequence[str]) -> list[str]:
    """Names of the columns that no row can do without and no head means."""
    return [column.name for column in kind.required if column.name not in matching]


def is_certain(kind: SheetKind, heads: Sequence[str], matching: Sequence[str]) -> bool:
    """Whether nobody need be asked: every head has its meaning, and nothing is missing."""
    return not missing(kind, matching) and all(name for name, head in zip(matching, heads, strict=True) if head)
