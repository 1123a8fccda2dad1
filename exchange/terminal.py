"""How far a command is, where someone watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from exchange.rows import Progress


@contextmanager
def progress_bar(total: int, unit: str) -> Iterator[Progress]:
    """Counts up to a total, seen on a terminal only."""
    with tqdm(total=total, unit=unit, unit_scale=True, disable=not sys.stderr.isatty(), leave=False) as bar:
        yield bar.update
